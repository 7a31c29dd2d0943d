"""The month's mail: its sentences, its page, and the plain text of the same."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from alerts.model import SilenceException
from alerts.words import translator
from monitor.ledger.lapses import Limit
from monitor.reports.month import page as html
from monitor.reports.month.figures import AlertsMonth, GatewayMonth, account_month
from monitor.reports.month.view import CARDS, ROWS, View, view
from tests.report_values import MZ_WEIBO, at, ledger, post
from tests.reports.month_values import (
    OUTLOOK,
    an_account,
    daily,
    february,
    many,
    unread,
    weibo,
)

WORDS = translator("zh_CN")
ENGLISH = translator("en")

FEBRUARY = """\
2024年2月政务新媒体更新情况月报
数据截至2024年3月1日（周五）09:00

2个账号中，1个超期未更新
本月监测账号2个，读取231次，共发布信息不少于23条。
其中1个经核实未超期，占2个账号的50.0%。

最晚发布日
  “鞍山民政”微信公众号：最晚应于3月10日（周日）发布（最近一条2月26日）
  “鞍山民政”微博：最晚应于3月13日（周三）发布（最近一条2月29日）

“鞍山民政”微博  14条
  2月1日至17日共16天未更新，期限14天
  2024年1月：15条，本月减少1条
  2023年2月：14条，持平
  最长间隔：16天（2月1日至17日）
  关注数：7,047，较月初增加35

“鞍山民政”微信公众号  不少于9条
  2024年1月：10条
  最长间隔：4天（2月26日起）
  数据缺口：2月12日至14日

提醒与答复
  告警1起，向3人发出提醒4条，其中1起有人答复。
  从首次提醒到发布，中位用时8天1小时。

采集情况
  rsshub：读取116次，全部有效
  wewe：读取115次，有效109次（94.8%）；中断1次，共1天10小时

