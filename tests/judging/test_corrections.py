"""What was said of a silence and is not true: by a clock that ran ahead, more than once, and of a
post that was taken back."""

from __future__ import annotations

from datetime import datetime

import pytest

from alerts.rules.lifecycle import unheard_since
from monitor.freshness.verdict import Verdict
from monitor.ledger.lapses import always, lapses
from monitor.ledger.records import ImportedPost
from monitor.store.base import Store
from tests.judging.test_engine import World
from tests.rule_values import DAY, LIMIT, POSTED, ZONE, at
from tests.store_values import seen

ALL = ("li", "wang", "zhang")


class Told(World):
    """A silence, and every message about it, which are all sent."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.read(POSTED, POSTED)
        self.now = POSTED

    def at(self, when: str, *posted: datetime) -> list[str]:
        """Come to this moment, perhaps back to it, read well and judge; return what is said of the
        silence, and to whom."""
        self.now = at(when)
        self.store.undo_ahead(self.now)
        found = self.look(self.now, *posted)
        self.deliver(self.now)
        self.fresh()
        return [text.removeprefix("silence ").partition("@")[0] for text in found]

    def unheard(self) -> datetime | None:
        """Since when nobody hears of the open alert."""
        [alert] = self.store.alerts.open()
        return unheard_since(alert, self.store.alerts.notices_of([alert.id]).get(alert.id, ()))

    def verdict(self) -> Verdict:
        states = dict(self.store.gateways.states())
        [one] = self.engine.situations(self.now, self.awake, states).values()
        return one.assessment.verdict

    def lapses(self) -> list[datetime]:
        """When the limit passed unkept, as the ledger has it."""
        dates = [post.published_at for post in self.store.posts.of_account("weibo")]
        return [found.began_at for found in lapses(dates, always(14 * DAY), self.now, ZONE)]


def to_all(said: str) -> list[str]:
    return [f"{said} {name}" for name in ALL]


@pytest.fixture
def told(sqlite_store: Store) -> Told:
    return Told(sqlite_store)


def test_F62_two_clocks_ahead_in_one_silence_are_corrected_once_each(told: Told) -> None:
    assert told.at("03-13 09:00") == ["rung:7 zhang"]
    assert told.at("03-18 09:00") == to_all("rung:12")  # by a clock ahead
    assert told.at("03-13 10:00") == to_all("end")
    assert told.unheard() is None, "the custodian was told at nine, and rightly"
    assert told.at("03-19 09:00") == to_all("rung:13")  # and ahead again
    assert told.at("03-13 12:00") == to_all("end")
    assert told.unheard() is None
    assert told.at("03-14 09:00") == [], "what was called rightly is not called again"
    assert told.verdict() is Verdict.LATE
    assert told.at("03-18 09:00") == to_all("rung:12")
    assert told.at("03-19 09:00") == to_all("rung:13")
    assert told.at("03-19 11:00", at("03-19 10:00")) == to_all("end")
    assert told.alerts() == [
        "silence weibo corrected",
        "silence weibo corrected",
        "silence weibo posted",
    ]
    assert told.lapses() == []


def test_F62_who_was_called_before_two_clocks_ran_ahead_hears_of_the_end(told: Told) -> None:
    for when in ("03-13 09:00", "03-18 09:00", "03-13 10:00", "03-18 09:00", "03-13 11:00"):
        told.at(when)
    assert told.at("03-14 10:00", at("03-14 09:00")) == ["end zhang"]


def test_F62_what_a_clock_that_fell_back_took_back_is_said_again(told: Told) -> None:
    assert told.at("03-18 09:00") == to_all("rung:12")
    assert told.at("03-13 10:00") == ["end li", "end wang", "rung:7 zhang"]  # by a clock behind
    assert told.at("03-18 09:30") == to_all("rung:12")
    assert told.unheard() is None
    assert told.at("03-18 10:00") == []
    assert told.alerts() == ["silence weibo corrected", "silence weibo open"]


def imported(told: Told, posted: datetime) -> int:
    rows = [ImportedPost("weibo", seen("x", posted))]
    number = told.store.imports.add(rows, [], "export.csv", told.now, False).id
    assert number is not None
    return number


@pytest.mark.parametrize(
    ("called", "post", "ended", "undone", "said", "verdict"),
    [
        pytest.param(
            ["03-13 09:00"],
            at("03-12 10:00"),
            "03-13 11:00",
            "03-13 12:00",
            ["rung:7 zhang"],
            Verdict.LATE,
            id="below the limit",
        ),
        pytest.param(
            ["03-18 09:00", "03-19 09:00", "03-20 10:05"],
            at("03-19 10:00"),
            "03-20 11:00",
            "03-20 12:00",
            to_all("breach"),
            Verdict.BREACHED,
            id="beyond it",
        ),
    ],
)
def test_a_post_that_is_taken_back_ended_nothing(
    told: Told,
    called: list[str],
    post: datetime,
    ended: str,
    undone: str,
    said: list[str],
    verdict: Verdict,
) -> None:
    for when in called:
        last = told.at(when)
    assert last == said
    for _ in range(2):  # and again
        number = imported(told, post)
        assert told.at(ended) == [f"end {one.split()[1]}" for one in said]
        assert (told.verdict(), told.lapses()) == (Verdict.FRESH, [])
        told.store.imports.undo(number, told.now)
        assert told.at(undone) == said
        assert told.verdict() is verdict
        assert told.lapses() == ([POSTED] if told.now >= LIMIT else [])
        assert told.at(undone.replace(":00", ":30")) == []
        ended, undone = undone.replace(":00", ":40"), undone.replace(":00", ":50")


def test_a_post_that_is_found_late_leaves_the_calls_before_it_alone(told: Told) -> None:
    told.at("03-18 09:00")
    assert told.at("03-18 10:00", at("03-07 10:00")) == to_all("end")
    assert told.at("03-18 11:00") == []
