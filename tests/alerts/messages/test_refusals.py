"""Whatever a channel says of a failure, people read why in their language, and what to do."""

import pytest

from alerts.facts import Fault, SelfFacts
from alerts.message import USUALLY, DeliveryError, Failure, Why
from alerts.messages.former import DELIVERIES, FAULTS
from alerts.messages.refusals import ADVICE, REASONS, code_of, refusal
from alerts.messages.render import render
from alerts.model import Kind, Reason
from alerts.told import Detail, worded
from alerts.words import translator
from tests.alerts.messages.test_render import HOURS, notice

CHINESE, ENGLISH = translator("zh_CN"), translator("en")


def said(detail: str, failure: Failure | None = None) -> str:
    return worded(refusal(detail, failure), text=CHINESE.text)


@pytest.mark.parametrize(
    ("detail", "failure", "expected"),
    [
        pytest.param(
            "login refused: 535 5.7.8 Error: authentication failed",
            Failure.CHANNEL,
            "令牌、密钥、签名或登录被拒绝；到发放处重新生成，更新people.toml或其引用的变量"
            "「535 5.7.8 Error: authentication failed」",
            id="a login is refused: the server's own words stand behind",
        ),
        pytest.param(
            "code 93000: invalid webhook url, hint: [1] – the key is wrong",
            Failure.CHANNEL,
            "令牌、密钥、签名或登录被拒绝；到发放处重新生成，更新people.toml或其引用的变量"
            "「93000: invalid webhook url, hint: [1]」",
            id="a robot's code stands behind, without our explanation of it",
        ),
        pytest.param(
            "Connection refused",
            Failure.LATER,
            "对方没有运行，或地址、端口不对；查看对方是否在运行，核对people.toml中的地址和端口",
            id="what is said by ourselves is not quoted",
        ),
        pytest.param(
            "recipient refused: 550 no such user",
            Failure.ADDRESS,
            "收件人被拒绝；核对people.toml中此人的地址「550 no such user」",
            id="a mailbox that is not there",
        ),
        pytest.param(
            "code 7: " + "long " * 30,
            Failure.LATER,
            "对方暂时没有收下；不必处理，稍后自动重试「7: " + "long " * 11 + "l…」",
            id="long words are cut",
        ),
        pytest.param(
            "code 310000: keywords not in content, more: [https://ding] – keyword, signature",
            Failure.CHANNEL,
            "机器人只收含有指定关键词的消息；请在机器人的安全设置中改用“加签”（签名校验），"
            "并把密钥填到secret「310000: keywords not in content, more: [https://ding]」",
            id="DingTalk's keyword is no key to be made anew",
        ),
        pytest.param(
            "code 19021: sign match fail or timestamp is not within one hour from current time",
            Failure.CHANNEL,
            "签名不符；核对people.toml中的secret与机器人的密钥，以及本机时间"
            "「19021: sign match fail or timestamp is not within one hour…」",
            id="Feishu's signature depends on the clock",
        ),
        pytest.param(
            "code 19022: Ip Not Allowed",
            Failure.CHANNEL,
            "本机的IP地址不在对方的允许范围内；请在对方的安全设置中加上本机的公网IP地址，"
            "或改用签名校验「19022: Ip Not Allowed」",
            id="Feishu's list of addresses",
        ),
        pytest.param(
            "quiet hours",
            None,
            "免打扰时段内；不必处理，结束后自动发送",
            id="quiet hours are nobody's refusal",
        ),
        pytest.param(
            "not tried yet: the service stops",
            None,
            "轮到发送之前，程序已停止；不必处理，程序重新运行后自动发送",
            id="what a stop left over is nobody's refusal",
        ),
        pytest.param(
            "not tried yet: the channel is slow",
            None,
            "渠道较慢，尚未轮到；不必处理，稍后自动发送",
            id="what a slow channel left over is nobody's refusal",
        ),
        pytest.param(
            "zhao is no longer configured",
            None,
            "people.toml中已没有此人；请在其中登记接替人员",
            id="the person left, whose id is not said",
        ),
        pytest.param(
            "channel pager is not configured",
            None,
            "people.toml中已没有此渠道；请在其中登记此人的其他联系方式",
            id="the channel was taken out",
        ),
        pytest.param(
            "something new",
            None,
            "对方暂时没有收下；不必处理，稍后自动重试「something new」",
            id="of what nobody knows",
        ),
    ],
)
def test_why_and_what_to_do(detail: str, failure: Failure | None, expected: str) -> None:
    assert said(detail, failure) == expected


def test_every_code_has_a_reason_and_an_advice() -> None:
    assert set(map(str, Why)) == REASONS.keys() == ADVICE.keys()
    assert {code for code, _ in DELIVERIES} <= REASONS.keys()  # of what was stored before


@pytest.mark.parametrize("failure", Failure)
def test_every_failed_delivery_carries_why(failure: Failure) -> None:
    assert code_of(DeliveryError(failure, "HTTP 503").detail, failure) == USUALLY[failure]
    late = DeliveryError(failure, Detail("HTTP 503", Why.OFTEN))
    assert code_of(late.detail, failure) == Why.OFTEN


def test_in_english_it_is_english() -> None:
    told = worded(refusal("HTTP 503"), text=ENGLISH.text)
    assert told == "the service failed inside; nothing: it is tried again “HTTP 503”"


@pytest.mark.parametrize("fault", [*Fault, None])
@pytest.mark.parametrize("error", [*FAULTS, "KeyError"])
def test_an_error_of_our_own_is_said_in_words(error: str, fault: Fault | None) -> None:
    facts = SelfFacts("鞍山民政", "weibo", gateway_error=error, fault=fault)
    text = render(notice(Reason.SELF, facts, Kind.SELF), CHINESE, HOURS, False).text
    assert ("原因：" in text, "处理：" in text, error in text) == (True, True, False)
