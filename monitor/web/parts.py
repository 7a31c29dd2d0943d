"""What every room of the page works with, and the frame in which each is shown."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from alerts.common.log import Log
from alerts.words import Words, directed
from monitor.clock import Clock
from monitor.desk.answers import AnswerService
from monitor.desk.desk import Desk
from monitor.desk.kept import AccountsNow
from monitor.desk.status import URGENT
from monitor.desk.wizard import Progress, Wizard
from monitor.register import Register
from monitor.reports.mailing.monthly import Monthly
from monitor.store.base import Store
from monitor.store.protocols.shown import Wanted
from monitor.web.door import FORM, Door, Visitor, keep
from monitor.web.overview import known_as_of
from monitor.web.texts import ALL

What = TypeVar("What")
HERE = Path(__file__).parent
# A day with its weekday, and a time, as `Words` says them in Chinese and in English.
DATE = re.compile(
    r"(\d+月\d+日（[^（）]+）(?:\d\d:\d\d)?[前起至]?）?[，。；：、]?"
    r"|[A-Z][a-z]{2} \d+ [A-Z][a-z]+(?:, \d\d:\d\d)?)"
)
WHOLE = Markup('<wbr><span class="whole">{}</span>')
FEW = 50  # accounts that are made anew for the numbers in a heading
LARGEST = 4096  # bytes of a form
LARGEST_UPLOAD = 20_000_000  # bytes
UPLOADED = "multipart/form-data"
LENGTH = re.compile(r"[0-9]{1,18}")
View = Callable[[Request, Visitor, datetime], Response]
Files = Mapping[str, tuple[str, bytes]]  # by field: the name and the content of an uploaded file
Deed = Callable[[Request, Visitor, Mapping[str, str], datetime], Response]
Handed = Callable[[Request, Visitor, Mapping[str, str], Files, datetime], Response]


@dataclass(frozen=True)
class Parts:
    """What every room of the page works with. *beside*: it is an example beside one's own."""

    desk: Desk
    store: Store
    register: Register
    words: Words
    answers: AnswerService
    door: Door
    clock: Clock
    log: Log
    monthly: Monthly
    beside: bool = False

    def current(self) -> Register:
        """Return the register as it stands, with what is recorded of custodians and the roster."""
        return self.desk.accounts.rules()


