"""What years of it take on the disk: bytes a post with its sighting, and a reading, before folding
and after.

    python benchmarks/years.py [--accounts 20] [--days 366] [--report] [--json]

Fills a database in a file with so many accounts, read every six hours through one source each, with
266 posts a year; folds the readings that said nothing new; and measures tables and indexes page by
page. Extrapolates by multiplication, to 10,000 accounts and three years: nothing that is kept
grows otherwise than by posts and readings.

With --report: what counting the posts of a year costs by the counts a day that are kept, and one
by one; and what the year's report costs an account.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from alerts.words import translator
from benchmarks.idle import NOW, cost, registered
from monitor.ledger.coverage import covered
from monitor.ledger.folding import folds
from monitor.ledger.identity import bid_of, post_marks
from monitor.ledger.periods import year as bounds
from monitor.model import (
    Account,
    Outcome,
    PostKind,
    Pulse,
    Reading,
    SeenPost,
    SourceMemory,
    SourceSpec,
    source_id,
)
from monitor.register import Register
from monitor.reports.year.reporting import Reporting
from monitor.store.base import Store
from monitor.store.protocols.ledger import Recorded
from monitor.store.sql import open_store

ZONE = ZoneInfo("Asia/Shanghai")
DAY, SIX = timedelta(days=1), timedelta(hours=6)
POSTS, WINDOW = 266, 10
OF_POSTS = ("posts", "sightings", "marks", "post_days")
MANY, YEARS = 10_000, 3
GB = 1e9


@dataclass(frozen=True)
class Report:
    """Seconds of processor time: counting all posts of a year, by *days* and one by *one*; the
    *year*'s report."""

    days: float
    one: float
    year: float


@dataclass(frozen=True)
class Found:
    """What was measured, in bytes; *kept*: readings after folding, of *made*."""

    posts: int
    made: int
    kept: int
    a_post: float
    a_reading: float
    a_kept_reading: float
    accounts: int
    days: int
    report: Report | None = None

    def whole(self, readings: int, each: float) -> float:
        """Return the size of it all, in GB, with as many *readings* of *each* so many bytes."""
        times = MANY / self.accounts * YEARS * 366 / self.days
        return (self.posts * self.a_post + readings * each) * times / GB


def main(arguments: Sequence[str]) -> None:
    """Fill, measure, fold, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--accounts", type=int, default=20)
    parser.add_argument("--days", type=int, default=366)
    parser.add_argument("--report", action="store_true")
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args(arguments)
    found = measured(wanted.accounts, wanted.days, report=wanted.report)
    if wanted.json:
        print(json.dumps(asdict(found)))
        return
    print(f"{found.accounts} accounts, {found.days} days: {found.posts} posts")
    print(f"{found.a_post:.0f} bytes a post with its sighting")
    print(f"{found.made} readings, {found.a_reading:.0f} bytes each; kept after folding:")
    print(f"{found.kept} readings, {found.a_kept_reading:.0f} bytes each")
    before = found.whole(found.made, found.a_reading)
    after = found.whole(found.kept, found.a_kept_reading)
    print(f"{MANY} accounts, {YEARS} years: {before:.1f} GB, folded {after:.1f} GB")
    if found.report is not None:
        each = found.report.year * 1000 / found.accounts
        print(f"a year counted by days {found.report.days * 1000:.1f} ms", end=", ")
        print(f"one by one {found.report.one * 1000:.1f} ms; its report {each:.1f} ms an account")


def measured(accounts: int, days: int, *, report: bool = False) -> Found:
    """Return what so many accounts take after so many days."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "years.db"
        register = registered(accounts)
        named = [_with_usual_id(account) for account in register.accounts.values()]
        with closing(open_store(f"sqlite:///{path}", NOW)) as store:
            store.accounts.sync(named, register.gateways.values(), {}, NOW)
            for account in named:
                store.readings.record(_year(account, days))
            before = _sizes(path)
            for account in named:
                _fold(store, account.id)
            after = _sizes(path)
            costs = _report(store, register) if report else None
    posts, made, kept = before[1]["posts"], before[1]["reading_rows"], after[1]["reading_rows"]
    return Found(
        posts=posts,
        made=made,
        kept=kept,
        a_post=sum(before[0][name] for name in OF_POSTS) / posts,
        a_reading=before[0]["reading_rows"] / made,
        a_kept_reading=after[0]["reading_rows"] / kept,
        accounts=accounts,
        days=days,
        report=costs,
    )


