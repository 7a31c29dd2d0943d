"""What the refusals of mail servers mean. Pure.

Every reply is read by what it is about, in the order of `READINGS`: neither its code nor the
command that it answers says that. Sources: RFC 5321 and 3463 (codes); NetEase's list of codes in
refusals (help.mail.163.com), QQ's (smtp.codes/qq), Sina's and Coremail's lists, Exchange's
(learn.microsoft.com, "Email non-delivery reports"), Gmail's (support.google.com/a/answer/3726730),
Postfix's and Exim's own texts; getsentry/self-hosted #1045 (a refused greeting at RCPT).
"""

from __future__ import annotations

import re
import smtplib
from collections.abc import Mapping
from dataclasses import dataclass

from alerts.channels.refusals import SIZE, passing, readable, why_of
from alerts.common.tls import why
from alerts.message import DeliveryError, Failure, Why
from alerts.told import Detail, coded

LOGIN = frozenset({530, 534, 535, 538})
GREETING = frozenset({503, 504})  # out of order, or a parameter not taken: about us


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing that a reply can be about, by its words, and what that means."""

    words: re.Pattern[str]
    failure: Failure


def _reading(words: str, failure: Failure) -> Reading:
    return Reading(re.compile(words, re.IGNORECASE), failure)


READINGS = (
    # NetEase: too many mails or recipients today, or too many wrong commands (MI:STC, RP:TRC …).
    _reading(r"\b(?:MI:(?:STC|SFQ|DMC|CEL|CCL)|RP:[A-Z]{3}|HL:[A-Z]{3})\b", Failure.LATER),
    # RFC 3463: 4.5 the system is congested, 2.2 the mailbox is full; Gmail's 4.5 is the day's end.
    _reading(r"\b5\.(?:4\.5|2\.2|3\.[12]|4\.[0347])\b", Failure.LATER),
    # Our own greeting, or the order of commands: nothing about the mailbox.
    _reading(
        r"\b5\.5\.[1245]\b|\b(?:helo|ehlo|greeting)|helohost|MI:NHD|hostname|reverse|\bPTR\b|rdns",
        Failure.LATER,
    ),
    # No such mailbox, or one that was closed.
    _reading(
        r"\b5\.1\.(?:1|2|3|6|10)\b|\b5\.2\.1\b"
        r"|(?:user|mailbox|recipient|address|account|member)\b.{0,40}?"
        r"(?:not (?:found|exist|known|here)|unknown|does(?:n't| not) (?:exist|have)|no longer"
        r"|disabled|deactivated|invalid|suspended|is locked)"
        r"|(?:no such|unknown|invalid|non-?existent) (?:local )?"
        r"(?:user|mailbox|recipient|address|account|person)"
        r"|not (?:a )?user of|user(?:name)? hangup|unrout(?:e)?able address"
        r"|recipient(?: address)?(?: was)? rejected: user|does not have an? .{0,20}account"
        r"|用户不存在|收件人不存在|邮箱不存在|无此用户|未开通|地址不存在|账号不存在|已注销",
        Failure.ADDRESS,
    ),
    # The text: spam, a virus, a size. Before "us": 5.7.1 is said of both.
    _reading(
        r"spam|virus|malware|phish|content|illegal attachment|DT:S|\b5\.6\.\d|\b5\.3\.4\b"
        r"|message (?:is )?(?:rejected|refused|denied)|垃圾|病毒|内容|附件",
        Failure.MESSAGE,
    ),
    # Us: not allowed to send from here, as this sender, or to there.
    _reading(
        r"\b5\.7\.\d|relay|sender|not owned|spf|dmarc|dkim|authenti|client host|\bip\b|rbl|dnsbl"
        r"|block(?:ed)? (?:using|list)|blacklist|MI:SP|WM:|授权|登录|发件人|转发",
        Failure.CHANNEL,
    ),
)


def classified(error: Exception) -> DeliveryError:
    """Return what an error of the dialogue with the server means, recipients aside."""
    match error:
        case smtplib.SMTPResponseException():
            return _answered(error)
        case smtplib.SMTPServerDisconnected():
            return DeliveryError(Failure.LATER, Detail("the server hung up", Why.CUT_OFF))
        case smtplib.SMTPNotSupportedError():
            return DeliveryError(Failure.CHANNEL, _unoffered(str(error)))
        case smtplib.SMTPException():
            # smtplib has no error of its own for it.
            return DeliveryError(Failure.CHANNEL, "no way to log in that both sides know")
    lost = Detail(f"no connection ({type(error).__name__})", Why.CUT_OFF)
    return DeliveryError(Failure.LATER, why(error) or lost)


def _unoffered(said: str) -> Detail:
    """What smtplib says before it asks for what the server does not offer."""
    if "AUTH" in said:
        return Detail("the server offers no login; check `security` and `username`", Why.NO_LOGIN)
    return Detail("the server offers no such encryption; check `security`", Why.UNENCRYPTED)


def refusal_of(recipients: Mapping[str, tuple[int, bytes]]) -> DeliveryError:
    """Return what it means that all *recipients* were refused: temporary if any of them was."""
    errors = [at_recipient(*reply) for reply in recipients.values()]
    return next((e for e in errors if e.failure is Failure.LATER), errors[0])


def at_recipient(code: int, reply: bytes) -> DeliveryError:
    """Return what a server's *reply* to a recipient's name means."""
    detail = _detail("recipient refused", code, reply)
    return DeliveryError(about(code, reply), coded(detail, why_of(detail, Why.RECIPIENT)))


def about(code: int, reply: bytes | str, else_: Failure = Failure.LATER) -> Failure:
    """Return what *reply* is about; *else_* where its words leave a doubt. 4xx is for a while
    whatever it is about."""
    said = readable(reply)
    if not 500 <= code < 600:
        return Failure.LATER
    if code in LOGIN:
        return Failure.CHANNEL
    if passing(said) or code in GREETING:
        return Failure.LATER
    if code in (552, 554) and SIZE.search(said):
        return Failure.MESSAGE
    return next((one.failure for one in READINGS if one.words.search(said)), else_)


def _answered(error: smtplib.SMTPResponseException) -> DeliveryError:
    code, reply = error.smtp_code, error.smtp_error
    match error:
        case smtplib.SMTPAuthenticationError():
            what, failure, why = "login refused", _at_login(code, reply), Why.LOGIN
        case smtplib.SMTPSenderRefused():
            what, failure, why = "sender refused", _at_sender(code, reply), Why.SENDER
        case smtplib.SMTPDataError():
            what, failure, why = "text refused", about(code, reply), Why.TEXT
        case _:
            what = "the server refuses"
            failure, why = (
                (Failure.CHANNEL, Why.LOGIN) if code in LOGIN else (Failure.LATER, Why.LATER)
            )
    detail = _detail(what, code, reply)
    return DeliveryError(failure, coded(detail, why_of(detail, why)))


def _at_login(code: int, reply: bytes | str) -> Failure:
    """Too many logins are no wrong password."""
    later = not 500 <= code < 600 or passing(readable(reply))
    return Failure.LATER if later else Failure.CHANNEL


def _at_sender(code: int, reply: bytes | str) -> Failure:
    """What is no text at this point is about us, a mailbox that is not known included."""
    failure = about(code, reply, Failure.CHANNEL)
    return Failure.CHANNEL if failure is Failure.ADDRESS else failure


def _detail(what: str, code: int, reply: bytes | str) -> str:
    return f"{what}: {code} {readable(reply)}".strip()
