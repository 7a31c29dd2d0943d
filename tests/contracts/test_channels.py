"""What every kind of channel promises, over real connections: delivered, or why not, in silence
about its secrets."""

from __future__ import annotations

import html
import io
import json
import logging
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import quote

import pytest

from alerts.channels import registry
from alerts.channels.base import Channel
from alerts.common.deadline import Limits
from alerts.facts import SilenceFacts
from alerts.message import DeliveryError, Failure, Message
from alerts.model import ChannelSettings, Kind, Notice, Reason
from alerts.model import Event as Told
from alerts.occasion import occasion_of
from tests.alerts.channels import bot_server, servers
from tests.alerts.channels.servers import HOOK, KEY, PASSWORD, SECRET, TOKEN, Given, given
from tests.waiting import HASTE, PATIENCE

# Apprise's own imports.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

NOW = datetime(2024, 2, 19, 1, 0, tzinfo=UTC)
LIMITS = Limits(timedelta(seconds=PATIENCE), timedelta(seconds=PATIENCE))
PATIENT = Limits(timedelta(hours=1), timedelta(hours=1))
SUBJECT = "【重发】鞍山民政（微博）已10天未更新"
TEXT = (
    f"{SUBJECT}\n最后一条：2024-02-09 “春节*安全*提示_1” <a&b>\n请核查：https://weibo.com/u/1?a=1_2"
)


NARROW = str.maketrans("＜＊＿", "<*_")  # as before two of the robots took their markup out


def notice(number: int = 1, address: str = "somebody") -> Notice:
    return Notice(
        id=f"5f0c-{number}",
        alert=7,
        kind=Kind.SILENCE,
        subject="weibo-anshanmz",
        occasion=occasion_of(f"rung-{number}"),
        reason=Reason.RUNG,
        event=Told.ALERT,
        rung=10,
        person="zhang",
        channel="c",
        address=address,
        facts=SilenceFacts("鞍山民政"),
        created_at=NOW,
        not_before=NOW,
    )


def message(address: str, text: str = TEXT, number: int = 1) -> Message:
    subject = text.split("\n", 1)[0]
    return Message(address, subject, text, (notice(number, address),), resent=True)


@dataclass
class Service:
    """One kind's service on the loopback, and how a channel finds it."""

    kind: str
    port: int
    options: Callable[[int, bool], dict[str, str]]  # port, with TLS or not
    address: str
    secrets: tuple[str, ...]
    heard: Callable[[], list[str]]
    suffer: Callable[[str], None]
    drip: Callable[..., None] = servers.dripping_http
    burst: int = 12

    def channel(
        self, port: int | None = None, tls: bool = False, limits: Limits = LIMITS
    ) -> Channel:
        settings = ChannelSettings("c", self.kind, self.options(port or self.port, tls))
        return registry.build(settings, io.StringIO(), limits)


def telegram(stack: ExitStack) -> Service:
    api = servers.BotApi()
    web = start(stack, api)
    troubles = {
        "500": Given(500, b"<html>oops</html>"),
        "error body": given({"ok": False, "error_code": 400, "description": "no"}),
        "no json": Given(200, b"<html>login</html>"),
        "slow down": servers.refused(429, "Too Many Requests: retry after 7", retry_after=7),
        "key": servers.refused(401, f"Unauthorized: {TOKEN}"),
        "address": servers.refused(403, "Forbidden: bot was kicked from the group chat"),
        "text": servers.refused(400, "Bad Request: message text is empty"),
    }
    return Service(
        "telegram",
        web.port,
        lambda port, tls: {"token": TOKEN, "base_url": f"http{'s' * tls}://127.0.0.1:{port}"},
        "123",
        (TOKEN, TOKEN.split(":")[1]),
        lambda: [form["text"] for form in api.sent],
        lambda trouble: setattr(api, "trouble", troubles[trouble]),
    )


