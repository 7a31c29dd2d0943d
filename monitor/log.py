"""The log: one line a decision on stderr, with every secret struck out.

Its lines are logfmt, JSON, or made for a terminal, as `FRESHNESS_LOG_FORMAT` has it. The only user
of structlog, which makes the last. Nothing else writes to stderr while the service runs.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from functools import cache, lru_cache, partial
from threading import Lock
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from alerts.common.log import Log
from alerts.common.redaction import Redactor
from monitor.clock import utc_now

FIRST = ("timestamp", "level", "event")  # fields in the order in which every line begins

Fields = dict[str, Any]


class LogFormat(StrEnum):
    """How a line of the log is written."""

    CONSOLE = "console"  # for a terminal: aligned and coloured
    LOGFMT = "logfmt"  # key=value
    JSON = "json"


class _Values:
    """Makes values fit for a line: without secrets, instants in the configured zone, and no text
    that can move or recolour it."""

    def __init__(self, secrets: Iterable[str], zone: ZoneInfo) -> None:
        self._redactor = Redactor(secrets)
        self._zone = zone
        # Most of what a line says is a word of ours, which was said before.
        self._text = lru_cache(maxsize=512)(self._struck)

    def _struck(self, text: str) -> str:
        return _escaped(self._redactor.strike(text))

    def shown(self, value: Any) -> Any:
        """Return *value* as it is written."""
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, datetime):
            return value.astimezone(self._zone).isoformat(timespec="seconds")
        return self._inner(value)

    def _inner(self, value: Any) -> Any:
        match value:
            case None | bool() | int() | float():
                return value
            case Mapping():
                return {str(key): self._inner(part) for key, part in value.items()}
            case list() | tuple() | set() | frozenset():
                return [self._inner(part) for part in value]
        return self._redactor.strike(str(value))


def _escaped(text: str) -> str:
    """*text* with escapes for control and invisible characters."""
    if text.isprintable():
        return text
    # Renderers escape the end of a line themselves.
    return "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in text)


def open_log(
    secrets: Iterable[str],
    zone: ZoneInfo,
    quiet: bool = False,
    form: LogFormat | None = None,
    stream: TextIO | None = None,
) -> Log:
    """Return the log, logfmt unless another *form* is asked for, to stderr unless to another
    *stream*. With *quiet* only events of level warning and above are written."""
    level = logging.WARNING if quiet else logging.INFO
    for noisy in ("httpx", "httpcore", "telegram", "apscheduler", "alembic", "urllib3"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    known = tuple(secrets)
    values = _Values(known, zone)
    writer = cache(lambda: _Writer(values, level, _renderer(form), stream or sys.stderr))
    _take_in("alerts", writer)

    def log(event: str, /, **facts: Any) -> None:
        if "bug" in facts:
            writer().write(logging.ERROR, event, facts)
        elif not quiet:
            writer().write(logging.INFO, event, facts)

    return log


class _Writer:
    """Writes events as lines."""

    def __init__(
        self, values: _Values, level: int, render: Callable[[Fields], str], stream: TextIO
    ) -> None:
        self._values = values
        self._level = level
        self._render = render
        self._stream = stream
        self._lock = Lock()

    def write(self, level: int, event: str, facts: Mapping[str, Any]) -> None:
        """Write an event of *level*, unless that is below what is written. An unexpected exception,
        the fact `bug`, is written with its traceback: those are ours to mend."""
        if level < self._level:
            return
        said = {**facts, "event": event, "timestamp": utc_now()}
        said["level"] = logging.getLevelName(level).lower()
        bug = said.pop("bug", None)
        if isinstance(bug, BaseException):
            said["traceback"] = "".join(traceback.format_exception(bug))
        line = self._render({name: self._values.shown(value) for name, value in said.items()})
        with self._lock:
            self._stream.write(f"{line}\n")
            self._stream.flush()


def _renderer(form: LogFormat | None) -> Callable[[Fields], str]:
    match form:
        case LogFormat.JSON:
            return partial(json.dumps, ensure_ascii=False)
        case LogFormat.CONSOLE:
            return _in_columns()
        case LogFormat.LOGFMT | None:
            return logfmt


def _in_columns() -> Callable[[Fields], str]:
    import structlog  # noqa: PLC0415 - heavy, and only for a terminal

    columns = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    return lambda fields: columns(None, "", fields)


def logfmt(fields: Fields) -> str:
    """Return *fields* as `key=value`, when it was and what first, quoted where need be.

    As structlog's `LogfmtRenderer` has it, which takes three times as long, with a library of
    nine megabytes, for the line that every reading writes.
    """
    ordered = {name: fields[name] for name in FIRST if name in fields} | fields
    return " ".join([f"{name}={_quoted(value)}" for name, value in ordered.items()])


def _quoted(value: Any) -> str:
    if value is None:
        return ""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    quoted = " " in text or "=" in text or '"' in text
    if quoted and "\\" in text:
        text = text.replace("\\", "\\\\")
    text = text.replace('"', '\\"').replace("\n", "\\n")
    return f'"{text}"' if quoted else text


class _Remarks(logging.Handler):
    """What channels remark beside their work, as lines of the log like all others."""

    def __init__(self, writer: Callable[[], Any]) -> None:
        super().__init__()
        self._writer = writer

    def emit(self, record: logging.LogRecord) -> None:
        """Write *record* as an event; who remarked goes on, whatever becomes of the line."""
        try:
            said = {"remark": record.getMessage()}
            self._writer().write(record.levelno, "channel_remarked", said)
        except (OSError, ValueError):  # a full disk, a stream that is closed
            with suppress(ValueError):
                self.handleError(record)


def _take_in(name: str, writer: Callable[[], Any]) -> None:
    library = logging.getLogger(name)
    library.setLevel(logging.INFO)
    # One log a process: that of a configuration read again takes the place of the one before.
    library.handlers = [h for h in library.handlers if not isinstance(h, _Remarks)]
    library.addHandler(_Remarks(writer))
