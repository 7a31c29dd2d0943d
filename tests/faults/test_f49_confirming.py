"""F49, F59: what is doubted is said, and a person's answer ends the doubt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from alerts.answers.buttons import buttons, data_of, pressed_of
from alerts.delivery.outbox import After
from alerts.facts import DoubtFacts, SilenceFacts
from alerts.messages.render import render
from alerts.model import Kind, Notice, NoticeState
from alerts.words import translator
from monitor.desk.answers import AnswerService
from monitor.errors import UsageError
from monitor.model import Gateway, Outcome
from monitor.store.base import Store
from tests.faults.seeing import Seen, Site, rss
from tests.rule_values import DAY, HOUR, HOURS, PEOPLE, ZONE, at, facts_in

START = at("03-06 12:00")
OLD = [(f"http://p.example/{n}", START - (3 + n) * DAY) for n in range(8)]
NEW = [(f"http://q.example/{n}", START + DAY - n * HOUR) for n in range(8)]


class Feed:
    def __init__(self) -> None:
        self.posts, self.name = OLD, "鞍山民政"

    def __call__(self, *_: object) -> tuple[int, str, dict[str, str]]:
        return rss(self.posts, START, "http://p.example/", self.name)


@pytest.fixture
def feed() -> Feed:
    return Feed()


@pytest.fixture
def world(sqlite_store: Store, feed: Feed) -> Iterator[Seen]:
    with Site(feed) as site:
        made = [Gateway("g", "feed", site.url, trusted=True)]
        seen = Seen(sqlite_store, made, {"g": "f.xml"}, START)
        seen.look(START)
        feed.posts, feed.name = NEW, "微博热搜榜"
        seen.look(START + DAY)
        yield seen
        seen.close()


def test_F49_what_is_not_believed_is_shown_and_notified_once(world: Seen) -> None:
    status, explained = world.status(), world.explain()
    assert status["last_post_at"] == world.status(START)["last_post_at"]
    assert status["unconfirmed"]["reason"] == "name"
    assert (status["other_name"], status["posts_this_month"]) == ("微博热搜榜", 3)
    assert "微博热搜榜" in explained["text"]
    assert "未予采信" in explained["text"]
    for hours in range(1, 6):
        world.look(START + DAY + hours * HOUR)
    [doubt] = [call for call in world.calls() if "#doubt" in call]
    assert doubt.count("doubt:") == 1


def test_F49_a_person_believes_what_is_seen(world: Seen) -> None:
    world.desk.beliefs.seen("a", "zhang", START + DAY + HOUR)
    [reading] = world.look(START + DAY + 2 * HOUR)
    assert (reading.outcome, world.status()["unconfirmed"]) == (Outcome.OK, None)
    assert world.status()["verdict"] == "fresh"


def test_F59_a_person_confirms_the_name(world: Seen) -> None:
    world.desk.beliefs.named("a", " 微博热搜榜 ", "zhang", START + DAY + HOUR)
    world.look(START + DAY + 2 * HOUR)
    assert world.status()["other_name"] is None


def test_F49_a_person_who_found_nothing_newer_is_a_good_reading(world: Seen) -> None:
    looked = START + DAY + HOUR
    world.desk.beliefs.nothing_newer("a", "zhang", looked)
    world.judge(looked)
    status = world.status()
    assert (status["unconfirmed"], status["last_good_reading_at"]) == (
        None,
        looked.astimezone(ZONE).isoformat(),
    )


def test_where_nothing_is_doubted_there_is_nothing_to_believe(world: Seen) -> None:
    world.desk.beliefs.nothing_newer("a", "zhang", START + DAY + HOUR)
    with pytest.raises(UsageError, match="nothing that is seen of account"):
        world.desk.beliefs.seen("a", "zhang", START + DAY + 2 * HOUR)


WORDS = translator("zh_CN", ZONE)


def doubt_told(world: Seen, now: datetime) -> Notice:
    """Send what waits, and return the message about the doubt."""
    for notice in world.store.outbox.claim(now):
        world.store.outbox.settle(notice, After(NoticeState.SENT), now, None)
    alerts = [a for a in world.store.alerts.open() if a.subject == "g#doubt"]
    [told] = world.store.alerts.notices_of([a.id for a in alerts])[alerts[0].id]
    return told


def press(world: Seen, told: Notice, label: str, now: datetime) -> tuple[bool, str]:
    """Press the button with *label* below the message *told*; return what became of that."""
    [row] = buttons([told], PEOPLE, WORDS, HOURS, now)
    [data] = [button.data for button in row if button.label == label]
    pressed = pressed_of(data)
    assert pressed is not None
    assert data_of(pressed) == data
    service = AnswerService(world.desk, world.store, world.rules, WORDS)
    result = service.answer(pressed.alert, "zhao", pressed.answer, pressed.until, now)
    return result.done, result.text


def test_F49_the_button_of_the_message_believes_what_is_seen(world: Seen) -> None:
    told = doubt_told(world, START + DAY + HOUR)
    done, text = press(world, told, "内容属实", START + DAY + HOUR)
    assert (done, text) == (True, "已记录：zhao确认内容属实，现即重新读取。")
    [reading] = world.look(START + DAY + 2 * HOUR)
    assert (reading.outcome, world.status()["unconfirmed"]) == (Outcome.OK, None)
    done, text = press(world, told, "内容属实", START + DAY + 3 * HOUR)
    assert (done, text) == (False, "此项告警已解除，无需再回复。")


def test_F49_the_button_for_nothing_newer_is_a_good_reading(world: Seen) -> None:
    looked = START + DAY + HOUR
    done, _ = press(world, doubt_told(world, looked), "已核查，无新信息", looked)
    world.judge(looked)
    assert (done, world.status()["unconfirmed"]) == (True, None)


def test_F49_a_button_says_nothing_of_what_came_after_its_message(world: Seen, feed: Feed) -> None:
    told = doubt_told(world, START + DAY + HOUR)
    world.desk.beliefs.nothing_newer("a", "zhang", START + DAY + HOUR)
    feed.name = "别人的微博"
    world.look(START + DAY + 2 * HOUR)
    done, text = press(world, told, "内容属实", START + DAY + 3 * HOUR)
    assert (done, text) == (False, "情况刚有变化，请重新查看后再操作。")
    assert world.status()["unconfirmed"] is not None


BUTTONS = [
    pytest.param({"account": "a"}, ["内容属实", "已核查，无新信息", "已知悉"], id="one account"),
    pytest.param(
        {"account": "a", "of_name": True}, ["内容属实", "已知悉"], id="one account's name alone"
    ),
    pytest.param({"doubts": 2}, ["已知悉"], id="several: one may be right and another not"),
]


@pytest.mark.parametrize(("changes", "expected"), BUTTONS)
def test_F49_which_buttons_a_doubt_has(
    world: Seen, changes: dict[str, Any], expected: list[str]
) -> None:
    told = doubt_told(world, START + DAY + HOUR)
    facts = replace(facts_in(told, DoubtFacts), **{"account": None, "of_name": False} | changes)
    rows = buttons([replace(told, facts=facts)], PEOPLE, WORDS, HOURS, START + DAY)
    assert [button.label for row in rows for button in row] == expected


def test_F49_a_call_that_waits_for_belief_names_what_is_seen(world: Seen, feed: Feed) -> None:
    feed.posts = [("http://q.example/abcdef", START + DAY)]
    while not (asked := [n for n in world.notices() if n.kind is Kind.BLIND and n.rung]):
        world.look(world.now + 6 * HOUR)
    said = render(asked[0], WORDS, HOURS, False).text
    assert facts_in(asked[0], SilenceFacts).unconfirmed
    assert "其后见到未经证实的信息" in said.split("\n")[0]
    assert "见到未经证实的信息：“" in said
