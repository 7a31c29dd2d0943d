"""Once a month each channel is tried by one marked message, and what it came to is kept."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from alerts.channels import registry
from alerts.channels.base import Channel
from alerts.channels.console import Console
from alerts.message import Delivers, Refused
from alerts.model import ChannelSettings, Person, Reach
from monitor.app import opened
from monitor.desk.self_tests import LastTest, LastTests, SelfTests, silent_for_long
from monitor.settings import sample
from monitor.settings.loading import load
from monitor.store.base import Store
from tests.rule_values import at, register
from tests.serving import Asked, Served
from tests.web.site import WORDS

FIRST = at("03-01 09:00")  # the first working day of March
PEOPLE = {
    "li": Person("li", "李四", None, ("duty",), (Reach("robot", ""),)),
    "zhao": Person("zhao", "赵六", None, ("operator",), (Reach("robot", ""), Reach("gone", ""))),
}
RULES = replace(register(), people=PEOPLE)


class Refusing(Asked):
    """A robot that was taken out of its group."""

    def do_POST(self) -> None:
        """Say so."""
        self.body()
        self.give(200, b'{"errcode":93000,"errmsg":"invalid webhook url"}', {})


@pytest.fixture
def out() -> StringIO:
    return StringIO()


@pytest.fixture
def tests(sqlite_store: Store, out: StringIO) -> Iterator[SelfTests]:
    with Served(Refusing) as served:
        url = f"{served.url}/cgi-bin/webhook/send?key=x"
        gone = registry.build(ChannelSettings("gone", "wecom", {"url": url}), out)
        channels: dict[str, Channel] = {
            "screen": Console(ChannelSettings("screen", "console", {}), out),
            "robot": Console(ChannelSettings("robot", "console", {}), out),
            "gone": gone,
        }
        kinds = {"screen": "console", "robot": "wecom", "gone": "wecom", "unused": "wecom"}
        with closing(gone):
            yield SelfTests(sqlite_store.notes, lambda: RULES, channels, kinds, WORDS, said)


def said(_event: str, /, **_facts: Any) -> None:
    """Nobody listens."""


def test_on_the_first_working_day_each_channel_is_tried_once(
    tests: SelfTests, sqlite_store: Store, out: StringIO
) -> None:
    accepted, refused = tests.send_due(FIRST)
    assert accepted == Delivers("robot", "zhao")
    assert isinstance(refused, Refused)
    assert (refused.channel, refused.person) == ("gone", "zhao")
    assert out.getvalue().count("接收人：") == 1
    known = LastTests(sqlite_store.notes).known()
    assert known["robot"] == LastTest(FIRST, True)
    assert (known["gone"].sent, "93000" in known["gone"].error) == (False, True)
    assert "unused" not in known


@pytest.mark.parametrize(
    ("when", "sends"),
    [
        ("03-01 12:00", False),
        ("03-31 12:00", False),
        ("04-01 08:59", False),
        ("04-01 09:00", True),
        ("04-07 23:00", False),
        ("05-20 10:00", True),
    ],
    ids=["the same day", "the same month", "before nine", "the next month", "at night", "later"],
)
def test_the_next_is_that_of_the_next_month(tests: SelfTests, when: str, sends: bool) -> None:
    tests.send_due(FIRST)
    assert bool(tests.send_due(at(when))) == sends


@pytest.mark.parametrize(
    ("accepted", "tested", "silent"),
    [
        (None, None, True),
        (1, None, False),
        (32, None, True),
        (32, 3, False),
        (32, 33, True),
    ],
    ids=["never", "yesterday", "a month ago", "tested since", "tested before"],
)
def test_a_channel_that_was_not_needed_for_a_month_is_named(
    accepted: int | None, tested: int | None, silent: bool
) -> None:
    def ago(days: int) -> Any:
        return FIRST - timedelta(days=days)

    one = LastTest(ago(tested), True) if tested else None
    assert silent_for_long(ago(accepted) if accepted else None, one, FIRST) == silent


class Hook(Asked):
    """A system of the office's own."""

    bodies: list[bytes] = []  # noqa: RUF012 - a class of its own for each test

    def do_POST(self) -> None:
        """Take a message."""
        self.bodies.append(self.body())
        self.give(200, b"", {})


@pytest.mark.parametrize("wanted", [True, False], ids=["wanted", "not wanted"])
def test_the_service_sends_it_where_the_configuration_wants_it(
    tmp_path: Path, wanted: bool
) -> None:
    bodies: list[bytes] = []
    sample.write(tmp_path / "config")
    with Served(type("Own", (Hook,), {"bodies": bodies})) as served:
        people, monitor = (tmp_path / "config" / n for n in ("people.toml", "monitor.toml"))
        hook = f'kind = "webhook"\nurl = "{served.url}"'
        text = people.read_text("utf-8").replace('kind = "console"', hook)
        people.write_text(text, "utf-8")
        lines = f"[reports]\nchannel_tests = {str(wanted).lower()}\n"
        monitor.write_text(f"{monitor.read_text('utf-8')}{lines}", "utf-8")
        with opened(load(tmp_path / "config", {}), said, clock=lambda: FIRST) as app:
            app.service.monthly()
    assert len(bodies) == wanted


def test_a_test_that_failed_says_nothing_of_what_is_sure() -> None:
    assert silent_for_long(None, LastTest(FIRST, False, "x"), FIRST)
