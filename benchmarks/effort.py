"""What a year of reading takes: our plan beside fixed intervals that keep the same promise.

    python benchmarks/effort.py [--accounts 2000] [--seed 1] [--jobs 2] [--json]

Plays a year of so many accounts, with the planning that the service uses and without any request:
seldom, weekly, daily and busy ones, posts in office hours and hardly any on days off, several
articles in one push, bursts, and one in twenty with a silence beyond its limit. Every account is
read by our plan; a post is noticed by the first reading after it.

The promise is what our plan has kept in that year: whatever mattered (a rung or the limit that was
passed in silence; a post while an alert was open or a call less than half a day away) was seen
within so many minutes. Fixed intervals keep it only if every account is always read as often. An
overrun is a reading that shows none but new posts, the two oldest items aside, which may be pins.
Beside those of our plan stand those of fixed intervals that take as many readings.
"""

from __future__ import annotations

import argparse
import json
import sys
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from alerts.common.local_time import local_day
from alerts.model import Hours, Ladder, Rung
from alerts.rules.calendar import calendar
from alerts.rules.ladder import calls, marks
from monitor.model import Pace
from monitor.polling import pace, schedule
from monitor.polling.overrun import PINS
from monitor.polling.window import Window

ZONE = ZoneInfo("Asia/Shanghai")
BEGIN, END = datetime(2023, 12, 31, 16, tzinfo=UTC), datetime(2024, 12, 31, 16, tzinfo=UTC)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
AT_MOST = 6 * HOUR
TELL = ("custodian",)
LADDER = Ladder(14 * DAY, tuple(Rung(days, TELL) for days in (7, 10, 12, 13, 14)))
HOURS, CALENDAR = Hours(ZONE), calendar()
YEAR = 366 * DAY
# Of a hundred accounts: how many, and how often they publish on a working day.
KINDS = {"seldom": (5, 0.25), "weekly": (35, 0.5), "daily": (52, 1.2), "busy": (8, 8.0)}
HUNDRED = [kind for kind, (share, _) in KINDS.items() for _ in range(share)]
WINDOW, LONG = 10, 20  # items that a window shows: of single posts, and of pushes of articles
LAPSES = 0.05  # of the accounts, one silence beyond the limit a year


@dataclass
class Spent:
    """What reading took: *readings* and *accounts* by kind; *delays*: how long after it mattered
    something was noticed, in minutes; *overrun*: how many windows were, by kind."""

    readings: Counter[str] = field(default_factory=Counter)
    accounts: Counter[str] = field(default_factory=Counter)
    delays: list[float] = field(default_factory=list)
    overrun: Counter[str] = field(default_factory=Counter)
    posts: int = 0

    @property
    def promise(self) -> float:
        """Within how many minutes all that mattered was noticed."""
        return max(self.delays)

    def add(self, other: Spent) -> None:
        """Add what *other* accounts took."""
        self.readings += other.readings
        self.accounts += other.accounts
        self.delays += other.delays
        self.overrun += other.overrun
        self.posts += other.posts


@dataclass(frozen=True)
class Player:
    """One account: what it publishes in the year, oldest first, and how it is read."""

    kind: str
    posts: Sequence[datetime]
    window: int
    share: float