def wecom(stack: ExitStack) -> Service:
    robot = servers.WeComRobot()
    return robot_service(
        stack,
        "wecom",
        robot,
        "/cgi-bin/webhook/send?key=" + KEY,
        {},
        lambda said: said["markdown"]["content"].translate(NARROW),
        (KEY,),
        {"key": 93000, "text": 40058, "busy": 45009, "new": 77777},
        "errcode",
        "errmsg",
    )


def wecom_app(stack: ExitStack) -> Service:
    vendor = servers.WeComApp()
    service = robot_service(
        stack,
        "wecom_app",
        vendor,
        "",
        {},
        lambda said: said["text"]["content"],
        (SECRET,),
        {"key": 40001, "text": 45002, "busy": 45009, "new": 77777},
        "errcode",
        "errmsg",
    )

    def options(port: int, tls: bool) -> dict[str, str]:
        home = f"http{'s' * tls}://127.0.0.1:{port}"
        return {"corp_id": "ww1", "agent_id": "1000002", "secret": SECRET, "base_url": home}

    return replace(service, options=options, address="zhangsan")


def dingtalk(stack: ExitStack) -> Service:
    robot = servers.DingTalkRobot()
    return robot_service(
        stack,
        "dingtalk",
        robot,
        "/robot/send?access_token=" + KEY,
        {"secret": SECRET},
        lambda said: said["markdown"]["text"].replace("  \n", "\n").translate(NARROW),
        (KEY, SECRET),
        {"key": 310000, "text": 430102, "busy": 130101, "new": 77777},
        "errcode",
        "errmsg",
    )


def feishu(stack: ExitStack) -> Service:
    def said(body: dict[str, Any]) -> str:
        card = body["card"]
        title = card["header"]["title"]["content"]
        return f"{title}\n{html.unescape(card['elements'][0]['content'])}"

    service = robot_service(
        stack,
        "feishu",
        servers.FeishuRobot(),
        "/open-apis/bot/v2/hook/" + HOOK,
        {"secret": SECRET},
        said,
        (HOOK, SECRET),
        {"key": 19024, "text": 9499, "busy": 11232, "new": 77777},
        "code",
        "msg",
    )
    return replace(service, burst=4)


def robot_service(
    stack: ExitStack,
    kind: str,
    robot: servers.GroupRobot,
    path: str,
    extra: dict[str, str],
    said: Callable[[dict[str, Any]], str],
    secrets: tuple[str, ...],
    codes: dict[str, int],
    code: str,
    words: str,
) -> Service:
    web = start(stack, robot)
    troubles = {
        "500": Given(500),
        "error body": given({code: codes["new"], words: f"something new about {secrets[0]}"}),
        "no json": Given(200, b"<html>login</html>"),
        "slow down": Given(429, headers={"Retry-After": "7"}),
        "busy": given({code: codes["busy"], words: "too fast"}),
        "key": given({code: codes["key"], words: f"refused: {secrets[-1]}"}),
        "text": given({code: codes["text"], words: "improper"}),
        "gone": Given(404),
    }
    return Service(
        kind,
        web.port,
        lambda port, tls: {"url": f"http{'s' * tls}://127.0.0.1:{port}{path}", **extra},
        "",
        secrets,
        lambda: [said(body) for body in robot.said],
        lambda trouble: setattr(robot, "trouble", troubles[trouble]),
    )


def wecom_bot(stack: ExitStack) -> Service:
    server = bot_server.BotServer()
    stack.callback(server.close)

    def suffer(trouble: str) -> None:
        if trouble == "500":
            server.down = HTTPStatus.INTERNAL_SERVER_ERROR
        elif trouble == "key":
            server.refuse = (40001, f"invalid secret {bot_server.SECRET}")
        else:
            codes = {"address": 93006, "text": 40058, "busy": 45009, "error body": 77777}
            server.trouble = (codes[trouble], f"refused {bot_server.SECRET}")

    return Service(
        "wecom_bot",
        server.port,
        lambda port, tls: {
            "bot_id": bot_server.BOT,
            "secret": bot_server.SECRET,
            "base_url": f"ws{'s' * tls}://127.0.0.1:{port}",
        },
        "zhang",
        (bot_server.SECRET,),
        lambda: server.texts("zhang"),
        suffer,
    )


