"""Services on the loopback that take messages as the real ones do, and refuse them as they do."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Condition, Event, Lock, Thread
from typing import Any, ClassVar, cast
from urllib.parse import parse_qs, quote, urlsplit

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from tests.waiting import PATIENCE

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
KEY = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"
SECRET = "SEC/wörd+with=signs&more"
PASSWORD = "mail-Pa55 w<rd&"
HOOK = "b6xxxxg8-2c1d-hook-of-ours"


@dataclass(frozen=True)
class Asked:
    """One request as it came in."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        return cast("dict[str, Any]", json.loads(self.body))

    @property
    def form(self) -> dict[str, str]:
        return {key: values[0] for key, values in parse_qs(self.body.decode()).items()}


@dataclass(frozen=True)
class Given:
    """One answer to be given."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def given(body: Mapping[str, Any], status: int = 200, **headers: str) -> Given:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Given(
        status,
        json.dumps(body, ensure_ascii=False).encode(),
        {"Content-Type": "application/json", **named},
    )


Answer = Callable[[Asked], Given]


class Web:
    """An HTTP server that answers by a function and keeps what it was asked."""

    def __init__(self, answer: Answer, context: ssl.SSLContext | None = None) -> None:
        self.answer = answer
        self.asked: list[Asked] = []
        self.connections = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]
        if context is not None:
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.port: int = self._server.server_address[1]
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(web: Web) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self) -> None:
            super().setup()
            web.connections += 1

        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def _answer(self) -> None:
            parts = urlsplit(self.path)
            query = {k: v[0] for k, v in parse_qs(parts.query).items()}
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked = Asked(self.command, parts.path, query, dict(self.headers), body)
            web.asked.append(asked)
            answer = web.answer(asked)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


class Raw:
    """A TCP server whose manners are those of a broken one."""

    def __init__(self, behave: Callable[[socket.socket, Event], None]) -> None:
        self._behave = behave
        self._over = Event()
        self._open: list[socket.socket] = []
        self.connected = Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = Thread(target=self._accept, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._over.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            connection.close()
        self._thread.join()

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(connection)
            self.connected.set()
            Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError):
            self._behave(connection, self._over)


def silent(_: socket.socket, over: Event) -> None:
    """Take everything, say nothing."""
    over.wait()


def dripping_http(connection: socket.socket, over: Event) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    _drip(connection, over)


def dripping_mail(connection: socket.socket, over: Event) -> None:
    connection.sendall(b"220 ")
    _drip(connection, over)


def hanging_up(connection: socket.socket, _: Event) -> None:
    connection.recv(1)
    connection.shutdown(socket.SHUT_RDWR)


def _drip(connection: socket.socket, over: Event) -> None:
    while not over.wait(0.03):
        connection.sendall(b"x")


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return cast("int", listener.getsockname()[1])


def certificate(folder: Path) -> Path:
    """Return a file with a key and a certificate for 127.0.0.1 that signed itself."""
    key, cert, both = folder / "key.pem", folder / "cert.pem", folder / "both.pem"
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "30",
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=IP:127.0.0.1,DNS:localhost",
            "-keyout",
            str(key),
            "-out",
            str(cert),
        ],
        check=True,
        capture_output=True,
    )
    both.write_bytes(key.read_bytes() + cert.read_bytes())
    return both


def serving(both: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return context


class BotApi:
    """Telegram's Bot API, as far as a bot needs it to talk and to hear, with its own errors."""

    GROUP, MOVED_TO = -4001, -1004001
    ME: ClassVar[dict[str, Any]] = {
        "id": 110201543,
        "is_bot": True,
        "first_name": "值守",
        "username": "a_bot",
    }
    PATIENCE = 0.2  # seconds that a question for updates is held open here

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.trouble: Given | None = None
        self.trouble_after: tuple[int, Given] | None = None  # after so many messages
        self.lost = 0  # so many messages are taken, and the answer never comes
        self.deaf: Given | None = None  # what getUpdates answers instead
        self.edit_trouble: Given | None = None
        self.messages: dict[tuple[int, int], dict[str, Any]] = {}  # as they stand now
        self.toasts: list[dict[str, str]] = []
        self.menu: list[dict[str, str]] = []
        self.edits = 0
        self.questions = 0
        self._updates: list[dict[str, Any]] = []
        self._number = 700
        self._changed = Condition()

    def __call__(self, asked: Asked) -> Given:
        _, bot, method = asked.path.split("/")
        if bot != f"bot{TOKEN}":
            return refused(401, "Unauthorized")
        answer = getattr(self, f"_{method}", None)
        try:
            return answer(asked.form) if answer else refused(404, "Not Found")
        finally:
            with self._changed:
                self._changed.notify_all()

    def wait(self, happened: Callable[[], Any]) -> None:
        """Wait until *happened*, looking whenever the bot has asked for something."""
        with self._changed:
            assert self._changed.wait_for(happened, timeout=PATIENCE)

    def write(self, user: int, text: str, chat: int | None = None) -> None:
        """Let somebody write to the bot: *user* privately, or in the group *chat*."""
        entity = {"offset": 0, "length": len(text.partition(" ")[0]), "type": "bot_command"}
        message = {
            "message_id": self._next(),
            "date": 1708300800,
            "text": text,
            "from": _user(user),
            "chat": _chat(user if chat is None else chat),
            **({"entities": [entity]} if text.startswith("/") else {}),
        }
        self._feed({"message": message})

    def press(self, user: int, label: str, chat: int | None = None) -> None:
        """Let *user* press the button *label* below the newest message of the chat that has it."""
        where = user if chat is None else chat
        messages = [m for (c, _), m in self.messages.items() if c == where]
        message, data = next(
            (m, button["callback_data"])
            for m in reversed(messages)
            for row in m.get("reply_markup", {}).get("inline_keyboard", [])
            for button in row
            if button["text"] == label
        )
        self.call_back(user, data, message)

    def call_back(self, user: int, data: str, message: Mapping[str, Any]) -> None:
        query = {
            "id": f"q{self._next()}",
            "from": _user(user),
            "message": message,
            "chat_instance": "42",
            "data": data,
        }
        self._feed({"callback_query": query})

    def feed(self, update: dict[str, Any]) -> None:
        """Let any update come in."""
        self._feed(update)

    def labels(self, chat: int) -> list[list[str]]:
        """Return what is written on the buttons of the newest message of *chat* now."""
        newest = [m for (c, _), m in self.messages.items() if c == chat][-1]
        rows = newest.get("reply_markup", {}).get("inline_keyboard", [])
        return [[button["text"] for button in row] for row in rows]

    def forget(self, chat: int) -> None:
        """Let somebody clear the history of their chat."""
        self.messages = {at: m for at, m in self.messages.items() if at[0] != chat}

    def texts(self, chat: int) -> list[str]:
        """Return the messages of *chat* as they stand now."""
        return [m["text"] for (c, _), m in self.messages.items() if c == chat]

    def _next(self) -> int:
        with self._changed:
            self._number += 1
            return self._number

    def _feed(self, update: dict[str, Any]) -> None:
        with self._changed:
            self._number += 1
            self._updates.append({"update_id": self._number, **update})
            self._changed.notify_all()

    def _getMe(self, _: dict[str, str]) -> Given:
        return self.deaf or given({"ok": True, "result": self.ME})

    def _setMyCommands(self, form: dict[str, str]) -> Given:
        self.menu = json.loads(form["commands"])
        return given({"ok": True, "result": True})

    def _getUpdates(self, form: dict[str, str]) -> Given:
        self.questions += 1
        if self.deaf:
            return self.deaf
        offset = int(form.get("offset", 0))
        with self._changed:
            self._updates = [u for u in self._updates if u["update_id"] >= offset]
            self._changed.wait_for(lambda: self._updates, timeout=self.PATIENCE)
            return given({"ok": True, "result": self._updates[:100]})

    def _answerCallbackQuery(self, form: dict[str, str]) -> Given:
        if form["callback_query_id"] == "old":
            return refused(400, "Bad Request: query is too old and response timeout expired")
        if len(form.get("text", "")) > 200:
            return refused(400, "Bad Request: MESSAGE_TOO_LONG")
        self.toasts.append(form)
        return given({"ok": True, "result": True})

    def _editMessageText(self, form: dict[str, str]) -> Given:
        return self._edited(form, {"text": form["text"]})

    def _editMessageReplyMarkup(self, form: dict[str, str]) -> Given:
        return self._edited(form, {})

    def _edited(self, form: dict[str, str], change: dict[str, Any]) -> Given:
        if self.edit_trouble:
            return self.edit_trouble
        found = self.messages.get((int(form["chat_id"]), int(form["message_id"])))
        if found is None:
            return refused(400, "Bad Request: message to edit not found")
        markup = (
            {"reply_markup": json.loads(form["reply_markup"])} if "reply_markup" in form else {}
        )
        changed = {k: v for k, v in found.items() if k != "reply_markup"} | change | markup
        if changed == found:
            return refused(
                400,
                "Bad Request: message is not modified: specified new message "
                "content and reply markup are exactly the same",
            )
        self.edits += 1
        self.messages[int(form["chat_id"]), int(form["message_id"])] = changed
        return given({"ok": True, "result": changed})

    def _sendMessage(self, form: dict[str, str]) -> Given:
        after, trouble = self.trouble_after or (0, self.trouble)
        if trouble and len(self.sent) >= after:
            return trouble
        chat, text = form["chat_id"], form["text"]
        if chat == "403":
            return refused(403, "Forbidden: bot was blocked by the user")
        if chat == "404":
            return refused(400, "Bad Request: chat not found")
        if chat == str(self.GROUP):
            return refused(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=self.MOVED_TO,
            )
        if len(text.encode("utf-16-le")) // 2 > 4096:
            return refused(400, "Bad Request: message is too long")
        number = self._next()
        message = {
            "message_id": number,
            "date": 1708300800,
            "text": text,
            "from": self.ME,
            "chat": _chat(int(chat)),
            **_markup(form),
        }
        with self._changed:
            self.sent.append(form)
            self.messages[int(chat), number] = message
        if self.lost:
            self.lost -= 1
            raise ConnectionAbortedError
        return given({"ok": True, "result": message})


