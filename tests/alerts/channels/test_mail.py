"""How a mail is built, and what a mail server's refusals mean, against a real one."""

from __future__ import annotations

import io
import smtplib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

from alerts.channels.mail import (
    Mail,
    address_problem,
    conversation,
    message_id,
    page,
    problems,
    sender_of,
)
from alerts.channels.mail_refusals import at_recipient, classified
from alerts.facts import SilenceFacts
from alerts.message import DeliveryError, Failure, Message, Why
from alerts.model import ChannelSettings, Event, Kind, Notice, Reason
from alerts.occasion import occasion_of
from alerts.told import code_in
from tests.alerts.channels import servers
from tests.alerts.channels.servers import PASSWORD, Post

NOW = datetime(2024, 2, 19, 1, 0, tzinfo=UTC)
TO = "zhang@anshan.test"
SUBJECT = "鞍山民政（微博）已10天未更新，最晚应于2月15日发布——请管理员尽快发布一条信息并确认"
TEXT = f"{SUBJECT}\n最后一条：<春节> & 平安\n\n请核查：https://weibo.com/u/1?a=1&b=2\n"
LATER, ADDRESS, MESSAGE, CHANNEL = Failure.LATER, Failure.ADDRESS, Failure.MESSAGE, Failure.CHANNEL


def notice(id: str = "5f0c-1", alert: int = 7, subject: str = "weibo-anshanmz") -> Notice:
    return Notice(
        id=id,
        alert=alert,
        kind=Kind.SILENCE,
        subject=subject,
        occasion=occasion_of("rung-10"),
        reason=Reason.RUNG,
        event=Event.ALERT,
        rung=10,
        person="zhang",
        channel="mail",
        address=TO,
        facts=SilenceFacts("鞍山民政"),
        created_at=NOW,
        not_before=NOW,
    )


def message(*notices: Notice, resent: bool = False) -> Message:
    return Message(TO, SUBJECT, TEXT, notices or (notice(),), resent)


def channel(port: int, security: str = "none", **more: str) -> Mail:
    options = {
        "host": "127.0.0.1",
        "port": str(port),
        "security": security,
        "sender": "政务新媒体值守 <watch@anshan.test>",
        **more,
    }
    unix_time = NOW.timestamp()
    return Mail(ChannelSettings("m", "mail", options), io.StringIO(), unix_time=lambda: unix_time)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def mail(post: Post, stack: ExitStack) -> Mail:
    return channel(stack.enter_context(servers.mail_server(post)))


@pytest.fixture(scope="session")
def both(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return servers.certificate(tmp_path_factory.mktemp("mail-tls"))


def failure_of(mail: Mail, sent: Message | None = None) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        mail.send(sent or message())
    return caught.value


# How it is built.


def test_a_mail_says_who_when_and_what(mail: Mail, post: Post) -> None:
    mail.send(message())
    [received] = post.mails
    headers = {
        name: str(received[name])
        for name in ("From", "To", "Subject", "Date", "Auto-Submitted", "Message-ID")
    }
    assert headers == {
        "From": "政务新媒体值守 <watch@anshan.test>",
        "To": TO,
        "Subject": SUBJECT,
        "Date": "Mon, 19 Feb 2024 01:00:00 +0000",
        "Auto-Submitted": "auto-generated",
        "Message-ID": "<5f0c-1@anshan.test>",
    }
    assert parsedate_to_datetime(str(received["Date"])) == NOW


def test_a_mail_holds_a_text_and_a_page_of_the_same(mail: Mail, post: Post) -> None:
    mail.send(message())
    [received] = post.mails
    assert received.get_content_type() == "multipart/alternative"
    plain, html = (part.get_content().replace("\r\n", "\n") for part in received.iter_parts())
    assert plain == TEXT
    assert html.rstrip("\n") == page(SUBJECT, TEXT)


def test_nothing_on_the_wire_is_longer_or_other_than_a_server_must_take(
    mail: Mail, post: Post
) -> None:
    mail.send(message())
    raw = post.raw[0]
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998


def test_a_page_takes_no_markup_from_the_text() -> None:
    html = page("<b>标题</b>", "<b>标题</b>\n见 <script>\n\nhttps://a.test/?a=1&b=2。完")
    assert "<script>" not in html
    assert "<b>标题" not in html
    assert '<a href="https://a.test/?a=1&amp;b=2">https://a.test/?a=1&amp;b=2</a>。完' in html
    assert html.count("<p ") == 2


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("“关于[通知](https://a.test/x)”", "https://a.test/x"),
        ("“见https://a.test/t.png…”", "https://a.test/t.png"),
        ("See https://a.test/x?y=1.", "https://a.test/x?y=1"),
        ("https://a.test/", "https://a.test/"),
    ],
)
def test_a_link_ends_where_the_address_does(text: str, linked: str) -> None:
    assert f'<a href="{linked}">{linked}</a>' in page("标题", f"标题\n{text}")


