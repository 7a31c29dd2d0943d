"""The year's document as lines for people. Pure; says nothing that the document does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from alerts.words import Table, Words
from monitor.ledger.periods import midnight
from monitor.reports.wording import agreed_worded, percent, posts_worded, units_worded
from monitor.reports.year.figures import PORTALS, is_known

Json = Mapping[str, Any]
GAPS_LISTED = 12

GAP_REASONS: Table = {
    "not_watched": "not watched yet",
    "overrun": "more was published than a window shows",
    "unreadable": "readings failed",
    "not_read": "not read",
    "to_come": "not read yet",
    "half_seen": "only read through an interface that lists no mass-sends",
    "listed": "the platform's statistics list more",
}
REFUSALS: Table = {
    "unknown_before": "nothing is known of the year before",
    "running": "the year is not over",
    "incomplete": "this year has gaps",
    "incomplete_before": "the year before has gaps",
    "cut": "posts of this year may belong to another one",
    "cut_before": "posts of the year before may belong to another one",
}
FIGURES: Table = {
    "account": "account",
    "posts": "posts",
    "originals": "originals",
    "reposts": "reposts",
    "articles": "articles",
    "pushes": "mass-sends",
    "complete": "completeness",
    "gaps": "gaps",
    "longest_gap": "longest time between two updates",
    "lapses": "lapses",
    "followers": "followers",
    "followers_start": "followers at the start",
    "followers_end": "followers at the end",
    "deleted": "deleted posts",
    "undated": "posts without a date",
    "active_days": "days with an update",
    "days_in_breach": "days over the limit",
    "months": "posts of the months",
    "total_posts": "posts in all",
}


def year_text(
    document: Json, words: Words, why: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> str:
    """Return the year's figures, the sentences they allow, and what changed since a version; *why*:
    in sentences, by account."""
    return "\n".join(_lines(document, why, words)) + "\n"


def total_worded(document: Json, words: Words) -> str:
    """Return how the posts of all social-media accounts are worded, e.g. 不少于284条.

    Of a year that runs: so far.
    """
    exact, known = total_certain(document)
    if not known:
        return words.text("not known")
    return posts_worded(document["total_posts"], exact, words)


def total_certain(document: Json) -> tuple[bool, bool]:
    """Return whether the total of all social-media accounts is exact, and whether anything is
    known of it. A frozen document has its own say."""
    social = [one for one in document["accounts"] if one["platform"] not in PORTALS]
    exact = all(one["complete"] for one in social)
    known = any(is_known(one) for one in social) or not social
    return document["complete"] if document["frozen"] else exact, known


def months_told(account: Json, document: Json, zone: ZoneInfo) -> list[int | None]:
    """Return one *account*'s posts of each month of a year's *document*, None for a month of
    which nothing can be said: one without a post of which not all was seen, or that is ahead."""
    posts: list[int | None] = list(account["months"])
    if "known" not in account:
        return posts  # an older version's: printed as it was
    first = [midnight(date(document["year"], month, 1), zone) for month in range(1, 13)]
    starts = [*first, midnight(date(document["year"] + 1, 1, 1), zone)]
    unseen = [(_instant(gap["from"]), _instant(gap["to"])) for gap in account["gaps"]]
    ahead = _instant(document["known_at"])
    return [
        n or (None if any(a < end and start < b for a, b in unseen) or ahead <= start else n)
        for n, (start, end) in zip(posts, pairwise(starts), strict=True)
    ]


def gap_reason(reason: str, words: Words) -> str:
    """Return how the reason of a gap is worded."""
    return _named(GAP_REASONS, reason, words)


def figure_name(figure: str, words: Words) -> str:
    """Return how a figure is called; of a part of one, such as `followers.end`, the whole's."""
    return _named(FIGURES, figure.split(".", maxsplit=1)[0], words)


def span_worded(start: str, end: str | None, words: Words) -> str:
    """Return two ISO dates or instants as days with their years."""
    first = _day(start, words)
    return (
        words.text("since {day}").format(day=first)
        if end is None
        else words.text("{first} to {last}").format(first=first, last=_day(end, words))
    )


