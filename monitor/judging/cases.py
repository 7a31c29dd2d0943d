"""Which trouble is due: the silence of an account, our blindness, a failing gateway. Pure.

A case holds the calls that the rules have come to by now and the evidence confirms. What was
sent before, and what is sent next, is decided by `alerts.rules.lifecycle`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from hashlib import blake2b

from alerts.common.local_time import local_day, local_instant
from alerts.model import Alert, Call, Hours, Kind, Ladder, Reason, SilenceException
from alerts.occasion import Occasion, On
from alerts.rules.calendar import Calendar
from alerts.rules.ladder import DAY, calls, publish_by, waking
from alerts.rules.lifecycle import Case, kept_by, promised_call
from monitor.freshness.evidence import Evidence
from monitor.freshness.verdict import Basis, Verdict, silence_confirmed
from monitor.judging.situation import Hindrance, Situation
from monitor.ledger.coverage import Gap
from monitor.model import Account, AccountState, Doubt, GatewayState, RouteHealth, Together
from monitor.polling.health import expected_until
from monitor.register import Register

OPERATOR, CUSTODIAN = "operator", "custodian"
AGAIN = "+"  # marks the occasion of a question that was asked before
BACKUP = f"{On.BACKUP}:daily"  # the subject of the alert about it
KEPT = f"{On.KEPT}:standings"  # that of the alert about what is kept and was wrong
WEEK = timedelta(days=7)
PATIENCE = timedelta(minutes=15)  # what retries are given before anybody is notified
EASE = timedelta(minutes=45)  # the same for a gateway that blinds nobody yet
ENDS_SOON = timedelta(days=14)  # how long before its end a credential is spoken of
CREDENTIAL = "#credential"  # marks the subject of an alert about a gateway's credential
DOUBT = "#doubt"  # marks the subject of an alert about what is seen behind a gateway
TOGETHER = "#together"  # marks the subject of an alert about the common silence behind a gateway
ALL_READ = timedelta(hours=6)  # within which every account behind a gateway has been tried
MOST_OF = 3  # accounts at least, for one thing to happen to most of them
CONFIRMING = timedelta(hours=1)  # a doubt that ends within it is notified to nobody
QUOTA = "#quota"  # marks the subject of an alert about a gateway's quota
GATHER = timedelta(minutes=12)  # how long calls of one hour wait for each other
BY_THE_HOUR = frozenset({Reason.RUNG, Reason.CLOSURE, Reason.PUBLISH_DAY, Reason.REMINDER})
# After as long without a good reading the operator is notified. A post that was taken down is
# believed after a day: the reading that settles it comes before.
UNREAD = timedelta(hours=24) + PATIENCE


def silence_case(
    situation: Situation, rules: Register, exception: SilenceException | None, now: datetime
) -> Case:
    """Return what is due of an account's silence at *now*. While blind nothing is."""
    evidence, breach_at = situation.evidence, situation.assessment.breach_at
    due, seeing = _due(situation, rules, now), _seeing(situation)
    confirmed = [c for c in due if seeing and silence_confirmed(evidence, c.due_at, breach_at)]
    return replace(
        _account_case(Kind.SILENCE, situation, rules, due, exception),
        calls=tuple(confirmed),
        read_at=evidence.good_read_at if seeing else None,
    )


def blind_case(
    situation: Situation,
    rules: Register,
    exception: SilenceException | None,
    hindered: Hindrance,
    now: datetime,
    silence: Alert | None = None,
) -> Case:
    """Return what is due at *now* because an account cannot be seen, or because the reading of a
    call failed or cannot be tried, though what was confirmed before still holds. A promise of a
    post, given on the open alert about its *silence*, keeps back as much as there."""
    account, evidence = situation.account, situation.evidence
    due = _due(situation, rules, now)
    case = _account_case(Kind.BLIND, situation, rules, due, exception)
    if evidence.pending:
        return case
    also = () if hindered.blamed else (OPERATOR,)
    owed = _as_promised(due, silence, case, rules.hours, now)
    unanswered = [c for c in (*due, *owed) if _unanswered(c, situation, hindered, now)]
    if _seeing(situation) and not unanswered:
        over = _ended(account, exception) or Reason.RECOVERED
        return Case(Kind.BLIND, account.id, evidence.since, (), over)
    asked = [_asked(c, also) for c in owed if c in unanswered]
    return replace(case, calls=(*asked, *_unread(account, evidence, hindered.blamed, now)))