def _markup(form: dict[str, str]) -> dict[str, Any]:
    return {"reply_markup": json.loads(form["reply_markup"])} if "reply_markup" in form else {}


def _user(number: int) -> dict[str, Any]:
    return {"id": number, "is_bot": False, "first_name": "三", "language_code": "zh-hans"}


def _chat(number: int) -> dict[str, Any]:
    if number < 0:
        return {"id": number, "type": "supergroup", "title": "政务新媒体值守群"}
    return {"id": number, "type": "private", "first_name": "三"}


def refused(status: int, description: str, **parameters: int) -> Given:
    """Return a refusal in the Bot API's shape."""
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    if parameters:
        body["parameters"] = parameters
    return given(body, status)


class GroupRobot:
    """What the three robots share: a secret in the address, a list of what was said, a limit."""

    def __init__(self, per_minute: int) -> None:
        self.said: list[dict[str, Any]] = []
        self.trouble: Given | None = None
        self._per_minute = per_minute
        self._lock = Lock()

    def __call__(self, asked: Asked) -> Given:
        if self.trouble is not None:
            return self.trouble
        with self._lock:
            problem = self.problem(asked)
            if problem is None:
                self.said.append(asked.json)
            return problem or self.yes()

    def problem(self, asked: Asked) -> Given | None:
        raise NotImplementedError

    def yes(self) -> Given:
        return given({"errcode": 0, "errmsg": "ok"})

    @property
    def full(self) -> bool:
        return len(self.said) >= self._per_minute