@cache
def templates() -> Environment:
    """Return the templates of all pages, one set for all; a name that is not given is an error."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        finalize=_finally,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["unbroken"] = unbroken
    return made


@lru_cache(4096)  # the rows of a page say the same of many days
def unbroken(text: str) -> Markup:
    """Return *text* for a page that breaks no line within a date."""
    found = (
        WHOLE.format(part) if n % 2 else escape(part)
        for n, part in enumerate(DATE.split(directed(text)))
    )
    return Markup("").join(found)


def _finally(value: Any) -> Any:
    """What a page shows of *value*: a name from outside turns nothing around."""
    return directed(value) if type(value) is str else value


class Frame:
    """Shows pages to who may see them. Safe to use from several threads."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._words = parts.words
        self._templates = templates()
        self._texts = self._words.table(ALL)
        self._wizard = Wizard(parts.store.notes)
        offices = {one.organisation for one in parts.register.accounts.values()}
        self._office = (offices.pop() or "") if len(offices) == 1 else ""

    def looked_at(
        self, view: View, *, known: bool = True, at_once: bool = False
    ) -> Callable[[Request], Response]:
        """Return what answers a GET with *view*; with *known* to who has logged in alone; with
        *at_once*: by one look at the store; it must not wait for anything else."""

        def answered(request: Request) -> Response:
            now = self._parts.clock()
            visitor = self._parts.door.visitor(request, now)
            if known and not visitor.known:
                return RedirectResponse("/login" if self._parts.door.users.any() else "/setup", 303)
            with self._parts.store.looking() if at_once else nullcontext():
                return self._keyed(view(request, visitor, now), visitor)

        return answered

    def acted_on(
        self, deed: Deed, *, known: bool = True, largest: int = LARGEST
    ) -> Callable[[Request], Awaitable[Response]]:
        """Return what answers a POST of one of our forms with *deed*."""

        async def answered(request: Request) -> Response:
            form = await form_of(request, largest)
            return await run_in_threadpool(self._acted, deed, request, form, known)

        return answered

    def uploaded(self, deed: Handed) -> Callable[[Request], Awaitable[Response]]:
        """Return what answers a POST of one of our forms with files with *deed*."""

        async def answered(request: Request) -> Response:
            form, files = await upload_of(request)

            def act(r: Request, v: Visitor, f: Mapping[str, str], now: datetime) -> Response:
                return deed(r, v, f, files, now)

            return await run_in_threadpool(self._acted, act, request, form, True)

        return answered

    def shown(self, template: str, visitor: Visitor, status: int = 200, **values: Any) -> Response:
        """Return a page of the house for *visitor*."""
        progress = self._wizard.progress() if visitor.known else Progress()
        page = self._templates.get_template(template).render(
            {"result": None, "room": "", **self._heading(visitor, values), **values},
            office=progress.office or self._office,
            beside=self._parts.beside,
            amiss_inside=self._amiss() if visitor.admin else 0,
            setting_up=progress.under_way and visitor.admin and not visitor.sample,
            t=self._texts,
            lang=self._words.tag,
            visitor=visitor,
            who=self._parts.register.name(visitor.name),
        )
        return HTMLResponse(page, status)

    def sorry(self, visitor: Visitor, title: str, text: str, status: int) -> Response:
        """Return a calm page that says why there is nothing else."""
        return self.shown("notice.html", visitor, status, title=title, text=text)

    def _heading(self, visitor: Visitor, values: Mapping[str, Any]) -> dict[str, Any]:
        """How many accounts need somebody and up to when they are known, where a page does not say
        so itself."""
        if not visitor.known or "count" in values:
            return {"count": 0, "as_of": ""}
        now = self._parts.clock()
        return needing(self._parts.desk.accounts.kept.at(now, FEW), now, self._words)

    def _amiss(self) -> int:
        """How many gateways fail and channels refused what they were sent last."""
        store, known = self._parts.store, self._parts.register.gateways
        failing = [g for g in store.gateways.states().values() if not g.healthy]
        refusing = [
            one
            for one in store.tallies.channels().values()
            if one.refused_at and (one.accepted_at is None or one.refused_at > one.accepted_at)
        ]
        return sum(g.gateway in known for g in failing) + len(refusing)

    def for_admins(self, visitor: Visitor, there: What | None) -> What | Response:
        """Return *there*, with which an admin changes the configuration; else what is answered
        to who may not. None: it is that of a year that was played and is over."""
        words = self._words
        if visitor.admin and there is not None and not visitor.sample:
            return there
        text = words.text("This page is for administrators.")
        if visitor.admin:
            text = words.text(
                "This is sample data; a configuration of one's own is written by `freshness init` "
                "and set up here."
            )
        return self.sorry(visitor, words.text("This is not open to you"), text, 403)

    def _acted(
        self, deed: Deed, request: Request, form: Mapping[str, str], known: bool
    ) -> Response:
        now = self._parts.clock()
        visitor = self._parts.door.visitor(request, now)
        if known and not visitor.known:
            return RedirectResponse("/login", 303)
        if not visitor.sent(form):
            return self._keyed(self._stale(visitor), visitor)
        return deed(request, visitor, form, now)

    def _stale(self, visitor: Visitor) -> Response:
        words = self._words
        title = words.text("This page is too old")
        return self.sorry(
            visitor, title, words.text("Please go back, load it anew, and send it again."), 403
        )

    def _keyed(self, response: Response, visitor: Visitor) -> Response:
        return keep(response, visitor, FORM, visitor.form_key) if visitor.new_key else response


def needing(accounts: AccountsNow, now: datetime, words: Words) -> dict[str, Any]:
    """Return what a heading says of *accounts*: how many need somebody, and up to when they are
    known."""
    as_of = known_as_of(accounts.read_at(), now, words)
    return {"count": accounts.number(Wanted(URGENT[:3])), "as_of": as_of}


def page_of(text: str) -> int:
    """Return the number of a page that an address asks for; the first for none that there is."""
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def length_of(request: Request) -> int | None:
    """Return how many bytes *request* says that it brings; None where it does not say, or no
    number that anything could have."""
    said = request.headers.get("content-length", "")
    return int(said) if LENGTH.fullmatch(said) else None


async def form_of(request: Request, largest: int = LARGEST) -> dict[str, str]:
    """Return the fields of a form. Raises `HTTPException` for one that is too long."""
    if (length_of(request) or 0) > largest:
        raise HTTPException(413)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > largest:
            raise HTTPException(413)
    try:
        return dict(parse_qsl(body.decode(), max_num_fields=max(20, largest // 100)))
    except ValueError:
        raise HTTPException(400) from None


async def upload_of(request: Request) -> tuple[dict[str, str], Files]:
    """Return the fields and the files of a form. Raises `HTTPException` for one that is too large,
    does not say how large it is, or is none."""
    length = length_of(request)
    if length is None or not request.headers.get("content-type", "").startswith(UPLOADED):
        raise HTTPException(411 if length is None else 400)
    if length > LARGEST_UPLOAD:
        raise HTTPException(413)
    fields, files = dict[str, str](), dict[str, tuple[str, bytes]]()
    async with request.form(max_files=2, max_fields=20) as form:
        for name, value in form.items():
            if isinstance(value, str):
                fields[name] = value
            elif value.filename:
                files[name] = (value.filename, await value.read())
    return fields, files
