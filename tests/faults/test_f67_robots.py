"""What robots and bots refuse, and in which words."""

from __future__ import annotations

import importlib.util
import json
from io import StringIO

import pytest
from telegram.error import BadRequest

from alerts.channels import dingtalk, feishu, wecom
from alerts.channels.group_robot import Codes, verdict
from alerts.channels.replies import ServiceReply
from alerts.channels.telegram import classified
from alerts.channels.telegram_settings import PROXY, SOCKS_MISSING, problems
from alerts.channels.wecom import WeCom
from alerts.message import Failure
from alerts.model import ChannelSettings
from tests.alerts.channels.servers import Asked, Given, Web
from tests.alerts.channels.test_robots import message

LATER, ADDRESS, MESSAGE, CHANNEL = Failure.LATER, Failure.ADDRESS, Failure.MESSAGE, Failure.CHANNEL

SAID = [
    (feishu.CODES, 400, 9499, "too many request", LATER),
    (feishu.CODES, 200, 9499, "Bad Request", MESSAGE),
    (feishu.CODES, 200, 11232, "frequency limited psm[lark.oapi.app_platform_runtime]", LATER),
    (feishu.CODES, 200, 11246, "card too often sent, try again later", LATER),
    (feishu.CODES, 200, 19001, "param invalid: incoming webhook access token invalid", CHANNEL),
    (dingtalk.CODES, 200, 410100, "发送速度太快而限流", LATER),
    (dingtalk.CODES, 200, 40035, "请求过于频繁", LATER),
    (dingtalk.CODES, 200, 43004, "不合法的请求", MESSAGE),
    (dingtalk.CODES, 200, 300001, "系统繁忙", LATER),
    (dingtalk.CODES, 200, 310000, "keywords not in content", CHANNEL),
    (wecom.CODES, 200, 45009, "api freq out of limit", LATER),
    (wecom.CODES, 200, 40058, "markdown.content exceed max length 4096", MESSAGE),
    (wecom.CODES, 200, 40058, "invoke quota used up", LATER),
    (wecom.CODES, 200, 93000, "invalid webhook url", CHANNEL),
    (wecom.CODES, 200, 99999, "something new", LATER),
]


@pytest.mark.parametrize(
    ("codes", "status", "code", "words", "failure"),
    SAID,
    ids=[f"{c} {w}" for _, _, c, w, _ in SAID],
)
def test_F67_a_rate_is_for_a_while_under_any_code(
    codes: Codes, status: int, code: int, words: str, failure: Failure
) -> None:
    body = json.dumps({codes.code: code, codes.words: words}).encode()
    found = verdict(ServiceReply(status, body), codes, str)
    assert found is not None
    assert found.failure is failure


@pytest.mark.parametrize(
    "words",
    [
        "qps limit",
        "请求数超限",
        "触发流控",
        "流量控制",
        "并发数过大",
        "concurrent requests",
        "当日发送量已用完",
        "今日额度已用尽",
        "请求太快",
        "操作太快，请歇一会",
        "发送受限",
        "系统正在维护",
        "服务升级中",
        "服务不可用",
        "Service Unavailable",
        "server is under maintenance",
        "Internal Server Error",
        "request timed out",
        "系统错误，请重试",
    ],
)
@pytest.mark.parametrize(
    ("codes", "code"),
    [(feishu.CODES, 9499), (dingtalk.CODES, 43004), (wecom.CODES, 40058)],
    ids=["feishu", "dingtalk", "wecom"],
)
def test_F67_what_passes_by_itself_is_for_a_while_whoever_says_it(
    codes: Codes, code: int, words: str
) -> None:
    body = json.dumps({codes.code: code, codes.words: words}).encode()
    found = verdict(ServiceReply(200, body), codes, str)
    assert found is not None
    assert found.failure is LATER


@pytest.mark.parametrize(
    "words", ["text too long", "content size exceed limit", "内容超过长度限制", "消息过大"]
)
def test_F67_a_text_that_is_too_long_is_so_tomorrow(words: str) -> None:
    body = json.dumps({"code": 9499, "msg": words}).encode()
    found = verdict(ServiceReply(200, body), feishu.CODES, str)
    assert found is not None
    assert found.failure is MESSAGE


@pytest.mark.parametrize(
    ("words", "failure"),
    [
        ("TOPIC_CLOSED", ADDRESS),
        ("message thread not found", ADDRESS),
        ("chat not found", ADDRESS),
        ("message is too long", MESSAGE),
        ("can't parse entities: unsupported start tag", MESSAGE),
        ("flood control exceeded", LATER),
        ("something new", LATER),
    ],
)
def test_F73_a_bad_request_is_for_good_only_where_its_words_say_so(
    words: str, failure: Failure
) -> None:
    assert classified(BadRequest(words))[0] is failure


HERE = importlib.util.find_spec("socksio") is not None


@pytest.mark.parametrize(
    ("proxy", "problem"),
    [
        ("http://127.0.0.1:1080", None),
        ("socks5://127.0.0.1:1080", None if HERE else SOCKS_MISSING),
        ("socks5h://user:key@127.0.0.1:1080", None if HERE else SOCKS_MISSING),
        ("socks5://", PROXY),
        ("socks9://127.0.0.1", PROXY),
        ("127.0.0.1:1080", PROXY),
    ],
)
def test_a_proxy_may_be_socks_where_its_library_is_there(proxy: str, problem: str | None) -> None:
    assert problems({"token": "1:a", "proxy": proxy}).get("proxy") == problem


@pytest.mark.parametrize(
    ("options", "kind"),
    [({}, "markdown"), ({"plain": "true"}, "text"), ({"plain": "false"}, "markdown")],
)
def test_F74_wecom_says_it_in_plain_text_where_that_is_set(
    options: dict[str, str], kind: str
) -> None:
    asked: list[str] = []

    def answer(request: Asked) -> Given:
        asked.append(request.json["msgtype"])
        return Given(200, b'{"errcode":0,"errmsg":"ok"}')

    web = Web(answer)
    try:
        url = f"http://127.0.0.1:{web.port}/send?key=k"
        WeCom(ChannelSettings("w", "wecom", {"url": url, **options}), StringIO()).send(
            message("文")
        )
    finally:
        web.close()
    assert asked == [kind]


def test_F74_plain_is_true_or_false() -> None:
    assert wecom.problems({"url": "https://a.cn/?key=k", "plain": "yes"}) == {
        "plain": "expected true or false"
    }