def test_the_heading_is_not_said_once_more() -> None:
    html = page("<b>标题</b>", "<b>标题</b>\n见")
    assert html.count("标题") == 2  # the title and the heading, not once more below


def test_F02_a_repeat_is_the_same_mail(mail: Mail, post: Post) -> None:
    mail.send(message())
    mail.send(message(resent=True))
    assert [str(m["Message-ID"]) for m in post.mails] == ["<5f0c-1@anshan.test>"] * 2


def test_the_mails_of_one_alert_are_one_conversation(mail: Mail, post: Post) -> None:
    for sent in (notice("a-1"), notice("a-2"), notice("b-1", alert=8)):
        mail.send(message(sent))
    threads = [str(m["References"]) for m in post.mails]
    assert threads[0] == threads[1] != threads[2]
    assert threads == [str(m["In-Reply-To"]) for m in post.mails]
    assert len({str(m["Message-ID"]) for m in post.mails}) == 3


def test_a_digest_has_an_id_of_its_own_whatever_the_order() -> None:
    one, two = notice("a"), notice("b", alert=8)
    both = message_id((one, two), "x.test")
    assert both == message_id((two, one), "x.test")
    assert len({both, message_id((one,), "x.test"), message_id((two,), "x.test")}) == 3
    assert conversation((one, replace(one, id="c")), "x.test") == conversation((one,), "x.test")


def test_a_digest_belongs_to_the_conversation_of_each_of_its_alerts(mail: Mail, post: Post) -> None:
    one, two = notice("a"), notice("b", alert=8)
    mail.send(message(one))
    mail.send(message(two, one))
    first, both = (str(m["References"]).split() for m in post.mails)
    assert first == both[:1] == [conversation((one,), "anshan.test")]
    assert both[1:] == [conversation((two,), "anshan.test")]
    many = [notice(f"n-{n}", alert=n) for n in range(9)]
    assert conversation(many, "x.test") is None


def test_an_id_that_no_header_could_hold_is_made_fit() -> None:
    assert message_id((notice("a b\r\nBcc: <x>"),), "x.test") == "<a-b--Bcc---x-@x.test>"


def test_a_subject_of_several_lines_becomes_one(mail: Mail, post: Post) -> None:
    mail.send_mail(TO, "一\r\nBcc: x@x.test\n二", "文")
    assert str(post.mails[0]["Subject"]) == "一 Bcc: x@x.test 二"
    assert post.recipients == [[TO]]


def test_a_report_carries_its_files(mail: Mail, post: Post) -> None:
    files = [("2024年月报.docx", "application/msword", b"PK\x03"), ("表.csv", "text/csv", b"a,b\n")]
    refused = mail.send_mail(TO, "月报", "见附件", "<p>见附件</p>", files, "<m-2024-01@x.test>")
    [received] = post.mails
    found = [
        (a.get_filename(), a.get_content_type(), a.get_payload(decode=True))
        for a in received.iter_attachments()
    ]
    assert found == files
    assert (refused, str(received["Message-ID"])) == ({}, "<m-2024-01@x.test>")
    body = received.get_body(("plain",))
    assert body is not None
    assert body.get_content().strip() == "见附件"


def test_a_mail_without_an_id_gets_one_from_its_content(mail: Mail, post: Post) -> None:
    for text in ("一", "一", "二"):
        mail.send_mail(TO, "x", text)
    first, second, third = (str(m["Message-ID"]) for m in post.mails)
    assert first == second != third


# Encryption and login.


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_it_is_encrypted_and_logged_in_where_asked(
    security: str, post: Post, both: Path, stack: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(both))
    port = stack.enter_context(servers.mail_server(post, both, security, login=True))
    channel(port, security, username="watch", password=PASSWORD).send(message())
    assert (len(post.mails), post.encrypted) == (1, [True])


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_nobody_signed_is_refused(
    security: str, post: Post, both: Path, stack: ExitStack
) -> None:
    port = stack.enter_context(servers.mail_server(post, both, security, login=True))
    error = failure_of(channel(port, security, username="watch", password=PASSWORD))
    assert (error.failure, error.detail) == (LATER, "TLS certificate refused")
    assert post.mails == []


