"""Mail: a text and a calm page of the same, one conversation per alert.

Decides how a mail is built and what a server's refusal means. Knows no template but its own.
"""

from __future__ import annotations

import hashlib
import html
import re
import smtplib
import socket
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Any, TextIO

from alerts.channels.kind import Kind
from alerts.common.deadline import USUAL, ClosedError, Deadline, Deadlines, Limits, in_seconds
from alerts.common.redaction import Redactor
from alerts.common.tls import trust, why
from alerts.message import DeliveryError, Failure, Link, Message
from alerts.model import ChannelSettings, Notice

ADDRESS = "a mailbox, name@example.org"
SECURITY = ("none", "starttls", "tls")
MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
LINK = re.compile(r"https?://[^\s<>（）「」“”…，。；、]*[^\s<>（）「」“”…，。；、.,:;!?)\]'\"]")
CONVERSATIONS = 8  # that one mail may belong to: a header has to stay short
SLOWER = timedelta(seconds=45)  # greeting, login and text are a dozen exchanges
HELO = "[127.0.0.1]"  # asking for our own name can hang on a machine without a name server
KEYS = frozenset({530, 534, 535, 538})
BODIES = frozenset({552, 554})

UnixTime = Callable[[], float]
Attachment = tuple[str, str, bytes]  # file name, type such as "application/pdf", content


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail is handed in. *security* is `none`, `starttls` or `tls`."""

    host: str
    port: int
    security: str


class Mail:
    """One mail server and sender. Safe to call from several threads."""

    quiet = True
    digest = 20_000
    hears = False

    def __init__(
        self,
        settings: ChannelSettings,
        _: TextIO,
        limits: Limits = USUAL,
        unix_time: UnixTime = time.time,
    ) -> None:
        options = settings.options
        self._server = Server(options["host"], int(options["port"]), options["security"])
        self._username = options.get("username", "")
        self._password = options.get("password", "")
        self._sender = sender_of(options["sender"])
        self._limits = limits
        self._whole = SLOWER if limits is USUAL else limits.deadline
        self._unix_time = unix_time
        self._deadlines = Deadlines()
        self._redactor = Redactor([self._password])

    @property
    def domain(self) -> str:
        """The domain of the sender, for the ids of mails."""
        return self._sender.domain

    def send(self, message: Message) -> None:
        """Hand in *message*, as the same mail each time. Raises `DeliveryError`."""
        self.send_mail(
            message.address,
            message.subject,
            message.linked,
            page(message.subject, message.text, message.link, message.language),
            message_id=message_id(message.notices, self._sender.domain),
            references=conversation(message.notices, self._sender.domain),
        )

    def send_mail(
        self,
        to: str | Sequence[str],
        subject: str,
        text: str,
        html: str | None = None,
        attachments: Iterable[Attachment] = (),
        message_id: str | None = None,
        references: str | None = None,
    ) -> Mapping[str, DeliveryError]:
        """Hand in one mail and return which of several recipients were refused, and why.

        *message_id* should be the same when the mail is sent again. Raises `DeliveryError` if
        nobody's was accepted; then it was handed in for none.
        """
        recipients = [to] if isinstance(to, str) else list(to)
        mail = composed(self._sender, recipients, subject, text, html, attachments)
        mail["Date"] = format_datetime(datetime.fromtimestamp(self._unix_time(), UTC))
        mail["Message-ID"] = message_id or fresh_id(mail.as_bytes(), self._sender.domain)
        if references:
            mail["In-Reply-To"] = references
            mail["References"] = references
        return self._hand_in(mail, recipients)

    def close(self) -> None:
        """End what is under way."""
        self._deadlines.close()

    def _hand_in(self, mail: EmailMessage, to: list[str]) -> Mapping[str, DeliveryError]:
        try:
            with self._deadlines.within(self._whole) as deadline:
                refused = self._handed_in(mail, to, deadline)
        except ClosedError as error:
            raise DeliveryError(Failure.LATER, str(error)) from None
        return {name: self._cleaned(at_recipient(*reply)) for name, reply in refused.items()}

    def _handed_in(
        self, mail: EmailMessage, to: list[str], deadline: Deadline
    ) -> dict[str, tuple[int, bytes]]:
        try:
            return self._dialogue(mail, to, deadline)
        except smtplib.SMTPRecipientsRefused as error:
            raise self._cleaned(refusal_of(error.recipients)) from None
        except (smtplib.SMTPException, OSError, ValueError) as error:
            answered = isinstance(error, smtplib.SMTPResponseException)
            doubtful = deadline.asked and not answered
            if deadline.passed:
                detail = f"no answer within {in_seconds(self._whole)}"
                raise DeliveryError(Failure.LATER, detail, doubtful=doubtful) from None
            raise self._cleaned(classified(error), doubtful) from None

    def _dialogue(
        self, mail: EmailMessage, to: list[str], deadline: Deadline
    ) -> dict[str, tuple[int, bytes]]:
        server = self._connected(deadline)
        try:
            if self._server.security == "starttls":
                server.starttls(context=trust())
                deadline.watch(_socket_of(server))
            if self._username:
                server.login(self._username, self._password)
            refused = server.send_message(mail, self._sender.addr_spec, to)
            # It is accepted; how the farewell goes changes nothing.
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
            return refused
        finally:
            server.close()

    def _connected(self, deadline: Deadline) -> smtplib.SMTP:
        kind = _SecureLine if self._server.security == "tls" else _Line
        timeout = min(self._limits.connect, self._whole).total_seconds()
        return kind(self._server.host, self._server.port, timeout, deadline)

    def _cleaned(self, error: DeliveryError, doubtful: bool = False) -> DeliveryError:
        line = self._redactor.line(error.detail)
        return DeliveryError(error.failure, line, error.wait, doubtful)


def composed(
    sender: Address,
    to: Sequence[str],
    subject: str,
    text: str,
    html: str | None,
    attachments: Iterable[Attachment],
) -> EmailMessage:
    """Return the mail, still without its date and id."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = ", ".join(to)
    mail["Subject"] = " ".join(subject.split())
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    # Base64: some servers still mangle eight-bit text.
    mail.set_content(text, cte="base64")
    if html is not None:
        mail.add_alternative(html, subtype="html", cte="base64")
    for name, kind, content in attachments:
        main, _, sub = kind.partition("/")
        mail.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return mail


