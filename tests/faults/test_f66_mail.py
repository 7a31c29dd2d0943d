"""Mail servers as they are: slow, full, strict about greetings, and answering in GBK."""

from __future__ import annotations

import io
import smtplib
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from threading import Event

import pytest

from alerts.channels.mail import Mail
from alerts.channels.mail_line import USUAL_PATIENCE, Patience, patience
from alerts.channels.mail_refusals import about, at_recipient, classified
from alerts.common.deadline import USUAL, WATCHDOG, Deadline, Limits
from alerts.message import DeliveryError, Failure
from alerts.model import ChannelSettings
from tests.alerts.channels import servers
from tests.alerts.channels.servers import Post, Raw
from tests.waiting import PATIENCE

LATER, ADDRESS, MESSAGE, CHANNEL = Failure.LATER, Failure.ADDRESS, Failure.MESSAGE, Failure.CHANNEL
MINUTE = timedelta(minutes=1)
TO = "zhang@anshan.test"


def mail(port: int, limits: Limits = USUAL) -> Mail:
    options = {
        "host": "127.0.0.1",
        "port": str(port),
        "security": "none",
        "sender": "watch@anshan.test",
    }
    return Mail(ChannelSettings("m", "mail", options), io.StringIO(), limits)


# How long is waited.


def test_F66_the_times_are_the_standards() -> None:
    assert patience(USUAL) == USUAL_PATIENCE == Patience(MINUTE / 6, 5 * MINUTE, 10 * MINUTE)


def test_F66_a_step_that_was_granted_more_outlives_what_ended_before() -> None:
    granted, short = Deadline(MINUTE / 1200), Deadline(MINUTE / 600)
    granted.extend(60 * MINUTE)
    passed = Event()

    class Told(Deadline):
        def run_out(self) -> None:
            super().run_out()
            passed.set()

    WATCHDOG.watch(granted)
    WATCHDOG.watch(short)
    WATCHDOG.watch(Told(MINUTE / 300))
    assert passed.wait(PATIENCE)
    assert (granted.passed, short.passed) == (False, True)


STEPS = ("greeting", "ehlo", "mail", "rcpt", "data", "text")
ANSWERS = dict(
    zip(
        STEPS,
        ("220 hi", "250 hi", "250 ok", "250 ok", "354 go on", "250 taken"),
        strict=True,
    )
)


@contextmanager
def stopping_at(step: str, *, silent: bool) -> Iterator[int]:
    """A server that answers each step, and at *step* hangs up or says nothing more."""

    def behave(connection: socket.socket, over: Event) -> None:
        heard = connection.makefile("rb")
        for name in STEPS:
            if name == "text":
                while heard.readline() not in (b".\r\n", b""):
                    pass
            elif name != "greeting":
                heard.readline()
            if name == step:
                if silent:
                    over.wait(PATIENCE)
                connection.shutdown(socket.SHUT_RDWR)
                return
            connection.sendall(f"{ANSWERS[name]}\r\n".encode())

    server = Raw(behave)
    try:
        yield server.port
    finally:
        server.close()


@pytest.mark.parametrize("silent", [False, True], ids=["hangs up", "says nothing more"])
@pytest.mark.parametrize("step", STEPS)
def test_F66_only_a_text_that_was_handed_over_may_have_arrived(step: str, silent: bool) -> None:
    limits = Limits(deadline=timedelta(seconds=0.3)) if silent else USUAL
    with stopping_at(step, silent=silent) as port, pytest.raises(DeliveryError) as caught:
        mail(port, limits).send_mail(TO, "题", "文")
    assert (caught.value.failure, caught.value.doubtful) == (LATER, step == "text")


# What a refusal is about.