def test_a_server_without_starttls_gets_neither_password_nor_mail(
    post: Post, stack: ExitStack
) -> None:
    port = stack.enter_context(servers.mail_server(post, login=True))
    error = failure_of(channel(port, "starttls", username="watch", password=PASSWORD))
    assert error.failure is CHANNEL
    assert (post.mails, post.logins) == ([], [])


def test_a_login_that_the_server_does_not_offer_is_ours_to_mend(
    mail: Mail, post: Post, stack: ExitStack
) -> None:
    port = stack.enter_context(servers.mail_server(post))
    error = failure_of(channel(port, username="watch", password=PASSWORD))
    assert (error.failure, post.mails) == (CHANNEL, [])


def test_a_login_that_the_server_demands_is_ours_to_mend(post: Post, stack: ExitStack) -> None:
    port = stack.enter_context(servers.mail_server(post, login=True))
    error = failure_of(channel(port))
    assert (error.failure, error.detail) == (
        CHANNEL,
        "sender refused: 530 5.7.0 Authentication required",
    )


# What a refusal means.


@pytest.mark.parametrize(
    ("where", "reply", "failure"),
    [
        ("recipient", "450 4.2.0 greylisted", LATER),
        ("recipient", "451 try again", LATER),
        ("recipient", "452 4.2.2 mailbox full", LATER),
        ("recipient", "550 5.1.1 no such user", ADDRESS),
        ("recipient", "551 not here", LATER),
        ("recipient", "552 5.2.2 mailbox full", LATER),
        ("recipient", "553 5.1.3 bad address", ADDRESS),
        ("recipient", "554 5.7.1 relay access denied", CHANNEL),
        ("recipient", "530 login first", CHANNEL),
        ("sender", "451 4.3.0 later", LATER),
        ("sender", "550 5.7.1 not your address", CHANNEL),
        ("sender", "553 sender rejected", CHANNEL),
        ("sender", "552 5.3.4 too big", MESSAGE),
        ("data", "451 4.7.0 later", LATER),
        ("data", "452 4.3.1 disk full", LATER),
        ("data", "550 no such user here", ADDRESS),
        ("data", "550 5.7.1 looks like spam", MESSAGE),
        ("data", "552 5.3.4 too big", MESSAGE),
        ("data", "554 5.6.0 content rejected", MESSAGE),
        ("data", "535 5.7.8 login expired", CHANNEL),
    ],
)
def test_F04_a_servers_reply_says_what_to_do_next(
    where: str, reply: str, failure: Failure, mail: Mail, post: Post
) -> None:
    if where == "recipient":
        post.at_recipient["*"] = reply
    else:
        setattr(post, f"at_{where}", reply)
    error = failure_of(mail)
    assert (error.failure, error.detail.endswith(reply)) == (failure, True)
    assert post.mails == []


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (smtplib.SMTPAuthenticationError(454, b"4.7.0 temporary"), LATER),
        (smtplib.SMTPAuthenticationError(535, b"5.7.8 bad credentials"), CHANNEL),
        (smtplib.SMTPConnectError(421, b"too many connections"), LATER),
        (smtplib.SMTPConnectError(554, b"no service"), LATER),
        (smtplib.SMTPServerDisconnected("gone"), LATER),
        (smtplib.SMTPResponseException(-1, b""), LATER),
        (smtplib.SMTPNotSupportedError("no STARTTLS"), CHANNEL),
        (ConnectionResetError(104, "reset"), LATER),
    ],
)
def test_an_error_says_what_to_do_next(error: Exception, failure: Failure) -> None:
    assert classified(error).failure is failure


@pytest.mark.parametrize(
    ("said", "why"),
    [
        pytest.param(
            "SMTP AUTH extension not supported by server.", Why.NO_LOGIN, id="no login is offered"
        ),
        pytest.param(
            "STARTTLS extension not supported by server.", Why.UNENCRYPTED, id="no encryption is"
        ),
    ],
)
def test_what_a_server_does_not_offer_is_told_apart(said: str, why: Why) -> None:
    assert code_in(classified(smtplib.SMTPNotSupportedError(said)).detail) == why


def test_a_reply_cut_off_is_for_a_while() -> None:
    assert at_recipient(-1, b"").failure is LATER