def main(arguments: Sequence[str]) -> None:
    """Play the year and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--accounts", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args(arguments)
    spent, missed = played(wanted.accounts, wanted.seed, wanted.jobs)
    fixed = YEAR / (spent.promise * MINUTE)
    if wanted.json:
        print(json.dumps(asdict(spent) | {"fixed": fixed, "missed": missed}))
        return
    print(f"{wanted.accounts} accounts, {spent.posts} posts, seed {wanted.seed}")
    print(f"what mattered: {len(spent.delays)} times, noticed within {spent.promise:.1f} minutes")
    print("accounts         readings each   fixed intervals   times fewer   overrun")
    rows = [(k, n, spent.readings[k], spent.overrun[k]) for k, n in spent.accounts.items()]
    rows.append(("all", wanted.accounts, spent.readings.total(), spent.overrun.total()))
    for name, number, readings, overrun in rows:
        each = readings / number
        print(f"{name:8} {number:6} {each:14.0f} {fixed:17.0f} {fixed / each:13.1f} {overrun:9}")
    print(f"fixed intervals with as many readings as our plan: {missed} windows overrun")


def played(accounts: int, seed: int, jobs: int) -> tuple[Spent, int]:
    """Return what a year of so many accounts took, and how many windows are overrun by fixed
    intervals with as many readings. So many *jobs* side by side play the same as one alone."""
    spent, parts = Spent(), [range(n, accounts, jobs * 4) for n in range(jobs * 4)]
    with get_context("spawn").Pool(jobs) as pool:
        for some in pool.imap_unordered(partial(_spent, seed), parts):
            spent.add(some)
        wait = YEAR * accounts / spent.readings.total()
        missed = sum(pool.imap_unordered(partial(_missed, seed, wait), parts))
    return spent, missed


def _spent(seed: int, numbers: Sequence[int]) -> Spent:
    spent = Spent()
    for number in numbers:
        one = player(seed, number)
        _read(one, spent)
        spent.posts += len(one.posts)
        spent.accounts[one.kind] += 1
    return spent


def _missed(seed: int, wait: timedelta, numbers: Sequence[int]) -> int:
    return sum(overrun_at(player(seed, number), wait) for number in numbers)


def overrun_at(one: Player, wait: timedelta) -> int:
    """Return how many windows of *one* show nothing but new posts, if it is read each *wait*."""
    overrun, now, seen = 0, BEGIN + wait * one.share, 0
    while now < END:
        known = bisect_right(one.posts, now)
        overrun += _passed(known, seen, one.window) and bool(seen)
        now, seen = now + wait, known
    return overrun


def _passed(known: int, seen: int, window: int) -> bool:
    return known > window and known - seen >= window - PINS


def player(seed: int, number: int) -> Player:
    """Return the account of that *number*; its kind is spread evenly over the numbers."""
    draw = Random(f"{seed} {number}")
    kind = HUNDRED[number * 37 % 100]
    rate = KINDS[kind][1]
    together = draw.choice((1, 1, 1, 2, 3)) if rate < 2 else 1
    posts = list(_published(rate, together, draw))
    return Player(kind, posts, WINDOW if together == 1 else LONG, number % 100 / 100)


# What accounts publish


def _published(rate: float, together: int, draw: Random) -> Iterator[datetime]:
    """When one account publishes in the year, oldest first: so many *together*, by day."""
    silence = _silence(draw) if draw.random() < LAPSES else None
    day = BEGIN - 20 * DAY
    while day < END:
        working = CALENDAR.workday(local_day(day, ZONE))
        often = rate * (1.0 if working else 0.25)
        if draw.random() < 0.01:
            often += 3  # something happened
        # Official accounts may push once a day; a second one is another platform's.
        most = 2 if together > 1 else 99
        times = sorted(draw.triangular(7, 22, 10) for _ in range(min(_poisson(often, draw), most)))
        for hours in times:
            at = day + hours * HOUR
            if silence is None or not silence[0] <= at < silence[1]:
                yield from (at for _ in range(together))
        day += DAY


def _silence(draw: Random) -> tuple[datetime, datetime]:
    begin = BEGIN + draw.randrange(30, 330) * DAY
    return begin, begin + draw.randrange(15, 40) * DAY


def _poisson(mean: float, draw: Random) -> int:
    """How often something comes that comes *mean* times a day on average."""
    count, left = 0, draw.expovariate(1.0)
    while left < mean:
        count, left = count + 1, left + draw.expovariate(1.0)
    return count


# How they are read


def _read(one: Player, spent: Spent) -> None:
    """Read one account for a year by our plan."""
    posts, window = one.posts, one.window
    now, seen, readings = BEGIN, bisect_right(posts, BEGIN), 0
    silence = _Silence(posts[seen - 1] if seen else BEGIN)
    before, hours = _shown(posts, 0, window), None
    while now < END:
        known, readings = bisect_right(posts, now), readings + 1
        spent.overrun[one.kind] += _passed(known, seen, window)
        spent.delays += silence.noticed(posts[seen:known], now)
        if known > seen:
            silence = _Silence(posts[known - 1])
        if known > seen or hours is None:
            shown = _shown(posts, known, window)
            hours = pace.remembered(hours, before, shown, CALENDAR, ZONE)
            before = shown
        seen = known
        now = _next(one, before, hours, silence, now)
    spent.readings[one.kind] += readings


def _shown(posts: Sequence[datetime], known: int, window: int) -> Window:
    first = max(known - window, 0)
    return tuple((str(n), posts[n]) for n in reversed(range(first, known)))


def _next(
    one: Player, shown: Window, hours: Pace | None, silence: _Silence, now: datetime
) -> datetime:
    """When it is read next, as `monitor.polling.reader` plans it."""
    ahead = silence.ahead(now)
    passing = pace.passing(hours, len(shown), AT_MOST, CALENDAR, ZONE, now)
    dates = [at for _, at in shown]
    wait = schedule.interval(AT_MOST, dates, ahead, silence.alert_open(now), now, passing)
    return schedule.next_read_at(one.share, wait, ahead, 0, now)


class _Silence:
    """What the silence since one post comes to, and what of it has been confirmed."""

    def __init__(self, since: datetime) -> None:
        called = calls(since, LADDER, CALENDAR, HOURS, since + 45 * DAY)
        self._calls = [call.due_at for call in called]
        self._marks = [at for at, _ in marks(since, LADDER, HOURS)]
        self._instants = sorted({*self._calls, *self._marks})
        self._confirmed = max(since, BEGIN)

    def ahead(self, now: datetime) -> list[datetime]:
        """What a reading must still confirm within two days, and the next of all."""
        left = self._instants[bisect_right(self._instants, now) :]
        return [at for n, at in enumerate(left) if not n or at <= now + 2 * DAY]

    def alert_open(self, now: datetime) -> bool:
        """Whether a call was made."""
        return bool(self._marks) and now >= min(self._marks[0], *self._calls[:1])

    def noticed(self, new: Sequence[datetime], now: datetime) -> Iterator[float]:
        """In how many minutes the reading at *now* noticed what had mattered since the last."""
        until = new[0] if new else now
        passed = [at for at in self._instants if self._confirmed < at <= until]
        yield from ((now - at) / MINUTE for at in passed[:1])
        if new and self._matters(new[0]):
            yield (now - new[0]) / MINUTE
        self._confirmed = now

    def _matters(self, at: datetime) -> bool:
        near = self._instants[bisect_right(self._instants, at) :][:1]
        return self.alert_open(at) or any(one <= at + DAY / 2 for one in near)


if __name__ == "__main__":
    main(sys.argv[1:])