def originals_case(
    situation: Situation, rules: Register, exception: SilenceException | None, now: datetime
) -> Case:
    """Return what is due at *now* of an account that has only reposted for too long.

    The limit's people are notified once. An account without any posts is a silence instead.
    """
    account, policy = situation.account, situation.policy
    since = situation.evidence.originals_since
    if since is None or policy.originals_every is None or now < since + policy.originals_every:
        over = _ended(account, exception) or Reason.RULE_CHANGED
        return Case(Kind.ORIGINALS, account.id, since or situation.evidence.since, (), over)
    due_at = waking(since + policy.originals_every, rules.hours)
    call = Call(
        due_at, None, Reason.ORIGINALS, policy.ladder.limit_rung.tell, Occasion(On.ORIGINALS)
    )
    due = situation.assessment.reason is Basis.ORIGINALS and due_at <= now
    ended = _ended(account, exception)
    return Case(Kind.ORIGINALS, account.id, since, (call,) if due else (), ended)


def awaited(situation: Situation, rules: Register, now: datetime) -> Call | None:
    """Return the call of this hour that only waits for the reading that confirms it; None if
    there is none, or not any more.

    Accounts are read one after the other, and all calls to one person at one hour make one
    message: the calls that are confirmed wait for those to the same person that are not yet.
    """
    if not _seeing(situation) or situation.evidence.failing_since is not None:
        return None
    if not _calling(rules.hours, now):
        return None
    due = _due(situation, rules, now)
    last = due[-1] if due and due[-1].reason in BY_THE_HOUR else None
    if last is None or not last.due_at <= now < last.due_at + GATHER:
        return None
    read_at = situation.evidence.good_read_at
    return last if read_at is None or read_at < last.due_at else None


def look_case(
    situation: Situation, rules: Register, exception: SilenceException | None, now: datetime
) -> Case:
    """Return what is due at *now* of an account that a person looks at: the custodian is asked a
    week after somebody last looked, or when a call waits for it, and again the next working day."""
    account, looked_at = situation.account, situation.evidence.good_read_at
    since = looked_at or situation.evidence.since
    ended = _ended(account, exception)
    if ended is not None or not rules.by_hand(account):
        return Case(Kind.LOOK, account.id, since, (), ended or Reason.RULE_CHANGED)
    asked = [at for at in looks_at(situation, rules, now) if at <= now]
    if not asked:
        return Case(Kind.LOOK, account.id, since, (), Reason.RECOVERED)
    day = local_day(asked[-1], rules.hours.zone)
    detail = f"{day.isoformat()}{AGAIN if len(asked) > 1 else ''}"
    call = Call(asked[-1], None, Reason.LOOK, (CUSTODIAN,), Occasion(On.LOOK, detail))
    return Case(Kind.LOOK, account.id, since, (call,))


def looks_at(situation: Situation, rules: Register, now: datetime) -> tuple[datetime, datetime]:
    """Return when the custodian of an account that a person looks at is asked to, and when again,
    by what is known at *now*."""
    hours, calendar = rules.hours, rules.calendar
    looked_at = situation.evidence.good_read_at
    first = local_day(looked_at + WEEK if looked_at else situation.evidence.since, hours.zone)
    waits = reading_due(situation, rules, now)
    if waits is not None:
        first = min(first, local_day(waits.due_at, hours.zone))
    first = calendar.next_workday(first)
    following = calendar.next_workday(first + DAY)
    return (
        local_instant(first, hours.call_at, hours.zone),
        local_instant(following, hours.call_at, hours.zone),
    )


def gateway_case(subject: str, route: RouteHealth, blinds: bool, now: datetime) -> Case:
    """Return what is due of a gateway, or of one family of its routes, at *now*.

    *blinds*: an account cannot be judged for it. An outage at the same hours as yesterday's is
    the same trouble: it is due again only if it outlasts them.
    """
    since = min(route.failing_since or now, now)
    if route.healthy or route.failing_since is None:
        return Case(Kind.GATEWAY, subject, since, (), Reason.RECOVERED)
    usual = expected_until(route)
    due_at = max(filter(None, (since + (PATIENCE if blinds else EASE), usual)))
    call = Call(due_at, None, Reason.GATEWAY, (OPERATOR,), Occasion(On.GATEWAY))
    return Case(Kind.GATEWAY, subject, since, (call,) if due_at <= now else ())


