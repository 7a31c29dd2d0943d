"""The facts that a message is about, fixed when it is decided. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TypeVar

from alerts.facts import (
    ChannelFacts,
    CredentialFacts,
    DoubtFacts,
    EndFacts,
    Fault,
    GatewayFacts,
    LookFacts,
    Notified,
    OfAccount,
    QuotaFacts,
    SelfFacts,
    SilenceFacts,
    TogetherFacts,
)
from alerts.model import Alert, Call, Kind, Notice, Person, Reason, SilenceException
from alerts.rules.ladder import next_call, publish_by, quiet_days
from alerts.rules.lifecycle import notified
from alerts.told import code_in, coded
from monitor.errors import StoreError
from monitor.freshness.together import LOOKS
from monitor.judging.cases import AGAIN, PATIENCE
from monitor.judging.situation import Situation, recipients
from monitor.judging.troubles import Trouble
from monitor.model import Account, Gateway, GatewayState
from monitor.register import Register

DRIVERS = {"sqlite3", "psycopg", "sqlalchemy"}  # whose errors are the database's
AnyAccount = TypeVar("AnyAccount", bound=OfAccount)

MADE_GOOD = timedelta(minutes=15)  # later than this, a message shows when it was due (补发)


def account_facts(
    situation: Situation,
    call: Call,
    earlier: Sequence[Notice],
    register: Register,
    now: datetime,
) -> SilenceFacts:
    """Return the facts of a call about a silence or a blindness at *now*."""
    account, evidence = situation.account, situation.evidence
    ladder, hours = situation.policy.ladder, register.hours
    since = evidence.since
    last_day = publish_by(since, ladder, hours.zone)
    following = next_call(since, ladder, register.calendar, hours, now)
    ring = _to_ring(situation.account, register, now)
    asked = call.reason is Reason.BLIND
    facts = SilenceFacts(
        name=account.name,
        platform=account.platform,
        organisation=account.organisation,
        at=now,
        due_at=made_good(call, now),
        since=evidence.lost_since or since if asked else since,
        waiting=evidence.waiting,
        quiet_since=since if asked else None,
        last_post_title=evidence.last_post.title if evidence.last_post else None,
        post_until=evidence.last_post.until if evidence.last_post else None,
        visible_since=evidence.visible.published_at if evidence.visible else None,
        visible_until=evidence.visible.until if evidence.visible else None,
        quiet_days=quiet_days(since, now, hours.zone),
        limit_days=ladder.limit_rung.days,
        breach_at=situation.assessment.breach_at,
        publish_by=last_day,
        guessed=register.calendar.guessed(last_day),
        weak=situation.assessment.weak,
        unseen=evidence.unseen,
        unconfirmed=evidence.unconfirmed.newest if asked and evidence.unconfirmed else None,
        as_of=evidence.weak_to,
        link=account.page,
        custodian=_name(account.custodian, register),
        call_name=ring.name if ring else None,
        call_phone=ring.phone if ring else None,
        told=notified_so_far(earlier, register),
        next_at=following.due_at if following else None,
        next_names=_names(following, account, register),
    )
    return _with_stretch(facts, last_day, register)


def _with_stretch(facts: SilenceFacts, last_day: date, register: Register) -> SilenceFacts:
    """*facts*, with the closed stretch that contains *last_day*, if one does."""
    stretch = register.calendar.stretch(last_day)
    if stretch is None:
        return facts
    return replace(
        facts,
        closed_from=stretch.first,
        closed_to=stretch.last,
        closed_name=stretch.name,
        guessed=stretch.guessed,
        last_workday=register.calendar.previous_workday(stretch.first),
    )


def originals_facts(
    situation: Situation,
    call: Call,
    earlier: Sequence[Notice],
    register: Register,
    now: datetime,
) -> SilenceFacts:
    """Return the facts of a call about an account that only reposts at *now*."""
    since = situation.evidence.originals_since or now
    every = situation.policy.originals_every or timedelta(0)
    return replace(
        account_facts(situation, call, earlier, register, now),
        since=since,
        quiet_days=quiet_days(since, now, register.hours.zone),
        limit_days=every.days,
        breach_at=since + every,
        publish_by=None,
        closed_from=None,
        next_at=None,
        next_names=(),
    )


def look_facts(situation: Situation, call: Call, now: datetime) -> LookFacts:
    """Return the facts of a question to the person who looks at an account."""
    account, looked_at = situation.account, situation.evidence.good_read_at
    return LookFacts(
        name=account.name,
        platform=account.platform,
        organisation=account.organisation,
        link=account.page,
        at=now,
        since=looked_at,
        looked_at=looked_at,
        again=(call.occasion.detail or "").endswith(AGAIN),
    )


# Calls that are about something else than how long an account has been quiet.
FACTS_OF: dict[
    Reason, Callable[[Situation, Call, Sequence[Notice], Register, datetime], SilenceFacts]
] = {
    Reason.ORIGINALS: originals_facts,
}


def with_promise(facts: SilenceFacts, alert: Alert, register: Register) -> SilenceFacts:
    """Return *facts* with the alert's promise, if there is one."""
    if alert.promise is None:
        return facts
    return replace(
        facts,
        promise_by=_name(alert.promise.by, register),
        promise_until=alert.promise.until,
        promise_scheduled=alert.promise.scheduled,
    )


