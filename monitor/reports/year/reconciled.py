"""The comparison with other numbers as a document and as lines for people. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from alerts.words import Table, Words
from monitor.ledger.reconcile import Line
from monitor.model import Account
from monitor.reports.year.text import figure_name

Json = dict[str, Any]
NAMED = 10  # days that are named in one line; the document has them all

AGAINST: Table = {
    "counter": "the platform's counter",
    "statistics": "the platform's statistics by day",
    "export": "the console's export",
    "declared": "published",
}
CAUSES: Table = {
    "deleted": "deleted on the platform",
    "reposts": "reposts",
    "unpushed": "published without a mass-send",
    "sends": "mass-sends counted instead of articles",
    "missed": "published while nothing was seen",
    "unexplained": "unexplained",
}


def reconciled(account: Account, lines: Sequence[Line], zone: ZoneInfo) -> Json:
    """Return the comparisons of one account as a document."""
    return {
        "account": account.id,
        "name": account.name,
        "platform": account.platform,
        "explained": all(line.explained for line in lines),
        "lines": [_line(line, zone) for line in lines],
    }


def reconciled_text(found: Sequence[Mapping[str, Any]], words: Words) -> str:
    """Return the comparisons of all accounts as lines for people."""
    return "\n".join(line for one in found for line in _account(one, words)) + "\n"


def _line(line: Line, zone: ZoneInfo) -> Json:
    return {
        "against": line.against.value,
        "name": line.name,
        "figure": line.figure,
        "from": line.since.astimezone(zone).isoformat(timespec="seconds"),
        "to": line.until.astimezone(zone).isoformat(timespec="seconds"),
        "ours": line.ours,
        "theirs": line.theirs,
        "differences": [{"cause": d.cause.value, "posts": d.posts} for d in line.differences],
        "explained": line.explained,
        "unseen": line.unseen,
        "vouched": line.covered,
        "known_days": line.known_days,
        "differing_days": [
            {"day": d.day.isoformat(), "ours": d.ours, "theirs": d.theirs} for d in line.differing
        ],
    }


def _account(one: Mapping[str, Any], words: Words) -> Iterator[str]:
    yield f"{words.account(one['name'], one['platform'])}  {one['account']}"
    if not one["lines"]:
        yield words.text(
            "  nothing to compare with: no counter, no statistics, no export, nothing published"
        )
    for line in one["lines"]:
        yield _compared(line, words)
        if line["known_days"] is not None:
            yield _day_by_day(line, words)
        if line["unseen"]:
            yield words.text(
                "    {n} of them were never read, only imported; {vouched} of these were published "
                "while readings claim to have seen everything"
            ).format(n=line["unseen"], vouched=line["vouched"])


def _day_by_day(line: Mapping[str, Any], words: Words) -> str:
    """Where to look: the days that differ, the first of them by name."""
    differing = line["differing_days"]
    known = words.days(line["known_days"])
    if not differing:
        return words.text("    compared day by day, over {days}: every one the same").format(
            days=known
        )
    named = [_differing(one, words) for one in differing[:NAMED]]
    rest = len(differing) - len(named)
    if rest:
        more = words.plural("{n} more day", "{n} more days", rest)
        named.append(more.format(n=rest))
    return words.text("    compared day by day, over {days}; look at: {named}").format(
        days=known, named=words.listing(named)
    )


def _differing(one: Mapping[str, Any], words: Words) -> str:
    return words.text("{day} (ours {ours}, theirs {theirs})").format(
        day=words.short_day(date.fromisoformat(one["day"])), ours=one["ours"], theirs=one["theirs"]
    )


def _compared(line: Mapping[str, Any], words: Words) -> str:
    translate = words.text
    ours = "–" if line["ours"] is None else line["ours"]
    head = words.text(
        "  {figure}, {first} to {last}: ours {ours}, {against} ({name}) {theirs}"
    ).format(
        figure=figure_name(line["figure"], words),
        first=_day(line["from"], words),
        last=_day(line["to"], words, end=True),
        ours=ours,
        against=translate(AGAINST[line["against"]]),
        name=line["name"],
        theirs=line["theirs"],
    )
    if not line["differences"]:
        return words.text("{head}, the same").format(head=head)
    causes = [
        words.text("{cause} {n}").format(cause=translate(CAUSES[d["cause"]]), n=f"{d['posts']:+d}")
        for d in line["differences"]
    ]
    return words.text("{head}; {causes}").format(head=head, causes=words.listing(causes))


def _day(iso: str, words: Words, end: bool = False) -> str:
    at = datetime.fromisoformat(iso)
    on = (at - timedelta(microseconds=1) if end else at).astimezone(words.zone).date()
    return words.text("{day} {year}").format(day=words.short_day(on), year=on.year)
