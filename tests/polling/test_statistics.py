"""Asking WeChat what past days had: real HTTP, a real database, and the health of the gateway."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.counted import DayCount
from monitor.ledger.records import KnownDay
from monitor.model import Account, AccountState, Gateway, Outcome, SourceSpec
from monitor.polling.rounds import Rounds
from monitor.polling.statistics import StatisticsQueries
from monitor.sources import registry
from monitor.sources.base import Retrospective
from monitor.store.base import Store
from tests.faults.seeing import Seen, Site, rss
from tests.polling.weixin import DETAIL, KEY, NO_PERMISSION, NOT_FINAL, Weixin, sent
from tests.rule_values import DAY, HOUR, MINUTE, at
from tests.serving import Asked, Served

NOW = at("03-18 10:00")  # a Monday
WEEK = [f"2024-03-{n}" for n in (17, 16, 15, 14, 13, 12, 11)]
ONE, OTHER = "wx0000000000000001", "wx0000000000000002"
SINCE, UNTIL = date(2024, 3, 1), date(2024, 4, 1)
FORBIDDEN = (
    "statistics not told for 2024-03-17: WeChat says 48001: no permission for this question: is "
    "the account's yearly verification (微信认证) over?"
)


@pytest.fixture
def weixin() -> Iterator[Weixin]:
    with Weixin() as server:
        yield server


def own(weixin: Weixin, **more: object) -> Gateway:
    made = Gateway("own", "wechat_api", weixin.url, key=KEY, spacing=timedelta(0))
    return replace(made, **more)  # type: ignore[arg-type]


@pytest.fixture
def world(store: Store, weixin: Weixin) -> Iterator[Seen]:
    """An account read through the official interface alone, at ten in the morning."""
    made = Seen(store, [own(weixin)], {"own": ""}, NOW, platform="wechat")
    yield made
    made.close()


def passes(world: Seen, until: datetime, every: timedelta = 10 * MINUTE) -> None:
    """Make passes as the service does."""
    while world.now < until:
        world.rounds.read_gateway("own", world.now)
        world.now += every


def counts(store: Store) -> list[DayCount]:
    return [one.count for one in store.days.known("a", SINCE, UNTIL)]


def test_the_week_before_is_learned_at_the_first_pass_from_ten_on(
    world: Seen, weixin: Weixin, store: Store
) -> None:
    weixin.days["2024-03-15"] = sent("2024-03-15", [0, 0], [1])
    world.now = NOW - MINUTE
    world.rounds.read_gateway("own", world.now)
    assert weixin.asked == []
    world.now = NOW
    assert world.rounds.read_gateway("own", NOW) == []  # no reading was due, and none failed
    assert weixin.asked == WEEK
    known = {one.count.day.day: one for one in store.days.known("a", SINCE, UNTIL)}
    assert known[15] == KnownDay("a", DayCount(date(2024, 3, 15), 3, 2, 1), "a/own/", NOW, NOW)
    assert {known[day].count.articles for day in (11, 12, 13, 14, 16, 17)} == {0}
    told = [facts for event, facts in world.said if event == "day_counted"]
    assert told[2] == {
        "source": "a/own/",
        "day": "2024-03-15",
        "articles": 3,
        "notified": 2,
        "pushes": 1,
    }


def test_a_pass_of_all_gateways_asks_too(world: Seen, weixin: Weixin) -> None:
    world.now = NOW - MINUTE
    assert len(world.rounds.read_due(world.now)) == 1
    world.now = NOW
    assert world.rounds.read_due(NOW) == []  # no reading is due
    assert weixin.asked == WEEK
    world.rounds.read_due(NOW)
    assert weixin.asked == WEEK


def test_a_reading_that_somebody_wants_now_asks_nothing(world: Seen, weixin: Weixin) -> None:
    world.rounds.read_accounts(["a"], NOW)
    assert weixin.asked == []


def test_on_an_ordinary_day_two_questions_are_put_and_a_corrected_answer_replaces(
    world: Seen, weixin: Weixin, store: Store
) -> None:
    passes(world, NOW + DAY)
    weixin.asked.clear()
    weixin.days["2024-03-17"] = sent("2024-03-17", [0])
    passes(world, NOW + 2 * DAY)
    assert weixin.asked == ["2024-03-18", "2024-03-17"]
    known = {one.count.day.day: one for one in store.days.known("a", SINCE, UNTIL)}
    assert known[17].count == DayCount(date(2024, 3, 17), 1, 1, 1)
    assert (known[17].learned_at, known[18].learned_at) == (NOW + DAY, NOW + DAY)


def test_after_an_outage_the_days_of_a_week_are_made_good(
    world: Seen, weixin: Weixin, store: Store
) -> None:
    passes(world, NOW + HOUR)
    world.now = NOW + 30 * DAY
    world.rounds.read_gateway("own", world.now)
    learned = [c.day for c in counts(store)]
    assert len(weixin.asked) == 14
    assert date(2024, 4, 16) not in learned  # UNTIL: the ledger of March
    assert [one.count.day for one in store.days.known("a", UNTIL, date(2024, 5, 1))] == [
        date(2024, 4, n) for n in range(10, 17)
    ]


def test_a_day_that_is_not_final_is_asked_for_again_after_hours(
    world: Seen, weixin: Weixin, store: Store
) -> None:
    weixin.days["2024-03-17"] = NOT_FINAL
    passes(world, NOW + 4 * HOUR)
    assert (weixin.asked, len(counts(store))) == (WEEK, 6)
    assert world.desk.accounts.status(world.now)["gateways"][0]["warnings"] == []
    weixin.days["2024-03-17"] = sent("2024-03-17", [0])
    passes(world, NOW + 5 * HOUR)
    assert weixin.asked == [*WEEK, "2024-03-17"]
    assert counts(store)[-1].articles == 1


def test_a_refusal_is_a_warning_and_no_failed_reading(
    world: Seen, weixin: Weixin, store: Store
) -> None:
    weixin.days["2024-03-17"] = NO_PERMISSION
    passes(world, NOW + 4 * HOUR)
    assert weixin.asked == ["2024-03-17"]  # the other days would be refused alike
    state = store.gateways.states()["own"]
    assert (state.healthy, state.failures, state.days_refusal) == (True, 0, FORBIDDEN)
    assert world.desk.accounts.status(world.now)["gateways"][0]["warnings"] == [FORBIDDEN]
    said = [facts["detail"] for event, facts in world.said if event == "day_not_available"]
    assert [f"statistics not told for 2024-03-17: {detail}" for detail in said] == [FORBIDDEN]
    weixin.days.clear()
    passes(world, NOW + 5 * HOUR)
    assert weixin.asked[1:] == WEEK
    assert store.gateways.states()["own"].days_refusal == ""


def test_f27_retry_after_is_respected_and_readings_go_on(
    world: Seen, weixin: Weixin, store: Store
) -> None:
    weixin.status, weixin.headers = 429, {"Retry-After": str(6 * 3600)}
    passes(world, NOW + 6 * HOUR)
    assert len(weixin.asked) == 1
    weixin.status = 200
    passes(world, NOW + 7 * HOUR)
    assert weixin.asked[1:] == WEEK
    assert [r.good for r in store.readings.of_account("a", NOW)] == [True, True]


def test_f28_a_gateway_that_rests_is_not_asked(world: Seen, weixin: Weixin, store: Store) -> None:
    world.now = NOW - MINUTE
    world.rounds.read_gateway("own", world.now)
    world.now = NOW
    state = store.gateways.states()["own"]
    for ill in (replace(state, healthy=False), replace(state, not_before=NOW + HOUR)):
        store.gateways.save([ill])
        world.rounds.read_gateway("own", NOW)
        assert weixin.asked == []


def test_f35_another_accounts_days_are_not_taken_for_this_ones(
    world: Seen, weixin: Weixin, store: Store
) -> None:
    world.now, weixin.biz = NOW - HOUR, "MzA3MTIzNDU2Nw=="
    world.rounds.read_accounts(["a"], world.now)
    weixin.biz = "MzA3MTIzNDU2OA=="  # somebody put another account's key into the configuration
    [found] = world.rounds.read_accounts(["a"], world.now + MINUTE)
    assert found.outcome is Outcome.WRONG_ACCOUNT
    world.now = NOW
    world.rounds.read_gateway("own", NOW)
    assert (weixin.asked, counts(store)) == ([], [])


def test_a_reading_is_planned_for_when_the_doubt_of_a_listed_day_ends(sqlite_store: Store) -> None:
    """On the 12th something was published that nothing shows: the limit is certain on the 27th."""
    now = at("03-26 23:50")
    posted = [("https://mp.weixin.qq.com/s/a", at("03-06 10:00"))]
    with Site(lambda *_: rss(posted, now, "http://mp.test/", "鞍山民政")) as site:
        feed = Gateway("list", "feed", site.url, spacing=timedelta(0), trusted=True)
        world = Seen(sqlite_store, [feed], {"list": "x.xml"}, now, platform="wechat")
        world.look(now)
        sqlite_store.days.keep("a", DayCount(date(2024, 3, 12), 2), "a/own/", now)
        world.look(now + MINUTE)
        [state] = sqlite_store.sources.states().values()
        assert state.next_read_at == at("03-27 00:00")
        world.close()


def test_a_service_that_is_stopping_asks_no_further(store: Store, weixin: Weixin) -> None:
    slow = Seen(
        store, [own(weixin, spacing=timedelta(milliseconds=1))], {"own": ""}, NOW, platform="wechat"
    )
    weixin.on_asked = slow.stop.set
    slow.rounds.read_gateway("own", NOW)
    assert (weixin.asked, len(counts(store))) == (WEEK[:1], 1)
    assert store.gateways.states()["own"].days_not_before is None
    slow.close()


@pytest.mark.parametrize("ends", ["gives_way", "held", "after five minutes"])
def test_a_visit_that_ends_asks_no_further_and_the_next_one_goes_on(
    world: Seen, weixin: Weixin, store: Store, ends: str
) -> None:
    def ended() -> bool:
        return len(weixin.asked) == 2

    def later() -> bool:
        world.now += MINUTE
        return False

    ways: dict[str, dict[str, Callable[[], bool]]] = {
        "gives_way": {"gives_way": ended},
        "held": {"held": lambda: not ended()},
        "after five minutes": {"gives_way": later},
    }
    world.rounds.read_gateway("own", NOW, **ways[ends])  # type: ignore[arg-type]
    assert 0 < len(weixin.asked) < len(WEEK)
    assert len(counts(store)) == len(weixin.asked)
    world.rounds.read_gateway("own", world.now)
    assert weixin.asked == WEEK


def test_a_closed_account_is_not_asked_about(store: Store, weixin: Weixin) -> None:
    world = Seen(store, [own(weixin)], {"own": ""}, NOW, platform="wechat")
    spec = SourceSpec("a/own/", "a", "own", "")
    closed = Account("a", "鞍山民政", "wechat", state=AccountState.CLOSED, sources=(spec,))
    source = registry.build(own(weixin))
    assert isinstance(source, Retrospective)
    asking = StatisticsQueries(
        store,
        {"own": source},
        replace(world.rules, accounts={"a": closed}),
        {},
        lambda: NOW,
        lambda *_, **__: None,
    )
    assert asking.gateways(NOW) == []
    source.close()
    world.close()


class Many(Served):
    """A WeChat in which a platform asks for two accounts, and one is refused its statistics."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        many = self

        class Handler(Asked):
            def do_POST(self) -> None:
                path, _, token = self.path.partition("?access_token=")
                said = many.says(path, token, json.loads(self.body()))
                self.give(200, json.dumps(said).encode(), {})

            def do_GET(self) -> None:
                self.give(200, b'{"total": 7959}', {})

        super().__init__(Handler)

    def says(self, path: str, token: str, asked: Any) -> Any:
        """Return the answer: the token of an account is its AppID."""
        if path == DETAIL:
            self.asked.append((token, asked["begin_date"]))
            return NO_PERMISSION if token == ONE else sent(asked["begin_date"], [0])
        listed = [{"authorizer_appid": appid, "refresh_token": "r" * 40} for appid in (ONE, OTHER)]
        own = {"component_access_token": "c" * 40, "expires_in": 7200}
        account = {"authorizer_access_token": asked.get("authorizer_appid"), "expires_in": 7200}
        return {
            "/cgi-bin/component/api_component_token": own,
            "/cgi-bin/component/api_get_authorizer_list": {"total_count": 2, "list": listed},
            "/cgi-bin/component/api_authorizer_token": account,
        }.get(path, {"total_count": 0, "item_count": 0, "item": []})


