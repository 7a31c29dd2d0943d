"""Mail: a text and a calm page of the same, one conversation per alert.

Decides how a mail is built and what a server's refusal means. Knows no template but its own.
"""

from __future__ import annotations

import hashlib
import html
import re
import smtplib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, compat32
from email.utils import format_datetime, parseaddr
from typing import TextIO

from alerts.channels.kind import Kind
from alerts.channels.mail_line import Patience, connected, patience
from alerts.channels.mail_refusals import at_recipient, classified, refusal_of
from alerts.common.deadline import (
    CLOSED,
    USUAL,
    ClosedError,
    Deadline,
    Deadlines,
    Limits,
    in_seconds,
)
from alerts.common.redaction import Redactor
from alerts.common.tls import trust
from alerts.message import DeliveryError, Failure, Link, Message, Why
from alerts.model import ChannelSettings, Notice
from alerts.told import Detail, Told

ADDRESS = Told("a mailbox, name@example.org")
SECURITY = ("none", "starttls", "tls")
MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
LINK = re.compile(r"https?://[^\s<>（）「」“”…，。；、]*[^\s<>（）「」“”…，。；、.,:;!?)\]'\"]")
ACCEPTED = 250  # the answer to a command that is done
TABLE = '<table role="presentation" border="0" cellpadding="0" cellspacing="0" width="{}"'
OUTLOOK_BEGIN = f"<!--[if mso]>{TABLE.format(576)}><tr><td><![endif]-->"  # 36 em of 16 pixels
OUTLOOK_END = "<!--[if mso]></td></tr></table><![endif]-->"
CONVERSATIONS = 8  # that one mail may belong to: a header has to stay short

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
    inbound = False

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
        self._times = patience(limits)
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

    def probe(self) -> None:
        """Connect, log in and send nothing. Raises `DeliveryError`."""
        wait = min(self._times.connect, self._times.command)
        times = Patience(wait, wait, wait)
        try:
            with (
                self._deadlines.within(wait) as deadline,
                self._classified(deadline),
                self._logged_in(deadline, times) as server,
            ):
                code, text = server.noop()
                if code != ACCEPTED:
                    raise smtplib.SMTPResponseException(code, text)
        except ClosedError as error:
            raise DeliveryError(Failure.LATER, str(error)) from None

    def close(self) -> None:
        """End what is under way."""
        self._deadlines.close()

    def _hand_in(self, mail: EmailMessage, to: list[str]) -> Mapping[str, DeliveryError]:
        try:
            with self._deadlines.within(self._times.command) as deadline:
                refused = self._handed_in(mail, to, deadline)
        except ClosedError as error:
            raise DeliveryError(Failure.LATER, str(error)) from None
        return {name: self._cleaned(at_recipient(*reply)) for name, reply in refused.items()}

    def _handed_in(
        self, mail: EmailMessage, to: list[str], deadline: Deadline
    ) -> dict[str, tuple[int, bytes]]:
        with self._classified(deadline), self._logged_in(deadline, self._times) as server:
            return server.send_message(mail, self._sender.addr_spec, to)

    @contextmanager
    def _classified(self, deadline: Deadline) -> Iterator[None]:
        """Turn what goes wrong in the block into a `DeliveryError`."""
        try:
            yield
        except smtplib.SMTPRecipientsRefused as error:
            raise self._cleaned(refusal_of(error.recipients)) from None
        except (smtplib.SMTPException, OSError, ValueError) as error:
            answered = isinstance(error, smtplib.SMTPResponseException)
            doubtful = deadline.asked and not answered
            if deadline.passed:
                detail = CLOSED if self._deadlines.closed else _too_slow(deadline)
                raise DeliveryError(Failure.LATER, detail, doubtful=doubtful) from None
            raise self._cleaned(classified(error), doubtful) from None

    @contextmanager
    def _logged_in(self, deadline: Deadline, times: Patience) -> Iterator[smtplib.SMTP]:
        host, port, tls = self._server.host, self._server.port, self._server.security == "tls"
        server = connected(host, port, tls, times, deadline)
        try:
            if self._server.security == "starttls":
                server.starttls(context=trust())
                if server.sock is not None:
                    deadline.watch(server.sock)
            if self._username:
                server.login(self._username, self._password)
            yield server
            # It is accepted; how the farewell goes changes nothing.
            with suppress(smtplib.SMTPException, OSError):
                if server.sock is not None:
                    server.sock.settimeout(self._times.connect.total_seconds())
                server.quit()
        finally:
            server.close()

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
    mail = EmailMessage(policy=SMTP.clone(refold_source="none"))
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
        _name_twice(mail, name)
    return mail


