"""The service as a process: it runs until it is stopped, and takes over a new configuration."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager

from alerts.common.log import Log
from monitor.app import App, opened
from monitor.clock import Clock, utc_now
from monitor.driver import is_kept_demo
from monitor.errors import SettingsError, StoreError, StoreLostError
from monitor.machines import Work
from monitor.model import Account, AccountState
from monitor.running.example import ExampleYear
from monitor.running.faults import Faults
from monitor.running.frontends import Frontends
from monitor.running.membership import Member, joined, lead_by_the_clock
from monitor.running.scheduler import LOOK_EVERY, Scheduler
from monitor.running.signals import Signals
from monitor.running.supervisor import ALIVE, READY, STOPPING, tell
from monitor.running.visits import NoVisits, Visits
from monitor.settings.model import Settings
from monitor.store.locking import led
from monitor.web.server import Ports

ANOTHER = (
    "monitor.toml: service.database or service.id is another one; the former configuration stays "
    "in force; start the service anew"
)
EXAMPLE = "data/example-year"  # where a played year is kept, to be shown beside the service
DEFAULT = "default"  # the zone that a service reads
AT_ONCE = 64  # visits of one machine; its database connections are shared
FEW = 4  # accounts, of which a reload may take away any number but not more than half


def run(
    load: Callable[[], Settings],
    settings: Settings,
    log: Log,
    started: Callable[[App], None],
    signals: Signals,
    adopt: bool = False,
    clock: Clock = utc_now,
) -> bool:
    """Run the service until SIGTERM; return False if readings were left behind that do not end.

    *load* reads the configuration again after SIGHUP; what is in force stays in force if the new
    one is bad. *started* is called after each first pass. *signals* are installed before *settings*
    are read, so that none is missed. Raises `UsageError` if the database
    lives by a clock that is set by hand, or belongs to another configuration and *adopt* is not;
    `StoreError` if another service leads it.
    """
    with led(settings.database, signals.wakened):
        if is_kept_demo(settings.database):
            ended = _show(settings, log, signals, started)
        else:
            parts = (Work.SERVICE, (DEFAULT,), signals.wakened.set, log, clock, adopt)
            with joined(settings, *parts) as member:
                ended = _rounds(load, settings, log, started, signals, member, adopt)
    signals.ended()
    left = {} if ended else {"left_behind": True}
    log("service_stopped", **left)
    return ended


def _rounds(
    load: Callable[[], Settings],
    settings: Settings,
    log: Log,
    started: Callable[[App], None],
    signals: Signals,
    member: Member,
    adopt: bool,
) -> bool:
    """Serve, and begin anew with each configuration that is read, and when another machine has
    taken the lead."""
    ended = True
    example = ExampleYear(settings.root / EXAMPLE, log)
    with closing(Ports()) as ports, closing(example):
        while ended and not signals.stopping:
            with patient(member, signals), _opened(settings, log, adopt, member) as app:
                lead_by_the_clock(app.store)
                ended = _serve(app, signals, started, member, (ports, example))
                if ended and not signals.stopping:
                    asked = signals.reload
                    signals.answered()
                    settings = read_again(load, settings, log, member) if asked else settings
                    adopt = True  # what is read again has been compared with what was in force
    return ended


@contextmanager
def patient(member: Member, signals: Signals) -> Iterator[None]:
    """Wait for some seconds where the block ends because the database is out of reach: whoever
    has joined goes on when it is back."""
    try:
        yield
    except StoreLostError as error:
        member.faults.lost(error)
        signals.wakened.wait(LOOK_EVERY)
        if not signals.stopping:
            signals.wakened.clear()


def _show(settings: Settings, log: Log, signals: Signals, started: Callable[[App], None]) -> bool:
    """Serve the pages of a demo that was played, at its last instant, until SIGTERM; nothing is
    read, judged or sent."""
    with opened(settings, log, serving=True) as app:
        frontends = Frontends(app)
        frontends.show()
        started(app)
        while not signals.stopping:
            signals.wakened.wait()
            signals.answered()
        frontends.closing()
        frontends.close()
    return True


def _opened(
    settings: Settings, log: Log, adopt: bool, member: Member
) -> AbstractContextManager[App]:
    leading = member.leads()
    return opened(
        settings,
        log,
        reading=True,
        leading=leading,
        joining=not leading,
        leads=member.leads,
        serving=True,
        adopt=adopt,
        clock=member.clock,
    )


def read_again(
    load: Callable[[], Settings], settings: Settings, log: Log, member: Member
) -> Settings:
    """Return what `reloaded` does; the other machines are told of what is new."""
    fresh = reloaded(load, settings, log)
    if fresh is not settings:
        member.loaded(fresh)
    return fresh


def reloaded(load: Callable[[], Settings], settings: Settings, log: Log) -> Settings:
    """Return what *load* reads; *settings*, which are in force, if that is refused: each problem is
    logged."""
    try:
        fresh = load()
    except SettingsError as error:
        for problem in error.problems:
            log("configuration_refused", problem=problem)
        return settings
    if (fresh.database, fresh.owner) != (settings.database, settings.owner):
        log("configuration_refused", problem=ANOTHER)
        return settings
    gone = vanished(settings.accounts, fresh.accounts)
    if gone:
        log("configuration_refused", problem=_too_few(gone, settings.accounts))
        return settings
    log("configuration_read", accounts=len(fresh.accounts))
    return fresh


def vanished(before: Mapping[str, Account], after: Mapping[str, Account]) -> list[str]:
    """Return the ids of the accounts that vanished without being closed, if that is more than half
    of four or more: then a file is broken, or not all there, rather than edited."""
    watched = [a.id for a in before.values() if a.state is not AccountState.CLOSED]
    gone = [account for account in watched if account not in after]
    return gone if len(watched) >= FEW and len(gone) * 2 > len(watched) else []


def _too_few(gone: Collection[str], before: Mapping[str, Account]) -> str:
    return (
        f"accounts.toml: {len(gone)} of {len(before)} accounts are gone ({', '.join(gone)}); the "
        'former configuration stays in force; say state = "closed" of those that have ended, or '
        "start the service anew"
    )


def _serve(
    app: App,
    signals: Signals,
    started: Callable[[App], None],
    member: Member,
    lasting: tuple[Ports, ExampleYear],
) -> bool:
    """Serve until a signal comes, or the lead is lost; return whether everything under way has
    ended."""
    app.log("service_started", accounts=len(app.register.accounts))
    listener = os.environ.get("NOTIFY_SOCKET")
    leading = member.leads()
    frontends = Frontends(app, leading, signals.ask_reload, *lasting)
    scheduler = Scheduler(app, started, signals.ask_reload, member)
    visits = _visits(app, member)
    for begin in (scheduler.start, frontends.open, visits.start):
        begin()
    tell(READY, listener)
    while not (signals.stopping or signals.reload or (leading and member.stands_by())):
        signals.wakened.wait(LOOK_EVERY)
        signals.wakened.clear()
        scheduler.look()
        if member.leads() and not leading and _taken_over(app, member.faults):
            leading = True
            scheduler.lead()
            frontends.lead()
        tell(ALIVE, listener)
    ending(app, signals, listener)
    visits.end()
    frontends.closing()
    ended = scheduler.stop() and visits.stop()
    if ended:
        frontends.close()
    return ended


def _taken_over(app: App, faults: Faults) -> bool:
    """Register what is configured, as who leads does; return False if the database is lost."""
    try:
        app.take_over()
    except StoreError as error:
        faults.note("take over", error)
        return False
    return True


def ending(app: App, signals: Signals, listener: str | None) -> None:
    """Begin to end: nothing more is asked. The *listener* is told if it is for good."""
    if signals.stopping:
        tell(STOPPING, listener)
    app.stop.set()


def _visits(app: App, member: Member) -> Visits | NoVisits:
    """What makes this machine's share of the visits, as many at once as it has gateways."""
    if member.queue is None:
        return NoVisits()
    ours = sum(one.zone == DEFAULT for one in app.register.gateways.values())
    return Visits(app, member, member.queue, (DEFAULT,), min(max(ours, 1), AT_ONCE))