def sms_aliyun(stack: ExitStack) -> Service:
    keys = {"access_key_id": servers.TextMessages.KEY_ID, "access_key_secret": SECRET}
    codes = {
        "error body": "isv.SOMETHING_NEW",
        "busy": "isv.BUSINESS_LIMIT_CONTROL",
        "key": "InvalidAccessKeyId.NotFound",
        "text": "isv.TEMPLATE_PARAMS_ILLEGAL",
        "address": "isv.MOBILE_NUMBER_ILLEGAL",
    }
    return text_messages(stack, "sms_aliyun", servers.Aliyun(), keys, codes)


def sms_tencent(stack: ExitStack) -> Service:
    keys = {"secret_id": servers.TextMessages.KEY_ID, "secret_key": SECRET, "app_id": "1400006666"}
    codes = {
        "error body": "InternalError.SomethingNew",
        "busy": "LimitExceeded.PhoneNumberDailyLimit",
        "key": "AuthFailure.SecretIdNotFound",
        "text": "FailedOperation.ContainSensitiveWord",
        "address": "InvalidParameterValue.IncorrectPhoneNumber",
    }
    return text_messages(stack, "sms_tencent", servers.Tencent(), keys, codes)


def text_messages(
    stack: ExitStack,
    kind: str,
    vendor: servers.TextMessages,
    keys: dict[str, str],
    codes: dict[str, str],
) -> Service:
    web = start(stack, vendor)
    troubles = {
        "500": Given(500),
        "slow down": Given(429, headers={"Retry-After": "7"}),
        "no json": Given(200, b"<html>login</html>"),
        **{name: vendor.no(code, f"refused {SECRET}") for name, code in codes.items()},
    }
    return Service(
        kind,
        web.port,
        lambda port, tls: {
            **keys,
            "sign": "鞍山民政",
            "template": "SMS_1",
            "base_url": f"http{'s' * tls}://127.0.0.1:{port}",
        },
        "13800000000",
        (SECRET,),
        # Its own tests say which of a message's words a template shows.
        lambda: [TEXT for _ in vendor.said],
        lambda trouble: setattr(vendor, "trouble", troubles[trouble]),
    )


def webhook(stack: ExitStack) -> Service:
    receiver = servers.Receiver()
    web = start(stack, receiver)
    troubles = {
        "500": Given(500),
        "slow down": Given(429, headers={"Retry-After": "7"}),
        "key": Given(401, SECRET.encode()),
        "address": Given(410),
        "text": Given(422),
        "moved": Given(302, headers={"Location": "http://127.0.0.1:1/"}),
    }
    return Service(
        "webhook",
        web.port,
        lambda port, tls: {
            "url": f"http{'s' * tls}://u:{quote(PASSWORD)}@127.0.0.1:{port}/in/{KEY}",
            "secret": SECRET,
        },
        "anybody",
        (SECRET, KEY, PASSWORD),
        lambda: [body["text"] for body in receiver.taken],
        lambda trouble: setattr(receiver, "trouble", troubles[trouble]),
    )


def mail(stack: ExitStack) -> Service:
    post = servers.Post()
    port = stack.enter_context(servers.mail_server(post, login=True))
    options = {
        "host": "127.0.0.1",
        "sender": "值守 <watch@anshan.test>",
        "username": "watch",
        "password": PASSWORD,
    }

    def suffer(trouble: str) -> None:
        if trouble == "500":
            post.at_data = "451 4.3.0 try again later"
        elif trouble == "address":
            post.at_recipient["*"] = "550 5.1.1 no such user"
        elif trouble == "text":
            post.at_data = "554 5.6.0 message content rejected"
        else:
            options["password"] = "wrong" + PASSWORD

    return Service(
        "mail",
        port,
        lambda port, tls: {**options, "port": str(port), "security": "tls" if tls else "none"},
        "zhang@anshan.test",
        (PASSWORD,),
        lambda: [_plain(received) for received in post.mails],
        suffer,
        servers.dripping_mail,
    )


