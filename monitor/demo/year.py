"""`freshness demo`: the year 2024 of 鞍山民政 with everything real but the clock.

A real gateway on loopback serves a scripted year, the real service reads it over HTTP into a
real database in a temporary folder, and real notices go to the console. Only time is ours: it
jumps from one instant at which something is due to the next. The configured database is never
opened.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TextIO, cast
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from alerts.model import Event, Notice
from monitor.app import App, opened
from monitor.ledger.lapses import Lapse, always, lapses
from monitor.ledger.periods import year
from monitor.log import open_log
from monitor.model import PostKind
from monitor.sample.gateway import year_2024_script
from monitor.settings.loading import load

CONFIG = Path(__file__).parent / "config"
LONGEST_STEP = timedelta(days=1)


class JumpingClock:
    """A clock that stands still until it is moved."""

    def __init__(self, start: datetime) -> None:
        self.now = start

    def __call__(self) -> datetime:
        """Return the instant it was last moved to."""
        return self.now


@dataclass(frozen=True, slots=True)
class Account:
    """What one account's year came to."""

    name: str
    posts: int
    kinds: dict[PostKind, int]
    lapses: list[Lapse]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the year came to."""

    accounts: dict[str, Account]
    notices: Sequence[Notice]
    readings: int


def play(
    console: Console | None = None, start: datetime | None = None, end: datetime | None = None
) -> Outcome:
    """Play the year, or the part of it between *start* and *end*, and print its summary."""
    screen = console or Console(highlight=False)
    with tempfile.TemporaryDirectory(prefix="freshness-demo-") as folder:
        settings = load(CONFIG, {})
        first, last = year(2024, settings.zone)
        clock = JumpingClock(start or first)
        with opened(
            settings,
            open_log((), settings.zone, quiet=True),
            reading=True,
            clock=clock,
            out=cast(TextIO, _Screen(screen)),
            url=f"sqlite:///{folder}/demo.db",
            script=year_2024_script(),
        ) as app:
            readings = _drive(app, clock, end or last, screen)
            outcome = _outcome(app, first, last, clock.now, readings)
    _summary(outcome, settings.zone, app, screen)
    return outcome


def _drive(app: App, clock: JumpingClock, end: datetime, screen: Console) -> int:
    readings = 0
    with _bar(screen, clock.now, end, app.settings.zone) as advance:
        while clock.now < end:
            readings += len(app.service.tick())
            clock.now = min(max(_next(app, clock.now), clock.now + timedelta(seconds=1)), end)
            advance(clock.now)
        app.service.tick()
    return readings


def _next(app: App, now: datetime) -> datetime:
    """Return the next instant at which anything is due."""
    reads = [s.next_read_at for s in app.store.sources.states().values() if s.next_read_at]
    notice = app.store.outbox.next_due_at(now + LONGEST_STEP)
    return min([*reads, *([notice] if notice else []), now + LONGEST_STEP])


class _Screen:
    """A text stream that prints above the progress bar."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def write(self, text: str) -> int:
        """Print *text*; return its length."""
        self._console.print(text, end="", markup=False, soft_wrap=True)
        return len(text)

    def flush(self) -> None:
        """Nothing is held back."""

    def isatty(self) -> bool:
        """Return whether colours may be used."""
        return self._console.is_terminal


class _Advance:
    def __init__(self, bar: Progress, task: TaskID, start: datetime, zone: ZoneInfo) -> None:
        self._bar, self._task, self._start, self._zone = bar, task, start, zone

    def __call__(self, now: datetime) -> None:
        day = now.astimezone(self._zone).strftime("%Y-%m-%d")
        done = int((now - self._start).total_seconds())
        self._bar.update(self._task, completed=done, day=day)


@contextmanager
def _bar(screen: Console, start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[_Advance]:
    columns = (TextColumn("{task.fields[day]}"), BarColumn(bar_width=None), TimeElapsedColumn())
    with Progress(*columns, console=screen, transient=True) as bar:
        day = start.astimezone(zone).strftime("%Y-%m-%d")
        total = int((end - start).total_seconds())
        task = bar.add_task("", total=total, day=day)
        yield _Advance(bar, task, start, zone)


def _outcome(app: App, first: datetime, last: datetime, now: datetime, readings: int) -> Outcome:
    alerts = app.store.alerts.listed(True)
    notices = app.store.alerts.notices_of([a.id for a in alerts])
    flat = sorted((n for group in notices.values() for n in group), key=lambda n: n.created_at)
    counts = app.store.posts.counts(first, last)
    accounts = {}
    for account in app.register.accounts.values():
        dates = [p.published_at for p in app.store.posts.of_account(account.id)]
        limit = app.register.policy_of(account).limit
        kinds = dict(counts.get(account.id, {}))
        found = lapses(dates, always(limit), now, app.settings.zone)
        accounts[account.id] = Account(account.name, sum(kinds.values()), kinds, found)
    return Outcome(accounts, flat, readings)


def _summary(outcome: Outcome, zone: ZoneInfo, app: App, screen: Console) -> None:
    words = app.words
    screen.rule(words.text("The year 2024 in short"))
    table = Table()
    for heading in ("When", "Reason", "To", "Subject"):
        table.add_column(words.text(heading), no_wrap=heading != "Subject")
    for notice in outcome.notices:
        table.add_row(
            words.moment(notice.sent_at or notice.created_at, year=True),
            words.reason(notice.reason.value),
            app.register.people[notice.person].name,
            app.register.accounts[notice.subject].name
            if notice.subject in app.register.accounts
            else notice.subject,
        )
    screen.print(table)
    for account_id, account in outcome.accounts.items():
        screen.print(_account_line(account_id, account, app, zone))
    told = sum(n.event is Event.ALERT for n in outcome.notices)
    screen.print(
        words.text(
            "{readings} readings, {told} alerts to people, nothing else was real time."
        ).format(readings=outcome.readings, told=told)
    )


def _account_line(account_id: str, account: Account, app: App, zone: ZoneInfo) -> str:
    words = app.words
    platform = words.platform(app.register.accounts[account_id].platform)
    lines = [
        words.text("“{name}” {platform}: {posts} posts in 2024").format(
            name=account.name, platform=platform, posts=account.posts
        )
    ]
    for lapse in account.lapses:
        lines.append(
            words.text("  lapse: {days} days, from {began} to {ended}").format(
                days=lapse.days,
                began=words.day(lapse.began_at.astimezone(zone).date(), year=True),
                ended=words.day(lapse.ended_at.astimezone(zone).date(), year=True)
                if lapse.ended_at
                else words.text("today"),
            )
        )
    return "\n".join(lines)
