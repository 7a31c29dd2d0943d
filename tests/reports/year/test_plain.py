"""What is kept of accounts says of a year what all their posts and readings say, or says nothing.

The full way (`rows_of`, `totals`) is the measure: over histories as they come, in which every
thing that may put a figure in doubt happens to some account.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count
from random import Random

import pytest

from monitor.counted import DayCount
from monitor.ledger.coverage import covered
from monitor.ledger.days import begin, day_of
from monitor.ledger.folding import folds
from monitor.ledger.periods import year as bounds
from monitor.ledger.records import FollowerCount, ImportedPost
from monitor.ledger.summary import PlainYear, Ruled
from monitor.ledger.totals import Period, Rows, earlier_posts, months_of, posts_of_months, totals
from monitor.model import (
    Account,
    Gateway,
    Outcome,
    PostKind,
    Pulse,
    Reading,
    SeenPost,
    SourceMemory,
    SourceSpec,
)
from monitor.register import Register
from monitor.reports.ledger_rows import rows_of
from monitor.reports.year.plain import Answers
from monitor.store.base import Store
from monitor.store.protocols.ledger import Recorded
from monitor.store.sql import open_store
from tests.report_values import DAY, POLICY, ZONE, at, register, registered

FIRST, NOW = at("2022-12-20T08:00"), at("2025-03-03T12:00")
HOUR = timedelta(hours=1)
LAST = NOW - HOUR / 2  # when everything was read last
KINDS = ("rsshub", "wewe_rss", "rsshub", "we_mp_rss", "wechat_api")
YEARS = (2024, 2025)


def years_of(number: int) -> tuple[Period, Period]:
    """Return the year *number* and the one before."""
    return Period(*bounds(number, ZONE)), Period(*bounds(number - 1, ZONE))


def known(accounts: Sequence[Account]) -> Register:
    """Return a register of *accounts*, which a gateway of each kind may show."""
    gateways = {f"g{n}": Gateway(f"g{n}", kind, "http://g") for n, kind in enumerate(KINDS)}
    lax = replace(POLICY, name="originals", count_reposts=False)
    made = register(*accounts, policies=(POLICY, lax))
    return replace(made, gateways=gateways)


def an_account(number: int) -> Account:
    """Return an account with one source or two."""
    name = f"a{number}"
    gateways = [f"g{number % len(KINDS)}", *(["g0"] if number % 4 == 1 else [])]
    specs = tuple(
        SourceSpec(f"{name}@{n}{g}", name, g, name, rank=n) for n, g in enumerate(gateways)
    )
    return Account(
        name,
        f"账号{number}",
        "wechat" if number % 2 else "weibo",
        policy="originals" if number % 3 == 2 else "default",
        sources=specs,
    )


def posts_of(account: Account, draw: Random) -> Iterator[SeenPost]:
    """Yield what *account* publishes: its rhythm, its pushes and how it is dated are its own."""
    at_most, moment = draw.choice((2, 6, 6, 9, 30)), FIRST
    vague = draw.choice((None, None, None, timedelta(minutes=1), DAY))
    numbers = count()
    while (moment := moment + at_most * draw.random() * DAY) < NOW:
        stated = begin(day_of(moment)) if vague == DAY else moment
        until = None if vague is None else stated + vague
        push = f"p{next(numbers)}" if account.platform == "wechat" and draw.random() < 0.8 else None
        for _ in range(draw.choice((1, 1, 3)) if push else 1):
            n = next(numbers)
            if account.platform == "wechat":
                kind, key = PostKind.ARTICLE, f"wx:{account.id}/{n}"
            else:
                kind, key = draw.choice((PostKind.ORIGINAL, PostKind.REPOST)), f"k{n}"
            title = "公告" if draw.random() < 0.01 else f"通知{n}"
            shown = SeenPost(key, title, f"https://e.cn/{key}", kind, stated, push)
            yield replace(shown, stated_until=until)


def readings_of(
    account: Account, spec: SourceSpec, posts: Sequence[SeenPost], draw: Random
) -> Iterator[Recorded]:
    """Yield the readings of one source, every few days, with what a source goes through."""
    trouble, moment, seen_to = draw.choice((0, 0, 0, 0.01, 0.05)), FIRST - DAY, FIRST - DAY
    while moment < LAST:
        moment = min(moment + draw.choice((HOUR, 2 * DAY, 9 * DAY)), LAST)
        failed, weak, lost = (draw.random() < trouble for _ in range(3))
        if failed and moment < LAST:
            failure = read(account, spec, moment, Outcome.TRANSPORT)
            yield Recorded(failure, (), SourceMemory(), moment + HOUR)
            continue
        new = [p for p in posts if p.stated_at and seen_to < p.stated_at <= moment]
        if draw.random() < trouble / 4:
            new.append(SeenPost(f"u{moment:%j%H}", "没有日期", "", PostKind.ORIGINAL, None))
        old = [p.key for p in posts if p.stated_at and p.stated_at <= seen_to]
        gone = tuple(old[-1:]) if draw.random() < 0.02 else ()
        made = read(account, spec, moment, Outcome.OK, Pulse.WEAK if weak else Pulse.FULL)
        made = replace(made, covers_from=moment - HOUR if lost else seen_to, fresh=len(new))
        recorded = Recorded(made, tuple(new), SourceMemory(), moment + HOUR)
        yield replace(recorded, deleted=gone, first=draw.random() < trouble)
        seen_to = moment


def read(
    account: Account, spec: SourceSpec, at: datetime, outcome: Outcome, pulse: Pulse = Pulse.NONE
) -> Reading:
    """Return a reading."""
    as_of = at if outcome.answered else None
    return Reading(spec.id, account.id, spec.gateway, at, outcome, as_of, pulse)


def lived(store: Store, account: Account, seed: int) -> None:
    """Keep the history of *account*."""
    draw = Random(seed)
    posts = list(posts_of(account, draw))
    made = [one for s in account.sources for one in readings_of(account, s, posts, draw)]
    made.sort(key=lambda one: one.reading.started_at)
    store.readings.record(made[: len(made) // 2])
    store.readings.record(made[len(made) // 2 :])
    for what in (exported, folded, listed, counted):
        if draw.random() < 0.4:
            what(store, account, posts, draw)


def exported(store: Store, account: Account, posts: Sequence[SeenPost], draw: Random) -> None:
    since = FIRST + draw.random() * 500 * DAY
    until = since + draw.random() * 200 * DAY
    rows = [p for p in posts if p.stated_at and since <= p.stated_at < until]
    if draw.random() < 0.3:
        rows = [replace(p, key=f"title:{p.key}") for p in rows]
    made = store.imports.add(
        [ImportedPost(account.id, p) for p in rows],
        [],
        "a.csv",
        NOW - DAY,
        partial=draw.random() < 0.3,
        covers_from=since if draw.random() < 0.5 else None,
        covers_until=until if draw.random() < 0.5 else None,
    )
    if made.id is not None and draw.random() < 0.3:
        store.imports.undo(made.id, NOW - HOUR)


def folded(store: Store, account: Account, posts: Sequence[SeenPost], draw: Random) -> None:
    kept = store.readings.of_account(account.id, FIRST - 9 * DAY, NOW - 7 * DAY)
    edges = [at for span in covered(kept) for at in (span.start, span.end)]
    store.readings.fold(folds(kept, [p.stated_at for p in posts if p.stated_at], edges, ZONE))


def listed(store: Store, account: Account, posts: Sequence[SeenPost], draw: Random) -> None:
    days = [day_of(p.stated_at) for p in posts if p.stated_at]
    for day in draw.sample(days, min(3, len(days))):
        more = draw.random() < 0.2
        store.days.keep(account.id, DayCount(day, days.count(day) + more), "s", NOW - DAY)


def counted(store: Store, account: Account, posts: Sequence[SeenPost], draw: Random) -> None:
    days = {date(2023, 6, 1) + draw.randrange(600) * DAY for _ in range(9)} | {date(2023, 12, 31)}
    counts = [
        FollowerCount(account.id, day, draw.choice((None, 100 + n)), n)
        for n, day in enumerate(sorted(days))
    ]
    store.imports.add([], counts, "f.csv", NOW - DAY)


def filled(store: Store, seeds: Iterable[int]) -> Register:
    """Keep a history of each of *seeds*; return the register of their accounts."""
    accounts = {seed: an_account(seed) for seed in seeds}
    of_all = known(list(accounts.values()))
    registered(store, of_all, FIRST - DAY)
    for seed, account in accounts.items():
        lived(store, account, seed)
    return of_all


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Register]]:
    path = tmp_path_factory.mktemp("plain") / "f.db"
    with closing(open_store(f"sqlite:///{path}", FIRST)) as store:
        yield store, filled(store, range(20))


def said_alike(store: Store, of_all: Register, number: int) -> dict[str, PlainYear]:
    """Return which years are answered by what is kept, after holding each against the full way, and
    those of which only some readings were looked at, too."""
    period, before = years_of(number)
    both, answered = Period(before.start, period.end), {}
    for one in Answers(store, of_all, period, before, NOW):
        rows = rows_of(store, of_all, one.account, both, NOW)
        assert one.ruled == Ruled(rows.limits, rows.count_reposts, rows.read_within)
        if one.plain is not None:
            answered[one.account.id] = one.plain
            assert one.plain == looked_at(rows, period, before), one.account.id
        if one.seen is not None:
            some = rows_of(store, of_all, one.account, both, NOW, one.seen)
            assert looked_at(some, period, before) == looked_at(rows, period, before)
    return answered


def looked_at(rows: Rows, period: Period, before: Period) -> PlainYear:
    """Return what all of *rows* says."""
    return PlainYear(
        totals(rows, period, NOW, ZONE),
        tuple(posts_of_months(rows, months_of(period, ZONE), NOW)),
        earlier_posts(rows, before, NOW, ZONE),
    )


@pytest.mark.parametrize("number", YEARS)
def test_what_is_kept_says_what_posts_and_readings_say(
    world: tuple[Store, Register], number: int
) -> None:
    answered = said_alike(*world, number)
    assert 4 < len(answered) < 16


def test_both_databases_keep_the_same(store: Store) -> None:
    of_all = filled(store, (2, 9, 12))
    assert all(said_alike(store, of_all, number) for number in YEARS)
    assert store.posts.recounted_days() == []


@pytest.mark.long
@pytest.mark.parametrize("tens", range(1, 10))
def test_many_histories_are_told_alike(sqlite_store: Store, tens: int) -> None:
    of_all = filled(sqlite_store, range(20 * tens, 20 * tens + 20))
    for number in YEARS:
        said_alike(sqlite_store, of_all, number)


def test_deleted_posts_pushes_and_followers_are_among_it(world: tuple[Store, Register]) -> None:
    found = [one.totals for one in said_alike(*world, 2024).values()]
    assert any(one.deleted for one in found)
    assert any(one.pushes < one.articles for one in found)
    assert any(one.followers.growth for one in found)


def test_what_is_kept_of_every_history_follows_from_its_facts(
    world: tuple[Store, Register],
) -> None:
    assert world[0].posts.recounted_days() == []
