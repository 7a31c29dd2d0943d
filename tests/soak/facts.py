"""Holds what `status` and `report year` say of an account against the model. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from tests.soak import model
from tests.soak.model import local
from tests.soak.plan import Post
from tests.soak.watched import Watched

Difference = tuple[str, str]  # of which sort, in which words


def differences(one: Watched, row: Mapping[str, Any], at: datetime) -> Iterator[Difference]:
    """Yield where a row of `status` at *at* is not what the model says."""
    if one.closed or one.missing or one.silence is None:
        return
    yield from _counts(one, row, at)
    if one.in_doubt:
        return
    yield from _facts(one, row, at)
    allowed = one.verdicts(at)
    if row["verdict"] not in allowed and not one.handed_over:
        wanted = " or ".join(sorted(allowed))
        yield "wrong verdict", f"{row['verdict']} {row['rung']}, wanted {wanted}"


def _facts(one: Watched, row: Mapping[str, Any], at: datetime) -> Iterator[Difference]:
    assert one.silence is not None
    last = one.silence.last
    wanted = {
        "last_post_at": last,
        "quiet_days": model.quiet_days(last, at),
        "breach_at": model.breach_at(last, one.rule),
        "publish_by": model.publish_by(last, one.rule).isoformat(),
    }
    for key, value in wanted.items():
        found = row[key]
        if isinstance(value, datetime) and found is not None:
            found = datetime.fromisoformat(found)
        if found != value:
            yield "wrong fact", f"{key} {row[key]}, wanted {value}"


def _counts(one: Watched, row: Mapping[str, Any], at: datetime) -> Iterator[Difference]:
    today = local(at)
    for key, parts in (("posts_this_year", 1), ("posts_this_month", 2)):
        least, most = (_within(posts, today.timetuple()[:parts]) for posts in _posts(one))
        if not least <= row[key] <= most:
            yield "wrong count", f"{key} {row[key]}, wanted {least}"


def year_counts(one: Watched, years: Mapping[int, Mapping[str, Any]]) -> Iterator[str]:
    """Yield where a yearly total is not the number of posts that were shown."""
    for year, accounts in years.items():
        least, most = (_within(posts, (year,)) for posts in _posts(one))
        found = accounts[one.plan.id]["posts"] if one.plan.id in accounts else least
        if not least <= found <= most:
            yield f"{year} wrong count: {one.plan.id} {found} posts, wanted {least}"


def _posts(one: Watched) -> tuple[Iterable[Post], Iterable[Post]]:
    """Return the posts that were surely seen, and all that may have been."""
    return one.known.values(), (one.perhaps | one.known).values()


def _within(posts: Iterable[Post], period: tuple[int, ...]) -> int:
    return sum(local(p.at).timetuple()[: len(period)] == period for p in posts)