def with_agreed(
    facts: AnyAccount, agreed: SilenceException | None, register: Register
) -> AnyAccount:
    """Return *facts* with an agreed silence that runs, or that has held them back."""
    if agreed is None:
        return facts
    return replace(
        facts,
        agreed_until=agreed.until,
        agreed_by=_name(agreed.by, register),
        agreed_why=agreed.reason,
        agreed_document=agreed.document,
    )


def account_end_facts(
    situation: Situation, alert: Alert, register: Register, now: datetime
) -> EndFacts:
    """Return the facts of the end of an alert about an account."""
    account, last = situation.account, situation.evidence.last_post
    if alert.kind is Kind.ORIGINALS:
        last = situation.evidence.last_original
    post = last if last is not None and last.published_at > alert.since else None
    # A blindness lasted as long as it was known; the silence behind it is another matter.
    unseen = alert.kind is Kind.BLIND and post is None
    return EndFacts(
        name=account.name,
        platform=account.platform,
        organisation=account.organisation,
        at=now,
        since=alert.opened_at if unseen else alert.since,
        limit_days=situation.policy.ladder.limit_rung.days,
        link=account.page,
        quiet_days=quiet_days(situation.evidence.since, now, register.hours.zone),
        post_at=post.published_at if post else None,
        post_until=post.until if post else None,
        post_title=post.title if post else None,
        lasted_days=quiet_days(
            alert.since, post.published_at if post else now, register.hours.zone
        ),
    )


def gateway_facts(
    trouble: Trouble, kind: str, blinded: Sequence[Account], now: datetime
) -> GatewayFacts:
    """Return the facts of a message about a gateway; *blinded*: the accounts it concerns."""
    route = trouble.route
    return GatewayFacts(
        name=trouble.subject,
        platform=kind,
        at=now,
        since=route.failing_since or now,
        gateway=trouble.subject,
        gateway_error=route.last_detail,
        cause=code_in(route.last_detail),
        outcome=route.last_outcome.value if route.last_outcome else None,
        accounts=_labelled(blinded),
    )


def credential_facts(state: GatewayState, kind: str, now: datetime) -> CredentialFacts:
    """Return the facts of a message about a gateway's credential."""
    return CredentialFacts(
        name=state.gateway,
        platform=kind,
        at=now,
        since=now,
        gateway=state.gateway,
        gateway_error="; ".join(state.warnings),
        ends_at=state.ends_at,
    )


def quota_facts(
    gateway: Gateway, spent: int, since: datetime | None, waiting: Sequence[Account], now: datetime
) -> QuotaFacts:
    """Return the facts of a message about a gateway's quota: *spent* requests were made."""
    return QuotaFacts(
        name=gateway.id,
        platform=gateway.kind,
        at=now,
        since=since or now,
        gateway=gateway.id,
        quota=gateway.quota or 0,
        spent=spent,
        accounts=_labelled(waiting),
    )


def doubt_facts(gateway: Gateway, doubted: Sequence[Situation], now: datetime) -> DoubtFacts:
    """Return the facts of a message about what is seen behind *gateway* and *doubted*."""
    first = doubted[0] if doubted else None
    return DoubtFacts(
        name=gateway.id,
        platform=gateway.kind,
        at=now,
        since=now,
        gateway=gateway.id,
        doubts=len(doubted),
        accounts=_labelled([s.account for s in doubted]),
        seen=tuple(map(_seen, doubted)),
        answer=_confirmation(first) if first else None,
        account=first.account.id if first and len(doubted) == 1 else None,
        of_name=first is not None and first.evidence.unconfirmed is None,
    )


def together_facts(
    gateway: GatewayState, behind: Sequence[Account], now: datetime
) -> TogetherFacts:
    """Return the facts of a message about the common silence of the accounts *behind* a gateway;
    the pages to look at are of as many bodies as there are."""
    doubt = gateway.together
    asked = _of_different_bodies(behind)[:LOOKS]
    names = "|".join(a.id for a in asked)
    return TogetherFacts(
        name=gateway.gateway,
        at=now,
        since=doubt.quiet_since if doubt else now,
        gateway=gateway.gateway,
        longest_minutes=doubt.longest // timedelta(minutes=1) if doubt else 0,
        accounts=_labelled(behind),
        pages=tuple(f"{a.name} {a.page or ''}".strip() for a in asked),
        answer=f"freshness confirm {names} --nothing-newer --by PERSON" if doubt else None,
    )