AT_RECIPIENT = [
    # Rates and quotas, whoever names them whatever (F67).
    ("550 Sender frequency limited. http://service.mail.example/help", LATER),
    ("550 Connection frequency limited", LATER),
    ("550 Mailbox unavailable or access denied", LATER),  # QQ: this one gets too much just now
    ("550 RP:TRC 192.0.2.1", LATER),
    ("550 5.4.5 Daily user sending limit exceeded", LATER),
    ("550 5.7.1 Too many messages from this sender", LATER),
    ("552 5.2.2 mailbox full", LATER),
    ("554 5.2.2 mailbox over quota", LATER),
    ("550 收件人邮箱空间不足", LATER),
    ("550 发送频率过快，请稍后再试", LATER),
    ("450 4.7.1 Greylisted", LATER),
    # Our own greeting (F69).
    ("504 5.5.2 <localhost>: Helo command rejected: need fully-qualified hostname", LATER),
    ("503 5.5.1 Error: need MAIL command", LATER),
    ("554 5.5.1 Error: no valid recipients", LATER),
    ("550 5.7.1 <x>: Helo command rejected: Host not found", LATER),
    ("550 5.7.25 Client host rejected: cannot find your reverse hostname", LATER),
    # We may not send, which says nothing of the mailbox.
    ("554 5.7.1 <a@b.cn>: Relay access denied", CHANNEL),
    ("554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using dnsbl.example", CHANNEL),
    ("553 Requested action not taken: Local user only", LATER),
    ("530 5.7.0 Must issue a STARTTLS command first", CHANNEL),
    # No such mailbox, in words that leave no doubt.
    ("550 5.1.1 <x@y.cn>: Recipient address rejected: User unknown in local table", ADDRESS),
    ("550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP lookup", ADDRESS),
    ("550 Mailbox not found. http://service.mail.example/help", ADDRESS),
    ("550 User not found: x@y.cn", ADDRESS),
    ("550 Invalid User: x@y.cn", ADDRESS),
    ("550 User suspended", ADDRESS),
    ("550 Unrouteable address", ADDRESS),
    ("550 5.2.1 The email account that you tried to reach is disabled", ADDRESS),
    ("554 delivery error: dd This user doesn't have a yahoo.com account", ADDRESS),
    ("550 该用户不存在", ADDRESS),
    # No words, no verdict.
    ("550 no", LATER),
    ("554 Transaction failed", LATER),
]


@pytest.mark.parametrize(("reply", "failure"), AT_RECIPIENT, ids=[r for r, _ in AT_RECIPIENT])
def test_F67_F69_a_refused_recipient_is_read_by_what_it_is_about(
    reply: str, failure: Failure
) -> None:
    code, _, words = reply.partition(" ")
    assert at_recipient(int(code), words.encode()).failure is failure


AT_TEXT = [
    ("554 5.5.0 MI:STC 163 smtp1,.For more information, please visit http://mail.example", LATER),
    ("550 5.4.5 Daily sending quota exceeded", LATER),
    ("554 5.7.0 Too many bad commands", LATER),
    ("554 Transaction failed", LATER),
    ("554 DT:SPM 163 smtp1", MESSAGE),
    ("550 Mail content denied. http://service.mail.example/help", MESSAGE),
    ("554 5.7.1 Message rejected as spam", MESSAGE),
    ("552 5.3.4 Message size exceeds fixed limit", MESSAGE),
    ("552 message is too long", MESSAGE),
    ("550 5.1.1 no such user", ADDRESS),
    ("553 5.7.1 Sender address rejected: not owned by user", CHANNEL),
    ("550 5.7.26 DMARC check failed", CHANNEL),
]


@pytest.mark.parametrize(("reply", "failure"), AT_TEXT, ids=[r for r, _ in AT_TEXT])
def test_F67_a_refused_text_is_read_by_what_it_is_about(reply: str, failure: Failure) -> None:
    code, _, words = reply.partition(" ")
    assert about(int(code), words) is failure
    assert classified(smtplib.SMTPDataError(int(code), words)).failure is failure


def test_F67_too_many_logins_are_no_wrong_password() -> None:
    said = b"Error: authentication failed, system busy, too many requests"
    assert classified(smtplib.SMTPAuthenticationError(535, said)).failure is LATER
    wrong = smtplib.SMTPAuthenticationError(535, b"5.7.8 bad credentials")
    assert classified(wrong).failure is CHANNEL


def test_F73_a_refusal_in_gbk_is_read_as_gbk() -> None:
    said = "Error: 请使用授权码登录。".encode("gbk")
    error = classified(smtplib.SMTPAuthenticationError(535, said))
    assert error.detail == "login refused: 535 Error: 请使用授权码登录。"


# Attachments.


@pytest.mark.parametrize(
    "name", ["政务新媒体月报2026年10月汇总（全部账号，第二版）.xlsx", "月报.xlsx", "report 10.xlsx"]
)
def test_F73_an_attachment_has_its_name_in_both_ways(name: str) -> None:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    post = Post()
    with servers.mail_server(post) as port:
        mail(port).send_mail(TO, "题", "文", "<p>文</p>", [(name, kind, b"PK")])
    head = post.raw[0].partition(b"spreadsheetml.sheet")[2].partition(b"\r\n\r\n")[0].decode()
    content_type, _, disposition = head.partition("Content-Disposition")
    assert "name=" in content_type
    assert "name*" not in content_type
    assert max(len(line) for line in head.split("\r\n")) <= 78
    assert "filename" in disposition
    [found] = message_from_bytes(post.raw[0], policy=default).iter_attachments()
    assert (found.get_filename(), found.get_content_type()) == (name, kind)
    assert found.get_param("name") == name
