"""What every command begins and ends with: the settings, the wired app, the exit code."""

from __future__ import annotations

import gc
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import typer

from monitor.commands.arguments import flag, instant
from monitor.errors import ImportFileError, ReportFileError, StoreError, UsageError, worded

if TYPE_CHECKING:
    from monitor.app import App
    from monitor.settings.model import Settings

FINE, TROUBLE, WRONG = 0, 1, 2
INTERRUPTED = 130  # as shells have it of a program that Ctrl-C has ended
USUAL = gc.get_threshold()
RARELY = 50_000


@dataclass(frozen=True, slots=True)
class Where:
    """Where the configuration is."""

    folder: Path


class LeftBehindError(Exception):
    """Readings under way do not end; the process is to end without them."""


def start_quickly() -> None:
    """Look for garbage rarely. What a start makes lives until the command ends: looking for
    garbage in it is a sixth of a short command's time."""
    gc.set_threshold(RARELY)


def live_long() -> None:
    """Look for garbage as usual: the service lives for months."""
    gc.set_threshold(*USUAL)


def named(context: typer.Context) -> Path | None:
    """Return the configuration folder if the command line named it."""
    source = context.find_root().get_parameter_source("config")
    where = context.find_object(Where)
    return where.folder if where and source and source.name == "COMMANDLINE" else None


def called() -> str:
    """Return how this program is called from here: by its path where the shell does not find it."""
    hidden = Path(sys.argv[0]).name == "freshness" and shutil.which("freshness") is None
    return sys.argv[0] if hidden else "freshness"


def settings_of(context: typer.Context) -> Settings:
    """Return the settings of the folder that the command line names. Raises `SettingsError`."""
    from monitor.settings import loading

    where = context.find_object(Where)
    assert where is not None
    return loading.load(where.folder, os.environ)


@contextmanager
def opened(
    context: typer.Context,
    reading: bool = False,
    at: str | None = None,
    leading: bool = False,
    out: TextIO | None = None,
) -> Iterator[App]:
    """Yield the wired app; with *reading* its gateways too, with *at* as of that instant.

    *leading*, *out*: as for `monitor.app.opened`.
    """
    from monitor import app as root
    from monitor.log import open_log

    settings = settings_of(context)
    log = open_log(settings.secrets, settings.zone, not reading, settings.log_format)
    with spoken(settings):
        moment = instant(at, settings.zone)
        parts = root.opened(settings, log, reading=reading, at=moment, leading=leading, out=out)
        with parts as app:
            yield app


@contextmanager
def spoken(settings: Settings) -> Iterator[None]:
    """Say in the configured language what cannot be done, and how far what takes long has come."""
    with spoken_in(settings.language), _watched(settings):
        yield


@contextmanager
def spoken_in(language: str) -> Iterator[None]:
    """Say in *language* what cannot be done; one that is none is as if none were named."""
    try:
        yield
    except ImportFileError as error:
        raise ImportFileError([_said(one, language) for one in error.problems]) from None
    except (ReportFileError, UsageError) as error:
        raise UsageError(_said(error.line, language)) from None
    except StoreError as error:
        raise StoreError(_said(error.args[0], language)) from error


@contextmanager
def _watched(settings: Settings) -> Iterator[None]:
    """Show how far a database is rebuilt, if one has to be for this version."""
    from monitor.store.watching import ADVANCE

    bars: list[Callable[[int, int], None]] = []
    with ExitStack() as stack:

        def advance(done: int, total: int) -> None:
            from alerts.words import translator
            from monitor.commands.show.console import rebuilding

            words = translator(settings.language, settings.zone)
            bars[:] = bars or [stack.enter_context(rebuilding(words))]
            bars[0](done, total)

        token = ADVANCE.set(advance)
        try:
            yield
        finally:
            ADVANCE.reset(token)


def _said(line: str, language: str) -> str:
    from alerts.common.languages import languages
    from alerts.words import translator

    known = language in languages()
    return worded(line, flag, translator(language).text) if known else line


def finish(trouble: bool) -> None:
    """End the command with the exit code of *trouble* found, if there is any."""
    if trouble:
        raise typer.Exit(TROUBLE)
