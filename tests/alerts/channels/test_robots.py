"""The group robots' formats, limits and codes."""

from __future__ import annotations

import html
import io
import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given as any_of
from hypothesis import strategies as st

from alerts.channels import dingtalk, feishu, wecom
from alerts.channels.group_robot import (
    Allowance,
    Codes,
    cut,
    mentioned,
    mentions_problem,
    octets,
    payload,
    unmarked,
    verdict,
)
from alerts.channels.replies import ServiceReply
from alerts.message import DeliveryError, Failure, Message
from alerts.model import ChannelSettings
from tests.alerts.channels import servers
from tests.alerts.channels.servers import HOOK, KEY, SECRET, Web, given

CUT = "（内容过长，已截断）"
LONG = "鞍山民政已10天未更新😀\n" + "请于2月15日前发布。\n" * 3000


def message(text: str, address: str = "") -> Message:
    return Message(address, text.split("\n", 1)[0], text, ())


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def web(stack: ExitStack, answer: servers.Answer) -> Web:
    server = Web(answer)
    stack.callback(server.close)
    return server


def settings(kind: str, url: str, secret: str = SECRET) -> ChannelSettings:
    return ChannelSettings("r", kind, {"url": url, "secret": secret})


# Length.


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)


@any_of(TEXTS, st.integers(min_value=60, max_value=500))
def test_a_cut_text_fits_and_keeps_its_start(text: str, most: int) -> None:
    short = cut(text, most, octets, CUT)
    assert octets(short) <= most
    assert text.startswith(short.removesuffix(CUT))


@any_of(TEXTS)
def test_a_text_that_fits_is_left_alone(text: str) -> None:
    assert cut(text, octets(text), octets, CUT) == text


def test_a_cut_falls_on_a_line_border_where_one_is_near() -> None:
    line = "一二三四五六七八九十\n"
    assert cut(line * 40, 700, octets, CUT) == line * 21 + CUT


# The allowance.


class Hand:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


def test_the_allowance_is_used_up_and_comes_back_one_by_one() -> None:
    clock = Hand()
    allowance = Allowance(((3, 60.0),), clock)
    found = []
    for second in (0, 10, 20, 30, 59, 60, 61, 70, 71):
        clock.at = 1000.0 + second
        wait = allowance.take()
        found.append(None if wait is None else wait.total_seconds())
    assert found == [None, None, None, 30.0, 1.0, None, 9.0, None, 9.0]


def test_a_second_rate_holds_besides() -> None:
    clock = Hand()
    allowance = Allowance(((90, 60.0), (4, 1.0)), clock)
    assert [allowance.take() for _ in range(5)] == [None] * 4 + [timedelta(seconds=1)]


def test_a_vendor_that_is_deaf_is_left_alone() -> None:
    clock = Hand()
    allowance = Allowance(((18, 60.0),), clock)
    allowance.shut(timedelta(minutes=10))
    clock.at += 599
    assert allowance.take() == timedelta(seconds=1)
    clock.at += 1
    assert allowance.take() is None


def test_the_nineteenth_message_of_a_minute_never_reaches_the_vendor(stack: ExitStack) -> None:
    robot, clock = servers.WeComRobot(), Hand()
    url = f"http://127.0.0.1:{web(stack, robot).port}/cgi-bin/webhook/send?key={KEY}"
    channel = wecom.WeCom(settings("wecom", url), io.StringIO(), monotonic=clock)
    stack.callback(channel.close)
    for number in range(18):
        channel.send(message(f"第{number}条"))
    with pytest.raises(DeliveryError) as caught:
        channel.send(message("第19条"))
    assert (caught.value.failure, caught.value.wait) == (Failure.LATER, timedelta(minutes=1))
    assert len(robot.said) == 18
    clock.at += 60
    channel.send(message("第19条"))
    assert robot.said[-1]["markdown"]["content"] == "第19条"