def lapse_marks(lapse: Json, words: Words) -> str:
    """Return what must be said beside a lapse: whether it was not wholly seen, and the silences
    agreed for it, of which an older document does not speak."""
    doubt = "" if lapse["certain"] else words.text(", not all of it seen")
    agreed = [
        (agreed_span(one, words), one["reason"], one["document"])
        for one in lapse.get("exceptions", ())
    ]
    return doubt + agreed_worded(agreed, words)


def agreed_span(exception: Json, words: Words) -> str:
    """Return the days of an agreed silence; one that ends at midnight lacks the day after."""
    last = _instant(exception["until"]) - timedelta(microseconds=1)
    return span_worded(exception["since"], last.isoformat(), words)


def _lines(document: Json, why: Mapping[str, Sequence[str]], words: Words) -> Iterator[str]:
    yield _heading(document, words)
    for account in document["accounts"]:
        yield ""
        yield from _account(account, document, words)
    yield ""
    yield words.text("Posts of all new-media accounts: {total}").format(
        total=total_worded(document, words)
    )
    yield from _changes(document, why, words)
    for section in document["sections"]:
        if section["sentences"]:
            yield ""
            yield words.text("For {section}:").format(section=section["section"])
            yield from (f"  {sentence}" for sentence in section["sentences"])


def _heading(document: Json, words: Words) -> str:
    number, at = document["year"], words.moment(_instant(document["known_at"]), year=True)
    if document["frozen"]:
        return words.text("Figures of {year}, version {version}, frozen on {at}").format(
            year=number, version=document["version"], at=at
        )
    if document["period"]["over"]:
        return words.text("Figures of {year}, not frozen, as known on {at}").format(
            year=number, at=at
        )
    return words.text("Figures of {year} so far, as known on {at}").format(year=number, at=at)


def _account(account: Json, document: Json, words: Words) -> Iterator[str]:
    name = words.account(account["name"], account["platform"])
    yield f"{name}  {account['id']}"
    if not is_known(account):
        yield words.text("  published: nothing is known of this year")
        yield from _followers(account["followers"], words)
        return
    posts = posts_worded(account["posts"], account["complete"], words, account.get("cut", 0))
    yield words.text("  published: {posts} ({kinds})").format(
        posts=posts, kinds=_kinds(account, words)
    )
    months = ("–" if n is None else str(n) for n in months_told(account, document, words.zone))
    yield words.text("  by month: {months}").format(months=" ".join(months))
    yield from _rhythm(account, words)
    yield from _lapses(account["lapses"], words)
    yield from _followers(account["followers"], words)
    yield _compared(account["year_on_year"], words)
    yield from _gaps(account, words)


def _kinds(account: Json, words: Words) -> str:
    if account["platform"] == "wechat" and account["articles"]:
        return words.text("{n} articles in {pushes} mass-sends").format(
            n=account["articles"], pushes=account["pushes"]
        )
    if account["articles"]:
        return units_worded(account["articles"], account["platform"], words)
    if account["originals"] is None:
        return words.text("how many of them are originals is not known")
    kinds = words.text("{originals} originals, {reposts} reposts").format(**account)
    if account["count_reposts"] or not account["reposts"]:
        return kinds
    return words.text("{kinds}, which do not count").format(kinds=kinds)


def _rhythm(account: Json, words: Words) -> Iterator[str]:
    longest = account["longest_gap"]
    if longest is not None:
        yield words.text("  longest time between two updates: {days} ({span})").format(
            days=words.days(longest["days"]),
            span=span_worded(longest["from"], longest["to"], words),
        )
    if account["deleted"] or account["undated"]:
        yield words.text(
            "  seen deleted: {deleted}; without a date, not counted: {undated}"
        ).format(**account)


def _lapses(lapses: Sequence[Json], words: Words) -> Iterator[str]:
    for lapse in lapses:
        yield words.text("  over the limit: {span}, {days}{doubt}").format(
            span=span_worded(lapse["from"], lapse["to"], words),
            days=words.days(lapse["days"]),
            doubt=lapse_marks(lapse, words),
        )


