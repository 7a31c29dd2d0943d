"""Commands about the service itself: run it, read, make a pass, look whether it is well."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO, cast

import typer

from monitor.clock import utc_now
from monitor.commands.arguments import (
    At,
    Json,
)
from monitor.commands.opening import (
    LeftBehindError,
    called,
    finish,
    live_long,
    named,
    opened,
    settings_of,
    spoken,
    spoken_in,
)
from monitor.commands.show.accounts import greet
from monitor.commands.show.console import (
    Bearing,
    json_text,
    out,
    printing_aside,
    progress,
    tell,
    written,
)
from monitor.commands.show.first import show_kept, show_steps
from monitor.commands.show.readings import (
    readings_document,
    show_findings,
    show_names,
    show_readings,
    show_unread,
)
from monitor.commands.user import page_address, setup_link
from monitor.errors import Told, UsageError

if TYPE_CHECKING:
    from alerts.common.log import Log
    from monitor.app import App
    from monitor.desk.shapes import Finding
    from monitor.model import GatewayState
    from monitor.running.signals import Signals
    from monitor.settings.model import Settings

Events = Annotated[bool, typer.Option("--json", help="Print each event as a line of JSON.")]
Deep = Annotated[
    bool, typer.Option("--deep", help="Hold what is kept of each account against its facts, too.")
]


def run_service(
    context: typer.Context,
    adopt: Annotated[
        bool,
        typer.Option("--adopt", help="Take the database over from another configuration."),
    ] = False,
    as_json: Events = False,
) -> None:
    """Run the service until SIGTERM or Ctrl-C; SIGHUP reads the configuration again."""
    from monitor.running.run import run

    signals, settings, log, load = _begun(context, as_json)
    with spoken(settings), printing_aside(as_json):
        if not run(load, settings, log, lambda app: _started(app, context), signals, adopt):
            raise LeftBehindError


def worker(
    context: typer.Context,
    zones: Annotated[
        list[str] | None,
        typer.Option("--zone", help="Read the gateways of this zone; may be repeated."),
    ] = None,
    as_json: Events = False,
) -> None:
    """Read for a service on another machine until SIGTERM or Ctrl-C; needs PostgreSQL."""
    from monitor.running.run import DEFAULT
    from monitor.running.worker import work

    signals, settings, log, load = _begun(context, as_json)
    with spoken(settings), printing_aside(as_json):
        if not work(load, settings, log, list(dict.fromkeys(zones or [DEFAULT])), signals):
            raise LeftBehindError


def _begun(
    context: typer.Context, as_json: bool
) -> tuple[Signals, Settings, Log, Callable[[], Settings]]:
    """Return what goes on until it is stopped begins with: signals, heeded before the settings are
    read, those, the log, and what reads the settings again."""
    from monitor.running.signals import Signals

    live_long()
    signals = Signals()
    signals.install()
    settings = settings_of(context)
    log, names = _told(settings, as_json)
    return signals, settings, log, lambda: names(settings_of(context))


def _told(settings: Settings, as_json: bool) -> tuple[Log, Callable[[Settings], Settings]]:
    """Return where the service's events go, and what is to know of a configuration read again.

    At a terminal a person reads them, a line each, and of the log what went wrong; elsewhere, and
    where the form of the log is asked for, all of it is written. With *as_json* each event is a
    line of JSON on stdout.
    """
    from alerts.words import translator
    from monitor.commands.show.events import Narrator
    from monitor.log import LogFormat, open_log

    if as_json:
        form, events = LogFormat.JSON, cast("TextIO", Bearing(sys.stdout))
        return open_log(settings.secrets, settings.zone, False, form, events), lambda fresh: fresh
    told = sys.stderr.isatty() and settings.log_format is None
    log = open_log(settings.secrets, settings.zone, told, settings.log_format)
    if not told:
        return log, lambda fresh: fresh
    words = translator(settings.language, settings.zone)
    narrator = Narrator(settings, words, log, utc_now, partial(out, aside=True))
    return narrator.tell, narrator.take


def _started(app: App, context: typer.Context) -> None:
    """Print the first picture, and where the first password is set while there is none."""
    from monitor.running.frontends import outside

    out(page_address(app.settings))
    greet(app.desk.accounts.first_picture(app.clock()), app.words, called(), named(context))
    link = None if outside(app.settings).sample else setup_link(app)
    if link is not None:
        out(app.words.text("Set the page's first password here, within 30 minutes:"))
        out(link)


def init(
    folder: Annotated[Path, typer.Argument(help="The folder to write to.", metavar="DIR")],
    language: Annotated[
        str, typer.Option("--lang", help="zh_CN or en: of the comments, and what people read.")
    ] = "zh_CN",
    as_json: Json = False,
) -> None:
    """Write a commented configuration to start from, and say what comes next."""
    from alerts.words import translator
    from monitor.settings import sample

    with spoken_in(language):
        paths = sample.write(folder, language)
    words = translator(language)
    if as_json:
        out(json_text({"written": [str(path) for path in paths]}, words.zone))
        return
    for path in paths:
        out(written(path, words))
    show_steps(folder, called(), words)


def read(
    context: typer.Context,
    accounts: Annotated[list[str] | None, typer.Argument(metavar="[ACCOUNT]…")] = None,
    as_json: Json = False,
) -> None:
    """Read accounts now, whatever the interval; prints what became of each reading."""
    with opened(context, reading=True) as app:
        everybody = list(app.register.accounts)
        wanted = [app.desk.accounts.known(a) for a in accounts] if accounts else everybody
        with progress(_sources_of(app, wanted)) as advance:
            readings = app.rounds.read_accounts(wanted, app.clock(), advance)
        unread = _unread(app, wanted, {r.source for r in readings})
        if as_json:
            out(json_text(readings_document(readings, unread), app.settings.zone))
        else:
            if readings or not unread:
                show_readings(readings, app.words, app.register)
            show_names(app.desk.beliefs.other_names(wanted), app.words, app.register)
            show_unread(unread, app.rounds.spent(app.clock()), app.words)
        finish(bool(unread) or any(not r.good for r in readings))


def tick(context: typer.Context, at: At = None, as_json: Json = False) -> None:
    """Make one whole pass: read what is due, assess, alert, try every due delivery once."""
    from monitor.store.locking import beside

    settings = settings_of(context)
    shown = sys.stderr if as_json else None
    alone = beside(settings.database)
    with spoken(settings), alone, opened(context, True, at, leading=True, out=shown) as app:
        if at is not None:
            _drive(app)
        readings = app.service.tick()
        if as_json:
            out(json_text(readings_document(readings), app.settings.zone))
        else:
            show_readings(readings, app.words, app.register)
        finish(any(not r.good for r in readings) or bool(app.store.alerts.open()))


def doctor(
    context: typer.Context,
    quick: Annotated[
        bool, typer.Option("--quick", help="Read one account a gateway instead of all.")
    ] = False,
    deep: Deep = False,
    as_json: Json = False,
) -> None:
    """Check the configuration, the database, the gateways and the channels; one line each."""
    from monitor.desk.doctor import examine, reached, stored
    from monitor.desk.probing import to_ask
    from monitor.desk.shapes import Level

    with opened(context, reading=True) as app:
        kinds = {c.id: c.kind for c in app.settings.channels.values()}
        asked = (to_ask(app.register, app.register.gateways[g], quick) for g in app.sources)
        with progress(sum(map(len, asked))) as advance:
            examined = examine(
                app.settings.warnings,
                app.register,
                app.store,
                app.sources,
                kinds,
                app.clock(),
                app.settings.monthly_to,
                quick=quick,
                advance=lambda: advance(None),
            )
        found = [
            stored(app.store),
            *_rechecked(app, deep),
            *examined,
            *reached(app.register.people, kinds, app.channels),
        ]
        out(
            json_text([asdict(one) for one in found], app.settings.zone)
        ) if as_json else show_findings(found, app.words)
        finish(any(one.level is Level.PROBLEM for one in found))


def _rechecked(app: App, deep: bool) -> Iterator[Finding]:
    from monitor.desk.doctor import kept
    from monitor.running.keeping import recheck

    if deep:
        yield kept(recheck(app))


def alive(context: typer.Context, as_json: Json = False) -> None:
    """Say whether the service runs, by its last pass; asks no gateway. For health checks."""
    from alerts.words import translator
    from monitor.desk.doctor import service
    from monitor.desk.shapes import Level
    from monitor.driver import last_pass

    settings = settings_of(context)
    with spoken(settings):
        beat, now = last_pass(settings.database)
        found = service(beat, settings.zone, now)
    out(json_text(asdict(found), settings.zone)) if as_json else show_findings(
        [found], translator(settings.language, settings.zone)
    )
    finish(found.level is not Level.OK)


def demo(
    keep: Annotated[
        Path | None,
        typer.Option("--keep", help="A new folder for configuration and database.", metavar="DIR"),
    ] = None,
    as_json: Json = False,
) -> None:
    """Play the year 2024 of 鞍山民政, everything real but the clock, in half a minute."""
    from alerts.words import CHINA, translator
    from monitor.demo.year import document, play

    with printing_aside(as_json):
        outcome = play(keep=keep)
        if keep is not None:
            show_kept(keep, called(), translator("zh_CN"))
    if as_json:
        out(json_text(document(outcome, keep), CHINA))


def _drive(app: App) -> None:
    """Mark the database as driven by `tick --at`. Raises `UsageError` if the service led it."""
    from monitor.driver import Driver, claim

    if not claim(app.store, Driver.TICK):
        raise UsageError(
            Told(
                "tick --at: this database has been led by `freshness run`; use another one "
                "(service.database) to play with time"
            )
        )


def _unread(
    app: App, accounts: Sequence[str], read: Collection[str]
) -> list[tuple[GatewayState, int]]:
    """The gateways that were not asked for some of their sources, and for how many."""
    specs = [s for a in accounts for s in app.register.accounts[a].sources if s.id not in read]
    states = app.store.gateways.states()
    left = Counter(spec.gateway for spec in specs)
    return [(states[gateway], n) for gateway, n in left.items() if gateway in states]


def _sources_of(app: App, accounts: Sequence[str]) -> int:
    return sum(len(app.register.accounts[a].sources) for a in accounts)


def backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the copy is written.")],
    as_json: Json = False,
) -> None:
    """Write a checked copy of the database while the service goes on."""
    with opened(context) as app:
        app.store.backup_to(file)
        said = app.words.text("A checked copy of the database is in {file}.").format(file=file)
        tell(said, {"file": str(file)}, as_json, app.words)


def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A copy that `backup` wrote.")],
    force: Annotated[
        bool, typer.Option("--force", help="Also where a database is; it is kept aside.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Put a backup in the place of the database while no service runs."""
    from alerts.words import translator
    from monitor.store.restoring import restore

    settings = settings_of(context)
    with spoken(settings):
        aside = restore(settings.database, file, utc_now(), force)
    words = translator(settings.language, settings.zone)
    if as_json:
        kept = str(aside) if aside is not None else None
        out(json_text({"restored": str(file), "kept": kept}, words.zone))
        return
    out(words.text("The database is restored from {file}.").format(file=file))
    if aside is not None:
        out(words.text("The former one is kept in {file}.").format(file=aside))
