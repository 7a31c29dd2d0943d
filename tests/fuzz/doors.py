"""What comes to our own doors: requests to the page and its API, and what is written in a chat."""

from __future__ import annotations

import asyncio
import atexit
import shutil
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from ipaddress import ip_network
from pathlib import Path
from tempfile import mkdtemp
from threading import Thread
from typing import Any

from fastapi import FastAPI
from starlette.types import Message

from monitor.desk.chat import ChatHandler
from monitor.desk.users import Scope
from monitor.store.sql import open_store
from monitor.web.door import SESSION, Outside
from tests.fuzz.parser import Parser, as_json
from tests.web.site import MONDAY, PASSWORD, RULES, USERS, WORDS, told_thrice

FORM_OF = b"\r\ncontent-type: application/x-www-form-urlencoded\r\n\r\ncsrf=CSRF&"
BEHIND = Outside(proxies=(ip_network("127.0.0.0/8"),))
HEADERS = (
    b"x-forwarded-for: 10.0.0.1, [2001:db8::1]:443\r\nx-forwarded-proto: https",
    b'forwarded: for="[2001:db8::1]:443";proto=https\r\nx-real-ip: 10.0.0.1',
    b'cookie: freshness=x; freshness_form="y"; z\r\nif-none-match: W/"a"\r\nrange: bytes=0-9',
    b"if-modified-since: Fri, 16 Feb 2024 09:00:07 GMT\r\naccept-language: zh-CN;q=0.8, en",
    b"authorization: Bearer x\r\naccept-encoding: gzip;q=0.5, br",
)
WRITTEN = (
    "/list", "/ack 1", "/promise 1 明天上午9点半", "/who 鞍山民政", "/help", "ack:1",
    "promise:1:2846", "/swap 2024-03-20 li", "/explain weibo", "/duty",
    "/confirm 鞍山民政 昨天 9:30", "done:1",
)  # fmt: skip


