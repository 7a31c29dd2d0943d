"""Holds what was seen of a soak against the model: lost, false, doubled, wrong. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.soak import model
from tests.soak.model import CUSTODIAN, DAY, DUTY, RULES, Call, Rule, local
from tests.soak.plan import GATEWAYS, HOUR, KINDS, MINUTE, AccountPlan, Event, Plan, Post
from tests.soak.play import Log, Seen
from tests.soak.told import CALLS, Told, disagreements, doubles, told

SETTLED = 75 * MINUTE  # after trouble: the longest back-off, and a quarter of an hour
PASSES = 3  # … and so many whole passes
READ_WITHIN = 6 * HOUR
ASK_AFTER = 15 * MINUTE


@dataclass
class Silence:
    """The time after one post, with what has to be said in it and who has heard it."""

    last: datetime
    calls: list[Call]
    heard: dict[Call, set[str]] = field(default_factory=dict)
    asked: dict[Call, set[str]] = field(default_factory=dict)  # told that nobody can see
    optional: set[Call] = field(default_factory=set)
    told_by: dict[int, set[str]] = field(default_factory=dict)

    def by(self, call: Call) -> set[str]:
        """Return who has heard *call*."""
        return self.heard.get(call, set()) | self.asked.get(call, set())

    def hears(self, person: str, calls: Iterable[Call], kind: str) -> None:
        """Note that *person* has heard *calls*; who was asked may still be told once."""
        book = self.asked if kind == "blind" else self.heard
        for call in calls:
            book.setdefault(call, set()).add(person)


@dataclass
class Watched:
    """What the model knows of an account."""

    plan: AccountPlan
    rule: Rule
    known: dict[str, Post] = field(default_factory=dict)
    perhaps: dict[str, Post] = field(default_factory=dict)
    good_at: datetime | None = None
    asked_at: datetime | None = None
    bad_at: datetime | None = None
    silence: Silence | None = None
    closed: bool = False
    excepted_until: datetime | None = None

    @property
    def weak(self) -> bool:
        """Whether nothing vouches that its gateway is alive, so that no breach is asserted."""
        return GATEWAYS[self.plan.gateway] == "wewe_rss"


class Judge:
    """Goes through a log and collects findings."""

    def __init__(self, plan: Plan, log: Log) -> None:
        self.plan, self.log = plan, log
        self.findings: list[str] = []
        self._watched = {a.id: Watched(a, RULES[a.policy]) for a in plan.accounts}
        self._said = told(log)
        self._whole: list[datetime] = []
        self._befallen: list[datetime] = []
        self._gateway_ill: dict[str, datetime] = {}
        self._ends: list[tuple[datetime, int, str, str]] = []  # who is still to hear of an end

    def judge(self) -> list[str]:
        """Return every difference between the log and the model."""
        names = {a.id: a.name for a in self.plan.accounts}
        for seen in self.log.passes:
            self._pass(seen)
        self.findings += disagreements(self.log, names)
        self.findings += doubles(self.log)
        self._years()
        return self.findings

    def _find(self, at: datetime, what: str, account: str, text: object) -> None:
        here = at.astimezone(model.ZONE)
        self.findings.append(f"{here:%Y-%m-%d %H:%M} {what}: {account} {text}")

    def _pass(self, seen: Seen) -> None:
        (self._befallen if seen.befalls in ("killed", "disk") else self._whole).append(seen.at)
        for event in seen.events:
            self._happened(event)
        for one in self._watched.values():
            self._look(one, seen)
        for message in self._said.get(seen.at, []):
            self._message(message, seen)
        if seen.befalls in ("killed", "disk"):
            return
        for one in self._watched.values():
            if one.silence and not one.closed:
                self._lost(one, one.silence, seen)
            self._unread(one, seen)
        self._ends_told(seen)
        for row in seen.status.get("accounts", []):
            self._status(self._watched[row["id"]], row, seen)

    # what is known

    def _look(self, one: Watched, seen: Seen) -> None:
        for shown in seen.shown:
            if shown.account != one.plan.id:
                continue
            one.asked_at = seen.at
            if shown.good:
                one.good_at = seen.at
                one.known |= {p.key: p for p in shown.posts}
            else:
                one.bad_at = self._gateway_ill[one.plan.gateway] = seen.at
                one.perhaps |= {p.key: p for p in shown.posts}
        newest = max((p.at for p in one.known.values()), default=None)
        if newest and (one.silence is None or one.silence.last != newest):
            self._new_silence(one, newest, seen)

    def _new_silence(self, one: Watched, newest: datetime, seen: Seen) -> None:
        for alert, people in (one.silence.told_by if one.silence else {}).items():
            self._ends += [(seen.at, alert, person, one.plan.id) for person in people]
        one.silence = Silence(newest, model.calls(newest, one.rule, self.plan.end))
        # What lay in the past when the post was found is told by nobody.
        one.silence.optional = {c for c in one.silence.calls if c.at < seen.at - READ_WITHIN}
        # On the day on which the limit itself was told there is nothing new to say.
        day = local(model.awake(model.breach_at(newest, one.rule)))
        same = (c for c in one.silence.calls if c.why == "reminder" and local(c.at) == day)
        one.silence.optional |= set(same)

    def _happened(self, event: Event) -> None:
        one = self._watched[event.account]
        if event.what == "close":
            one.closed = True
        if event.what == "policy":
            one.rule = RULES[event.value]
        silence = one.silence
        if silence is None:
            return
        match event.what:
            case "policy":
                silence.calls = model.calls(silence.last, one.rule, self.plan.end)
                silence.optional |= {c for c in silence.calls if c.at <= event.at}
            case "ack":
                self._spare(silence, event.at, event.at + DAY, ("reminder",))
                silence.optional |= {c for c in silence.calls if c.at <= event.at}
            case "promise":
                self._promised(one, silence, event.at, datetime.fromisoformat(event.value))
            case "except":
                self._excepted(one, silence, event.at, datetime.fromisoformat(event.value))

    @staticmethod
    def _spare(silence: Silence, start: datetime, end: datetime, why: Iterable[str]) -> None:
        silence.calls = [c for c in silence.calls if c.why not in why or not start < c.at <= end]

    def _promised(self, one: Watched, silence: Silence, made: datetime, until: datetime) -> None:
        spared = ["rung", "reminder"]
        chance = [c for c in silence.calls if c.why == "rung" and c.rung == one.rule.last_chance]
        self._spare(silence, made, until, spared)
        silence.calls += [c for c in chance if made < c.at <= until]
        silence.optional |= {c for c in silence.calls if c.why in ("closure", "publish_day")}
        silence.optional |= {c for c in silence.calls if c.at <= made}
        _, passed = model.verdict(silence.last, one.rule, until)
        higher = [r for r, _ in one.rule.ladder if r > (passed or 0)]
        rung = higher[0] if higher else one.rule.limit
        silence.calls.append(Call(until, rung, "promise", one.rule.tells(rung)))
        silence.calls.sort()

    def _excepted(self, one: Watched, silence: Silence, made: datetime, until: datetime) -> None:
        one.excepted_until = until
        every = {c.why for c in silence.calls}
        silence.optional |= {c for c in silence.calls if c.at <= made}
        self._spare(silence, made, until - timedelta(microseconds=1), every)
        what, rung = model.verdict(silence.last, one.rule, until)
        if rung is not None and what != "fresh":
            silence.calls.append(Call(until, rung, "exception over", one.rule.tells(rung)))
            silence.calls.sort()

    # what was said

    def _people(self, one: Watched, call: Call, at: datetime) -> list[set[str]]:
        """Return for each role that *call* tells who may have it."""
        found = []
        for role in call.tell:
            if role == CUSTODIAN:
                found.append({one.plan.custodian})
            elif role == DUTY:
                days = (local(call.at), local(at))
                found.append({self.plan.on_duty(day) for day in days})
            else:
                found.append({self.plan.person(role).id})
        return found

    def _message(self, message: Told, seen: Seen) -> None:
        one = self._watched.get(message.subject)
        if one is None or message.kind not in ("silence", "blind"):
            self._other(message, seen)
        elif message.event == "resolved":
            self._ended(one, message)
        elif message.event in CALLS:
            self._call(one, message, seen)

    def _call(self, one: Watched, message: Told, seen: Seen) -> None:
        silence = one.silence
        if silence is None or one.closed:
            return self._find(seen.at, "false", one.plan.id, message)
        silence.told_by.setdefault(message.alert, set()).add(message.person)
        open_to = [
            c
            for c in silence.calls
            if c.at <= seen.at
            and any(message.person in slot for slot in self._people(one, c, seen.at))
        ]
        heard = silence.by if message.kind == "blind" else lambda c: silence.heard.get(c, set())
        due = [c for c in open_to if message.person not in heard(c)]
        operator = message.person == self.plan.person("operator").id
        if message.kind == "blind" and operator:
            return self._blind_to_operator(one, message, seen)
        if not due:
            if not (open_to and self._troubled(message.person, open_to[-1].at, seen.at)):
                self._find(seen.at, "false or doubled", one.plan.id, message)
            return None
        self._fits(one, message, due, seen)
        silence.hears(message.person, due, message.kind)
        return None

    def _fits(self, one: Watched, message: Told, due: list[Call], seen: Seen) -> None:
        rungs = {c.rung for c in due}
        promised = any(c.why == "promise" for c in due)
        if message.rung != max(rungs) and not promised and message.rung not in rungs:
            self._find(seen.at, "wrong rung", one.plan.id, f"{message}; due {sorted(rungs)}")
        instants = [c.at for c in due if c.rung == message.rung] or [due[-1].at]
        read = one.good_at is not None and one.good_at >= min(instants)
        weak = one.weak and message.rung == one.rule.limit
        if message.kind == "silence" and (not read or weak):
            self._find(seen.at, "asserted unseen", one.plan.id, message)
        lately = one.bad_at is not None and one.bad_at >= seen.at - SETTLED
        if message.kind == "blind" and read and not weak and not lately:
            self._find(seen.at, "called blind though seen", one.plan.id, message)

    def _blind_to_operator(self, one: Watched, message: Told, seen: Seen) -> None:
        weak = one.weak and message.rung == one.rule.limit
        if not weak and (one.bad_at is None or one.bad_at < seen.at - DAY):
            self._find(seen.at, "called blind though seen", one.plan.id, message)

    def _other(self, message: Told, seen: Seen) -> None:
        if message.event == "resolved":
            return
        match message.kind:
            case "gateway":
                if not self._broken(message.subject, seen.at - 3 * HOUR, seen.at):
                    self._find(seen.at, "false gateway alert", message.subject, message)
            case "channel":
                if not self._broken(message.subject, self.plan.start, seen.at):
                    self._find(seen.at, "false channel alert", message.subject, message)
            case "self" if self._befallen:
                pass
            case _ if message.event != "summary":
                self._find(seen.at, "unexpected", message.subject, message)

    def _broken(self, what: str, start: datetime, end: datetime) -> bool:
        behind = [a.id for a in self.plan.accounts if a.gateway == what]
        whats = {what, *behind} if len(behind) == 1 else {what}
        return any(t.what in whats and t.start <= end and t.end >= start for t in self.plan.troubles)

    def _ended(self, one: Watched, message: Told) -> None:
        mine = [e for e in self._ends if e[1] == message.alert and e[2] == message.person]
        self._ends = [e for e in self._ends if e not in mine]
        if one.silence:
            one.silence.told_by.get(message.alert, set()).discard(message.person)

    # what was not said

    def _troubled(self, person: str, since: datetime, at: datetime) -> bool:
        """Whether something kept messages from *person* in that time."""
        reach = next(p.reach for p in self.plan.people if p.id == person)
        return any(since <= b <= at for b in self._befallen) or any(
            self._broken(channel, since, at) for channel in reach
        )

    def _settled(self, last: datetime, at: datetime) -> bool:
        after = [w for w in self._whole if last < w <= at]
        return at - last >= SETTLED and len(after) >= PASSES

    def _deliverable(self, person: str, since: datetime, at: datetime) -> bool:
        """Whether what was due for *person* since then must have come by the pass at *at*."""
        if model.awake(at) != at:
            return False
        if not self._troubled(person, since, at):
            return True
        reach = next(p.reach for p in self.plan.people if p.id == person)
        ends = [t.end for t in self.plan.troubles if t.what in reach and t.start <= at]
        last = max([*(min(e, at) for e in ends), *(b for b in self._befallen if b <= at)])
        return self._settled(last, at)

    def _lost(self, one: Watched, silence: Silence, seen: Seen) -> None:
        due = [c for c in silence.calls if c.at <= seen.at and c not in silence.optional]
        higher = max((c.rung for c in silence.calls if silence.by(c)), default=0)
        for call in due:
            if call.why == "rung" and call.rung < higher:
                continue
            if call.why == "rung" and any(c.rung > call.rung for c in due):
                continue
            for slot in self._people(one, call, seen.at):
                if silence.by(call) & slot or not self._overdue(one, call, slot, seen.at):
                    continue
                for person in slot:
                    silence.hears(person, [call], "silence")
                self._find(seen.at, "lost", one.plan.id, f"{call.why} {call.rung} for {slot}")

    def _overdue(self, one: Watched, call: Call, slot: set[str], at: datetime) -> bool:
        if not all(self._deliverable(person, call.at, at) for person in slot):
            return False
        read = one.good_at is not None and one.good_at >= call.at
        if read and (one.bad_at is None or one.bad_at < call.at or self._settled(one.bad_at, at)):
            return True
        after = [w for w in self._whole if call.at + ASK_AFTER <= w <= at]
        return at >= call.at + ASK_AFTER + READ_WITHIN and len(after) >= 2

    def _ends_told(self, seen: Seen) -> None:
        for end in list(self._ends):
            since, alert, person, account = end
            if self._deliverable(person, since, seen.at):
                self._ends.remove(end)
                self._find(seen.at, "lost", account, f"the end of alert {alert} for {person}")

    def _unread(self, one: Watched, seen: Seen) -> None:
        if one.closed or one.asked_at is None:
            return
        ill = (one.plan.gateway, one.plan.id)
        if any(self._broken(what, seen.at - 2 * HOUR, seen.at) for what in ill):
            return
        lately = self._gateway_ill.get(one.plan.gateway)
        if lately is not None and not self._settled(lately, seen.at):
            return
        if seen.at - one.asked_at > READ_WITHIN:
            self._find(seen.at, "unread", one.plan.id, f"since {one.asked_at}")

    # what is shown

    def _status(self, one: Watched, row: dict[str, Any], seen: Seen) -> None:
        if one.closed or one.silence is None:
            return
        last, at = one.silence.last, seen.at
        facts = {
            "last_post_at": last,
            "quiet_days": model.quiet_days(last, at),
            "breach_at": model.breach_at(last, one.rule),
            "publish_by": model.publish_by(last, one.rule).isoformat(),
        }
        for key, wanted in facts.items():
            found = row[key]
            if isinstance(wanted, datetime):
                found = found and datetime.fromisoformat(found)
            if found != wanted:
                self._find(at, "wrong fact", one.plan.id, f"{key} {row[key]}, wanted {wanted}")
        self._counts(one, row, at)
        self._verdict(one, row, at)

    def _counts(self, one: Watched, row: dict[str, Any], at: datetime) -> None:
        today = local(at)
        for key, span in (("posts_this_year", 1), ("posts_this_month", 2)):
            same = [
                sum(today.timetuple()[:span] == local(p.at).timetuple()[:span] for p in posts)
                for posts in (one.known.values(), (one.perhaps | one.known).values())
            ]
            if not same[0] <= row[key] <= same[1]:
                self._find(at, "wrong count", one.plan.id, f"{key} {row[key]}, wanted {same[0]}")

    def _verdict(self, one: Watched, row: dict[str, Any], at: datetime) -> None:
        assert one.silence is not None
        allowed = allowed_verdicts(one, one.silence.last, at)
        found = (row["verdict"], row["rung"])
        if found[0] not in {v for v, _ in allowed}:
            self._find(at, "wrong verdict", one.plan.id, f"{found}, wanted {sorted(allowed, key=str)}")

    def _years(self) -> None:
        for year, accounts in self.log.years.items():
            for one in self._watched.values():
                mine = [p.at for p in one.known.values() if local(p.at).year == year]
                most = sum(local(p.at).year == year for p in (one.perhaps | one.known).values())
                found = accounts[one.plan.id]
                if not len(mine) <= found["posts"] <= most:
                    text = f"{found['posts']} posts in {year}, wanted {len(mine)}"
                    self._find(self.plan.end, "wrong count", one.plan.id, text)


def allowed_verdicts(one: Watched, last: datetime, at: datetime) -> set[tuple[str, int | None]]:
    """Return the verdicts that the readings made of an account allow."""
    now = model.verdict(last, one.rule, at)
    if now[0] == "fresh":
        return {now}
    blind = ("blind", now[1])
    if now[0] == "breached" and one.weak:
        return {blind}
    if one.good_at == at:
        # A gateway that was just ill is well again only by an answer begun after that.
        lately = one.bad_at is not None and one.bad_at >= at - SETTLED
        return {now, blind} if lately else {now}
    good = one.good_at
    if good is None or at - good >= READ_WITHIN:
        return {blind}
    proven = model.verdict(last, one.rule, good)
    if one.weak and proven[0] == "breached":
        return {blind}
    return {proven} if proven == now else {proven, blind}