def test_what_one_account_is_refused_costs_the_others_behind_a_platform_nothing(
    sqlite_store: Store, tmp_path: Path
) -> None:
    ticket = tmp_path / "ticket"
    ticket.write_text("ticket@@@1")
    now, read_at = NOW, NOW - MINUTE
    with Many() as many:
        platform = Gateway(
            "own", "wechat_component", many.url, KEY, spacing=timedelta(0), ticket=str(ticket)
        )
        world = Seen(sqlite_store, [platform], {"own": ONE}, read_at, platform="wechat")
        spec = SourceSpec("b/own", "b", "own", OTHER)
        other = Account("b", "鞍山教育", "wechat", custodian="zhang", sources=(spec,))
        accounts = {**world.rules.accounts, "b": other}
        rules = replace(world.rules, accounts=accounts)
        sqlite_store.accounts.sync(accounts.values(), [platform], dict.fromkeys("ab", "p"), now)
        with closing(registry.build(platform)) as source:
            rounds = Rounds(
                sqlite_store,
                {"own": source},
                rules,
                lambda: world.now,
                lambda *_, **__: None,
                world.stop,
            )
            rounds.read_gateway("own", read_at)
            world.now = now
            rounds.read_gateway("own", now)
        world.close()
    assert many.asked == [(ONE, "2024-03-17"), *((OTHER, day) for day in WEEK)]
    assert len(sqlite_store.days.known("b", SINCE, UNTIL)) == 7