def test_those_refused_among_several_are_named(mail: Mail, post: Post) -> None:
    post.at_recipient["gone@anshan.test"] = "550 5.1.1 no such user"
    refused = mail.send_mail([TO, "gone@anshan.test"], "月报", "文")
    assert {name: (e.failure, e.detail) for name, e in refused.items()} == {
        "gone@anshan.test": (ADDRESS, "recipient refused: 550 5.1.1 no such user")
    }
    assert post.recipients == [[TO]]


def test_several_refused_are_tried_again_if_any_may_be_taken_later(mail: Mail, post: Post) -> None:
    post.at_recipient |= {TO: "550 no", "li@anshan.test": "450 later"}
    with pytest.raises(DeliveryError) as caught:
        mail.send_mail([TO, "li@anshan.test"], "月报", "文")
    assert caught.value.failure is LATER


def test_a_farewell_that_fails_changes_nothing(mail: Mail, post: Post) -> None:
    post.rude = True
    mail.send(message())
    assert len(post.mails) == 1


def test_a_mail_taken_without_a_word_may_have_arrived(mail: Mail, post: Post) -> None:
    post.lost = True
    with pytest.raises(DeliveryError) as caught:
        mail.send(message())
    assert (caught.value.failure, caught.value.doubtful) == (LATER, True)


def test_a_mail_refused_for_a_while_has_not_arrived(mail: Mail, post: Post) -> None:
    post.at_data = "451 try later"
    with pytest.raises(DeliveryError) as caught:
        mail.send(message())
    assert (caught.value.failure, caught.value.doubtful) == (LATER, False)


# The configuration.

FINE = {"host": "smtp.anshan.test", "port": "465", "security": "tls", "sender": "a@b.test"}


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({}, set()),
        ({"sender": "值守 <a@b.test>", "username": "a", "password": "b"}, set()),
        ({"host": "smtp anshan"}, {"host"}),
        ({"port": "smtp"}, {"port"}),
        ({"port": "0"}, {"port"}),
        ({"port": "70000"}, {"port"}),
        ({"security": "ssl"}, {"security"}),
        ({"sender": "值守"}, {"sender"}),
        ({"username": "a"}, {"username"}),
        ({"password": "b"}, {"password"}),
        ({"username": "a", "password": "密码"}, {"password"}),
        (
            {"host": "", "port": "", "security": "", "sender": ""},
            {"host", "port", "security", "sender"},
        ),
    ],
)
def test_every_wrong_option_is_named_at_once(change: dict[str, str], wrong: set[str]) -> None:
    assert set(problems({**FINE, **change})) == wrong


@pytest.mark.parametrize(
    ("address", "fine"),
    [
        ("zhang@anshan.gov.cn", True),
        ("a.b+c@x", True),
        ("", False),
        ("zhang", False),
        ("张@anshan.test", False),
        ("a@b\r\nBcc: c@d", False),
        ("a@b, c@d", False),
        ("<a@b>", False),
        ("a@", False),
        ("a@b.", False),
    ],
)
def test_an_address_is_a_mailbox_or_a_problem(address: str, fine: bool) -> None:
    assert (address_problem(address) is None) is fine


def test_a_sender_without_a_mailbox_is_refused() -> None:
    with pytest.raises(ValueError, match="sender: expected a mailbox"):
        sender_of("值守")
    assert str(sender_of("值守 <a@b.test>").domain) == "b.test"


def test_its_password_is_in_no_representation() -> None:
    options: dict[str, Any] = {**FINE, "username": "a", "password": PASSWORD}
    settings = ChannelSettings("m", "mail", options)
    assert PASSWORD not in repr(settings) + repr(Mail(settings, io.StringIO()))


# Trying it without sending anything.


def test_a_server_that_is_tried_gets_no_mail(mail: Mail, post: Post) -> None:
    mail.probe()
    assert post.mails == []


def test_a_server_that_is_not_there_is_said_when_it_is_tried() -> None:
    with pytest.raises(DeliveryError, match="refused"):
        channel(servers.free_port()).probe()


def test_a_password_that_is_refused_is_said_when_it_is_tried(post: Post, stack: ExitStack) -> None:
    port = stack.enter_context(servers.mail_server(post, login=True))
    channel(port, username="watch", password=PASSWORD).probe()
    with pytest.raises(DeliveryError) as caught:
        channel(port, username="watch", password="wrong-password").probe()
    assert caught.value.failure is Failure.CHANNEL
    assert "wrong-password" not in caught.value.detail