def _name_twice(mail: EmailMessage, name: str) -> None:
    """Give the attachment added last its name as `name=`, too: QQ and old Outlook do not read the
    way of RFC 2231 and show a file without a name (MailKit #277, nodemailer #416)."""
    part = list(mail.iter_attachments())[-1]
    assert isinstance(part, EmailMessage)
    encoded = name if name.isascii() else Header(name, "utf-8", 60).encode(linesep="\r\n")
    kind = part.get_content_type()
    # As it stands: the usual policy would read it, and write it the way of RFC 2231 again.
    part.policy = compat32
    part.replace_header("Content-Type", f'{kind};\r\n name="{encoded}"')


def message_id(notices: Sequence[Notice], domain: str) -> str:
    """Return the id of the mail that speaks for *notices*: the same when it is sent again.

    A digest's covers every notice in it: servers drop a second mail with an id they know.
    """
    ids = sorted(notice.id for notice in notices)
    name = ids[0] if len(ids) == 1 else hashlib.sha256("\n".join(ids).encode()).hexdigest()[:40]
    return f"<{_atom(name)}@{domain}>"


def conversation(notices: Sequence[Notice], domain: str) -> str | None:
    """Return the id that all mails of one alert refer to, so that they are one conversation.

    A mail about several alerts refers to each: two accounts that fall silent together stay
    in one conversation. None for more than fit.
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
    *link* as a button below it. Outlook on Windows pads and colours nothing but the cells of
    tables, and knows no greatest width (mjml #330, react-email #1512)."""
    rest = text.removeprefix(subject).strip("\n") if text.startswith(subject) else text
    blocks = (block for block in re.split(r"\n\s*\n", rest) if block.strip())
    body = "".join(f'<p style="margin:0 0 1em">{_linked(block)}</p>' for block in blocks)
    return (
        f'<!DOCTYPE html><html lang="{html.escape(language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{html.escape(subject)}</title></head>"
        '<body style="margin:0;padding:16px;background:#f5f6f8">'
        f'{OUTLOOK_BEGIN}{TABLE.format("100%")} style="max-width:36em;margin:0 auto"><tr>'
        '<td bgcolor="#ffffff" style="padding:20px 22px;background:#ffffff;'
        "border:1px solid #e1e4e8;border-radius:6px;color:#24292f;font-size:16px;line-height:1.7;"
        "font-family:-apple-system,'PingFang SC','Microsoft YaHei',sans-serif;"
        'overflow-wrap:anywhere">'
        f'<h1 style="margin:0 0 .8em;font-size:18px;line-height:1.5">{html.escape(subject)}</h1>'
        f"{body}{_button(link)}</td></tr></table>{OUTLOOK_END}</body></html>"
    )


def _button(link: Link | None) -> str:
    if link is None:
        return ""
    return (
        f'{TABLE.format("auto")} style="margin:1.2em 0 0"><tr>'
        '<td bgcolor="#1f5fae" style="padding:10px 22px;background:#1f5fae;border-radius:6px">'
        '<a style="display:block;color:#ffffff;text-decoration:none" '
        f'href="{html.escape(link.url)}">{html.escape(link.label)}</a></td></tr></table>'
    )


def sender_of(sender: str) -> Address:
    """Return *sender*, `name@host` or `A name <name@host>`. Raises `ValueError`."""
    name, mailbox = parseaddr(sender)
    if address_problem(mailbox):
        raise ValueError("sender: expected a mailbox, with or without a name before it")
    return Address(name, addr_spec=mailbox)


def address_problem(address: str) -> str | None:
    """Return what is wrong with *address* as a mailbox, or None."""
    return None if MAILBOX.fullmatch(address) else Told("expected {what}", what=ADDRESS)


def problems(options: Mapping[str, str]) -> dict[str, str]:
    """Return what is wrong with which option."""
    found = {}
    if not re.fullmatch(r"[A-Za-z0-9.:_-]+", options.get("host", "")):
        found["host"] = Told("expected a mail server's name")
    port = options.get("port", "")
    if not (port.isascii() and port.isdecimal() and 0 < int(port) < 65536):
        found["port"] = Told("expected a port, usually 465 (tls), 587 (starttls) or 25 (none)")
    if options.get("security") not in SECURITY:
        found["security"] = Told("expected one of none, starttls, tls")
    if address_problem(parseaddr(options.get("sender", ""))[1]):
        found["sender"] = Told('expected a mailbox, e.g. "政务新媒体值守 <watch@example.org>"')
    return {**found, **_login_problems(options)}


def _login_problems(options: Mapping[str, str]) -> dict[str, str]:
    given = [key for key in ("username", "password") if options.get(key)]
    # smtplib logs in with ASCII alone.
    foreign: dict[str, str] = {
        key: Told("expected ASCII characters only") for key in given if not options[key].isascii()
    }
    if len(given) == 1:
        return {given[0]: Told("expected both username and password, or neither")}
    return foreign


def _too_slow(deadline: Deadline) -> str:
    return Detail(f"no answer within {in_seconds(deadline.length)}", Why.SLOW)


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