def ledger_case(account: str, holes: Sequence[Gap], alert: Alert | None, now: datetime) -> Case:
    """Return what is due at *now* of the gaps in an account's ledger, oldest first: the operator
    is notified of each once, as soon as it is found. *alert*: the one that is open."""
    since = alert.since if alert else min((hole.start for hole in holes), default=now)
    if not holes:
        return Case(Kind.LEDGER, account, since, (), Reason.RECOVERED)
    newest = holes[-1].start
    call = Call(now, None, Reason.GAP, (OPERATOR,), Occasion(On.GAP, f"{newest:%Y-%m-%dT%H:%M}"))
    return Case(Kind.LEDGER, account, since, (call,))


def credential_case(gateway: str, state: GatewayState, now: datetime) -> Case:
    """Return what is due at *now* of a gateway whose credential ends soon: one call."""
    subject, ends_at = f"{gateway}{CREDENTIAL}", state.ends_at
    if ends_at is None or ends_at - ENDS_SOON > now:
        return Case(Kind.GATEWAY, subject, now, (), Reason.RECOVERED)
    call = Call(ends_at - ENDS_SOON, None, Reason.CREDENTIAL, (OPERATOR,), Occasion(On.CREDENTIAL))
    return Case(Kind.GATEWAY, subject, ends_at - ENDS_SOON, (call,))


def quota_case(gateway: str, since: datetime | None, now: datetime) -> Case:
    """Return what is due at *now* of a gateway whose quota does not reach for its accounts.

    *since*: since when the first of them has been waiting to be read; None: nobody is.
    """
    subject = f"{gateway}{QUOTA}"
    if since is None:
        return Case(Kind.GATEWAY, subject, now, (), Reason.RECOVERED)
    call = Call(now, None, Reason.QUOTA, (OPERATOR,), Occasion(On.QUOTA))
    return Case(Kind.GATEWAY, subject, since, (call,))


def reading_due(situation: Situation, rules: Register, now: datetime) -> Call | None:
    """Return the highest call that only waits for a reading which nobody has tried since it was
    due; None if there is none. That reading is due now, however far ahead the next is planned."""
    evidence = situation.evidence
    due = _due(situation, rules, now)
    last = max(due, key=lambda call: (call.rung or 0, call.due_at), default=None)
    if last is None or silence_confirmed(evidence, last.due_at, situation.assessment.breach_at):
        return None
    return last if evidence.tried_at is None or evidence.tried_at < last.due_at else None


def urgency(call: Call, ladder: Ladder) -> timedelta:
    """Return by how much the reading for *call* goes before others that are due at one moment:
    the limit's first, then the last chance's."""
    rung = call.rung or 0
    return timedelta(seconds=(rung >= ladder.last_chance.days) + (rung >= ladder.limit_rung.days))


def doubtful(situation: Situation, now: datetime) -> bool:
    """Return whether a person has to say of what is seen of an account that it is right."""
    doubt = situation.evidence.unconfirmed
    if situation.other_name is not None:
        return True
    return doubt is not None and (doubt.reason is Doubt.NAME or doubt.since + CONFIRMING <= now)


def doubt_case(
    gateway: str, doubted: Sequence[Situation], behind: Sequence[Situation], now: datetime
) -> Case:
    """Return what is due at *now* of what is seen of the accounts *behind* a gateway and *doubted*:
    one call, and another one when something else is.

    Where it is so with most of them, the gateway issues anew what it shows: one call for all. While
    that may be so it waits for the readings of the rest.
    """
    subject = f"{gateway}{DOUBT}"
    if not doubted:
        return Case(Kind.GATEWAY, subject, now, (), Reason.RECOVERED)
    strange = [s for s in behind if _strange(s)]
    if strange and _may_be_all(strange, behind, now):
        return Case(Kind.GATEWAY, subject, now, ())
    most = _are_most(strange, behind)
    apart = [s for s in doubted if not (most and _strange(s))]
    doubts = sorted(f"{s.account.id} {doubt_of(s)}" for s in apart)
    detail = blake2b("\n".join([*doubts, *["most"] * most]).encode(), digest_size=6).hexdigest()
    call = Call(now, None, Reason.UNCONFIRMED, (OPERATOR,), Occasion(On.DOUBT, detail))
    return Case(Kind.GATEWAY, subject, now, (call,))


