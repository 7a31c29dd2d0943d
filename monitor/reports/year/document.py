"""One year's figures of every account as one document: numbers, what they rest on, sentences. Pure.

The document is the contract's `report year`. It is all that the text, the Word file and the
workbook are written from, and what is frozen, so that each says the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from alerts.words import Words
from monitor.ledger.coverage import Gap
from monitor.ledger.lapses import Lapse, Quiet, in_force, longest
from monitor.ledger.snapshot import DRAFT
from monitor.ledger.summary import PlainYear, Ruled
from monitor.ledger.totals import (
    EarlierPosts,
    Followers,
    Level,
    Period,
    Rows,
    Totals,
    certain,
    counts,
    months_of,
    posts_of_months,
)
from monitor.model import Account, Dating
from monitor.reports.year.figures import (
    AccountFigures,
    AccountYear,
    Figures,
    exception_row,
    is_known,
)
from monitor.reports.year.sentences import sections
from monitor.reports.year.website_form import form_rows

Json = dict[str, Any]


def account_year(
    figures: AccountFigures,
    rows: Rows,
    period: Period,
    before: EarlierPosts | None,
    now: datetime,
    zone: ZoneInfo,
) -> AccountYear:
    """Return what the year's report says of one account as known at *now*.

    *before*: the year before it; None where nothing is known of that.
    """
    until = min(period.end, now)
    return AccountYear(
        account=figures.account,
        totals=figures.totals,
        months=tuple(posts_of_months(rows, months_of(period, zone), now)),
        limit=in_force(rows.limits, until),
        count_reposts=rows.count_reposts,
        after_lapses=_after_lapses(figures.totals, rows, until, zone),
        before=before.posts if before else None,
        refused=_refused(figures.totals, before, now < period.end),
        limits=rows.limits,
    )


def plain_account_year(
    account: Account,
    found: PlainYear,
    ruled: Ruled,
    before: EarlierPosts | None,
    period: Period,
    now: datetime,
) -> AccountYear:
    """Return what `account_year` does of an account whose year is without lapse, gap or doubt."""
    return AccountYear(
        account=account,
        totals=found.totals,
        months=found.months,
        limit=in_force(ruled.limits, min(period.end, now)),
        count_reposts=ruled.count_reposts,
        after_lapses=None,
        before=before.posts if before else None,
        refused=_refused(found.totals, before, now < period.end),
        limits=ruled.limits,
    )


def document(
    number: int,
    accounts: Sequence[AccountYear],
    period: Period,
    words: Words,
    now: datetime,
) -> Json:
    """Return the contract's `report year` of the year *number*, not frozen, as known at *now*."""
    figures = figures_of(accounts, period)
    said = sections(number, accounts, period, words, now)
    return {
        "year": number,
        "version": DRAFT,
        "frozen": False,
        "frozen_at": None,
        "known_at": _iso(now, words.zone),
        "changes": [],
        "period": {
            "from": _iso(period.start, words.zone),
            "to": _iso(period.end, words.zone),
            "over": now >= period.end,
        },
        "accounts": [_account(one, words.zone) for one in accounts],
        "total_posts": figures.total_posts,
        "complete": figures.complete and now >= period.end,
        "sentences": [one for section in said for one in section.sentences],
        "sections": [
            {"section": section.heading, "sentences": list(section.sentences)} for section in said
        ],
        "yearly_form": [row.json() for row in form_rows(figures, words)],
    }


def figures_of(accounts: Sequence[AccountYear], period: Period) -> Figures:
    """Return the bare figures of *accounts*."""
    return Figures(period, tuple(AccountFigures(one.account, one.totals) for one in accounts))


def posts_of(document_before: Mapping[str, Any]) -> dict[str, EarlierPosts]:
    """Return what the document of the year before says of each account it knows anything of."""
    return {
        one["id"]: EarlierPosts(one["posts"], one["complete"], one.get("cut", 0))
        for one in document_before["accounts"]
        if is_known(one)
    }


