"""F49, F59: what is doubted is said, and a person's answer ends the doubt."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from monitor.errors import UsageError
from monitor.model import Gateway, Outcome
from monitor.store.base import Store
from tests.faults.seeing import Seen, Site, rss
from tests.rule_values import DAY, HOUR, ZONE, at

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
