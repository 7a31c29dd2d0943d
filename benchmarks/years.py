"""What years of it take on the disk: bytes a post with its sighting, and a reading, before folding
and after.

    python benchmarks/years.py [--accounts 20] [--days 366] [--json]
    python benchmarks/years.py --report [--posts 500000] [--json]

Fills a database in a file with so many accounts, read every six hours through one source each, with
266 posts a year; folds the readings that said nothing new; and measures tables and indexes page by
page. Extrapolates by multiplication, to 10,000 accounts and three years: nothing that is kept
grows otherwise than by posts and readings.

With --report: what the year's report costs over so many posts, of accounts with 266 posts in each
of two years, one in a hundred of which has gaps. The database is made of the histories of twenty
accounts, which the store keeps itself, copied from table to table under other names: five million
posts in a few minutes and two gigabytes.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
import tempfile
import time
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
from monitor.ledger.totals import Period
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
from monitor.reports.year.plain import Answers
from monitor.reports.year.reporting import Reporting
from monitor.reports.year.text import year_text
from monitor.store.base import Store
from monitor.store.protocols.ledger import Recorded
from monitor.store.sql import open_store

ZONE = ZoneInfo("Asia/Shanghai")
DAY, SIX = timedelta(days=1), timedelta(hours=6)
POSTS, WINDOW = 266, 10
OF_POSTS = ("posts", "sightings", "marks", "post_days")
MANY, YEARS = 10_000, 3
MADE, DAYS = 20, 750  # accounts whose history is made, and how long it is
END = datetime(NOW.year, 1, 3, 4, tzinfo=NOW.tzinfo)  # when the year's report is written
COPIED = ("reading_rows", "stretches", "post_days", "push_days", "policies")
GB = 1e9


@dataclass(frozen=True)
class Report:
    """Seconds of processor time: the *year*'s report, and counting its posts by the kept *days* and
    one by *one*; *plain*: accounts of which neither posts nor readings were read."""

    accounts: int
    posts: int
    plain: int
    built: float
    size: int
    year: float
    days: float
    one: float


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
    parser.add_argument("--posts", type=int, default=500_000)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args(arguments)
    if wanted.report:
        _tell(reported(wanted.posts), as_json=wanted.json)
        return
    found = measured(wanted.accounts, wanted.days)
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


def _tell(found: Report, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(asdict(found)))
        return
    print(f"{found.posts} posts of {found.accounts} accounts, {found.size / GB:.2f} GB", end=", ")
    print(f"made in {found.built:.0f} s")
    print(f"the year's report: {found.year:.2f} s", end=", ")
    print(f"{found.year * 1000 / found.accounts:.2f} ms an account", end=", ")
    print(f"{found.accounts - found.plain} of which were looked at in full")
    print(f"its posts counted by days: {found.days:.2f} s, one by one: {found.one:.2f} s")


def measured(accounts: int, days: int) -> Found:
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
    )


def reported(posts: int) -> Report:
    """Return what the year's report over about so many *posts* costs."""
    accounts = max(posts // (2 * POSTS) // MADE, 1) * MADE
    register = replace(registered(accounts), accounts={})
    known = map(_with_usual_id, registered(accounts).accounts.values())
    register = replace(register, accounts={one.id: one for one in known})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "years.db"
        began = time.process_time()
        _build(path, list(register.accounts.values()), register)
        built = time.process_time() - began
        with closing(open_store(f"sqlite:///{path}", END)) as store:
            return _costs(store, register, built, path.stat().st_size)


def _costs(store: Store, register: Register, built: float, size: int) -> Report:
    period, before = (Period(*bounds(END.year - n, ZONE)) for n in (1, 2))
    year = cost(lambda: _printed(store, register))
    answers = [one.plain for one in Answers(store, register, period, before, END)]
    counts = store.posts.counts(before.start, END)
    return Report(
        accounts=len(answers),
        posts=sum(n for kinds in counts.values() for n in kinds.values()),
        plain=sum(one is not None for one in answers),
        built=built,
        size=size,
        year=year,
        days=cost(lambda: store.posts.counts(period.start, period.end)),
        one=cost(lambda: store.posts.counts(period.start, period.end, END)),
    )


def _printed(store: Store, register: Register) -> str:
    words = translator("zh_CN")
    return year_text(json.loads(Reporting(store, register, words).year(END.year - 1, END)), words)


def _build(path: Path, accounts: Sequence[Account], register: Register) -> None:
    """Keep two years of twenty accounts, and copy them, row by row, for all others."""
    with closing(open_store(f"sqlite:///{path}", END)) as store:
        store.accounts.sync(accounts, register.gateways.values(), {}, END - 999 * DAY)
        for number, account in enumerate(accounts[:MADE]):
            store.readings.record(_two_years(account, number))
            _fold(store, account.id)
    with closing(sqlite3.connect(path, isolation_level=None)) as by_hand:
        by_hand.execute("PRAGMA synchronous = OFF")
        by_hand.execute("BEGIN")
        by_hand.execute("CREATE TEMP TABLE copies (was TEXT, number INT, name TEXT, own INT)")
        by_hand.executemany(
            "INSERT INTO copies SELECT ?, was.number, ?, own.number FROM sources was, sources own"
            " WHERE was.account = ? AND own.account = ?",
            [
                (made.id, one.id, made.id, one.id)
                for n, one in enumerate(accounts[MADE:])
                for made in [accounts[n % (MADE - 1) if n % 100 else MADE - 1]]
            ],
        )
        by_hand.execute("CREATE INDEX temp.by_number ON copies (number)")
        by_hand.execute("CREATE INDEX temp.by_account ON copies (was)")
        for table in (*COPIED, "posts"):
            _copy(by_hand, table)
        by_hand.execute("COMMIT")


def _copy(by_hand: sqlite3.Connection, table: str) -> None:
    """Copy a table's rows for every copy of their account; posts get numbers of their own."""
    names = [row[1] for row in by_hand.execute(f"PRAGMA table_info({table})")]
    names = [name for name in names if (table, name) != ("posts", "id")]
    other = {"account": "name", "source": "own"}
    by = "was = t.account" if "account" in names else "number = t.source"
    values = ", ".join(other.get(name, f't."{name}"') for name in names)
    columns = ", ".join(f'"{name}"' for name in names)
    by_hand.execute(
        f"INSERT INTO {table} ({columns}) SELECT {values} FROM copies CROSS JOIN {table} t"
        f" WHERE {by} ORDER BY copies.rowid"
    )


def _two_years(account: Account, number: int) -> list[Recorded]:
    """Two whole years without a lapse; the last of the twenty lacks one reading in a thousand."""
    made = _year(account, DAYS, END, steady=True)
    return [one for n, one in enumerate(made) if number < MADE - 1 or n % 1000]


def _with_usual_id(account: Account) -> Account:
    (spec,) = account.sources
    name = source_id(account.id, spec.gateway, spec.locator)
    return replace(account, sources=(SourceSpec(name, account.id, spec.gateway, spec.locator),))


def _year(
    account: Account, days: int, end: datetime = NOW, *, steady: bool = False
) -> list[Recorded]:
    """What one account's source showed in so many *days*, read every six hours; *steady*: it never
    published nothing for long."""
    draw, spec = Random(account.id), account.sources[0]
    begin, window = end - days * DAY, list[SeenPost]()
    many = POSTS * days // 366
    places = [(n + draw.random()) / many if steady else draw.random() for n in range(many)]
    dates = sorted(begin + place * days * DAY for place in places)
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
    kept = store.readings.of_account(account, END - 3000 * DAY, NOW - 7 * DAY)
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
