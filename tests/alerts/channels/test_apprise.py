"""What may be left to Apprise, and what may not."""

from __future__ import annotations

import io
import logging
import sys

import pytest

from alerts.channels.apprise import Apprise, own_kind, problems
from alerts.message import DeliveryError, Failure, Message
from alerts.model import ChannelSettings

# Apprise's own imports.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

TOKEN = "secret-token-of-ours"


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("wecombot://key/", "wecom"),
        ("WeComBot://key/", "wecom"),
        ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1", "wecom"),
        ("dingtalk://token/", "dingtalk"),
        ("https://oapi.dingtalk.com/robot/send?access_token=1", "dingtalk"),
        ("feishu://token/", "feishu"),
        ("lark://token/", "feishu"),
        ("https://open.feishu.cn/open-apis/bot/v2/hook/1", "feishu"),
        ("https://open.larksuite.com/open-apis/bot/v2/hook/1", "feishu"),
        ("json://127.0.0.1/, dingtalk://token/", "dingtalk"),
        ("json://127.0.0.1/ feishu://token/", "feishu"),
        ("bark://device@api.day.app/", None),
        ("pushplus://token", None),
        ("json://dingtalk.example.org/", None),
    ],
)
def test_a_service_whose_refusals_apprise_takes_for_success_has_a_kind_of_its_own(
    url: str, kind: str | None
) -> None:
    assert own_kind(url) == kind
    if kind is not None:
        assert problems({"url": url}) == {
            "url": f'this service has a kind of its own here: kind = "{kind}"'
        }


@pytest.mark.parametrize(
    "url", ["", "bark", f"nonsense://{TOKEN}", f"json://a/,json://{TOKEN}/", "json://a/ json://b/"]
)
def test_an_address_apprise_does_not_know_is_noticed_without_quoting_it(
    url: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("apprise")
    caplog.set_level(logging.DEBUG)
    found = problems({"url": url})
    assert set(found) == {"url"}
    assert TOKEN not in found["url"] + caplog.text + "".join(capfd.readouterr())


def test_an_address_apprise_knows_is_fine() -> None:
    pytest.importorskip("apprise")
    assert problems({"url": "json://127.0.0.1/in"}) == {}


def test_without_the_library_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    remedy = "pip install account-freshness-monitor[apprise]"
    assert remedy in problems({"url": "json://127.0.0.1/in"})["url"]
    channel = Apprise(ChannelSettings("a", "apprise", {"url": f"json://{TOKEN}/in"}), io.StringIO())
    with pytest.raises(DeliveryError) as caught:
        channel.send(Message("", "x", "x", ()))
    channel.close()
    assert caught.value.failure is Failure.CHANNEL
    assert remedy in caught.value.detail
