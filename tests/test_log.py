"""The log: what channels remark beside their work is a line like all others."""

import logging
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest

from monitor.log import open_log

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
        "level='info' event='channel_remarked' remark='a stranger wrote: 4040'",
        "level='warning' event='channel_remarked' remark='refused: ***'",
    ]


def test_a_command_hears_warnings_alone(capsys: pytest.CaptureFixture[str]) -> None:
    open_log([], ZONE, quiet=True)
    CHANNEL.info("a stranger wrote")
    CHANNEL.warning("it is not heard")
    assert remarked(capsys) == ["level='warning' event='channel_remarked' remark='it is not heard'"]


def test_a_log_opened_anew_takes_the_place_of_the_one_before(
    capsys: pytest.CaptureFixture[str],
) -> None:
    open_log([], ZONE)
    open_log([], ZONE)
    CHANNEL.warning("once")
    assert len(remarked(capsys)) == 1