本邮件由账号更新监测服务自动发送，逐条信息见附件表格，请勿直接回复。
"""


@pytest.fixture(scope="module")
def told() -> View:
    return view(february(), WORDS)


@pytest.fixture(scope="module")
def page(told: View) -> HTMLParser:
    return HTMLParser(html.page(told, WORDS))


def lines(tree: HTMLParser) -> str:
    body = tree.body
    assert body is not None
    return body.text(separator="\n")


# What it says


def test_the_whole_mail_in_words(told: View) -> None:
    assert html.text(told, WORDS) == FEBRUARY
    assert told.subject == "【月报】2024年2月政务新媒体更新情况：2个账号中，1个超期未更新"


def test_a_silence_that_was_agreed_says_so() -> None:
    agreed = SilenceException(
        "weibo-mz", "wang", at("2024-02-05"), at("2024-02-11"), "春节检修", "鞍民〔2024〕3号"
    )
    month = february(an_account(MZ_WEIBO, replace(weibo(), agreed=(agreed,))))
    shown = html.text(view(month, WORDS), WORDS)
    mark = "（期间已报备：2月5日至10日，春节检修，文号鞍民〔2024〕3号）"
    assert f"  2月1日至17日共16天未更新，期限14天{mark}\n" in shown


def test_the_page_says_the_same_as_the_text(page: HTMLParser) -> None:
    shown = lines(page)
    missing = [
        line
        for line in FEBRUARY.splitlines()
        for part in line.strip().split("  ")
        if part not in shown
    ]
    assert missing == []


HEADLINES = [
    pytest.param((), "没有在监测的账号", "unsure", id="no account"),
    pytest.param((daily("2024-01-25", "2024-03-01"),), "1个账号均按时更新", "good", id="in time"),
    pytest.param(
        (daily("2024-01-25", "2024-03-01"), None),
        "2个账号中，1个无法读取",
        "unsure",
        id="one not read",
    ),
    pytest.param(((),), "1个账号中，1个尚未见到任何信息", "unsure", id="never a post"),
    pytest.param(
        (daily("2024-01-25", "2024-02-01"), None, ()),
        "3个账号中，1个超期未更新、1个无法读取、1个尚未见到任何信息",
        "bad",
        id="all",
    ),
]


@pytest.mark.parametrize(("ledgers", "headline", "tone"), HEADLINES)
def test_the_headline(ledgers: tuple[list[object] | None, ...], headline: str, tone: str) -> None:
    accounts = tuple(
        an_account(MZ_WEIBO, unread() if posts is None else ledger(*posts))  # type: ignore[arg-type]
        for posts in ledgers
    )
    found = view(replace(february(), accounts=accounts), WORDS)
    assert (found.headline, found.tone) == (headline, tone)
    assert headline in html.text(found, WORDS)
    assert headline in lines(HTMLParser(html.page(found, WORDS)))


def test_a_month_before_the_watch_is_not_called_unreadable() -> None:
    early = replace(an_account(MZ_WEIBO, unread()), watched=False)
    found = view(february(early), WORDS)
    assert (found.headline, found.overview) == (
        "1个账号中，1个尚未开始监测",
        ("本月尚未开始监测，发布情况不明。",),
    )
    assert found.cards[0].troubles == ("本月尚未开始监测该账号，发布情况不明。",)
    assert found.cards[0].row.state == "尚未开始监测"
    assert found.problems == ("“鞍山民政”微博：本月尚未开始监测",)


def test_F23_a_month_that_could_not_be_read_has_no_zero() -> None:
    found = view(february(an_account(MZ_WEIBO, unread())), WORDS)
    [card] = found.cards
    assert found.overview == ("本月监测账号1个，读取231次，未能看到任何信息，发布情况不明。",)
    assert (card.posts, card.troubles) == ("未知", ("本月全程无法读取，发布情况不明。",))
    assert {square.tone for week in card.weeks for square in week if square} == {"unseen"}
    assert card.row.posts == "—"


def test_no_alert_is_said_as_well() -> None:
    found = view(february(alerts=AlertsMonth()), WORDS)
    assert found.answered == ("本月没有账号需要提醒。",)
    assert view(february(alerts=AlertsMonth(2, 0, 0, 0, None, 2)), WORDS).answered == (
        "告警2起，向0人发出提醒0条，其中0起有人答复。",
        "月末仍有2起未解除。",
    )


def test_deadlines_are_news_only_for_a_month() -> None:
    end = at("2024-03-01T00:00")
    by = [
        account_month(MZ_WEIBO, weibo(), 2024, 2, OUTLOOK, end + timedelta(days=days)).publish_by
        for days in (0, 30, 31)
    ]
    assert by == [date(2024, 3, 13), date(2024, 3, 13), None]


def test_a_past_month_tells_of_that_month_and_not_of_today() -> None:
    """What was published since, and a rule that was made since, change none of its lines."""
    then, since = weibo(), [*weibo().posts, post("2024-06-30T10:00")]
    stricter = (*then.limits, Limit(at("2024-05-01T00:00"), timedelta(days=7)))
    now = ledger(*since, counters=then.counters, limits=stricter)
    later = account_month(MZ_WEIBO, now, 2024, 2, OUTLOOK, at("2024-07-01T09:00"))
    told, before = (view(february(one), WORDS) for one in (later, an_account(MZ_WEIBO, then)))
    assert (told.cards, told.problems) == (before.cards, before.problems)


@pytest.mark.parametrize(
    ("good", "tried", "line"),
    [
        pytest.param(1, 1, "g：读取1次，全部有效", id="all of them"),
        pytest.param(9999, 10000, "g：读取10000次，有效9999次（99.9%）", id="all but one"),
        pytest.param(1, 9999, "g：读取9999次，有效1次（0.1%）", id="one of very many"),
        pytest.param(0, 7, "g：读取7次，有效0次（0.0%）", id="none"),
    ],
)
def test_a_hundred_per_cent_is_all_of_them(good: int, tried: int, line: str) -> None:
    gateway = GatewayMonth("g", "rsshub", tried, good, 0, timedelta())
    assert view(february(gateways=(gateway,)), WORDS).gateways == (line,)


def test_a_deadline_in_a_holiday_names_it_and_one_that_passed_says_so() -> None:
    rows = ledger(post("2024-02-01T10:00"))
    early = replace(an_account(MZ_WEIBO, rows), publish_by=at("2024-02-14T09:00").date())
    found = view(february(early, at=at("2024-02-05T09:00")), WORDS)
    assert found.ahead == ("“鞍山民政”微博：最晚应于2月14日（周三）春节发布（最近一条2月1日）",)
    late = view(february(early), WORDS)
    assert late.ahead == ("“鞍山民政”微博：本应于2月14日（周三）春节前发布",)


def test_before_a_month_is_over_it_is_not_compared() -> None:
    now = at("2024-02-20T09:00")
    [card] = view(february(an_account(MZ_WEIBO, weibo()), at=now), WORDS).cards
    assert "2024年1月：15条" in card.lines
    assert not any("本月" in line for line in card.lines)


def test_the_calendar_begins_on_monday_and_has_the_days_of_the_month(told: View) -> None:
    weibo_card = told.cards[0]
    assert [len(week) for week in weibo_card.weeks] == [7] * 5
    squares = [square for week in weibo_card.weeks for square in week]
    assert squares[:3] == [None] * 3  # 1 February 2024 was a Thursday
    assert [s.day for s in squares if s] == list(range(1, 30))
    tones = {s.day: s.tone for s in squares if s}
    assert (tones[1], tones[2], tones[15], tones[16], tones[17]) == (
        "few",
        "none",
        "late",
        "late",
        "few",
    )


def test_of_many_accounts_those_in_trouble_come_at_length_and_the_rest_in_a_table() -> None:
    fine = ledger(*daily("2024-01-25", "2024-03-01"))
    accounts = many(100, [fine, fine, fine, weibo()])
    found = view(february(*accounts), WORDS)
    assert len(found.cards) == CARDS
    assert all(card.row.trouble for card in found.cards)
    assert len(found.rows) == 100 - CARDS
    text, page = html.text(found, WORDS), html.page(found, WORDS)
    assert f"其余{100 - CARDS - ROWS}个账号见附件表格" in text
    assert found.ahead[-1] == "其余94个账号见附件表格"
    assert "其余64个账号见附件表格" in page
    assert len(page) < 90_000  # mail programs cut longer pages


# How it is laid out


def test_there_is_no_picture_no_script_and_nothing_to_fetch(page: HTMLParser) -> None:
    raw = page.html or ""
    assert [page.css(tag) for tag in ("img", "script", "link", "style", "iframe")] == [[]] * 5
    assert re.findall(r"https?://|url\(|src=|class=\"\"", raw) == []


def test_every_cell_of_the_calendar_carries_its_own_style(page: HTMLParser) -> None:
    cells = [
        td
        for td in page.css("table td")
        if td.css_first("span") is not None and td.css_first("table") is None
    ]
    assert len(cells) == 2 * 29
    assert [td for td in cells if "background" not in (td.attributes.get("style") or "")] == []


def test_names_from_outside_are_no_markup() -> None:
    name = "<script>alert(1)</script>\u202e民政\n=1+1"
    evil = an_account(replace(MZ_WEIBO, name=name, organisation="<b>"), weibo())
    found = view(february(evil, *many(10, [weibo()])), WORDS)
    tree = HTMLParser(html.page(found, WORDS))
    assert tree.css("script") == []
    assert "<script>alert(1)</script> 民政 =1+1" in lines(tree)
    assert "\u202e" not in html.text(found, WORDS)


def test_it_can_be_read_in_english() -> None:
    found = view(february(), ENGLISH)
    assert found.subject == ("[Monthly report] New media in 2024-2: 2 accounts: 1 over the limit")
    assert re.search("[\u4e00-\u9fff]", html.text(found, ENGLISH).replace("鞍山民政", "")) is None