def _plain(received: Any) -> str:
    return str(received.get_body(("plain",)).get_content()).replace("\r\n", "\n").rstrip("\n")


def apprise(stack: ExitStack) -> Service:
    pytest.importorskip("apprise")
    taken: list[dict[str, Any]] = []
    troubles: list[Given] = []

    def answer(asked: servers.Asked) -> Given:
        if troubles:
            return troubles[0]
        taken.append(asked.json)
        return Given()

    statuses = {"500": Given(500), "slow down": Given(429), "key": Given(401), "text": Given(400)}
    web = start(stack, answer)
    return Service(
        "apprise",
        web.port,
        lambda port, tls: {"url": f"json{'s' * tls}://me:{KEY}@127.0.0.1:{port}/in/{HOOK}"},
        "",
        (KEY, HOOK),
        lambda: [body["message"] for body in taken],
        lambda trouble: troubles.append(statuses[trouble]),
    )


def start(stack: ExitStack, answer: servers.Answer) -> servers.Web:
    web = servers.Web(answer)
    stack.callback(web.close)
    return web


SERVICES = {
    "telegram": telegram,
    "wecom": wecom,
    "wecom_app": wecom_app,
    "dingtalk": dingtalk,
    "feishu": feishu,
    "wecom_bot": wecom_bot,
    "sms_aliyun": sms_aliyun,
    "sms_tencent": sms_tencent,
    "webhook": webhook,
    "mail": mail,
    "apprise": apprise,
}
NETWORKED = sorted(SERVICES)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


@pytest.fixture
def service(request: pytest.FixtureRequest, stack: ExitStack) -> Service:
    return SERVICES[request.param](stack)


