"""Text messages: what a template is given, how it is signed, what the vendors answer."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from alerts.channels import registry, sms_aliyun, sms_tencent
from alerts.channels.base import Channel
from alerts.channels.replies import ServiceReply
from alerts.channels.text_message import Variables, number, variables
from alerts.facts import GatewayFacts, SilenceFacts
from alerts.message import DeliveryError, Failure, Message
from alerts.model import ChannelSettings, Event, Kind, Notice, Reason
from alerts.occasion import occasion_of
from tests.alerts.channels import servers
from tests.alerts.channels.servers import SECRET

NOW = datetime(2024, 2, 19, 1, 0, tzinfo=UTC)
FACTS = SilenceFacts("鞍山民政", quiet_days=13, publish_by=date(2024, 2, 22))
NOTICE = Notice(
    id="5f0c",
    alert=7,
    kind=Kind.SILENCE,
    subject="weibo",
    occasion=occasion_of("rung-13"),
    reason=Reason.RUNG,
    event=Event.ALERT,
    rung=13,
    person="zhang",
    channel="sms",
    address="13800000000",
    facts=FACTS,
    created_at=NOW,
    not_before=NOW,
)
MESSAGE = Message(
    "13800000000", "鞍山民政已13天未更新", "鞍山民政已13天未更新\n请发布。", (NOTICE,)
)


def about(facts: SilenceFacts | GatewayFacts) -> Message:
    return replace(MESSAGE, notices=(replace(NOTICE, facts=facts),))


VALUES: dict[str, tuple[Message, Variables]] = {
    "a silence": (MESSAGE, Variables("鞍山民政", "13", "2月22日")),
    "a silence known by its limit alone": (
        about(SilenceFacts("鞍山民政", breach_at=datetime(2024, 2, 22, 16, 30, tzinfo=UTC))),
        Variables("鞍山民政", "-", "2月23日"),
    ),
    "a name with what vendors refuse": (
        about(replace(FACTS, name="【官方】 鞍山<民政>https://a.test")),
        Variables("官方鞍山民政", "13", "2月22日"),
    ),
    "a long name": (
        about(replace(FACTS, name="鞍山市民政局政务新媒体官方账号")),
        Variables("鞍山市民政局政务新媒体官", "13", "2月22日"),
    ),
    "nothing but what is refused": (
        about(replace(FACTS, name="【】")),
        Variables("-", "13", "2月22日"),
    ),
    "no silence": (about(GatewayFacts("rsshub")), Variables("鞍山民政已13天未更新", "-", "-")),
}


@pytest.mark.parametrize(("said", "expected"), VALUES.values(), ids=VALUES)
def test_the_variables(said: Message, expected: Variables) -> None:
    assert variables(said, 12) == expected


@pytest.mark.parametrize("address", ["13800000000", "8613800000000", "+8613800000000"])
def test_a_number_however_it_is_written(address: str) -> None:
    assert number(address) == "13800000000"


@pytest.mark.parametrize("address", ["", "1380000000", "12800000000", "+113800000000", "zhang"])
@pytest.mark.parametrize("kind", ["sms_aliyun", "sms_tencent"])
def test_what_is_no_mobile_number(kind: str, address: str) -> None:
    assert registry.KINDS[kind].address_problem(address) is not None


def test_aliyuns_own_example_of_a_signature() -> None:
    """The values of the vendor's page on the signature of version 3."""
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-content-sha256": sms_aliyun.EMPTY,
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-version": "2014-05-26",
    }
    query = sms_aliyun.canonical(
        {
            "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
            "RegionId": "cn-shanghai",
        }
    )
    signed = sms_aliyun.authorization(headers, query, "YourAccessKeyId", "YourAccessKeySecret")
    assert signed.endswith("06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0")


class Line:
    """A channel and its vendor."""

    def __init__(self, kind: str) -> None:
        aliyun = kind == "sms_aliyun"
        self.vendor = servers.Aliyun() if aliyun else servers.Tencent()
        self.web = servers.Web(self.vendor)
        home = {"base_url": f"http://127.0.0.1:{self.web.port}", "sign": "民政", "template": "1"}
        key, secret = (
            ("access_key_id", "access_key_secret") if aliyun else ("secret_id", "secret_key")
        )
        options = {**home, key: servers.TextMessages.KEY_ID, secret: SECRET, "app_id": "14"}
        self.channel: Channel = registry.build(ChannelSettings("sms", kind, options), io.StringIO())

    def close(self) -> None:
        self.channel.close()
        self.web.close()

    def failure(self, code: str, words: str) -> DeliveryError:
        self.vendor.trouble = self.vendor.no(code, words)
        with pytest.raises(DeliveryError) as caught:
            self.channel.send(MESSAGE)
        return caught.value


@pytest.fixture(scope="module", params=["sms_aliyun", "sms_tencent"])
def line(request: pytest.FixtureRequest) -> Iterator[Line]:
    made = Line(request.param)
    yield made
    made.close()


def test_the_template_goes_to_the_number(line: Line) -> None:
    line.vendor.trouble = None
    line.channel.send(MESSAGE)
    where, said = line.vendor.said[-1]
    assert (where.removeprefix("+86"), said) == ("13800000000", ["鞍山民政", "13", "2月22日"])


@pytest.mark.parametrize("code", sorted(sms_aliyun.MEANINGS))
def test_aliyuns_answers(code: str) -> None:
    answer = servers.Aliyun().no(code, "no")
    error = sms_aliyun.verdict(ServiceReply(answer.status, answer.body), str)
    assert error is not None
    assert error.failure is sms_aliyun.MEANINGS[code]


@pytest.mark.parametrize("code", sorted(sms_tencent.MEANINGS))
def test_tencents_answers(code: str) -> None:
    answer = servers.Tencent().no(code, "no")
    error = sms_tencent.verdict(ServiceReply(answer.status, answer.body), str)
    assert error is not None
    assert error.failure is sms_tencent.MEANINGS[code]


def test_what_speaks_of_a_rate_is_for_later(line: Line) -> None:
    error = line.failure("isv.PARAM_LENGTH_LIMIT", "触发分钟级流控Permits:1，次数过多")
    assert error.failure is Failure.LATER


def test_an_account_without_money_says_what_to_do() -> None:
    answer = servers.Aliyun().no("isv.AMOUNT_NOT_ENOUGH", "账户余额不足")
    error = sms_aliyun.verdict(ServiceReply(answer.status, answer.body), str)
    assert error is not None
    assert error.detail == (
        "code isv.AMOUNT_NOT_ENOUGH: 账户余额不足 – no money is left: top the account up"
    )
