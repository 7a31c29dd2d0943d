"""How a command prints: the one way out, bars for what takes long, how values are written."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, redirect_stdout
from io import TextIOWrapper
from typing import TYPE_CHECKING, TextIO

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from alerts.words import Words
    from monitor.register import Register

PIPED = 120  # columns of a table where no terminal says how many there are
TITLE = 24  # characters of a post's title in a table


def out(shown: str | Text | Table, end: str = "\n", *, aside: bool = False) -> None:
    """Print to stdout, or *aside* to stderr. A string goes out as it is; only a table is ever
    broken into lines."""
    stream = sys.stderr if aside else sys.stdout
    if isinstance(shown, str):
        stream.write(shown + end)
        stream.flush()
    else:
        console = Console(file=stream, highlight=False, width=None if stream.isatty() else PIPED)
        console.print(shown, end=end, soft_wrap=isinstance(shown, Text))


def bear_any_terminal() -> None:
    """Write what the terminal's encoding has no character for as `?`, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


@contextmanager
def printing_aside(aside: bool) -> Iterator[None]:
    """Print what people read to stderr while *aside*: stdout is for programs alone."""
    with redirect_stdout(sys.stderr) if aside else nullcontext():
        yield


class Bearing:
    """A stream of lines that goes on when nobody reads them any more, or they cannot be written."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write *text*, as far as anybody takes it."""
        with self._born():
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Hand on what was written."""
        with self._born():
            self._stream.flush()

    @contextmanager
    def _born(self) -> Iterator[None]:
        try:
            yield
        except OSError:
            # What the stream still holds goes nowhere, at its end too.
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())


def json_text(document: object, zone: ZoneInfo) -> str:
    """Return *document* as every `--json` prints it, with instants in *zone*."""
    from monitor.desk.shapes import as_json

    return as_json(document, zone)


def tell(said: str, document: object, as_json: bool, words: Words) -> None:
    """Print what a command did: in a line, or with *as_json* as its document."""
    out(json_text(document, words.zone) if as_json else said)


def written(file: Path, words: Words) -> str:
    """Return the line that says which file was written."""
    return words.text("Written: {file}").format(file=file)


def moment(at: datetime | None, words: Words, year: bool = False) -> str:
    """Return the instant *at* as people read it; a dash where there is none."""
    return "–" if at is None else words.moment(at, year=year)


def dated(at: datetime | None, until: datetime | None, words: Words) -> str:
    """Return the date of a post as people read it; a dash where there is none."""
    return "–" if at is None else words.dated(at, until)


def named(account: str, words: Words, register: Register) -> str:
    """Return an account's name and platform; what is no account, or none any more, by its id."""
    known = register.accounts.get(account)
    return words.account(known.name, known.platform) if known else account


def width() -> int:
    """Return how many columns there are to print to."""
    return Console(file=sys.stdout).width if sys.stdout.isatty() else PIPED


@contextmanager
def lines_read(words: Words) -> Iterator[Callable[[int], None]]:
    """Yield a function to call with each line's number; shows how far a large file is read."""
    with _bar(TextColumn("{task.completed}"), TimeElapsedColumn()) as bar:
        task = bar.add_task(words.text("Lines read"), total=None)
        # Drawing costs more than reading: every thousandth line moves the bar.
        yield lambda line: bar.update(task, completed=line) if line % 1000 == 0 else None


@contextmanager
def rebuilding(words: Words) -> Iterator[Callable[[int, int], None]]:
    """Yield a function to call with how many parts of the database are rebuilt, of how many."""
    with _bar(TimeElapsedColumn()) as bar:
        task = bar.add_task(words.text("Rebuilding the database; this can be interrupted"))
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def progress(total: int) -> Iterator[Callable[[object], None]]:
    """Yield a function to call once a reading; draws a bar on a terminal only."""
    with _bar(MofNCompleteColumn(), worth=total > 1) as bar:
        task = bar.add_task("", total=total)
        yield lambda _: bar.advance(task)


def _bar(*counting: ProgressColumn, worth: bool = True) -> Progress:
    """Return a bar on stderr, which shows on a terminal only and leaves nothing behind."""
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        *counting,
        console=console,
        transient=True,
        disable=not (console.is_terminal and worth),
    )
