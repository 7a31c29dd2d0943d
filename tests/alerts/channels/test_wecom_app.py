"""What an app of WeCom is sent, and what its vendor's answers mean."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace

import pytest

from alerts.channels.wecom_app import KIND, WeComApp, body_of
from alerts.message import DeliveryError, Failure, Link, Message
from alerts.model import ChannelSettings
from tests.alerts.channels import servers
from tests.alerts.channels.servers import KEY, SECRET, Given, Web, given

LINK = Link("https://watch.example.gov.cn/a/abc", "点此答复")
SHORT = Message(
    "zhangsan", "鞍山民政（微博）已10天未更新", "鞍山民政（微博）已10天未更新\n请今天发布。", ()
)


class Clock:
    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


class App:
    """A channel, its vendor and the clock between them."""

    def __init__(self) -> None:
        self.vendor, self.clock = servers.WeComApp(), Clock()
        self.web = Web(self.vendor)
        home = f"http://127.0.0.1:{self.web.port}"
        options = {"corp_id": "ww1", "agent_id": "7", "secret": SECRET, "base_url": home}
        settings = ChannelSettings("app", "wecom_app", options)
        self.channel = WeComApp(settings, io.StringIO(), monotonic=self.clock)

    def failure(self, message: Message = SHORT) -> DeliveryError:
        with pytest.raises(DeliveryError) as caught:
            self.channel.send(message)
        return caught.value


@pytest.fixture
def app() -> Iterator[App]:
    made = App()
    yield made
    made.channel.close()
    made.web.close()


def test_a_short_message_that_can_be_answered_is_a_card() -> None:
    jump = {"type": 1, "url": LINK.url}
    assert body_of(replace(SHORT, link=LINK), 7) == {
        "touser": "zhangsan",
        "agentid": 7,
        "msgtype": "template_card",
        "template_card": {
            "card_type": "text_notice",
            "main_title": {"title": SHORT.subject},
            "sub_title_text": "请今天发布。",
            "jump_list": [{**jump, "title": "点此答复"}],
            "card_action": jump,
        },
    }


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(SHORT, id="nothing to answer"),
        pytest.param(replace(SHORT, subject="很" * 37, link=LINK), id="a title that is cut"),
        pytest.param(replace(SHORT, text="长" * 161, link=LINK), id="a text that is cut"),
    ],
)
def test_what_a_card_would_not_show_whole_is_a_text(message: Message) -> None:
    assert body_of(message, 7)["msgtype"] == "text"


def test_a_long_text_is_cut_and_keeps_its_link() -> None:
    content = body_of(replace(SHORT, text="长" * 3000, link=LINK), 7)["text"]["content"]
    assert len(content.encode()) <= 2048
    assert content.endswith(f'（内容过长，已截断）\n<a href="{LINK.url}">点此答复</a>')


def test_one_token_serves_until_five_minutes_before_its_end(app: App) -> None:
    handed = []
    for second in (0, 1, 6899, 6900):
        app.clock.at = second
        app.channel.send(SHORT)
        handed.append(app.vendor.handed)
    assert handed == [1, 1, 1, 2]


def test_a_token_that_was_taken_back_is_renewed_and_the_message_goes(app: App) -> None:
    app.channel.send(SHORT)
    app.vendor.end_token()
    app.channel.send(SHORT)
    assert (len(app.vendor.said), app.vendor.handed) == (2, 2)


def test_a_token_that_is_refused_anew_is_for_later(app: App) -> None:
    app.vendor.trouble = given({"errcode": 42001, "errmsg": "access_token expired"})
    assert app.failure().failure is Failure.LATER


ANSWERS = [
    (-1, "system busy", Failure.LATER),
    (40001, "invalid credential", Failure.CHANNEL),
    (40013, "invalid corpid", Failure.CHANNEL),
    (40056, "invalid agentid", Failure.CHANNEL),
    (44004, "content is empty", Failure.MESSAGE),
    (45002, "content size out of limit", Failure.MESSAGE),
    (45009, "api freq out of limit", Failure.LATER),
    (48002, "api forbidden", Failure.CHANNEL),
    (60011, "no privilege to access/modify contact/party/agent", Failure.CHANNEL),
    (60020, "not allow to access from your ip, from ip: 1.2.3.4", Failure.CHANNEL),
    (60111, "userid not found", Failure.ADDRESS),
    (81013, "user & party & tag all invalid", Failure.ADDRESS),
    (301002, "not allow operate another agent with this accesstoken", Failure.CHANNEL),
    (99999, "something new", Failure.LATER),
]


@pytest.mark.parametrize(("code", "words", "failure"), ANSWERS, ids=[str(c) for c, *_ in ANSWERS])
def test_the_vendors_answers(app: App, code: int, words: str, failure: Failure) -> None:
    app.channel.send(SHORT)  # with the token
    app.vendor.trouble = given({"errcode": code, "errmsg": words})
    error = app.failure()
    assert error.failure is failure
    assert f"code {code}: {words}" in error.detail


def test_an_address_that_is_not_trusted_is_told_with_what_to_do(app: App) -> None:
    app.vendor.trouble = given({"errcode": 60020, "errmsg": "not allow to access from your ip"})
    assert "企业可信IP" in app.failure().detail


@pytest.mark.parametrize("who", ["nobody", "zhangsan|nobody"])
def test_a_member_who_cannot_be_reached_is_told(app: App, who: str) -> None:
    error = app.failure(replace(SHORT, address=who))
    assert error.failure is Failure.ADDRESS
    assert KEY not in error.detail


def test_a_server_that_gives_no_token_is_tried_again(app: App) -> None:
    app.vendor.trouble = Given(200, b'{"errcode": 0}')
    error = app.failure()
    assert (error.failure, error.doubtful) == (Failure.LATER, False)


@pytest.mark.parametrize(
    ("address", "right"),
    [("zhangsan", True), ("zhang.san@a-b|li_si", True), ("", False), ("@all two", False)],
)
def test_an_address_is_one_or_several_user_ids(address: str, right: bool) -> None:
    assert (KIND.address_problem(address) is None) is right


def test_options_that_are_wrong_are_named() -> None:
    wrong = KIND.problems({"agent_id": "the app", "base_url": "weixin"})
    assert sorted(wrong) == ["agent_id", "base_url"]
