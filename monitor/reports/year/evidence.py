"""What one account's figures of a year rest on: posts, readings, counters, imports, rules. Pure.

Somebody who doubts a number is led from it to the links of the posts it counts, to the stretches of
time that readings and imports cover, and to those that nothing covers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from alerts.words import Words, one_line
from monitor.ledger.coverage import Span, covered, gaps
from monitor.ledger.records import ImportedSpan
from monitor.ledger.rules import Rule
from monitor.ledger.totals import Counted, Level, Period, Rows, Totals, counts, months_of, totals
from monitor.model import Account, Dating, Post, Reading
from monitor.reports.wording import agreement_worded, posts_worded
from monitor.reports.year.figures import exception_row, is_known
from monitor.reports.year.text import agreed_span, gap_reason

Json = dict[str, Any]
TITLE = 40


def evidence(
    number: int,
    account: Account,
    rows: Rows,
    found: Totals,
    imports: Sequence[ImportedSpan],
    rules: Sequence[Rule],
    names: Mapping[str, str],
    period: Period,
    now: datetime,
    zone: ZoneInfo,
) -> Json:
    """Return everything that the figures *found* of the year *number* rest on at *now*.

    *names*: people's, by id.
    """
    until = min(period.end, now)
    return {
        "year": number,
        "account": account.id,
        "name": account.name,
        "platform": account.platform,
        "known_at": _iso(now, zone),
        "posts": found.posts,
        "complete": found.complete,
        "known": found.known,
        "months": [
            _month(rows, month, now, zone) for month in months_of(period, zone) if month.start < now
        ],
        "undated": [
            _post(p, rows, zone)
            for p in _inside(rows.posts, period, now)
            if p.dating is Dating.UNKNOWN
        ],
        "vouched": [
            _covered_span(span, rows.readings, imports, period, until, zone)
            for span in rows.covered
            if span.start < until and span.end > period.start
        ],
        "gaps": [
            {"from": _iso(g.start, zone), "to": _iso(g.end, zone), "reason": g.reason.value}
            for g in found.gaps
        ],
        "closed_gaps": list(_closed(rows, imports, period, until, zone)),
        "exceptions": [
            exception_row(one, zone) | {"by": one.by, "by_name": names.get(one.by, one.by)}
            for one in rows.agreed
            if one.since < until and one.until > period.start
        ],
        "counters": _counters(rows.counters, found),
        "imports": [_import(one, zone) for one in imports],
        "rules": [_rule(rule, zone) for rule in rules],
        "count_reposts": rows.count_reposts,
    }


def _rule(rule: Rule, zone: ZoneInfo) -> Json:
    return {
        "since": _iso(rule.since, zone),
        "policy": rule.name,
        "limit_days": rule.limit.days,
        "count_reposts": rule.count_reposts,
    }


def _inside(posts: Sequence[Post], period: Period, now: datetime) -> list[Post]:
    return [p for p in posts if period.holds(p.published_at) and p.published_at <= now]


def _month(rows: Rows, month: Period, now: datetime, zone: ZoneInfo) -> Json:
    """One month's posts; their number is None where none is known and not all was seen."""
    found = totals(rows, month, now, zone)
    posts = [p for p in _inside(rows.posts, month, now) if p.dating is not Dating.UNKNOWN]
    return {
        "month": month.start.astimezone(zone).strftime("%Y-%m"),
        "posts": found.posts if found.told else None,
        "complete": found.complete,
        "list": [_post(p, rows, zone) for p in posts],
    }


def _post(post: Post, rows: Rows, zone: ZoneInfo) -> Json:
    return {
        "published_at": _iso(post.published_at, zone),
        "dating": post.dating.value,
        "kind": post.kind.value,
        "counted": post.dating is not Dating.UNKNOWN and counts(post, rows.count_reposts),
        "title": post.title,
        "url": post.url,
        "key": post.key,
        "push": post.push,
        "source": post.source,
        "first_seen_at": _iso(post.first_seen_at, zone),
        "deleted_at": _iso(post.deleted_at, zone),
    }


def _covered_span(
    span: Span,
    readings: Sequence[Reading],
    imports: Sequence[ImportedSpan],
    period: Period,
    until: datetime,
    zone: ZoneInfo,
) -> Json:
    """One stretch without a gap, and the readings and imports that make it up."""
    mine = [r for r in readings if _covers(r, span)]
    return {
        "from": _iso(max(span.start, period.start), zone),
        "to": _iso(min(span.end, until), zone),
        "readings": sum(r.tried for r in mine),
        "sources": sorted({r.source for r in mine}),
        "first_reading_at": _iso(min((r.first_at for r in mine), default=None), zone),
        "last_reading_at": _iso(max((r.started_at for r in mine), default=None), zone),
        "imports": [
            one.import_id
            for one in imports
            if not one.partial and one.start < span.end and one.end > span.start
        ],
    }


def _covers(reading: Reading, span: Span) -> bool:
    return (
        reading.good
        and reading.as_of is not None
        and reading.covers_from is not None
        and reading.covers_from < span.end
        and reading.as_of > span.start
    )


def _closed(
    rows: Rows,
    imports: Sequence[ImportedSpan],
    period: Period,
    until: datetime,
    zone: ZoneInfo,
) -> Iterator[Json]:
    """What readings alone leave open and an import closed, with that import."""
    open_before = gaps(covered(rows.readings), rows.readings, period.start, until)
    for gap in open_before:
        for one in imports:
            start, end = max(gap.start, one.start), min(gap.end, one.end)
            if start < end and not one.partial:
                yield {
                    "from": _iso(start, zone),
                    "to": _iso(end, zone),
                    "reason": gap.reason.value,
                    "import": one.import_id,
                    "file": one.name,
                    "imported_at": _iso(one.imported_at, zone),
                }


