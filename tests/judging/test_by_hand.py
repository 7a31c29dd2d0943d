"""An account that no gateway sees: its custodian is asked, and what they say is a reading."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts.answers.answer import Answer
from alerts.facts import LookFacts
from alerts.model import Kind
from alerts.words import translator
from monitor.desk.answers import AnswerService
from monitor.desk.desk import Desk
from monitor.model import Account, Gateway, SourceSpec
from monitor.store.base import Store
from tests.judging.test_engine import World
from tests.rule_values import GATEWAYS, at, facts_in, register

EYES = SourceSpec("channels/eyes/", "channels", "eyes", "")
CHANNELS = Account("channels", "鞍山民政", "channels", custodian="zhang", sources=(EYES,))
RULES = replace(
    register(accounts={"channels": CHANNELS}),
    gateways={**GATEWAYS, "eyes": Gateway("eyes", "by_hand", "")},
)
WORDS = translator("zh_CN")
ASKED = "look look:{day} zhang@wecom"


class Hand(World):
    """A world in which a person looks."""

    def __init__(self, store: Store) -> None:
        super().__init__(store, RULES)
        self.desk = Desk(store, RULES, self.engine, WORDS)
        self.answers = AnswerService(self.desk, store, RULES, WORDS)

    def answer(self, answer: Answer, now: str) -> str:
        """Let the custodian answer what they are asked, and return the reply."""
        [alert] = [a for a in self.store.alerts.open() if a.kind is Kind.LOOK]
        return self.answers.answer(alert.id, "zhang", answer, None, at(now)).text

    def verdict(self, now: str) -> str:
        """Return the account's verdict."""
        [account] = self.desk.accounts.status(at(now))["accounts"]
        return account["verdict"]


@pytest.fixture
def hand(sqlite_store: Store) -> Hand:
    """A world that begins on Friday the first of March."""
    return Hand(sqlite_store)


def test_who_was_never_asked_is_asked_on_the_first_working_day(hand: Hand) -> None:
    assert hand.judge(at("03-01 08:59")) == []
    assert hand.judge(at("03-01 09:00")) == [ASKED.format(day="2024-03-01")]
    [notice] = hand.notices()
    assert facts_in(notice, LookFacts) == LookFacts("鞍山民政", "channels", at=at("03-01 09:00"))


def test_asked_again_on_the_next_working_day_and_then_not(hand: Hand) -> None:
    hand.judge(at("03-01 09:00"))
    asked = {day: hand.judge(at(f"03-{day:02} 09:00")) for day in (2, 3, 4, 5)}
    assert asked == {2: [], 3: [], 4: [ASKED.format(day="2024-03-04+")], 5: []}
    assert facts_in(hand.notices()[-1], LookFacts).again


def test_an_answer_ends_the_question_for_a_week(hand: Hand) -> None:
    hand.judge(at("03-01 09:00"))
    hand.deliver(at("03-01 09:00"))
    said = hand.answer(Answer.UPDATED, "03-01 09:20")
    assert said == "已记录：zhang登记今天已更新，自今天起重新计算。"
    assert hand.judge(at("03-01 09:21")) == ["look end zhang@wecom"]
    assert hand.verdict("03-01 09:21") == "fresh"
    assert [hand.judge(at(f"03-0{day} 09:00")) for day in (4, 5, 6, 7)] == [[]] * 4
    assert hand.judge(at("03-08 09:00")) == [ASKED.format(day="2024-03-08")]


def test_an_update_is_one_post_of_that_day_marked_as_seen_by_a_person(hand: Hand) -> None:
    hand.judge(at("03-01 09:00"))
    hand.answer(Answer.UPDATED, "03-01 09:20")
    hand.desk.beliefs.updated_today("channels", "zhang", at("03-01 16:00"))
    [post] = hand.store.posts.of_account("channels")
    assert (post.title, post.published_at) == ("人工登记（zhang）", at("03-01 00:00"))
    [last] = hand.store.readings.of_account("channels", at("03-01 16:00"))
    assert (last.gateway, last.detail) == ("eyes", "zhang looked and saw an update")
    assert RULES.covering([last])[0].covers_from is None  # nobody counted the posts of the day


def test_why_says_that_a_person_looked(hand: Hand) -> None:
    hand.judge(at("03-01 09:00"))
    hand.answer(Answer.UPDATED, "03-01 09:20")
    hand.store.notes.beat(at("03-01 09:21"), hand.awake)
    said = hand.desk.accounts.explain("channels", at("03-01 09:21"))
    assert said["last_good_reading"] is not None
    assert said["last_good_reading"]["by_person"]
    assert "  由人工查看登记" in said["text"].splitlines()


def test_not_updated_lets_the_ladder_climb(hand: Hand) -> None:
    hand.judge(at("03-01 09:00"))
    hand.answer(Answer.UPDATED, "03-01 09:20")
    asked = hand.judge(at("03-08 09:00"))
    assert asked == [ASKED.format(day="2024-03-08")]
    hand.answer(Answer.QUIET, "03-08 10:00")
    assert "silence rung:7 zhang@wecom" in hand.judge(at("03-08 10:01"))


def test_a_step_that_is_due_asks_before_the_week_is_over(hand: Hand) -> None:
    hand.judge(at("03-01 09:00"))
    hand.answer(Answer.UPDATED, "03-01 09:20")
    hand.judge(at("03-01 09:21"))
    hand.desk.beliefs.nothing_newer("channels", "zhang", at("03-06 10:00"))
    assert hand.judge(at("03-07 09:00")) == []
    assert hand.judge(at("03-08 09:00")) == [ASKED.format(day="2024-03-08")]


def test_nobody_having_looked_for_nine_days_it_cannot_be_seen(hand: Hand) -> None:
    hand.judge(at("03-01 09:00"))
    hand.answer(Answer.UPDATED, "03-01 09:20")
    hand.judge(at("03-10 09:00"))
    assert [hand.verdict(f"03-10 {hour}:00") for hour in ("09", "10")] == ["fresh", "blind"]


def test_at_the_limit_an_unanswered_question_goes_to_everybody(hand: Hand) -> None:
    hand.judge(at("03-01 09:00"))
    hand.answer(Answer.UPDATED, "03-01 09:20")
    hand.judge(at("03-14 12:00"))
    hand.answer(Answer.QUIET, "03-14 12:10")
    hand.judge(at("03-14 12:11"))
    said = hand.judge(at("03-16 07:30"))
    assert [one for one in said if one.startswith("blind breach")]


def test_a_gateway_that_reads_makes_asking_needless(sqlite_store: Store) -> None:
    read = SourceSpec("channels/rsshub/x", "channels", "rsshub", "x", 1)
    rules = replace(RULES, accounts={"channels": replace(CHANNELS, sources=(EYES, read))})
    world = World(sqlite_store, rules)
    assert [one for one in world.judge(at("03-04 09:00")) if one.startswith("look")] == []
