"""Holds what was seen of a soak against the model: lost, false, doubled, wrong. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from tests.soak import facts, model
from tests.soak.model import CUSTODIAN, DAY, DUTY, RULES, Call, local
from tests.soak.plan import HOUR, MINUTE, Plan
from tests.soak.play import Log, Seen
from tests.soak.told import CALLS, Told, corrected, disagreements, doubles, told
from tests.soak.watched import READ_WITHIN, Silence, Watched
from tests.soak.weather import Weather

ASK_AFTER = 15 * MINUTE
AFTER_AN_OUTAGE = 3 * HOUR  # how long its alert may come late


class Judge:
    """Goes through a log and collects findings."""

    def __init__(self, plan: Plan, log: Log) -> None:
        self.plan, self.log = plan, log
        self.findings: list[str] = []
        self.weather = Weather(plan)
        self._watched = {a.id: Watched(a, RULES[a.policy], plan.end) for a in plan.accounts}
        self._said = told(log)
        self._corrected = corrected(log)
        self._gateway_ill: dict[str, datetime] = {}
        self._ends: list[
            tuple[datetime, int, str, str]
        ] = []  # who is still to be notified of an end

    def judge(self) -> list[str]:
        """Return every difference between the log and the model."""
        for seen in self.log.passes:
            self._pass(seen)
        names = {a.id: a.name for a in self.plan.accounts}
        self.findings += disagreements(self.log, names)
        self.findings += doubles(self.log)
        for one in self._watched.values():
            self.findings += facts.year_counts(one, self.log.years)
        return self.findings

    def _find(self, at: datetime, what: str, account: str, text: object) -> None:
        here = at.astimezone(model.ZONE)
        self.findings.append(f"{here:%Y-%m-%d %H:%M} {what}: {account} {text}")

    def _pass(self, seen: Seen) -> None:
        self.weather.passed(seen)
        for event in seen.events:
            self._watched[event.account].happened(event)
        for one in self._watched.values():
            self._look(one, seen)
        for message in self._said.get(seen.clock, []):
            self._message(message, seen)
        if seen.whole:
            self._not_said(seen)
        for row in seen.status.get("accounts", []):
            for what, text in facts.differences(self._watched[row["id"]], row, seen.at):
                self._find(seen.at, what, row["id"], text)

    def _look(self, one: Watched, seen: Seen) -> None:
        for shown in seen.shown:
            if shown.account == one.plan.id:
                one.shown(shown, seen.at, believed=seen.right)
                if not shown.good:
                    self._gateway_ill[one.plan.gateway] = seen.at
        newest = one.newest()
        if newest and (one.silence is None or one.silence.last != newest):
            for alert, people in one.falls_silent(newest, seen.at).items():
                self._ends += [(seen.at, alert, person, one.plan.id) for person in people]

    # what was said

    def _people(self, one: Watched, call: Call, at: datetime) -> list[set[str]]:
        """Return for each role that *call* notifies who may have it."""
        who = {
            CUSTODIAN: {one.plan.custodian},
            DUTY: {self.plan.on_duty(day) for day in (local(call.at), local(at))},
        }
        return [who.get(role) or {self.plan.person(role).id} for role in call.tell]

    def _message(self, message: Told, seen: Seen) -> None:
        one = self._watched.get(message.subject)
        if one is None or message.kind not in ("silence", "blind"):
            if seen.right:
                self._other(message, seen)
        elif message.event == "resolved":
            self._ended(one, message, seen)
        elif message.event in CALLS:
            self._call(one, message, seen)

    def _call(self, one: Watched, message: Told, seen: Seen) -> None:
        silence = one.silence
        if silence is None and not seen.right:
            return None  # nothing was seen yet but under the wrong clock
        if silence is None or one.closed or one.missing:
            return self._find(seen.at, "false", one.plan.id, message)
        silence.told_by.setdefault(message.alert, set()).add(message.person)
        if one.handed_over or not seen.right:
            return None  # the tight ladder, and what a wrong clock says, are not modelled
        if message.kind == "blind" and message.person == self.plan.person("operator").id:
            return self._blind_to_operator(one, message, seen)
        return self._call_of(one, silence, message, seen)

    def _call_of(self, one: Watched, silence: Silence, message: Told, seen: Seen) -> None:
        mine = [c for c in silence.calls if c.at <= seen.at and self._for(message, one, c)]
        again = silence.by if message.kind == "blind" else lambda c: silence.heard.get(c, set())
        due = [c for c in mine if message.person not in again(c)]
        if not due:
            if not (mine and self.weather.troubled(message.person, mine[-1].at, seen.at)):
                self._find(seen.at, "false or doubled", one.plan.id, message)
            silence.told_on[message.person] = local(seen.at)
            return
        self._fits(one, message, due, seen)
        most = message.rung or one.rule.limit
        said = [c for c in due if c.rung <= most or c.why == "promise"]
        silence.hears(message.person, said or due, message.kind)
        silence.told_on[message.person] = local(seen.at)

    def _for(self, message: Told, one: Watched, call: Call) -> bool:
        return any(message.person in slot for slot in self._people(one, call, message.at))

    def _fits(self, one: Watched, message: Told, due: list[Call], seen: Seen) -> None:
        rungs = {c.rung for c in due}
        promised = any(c.why == "promise" for c in due)
        if message.rung not in rungs and not promised:
            self._find(seen.at, "wrong rung", one.plan.id, f"{message}; due {sorted(rungs)}")
        instants = [one.true_at(c) for c in due if c.rung == message.rung]
        instants = instants or [due[-1].at]
        read = one.good_at is not None and one.good_at >= min(instants)
        weak = one.weak and message.rung == one.rule.limit
        if message.kind == "silence" and (not read or weak):
            self._find(seen.at, "asserted unseen", one.plan.id, message)
        if message.kind == "blind" and read and not weak and not one.lately_bad(seen.at):
            self._find(seen.at, "called blind though seen", one.plan.id, message)
        stands = one.good_at is not None and one.good_at > seen.at - READ_WITHIN
        early = seen.at < min(instants) + ASK_AFTER
        if message.kind == "blind" and not read and stands and early:
            self._find(seen.at, "asked too early", one.plan.id, message)

    def _blind_to_operator(self, one: Watched, message: Told, seen: Seen) -> None:
        weak = one.weak and message.rung == one.rule.limit
        if not weak and (one.bad_at is None or one.bad_at < seen.at - DAY):
            self._find(seen.at, "called blind though seen", one.plan.id, message)

    def _other(self, message: Told, seen: Seen) -> None:
        if message.event in ("resolved", "summary"):
            return
        lately = seen.at - AFTER_AN_OUTAGE
        match message.kind:
            case "gateway":
                allowed = self.weather.broken(message.subject, lately, seen.at)
            case "channel":
                allowed = self.weather.broken(message.subject, self.plan.start, seen.at)
            case "self":
                missing = any(one.missing for one in self._watched.values())
                allowed = missing or bool(self.weather.befallen)
            case "handover":
                allowed = any(one.handed_over for one in self._watched.values())
            case _:
                allowed = False
        if not allowed:
            self._find(seen.at, "false", message.subject, message)

    def _ended(self, one: Watched, message: Told, seen: Seen) -> None:
        if one.missing and not self._over_before(message.alert, one.missing):
            self._find(seen.at, "missing is not closed", one.plan.id, message)
        for alert in (message.alert, *self._corrected.get(message.alert, ())):
            mine = (alert, message.person)
            self._ends = [e for e in self._ends if e[1:3] != mine]
            if one.silence:
                one.silence.told_by.get(alert, set()).discard(message.person)

    def _over_before(self, alert: int, at: datetime) -> bool:
        """Whether an alert had ended before *at*, and its people were asleep then."""
        found = (a["resolved_at"] for a in self.log.alerts if a["id"] == alert)
        return any(end is not None and datetime.fromisoformat(end) < at for end in found)

    # what was not said

    def _not_said(self, seen: Seen) -> None:
        for one in self._watched.values():
            if one.closed or one.missing or one.silence is None:
                continue
            for call, slot in self._lost(one, one.silence, seen):
                for person in slot:  # found once; it may still come
                    one.silence.hears(person, [call], "blind")
                who = " or ".join(sorted(slot))
                self._find(seen.at, "lost", one.plan.id, f"{call.why} {call.rung} for {who}")
            self._unread(one, seen)
        self._ends_told(seen)

    def _lost(self, one: Watched, silence: Silence, seen: Seen) -> Iterator[tuple[Call, set[str]]]:
        due = [c for c in silence.calls if c.at <= seen.at and c not in silence.optional]
        highest = max([silence.highest(), *(c.rung for c in due)])
        for call in due:
            # Rungs only climb, and only the limit is modelled while an account is handed over.
            if call.why == "rung" and call.rung < highest:
                continue
            if one.handed_over and call.why != "limit":
                continue
            for slot in self._people(one, call, seen.at):
                if self._unheard(silence, call, slot) and self._overdue(one, call, slot, seen.at):
                    yield call, slot

    @staticmethod
    def _unheard(silence: Silence, call: Call, slot: set[str]) -> bool:
        """Whether nobody of *slot* was notified; a reminder waits after any notice of its day."""
        today = {p for p, day in silence.told_on.items() if day == local(call.at)}
        return not silence.by(call) & slot and not (call.why == "reminder" and today & slot)

    def _overdue(self, one: Watched, call: Call, slot: set[str], at: datetime) -> bool:
        if not all(self.weather.deliverable(person, call.at, at) for person in slot):
            return False
        if one.good_at is not None and one.good_at >= call.at:
            bad = one.bad_at
            if bad is None or bad < call.at or self.weather.settled(bad, at):
                return True
        after = [w for w in self.weather.whole if call.at + ASK_AFTER <= w <= at]
        return at >= call.at + ASK_AFTER + READ_WITHIN and len(after) >= 2

    def _ends_told(self, seen: Seen) -> None:
        for end in list(self._ends):
            since, alert, person, account = end
            one = self._watched[account]
            if one.closed or one.missing:
                self._ends.remove(end)
            elif self.weather.deliverable(person, since, seen.at):
                self._ends.remove(end)
                self._find(seen.at, "lost", account, f"the end of alert {alert} for {person}")

    def _unread(self, one: Watched, seen: Seen) -> None:
        ill = (one.plan.gateway, one.plan.id)
        if any(self.weather.broken(what, seen.at - 2 * HOUR, seen.at) for what in ill):
            return
        lately = self._gateway_ill.get(one.plan.gateway)
        if lately is not None and not self.weather.settled(lately, seen.at):
            return
        if one.asked_at is not None and seen.at - one.asked_at > READ_WITHIN:
            self._find(seen.at, "unread", one.plan.id, f"since {one.asked_at}")