def doubted_together(
    doubted: Sequence[Situation], behind: Sequence[Situation]
) -> Sequence[Situation]:
    """Return of whom a message about those *doubted* speaks: where it is so with most of the
    accounts *behind* their gateway, of all with whom it is."""
    strange = [s for s in behind if _strange(s)]
    known = {s.account.id for s in strange}
    others = [s for s in doubted if s.account.id not in known]
    return [*others, *strange] if _are_most(strange, behind) else doubted


def _are_most(some: Sequence[Situation], behind: Sequence[Situation]) -> bool:
    return len(behind) >= MOST_OF and 2 * len(some) > len(behind)


def doubt_of(situation: Situation) -> str:
    """Return what distinguishes the doubt about what is seen of an account from others about it."""
    return f"{situation.other_name} {_doubted_since(situation)}"


def _strange(situation: Situation) -> bool:
    """Whether what is seen of an account is new, and not by its name."""
    doubt = situation.evidence.unconfirmed
    return doubt is not None and doubt.reason is not Doubt.NAME


def _may_be_all(strange: Sequence[Situation], behind: Sequence[Situation], now: datetime) -> bool:
    """Whether accounts *behind* a gateway are still to be read since the first was *strange*, and
    no other has been believed since."""
    since = min(at for s in strange if (at := _doubted_since(s)) is not None)
    others = [s.evidence for s in behind if s not in strange]
    believed = any(e.good_read_at is not None and e.good_read_at >= since for e in others)
    unread = any(e.tried_at is None or e.tried_at < since for e in others)
    return unread and not believed and now < since + ALL_READ


def together_case(gateway: str, doubt: Together | None, now: datetime) -> Case:
    """Return what is due at *now* of the common silence behind a gateway: one call."""
    subject = f"{gateway}{TOGETHER}"
    if doubt is None:
        return Case(Kind.GATEWAY, subject, now, (), Reason.RECOVERED)
    call = Call(doubt.since, None, Reason.UNCONFIRMED, (OPERATOR,), Occasion(On.TOGETHER))
    return Case(Kind.GATEWAY, subject, doubt.quiet_since, (call,))


def _doubted_since(situation: Situation) -> datetime | None:
    doubt = situation.evidence.unconfirmed
    return doubt.since if doubt else None


def calendar_case(year: int, calendar: Calendar, hours: Hours, now: datetime) -> Case:
    """Return what is due at *now* of the working days of *year* while nobody knows them: one call
    on the first working day of the December before it, and one a week from then on."""
    first = calendar.next_workday(date(year - 1, 12, 1))
    since = local_instant(first, hours.call_at, hours.zone)
    subject = f"{On.CALENDAR}:{year}"
    if now < since or calendar.announced(year):
        return Case(Kind.SELF, subject, min(since, now), (), Reason.RECOVERED)
    weeks = (local_day(now, hours.zone) - first) // WEEK
    day = calendar.next_workday(first + weeks * WEEK)
    due_at = local_instant(day, hours.call_at, hours.zone)
    call = Call(due_at, None, Reason.SELF, (OPERATOR,), Occasion(On.CALENDAR, day.isoformat()))
    return Case(Kind.SELF, subject, since, (call,) if due_at <= now else ())


def own_case(subject: str, failed: bool, now: datetime) -> Case:
    """Return what is due at *now* of our own work on *subject*, `BACKUP` or `KEPT`: one call when
    it *failed*."""
    if not failed:
        return Case(Kind.SELF, subject, now, (), Reason.RECOVERED)
    occasion = Occasion(subject.partition(":")[0])
    call = Call(now, None, Reason.SELF, (OPERATOR,), occasion)
    return Case(Kind.SELF, subject, now, (call,))


