"""What comes to our own doors: requests to the page and its API, and what is written in a chat."""

from __future__ import annotations

import asyncio
import atexit
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from fastapi import FastAPI
from starlette.types import Message

from monitor.desk.chat import ChatHandler
from monitor.store.sql import open_store
from monitor.web.door import SESSION
from tests.fuzz.parser import Parser
from tests.web.site import MONDAY, PASSWORD, RULES, USERS, WORDS, told_thrice

FORM_OF = b"\r\ncontent-type: application/x-www-form-urlencoded\r\n\r\ncsrf=CSRF&"
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
        self.office = office = told_thrice(open_store(f"sqlite:///{folder / 'f.db'}", MONDAY))
        for name, role in USERS.items():
            office.users.add(name, role, PASSWORD, MONDAY)
        self._key = office.users.log_in("zhang", PASSWORD, MONDAY) or ""
        self._cookie = (b"cookie", f"{SESSION}={self._key}".encode())
        self._site: FastAPI = office.site()
        self._asking = ThreadPoolExecutor(1)
        self._chat = ChatHandler(
            office.desk, office.answers, RULES, WORDS, office.clock, office.log
        )

    def seeds(self) -> tuple[bytes, ...]:
        """Requests that are answered well."""
        looks = (
            "/?v=overdue&q=x&page=1&sort=name", "/accounts/weibo", "/alerts?page=1", "/duty",
            "/reports", "/reports/months/2024-03.docx", "/reports/years/2024.xlsx",
            "/reports/evidence/2024/weibo", "/api/v1/accounts?limit=5&offset=0", "/badge/weibo.svg",
            "/calendar.ics", "/alerts.atom", "/metrics", "/static/page.css", "/login",
            self.office.path("zhang"),
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
        asked.append(b"GET /alerts?page=\xfe\r\naccept: text/html\r\n\r\n")
        return *asked, *(f"POST {path}".encode() + FORM_OF + form for path, form in acts)

    def ask(self, data: bytes) -> int:
        """Return the status with which the request in *data* is answered, which is no failure of
        ours."""
        csrf = f"a.{sha256(f'form a {self._key}'.encode()).hexdigest()}".encode()
        head, _, body = data.replace(b"CSRF", csrf).partition(b"\r\n\r\n")
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
        # A browser that other tests have opened here has a loop of its own in this thread.
        answered = self._asking.submit(asyncio.run, self._answered(scope, body))
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
        answers = self._chat.command("zhang", text), self._chat.pressed("zhang", text)
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
    written = tuple(text.encode() for text in WRITTEN)
    yield "chat", Parser(lambda data: doors().write(data), written)
