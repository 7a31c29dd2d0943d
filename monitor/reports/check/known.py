"""What the ledger's document of a year lets a report be held against. Pure.

What is not certain is left out: an account that was never seen in the year, a silence in which
something may have been published unseen, and silences shorter than the national two weeks, of
which a report need not speak.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from monitor.ledger.judgement import Judged
from monitor.ledger.records import Declared
from monitor.reports.check import (
    AccountFigures,
    DeclaredFigures,
    Figures,
    LapseFigure,
    PreviousReport,
)

Json = Mapping[str, Any]
TWO_WEEKS = 14  # days: 「监测时间点前2周内无更新」


def known(
    document: Json, published: Sequence[Declared] = (), previous: PreviousReport | None = None
) -> Figures:
    """Return what *document* (the contract's `report year`) and *published* figures know."""
    accounts = {one["id"]: one for one in document["accounts"]}
    return Figures(
        document["year"],
        tuple(_account(one) for one in accounts.values()),
        tuple(
            _declared(one, accounts[one.account]) for one in published if one.account in accounts
        ),
        previous,
    )


def _account(one: Json) -> AccountFigures:
    name, platform = one["name"], one["platform"]
    if not one["posts"] and not one["complete"]:
        return AccountFigures(name, platform)
    longest = one["longest_gap"]
    return AccountFigures(
        name=name,
        platform=platform,
        posts=one["posts"],
        originals=one["originals"],
        reposts=one["reposts"],
        articles=one["articles"],
        pushes=one["pushes"],
        complete=one["complete"],
        followers_start=_exact(one["followers"], "start"),
        followers_end=_exact(one["followers"], "end"),
        lapses=tuple(
            _lapse(lapse)
            for lapse in one["lapses"]
            if lapse["certain"] and lapse["days"] >= TWO_WEEKS
        ),
        all_lapses=_all_lapses(one),
        longest_gap=longest["days"] if longest and one["complete"] else None,
    )


def _all_lapses(one: Json) -> bool:
    """Whether the ledger knows of every lapse. Documents of an older program do not say how the
    year was judged; theirs follows from the gaps alone."""
    judged = one.get("judged")
    if judged in (Judged.KEPT, Judged.NOT_JUDGED):
        return bool(judged == Judged.KEPT)
    return all(lapse["certain"] for lapse in one["lapses"]) and all(
        _days(gap) < TWO_WEEKS for gap in one["gaps"]
    )


def _exact(followers: Json, end: str) -> int | None:
    """A follower count of the very day; one of another day proves nothing."""
    taken: Json | None = followers[f"{end}_at"]
    return followers[end] if taken and taken["exact"] else None


def _lapse(lapse: Json) -> LapseFigure:
    ended = _day(lapse["to"]) if lapse["to"] else None
    return LapseFigure(_day(lapse["from"]), ended, lapse["days"])


def _declared(said: Declared, one: Json) -> DeclaredFigures:
    return DeclaredFigures(
        name=one["name"],
        platform=one["platform"],
        document=said.source,
        posts=said.value if said.figure == "posts" else None,
        followers=said.value if said.figure == "followers_end" else None,
    )


def _days(gap: Json) -> int:
    return (_day(gap["to"]) - _day(gap["from"])).days


def _day(iso: str) -> date:
    return datetime.fromisoformat(iso).date()