class WeComRobot(GroupRobot):
    def __init__(self) -> None:
        super().__init__(20)

    def problem(self, asked: Asked) -> Given | None:
        if asked.path != "/cgi-bin/webhook/send" or asked.query.get("key") != KEY:
            return given({"errcode": 93000, "errmsg": f"invalid webhook url, key {KEY}"})
        body = asked.json
        most = {"markdown": 4096, "text": 2048}[body["msgtype"]]
        if len(body[body["msgtype"]]["content"].encode()) > most:
            return given({"errcode": 40058, "errmsg": f"content exceed max length {most}"})
        if self.full:
            return given({"errcode": 45009, "errmsg": "api freq out of limit"})
        return None


class WeComApp(GroupRobot):
    """WeCom's own server: a token for the app's secret, messages to the members that it has."""

    MEMBERS = ("zhangsan", "lisi")

    def __init__(self) -> None:
        super().__init__(200)
        self.tokens = 1
        self.handed = 0  # how often a token was asked for; until it ends it is the same one

    def end_token(self) -> None:
        self.tokens += 1

    def __call__(self, asked: Asked) -> Given:
        if asked.path == "/cgi-bin/gettoken" and self.trouble is None:
            return self._token(asked)
        return super().__call__(asked)

    def _token(self, asked: Asked) -> Given:
        if asked.query.get("corpsecret") != SECRET:
            return given({"errcode": 40001, "errmsg": "invalid credential"})
        self.handed += 1
        told = {"access_token": f"{KEY}-{self.tokens}", "expires_in": 7200}
        return given({"errcode": 0, "errmsg": "ok", **told})

    def problem(self, asked: Asked) -> Given | None:
        if asked.query.get("access_token") != f"{KEY}-{self.tokens}":
            return given({"errcode": 42001, "errmsg": "access_token expired"})
        body = asked.json
        if body["msgtype"] == "template_card":
            return self._card_problem(body["template_card"])
        if len(body["text"]["content"].encode()) > 2048:
            return given({"errcode": 45002, "errmsg": "content size out of limit"})
        missed = [one for one in body["touser"].split("|") if one not in self.MEMBERS]
        if len(missed) == len(body["touser"].split("|")):
            return given({"errcode": 81013, "errmsg": "user & party & tag all invalid"})
        if missed:
            self.said.append(body)
            return given({"errcode": 0, "errmsg": "ok", "invaliduser": "|".join(missed)})
        return None

    def _card_problem(self, card: dict[str, Any]) -> Given | None:
        if card["card_type"] != "text_notice" or not card["card_action"]["url"]:
            return given({"errcode": 42045, "errmsg": "Template_Card.CardAction missing"})
        return None