def _after_lapses(found: Totals, rows: Rows, until: datetime, zone: ZoneInfo) -> Quiet | None:
    """The longest silence after the last lapse ended; None if there was none, or it lasts."""
    ended = found.lapses[-1].ended_at if found.lapses else None
    if ended is None or ended >= until:
        return None
    dates = [
        p.published_at
        for p in rows.posts
        if ended <= p.published_at < until
        and p.dating is not Dating.UNKNOWN
        and counts(p, rows.count_reposts)
    ]
    return longest(dates, until, zone)


def _refused(found: Totals, before: EarlierPosts | None, running: bool) -> str | None:
    """Why the number may not be held against the year before's."""
    if before is None:
        return "unknown_before"
    if running:
        return "running"
    if not found.complete:
        return "incomplete"
    if not before.complete:
        return "incomplete_before"
    if found.cut:
        return "cut"
    return "cut_before" if before.cut else None


def _account(one: AccountYear, zone: ZoneInfo) -> Json:
    account, found = one.account, one.totals
    return {
        "id": account.id,
        "name": account.name,
        "platform": account.platform,
        "organisation": account.organisation,
        "posts": found.posts,
        "originals": found.originals,
        "reposts": found.reposts,
        "articles": found.articles,
        "pushes": found.pushes,
        "complete": found.complete,
        "cut": found.cut,
        "judged": found.judged.value,
        "known": found.known,
        "as_of": _iso(found.as_of, zone),
        "gaps": [_gap(gap, zone) for gap in found.gaps],
        "longest_gap": _quiet(found.longest_gap),
        "lapses": [_lapse(lapse, found.gaps, zone) for lapse in found.lapses],
        "followers": _followers(found.followers),
        "deleted": found.deleted,
        "undated": found.undated,
        "active_days": found.active_days,
        "days_in_breach": found.days_in_breach,
        "months": list(one.months),
        "limit_days": one.limit.days,
        "count_reposts": one.count_reposts,
        "longest_gap_after_lapses": _quiet(one.after_lapses),
        "year_on_year": _year_on_year(one),
    }


def _year_on_year(one: AccountYear) -> Json:
    if one.refused is not None or one.before is None:
        return {"before": one.before, "change": None, "growth": None, "refused": one.refused}
    change = one.totals.posts - one.before
    growth = change / one.before if one.before else None
    return {"before": one.before, "change": change, "growth": growth, "refused": None}


def _gap(gap: Gap, zone: ZoneInfo) -> Json:
    return {
        "from": _iso(gap.start, zone),
        "to": _iso(gap.end, zone),
        "reason": gap.reason.value,
    }


def _lapse(lapse: Lapse, gaps: Sequence[Gap], zone: ZoneInfo) -> Json:
    return {
        "from": _iso(lapse.began_at, zone),
        "to": _iso(lapse.ended_at, zone),
        "days": lapse.days,
        "breached_at": _iso(lapse.breached_at, zone),
        "certain": certain(lapse, gaps),
        "exceptions": [exception_row(one, zone) for one in lapse.exceptions],
    }


def _quiet(quiet: Quiet | None) -> Json | None:
    if quiet is None:
        return None
    to = quiet.to.isoformat() if quiet.to else None
    return {"days": quiet.days, "from": quiet.since.isoformat(), "to": to}


def _followers(found: Followers) -> Json:
    return {
        "start": found.start.value if found.start else None,
        "end": found.end.value if found.end else None,
        "growth": found.growth,
        "start_at": _level(found.start),
        "end_at": _level(found.end),
    }


def _level(level: Level | None) -> Json | None:
    return {"day": level.day.isoformat(), "exact": level.exact} if level else None


def _iso(at: datetime | None, zone: ZoneInfo) -> str | None:
    return at.astimezone(zone).isoformat(timespec="seconds") if at else None