def test_after_a_vendors_too_fast_nothing_is_sent_until_it_listens_again(stack: ExitStack) -> None:
    robot, clock = servers.DingTalkRobot(), Hand()
    server = web(stack, robot)
    url = f"http://127.0.0.1:{server.port}/robot/send?access_token={KEY}"
    channel = dingtalk.DingTalk(settings("dingtalk", url), io.StringIO(), monotonic=clock)
    stack.callback(channel.close)
    robot.trouble = given({"errcode": 130101, "errmsg": "send too fast"})
    waits = []
    for _ in range(2):
        with pytest.raises(DeliveryError) as caught:
            channel.send(message("x"))
        waits.append(caught.value.wait)
    assert (waits, len(server.asked)) == ([timedelta(minutes=10)] * 2, 1)


# What a reply says.

DOCUMENTED: list[tuple[Codes, int, Failure]] = [
    (codes, code, failure)
    for codes in (wecom.CODES, dingtalk.CODES, feishu.CODES)
    for code, failure in codes.meanings.items()
]


@pytest.mark.parametrize(("codes", "code", "failure"), DOCUMENTED)
def test_a_documented_code_means_what_it_says(codes: Codes, code: int, failure: Failure) -> None:
    reply = ServiceReply(200, json.dumps({codes.code: code, codes.words: "why"}).encode())
    error = verdict(reply, codes, str)
    assert error is not None
    assert error.failure is failure
    assert error.detail.startswith(f"code {code}: why")


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        pytest.param(200, b'{"errcode":0,"errmsg":"ok"}', None, id="yes"),
        pytest.param(200, b'{"errcode":"0"}', None, id="yes, as text"),
        pytest.param(200, b'{"errcode":88}', Failure.LATER, id="a code nobody documented"),
        pytest.param(200, b"{}", Failure.LATER, id="no code at all"),
        pytest.param(200, b"<html>login</html>", Failure.LATER, id="a captive portal"),
        pytest.param(200, b"[" * 5000, Failure.LATER, id="nested beyond reading"),
        pytest.param(200, b'{"errcode":true}', Failure.LATER, id="a code that is none"),
        pytest.param(200, b'{"errcode":null}', Failure.LATER, id="an empty code"),
        pytest.param(200, b'["errcode"]', Failure.LATER, id="a list"),
        pytest.param(500, b'{"errcode":0}', Failure.LATER, id="yes, but with a 500"),
        pytest.param(400, b'{"errcode":93000}', Failure.CHANNEL, id="a code with a 400"),
        pytest.param(404, b"", Failure.CHANNEL, id="the robot's address is gone"),
        pytest.param(302, b"", Failure.CHANNEL, id="redirected"),
        pytest.param(429, b"", Failure.LATER, id="too often"),
    ],
)
def test_F04_an_answer_of_200_is_judged_by_its_body(
    status: int, body: bytes, expected: Failure | None
) -> None:
    error = verdict(ServiceReply(status, body), wecom.CODES, str)
    assert (error and error.failure) == expected


# Whom to mention.


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("", ()),
        ("  ", ()),
        ("zhang", ("zhang",)),
        ("zhang, li，wang", ("zhang", "li", "wang")),
        ("13800138000 13800138000", ("13800138000",)),
        ("all", ("all",)),
    ],
)
def test_an_address_names_whom_to_mention(address: str, names: tuple[str, ...]) -> None:
    assert mentioned(address) == names
    assert mentions_problem(address) is None


