"""Short pieces of text from outside: times, addresses, what is pressed and written, refusals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from zoneinfo import ZoneInfo

from alerts.answers.buttons import pressed_of
from alerts.answers.links import Signer
from alerts.answers.times import parse_day, parse_time
from alerts.channels import (
    dingtalk,
    feishu,
    mail_refusals,
    refusals,
    sms_aliyun,
    sms_tencent,
    wecom,
    wecom_app,
    wecom_bot_frames,
)
from alerts.channels.group_robot import read, verdict
from alerts.channels.replies import ServiceReply
from alerts.common.local_time import instant_of
from alerts.common.retry_after import retry_after
from alerts.platforms import BY_ID
from monitor.imports import clocks
from monitor.ledger.identity import account_by_route, account_identity, post_marks
from monitor.model import Gateway
from monitor.sources import addresses, dates, feed, page_dates, pages, registry
from tests.fuzz.gateways import BIZ, FEEDS, LIST_AT, UID, link
from tests.fuzz.parser import NOW, Parser, as_json, each

ZONE = ZoneInfo("Asia/Shanghai")
SIGNER = Signer("a secret of ours", "a former one")
ROBOTS = (wecom.CODES, dingtalk.CODES, feishu.CODES, wecom_app.CODES, wecom_bot_frames.CODES)
ADDRESSES = (
    link(),
    link(biz="bm8gbnVtYmVy"),
    link(biz="MTIz" * 3000),
    link(biz="一一"),
    f"https://weibo.com/{UID}/Kb1s9kcAz",
    f"https://m.weibo.cn/status/{'9' * 20}",
    "https://www.bilibili.com/video/BV1xx411c7mD",
    "https://rss.test/link-proxy/?k=1&u=http%3A%2F%2Fmp.weixin.qq.com%2Fs%3F__biz%3DMzA%3D",
    "http://[::1", "http://x:99999999/", "https://x.cn/a?ts=1708045207#p3",
    "https://weibo.com/n/鞍山民政", "https://mp.weixin.qq.com/s/abcdefghij",
)  # fmt: skip
TIMES = (
    "2024-02-15 09:30", "Thu, 15 Feb 2024 09:30:00 +0800", "2024年2月15日 上午9点半", "3天前",
    "明天上午9点半", "下周四 9:00", "1708045207", "99999-99-99", "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59", "9" * 6001, "٢٠٢٤-٠٢-١٥", "昨天 25:61", "刚刚", "120",
    "Wed, 21 Oct 2015 07:28:00 GMT", "9999-12-310:59-23",
)  # fmt: skip
ROUTES = (
    f"/weibo/user/{UID}", f"weibo/user/{UID}/showRetweeted=1?limit=5&format=atom", "MP_WXS_1",
    f"/wechat/wechat2rss/{BIZ}", "douyin/user/MS4wLjABAAAA", "bilibili/user/dynamic/2267573#2",
    "kuaishou/profile/3x", "toutiao/user/token/MS4w", UID, LIST_AT, "http://[", *ADDRESSES,
)  # fmt: skip
REPLIES = (
    b'{"errcode": 45009, "errmsg": "freq"}',
    b'{"code": 11232, "msg": "frequency limited"}',
    b'{"Code": "isv.BUSINESS_LIMIT_CONTROL", "Message": "x"}',
    as_json({"Response": {"SendStatusSet": [{"Code": "Ok"}], "Error": {"Code": "a.b"}}}),
)
FRAMES = (
    {"headers": {"req_id": "a"}, "errcode": 0, "errmsg": "ok"},
    {
        "cmd": "aibot_event_callback",
        "headers": {"req_id": "b"},
        "body": {
            "msgid": "m",
            "chattype": "group",
            "chatid": "c",
            "from": {"userid": "zhang"},
            "event": {
                "eventtype": "template_card_event",
                "template_card_event": {"event_key": "ack:7:28469100", "task_id": "t"},
            },
        },
    },
    {
        "cmd": "aibot_msg_callback",
        "headers": {"req_id": "c"},
        "body": {"from": {"userid": "li"}, "text": {"content": "@robot 列表"}},
    },
)


def sentences() -> Iterator[tuple[str, Parser]]:
    """Yield the parsers of what is a line or two."""
    times = tuple(text.encode() for text in TIMES)
    yield "times", Parser(_times, times)
    yield "clocks", Parser(each(_clock), times)
    yield "instants", Parser(each(instant_of), times, (ValueError,))
    yield "links", Parser(each(_links, page_dates.in_address), _bytes(ADDRESSES))
    yield "addresses", Parser(each(_addressed), _bytes(ADDRESSES))
    yield "routes", Parser(each(_routes), _bytes(ROUTES))
    yield "locators", Parser(each(*map(_located, registry.KINDS)), _bytes(ROUTES))
    tokens = (b"WzEsWyJ6Il0sN10.x", b"eyJ9.e30", b".")
    yield "tokens", Parser(each(SIGNER.ticket), tokens)
    yield "buttons", Parser(each(pressed_of), (b"ack:7", b"scheduled:7:28469100"))
    yield "frames", Parser(_heard, tuple(map(as_json, FRAMES)))
    yield "replies", Parser(_answered, REPLIES)
    refused_by_mail = (b"550 5.1.1 no such user", b"\xb1\xbb", *REPLIES)
    yield "refusals", Parser(_refused, refused_by_mail)
    pages_seen = tuple(path.read_bytes() for path in sorted(FEEDS.glob("*.*ml")))
    yield "error pages", Parser(each(pages.looks_like, pages.reason), pages_seen)
    charsets = (b"text/xml; charset=gb2312", b'text/html; charset="utf-8"', b"a/b; charset=idna")
    yield "content types", Parser(each(partial(feed.decoded, "一".encode())), charsets)


def _bytes(texts: tuple[str, ...]) -> tuple[bytes, ...]:
    return tuple(text.encode() for text in texts)


def _times(data: bytes) -> object:
    return each(
        partial(dates.stated, zone=ZONE),
        lambda text: [page_dates.moment(one, NOW, ZONE) for one in page_dates.within(text)],
        lambda text: parse_time(text, ZONE, NOW),
        lambda text: parse_day(text, ZONE, NOW),
        lambda text: retry_after(text, timedelta(days=1), NOW),
    )(data)


def _clock(text: str) -> object:
    return clocks.tidied(text), clocks.with_hour("2024-02-15", text), clocks.with_hour(text, "9点")


def _links(text: str) -> object:
    return [
        (account_identity(p, text), account_by_route(p, text), post_marks(p, text, text, "t", NOW))
        for p in BY_ID
    ]


def _addressed(text: str) -> object:
    found = addresses.recognised(text)
    if found is None:
        return [addresses.number_in(platform, text) for platform in BY_ID]
    gateways = [Gateway("g", kind, "http://rsshub.test") for kind in registry.KINDS]
    return [addresses.page_of(found), *(addresses.locator(one, found) for one in gateways)]


def _routes(text: str) -> object:
    return [
        (
            registry.locator_warning(kind, text),
            *(addresses.address_of(Gateway("g", kind, "http://x"), p, text) for p in BY_ID),
        )
        for kind in registry.KINDS
    ]


def _located(kind: str) -> partial[str | None]:
    return partial(registry.check_locator, kind)


def _answered(data: bytes) -> object:
    replies = [ServiceReply(status, data) for status in (200, 400, 429)]
    robots = [verdict(reply, codes, str) for reply in replies for codes in ROBOTS]
    return robots, [(sms_aliyun.verdict(r, str), sms_tencent.verdict(r, str)) for r in replies]


def _heard(data: bytes) -> object:
    said = read(data)
    return wecom_bot_frames.answered(said), wecom_bot_frames.heard(said)


def _refused(data: bytes) -> object:
    return refusals.readable(data), mail_refusals.about(550, data)