class Doors:
    """A site on a database of its own, and those who are let in."""

    def __init__(self) -> None:
        folder = Path(mkdtemp())
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        store = open_store(f"sqlite:///{folder / 'f.db'}", MONDAY)
        self.office = office = told_thrice(store, outside=BEHIND)
        for name, role in USERS.items():
            office.users.add(name, role, PASSWORD, MONDAY)
        self._key = office.users.log_in("zhang", PASSWORD, MONDAY) or ""
        self._cookie = (b"cookie", f"{SESSION}={self._key}".encode())
        self._bearer = office.users.token("zhang", Scope.ACT, MONDAY).encode()
        self._site: FastAPI = office.site()
        # Of its own: a browser that other tests have opened here has one in this thread.
        self._loop = asyncio.new_event_loop()
        Thread(target=self._loop.run_forever, daemon=True).start()
        self.chat = ChatHandler(office.desk, office.answers, RULES, WORDS, office.clock, office.log)

    def seeds(self) -> tuple[bytes, ...]:
        """Requests that are answered well."""
        looks = (
            "/?v=overdue&q=x&page=1&sort=name", "/alerts?page=1", "/duty",
            "/reports", "/reports/evidence/2024/weibo", "/badge/weibo.svg",
            "/alerts.atom", "/static/page.css", "/login",
            "/accounts/add", "/reports/changes/2024", "/reports/figures/2024", "/start",
            "/alerts/notices?page=2", self.office.path("zhang"),
        )  # fmt: skip
        acts = (
            ("/login", b"name=zhang&password=x"),
            (self.office.path("zhang"), b"answer=ack&until=2024-03-19T09:30"),
            ("/accounts/weibo/answer", b"answer=promise&until=2024-03-19T09:30"),
            ("/accounts/weibo/confirm", b"posted_at=2024-03-18+09:30&url=https://weibo.com/1"),
            ("/accounts/weibo/exception", b"until=2024-03-20&reason=x&document=y"),
            ("/duty/swap", b"on=2024-03-20&to=li"),
            ("/reports/figures/2024", b"regulations=1&regulations=2"),
        )
        asked = [f"GET {path}\r\naccept: text/html\r\n\r\n".encode() for path in looks]
        # Dear to make: what is spoilt of these is the path.
        dear = ("/reports/months/2024-03.docx", "/reports/years/2024.xlsx", "/accounts/weibo?x=1")
        asked += (f"GET {path}".encode() for path in (*dear, "/calendar.ics"))
        asked += (b"GET /login\r\n" + head + b"\r\n\r\n" for head in HEADERS)
        asked.append(b"GET /alerts?page=\xfe\r\naccept: text/html\r\n\r\n")
        return *asked, *(f"POST {path}".encode() + FORM_OF + form for path, form in acts)

    def api_seeds(self) -> tuple[bytes, ...]:
        """Requests to the API that are answered well, or could be."""
        head = b"\r\nauthorization: Bearer BEARER\r\n"
        looks = (
            "accounts?verdict=late,fresh&q=x&page=1&per_page=5", "accounts/weibo", "gateways",
            "alerts?open=true", "reports/years/2024",
        )  # fmt: skip
        acts: tuple[tuple[str, dict[str, object]], ...] = (
            ("alerts/1/acknowledge", {}),
            ("alerts/1/promise", {"until": "2024-03-19T09:30:00+08:00", "scheduled": True}),
            ("accounts/weibo/exception", {"until": "2024-03-20T09:00", "reason": "x"}),
            ("accounts/weibo/confirm", {"posted_at": "2024-03-18T09:30", "url": "https://a.cn"}),
            ("accounts/weibo/confirm", {"name": "鞍山民政"}),
            ("accounts/weibo/read", {}),
        )
        as_json_is = b"content-type: application/json\r\ncontent-length: LENGTH\r\n\r\n"
        asked = [f"GET /api/v1/{path}".encode() + head + b"\r\n" for path in looks]
        acted = [
            f"POST /api/v1/{path}".encode() + head + as_json_is + as_json(body)
            for path, body in acts
        ]
        once = (
            b"GET /api/v1/reports/years/" + b"9" * 30 + head,
            b"POST /api/v1/alerts/" + b"9" * 30 + b"/acknowledge" + head,
            b"POST /api/v1/alerts/1/promise" + head + as_json_is + b'{"until":"0001-01-01T00:00"}',
            b"POST /api/v1/accounts/weibo/read" + head + b"content-length: " + b"9" * 5000,
        )
        return *asked, *acted, *once

    def upload_seeds(self) -> tuple[bytes, ...]:
        """Forms with a file."""
        head = (
            b"\r\ncontent-type: multipart/form-data; boundary=b\r\ncontent-length: LENGTH\r\n\r\n"
        )
        field = b'--b\r\nContent-Disposition: form-data; name="csrf"\r\n\r\nCSRF\r\n'
        file = (
            b'--b\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\n'
            b"Content-Type: text/plain\r\n\r\n%s\r\n--b--\r\n"
        )
        draft = file % (b"draft", b"d.txt", "年报\n微博  284\n".encode())
        listed = file % (b"list", b"l.csv", "名称,平台\n鞍山民政,微博\n".encode())
        return (
            b"POST /reports/check" + head + field + draft,
            b"POST /accounts/add/list" + head + field + listed,
            b"POST /reports/check" + head.replace(b"LENGTH", "²".encode("latin-1")),
        )

    def ask(self, data: bytes) -> int:
        """Return the status with which the request in *data* is answered, which is no failure of
        ours."""
        csrf = f"a.{sha256(f'form a {self._key}'.encode()).hexdigest()}".encode()
        head, _, body = data.replace(b"CSRF", csrf).partition(b"\r\n\r\n")
        head = head.replace(b"BEARER", self._bearer).replace(b"LENGTH", b"%d" % len(body))
        first, *lines = head.split(b"\r\n")
        method, _, target = first.partition(b" ")
        path, _, query = target.partition(b"?")
        headers = [(a.strip().lower(), b.strip()) for a, _, b in (x.partition(b":") for x in lines)]
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method.decode("latin-1") if method in (b"GET", b"HEAD", b"POST") else "GET",
            "scheme": "http",
            "path": path.decode("utf-8", "replace"),
            "raw_path": path,
            "query_string": query,
            "root_path": "",
            "headers": [(b"host", b"127.0.0.1"), *headers, self._cookie],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }
        answered = asyncio.run_coroutine_threadsafe(self._answered(scope, body), self._loop)
        status = answered.result()
        assert status < 500, [facts for _, facts in self.office.said[-3:]]
        self.office.said.clear()
        return status

    async def _answered(self, scope: dict[str, Any], body: bytes) -> int:
        status = 0

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)

        await self._site(scope, receive, send)
        return status

    def write(self, data: bytes) -> object:
        """Write *data* in a chat, and press a button that carries it; whatever we fail on is
        noted, and is a fault."""
        text = data.decode("utf-8", "replace")
        answers = self.chat.command("zhang", text), self.chat.pressed("zhang", text)
        broke = [facts for _, facts in self.office.said if "bug" in facts]
        self.office.said.clear()
        assert not broke, broke
        return answers


@cache
def doors() -> Doors:
    """The doors of this process."""
    return Doors()


def requests() -> Iterator[tuple[str, Parser]]:
    """Yield the parsers of what comes to our doors."""
    yield "requests", Parser(lambda data: doors().ask(data), doors().seeds())
    yield "API", Parser(lambda data: doors().ask(data), doors().api_seeds())
    yield "uploads", Parser(lambda data: doors().ask(data), doors().upload_seeds())
    written = tuple(text.encode() for text in WRITTEN)
    yield "chat", Parser(lambda data: doors().write(data), written)