def _report(store: Store, register: Register) -> Report:
    year = NOW.year - 1
    start, end = bounds(year, ZONE)
    desk = Reporting(store, register, translator("zh_CN"))
    return Report(
        cost(lambda: store.posts.counts(start, end)),
        cost(lambda: store.posts.counts(start, end, NOW)),
        cost(lambda: desk.year(year, NOW)),
    )


def _with_usual_id(account: Account) -> Account:
    (spec,) = account.sources
    name = source_id(account.id, spec.gateway, spec.locator)
    return replace(account, sources=(SourceSpec(name, account.id, spec.gateway, spec.locator),))


def _year(account: Account, days: int) -> list[Recorded]:
    """What one account's source showed, read every six hours."""
    draw, spec = Random(account.id), account.sources[0]
    begin, window = NOW - days * DAY, list[SeenPost]()
    dates = sorted(begin + draw.random() * days * DAY for _ in range(POSTS * days // 366))
    made, seen_to = list[Recorded](), begin
    for n in range(days * 4):
        at = begin + n * SIX + timedelta(microseconds=draw.randrange(60_000_000))
        new = [_post(account.id, posted) for posted in dates if seen_to < posted <= at]
        window = [*reversed(new), *window][:WINDOW]
        reading = Reading(
            spec.id,
            account.id,
            spec.gateway,
            at,
            Outcome.OK if new else Outcome.UNCHANGED,
            at,
            Pulse.FULL,
            unconditional=n % 4 == 0,
            status=200 if new else 304,
            detail=f"{len(window)} items, {len(new)} new" if new else "unchanged, 10 items",
            items=len(window),
            fresh=len(new),
            covers_from=seen_to,
        )
        shown = tuple(window) if new else ()
        made.append(Recorded(reading, shown, SourceMemory(), at + SIX, learnt=False))
        seen_to = at
    return made


def _post(account: str, posted: datetime) -> SeenPost:
    number = bid_of(5_000_000_000_000_000 + abs(hash((account, posted))) % 10**14)
    url = f"https://weibo.com/1900000001/{number}"
    title = f"【通知】{posted:%m月%d日}起社区老年食堂调整就餐时间的公告"
    marks = post_marks("weibo", url, "", title, posted)
    return SeenPost(marks[0], title, url, PostKind.ORIGINAL, posted, marks=marks)


def _fold(store: Store, account: str) -> None:
    kept = store.readings.of_account(account, NOW - 3000 * DAY, NOW - 7 * DAY)
    edges = [at for span in covered(kept) for at in (span.start, span.end)]
    moments = [post.published_at for post in store.posts.of_account(account)]
    store.readings.fold(folds(kept, moments, edges, ZONE))


def _sizes(path: Path) -> tuple[dict[str, int], dict[str, int]]:
    """The bytes of each table with its indexes, and its rows; what is free is given back before."""
    with closing(sqlite3.connect(path, isolation_level=None)) as by_hand:
        by_hand.execute("VACUUM")
        tables = ("reading_rows", *OF_POSTS)
        sizes = {
            name: by_hand.execute(
                "SELECT sum(pgsize) FROM dbstat WHERE name IN "
                "(SELECT name FROM sqlite_master WHERE tbl_name = ?)",
                (name,),
            ).fetchone()[0]
            for name in tables
        }
        counts = {
            name: by_hand.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables
        }
    return sizes, counts


if __name__ == "__main__":
    main(sys.argv[1:])