class DingTalkRobot(GroupRobot):
    def __init__(self, secret: str = SECRET) -> None:
        super().__init__(20)
        self._secret = secret

    def problem(self, asked: Asked) -> Given | None:
        if asked.path != "/robot/send" or asked.query.get("access_token") != KEY:
            return given({"errcode": 300001, "errmsg": f"token {KEY} is not exist"})
        if not self._signed(asked):
            return given({"errcode": 310000, "errmsg": "sign not match, more: [https://ding]"})
        if len(asked.body) > 20_000:
            return given({"errcode": 460101, "errmsg": "message too long"})
        if self.full:
            return given({"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"})
        return None

    def _signed(self, asked: Asked) -> bool:
        stamp = asked.query.get("timestamp", "0")
        expected = base64.b64encode(
            hmac.digest(self._secret.encode(), f"{stamp}\n{self._secret}".encode(), "sha256")
        ).decode()
        recent = abs(time.time() * 1000 - int(stamp)) < 3_600_000
        return recent and asked.query.get("sign") == expected


class FeishuRobot(GroupRobot):
    def __init__(self) -> None:
        super().__init__(100)

    def problem(self, asked: Asked) -> Given | None:
        if asked.path != f"/open-apis/bot/v2/hook/{HOOK}":
            return given(
                {"code": 19001, "msg": f"param invalid: incoming webhook {HOOK} invalid"}, 400
            )
        stamp = asked.json.get("timestamp", "0")
        sign = hmac.new(f"{stamp}\n{SECRET}".encode(), b"", hashlib.sha256).digest()
        if asked.json.get("sign") != base64.b64encode(sign).decode():
            return given({"code": 19021, "msg": "sign match fail or timestamp is not within one"})
        if len(asked.body) > 20_000:
            return given({"code": 9499, "msg": "Bad Request", "data": {}})
        return None

    def yes(self) -> Given:
        return given(
            {"StatusCode": 0, "StatusMessage": "success", "code": 0, "data": {}, "msg": "success"}
        )


