"""The log: one line a decision on stderr, with every secret struck out.

Its lines are logfmt, JSON, or made for a terminal, as `FRESHNESS_LOG_FORMAT` has it. The only user
of structlog. Nothing else writes to stderr while the service runs.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from alerts.common.log import Log
from alerts.common.redaction import Redactor
from monitor.clock import utc_now

FIRST = ("timestamp", "level", "event")  # fields in the order in which every line begins


class LogFormat(StrEnum):
    """How a line of the log is written."""

    CONSOLE = "console"  # for a terminal: aligned and coloured
    LOGFMT = "logfmt"  # key=value
    JSON = "json"


class Redaction:
    """Strikes known secrets out of everything that is about to be written."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._redactor = Redactor(secrets)

    def clean(self, text: str) -> str:
        """Return *text* with every secret replaced."""
        return self._redactor.strike(text)

    def __call__(
        self, _: Any, __: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        """Clean every field of a log event."""
        return {key: self._field(value) for key, value in event.items()}

    def _field(self, value: Any) -> Any:
        match value:
            case None | bool() | int() | float():
                return value
            case Mapping():
                return {str(key): self._field(part) for key, part in value.items()}
            case list() | tuple() | set() | frozenset():
                return [self._field(part) for part in value]
        return self.clean(str(value))


class LocalTimes:
    """Prints instants in the configured zone, so that the log and the messages agree."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone

    def __call__(
        self, _: Any, __: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        """Render every instant of a log event."""
        return {key: self._field(value) for key, value in event.items()}

    def _field(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return value.astimezone(self._zone).isoformat(timespec="seconds")
        return value


def _stamped(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Say when it was written; `LocalTimes` puts it into the configured zone."""
    event["timestamp"] = utc_now()
    return event


def _bugs(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Write out an unexpected exception with its traceback: those are ours to mend."""
    bug = event.pop("bug", None)
    if isinstance(bug, BaseException):
        event["traceback"] = "".join(traceback.format_exception(bug))
    return event


def _printable(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Escape control and invisible characters, so that no text can move or recolour a line."""
    return {k: _escaped(v) if isinstance(v, str) else v for k, v in event.items()}


def _escaped(text: str) -> str:
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
    writer = cache(
        lambda: _writer(known, zone, level, form or LogFormat.LOGFMT, stream or sys.stderr)
    )
    _take_in("alerts", writer)

    def log(event: str, /, **facts: Any) -> None:
        if "bug" in facts:
            writer().error(event, **facts)
        elif not quiet:
            writer().info(event, **facts)

    return log


def _writer(
    secrets: Iterable[str], zone: ZoneInfo, level: int, form: LogFormat, stream: TextIO
) -> Any:
    import structlog  # noqa: PLC0415 - most commands write nothing

    return structlog.wrap_logger(
        structlog.PrintLogger(stream),
        processors=[
            _stamped,
            structlog.processors.add_log_level,
            _bugs,
            LocalTimes(zone),
            Redaction(secrets),
            _printable,
            _renderer(form),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )


def _renderer(form: LogFormat) -> Any:
    import structlog  # noqa: PLC0415 - most commands write nothing

    match form:
        case LogFormat.JSON:
            return structlog.processors.JSONRenderer(ensure_ascii=False)
        case LogFormat.CONSOLE:
            return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    return structlog.processors.LogfmtRenderer(
        key_order=FIRST, drop_missing=True, bool_as_flag=False
    )


class _Remarks(logging.Handler):
    """What channels remark beside their work, as lines of the log like all others."""

    def __init__(self, writer: Callable[[], Any]) -> None:
        super().__init__()
        self._writer = writer

    def emit(self, record: logging.LogRecord) -> None:
        """Write *record* as an event; who remarked goes on, whatever becomes of the line."""
        try:
            self._writer().log(record.levelno, "channel_remarked", remark=record.getMessage())
        except (OSError, ValueError):  # a full disk, a stream that is closed
            with suppress(ValueError):
                self.handleError(record)


def _take_in(name: str, writer: Callable[[], Any]) -> None:
    library = logging.getLogger(name)
    library.setLevel(logging.INFO)
    # One log a process: that of a configuration read again takes the place of the one before.
    library.handlers = [h for h in library.handlers if not isinstance(h, _Remarks)]
    library.addHandler(_Remarks(writer))