@pytest.mark.parametrize("address", ["<at id=all>", "https://x", "a\\b", 'zhang"'])
def test_markup_is_no_address(address: str) -> None:
    assert mentions_problem(address) is not None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("[通知](http://a.test/x)", "[通知］(http://a.test/x)", id="no link"),
        pytest.param("![图](http://a.test/t.png)", "![图］(http://a.test/t.png)", id="no picture"),
        pytest.param(
            "**粗** *斜* `码` ~~删~~", "＊＊粗＊＊ ＊斜＊ ｀码｀ ～～删～～", id="no emphasis"
        ),
        pytest.param("_斜_ __粗__", "＿斜＿ ＿＿粗＿＿", id="nor by underscores"),
        pytest.param("<@all> <font color=red>", "＜@all> ＜font color=red>", id="no mention"),
        pytest.param("# 题\n> 引\n  > 引", "＃ 题\n＞ 引\n  ＞ 引", id="no heading, no quotation"),
        pytest.param("[Reminder] we_mp_rss #1 a>b", "[Reminder] we_mp_rss #1 a>b", id="harmless"),
        pytest.param(
            "见 https://a.test/a_b_*c*~`d", "见 https://a.test/a_b_*c*~`d", id="an address"
        ),
    ],
)
def test_no_title_is_taken_for_markup(text: str, expected: str) -> None:
    assert unmarked(text) == expected
    assert expected in wecom.body_of(message(text))["markdown"]["content"]
    said = dingtalk.body_of(message(text))["markdown"]["text"]
    assert expected == said.replace("  \n", "\n")


@any_of(TEXTS)
def test_what_is_taken_for_no_markup_is_still_as_long(text: str) -> None:
    assert len(unmarked(text)) == len(text)


def test_wecom_mentions_members_in_markdown() -> None:
    assert wecom.body_of(message("标题\n#话题# <b>", "zhang,li")) == {
        "msgtype": "markdown",
        "markdown": {"content": "标题\n＃话题# ＜b>\n<@zhang>\n<@li>"},
    }


def test_wecom_needs_plain_text_for_phones_and_for_everybody() -> None:
    assert wecom.body_of(message("标题\n#话题# <b>", "zhang,13800138000,all")) == {
        "msgtype": "text",
        "text": {
            "content": "标题\n#话题# <b>",
            "mentioned_list": ["zhang", "@all"],
            "mentioned_mobile_list": ["13800138000"],
        },
    }


def test_dingtalk_names_in_the_text_whom_it_mentions() -> None:
    assert dingtalk.body_of(message("标题\n#话题#", "13800138000,manager7")) == {
        "msgtype": "markdown",
        "markdown": {
            "title": "标题",
            "text": "标题  \n＃话题#  \n@13800138000 @manager7",
        },
        "at": {"atMobiles": ["13800138000"], "atUserIds": ["manager7"], "isAtAll": False},
    }


def test_dingtalk_mentions_everybody() -> None:
    body = dingtalk.body_of(message("标题", "all"))
    assert body["at"] == {"atMobiles": [], "atUserIds": [], "isAtAll": True}
    assert body["markdown"]["text"] == "标题"


def test_feishu_shows_the_first_line_as_the_cards_title() -> None:
    assert feishu.body_of(message("标题\n见 https://a.test/x_y", "ou_1,li@anshan.test,all")) == {
        "msg_type": "interactive",
        "card": {
            "config": {"wide_screen_mode": True},
            "header": {"title": {"tag": "plain_text", "content": "标题"}},
            "elements": [
                {
                    "tag": "markdown",
                    "content": "见 https://a.test/x_y\n<at id=ou_1></at>"
                    "<at email=li@anshan.test></at><at id=all></at>",
                }
            ],
        },
    }


@pytest.mark.parametrize("text", ["只有一行", "题" * 150 + "\n正文"])
def test_feishu_loses_nothing_where_the_title_is_not_the_first_line(text: str) -> None:
    card = feishu.body_of(message(text))["card"]
    assert html.unescape(card["elements"][0]["content"]) == text


@any_of(st.text("ab<>*_[]()&#;~`!-+|\\{} \n一", max_size=60))
def test_feishu_takes_no_markup_from_a_title(text: str) -> None:
    safe = feishu.escaped(text)
    assert html.unescape(safe) == text
    assert not set("<>*_[]`~").intersection(safe)


# Limits and signatures, against servers that enforce them.