class TextMessages:
    """A vendor of text messages: checks the signature, keeps each number and its variables."""

    KEY_ID = "LTAI-test-id"

    def __init__(self) -> None:
        self.said: list[tuple[str, list[str]]] = []
        self.trouble: Given | None = None

    def __call__(self, asked: Asked) -> Given:
        if self.trouble is not None:
            return self.trouble
        return self.judged(asked)

    def judged(self, asked: Asked) -> Given:
        raise NotImplementedError

    def no(self, code: str, words: str) -> Given:
        raise NotImplementedError


class Aliyun(TextMessages):
    """As `Dysmsapi` answers; the signature is made here from what came in, not from our code."""

    def judged(self, asked: Asked) -> Given:
        if not self._signed(asked):
            return self.no("SignatureDoesNotMatch", f"Specified signature is not matched {SECRET}")
        said = json.loads(asked.query["TemplateParam"])
        if sorted(said) != ["days", "name", "until"] or not all(said.values()):
            return self.no("isv.TEMPLATE_PARAMS_ILLEGAL", "模板变量不合规")
        self.said.append(
            (asked.query["PhoneNumbers"], [said[k] for k in ("name", "days", "until")])
        )
        return given({"Code": "OK", "Message": "OK", "RequestId": "R", "BizId": "B"})

    def no(self, code: str, words: str) -> Given:
        status = 200 if code.startswith("isv.") else 400
        return given({"Code": code, "Message": words, "RequestId": "R"}, status)

    def _signed(self, asked: Asked) -> bool:
        headers = {name.lower(): value for name, value in asked.headers.items()}
        scheme, _, rest = headers.get("authorization", "").partition(" ")
        parts = dict(part.split("=", 1) for part in rest.split(","))
        names = parts["SignedHeaders"].split(";")
        needed = {"host", *(n for n in headers if n.startswith("x-acs-"))}
        lines = "".join(f"{name}:{headers[name]}\n" for name in names)
        query = "&".join(
            f"{quote(k, safe='~')}={quote(v, safe='~')}" for k, v in sorted(asked.query.items())
        )
        body = hashlib.sha256(asked.body).hexdigest()
        request = f"POST\n/\n{query}\n{lines}\n{parts['SignedHeaders']}\n{body}"
        text = f"ACS3-HMAC-SHA256\n{hashlib.sha256(request.encode()).hexdigest()}"
        right = hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()
        known = (scheme, parts["Credential"]) == ("ACS3-HMAC-SHA256", self.KEY_ID)
        return known and needed <= set(names) and parts["Signature"] == right


