"""What an operator, a chat command or a button may ask for, done. Returns values, prints nothing.

Every answer is a value in the shape of the contract; every request that cannot be met raises
`UsageError` with one line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from alerts.common.local_time import local_day, local_instant
from alerts.messages.explanation import explanation
from alerts.model import Alert, Kind, Notice, SilenceException
from alerts.people.handover import Handover, close_stretches
from alerts.rules import lifecycle
from alerts.words import Words
from monitor.desk.custody import CustodyDesk, RosterSummary
from monitor.errors import Field, UsageError
from monitor.files import contents
from monitor.freshness.explain import explain
from monitor.judging.custody import hasten
from monitor.judging.engine import AlertEngine
from monitor.judging.situation import Situation
from monitor.ledger.coverage import Span, covered_by_imports
from monitor.ledger.days import DAY, day_of
from monitor.ledger.identity import post_key
from monitor.ledger.periods import midnight, month_of, year_of
from monitor.ledger.records import FollowerCount, ImportedPost, ImportSummary
from monitor.model import (
    Account,
    AccountFacts,
    AccountState,
    Counters,
    Dating,
    GatewayState,
    PostKind,
    SeenPost,
    SourceState,
)
from monitor.polling.health import judged
from monitor.polling.statistics_plan import DAYS
from monitor.register import Register
from monitor.store.base import Store
from monitor.store.protocols.alerts import Delivery

Json = dict[str, Any]
History = Mapping[str, Sequence[tuple[datetime, PostKind]]]  # by account: dates and kinds
URGENT = ("breached", "late", "blind", "waiting", "fresh")  # verdicts, the most urgent first
REMEMBERED = timedelta(days=60)  # how far back `explain` counts readings


class Desk:
    """Questions and answers about one register and its store."""

    def __init__(self, store: Store, register: Register, watch: AlertEngine, words: Words) -> None:
        self._store = store
        self._register = register
        self._watch = watch
        self._words = words
        self._zone = register.hours.zone
        self.custody = CustodyDesk(store, register)

    def status(self, now: datetime, at: datetime | None = None) -> Json:
        """Return the contract's `status` at *now*; with *at*: as it was known then."""
        moment = at or now
        facts = self._store.accounts.facts(self._register.count_reposts(), at)
        states = {account: one.sources for account, one in facts.items()}
        gateways = self._gateways(at, [state for some in states.values() for state in some])
        situations = self._situations(moment, gateways, at, facts=facts)
        month = self._counts(*month_of(moment, self._zone), at)
        year = self._counts(*year_of(moment, self._zone), at)
        counted = self._counted(states, at)
        spent = self._spent(moment) if at is None else {}
        agreed = self._store.exceptions.in_force(moment)
        return {
            "at": self._iso(moment),
            "accounts": [
                self._account_status(s, gateways, states.get(a, ()))
                | {"exception": self._exception(agreed.get(a))}
                | {"posts_this_month": month.get(a, 0), "posts_this_year": year.get(a, 0)}
                | self._as_the_platform_says(s, states.get(a, ()), counted.get(a, ()))
                for a, s in situations.items()
            ],
            "gateways": [
                {
                    "id": g.id,
                    "kind": g.kind,
                    "healthy": _healthy(gateways.get(g.id)),
                    "last_pulse_at": self._iso(_pulse(gateways.get(g.id))),
                    "warnings": _warnings(gateways.get(g.id)),
                    "quota": g.quota,
                    "spent_today": spent.get(g.id),
                }
                for g in self._register.gateways.values()
            ],
        }

    def explain(self, account: str, now: datetime, at: datetime | None = None) -> Json:
        """Return the contract's `explain` of one account at *now*, or as known *at* then."""
        known = self._account(account)
        moment = at or now
        sources = self._store.sources.states(at).values() if at else ()
        found = self._situations(moment, self._gateways(at, sources), at, known.id)
        if known.id not in found:
            raise UsageError(f'account "{account}" is closed, or not judged; see the log')
        situation = found[known.id]
        until = moment + timedelta(microseconds=1)
        kept = self._store.readings.of_account(known.id, moment - REMEMBERED, until)
        readings = self._register.covering(kept)
        answer = explain(
            known,
            situation.assessment,
            situation.evidence,
            situation.policy,
            readings,
            self._told(known.id, moment),
            self._zone,
            self._imported(known.id, moment),
        )
        answer["statistics"] = self._statistics(known.id, moment, at)
        answer["custodian"] = situation.account.custodian
        answer["exception"] = self._exception(self._store.exceptions.in_force(moment).get(known.id))
        answer["rule"]["handover"] = self._handover_of(known.id, at)
        answer["told"] = [{**one, "name": self._name(one["to"])} for one in answer["told"]]
        answer["unheard"] = self._unheard(known.id, moment)
        text = explanation(answer, known.name, known.platform, self._words)
        return {**answer, "text": text}

    def status_text(self, now: datetime) -> str:
        """Return every account's verdict at *now*, a line each, the most urgent first."""
        answer = self.status(now)
        ranked = sorted(answer["accounts"], key=lambda a: (URGENT.index(a["verdict"]), a["id"]))
        return "\n".join(self._status_line(account) for account in ranked)

    def explain_text(self, account: str, now: datetime) -> str:
        """Return why *account* has its verdict at *now*, as sentences."""
        text: str = self.explain(account, now)["text"]
        return text

    def alerts(self, everything: bool = False, at: datetime | None = None) -> list[Json]:
        """Return the contract's `alerts list`: open alerts, or all of them."""
        found = self._store.alerts.listed(everything, at)
        notices = self._store.alerts.notices_of([a.id for a in found])
        sent = self._store.alerts.deliveries_of([n.id for group in notices.values() for n in group])
        return [self._alert(a, notices.get(a.id, ()), sent) for a in found]

    def acknowledge(self, alert: int, by: str, now: datetime) -> Alert:
        """Record that *by* has the alert in hand."""
        self._person(by)
        return self._answer(alert, lambda a: lifecycle.acknowledge(a, by, now))

    def promise(
        self, alert: int, by: str, until: datetime, scheduled: bool, now: datetime
    ) -> Alert:
        """Record that a post will be there at *until*."""
        self._person(by)
        known = self._open(alert)
        if known.kind is not Kind.SILENCE:
            raise UsageError(
                f"alert {alert} is of kind {known.kind}; only a silence can be promised"
            )
        account = self._account(known.subject)
        breach = known.since + self._register.policy_of(account).limit
        hours = self._register.hours
        promised = self._answer(
            alert, lambda a: lifecycle.promise(a, by, until, scheduled, breach, hours, now)
        )
        hasten(self._store, [known.subject], until)  # a reading has to bear the promise out
        return promised

    def promise_today(self, alert: int, by: str, now: datetime) -> Alert:
        """Record that a post will be there by the end of today's work (「今日发布」)."""
        hours = self._register.hours
        today = now.astimezone(hours.zone).date()
        until = local_instant(today, hours.today_until, hours.zone)
        return self.promise(alert, by, until, False, now)

    def except_(
        self,
        account: str,
        by: str,
        until: datetime,
        reason: str,
        document: str | None,
        now: datetime,
    ) -> SilenceException:
        """Record an agreed silence of *account* until *until*."""
        if self._account(account).state is AccountState.CLOSED:
            raise UsageError(f"{account} is closed; nobody is called about its silence")
        self._person(by)
        if until <= now:
            raise UsageError(Field("until"), f" {self._iso(until)} is not in the future")
        if not reason.strip():
            raise UsageError(Field("reason"), " is empty; an exception needs its reason")
        exception = SilenceException(account, by, now, until, reason.strip(), document)
        self._store.exceptions.save(exception)
        return exception

    def confirm(
        self, account: str, posted_at: datetime, by: str, url: str | None, now: datetime
    ) -> ImportSummary:
        """Record a post that a person saw by eye."""
        known = self._account(account)
        self._person(by)
        if posted_at > now:
            raise UsageError(Field("posted at"), f" {self._iso(posted_at)} is in the future")
        link = url or known.page or ""
        kind = PostKind.ORIGINAL if known.platform == "weibo" else PostKind.ARTICLE
        key = post_key(known.platform, url or "", "", f"confirmed by {by}", posted_at)
        post = SeenPost(key, f"人工核实（{self._name(by)}）", link, kind, posted_at)
        return self._store.imports.add(
            [ImportedPost(known.id, post)], [], f"confirm by {by}", now, False
        )

    def duty(self, on: date | None, now: datetime) -> Json:
        """Return who is on duty *on* a date, by default today, and who follows when."""
        return self.custody.duty(on, now)

    def handovers(self, everything: bool = False) -> list[Json]:
        """Return the handovers that run, or all of them, oldest first."""
        return self.custody.handovers(everything)

    def accept_handover(self, handover: int, by: str, now: datetime) -> Handover:
        """Record that *by*, one of the two sides, accepts the handover."""
        return self.custody.accept(handover, by, now)

    def confirm_handover(self, handover: int, by: str, now: datetime) -> Handover:
        """Record that *by*, the new custodian, published what was seen (「是我发的」)."""
        return self.custody.confirm(handover, by, now)

    def import_roster(self, path: Path, check: bool, now: datetime) -> RosterSummary:
        """Import a roster, or with *check* only say what that would do."""
        return self.custody.import_roster(contents(path), path.name, check, now)

    def known(self, account: str) -> str:
        """Return *account* if there is one of that id. Raises `UsageError` naming the choices."""
        return self._account(account).id

    def replay(
        self, since: date, until: date, posts: Path | None, policy: str | None
    ) -> list[Json]:
        """Return the contract's `replay` of the local days *since* to *until*: who would have
        been told, over the ledger's posts or a file's, under each account's policy or *policy*.
        """
        from monitor.judging.replay import replay  # noqa: PLC0415 - nothing else here needs it

        if since > until:
            raise UsageError(Field("from"), f" {since} is later than ", Field("to"), f" {until}")
        if policy is not None and policy not in self._register.policies:
            choices = ", ".join(sorted(self._register.policies))
            raise UsageError(f'monitor.toml: there is no policy "{policy}"; one of: {choices}')
        start, end = midnight(since, self._zone), midnight(until + timedelta(days=1), self._zone)
        history = self._ledger(end) if posts is None else self._listed(posts)
        register, handovers = (
            self._register.under(self._store.custody.records()),
            self._store.custody.handovers(),
        )
        told = []
        for account, dates in history.items():
            known = register.accounts[account]
            rules = register.policies[policy or known.policy]
            counted = [at for at, kind in dates if rules.count_reposts or kind != PostKind.REPOST]
            originals = [at for at, kind in dates if kind != PostKind.REPOST]
            closely = close_stretches(handovers, account)
            told += replay(known, counted, rules, register, start, end, closely, originals)
        return [one.row(self._zone) for one in sorted(told, key=lambda t: (t.at, t.account))]

    def _ledger(self, until: datetime) -> History:
        return {
            account: [
                (post.published_at, post.kind)
                for post in self._store.posts.of_account(account, until=until)
                if post.dating is not Dating.UNKNOWN
            ]
            for account in self._register.accounts
        }

    def _listed(self, path: Path) -> History:
        from monitor.imports.csv_import import parse  # noqa: PLC0415 - the same

        found: dict[str, list[tuple[datetime, PostKind]]] = {}
        for row in parse(contents(path), path.name, self._register.accounts, self._zone).posts:
            if row.post.stated_at is not None:
                found.setdefault(row.account, []).append((row.post.stated_at, row.post.kind))
        return found

    def _situations(
        self,
        now: datetime,
        gateways: dict[str, GatewayState],
        at: datetime | None,
        only: str | None = None,
        facts: Mapping[str, AccountFacts] | None = None,
    ) -> Mapping[str, Situation]:
        awake = self._store.notes.heartbeat().awake_since
        return self._watch.situations(now, awake, gateways, at, only, facts)

    def _gateways(
        self, at: datetime | None, sources: Iterable[SourceState]
    ) -> dict[str, GatewayState]:
        """Gateways as they stand, or as they must have looked *at* an instant from their
        *sources* then."""
        if at is None:
            return dict(self._store.gateways.states())
        behind: dict[str, list[SourceState]] = {g: [] for g in self._register.gateways}
        for source in sources:
            behind.setdefault(source.spec.gateway, []).append(source)
        return {g: judged(g, states, None, at) for g, states in behind.items()}

    def _spent(self, now: datetime) -> Mapping[str, int]:
        """Requests of the day so far, of the gateways that have a quota."""
        limited = [g.id for g in self._register.gateways.values() if g.quota is not None]
        counted = self._store.gateways.spent(local_day(now, self._zone)) if limited else {}
        return {gateway: counted.get(gateway, 0) for gateway in limited}

    def _counts(self, since: datetime, until: datetime, at: datetime | None) -> dict[str, int]:
        counting = self._register.count_reposts()
        return {
            account: sum(
                n
                for kind, n in kinds.items()
                if kind is not PostKind.REPOST or counting.get(account, True)
            )
            for account, kinds in self._store.posts.counts(since, until, at).items()
        }

    def _account_status(
        self,
        s: Situation,
        gateways: Mapping[str, GatewayState],
        of_account: Sequence[SourceState],
    ) -> Json:
        last = s.evidence.last_post
        states = {x.spec.id: x for x in of_account}
        return {
            "id": s.account.id,
            "name": s.account.name,
            "platform": s.account.platform,
            "verdict": s.assessment.verdict.value,
            "reason": s.assessment.reason.value,
            "quiet_days": s.assessment.quiet_days,
            "last_post_at": self._iso(last.published_at if last else None),
            "last_post_title": last.title if last else None,
            "last_post_url": last.url if last else None,
            "visible_last_post_at": self._iso(
                s.evidence.visible.published_at if s.evidence.visible else None
            ),
            "breach_at": self._iso(s.assessment.breach_at),
            "publish_by": s.assessment.publish_by.isoformat(),
            "rung": s.assessment.rung,
            "last_good_reading_at": self._iso(s.evidence.good_read_at),
            "gateways": [
                {
                    "gateway": spec.gateway,
                    "healthy": _healthy(gateways.get(spec.gateway)),
                    "last_outcome": _outcome(states.get(spec.id)),
                }
                for spec in s.account.sources
            ],
        }

    def _statistics(self, account: str, now: datetime, at: datetime | None) -> list[Json]:
        """What the platform's statistics list for the last days of which they were asked."""
        today = day_of(now)
        return [
            {
                "day": one.count.day.isoformat(),
                "articles": one.count.articles,
                "notified": one.count.notified,
                "pushes": one.count.pushes,
                "learned_at": self._iso(one.learned_at),
            }
            for one in self._store.days.known(account, today - DAYS * DAY, today, at)
        ]

    def _imported(self, account: str, at: datetime) -> list[Span]:
        """The stretches that imports made by then cover."""
        return covered_by_imports(self._store.imports.spans(account), at)

    def _exception(self, agreed: SilenceException | None) -> Json | None:
        """An agreed silence that runs."""
        if agreed is None:
            return None
        return {
            "since": self._iso(agreed.since),
            "until": self._iso(agreed.until),
            "by": agreed.by,
            "by_name": self._name(agreed.by),
            "reason": agreed.reason,
            "document": agreed.document,
        }

    def _handover_of(self, account: str, at: datetime | None) -> int | None:
        """The handover for which the account is watched on the tight ladder."""
        running = self._store.custody.records(at).handovers
        return next((h.id for h in running if account in h.unproven()), None)

    def _status_line(self, account: Json) -> str:
        words = self._words
        label = words.account(account["name"], account["platform"])
        verdict = words.verdict(account["verdict"])
        if account["last_post_at"] is None:
            return words.text("{account}: {verdict}").format(account=label, verdict=verdict)
        return words.text("{account}: {verdict}, no update for {days}; publish by {day}").format(
            account=label,
            verdict=verdict,
            days=words.days(account["quiet_days"]),
            day=words.short_day(date.fromisoformat(account["publish_by"])),
        )

    def _as_the_platform_says(
        self,
        s: Situation,
        states: Sequence[SourceState],
        counted: Sequence[Counters | FollowerCount],
    ) -> Json:
        """Names and counts, by the most trusted source that tells them."""
        shown = next((x.memory for x in states if x.memory.title), None)
        original = s.evidence.last_original
        return {
            "followers": _told(c.followers for c in counted),
            "platform_posts": _told(c.posts for c in counted),
            "last_original_at": self._iso(original.published_at if original else None),
            "shown_as": shown.title if shown else None,
            "renamed_from": shown.former_title if shown else None,
            "renamed_at": self._iso(shown.renamed_at if shown else None),
        }

    def _counted(
        self, states: Mapping[str, Sequence[SourceState]], at: datetime | None
    ) -> Mapping[str, Sequence[Counters | FollowerCount]]:
        """What was counted now, or, *at* an instant of the past, on the days before it: by
        account, the newest first."""
        if at is None:
            return {
                account: [x.memory.counters for x in some if x.memory.counters]
                for account, some in states.items()
            }
        day = at.astimezone(self._zone).date()
        return self._store.follower_counts.by_account(day - REMEMBERED, day)

    def _told(self, account: str, until: datetime) -> list[Notice]:
        mine = [a.id for a in self._store.alerts.listed(True, subject=account)]
        found = [n for group in self._store.alerts.notices_of(mine).values() for n in group]
        return sorted((n for n in found if n.created_at <= until), key=lambda n: n.created_at)

    def _unheard(self, account: str, at: datetime) -> list[Json]:
        """The account's open alerts of which nobody could be told the newest call."""
        mine = self._store.alerts.listed(False, at, account)
        notices = self._store.alerts.notices_of([a.id for a in mine])
        found = ((a, lifecycle.unheard_since(a, notices.get(a.id, ()))) for a in mine)
        return [
            {"alert": a.id, "kind": a.kind.value, "rung": a.rung, "since": self._iso(since)}
            for a, since in found
            if since is not None and since <= at
        ]

    def _alert(
        self, alert: Alert, notices: Sequence[Notice], sent: Mapping[str, Sequence[Delivery]]
    ) -> Json:
        given, promise = alert.acknowledged, alert.promise
        return {
            "id": alert.id,
            "kind": alert.kind.value,
            "subject": alert.subject,
            "rung": alert.rung,
            "opened_at": self._iso(alert.opened_at),
            "resolved_at": self._iso(alert.resolved_at),
            "reason": alert.resolution.value if alert.resolution else None,
            "acknowledged_by": given.by if given else None,
            "acknowledged_by_name": self._name(given.by) if given else None,
            "acknowledged_at": self._iso(given.at if given else None),
            "promise_until": self._iso(promise.until if promise else None),
            "promised_by": promise.by if promise else None,
            "promised_by_name": self._name(promise.by) if promise else None,
            "promised_at": self._iso(promise.at if promise else None),
            "scheduled": promise.scheduled if promise else None,
            "unheard_since": self._iso(lifecycle.unheard_since(alert, notices)),
            "notices": [self._notice(n, sent.get(n.id, ())) for n in notices],
        }

    def _notice(self, notice: Notice, deliveries: Sequence[Delivery]) -> Json:
        return {
            "id": notice.id,
            "to": notice.person,
            "name": self._name(notice.person),
            "channel": notice.channel,
            "state": notice.state.value,
            "sent_at": self._iso(notice.sent_at),
            "attempts": notice.attempts,
            "reason": notice.reason.value,
            "rung": notice.rung,
            "event": notice.event.value,
            "error": notice.error,
            "deliveries": [self._delivery(one) for one in deliveries],
        }

    def _delivery(self, one: Delivery) -> Json:
        return {
            "attempt": one.attempt,
            "address": one.address,
            "started_at": self._iso(one.started_at),
            "ended_at": self._iso(one.ended_at),
            "state": one.state.value if one.state else None,
            "error": one.error,
        }

    def _answer(self, alert: int, change: Callable[[Alert], Alert]) -> Alert:
        known = self._open(alert)
        with self._store.alerts.changing(known.subject) as tx:
            current = tx.open_alert(known.kind)
            if current is None or current.id != alert:
                raise UsageError(f"alert {alert} has just been resolved")
            try:
                return tx.save(change(current))
            except ValueError as error:
                raise UsageError(str(error)) from None

    def _open(self, alert: int) -> Alert:
        known = self._store.alerts.by_id(alert)
        if known is None:
            raise UsageError(f"there is no alert {alert}; see ", Field("the list of alerts"))
        if known.resolved_at is not None:
            raise UsageError(f"alert {alert} was resolved at {self._iso(known.resolved_at)}")
        return known

    def _account(self, account: str) -> Account:
        return self._register.account(account)

    def _person(self, person: str) -> None:
        self._register.person(person)

    def _name(self, person: str) -> str:
        return self._register.name(person)

    def _iso(self, at: datetime | None) -> str | None:
        return at.astimezone(self._zone).isoformat(timespec="seconds") if at else None


def _told(counts: Iterable[int | None]) -> int | None:
    return next((n for n in counts if n is not None), None)


def _warnings(state: GatewayState | None) -> list[str]:
    if state is None:
        return []
    return [*state.warnings, *([state.days_refusal] if state.days_refusal else [])]


def _healthy(state: GatewayState | None) -> bool:
    return state is None or state.healthy


def _pulse(state: GatewayState | None) -> datetime | None:
    return state.last_pulse_at if state else None


def _outcome(state: SourceState | None) -> str | None:
    return state.last_outcome.value if state and state.last_outcome else None
