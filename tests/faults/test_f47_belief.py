"""F47, F48, F49, F65, F89: what a gateway shows is believed only once it is confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import (
    Account,
    Doubt,
    Outcome,
    PostKind,
    Pulse,
    SeenPost,
    SourceSpec,
    SourceState,
)
from monitor.polling.answer import Judgement, judge
from monitor.polling.belief import CACHE_AGE, names_differ, of_bridge
from monitor.sources.base import Fetched
from tests.rule_values import DAY, HOUR, at

NOW = at("06-01 10:00")
ACCOUNT = Account("a", "鞍山民政", "website")
STATE = SourceState(SourceSpec("a/g/x", "a", "g", "x"))
KNOWN = [(f"k{n}", NOW - (9 + n) * DAY) for n in range(8)]
NAME = "鞍山民政的微博"
Shown = Sequence[tuple[str, datetime | None]]


def posts(shown: Shown, title: str = "动态") -> tuple[SeenPost, ...]:
    return tuple(SeenPost(key, f"{title}{key}", "", PostKind.ARTICLE, on) for key, on in shown)


class Source:
    """One source and what is remembered of it."""

    def __init__(self, shown: Shown = KNOWN, name: str | None = NAME) -> None:
        self.state = STATE
        self.newest: datetime | None = None
        self.look(NOW, shown, name)

    def look(
        self,
        now: datetime,
        shown: Shown,
        name: str | None = NAME,
        identity: str | None = None,
        title: str = "动态",
        known: frozenset[str] = frozenset(),
    ) -> Judgement:
        fetched = Fetched(
            Outcome.OK,
            now,
            now,
            Pulse.FULL,
            posts(shown, title),
            identity=identity,
            title=name,
        )
        judged = judge(fetched, self.state, ACCOUNT, self.newest, now, known)
        good = judged.reading.good
        self.state = replace(
            self.state,
            memory=judged.memory,
            last_good_at=now if good else self.state.last_good_at,
            weak_as_of=now if good else self.state.weak_as_of,
        )
        dates = [p.stated_at for p in judged.posts if p.stated_at]
        self.newest = max([*dates, *([self.newest] if self.newest else [])], default=None)
        return judged

    @property
    def doubt(self) -> Doubt | None:
        found = self.state.memory.doubt
        return found.reason if found else None


@pytest.mark.parametrize(
    "title",
    [
        "Bridge returned error 404! (20617)",
        "Bridge returned error 0! (19443)",
        "this route is empty, please check the original site or create an issue",
        "Looks like something went wrong",
        "您的会员已过期，请续费",
        "【订阅已到期】请前往官网续费",
        "[Wechat2RSS] 授权已过期",
        "RSS失效，请检查 2022-07-17 13点",
        "Your trial has expired",
        "This feed is no longer available",
        "Upgrade to continue receiving updates",
        "WeiboBridge failed with error 403",
        "RSSHub - Error",
        "Error: Request failed with status code 418",
        "TypeError: Cannot read properties of undefined (reading 'screen_name')",
        "ConfigNotFoundError: Weibo Timeline RSS is disabled due to the lack of cookies",
        "HTTPError: Response code 404 (Not Found)",
        "Error fetching feed",
        "Unable to load the page",
        "The feed could not be loaded",
        "抓取失败，请稍后重试",
        "获取文章失败",
        "[错误] 无法获取内容",
        "订阅源异常",
        "404 Not Found",
        "Error 404: Not Found",
        "502 Bad Gateway",
        "503 Service Temporarily Unavailable",
        "404 - 页面不存在",
        "Access Denied",
        "Too many requests",
        "Just a moment...",
        "Attention Required! | Cloudflare",
        "Welcome to nginx!",
        "Sina Visitor System",
        "微博-出错了",
        "环境异常",
        "您访问的页面不存在",
        "系统繁忙，请稍后再试",
        "登录已失效，请重新扫码登录",
        "Cookie 已失效，请更新",
        "授权码已过期",
        "您的套餐已用完",
        "订阅已暂停",
        "Wechat2RSS: 账号失效，请重新登录",
        "今天看啥：会员已到期，请续费",
        "Your feed has been paused",
        "This RSS feed is paused",
    ],
)
def test_F47_what_a_bridge_says_of_itself_is_no_post(title: str) -> None:
    assert of_bridge(SeenPost("k", title, "", PostKind.ARTICLE, NOW))


@pytest.mark.parametrize(
    "title",
    [
        "关于低保证已过期换发的通知",
        "婚姻登记预约服务已经恢复",
        "社会组织会员已到期如何续费？民政局解答",
        "Bridge 小区桥梁维修公告",
        "一图读懂：订阅服务指南",
        "404分钟的坚守：民政人的一天",
        "500万元救助资金发放到位",
        "系统繁忙时段办事提示",
        "婚姻登记服务已暂停，请改日办理",
        "页面不存在虚假信息承诺书",
        "账号安全提示：谨防登录已失效短信诈骗",
        "加载失败怎么办？政务服务平台使用问答",
        "关于登录失败问题的说明",
        "错误认领遗体怎么办",
        "我市养老服务已到期机构名单",
        "Error 404 主题展览开幕",
        "该内容已被发布者删除",
    ],
)
def test_F47_a_notice_to_the_public_is_a_post(title: str) -> None:
    assert not of_bridge(SeenPost("k", title, "", PostKind.ARTICLE, NOW))


def test_F47_an_error_among_known_posts_ends_no_silence() -> None:
    source = Source()
    shown = [(" (20617)", NOW + DAY)]
    found = source.look(NOW + DAY, shown, title="Bridge returned error 404!")
    assert (found.reading.outcome, found.posts) == (Outcome.BRIDGE_ITEM, ())


STRANGE = [(f"s{n}", NOW - n * DAY) for n in range(1, 11)]
SUDDEN = [(f"s{n}", NOW + DAY - n * HOUR) for n in range(10)]
UNDATED = [("u1", None), *KNOWN[:7]]
ON = NOW + DAY


@pytest.mark.parametrize(
    ("shown", "why"),
    [
        pytest.param([*STRANGE, ("o", NOW - 30 * DAY)], Doubt.STRANGERS, id="reaches back"),
        pytest.param(SUDDEN, Doubt.STRANGERS, id="far more than its rate allows"),
        pytest.param(UNDATED, Doubt.UNDATED, id="news without a date"),
    ],
)
def test_F48_F49_what_is_doubted_is_believed_when_it_is_still_there_after_the_cache(
    shown: Shown, why: Doubt
) -> None:
    source = Source()
    first = source.look(ON, shown)
    assert (first.reading.outcome, first.posts, source.doubt) == (Outcome.UNCONFIRMED, (), why)
    soon = source.look(ON + CACHE_AGE / 2, shown)
    assert soon.reading.outcome is Outcome.UNCONFIRMED
    again = source.look(ON + CACHE_AGE, shown)
    assert (again.reading.outcome, source.doubt) == (Outcome.OK, None)


def test_F49_news_in_a_plausible_number_is_no_doubt() -> None:
    source = Source()
    found = source.look(ON, [("n1", ON - HOUR), ("n2", ON - 2 * HOUR)])
    assert found.reading.outcome is Outcome.OK


@pytest.mark.parametrize("name", ["微博热搜榜", "", None])
@pytest.mark.parametrize("shown", [SUDDEN, KNOWN], ids=["other posts", "the same posts"])
def test_F49_another_name_or_none_is_believed_by_no_repetition(
    name: str | None, shown: Shown
) -> None:
    source = Source()
    for hours in range(1, 200, 7):
        found = source.look(NOW + hours * HOUR, shown, name)
        assert (found.reading.outcome, found.posts) == (Outcome.UNCONFIRMED, ())
    assert source.doubt is Doubt.NAME


def test_F49_another_source_of_the_account_bears_another_name_out() -> None:
    source = Source()
    found = source.look(ON, [("n", ON - HOUR), *KNOWN], "民政之窗", known=frozenset({"n"}))
    assert found.reading.outcome is Outcome.OK


def test_F49_the_same_id_under_another_name_is_a_rename() -> None:
    source = Source()
    found = source.look(ON, KNOWN, "民政之窗", identity="weibo:1")
    assert (found.reading.outcome, found.memory.former_title) == (Outcome.OK, NAME)


def test_F49_what_a_person_believes_is_believed() -> None:
    source = Source()
    source.look(ON, SUDDEN, "民政之窗")
    doubt = source.state.memory.doubt
    assert doubt is not None
    believed = replace(source.state.memory, doubt=replace(doubt, believed_by="zhang"))
    source.state = replace(source.state, memory=believed)
    assert source.look(ON + HOUR, SUDDEN, "微博热搜榜").reading.outcome is Outcome.UNCONFIRMED
    source.state = replace(source.state, memory=believed)
    assert source.look(ON + HOUR, SUDDEN, "民政之窗").reading.outcome is Outcome.OK


@given(st.lists(st.integers(1, 100), min_size=1, max_size=12), st.booleans())
def test_F49_a_foreign_window_ends_no_silence_however_often_it_is_served(
    hours: list[int], dated: bool
) -> None:
    source, now = Source(), NOW
    for wait in hours:
        now += wait * HOUR
        foreign = [(f"f{n}", now - n * HOUR if dated else None) for n in range(10)]
        assert source.look(now, foreign, "微博热搜榜").posts == ()


def test_F48_links_rebuilt_at_each_visit_are_never_believed() -> None:
    source = Source([(f"u{n}", None) for n in range(8)])
    for visit in range(1, 20):
        shown = [(f"u{n}-{visit}", None) for n in range(8)]
        assert source.look(NOW + visit * HOUR, shown).posts == ()
        doubt = source.state.memory.doubt
        assert doubt is not None
        assert doubt.since == NOW + HOUR, "so that somebody is told"


@pytest.mark.parametrize(
    ("windows", "deleted"),
    [
        pytest.param([KNOWN[1:]] * 3, True, id="three times the same"),
        pytest.param([KNOWN[1:], KNOWN[2:], KNOWN[3:]], False, id="three different ones"),
    ],
)
def test_F65_deleted_is_what_the_same_window_lacks_three_times(
    windows: list[Shown], deleted: bool
) -> None:
    source = Source()
    found = [source.look(NOW + n * 13 * HOUR, shown) for n, shown in enumerate(windows, 1)]
    assert bool(found[-1].deleted) is deleted


def test_F89_a_post_seen_only_in_a_shrunken_window_is_a_post() -> None:
    source = Source()
    late = ("late", KNOWN[1][1] + timedelta(minutes=5))
    found = source.look(ON, [late, *KNOWN[1:]])
    assert found.reading.outcome is Outcome.SHRUNKEN
    assert [post.key for post in found.posts] == ["late"]


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ("鞍山民政", "鞍山民政的微博", False),
        ("鞍山民政", "@鞍山 民政", False),
        ("鞍山民政", "「鞍山民政」公众号", False),
        ("鞍山民政", "鞍山民政发布", False),
        ("鞍山市民政局", "民政局", False),
        ("鞍山民政", "某某民政", True),
        ("鞍山民政", "", True),
    ],
)
def test_F59_names_differ_where_neither_contains_the_other(
    one: str, other: str, differ: bool
) -> None:
    assert names_differ(one, other) is names_differ(other, one) is differ
