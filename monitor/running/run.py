"""The service as a process: it runs until it is stopped, and takes over a new configuration."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager

from alerts.common.log import Log
from monitor.app import App, Driver, claim, is_kept_demo, opened
from monitor.errors import Field, SettingsError, UsageError
from monitor.model import Account, AccountState
from monitor.running.frontends import Frontends
from monitor.running.scheduler import LOOK_EVERY, Scheduler
from monitor.running.signals import Signals
from monitor.running.supervisor import ALIVE, READY, STOPPING, tell
from monitor.settings.model import Settings
from monitor.store.locking import led

ANOTHER = (
    "monitor.toml: service.database or service.id is another one; the former configuration stays "
    "in force; start the service anew"
)
FEW = 4  # accounts, of which a reload may take away any number but not more than half


def run(
    load: Callable[[], Settings],
    settings: Settings,
    log: Log,
    started: Callable[[App], None],
    signals: Signals,
    adopt: bool = False,
) -> bool:
    """Run the service until SIGTERM; return False if readings were left behind that do not end.

    *load* reads the configuration again after SIGHUP; what is in force stays in force if the new
    one is bad. *started* is called after each first pass. *signals* are installed before *settings*
    are read, so that none is missed. Raises `UsageError` if the database
    lives by a clock that is set by hand, or belongs to another configuration and *adopt* is not;
    `StoreError` if another service leads it.
    """
    ended = True
    with led(settings.database, signals.wakened):
        if is_kept_demo(settings):
            return _show(settings, log, signals, started)
        while ended and not signals.stopping:
            with _opened(settings, log, adopt) as app:
                _lead(app)
                ended = _serve(app, signals, started)
                if ended and not signals.stopping:
                    signals.answered()
                    settings = reloaded(load, settings, log)
                    adopt = True  # what is read again has been compared with what was in force
    signals.ended()
    left = {} if ended else {"left_behind": True}
    log("service_stopped", **left)
    return ended


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
    log("service_stopped")
    return True


def _opened(settings: Settings, log: Log, adopt: bool) -> AbstractContextManager[App]:
    return opened(settings, log, reading=True, leading=True, serving=True, adopt=adopt)


def _lead(app: App) -> None:
    if not claim(app.store, Driver.RUN):
        raise UsageError(
            "run: this database was driven by ",
            Field("a clock set by hand"),
            ", its clock is not the real one; use another one (service.database)",
        )


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


def _serve(app: App, signals: Signals, started: Callable[[App], None]) -> bool:
    """Serve until a signal comes; return whether everything under way has ended."""
    app.log("service_started", accounts=len(app.register.accounts))
    listener = os.environ.get("NOTIFY_SOCKET")
    frontends = Frontends(app)
    scheduler = Scheduler(app, started, signals.ask_reload)
    scheduler.start()
    frontends.open()
    tell(READY, listener)
    while not (signals.stopping or signals.reload):
        signals.wakened.wait(LOOK_EVERY)
        scheduler.look()
        tell(ALIVE, listener)
    if signals.stopping:
        tell(STOPPING, listener)
    app.stop.set()
    frontends.closing()
    ended = scheduler.stop()
    if ended:
        frontends.close()
    return ended