def _counters(counters: Sequence[Counted], found: Totals) -> Json:
    ends = found.followers
    return {"start": _counter(counters, ends.start), "end": _counter(counters, ends.end)}


def _counter(counters: Sequence[Counted], level: Level | None) -> Json | None:
    if level is None:
        return None
    same = [c for c in counters if c.day == level.day and c.followers == level.value]
    return {
        "followers": level.value,
        "day": level.day.isoformat(),
        "exact": level.exact,
        "origin": same[-1].origin if same else "",
    }


def _import(one: ImportedSpan, zone: ZoneInfo) -> Json:
    return {
        "id": one.import_id,
        "file": one.name,
        "imported_at": _iso(one.imported_at, zone),
        "from": _iso(one.start, zone),
        "to": _iso(one.end, zone),
        "posts": len(one.keys),
        "partial": one.partial,
    }


def evidence_text(found: Mapping[str, Any], words: Words) -> str:
    """Return evidence as lines for people, the posts month by month with their links."""
    return "\n".join(_lines(found, words)) + "\n"


def _lines(found: Mapping[str, Any], words: Words) -> Iterator[str]:
    posts = (
        posts_worded(found["posts"], found["complete"], words)
        if is_known(found)
        else words.text("not known")
    )
    name = words.account(found["name"], found["platform"])
    yield words.text("{account} in {year}: {posts}").format(
        account=name, year=found["year"], posts=posts
    )
    for month in found["months"]:
        yield ""
        yield words.text("{month}: {posts}").format(
            month=month["month"], posts=_month_worded(month, found["known_at"], words)
        )
        yield from (_post_line(post, words) for post in month["list"])
    yield ""
    yield from _proofs(found, words)
    yield from _agreed(found.get("exceptions", ()), words)
    yield from _origins(found, words)


def _month_worded(month: Mapping[str, Any], known_at: str, words: Words) -> str:
    """A frozen one of an older program says neither of it and is taken as it stands. One that is
    not over says up to when it is told: 0 of its first hours is not the month's."""
    if month["posts"] is None:
        return words.text("not known")
    posts = posts_worded(month["posts"], month.get("complete", True), words)
    if not known_at.startswith(month["month"]):
        return posts
    return words.text("{posts} (up to {at})").format(posts=posts, at=_moment(known_at, words))


def _post_line(post: Mapping[str, Any], words: Words) -> str:
    marks = [] if post["counted"] else [words.text("not counted")]
    marks += [words.text("deleted since")] if post["deleted_at"] else []
    at = words.moment(datetime.fromisoformat(post["published_at"]))
    mark = words.text(" ({marks})").format(marks=words.listing(marks)) if marks else ""
    return f"  {at}  {one_line(post['title'], TITLE)}  {post['url']}{mark}".rstrip()


def _proofs(found: Mapping[str, Any], words: Words) -> Iterator[str]:
    yield words.text("Seen without a gap:")
    for one in found["vouched"]:
        yield words.text(
            "  {first} to {last}: {n} readings through {sources}; imports {imports}"
        ).format(
            first=_moment(one["from"], words),
            last=_moment(one["to"], words),
            n=one["readings"],
            sources=words.listing(one["sources"]) or "–",
            imports=words.listing([f"#{n}" for n in one["imports"]]) or "–",
        )
    if not found["vouched"]:
        yield words.text("  nothing")
    yield words.text("Gaps:") if found["gaps"] else words.text("Gaps: none")
    for gap in found["gaps"]:
        yield words.text("    {first} to {last}: {reason}").format(
            first=_moment(gap["from"], words),
            last=_moment(gap["to"], words),
            reason=gap_reason(gap["reason"], words),
        )
    for gap in found["closed_gaps"]:
        yield words.text("  closed by import {n} ({file}): {first} to {last}, {reason}").format(
            n=f"#{gap['import']}",
            file=gap["file"],
            first=_moment(gap["from"], words),
            last=_moment(gap["to"], words),
            reason=gap_reason(gap["reason"], words),
        )


def _agreed(exceptions: Sequence[Mapping[str, Any]], words: Words) -> Iterator[str]:
    if exceptions:
        yield words.text("Agreed silences:")
    for one in exceptions:
        yield words.text("  {agreement} (by {name})").format(
            agreement=agreement_worded(
                agreed_span(one, words), one["reason"], one["document"], words
            ),
            name=one_line(one["by_name"], TITLE),
        )


def _origins(found: Mapping[str, Any], words: Words) -> Iterator[str]:
    for end in ("start", "end"):
        one = found["counters"][end]
        if one is not None:
            yield words.text("Followers: {n} on {day}, from {origin}").format(
                n=one["followers"], day=one["day"], origin=one["origin"]
            )
    for one in found["imports"]:
        yield words.text("Import {n}: {file}, {posts} posts, made {at}").format(
            n=f"#{one['id']}",
            file=one["file"],
            posts=one["posts"],
            at=_moment(one["imported_at"], words),
        )
    for rule in found["rules"]:
        yield words.text("Rule since {at}: {policy}, an update at least every {limit}").format(
            at=_moment(rule["since"], words),
            policy=rule["policy"],
            limit=words.days(rule["limit_days"]),
        )


def _moment(iso: str, words: Words) -> str:
    return words.moment(datetime.fromisoformat(iso), year=True)


def _iso(at: datetime | None, zone: ZoneInfo) -> str | None:
    return at.astimezone(zone).isoformat(timespec="seconds") if at else None