class Tencent(TextMessages):
    """As `SendSms` answers; the signature is made here from what came in, not from our code."""

    def judged(self, asked: Asked) -> Given:
        if not self._signed(asked):
            return self.no("AuthFailure.SignatureFailure", f"signature is invalid {SECRET}")
        body = asked.json
        if any(not 1 <= len(one) <= 12 for one in body["TemplateParamSet"]):
            return self.no("InvalidParameterValue.TemplateParameterLengthLimit", "too long")
        self.said.append((body["PhoneNumberSet"][0], body["TemplateParamSet"]))
        return self._about({"Code": "Ok", "Message": "send success", "Fee": 1})

    def no(self, code: str, words: str) -> Given:
        if code.startswith(("AuthFailure", "InternalError")):
            return given({"Response": {"Error": {"Code": code, "Message": words}}})
        return self._about({"Code": code, "Message": words, "Fee": 0})

    def _about(self, one: dict[str, Any]) -> Given:
        return given({"Response": {"SendStatusSet": [one], "RequestId": "R"}})

    def _signed(self, asked: Asked) -> bool:
        headers = {name.lower(): value for name, value in asked.headers.items()}
        at = int(headers.get("x-tc-timestamp", "0"))
        day = time.strftime("%Y-%m-%d", time.gmtime(at))
        body = hashlib.sha256(asked.body).hexdigest()
        lines = f"content-type:{headers['content-type']}\nhost:{headers['host']}\n"
        request = f"POST\n/\n\n{lines}\ncontent-type;host\n{body}"
        scope = f"{day}/sms/tc3_request"
        whole = hashlib.sha256(request.encode()).hexdigest()
        key = b"TC3" + SECRET.encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        text = f"TC3-HMAC-SHA256\n{at}\n{scope}\n{whole}"
        right = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
        expected = (
            f"TC3-HMAC-SHA256 Credential={self.KEY_ID}/{scope}, "
            f"SignedHeaders=content-type;host, Signature={right}"
        )
        return abs(time.time() - at) < 300 and headers.get("authorization") == expected


class Receiver:
    """A web hook of somebody's own, which checks the signature."""

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []
        self.trouble: Given | None = None

    def __call__(self, asked: Asked) -> Given:
        if self.trouble is not None:
            return self.trouble
        proof = hmac.new(SECRET.encode(), asked.body, hashlib.sha256).hexdigest()
        if asked.headers.get("X-Freshness-Signature") != f"sha256={proof}":
            return Given(401)
        self.taken.append(asked.json)
        return Given(204)


class Post:
    """What a mail server does with what it is handed: a `Controller`'s handler."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.logins: list[bytes] = []
        self.rude = False  # hang up once a mail is taken, without a farewell …
        self.lost = False  # … or without a word
        self.encrypted: list[bool] = []
        self.recipients: list[list[str]] = []
        self.at_recipient: dict[str, str] = {}
        self.at_sender = self.at_data = ""
        self.login = False  # demanded here, since the library frowns upon it without TLS

    async def handle_MAIL(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self.login and not session.authenticated:
            return "530 5.7.0 Authentication required"
        if self.at_sender:
            return self.at_sender
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        reply = self.at_recipient.get(address) or self.at_recipient.get("*")
        if reply:
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.at_data:
            return self.at_data
        self.mails.append(message_from_bytes(envelope.content, policy=default))
        self.raw.append(bytes(envelope.original_content))
        self.encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
        self.recipients.append(list(envelope.rcpt_tos))
        if self.lost:
            server.transport.abort()
        if self.rude:
            server.transport.write(b"250 OK\r\n")
            server.transport.close()
        return "250 OK: queued as 4FZX"


def _known(server: Any, session: Any, envelope: Any, mechanism: str, login: Any) -> AuthResult:
    server.event_handler.logins.append(login.login)
    right = (login.login, login.password) == (b"watch", PASSWORD.encode())
    return AuthResult(success=right, handled=right)


@contextmanager
def mail_server(
    post: Post, both: Path | None = None, security: str = "none", login: bool = False
) -> Iterator[int]:
    """Run a mail server and yield its port."""
    context = serving(both) if both else None
    rules: dict[str, Any] = {"auth_require_tls": security == "starttls"}
    if security == "starttls":
        rules |= {"tls_context": context, "require_starttls": True}
    if login:
        rules["authenticator"] = _known
        post.login = True
    controller = Controller(
        post,
        hostname="127.0.0.1",
        port=free_port(),
        server_hostname="mail.test",
        ssl_context=context if security == "tls" else None,
        **rules,
    )
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()