@pytest.fixture(scope="session")
def both(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return servers.certificate(tmp_path_factory.mktemp("tls"))


def opened(stack: ExitStack, channel: Channel) -> Channel:
    stack.callback(channel.close)
    return channel


def failure_of(channel: Channel, sent: Message) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        channel.send(sent)
    return caught.value


def kinds(*but: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("service", [k for k in NETWORKED if k not in but], indirect=True)


TEXTED = ("sms_aliyun", "sms_tencent")  # what they say is a template's
every_kind = kinds()
# Apprise keeps its own time, some seconds, and makes a new object for every message.
every_kind_of_our_own = kinds("apprise")


def test_every_kind_of_channel_is_tried_here() -> None:
    assert sorted([*SERVICES, "console"]) == sorted(registry.KINDS)


@every_kind
def test_it_delivers_the_whole_text_with_the_mark_of_a_repeat(
    service: Service, stack: ExitStack
) -> None:
    opened(stack, service.channel()).send(message(service.address))
    assert service.heard() == [TEXT]


@every_kind
def test_the_options_it_is_tested_with_pass_its_own_check(service: Service) -> None:
    kind, options = registry.KINDS[service.kind], service.options(service.port, False)
    assert kind.problems(options) == {}
    assert kind.address_problem(service.address) is None
    assert kind.required <= options.keys() <= kind.required | kind.optional
    assert kind.secrets <= kind.required | kind.optional


@kinds(*TEXTED)
def test_several_threads_may_send_at_once(service: Service, stack: ExitStack) -> None:
    channel = opened(stack, service.channel())
    texts = [f"第{number}条" for number in range(service.burst)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda text: channel.send(message(service.address, text)), texts))
    assert sorted(h.strip().split("\n")[-1] for h in service.heard()) == sorted(texts)


SEVEN = timedelta(seconds=7)
ROBOTS = ("wecom", "wecom_app", "dingtalk", "feishu")
REFUSALS: list[Any] = [
    *[(kind, "500", Failure.LATER, None) for kind in NETWORKED],
    *[
        (kind, "slow down", Failure.LATER, SEVEN)
        for kind in ("telegram", "webhook", *ROBOTS, *TEXTED)
    ],
    ("apprise", "slow down", Failure.LATER, None),
    *[(kind, "error body", Failure.LATER, None) for kind in ("telegram", *ROBOTS, *TEXTED)],
    *[(kind, "no json", Failure.LATER, None) for kind in ("telegram", *ROBOTS, *TEXTED)],
    *[(kind, "key", Failure.CHANNEL, None) for kind in NETWORKED if kind != "apprise"],
    ("apprise", "key", Failure.LATER, None),
    *[(kind, "text", Failure.MESSAGE, None) for kind in NETWORKED if kind != "apprise"],
    *[
        (kind, "address", Failure.ADDRESS, None)
        for kind in ("telegram", "webhook", "mail", *TEXTED)
    ],
    *[(kind, "gone", Failure.CHANNEL, None) for kind in ROBOTS],
    ("webhook", "moved", Failure.CHANNEL, None),
    *[(kind, "busy", Failure.LATER, None) for kind in TEXTED],
    ("wecom", "busy", Failure.LATER, timedelta(minutes=1)),
    ("wecom_bot", "address", Failure.ADDRESS, None),
    ("wecom_bot", "busy", Failure.LATER, timedelta(minutes=1)),
    ("wecom_bot", "error body", Failure.LATER, None),
    ("wecom_app", "busy", Failure.LATER, timedelta(minutes=1)),
    ("dingtalk", "busy", Failure.LATER, timedelta(minutes=10)),
    ("feishu", "busy", Failure.LATER, timedelta(seconds=30)),
]


@pytest.mark.parametrize(
    ("service", "trouble", "failure", "wait"),
    REFUSALS,
    indirect=["service"],
    ids=[f"{kind}: {trouble} → {failure}" for kind, trouble, failure, _ in REFUSALS],
)
def test_F04_a_refusal_says_what_to_do_next_and_no_secret(
    service: Service,
    trouble: str,
    failure: Failure,
    wait: timedelta | None,
    stack: ExitStack,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    service.suffer(trouble)
    channel = opened(stack, service.channel())
    error = failure_of(channel, message(service.address))
    assert (error.failure, error.wait) == (failure, wait)
    assert service.heard() == []
    assert_silent(service, error, channel, caplog, capfd)


# Everybody's yes in one.
YES = {
    "ok": True,
    "errcode": 0,
    "code": 0,
    "Code": "OK",
    "Response": {"SendStatusSet": [{"Code": "Ok"}]},
    "access_token": KEY,
    "expires_in": 7200,
    "result": {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}},
}
PLACES: dict[str, Callable[..., None] | None] = {
    "nobody listens": None,
    "silence": servers.silent,
    "a drip": servers.dripping_http,
    "hung up": servers.hanging_up,
}
# Whether the message may have arrived; when the other side hangs up, either may be.
DOUBTS = {"nobody listens": False, "silence": True, "a drip": True}


@pytest.mark.parametrize(
    ("service", "place"),
    [
        *[(kind, place) for kind in NETWORKED if kind != "apprise" for place in PLACES],
        ("apprise", "nobody listens"),
        ("apprise", "hung up"),
    ],
    indirect=["service"],
)
def test_F04_an_unreachable_service_is_tried_again(
    service: Service,
    place: str,
    stack: ExitStack,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    behave = service.drip if place == "a drip" else PLACES[place]
    port = servers.free_port() if behave is None else raw(stack, behave).port
    # A mail server that says nothing has been handed nothing, nor has who lets nobody in.
    doubtful = DOUBTS.get(place) and service.kind not in ("mail", "wecom_app", "wecom_bot")
    for seconds in HASTE:
        limits = replace(LIMITS, deadline=timedelta(seconds=seconds))
        channel = opened(stack, service.channel(port, limits=limits))
        error = failure_of(channel, message(service.address))
        if error.doubtful or not doubtful:
            break
    assert (error.failure, error.wait) == (Failure.LATER, None)
    if service.kind != "apprise" and place in DOUBTS:
        assert error.doubtful is doubtful
    assert_silent(service, error, channel, caplog, capfd)


@every_kind
def test_F04_a_server_that_cannot_prove_who_it_is_gets_nothing(
    service: Service,
    both: Path,
    stack: ExitStack,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    post = servers.Post()
    web = servers.Web(lambda _: Given(), servers.serving(both))
    stack.callback(web.close)
    port = web.port
    if service.kind == "mail":
        port = stack.enter_context(servers.mail_server(post, both, "tls"))
    channel = opened(stack, service.channel(port, tls=True))
    error = failure_of(channel, message(service.address))
    assert error.failure is Failure.LATER
    assert (web.asked, post.mails) == ([], [])
    assert_silent(service, error, channel, caplog, capfd)


# Apprise trusts its own list; mail and the robot's socket are tried with a whole dialogue.
@kinds("apprise", "mail", "wecom_bot")
def test_an_authority_of_the_office_is_trusted(
    service: Service, both: Path, stack: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(both))
    secure = servers.Web(lambda _: given(YES), servers.serving(both))
    stack.callback(secure.close)
    opened(stack, service.channel(secure.port, tls=True)).send(message(service.address))
    assert secure.asked


@every_kind_of_our_own
def test_F07_a_message_that_hangs_delays_no_other(service: Service, stack: ExitStack) -> None:
    stuck = raw(stack, servers.silent)
    slow, quick = opened(stack, service.channel(stuck.port)), opened(stack, service.channel())
    with ThreadPoolExecutor(1) as pool:
        hanging = pool.submit(slow.send, message(service.address))
        assert stuck.connected.wait(PATIENCE)
        quick.send(message(service.address))
        assert (service.heard(), hanging.done()) == ([TEXT], False)
        slow.close()
        assert isinstance(hanging.exception(), DeliveryError)


@kinds("apprise", "mail", "wecom_bot", *TEXTED)  # the robot's frames share one socket
def test_F07_one_channel_sends_while_another_of_its_messages_hangs(
    service: Service, stack: ExitStack
) -> None:
    held, free = Event(), Event()

    def answer(asked: servers.Asked) -> Given:
        if "hold" in asked.body.decode():
            held.set()
            assert free.wait(PATIENCE)
        return given(YES)

    channel = opened(stack, service.channel(start(stack, answer).port))
    with ThreadPoolExecutor(1) as pool:
        hanging = pool.submit(channel.send, message(service.address, "hold"))
        assert held.wait(PATIENCE)
        channel.send(message(service.address, "quick"))
        assert not hanging.done()
        free.set()
        assert hanging.result() is None


@every_kind_of_our_own
def test_closing_ends_what_is_under_way(service: Service, stack: ExitStack) -> None:
    pool = stack.enter_context(ThreadPoolExecutor(1))
    stuck = raw(stack, servers.silent)
    channel = service.channel(stuck.port, limits=PATIENT)
    hanging = pool.submit(channel.send, message(service.address))
    stuck.connected.wait()
    channel.close()
    error = hanging.exception(PATIENCE)
    assert isinstance(error, DeliveryError)
    assert error.failure is Failure.LATER


@every_kind_of_our_own
def test_a_closed_channel_sends_nothing_more(service: Service) -> None:
    channel = service.channel()
    channel.close()
    assert failure_of(channel, message(service.address)).failure is Failure.LATER
    assert service.heard() == []
    channel.close()


@every_kind
def test_closing_what_never_sent_is_quiet(service: Service) -> None:
    service.channel().close()


def raw(stack: ExitStack, behave: Callable[..., None]) -> servers.Raw:
    server = servers.Raw(behave)
    stack.callback(server.close)
    return server


def assert_silent(
    service: Service,
    error: DeliveryError,
    channel: Channel,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    trace = "".join(traceback.format_exception(error))
    logged = "\n".join(logging.Formatter().format(record) for record in caplog.records)
    seen = [
        repr(error),
        str(error),
        error.detail,
        trace,
        logged,
        repr(channel),
        *capfd.readouterr(),
    ]
    assert "\n" not in error.detail
    assert [s for s in service.secrets for text in seen if s in text] == []
    assert [s for s in service.secrets for text in seen if json.dumps(s)[1:-1] in text] == []