def message_id(notices: Sequence[Notice], domain: str) -> str:
    """Return the id of the mail that speaks for *notices*: the same when it is sent again.

    A digest's covers every notice in it: servers drop a second mail with an id they know.
    """
    ids = sorted(notice.id for notice in notices)
    name = ids[0] if len(ids) == 1 else hashlib.sha256("\n".join(ids).encode()).hexdigest()[:40]
    return f"<{_atom(name)}@{domain}>"


def conversation(notices: Sequence[Notice], domain: str) -> str | None:
    """Return the id that all mails of one alert refer to, so that they are one conversation.

    A mail about several alerts refers to each: two accounts that fall silent together are told
    of together, to the end. None for more than fit.
    """
    alerts = sorted({(n.alert, n.kind.value, n.subject) for n in notices})
    if not 0 < len(alerts) <= CONVERSATIONS:
        return None
    return " ".join(f"<alert-{_hashed(repr(alert))[:32]}@{domain}>" for alert in alerts)


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def fresh_id(content: bytes, domain: str) -> str:
    """Return an id for a mail that brings none: the same for the same content."""
    return f"<{hashlib.sha256(content).hexdigest()[:40]}@{domain}>"


def page(subject: str, text: str, link: Link | None = None, language: str = "zh-CN") -> str:
    """Return *text* as a page that reads well on a telephone, its first line as the heading and
    *link* as a button below it."""
    rest = text.removeprefix(subject).strip("\n") if text.startswith(subject) else text
    blocks = (block for block in re.split(r"\n\s*\n", rest) if block.strip())
    body = "".join(f'<p style="margin:0 0 1em">{_linked(block)}</p>' for block in blocks)
    return (
        f'<!DOCTYPE html><html lang="{html.escape(language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{html.escape(subject)}</title></head>"
        '<body style="margin:0;padding:16px;background:#f5f6f8">'
        '<div style="max-width:36em;margin:0 auto;padding:20px 22px;background:#ffffff;'
        "border:1px solid #e1e4e8;border-radius:6px;color:#24292f;font-size:16px;line-height:1.7;"
        "font-family:-apple-system,'PingFang SC','Microsoft YaHei',sans-serif;"
        'overflow-wrap:anywhere">'
        f'<h1 style="margin:0 0 .8em;font-size:18px;line-height:1.5">{html.escape(subject)}</h1>'
        f"{body}{_button(link)}</div></body></html>"
    )


def _button(link: Link | None) -> str:
    if link is None:
        return ""
    return (
        '<p style="margin:1.2em 0 0"><a style="display:inline-block;padding:10px 22px;'
        'background:#1f5fae;color:#ffffff;border-radius:6px;text-decoration:none" '
        f'href="{html.escape(link.url)}">{html.escape(link.label)}</a></p>'
    )


def classified(error: Exception) -> DeliveryError:
    """Return what an error of the dialogue with the server means, recipients aside."""
    match error:
        case smtplib.SMTPResponseException():
            return _answered(error)
        case smtplib.SMTPServerDisconnected():
            return DeliveryError(Failure.LATER, "the server hung up")
        case smtplib.SMTPNotSupportedError():
            return DeliveryError(
                Failure.CHANNEL, "the server offers no such encryption or login; check `security`"
            )
        case smtplib.SMTPException():
            # smtplib has no error of its own for it.
            return DeliveryError(Failure.CHANNEL, "no way to log in that both sides know")
    return DeliveryError(Failure.LATER, why(error) or f"no connection ({type(error).__name__})")


def refusal_of(recipients: Mapping[str, tuple[int, bytes]]) -> DeliveryError:
    """Return what it means that all *recipients* were refused: temporary if any of them was."""
    errors = [at_recipient(*reply) for reply in recipients.values()]
    return next((e for e in errors if e.failure is Failure.LATER), errors[0])


