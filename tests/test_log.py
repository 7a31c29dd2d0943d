"""The log: a line an event, in three formats, without secrets and without tricks of the text."""

import json
import logging
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from structlog.processors import LogfmtRenderer

from monitor.log import FIRST, LogFormat, logfmt, open_log

ZONE = ZoneInfo("Asia/Shanghai")
SECRET = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
CHANNEL = logging.getLogger("alerts.channels.telegram_updates")


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    library = logging.getLogger("alerts")
    before = (library.level, list(library.handlers))
    yield
    library.setLevel(before[0])
    library.handlers = before[1]


def remarked(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return the lines of the log without their time."""
    return [line.partition(" ")[2] for line in capsys.readouterr().err.splitlines()]


def test_a_channels_remark_is_one_line_without_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    open_log([SECRET], ZONE)
    CHANNEL.info("a stranger wrote: %s", 4040)
    CHANNEL.warning("refused: %s", SECRET)
    assert remarked(capsys) == [
        'level=info event=channel_remarked remark="a stranger wrote: 4040"',
        'level=warning event=channel_remarked remark="refused: ***"',
    ]


def test_a_command_logs_warnings_alone(capsys: pytest.CaptureFixture[str]) -> None:
    open_log([], ZONE, quiet=True)
    CHANNEL.info("a stranger wrote")
    CHANNEL.warning("it is not heard")
    assert remarked(capsys) == ['level=warning event=channel_remarked remark="it is not heard"']


def test_a_remark_that_cannot_be_written_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = StringIO()
    monkeypatch.setattr(sys, "stderr", closed)
    open_log([], ZONE)
    closed.close()
    CHANNEL.warning("nobody can read this")


def test_a_log_opened_anew_takes_the_place_of_the_one_before(
    capsys: pytest.CaptureFixture[str],
) -> None:
    open_log([], ZONE)
    open_log([], ZONE)
    CHANNEL.warning("once")
    assert len(remarked(capsys)) == 1


NOON = datetime(2024, 2, 9, 4, tzinfo=UTC)
FACTS: dict[str, Any] = {
    "account": "weibo-mz",
    "posts": 3,
    "newest": NOON,
    "missing": None,
    "sure": True,
    "why": f"HTTP 403 at https://h.test/?key={SECRET}",
    "tried": [f"a {SECRET}", 2],
    "forged": "x\nlevel=error",
    "tricks": "\x1b[31mred\u202e",
}
AT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00"


def logged(capsys: pytest.CaptureFixture[str], form: LogFormat, **facts: Any) -> str:
    """Return the one line that an event makes."""
    open_log([SECRET], ZONE, form=form)("source_read", **facts)
    [line] = capsys.readouterr().err.splitlines()
    return line


def test_logfmt_is_key_and_value(capsys: pytest.CaptureFixture[str]) -> None:
    line = logged(capsys, LogFormat.LOGFMT, **FACTS)
    at, _, rest = line.partition(" ")
    assert re.fullmatch(f"timestamp={AT}", at)
    assert rest == (
        "level=info event=source_read account=weibo-mz posts=3 newest=2024-02-09T12:00:00+08:00 "
        'missing= sure=true why="HTTP 403 at https://h.test/?key=***" '
        'tried="[\'a ***\', 2]" forged="x\\nlevel=error" tricks=\\x1b[31mred\\u202e'
    )


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        3,
        0.5,
        "",
        "a b",
        "a=b",
        'a"b',
        "a\\b",
        "a\\ b",
        "a\nb",
        "\\n =",
        [1, "a b"],
        {"a": 1},
    ],
    ids=repr,
)
def test_logfmt_is_that_of_the_library(value: Any) -> None:
    render = LogfmtRenderer(key_order=FIRST, drop_missing=True, bool_as_flag=False)
    fields = {"first": value, "event": "x", "timestamp": "then", "level": "info", "last": value}
    assert logfmt(dict(fields)) == render(None, "", dict(fields))


def test_json_is_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(logged(capsys, LogFormat.JSON, **FACTS))
    assert re.fullmatch(AT, found.pop("timestamp"))
    assert found == {
        "level": "info",
        "event": "source_read",
        **FACTS,
        "newest": "2024-02-09T12:00:00+08:00",
        "why": "HTTP 403 at https://h.test/?key=***",
        "tried": ["a ***", 2],
        "tricks": "\\x1b[31mred\\u202e",
    }


def test_the_console_shows_the_same_in_columns(capsys: pytest.CaptureFixture[str]) -> None:
    line = logged(capsys, LogFormat.CONSOLE, account="weibo-mz", key=SECRET, tricks="\x1b[31m")
    assert line.split()[1:] == [
        *("[info", "]", "source_read"),
        *("account=weibo-mz", "key=***", "tricks=\\x1b[31m"),
    ]


@pytest.mark.parametrize("form", list(LogFormat))
def test_no_form_shows_a_secret_of_whatever_kind_of_value(
    capsys: pytest.CaptureFixture[str], form: LogFormat
) -> None:
    class Odd:
        def __str__(self) -> str:
            return f"<{SECRET}>"

    log = open_log([SECRET], ZONE, form=form)
    log("x", odd=Odd(), path=Path(SECRET), deep={"a": [{"b": (SECRET,)}]}, bug=OSError(SECRET))
    shown = capsys.readouterr().err
    assert SECRET not in shown
    assert shown.count("***") >= 4
    assert "OSError: ***" in shown
