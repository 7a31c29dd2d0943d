"""What a year of reading takes: our plan beside fixed intervals that keep the same promise.

    python benchmarks/effort.py [--accounts 2000] [--json]

Plays a year of so many accounts, with the planning that the service uses and without any request:
seldom, weekly, daily and busy ones, posts in office hours and hardly any on days off, several
articles in one push, bursts, and one in twenty with a silence beyond its limit. Every account is
read by our plan; a post is noticed by the first reading after it.

The promise is what our plan has kept in that year: whatever mattered (a rung or the limit that was
passed in silence; a post while an alert was open or a call less than half a day away) was seen
within so many minutes. Fixed intervals keep it only if every account is always read as often. An
overrun is a reading that shows none but new posts, the two oldest items aside, which may be pins.
"""

from __future__ import annotations

import argparse
import json
import sys
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from alerts.common.local_time import local_day
from alerts.model import Hours, Ladder, Rung
from alerts.rules.calendar import calendar
from alerts.rules.ladder import calls, marks
from monitor.polling import schedule
from monitor.polling.overrun import PINS

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
WINDOW, LONG = 10, 20  # items that a window shows: of single posts, and of pushes of articles
LAPSES = 0.05  # of the accounts, one silence beyond the limit a year


@dataclass
class Spent:
    """What reading took: *readings* by kind of account, how long after it mattered something was
    noticed, in minutes, and how many windows were *overrun*."""

    readings: dict[str, int] = field(default_factory=dict)
    accounts: dict[str, int] = field(default_factory=dict)
    delays: list[float] = field(default_factory=list)
    overrun: int = 0
    posts: int = 0

    @property
    def promise(self) -> float:
        """Within how many minutes all that mattered was noticed."""
        return max(self.delays)


def main(arguments: Sequence[str]) -> None:
    """Play the year and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--accounts", type=int, default=2_000)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args(arguments)
    spent = played(wanted.accounts)
    fixed = YEAR / (spent.promise * MINUTE)
    if wanted.json:
        print(json.dumps(asdict(spent) | {"promise": spent.promise, "fixed": fixed}))
        return
    print(f"{wanted.accounts} accounts, {spent.posts} posts")
    print(f"what mattered: {len(spent.delays)} times, noticed within {spent.promise:.1f} minutes")
    print("accounts         readings each   fixed intervals   times fewer")
    rows = [*((k, n, spent.readings[k]) for k, n in spent.accounts.items() if n)]
    rows.append(("all", wanted.accounts, sum(spent.readings.values())))
    for name, number, readings in rows:
        each = readings / number
        print(f"{name:8} {number:6} {each:14.0f} {fixed:17.0f} {fixed / each:13.1f}")
    print(f"windows overrun by our plan: {spent.overrun}")


def played(accounts: int) -> Spent:
    """Return what a year of so many accounts took."""
    spent, draw = Spent(), Random(20240101)
    for number, kind in enumerate(_kinds(accounts)):
        rate = KINDS[kind][1]
        together = draw.choice((1, 1, 1, 2, 3)) if rate < 2 else 1
        posts = list(_published(rate, together, draw))
        _read(posts, WINDOW if together == 1 else LONG, number % 100 / 100, kind, spent)
        spent.posts += len(posts)
        spent.accounts[kind] = spent.accounts.get(kind, 0) + 1
    return spent


def _kinds(accounts: int) -> Iterator[str]:
    """The kinds of so many accounts, spread evenly."""
    hundred = [kind for kind, (share, _) in KINDS.items() for _ in range(share)]
    return (hundred[number * 37 % 100] for number in range(accounts))


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


def _read(posts: Sequence[datetime], window: int, share: float, kind: str, spent: Spent) -> None:
    """Read one account for a year by our plan."""
    now, seen, readings = BEGIN, bisect_right(posts, BEGIN), 0
    silence = _Silence(posts[seen - 1] if seen else BEGIN)
    while now < END:
        known = bisect_right(posts, now)
        new, readings = known - seen, readings + 1
        spent.overrun += known > window and new >= window - PINS
        spent.delays += silence.noticed(posts[seen:known], now)
        if new:
            silence = _Silence(posts[known - 1])
        seen = known
        shown = posts[max(known - window, 0) : known][::-1]
        ahead = silence.ahead(now)
        wait = schedule.interval(AT_MOST, shown, ahead, silence.alert_open(now), now)
        now = schedule.next_read_at(share, wait, ahead, 0, now)
    spent.readings[kind] = spent.readings.get(kind, 0) + readings


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
