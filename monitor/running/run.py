"""The service as a process: it runs until it is stopped, and takes over a new configuration."""

from __future__ import annotations

from collections.abc import Callable

from alerts.common.log import Say
from monitor.app import App, Driver, claim, opened
from monitor.errors import Field, SettingsError, UsageError
from monitor.running.frontends import Frontends
from monitor.running.scheduler import LOOK_EVERY, Scheduler
from monitor.running.signals import Signals
from monitor.settings.model import Settings


def run(
    load: Callable[[], Settings],
    settings: Settings,
    say: Say,
    started: Callable[[App], None],
) -> bool:
    """Run the service until SIGTERM; return False if readings were left behind that do not end.

    *load* reads the configuration again after SIGHUP; what is in force stays in force if the new
    one is bad. *started* is called after each first pass. Raises `UsageError` if the database
    lives by a clock that is set by hand.
    """
    signals = Signals()
    signals.install()
    ended = True
    while ended and not signals.stopping:
        with opened(settings, say, reading=True) as app:
            _lead(app)
            ended = _serve(app, signals, started)
            if ended and not signals.stopping:
                signals.answered()
                settings = _reloaded(load, settings, say)
    left = {} if ended else {"left_behind": True}
    say("service_stopped", **left)
    return ended


def _lead(app: App) -> None:
    if not claim(app.store, Driver.RUN):
        raise UsageError(
            "run: this database was driven by ",
            Field("a clock set by hand"),
            ", its clock is not the real one; use another one (service.database)",
        )


def _reloaded(load: Callable[[], Settings], settings: Settings, say: Say) -> Settings:
    try:
        fresh = load()
    except SettingsError as error:
        for problem in error.problems:
            say("configuration_refused", problem=problem)
        return settings
    say("configuration_read", accounts=len(fresh.accounts))
    return fresh


def _serve(app: App, signals: Signals, started: Callable[[App], None]) -> bool:
    """Serve until a signal comes; return whether everything under way has ended."""
    app.say("service_started", accounts=len(app.register.accounts))
    frontends = Frontends(app)
    scheduler = Scheduler(app, started)
    scheduler.start()
    frontends.open()
    while not (signals.stopping or signals.reload):
        signals.wakened.wait(LOOK_EVERY)
        scheduler.look()
    app.stop.set()
    frontends.closing()
    ended = scheduler.stop()
    if ended:
        frontends.close()
    return ended
