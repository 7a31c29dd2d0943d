"""`freshness demo`: the year 2024 of 鞍山民政 with everything real but the clock.

A real gateway on loopback serves a scripted year, the real service reads it over HTTP into a
real database in a temporary folder, or in one that is kept, and real notices go to the console.
Only time is ours: it jumps from one instant at which something is due to the next. The configured
database is never opened.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TextIO, cast

from rich.console import Console

from alerts.common.local_time import local_day, local_instant
from alerts.model import Hours
from monitor.app import App, opened
from monitor.demo.screen import Account, Outcome, Screen, bar, summary
from monitor.demo.story import Scene, scenes
from monitor.driver import Driver, claim
from monitor.errors import Field, Told, UsageError
from monitor.files import reason_of
from monitor.ledger.lapses import always, lapses
from monitor.ledger.periods import year
from monitor.log import open_log
from monitor.sample.gateway import year_2024_script
from monitor.settings.loading import load

CONFIG = Path(__file__).parent / "config"
LONGEST_STEP = timedelta(days=1)
LATE = timedelta(hours=2)
UNTIED = 0  # the alert of what belongs to none


class JumpingClock:
    """A clock that stands still until it is moved."""

    def __init__(self, start: datetime) -> None:
        self.now = start

    def __call__(self) -> datetime:
        """Return the instant it was last moved to."""
        return self.now


def play(
    console: Console | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    keep: Path | None = None,
) -> Outcome:
    """Play the year, or the part of it between *start* and *end*, and print its summary.

    *keep*: a new folder in which configuration and database stay. Raises `UsageError` if there is
    anything in it.
    """
    screen = Screen(console or Console(highlight=False))
    with ExitStack() as stack:
        folder = _kept(keep) if keep else Path(stack.enter_context(_passing()))
        settings = load(folder / "config", {})
        first, last = year(2024, settings.zone)
        clock = JumpingClock(start or first)
        log = open_log((), settings.zone, quiet=True)
        with opened(
            settings,
            log,
            reading=True,
            clock=clock,
            out=cast(TextIO, screen),
            script=year_2024_script(),
        ) as app:
            claim(app.store, Driver.DEMO)
            readings = _drive(app, clock, end or last, screen)
            outcome = _outcome(app, first, last, clock.now, readings, screen.shown)
    summary(outcome, settings.zone, app, screen.console)
    return outcome


def document(outcome: Outcome, kept: Path | None) -> dict[str, Any]:
    """Return what `demo --json` prints of the year. *kept*: the folder in which it stays."""
    calls: dict[tuple[object, ...], list[str]] = {}
    for notice in outcome.notices:
        at = notice.sent_at or notice.created_at
        call = at, notice.kind.value, notice.subject, notice.rung, notice.reason.value
        calls.setdefault(call, []).append(notice.person)
    keys = ("at", "kind", "subject", "rung", "reason")
    return {
        "accounts": [
            {
                "id": account_id,
                "name": account.name,
                "posts": account.posts,
                "lapses": [
                    {"from": lapse.began_at, "to": lapse.ended_at, "days": lapse.days}
                    for lapse in account.lapses
                ],
            }
            for account_id, account in outcome.accounts.items()
        ],
        "calls": [dict(zip(keys, call, strict=True)) | {"to": to} for call, to in calls.items()],
        "readings": outcome.readings,
        "messages": outcome.shown,
        "notices": len(outcome.notices),
        "kept": str(kept) if kept is not None else None,
    }


@contextmanager
def _passing() -> Iterator[str]:
    """A folder with the configuration that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="freshness-demo-") as folder:
        shutil.copytree(CONFIG, Path(folder) / "config")
        yield folder


def _kept(folder: Path) -> Path:
    """*folder* with the configuration in it."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        full = Told(" {folder}: there is something already; name a new folder", folder=str(folder))
        raise UsageError(Field("keep"), full)
    try:
        shutil.copytree(CONFIG, folder / "config")
    except OSError as error:
        problem = Told(
            " {file}: cannot be written: {reason}", file=str(folder), reason=reason_of(error)
        )
        raise UsageError(Field("keep"), problem) from None
    return folder


def _drive(app: App, clock: JumpingClock, end: datetime, screen: Screen) -> int:
    readings, coming = 0, [scene for scene in scenes(app) if scene.at >= clock.now]
    with bar(screen.console, clock.now, end, app.settings.zone) as advance:
        while clock.now < end:
            while coming and coming[0].at <= clock.now:
                _act(coming.pop(0), app, screen)
            readings += len(app.service.tick())
            screen.show()
            stop = min([end, *(scene.at for scene in coming[:1])])
            clock.now = min(max(_next(app, clock.now), clock.now + timedelta(seconds=1)), stop)
            advance(clock.now)
        # Once more, so that the last day is known to its end.
        readings += len(app.rounds.read_accounts(app.register.accounts, clock.now))
        app.service.tick()
        screen.show()
    return readings


def _act(scene: Scene, app: App, screen: Screen) -> None:
    screen.tell(f"{app.words.moment(scene.at)}  {scene.told}")
    if scene.act is not None:
        scene.act(app)


def _next(app: App, now: datetime) -> datetime:
    """Return the next instant at which anything is due: a reading, a message, an account to be
    judged, or what is said at the calling hour. A reading that nothing waits for may be late, as
    after a computer has slept, so that the year passes quickly."""
    sources = app.store.sources.states().values()
    readings = {source.next_read_at for source in sources} - {None}
    exact = {source.decisive_at for source in sources}
    exact |= {kept.standing.due_at for kept in app.store.standings.settled(now).values()} - readings
    exact |= {app.store.outbox.next_due_at(now + LONGEST_STEP), _calling(app.register.hours, now)}
    sharp = min(at for at in exact if at is not None and at > now)
    late = max(min(at for at in readings if at is not None), now + LATE)
    return sharp if sharp <= late + LATE else late


def _calling(hours: Hours, now: datetime) -> datetime:
    """Return the first calling hour after *now*."""
    today = local_day(now, hours.zone)
    days = (today + timedelta(days=n) for n in range(3))
    instants = (local_instant(day, hours.call_at, hours.zone) for day in days)
    return next(at for at in instants if at > now)


def _outcome(
    app: App, first: datetime, last: datetime, now: datetime, readings: int, shown: int
) -> Outcome:
    alerts = app.store.alerts.listed(True)
    # The summary at a change of shift belongs to no alert.
    notices = app.store.alerts.notices_of([UNTIED, *(a.id for a in alerts)])
    flat = sorted((n for group in notices.values() for n in group), key=lambda n: n.created_at)
    counts = app.store.posts.counts(first, last)
    accounts = {}
    for account in app.register.accounts.values():
        dates = [p.published_at for p in app.store.posts.of_account(account.id)]
        limit = app.register.policy_of(account).limit
        kinds = dict(counts.get(account.id, {}))
        found = lapses(dates, always(limit), now, app.settings.zone)
        accounts[account.id] = Account(account.name, sum(kinds.values()), kinds, found)
    return Outcome(accounts, flat, readings, shown)
