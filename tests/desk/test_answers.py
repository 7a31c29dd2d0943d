"""What a chat or a page may ask of the desk."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from alerts.errors import RefusedError
from alerts.model import Promise
from alerts.people.handover import HandoverState
from alerts.words import translator
from monitor.desk.desk import Desk
from monitor.desk.lookup import AlertLookup
from monitor.errors import UsageError
from monitor.model import AccountState, Outcome
from monitor.store.base import Store
from tests.judging.test_engine import World
from tests.rule_values import ACCOUNTS, WECHAT, at, document, register

NOON = at("03-13 12:00")


@pytest.fixture
def asked(sqlite_store: Store) -> Desk:
    """A desk on 13 March: Weibo has been quiet for a week, WeChat for a day."""
    made = World(sqlite_store, register(accounts=ACCOUNTS))
    made.read(at("03-06 10:00"), at("03-06 10:00"))
    made.read(at("03-13 09:00"))
    made.read(at("03-13 09:00"), at("03-12 10:00"), spec=WECHAT)
    made.judge(at("03-13 09:00"))
    sqlite_store.notes.beat(at("03-13 09:00"), at("03-01 00:00"))
    return Desk(sqlite_store, made.rules, made.engine, translator("zh_CN"))


def test_the_most_urgent_account_comes_first(asked: Desk) -> None:
    assert asked.accounts.status_text(NOON).splitlines() == [
        "“鞍山民政”微博：临近，已7天未更新，最晚3月19日发布",
        "“鞍山民政”微信公众号：正常，已1天未更新，最晚3月25日发布",
    ]


def test_an_account_is_explained_in_sentences(asked: Desk) -> None:
    assert asked.accounts.explain("weibo", NOON)["text"].startswith(
        "“鞍山民政”微博：临近，已7天未更新。\n"
    )


def test_published_today_means_by_the_end_of_the_day(asked: Desk) -> None:
    (alert,) = asked.alerts.overview()
    promised = asked.alerts.promise_today(alert["id"], "zhang", NOON)
    assert promised.promise == Promise("zhang", NOON, at("03-13 17:30"))
    with pytest.raises(RefusedError, match="is not accepted from 17:00 on"):
        asked.alerts.promise_today(alert["id"], "zhang", at("03-13 17:00"))


def test_a_promise_is_looked_after_at_its_time(asked: Desk, sqlite_store: Store) -> None:
    (alert,) = asked.alerts.overview()
    until = NOON + timedelta(minutes=10)  # the next reading would be hours away
    asked.alerts.promise(alert["id"], "zhang", until, True, NOON)
    planned = {s.spec.account: s.next_read_at for s in sqlite_store.sources.states().values()}
    assert planned == {"weibo": until, "wechat": at("03-13 15:00")}


def test_who_says_that_it_is_published_has_it_read_at_once(
    asked: Desk, sqlite_store: Store
) -> None:
    (alert,) = asked.alerts.overview()
    asked.alerts.posted(alert["id"], "zhang", NOON)
    planned = {s.spec.account: s.next_read_at for s in sqlite_store.sources.states().values()}
    assert planned == {"weibo": NOON, "wechat": at("03-13 15:00")}


CLAIM = "zhang称已发布（3月13日（周三）12:00）；"
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("outcomes", "looked_at", "expected"),
    [
        pytest.param([], NOON + MINUTE / 2, "正在读取核实", id="not read yet"),
        pytest.param([], NOON + MINUTE, "暂时无法读取", id="not read within a minute"),
        pytest.param(
            [Outcome.OK], NOON + MINUTE, "3月13日（周三）12:00已读取，尚未见到新信息", id="in vain"
        ),
        pytest.param(
            [Outcome.STATUS], NOON + MINUTE, "3月13日（周三）12:00读取失败，请人工核查", id="failed"
        ),
        pytest.param(
            [Outcome.STATUS, Outcome.OK, Outcome.STATUS],
            NOON + 9 * MINUTE,
            "3月13日（周三）12:01已读取，尚未见到新信息",
            id="failed, and then read: what is said stays",
        ),
    ],
)
def test_what_was_seen_is_said_below_the_alert(
    sqlite_store: Store, outcomes: list[Outcome], looked_at: datetime, expected: str
) -> None:
    made = World(sqlite_store, register(accounts=ACCOUNTS))
    made.read(at("03-06 10:00"), at("03-06 10:00"))
    made.read(at("03-13 09:00"))
    made.judge(at("03-13 09:00"))
    words = translator("zh_CN")
    desk = Desk(sqlite_store, made.rules, made.engine, words)
    [alert] = sqlite_store.alerts.listed(False, subject="weibo")
    desk.alerts.posted(alert.id, "zhang", NOON)
    for number, outcome in enumerate(outcomes):
        made.read(NOON + number * MINUTE, outcome=outcome)
    lookup = AlertLookup(sqlite_store, made.rules, words)
    assert lookup.standing(alert, looked_at) == [CLAIM + expected]


def test_an_account_that_nobody_can_read_says_so(sqlite_store: Store) -> None:
    made = World(sqlite_store, register(accounts=ACCOUNTS))
    made.read(at("03-06 10:00"), at("03-06 10:00"))
    made.read(at("03-13 09:00"))
    made.judge(at("03-13 09:00"))
    unread = {"weibo": replace(ACCOUNTS["weibo"], sources=())}
    desk = Desk(sqlite_store, register(accounts=unread), made.engine, translator("zh_CN"))
    [alert] = sqlite_store.alerts.listed(False, subject="weibo")
    with pytest.raises(UsageError, match=r"^account \"weibo\" has no source that is read$"):
        desk.alerts.posted(alert.id, "zhang", NOON)


def test_an_agreed_silence_is_said_wherever_the_account_is(asked: Desk) -> None:
    until = at("03-20 00:00")
    asked.alerts.except_("weibo", "wang", until, "系统迁移", "鞍民函〔2024〕3号", NOON)
    said = {
        "since": "2024-03-13T12:00:00+08:00",
        "until": "2024-03-20T00:00:00+08:00",
        "by": "wang",
        "by_name": "wang",
        "reason": "系统迁移",
        "document": "鞍民函〔2024〕3号",
    }
    shown = {a["id"]: a["exception"] for a in document(asked.accounts.status(NOON))["accounts"]}
    assert shown == {"weibo": said, "wechat": None}
    answer = document(asked.accounts.explain("weibo", NOON))
    assert answer["exception"] == said
    line = "已报备至3月20日（周三）00:00，登记人：wang；事由：系统迁移（鞍民函〔2024〕3号）"
    assert line in answer["text"].splitlines()
    assert asked.accounts.explain("weibo", until)["exception"] is None


def test_no_silence_is_agreed_for_a_closed_account(sqlite_store: Store) -> None:
    closed = replace(ACCOUNTS["weibo"], state=AccountState.CLOSED)
    made = World(sqlite_store, register(accounts={**ACCOUNTS, "weibo": closed}))
    desk = Desk(sqlite_store, made.rules, made.engine, translator("zh_CN"))
    with pytest.raises(UsageError, match=r"^weibo is closed; nobody is called about its silence$"):
        desk.alerts.except_("weibo", "wang", at("03-20 00:00"), "系统迁移", None, NOON)
    assert sqlite_store.exceptions.in_force(NOON) == {}


def test_a_handover_is_accepted_and_claimed(asked: Desk, sqlite_store: Store) -> None:
    due = date(2024, 3, 20)
    number = asked.handovers.start(["weibo"], "zhang", "wang", due, "轮岗", NOON).id
    assert [h["state"] for h in asked.handovers.overview()] == ["open"]
    for side in ("zhang", "wang"):
        asked.handovers.accept(number, side, at("03-13 13:00"))
    with pytest.raises(RefusedError, match="no post has been seen on weibo since"):
        asked.handovers.confirm(number, "wang", at("03-13 14:00"))
    asked.accounts.confirm("weibo", at("03-13 14:30"), "wang", None, at("03-13 15:00"))
    proven = asked.handovers.confirm(number, "wang", at("03-13 15:01"))
    assert proven.state is HandoverState.PROVEN
    assert asked.handovers.overview() == []


def test_who_is_on_duty_today_or_on_a_date(asked: Desk) -> None:
    assert asked.duty.show(None, NOON)["duty"] == "li"
    assert asked.duty.show(date(2023, 12, 31), NOON)["duty"] is None