SENDERS: list[Any] = [
    (servers.WeComRobot, wecom.WeCom, f"/cgi-bin/webhook/send?key={KEY}", ""),
    (servers.WeComRobot, wecom.WeCom, f"/cgi-bin/webhook/send?key={KEY}", "zhang,li"),
    (servers.WeComRobot, wecom.WeCom, f"/cgi-bin/webhook/send?key={KEY}", "13800138000"),
    (servers.DingTalkRobot, dingtalk.DingTalk, f"/robot/send?access_token={KEY}", "zhang,all"),
    (servers.FeishuRobot, feishu.Feishu, f"/open-apis/bot/v2/hook/{HOOK}", "ou_1,all"),
]


@pytest.mark.parametrize(("robot", "channel", "path", "address"), SENDERS)
def test_a_text_beyond_the_vendors_limit_is_cut_and_says_so(
    robot: Any, channel: Any, path: str, address: str, stack: ExitStack
) -> None:
    vendor = robot()
    url = f"http://127.0.0.1:{web(stack, vendor).port}{path}"
    opened = channel(settings("r", url), io.StringIO())
    stack.callback(opened.close)
    opened.send(message(LONG, address))
    said = html.unescape(json.dumps(vendor.said[0], ensure_ascii=False))
    assert len(vendor.said) == 1
    assert CUT in said
    assert "鞍山民政已10天未更新😀" in said


def test_a_cut_is_said_in_the_language_of_the_message() -> None:
    english = Message("", "x", "no update\n" * 3000, (), cut=" (cut off)", language="en")
    for said in (
        wecom.body_of(english)["markdown"]["content"],
        dingtalk.body_of(english)["markdown"]["text"],
        feishu.body_of(english)["card"]["elements"][0]["content"],
    ):
        assert html.unescape(said).rstrip().endswith("(cut off)")


@pytest.mark.parametrize(
    ("channel", "server", "path"),
    [
        (dingtalk.DingTalk, servers.DingTalkRobot, f"/robot/send?access_token={KEY}"),
        (feishu.Feishu, servers.FeishuRobot, f"/open-apis/bot/v2/hook/{HOOK}"),
    ],
)
@pytest.mark.parametrize("secret", ["another", ""])
def test_a_wrong_signature_is_ours_to_mend(
    channel: Any, server: Any, path: str, secret: str, stack: ExitStack
) -> None:
    url = f"http://127.0.0.1:{web(stack, server()).port}{path}"
    opened = channel(settings("r", url, secret), io.StringIO())
    stack.callback(opened.close)
    with pytest.raises(DeliveryError) as caught:
        opened.send(message("x"))
    assert caught.value.failure is Failure.CHANNEL
    assert "check `secret` and the clock" in caught.value.detail


def test_the_signatures_are_the_vendors_own() -> None:
    # Both reckoned with openssl, apart from this program.
    assert dingtalk.signed("SECabc", 1708304400.5) == (
        "&timestamp=1708304400500&sign=vVcWHb1Cxf8uD26%2B%2Bmhc2kj9Fb4dFIRMT36fnN9hN9w%3D"
    )
    assert feishu.signed("abc", 1708304400.9) == {
        "timestamp": "1708304400",
        "sign": "/mEpq+DYbKl7GWC7FJmenzF8s+W7udSbJYHP2iKzQ60=",
    }


@pytest.mark.parametrize(
    ("kind", "url", "fine"),
    [
        (wecom, "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1", True),
        (wecom, "https://qyapi.weixin.qq.com/cgi-bin/webhook/send", False),
        (dingtalk, "https://oapi.dingtalk.com/robot/send?access_token=1", True),
        (dingtalk, "https://oapi.dingtalk.com/robot/send", False),
        (feishu, "https://open.feishu.cn/open-apis/bot/v2/hook/1", True),
        (feishu, "1-2-3", False),
    ],
)
def test_an_address_without_its_key_is_noticed(kind: Any, url: str, fine: bool) -> None:
    assert (kind.KIND.problems({"url": url}) == {}) is fine


def test_the_payload_keeps_chinese_at_three_bytes() -> None:
    assert payload({"a": "中"}) == '{"a": "中"}'.encode()