def waits(situation: Situation, now: datetime) -> bool:
    """Return whether an account has not been read for so long that somebody must know, though
    nothing failed."""
    stale = situation.evidence.stale_since
    if stale is None or situation.evidence.failing_since is not None:
        return False
    return situation.assessment.verdict is Verdict.BLIND or stale + UNREAD <= now


def _due(situation: Situation, rules: Register, now: datetime) -> list[Call]:
    since, ladder = situation.evidence.since, situation.policy.ladder
    return calls(since, ladder, rules.calendar, rules.hours, now)


def _account_case(
    kind: Kind,
    situation: Situation,
    rules: Register,
    due: list[Call],
    exception: SilenceException | None,
) -> Case:
    return Case(
        kind,
        situation.account.id,
        situation.evidence.since,
        (),
        ended=_ended(situation.account, exception),
        rung=max((c.rung for c in due if c.rung is not None), default=None),
        ladder=situation.policy.ladder,
        closed=_closed(situation, rules) if due else None,
    )


def _calling(hours: Hours, now: datetime) -> bool:
    """Whether one of the day's calling hours has just struck; else the rest is not worth asking."""
    today = now.astimezone(hours.zone).date()
    struck = (local_instant(today, at, hours.zone) for at in (hours.call_at, hours.last_call_at))
    return any(at <= now < at + GATHER for at in struck)


def _seeing(situation: Situation) -> bool:
    """Return whether people may be notified about the account itself."""
    evidence = situation.evidence
    blind = situation.assessment.verdict is Verdict.BLIND or evidence.lost_since is not None
    return not (blind or evidence.pending)


def _ended(account: Account, exception: SilenceException | None) -> Reason | None:
    if account.state is AccountState.CLOSED:
        return Reason.ACCOUNT_CLOSED
    return Reason.EXCEPTION if exception is not None else None


def _closed(situation: Situation, rules: Register) -> tuple[datetime, datetime] | None:
    """The bounds of the closed stretch in which the account must publish."""
    zone = rules.hours.zone
    last_day = publish_by(situation.evidence.since, situation.policy.ladder, zone)
    stretch = rules.calendar.stretch(last_day)
    if stretch is None:
        return None
    first, after = (local_instant(day, time(), zone) for day in (stretch.first, stretch.last + DAY))
    return first, after


def _as_promised(
    due: list[Call], silence: Alert | None, case: Case, hours: Hours, now: datetime
) -> list[Call]:
    """What of *due* the promise given on *silence* does not keep back at *now*, and the call at the
    time promised. What it kept back is due as of that time."""
    promise = silence.promise if silence else None
    if silence is None or promise is None or promise.at > now:
        return due
    kept = [c for c in due if c.occasion not in silence.called and kept_by(promise, c, case)]
    let = [c for c in due if c not in kept]
    call = promised_call(silence, case, hours)
    if call is None or promise.until > now:
        return let
    return [*let, *(replace(c, due_at=max(c.due_at, promise.until)) for c in kept), call]


def _unanswered(call: Call, situation: Situation, hindered: Hindrance, now: datetime) -> bool:
    """Whether a call has to go out as a question: nothing confirms it, and retries had time.

    Calls are asked for by instant: one whose own reading failed, or cannot be tried, is not
    answered by what was confirmed before it.
    """
    if silence_confirmed(situation.evidence, call.due_at, situation.assessment.breach_at):
        return False
    failing = situation.evidence.failing_since
    if _seeing(situation):
        tried = failing is not None or hindered.untriable
        return tried and call.due_at + PATIENCE <= now
    return failing is None or min(failing, call.due_at) + PATIENCE <= now


def _asked(call: Call, also: tuple[str, ...]) -> Call:
    tell = tuple(dict.fromkeys((*call.tell, *also)))
    return replace(call, reason=Reason.BLIND, tell=tell)


def _unread(account: Account, evidence: Evidence, blamed: bool, now: datetime) -> tuple[Call, ...]:
    """Notify the operator of an account that cannot be read long before a rung is near."""
    lost = evidence.lost_since
    if blamed or lost is None or not account.sources or lost + UNREAD > now:
        return ()
    return (Call(lost + UNREAD, None, Reason.BLIND, (OPERATOR,), Occasion(On.UNREAD)),)