def at_recipient(code: int, reply: bytes) -> DeliveryError:
    """Return what a server's *reply* to a recipient's name means."""
    detail = _detail("recipient refused", code, reply)
    if 400 <= code < 500 or code < 0:
        return DeliveryError(Failure.LATER, detail)
    # 5.7: we are not allowed to send there, which says nothing about the recipient.
    ours = code in KEYS or b"5.7." in reply
    return DeliveryError(Failure.CHANNEL if ours else Failure.ADDRESS, detail)


def sender_of(sender: str) -> Address:
    """Return *sender*, `name@host` or `A name <name@host>`. Raises `ValueError`."""
    name, mailbox = parseaddr(sender)
    if address_problem(mailbox):
        raise ValueError("sender: expected a mailbox, with or without a name before it")
    return Address(name, addr_spec=mailbox)


def address_problem(address: str) -> str | None:
    """Return what is wrong with *address* as a mailbox, or None."""
    return None if MAILBOX.fullmatch(address) else f"expected {ADDRESS}"


def problems(options: Mapping[str, str]) -> dict[str, str]:
    """Return what is wrong with which option."""
    found = {}
    if not re.fullmatch(r"[A-Za-z0-9.:_-]+", options.get("host", "")):
        found["host"] = "expected a mail server's name"
    port = options.get("port", "")
    if not (port.isascii() and port.isdecimal() and 0 < int(port) < 65536):
        found["port"] = "expected a port, usually 465 (tls), 587 (starttls) or 25 (none)"
    if options.get("security") not in SECURITY:
        found["security"] = "expected one of none, starttls, tls"
    if address_problem(parseaddr(options.get("sender", ""))[1]):
        found["sender"] = 'expected a mailbox, e.g. "政务新媒体值守 <watch@example.org>"'
    return {**found, **_login_problems(options)}


def _login_problems(options: Mapping[str, str]) -> dict[str, str]:
    given = [key for key in ("username", "password") if options.get(key)]
    # smtplib logs in with ASCII alone.
    foreign = {key: "expected ASCII characters only" for key in given if not options[key].isascii()}
    if len(given) == 1:
        return {given[0]: "expected both username and password, or neither"}
    return foreign


class _Watched:
    _deadline: Deadline

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connection: socket.socket = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        self._deadline.watch(connection)
        return connection

    def data(self, msg: Any) -> Any:
        self._deadline.asked = True
        return super().data(msg)  # type: ignore[misc]


class _Line(_Watched, smtplib.SMTP):
    def __init__(self, host: str, port: int, timeout: float, deadline: Deadline) -> None:
        self._deadline = deadline
        super().__init__(host, port, HELO, timeout)


class _SecureLine(_Watched, smtplib.SMTP_SSL):
    def __init__(self, host: str, port: int, timeout: float, deadline: Deadline) -> None:
        self._deadline = deadline
        super().__init__(host, port, HELO, timeout=timeout, context=trust())


def _socket_of(server: smtplib.SMTP) -> Any:
    return server.sock


def _at_data(code: int, reply: bytes | str) -> Failure:
    if code in KEYS:
        return Failure.CHANNEL
    if code == 550 and "5.7." not in _text(reply):
        return Failure.ADDRESS
    return Failure.MESSAGE


def _answered(error: smtplib.SMTPResponseException) -> DeliveryError:
    """4xx is for a while whatever it is about."""
    code, reply = error.smtp_code, error.smtp_error
    what, lasting = _lasting(error, code, reply)
    passing = 400 <= code < 500 or code < 0
    return DeliveryError(Failure.LATER if passing else lasting, _detail(what, code, reply))


def _lasting(error: Exception, code: int, reply: bytes | str) -> tuple[str, Failure]:
    match error:
        case smtplib.SMTPAuthenticationError():
            return "login refused", Failure.CHANNEL
        case smtplib.SMTPSenderRefused():
            return "sender refused", Failure.MESSAGE if code in BODIES else Failure.CHANNEL
        case smtplib.SMTPDataError():
            return "text refused", _at_data(code, reply)
    return "the server refuses", Failure.CHANNEL if code in KEYS else Failure.LATER


def _detail(what: str, code: int, reply: bytes | str) -> str:
    return f"{what}: {code} {_text(reply)}".strip()


def _text(reply: bytes | str) -> str:
    return reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply


def _atom(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]", "-", name)


def _linked(block: str) -> str:
    pieces, last = [], 0
    for found in LINK.finditer(block):
        url = html.escape(found.group())
        pieces += [html.escape(block[last : found.start()]), f'<a href="{url}">{url}</a>']
        last = found.end()
    return "".join([*pieces, html.escape(block[last:])]).replace("\n", "<br>")


KIND = Kind(
    Mail,
    required=frozenset({"host", "port", "security", "sender"}),
    optional=frozenset({"username", "password"}),
    secrets=frozenset({"password"}),
    address=ADDRESS,
    address_problem=address_problem,
    problems=problems,
)