def _of_different_bodies(accounts: Sequence[Account]) -> list[Account]:
    """*accounts*, the first of each organisation first, those with a page before others."""
    paged = sorted(accounts, key=lambda a: (a.page is None, a.id))
    firsts = {a.organisation: a for a in reversed(paged)}.values()
    return sorted(paged, key=lambda a: (a.page is None, a not in firsts))


def _confirmation(doubted: Situation) -> str:
    """The line by which a person says that what is seen is right."""
    if doubted.evidence.unconfirmed:
        return f"freshness confirm {doubted.account.id} --seen --by PERSON"
    return f"freshness confirm {doubted.account.id} --name NAME --by PERSON"


def _seen(situation: Situation) -> str:
    doubt, name = situation.evidence.unconfirmed, situation.other_name
    said = [situation.account.name, name or "", doubt.newest if doubt else ""]
    return " · ".join(filter(None, said))


def label(account: Account) -> str:
    """Return the name of *account* and its platform, which is worded with the message."""
    return f"{account.name}（{account.platform}）"


def _labelled(accounts: Sequence[Account]) -> tuple[str, ...]:
    return tuple(map(label, accounts))


def channel_facts(
    channel: str,
    failure: str | None,
    details: Sequence[str],
    persons: Sequence[str],
    register: Register,
    now: datetime,
) -> ChannelFacts:
    """Return the facts of a message about a channel that refuses *persons*. *failure*: of
    which sort that is, if it is of one."""
    return ChannelFacts(
        name=channel,
        at=now,
        since=now,
        gateway_error="; ".join(dict.fromkeys(details)),
        cause=code_in(coded("", *details)),
        failure=failure,
        unreached=tuple(_name(person, register) or person for person in dict.fromkeys(persons)),
    )


def broken_facts(account: Account, error: Exception, now: datetime) -> SelfFacts:
    """Return the facts of a message about an account that cannot be judged for *error*."""
    return SelfFacts(
        name=account.name,
        platform=account.platform,
        organisation=account.organisation,
        at=now,
        since=now,
        gateway_error=type(error).__name__,
        fault=_fault(error),
        accounts=(label(account),),
        link=account.page,
    )


def _fault(error: Exception) -> Fault:
    match error:
        case StoreError():
            return Fault.DATABASE
        case OSError():
            return Fault.FILES
        case MemoryError():
            return Fault.MEMORY
    of_driver = type(error).__module__.partition(".")[0] in DRIVERS
    return Fault.DATABASE if of_driver else Fault.BUG


def ended_facts(alert: Alert, account: Account | None, now: datetime) -> EndFacts:
    """Return the facts of an end, as far as the alert alone shows."""
    return EndFacts(
        name=account.name if account else alert.subject,
        platform=account.platform if account else None,
        at=now,
        since=alert.since,
        lasted_days=(now - alert.since).days,
    )


def made_good(call: Call, now: datetime) -> datetime | None:
    """Return when *call*, made at *now*, was due, if it is late (补发); None if it is in time."""
    # What is asked as a question has first waited for retries: that is no call missed.
    allowed = MADE_GOOD + (PATIENCE if call.reason is Reason.BLIND else timedelta(0))
    return call.due_at if now - call.due_at > allowed else None


def notified_so_far(earlier: Sequence[Notice], register: Register) -> tuple[Notified, ...]:
    """Return who was notified by *earlier* notices, or may have been, and when last."""
    newest: dict[str, datetime | None] = {}
    for notice in notified(earlier):
        newest[notice.person] = notice.sent_at or newest.get(notice.person)
    return tuple(Notified(_name(person, register) or person, at) for person, at in newest.items())


def _names(following: Call | None, account: Account, register: Register) -> tuple[str, ...]:
    """Who is notified by the call that follows, as the roster has it for then."""
    if following is None:
        return ()
    found = recipients(following.tell, account, register, following.due_at)
    return tuple(r.person.name for r in found)


def _to_ring(account: Account, register: Register, now: datetime) -> Person | None:
    """Return the person to ring up: the custodian, or who stands in for them."""
    found = recipients(("custodian",), account, register, now)
    return found[0].person if found else None


def _name(person: str | None, register: Register) -> str | None:
    if person is None:
        return None
    known = register.people.get(person)
    return known.name if known else person
