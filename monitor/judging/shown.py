"""What readers see of an account: its situation, so put down that nobody judges it again. Pure.

What depends on the hour (quiet days, what is left) is computed when it is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from alerts.common.local_time import local_day
from monitor.freshness.evidence import Evidence
from monitor.freshness.verdict import Verdict
from monitor.judging.situation import Situation
from monitor.judging.standing import never_ahead, next_instant
from monitor.ledger.days import DAY
from monitor.ledger.periods import year_of
from monitor.model import AccountFacts, Dating, LastPost, Outcome, PostKind, SourceState
from monitor.register import Register
from monitor.standing import ALWAYS, UNCHECKED, Published, Shown, Unbelieved

STRIP = 120 * DAY  # how far back single days are kept
PostSaid = tuple[datetime, PostKind, Dating]


def shown_of(
    situation: Situation, facts: AccountFacts, published: Published, rules: Register
) -> Shown:
    """Return what is shown of the account of *situation*, made of *facts*. Its name on the
    platform is that of its most trusted source which states one."""
    account, assessment, evidence = situation.account, situation.assessment, situation.evidence
    last, sources = evidence.last_post, facts.sources
    named = next((one.memory for one in sources if one.memory.title), None)
    counted = [one.memory.counters for one in sources if one.memory.counters]
    return Shown(
        id=account.id,
        name=account.name,
        platform=account.platform,
        look=_look(situation, sources),
        verdict=assessment.verdict.value,
        reason=assessment.reason.value,
        checked=checked(assessment.verdict, evidence),
        since=evidence.since,
        breach_at=assessment.breach_at,
        publish_by=assessment.publish_by,
        searched=_searched(situation, rules),
        rung=assessment.rung,
        last_post_at=_at(last),
        last_post_until=last.until if last else None,
        last_post_title=last.title if last else None,
        last_post_url=last.url if last else None,
        visible_at=_at(evidence.visible),
        original_at=_at(evidence.last_original),
        read_at=evidence.good_read_at,
        outcomes=_outcomes(situation, sources),
        unbelieved=_unbelieved(evidence),
        followers=_first(one.followers for one in counted),
        platform_posts=_first(one.posts for one in counted),
        other_name=situation.other_name,
        shown_as=named.title if named else None,
        renamed_from=named.former_title if named else None,
        renamed_at=named.renamed_at if named else None,
        published=published,
    )


def shown_until(
    situation: Situation, facts: AccountFacts, rules: Register, now: datetime
) -> datetime:
    """Return until when that holds if nothing of the account is stored."""
    if any(at is not None and at > now for at in never_ahead(facts, ())):
        return ALWAYS
    return next_instant(situation, facts, (), rules, now)


def checked(verdict: Verdict, evidence: Evidence) -> bool:
    """Return whether the account was ever looked at with success, or has shown anything."""
    return not (verdict is Verdict.WAITING and evidence.good_read_at is None)


def posts_since(facts: AccountFacts, zone: ZoneInfo) -> datetime:
    """Return from when on posts matter to `published_of`."""
    start, _ = year_of(_anchor(facts), zone)
    return start - STRIP


def published_of(
    facts: AccountFacts, posts: Sequence[PostSaid], count_reposts: bool, zone: ZoneInfo
) -> Published:
    """Return what is kept of *posts*, all of the account since `posts_since`."""
    days = [local_day(at, zone) for at, _, _ in posts]
    counted = [
        day
        for day, (_, kind, dating) in zip(days, posts, strict=True)
        if dating is not Dating.UNKNOWN and (count_reposts or kind is not PostKind.REPOST)
    ]
    newest = max(counted, default=None)
    month = (newest.year, newest.month) if newest else None
    first = local_day(_anchor(facts), zone) - STRIP
    return Published(
        counted=newest,
        in_month=sum((day.year, day.month) == month for day in counted),
        in_year=sum(newest is not None and day.year == newest.year for day in counted),
        first=first,
        days=_digits(first, [day for day in days if day >= first]),
    )


def _digits(first: date, days: Sequence[date]) -> str:
    if not days:
        return ""
    counts = [0] * ((max(days) - first).days + 1)
    for day in days:
        counts[(day - first).days] += 1
    return "".join(str(min(posts, 9)) for posts in counts)


def _anchor(facts: AccountFacts) -> datetime:
    """What no later look lies before."""
    return facts.last_post.published_at if facts.last_post else facts.watched_since


def _look(situation: Situation, sources: Sequence[SourceState]) -> str:
    evidence = situation.evidence
    tried = any(outcome is not None for outcome in _outcomes(situation, sources))
    never = evidence.good_read_at is None and evidence.last_post is None
    return UNCHECKED if never and not tried else situation.assessment.verdict.value


def _outcomes(situation: Situation, sources: Sequence[SourceState]) -> tuple[Outcome | None, ...]:
    known = {one.spec.id: one.last_outcome for one in sources}
    return tuple(known.get(spec.id) for spec in situation.account.sources)


def _searched(situation: Situation, rules: Register) -> str:
    account = situation.account
    held = rules.name(account.custodian) if account.custodian else ""
    return " ".join((account.id, account.name, account.organisation or "", held)).casefold()


def _unbelieved(evidence: Evidence) -> Unbelieved | None:
    doubt = evidence.unconfirmed
    return Unbelieved(doubt.since, doubt.reason, doubt.newest) if doubt else None


def _at(post: LastPost | None) -> datetime | None:
    return post.published_at if post else None


def _first(counts: Iterable[int | None]) -> int | None:
    return next((n for n in counts if n is not None), None)