def _followers(found: Json, words: Words) -> Iterator[str]:
    if found["end"] is None:
        yield words.text("  followers: not known")
        return
    end = _level(found["end"], found["end_at"], words)
    if found["start"] is None:
        yield words.text("  followers: {end}").format(end=end)
        return
    start = _level(found["start"], found["start_at"], words)
    if found["growth"] is None:
        yield words.text("  followers: {start} → {end}").format(start=start, end=end)
        return
    change = found["end"] - found["start"]
    yield words.text("  followers: {start} → {end}, {sign}{p}% of the number at the start").format(
        start=start, end=end, sign="−" if change < 0 else "+", p=percent(change, found["start"])
    )


def _level(value: int, about: Json, words: Words) -> str:
    if about["exact"]:
        return str(value)
    day = _day(about["day"], words)
    return words.text("{n} (as counted on {day})").format(n=value, day=day)


def _compared(found: Json, words: Words) -> str:
    if found["refused"] is not None:
        why = _named(REFUSALS, found["refused"], words)
        return words.text("  year on year: not compared, {why}").format(why=why)
    if not found["before"]:
        return words.text("  year on year: {change} more, from none").format(change=found["change"])
    return words.text("  year on year: {before} → {now}, {sign}{p}%").format(
        before=found["before"],
        now=found["before"] + found["change"],
        sign="−" if found["change"] < 0 else "+",
        p=percent(found["change"], found["before"]),
    )


def _gaps(account: Json, words: Words) -> Iterator[str]:
    gaps = account["gaps"]
    if not gaps:
        yield _seen(account.get("as_of"), words)
        return
    n = len(gaps)
    yield words.plural(
        "  {n} gap, so the number is a lower bound:",
        "  {n} gaps, so the number is a lower bound:",
        n,
    ).format(n=n)
    for gap in gaps[:GAPS_LISTED]:
        yield words.text("    {first} to {last}: {reason}").format(
            first=words.moment(_instant(gap["from"]), year=True),
            last=words.moment(_instant(gap["to"]), year=True),
            reason=gap_reason(gap["reason"], words),
        )
    if n > GAPS_LISTED:
        yield words.text("    and {n} more").format(n=n - GAPS_LISTED)


def _seen(as_of: str | None, words: Words) -> str:
    if as_of is None:
        return words.text("  seen without a gap")
    return words.text("  seen without a gap up to {at}").format(
        at=words.moment(_instant(as_of), year=True)
    )


def _changes(document: Json, why: Mapping[str, Sequence[str]], words: Words) -> Iterator[str]:
    found = changes_of(document, words)
    if found:
        yield ""
        yield words.text("Changed since the version before:")
    for account, named, changed in found:
        for figure, was, now in changed:
            yield words.text("  {account} {figure}: {was} → {now}").format(
                account=named, figure=figure, was=was, now=now
            )
        for said in why.get(account, ()):
            yield words.text("    because: {why}").format(why=said)


def changes_of(document: Json, words: Words) -> list[tuple[str, str, list[tuple[str, str, str]]]]:
    """Return what changed since the version before, by account: its id, its name, and each figure
    with what it was and is, in words; the total of all last, under no id."""
    names = {one["id"]: words.account(one["name"], one["platform"]) for one in document["accounts"]}
    changed: dict[str, list[tuple[str, str, str]]] = {}
    for change in document["changes"]:
        figure = figure_name(change["figure"], words)
        was, now = (_value(change[side], words) for side in ("was", "now"))
        changed.setdefault(change["account"] or "", []).append((figure, was, now))
    total = words.text("all accounts")
    return [
        (account, names.get(account, account) if account else total, found)
        for account, found in changed.items()
    ]


def _value(value: Any, words: Words) -> str:
    """Return lists of gaps or lapses as their number: the document has them whole."""
    if isinstance(value, bool):
        return words.text("yes") if value else words.text("no")
    if value is None:
        return "–"
    if isinstance(value, list) and all(isinstance(one, Mapping) for one in value):
        return str(len(value))
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _named(table: Table, key: str, words: Words) -> str:
    translate = words.text  # the table's sentences are known where it stands
    return translate(table[key]) if key in table else key


def _day(iso: str, words: Words) -> str:
    on = _instant(iso).astimezone(words.zone).date() if "T" in iso else date.fromisoformat(iso)
    return words.text("{day} {year}").format(day=words.short_day(on), year=on.year)


def _instant(iso: str) -> datetime:
    return datetime.fromisoformat(iso)
