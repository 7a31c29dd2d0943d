"""The answer page, and whether the service lives and is ready.

Looking changes nothing, because chat programs fetch every link before anybody taps it; only a
POST acts. The link is the authority: anybody who has it may answer for those it was sent to.
"""

from __future__ import annotations

import re
import string
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote_from_bytes

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware

from alerts.answers.answer import Answer, Ticket
from alerts.answers.buttons import ALL
from alerts.answers.links import PATH, Signer
from alerts.answers.times import parse_time
from alerts.common.log import Log
from alerts.words import Table, Words
from monitor.clock import Clock
from monitor.desk.answers import AnswerResult, AnswerService
from monitor.errors import StoreError
from monitor.web.api import API, UNAVAILABLE, problem
from monitor.web.cards import Card, Cards
from monitor.web.door import SESSION, Door
from monitor.web.methods import allowed
from monitor.web.parts import form_of, templates

HERE = Path(__file__).parent
STATIC = {".css": "text/css", ".js": "text/javascript"}
CARDS = 5  # alerts of one link that are shown whole, below each other; more are a list
KEPT = "no-cache"  # of a style sheet: keep it, and ask each time whether it is still right
SHORT = 1000  # bytes: less is not worth compressing
QUICKLY = 4  # of 9: more takes longer than it saves
GUARD = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

# What the templates say by themselves.
TEXTS: Table = {
    "brand": "Account freshness",
    "you_are": "You are",
    "sent_to": "Sent to",
    "again": "To answer something else:",
    "who_are_you": "Who are you?",
    "left": "You are not among the people any more; please ask the operator.",
    "alert": "Alert",
    "scheduled": "Already scheduled …",
    "when": "For when is it scheduled?",
    "other_time": "Another time",
    "confirm": "Confirm",
    "told": "Who was told",
    "safe": "Opening this page records nothing; only a button does.",
    "all": "All noted",
    "back": "All alerts of this message",
    "everything": "Show everything",
}

Unready = Callable[[datetime], Sequence[str]]  # what is not as it should be, a word or two each
Next = Callable[[Request], Awaitable[Response]]


class Pages:
    """What the addresses of the site answer."""

    def __init__(
        self,
        signer: Signer,
        cards: Cards,
        answers: AnswerService,
        words: Words,
        unready: Unready,
        clock: Clock,
        log: Log,
    ) -> None:
        self._signer = signer
        self._cards = cards
        self._answers = answers
        self._words = words
        self._unready = unready
        self._clock = clock
        self._log = log
        self._templates = templates()
        self._texts = words.table(TEXTS)
        files = [path for path in (HERE / "static").iterdir() if path.suffix in STATIC]
        self._static = {path.name: path.read_bytes() for path in files}
        self._marks = {
            name: f'W/"{sha256(c).hexdigest()[:20]}"' for name, c in self._static.items()
        }

    def answer_page(self, token: str, request: Request, alert: str = "") -> Response:
        """Return the page of a link's alerts, or of the one that is named, with its answers."""
        now, inside = self._clock(), SESSION in request.cookies
        ticket, refusal = self._ticket(token, now)
        return refusal if ticket is None else self._page(ticket, _number(alert), None, inside, now)

    async def answer(self, token: str, request: Request) -> Response:
        """Record an answer, and return the page that shows what became of it."""
        form = await form_of(request)
        return await run_in_threadpool(self._answered, token, form, request)

    def alive(self) -> Response:
        """Return 200: the process lives."""
        return JSONResponse({"alive": True})

    def ready(self) -> Response:
        """Return whether the store answers and every loop runs; 503 if not, with what does not."""
        try:
            amiss = list(self._unready(self._clock()))
        except Exception as error:
            self._log("store_unreachable", error=type(error).__name__)
            amiss = ["store"]
        return JSONResponse({"ready": not amiss, "amiss": amiss}, 503 if amiss else 200)

    def static(self, name: str, request: Request) -> Response:
        """Return a style sheet or a script, or that what the browser keeps of it is still right."""
        if name not in self._static:
            return self.nothing(404)
        mark = {"ETag": self._marks[name]}
        if self._marks[name] in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=mark)
        kind = f"{STATIC[Path(name).suffix]}; charset=utf-8"
        return Response(self._static[name], media_type=kind, headers=mark)

    def nothing(self, status: int) -> Response:
        """Return the page of an address at which there is nothing, or of a mishap of ours."""
        words = self._words
        if status >= 500:
            return self._sorry(
                words.text("This does not work just now"),
                words.text("Please try again in a moment, or ring up the operator."),
                status,
            )
        if status == 405:
            text = words.text("Please go back and send the form from its own page.")
            return self._sorry(words.text("This is no page"), text, status)
        if status == 413:
            text = words.text("Please send one of at most 20 MB.")
            return self._sorry(words.text("This file is too large"), text, status)
        return self._sorry(
            words.text("There is nothing here"),
            words.text("Please open the link in the newest message once more."),
            status,
        )

    def _answered(self, token: str, form: Mapping[str, str], request: Request) -> Response:
        now = self._clock()
        ticket, refusal = self._ticket(token, now)
        if ticket is None:
            return refusal
        alert = _number(form.get("alert", ""))
        result = self._result(ticket, alert, form, now)
        return self._page(ticket, alert, result, SESSION in request.cookies, now)

    def _result(
        self, ticket: Ticket, alert: int, form: Mapping[str, str], now: datetime
    ) -> AnswerResult:
        words = self._words
        by = form.get("person", "") if len(ticket.people) > 1 else ticket.people[0]
        at = form.get("at", "")
        named = Answer.SCHEDULED.value if at else form.get("answer", "")
        everything = alert == ALL and named == Answer.ACKNOWLEDGE and _many(ticket)
        if not everything and (alert not in ticket.alerts or named not in set(Answer)):
            return AnswerResult(
                False, words.text("This answer does not fit here; please choose again.")
            )
        if by not in ticket.people:
            return AnswerResult(False, words.text("Please choose who you are."))
        if everything:
            result = self._answers.acknowledge_all(ticket.alerts, by, now)
            return self._noted(result, alert, by, named)
        until = parse_time((at or form.get("until", "")).replace("T", " "), words.zone, now)
        result = self._answers.answer(alert, by, Answer(named), until, now)
        return self._noted(result, alert, by, named)

    def _noted(self, result: AnswerResult, alert: int, by: str, named: str) -> AnswerResult:
        self._log("answered", alert=alert, by=by, answer=named, done=result.done, way="page")
        return result

    def _ticket(self, token: str, now: datetime) -> tuple[Ticket | None, Response]:
        words, ticket = self._words, self._signer.ticket(token)
        if ticket is None:
            return None, self._sorry(
                words.text("This link is not valid"),
                words.text(
                    "It is incomplete or not of this service. Please open the link in the "
                    "newest message once more."
                ),
                404,
            )
        if not ticket.valid(now):
            return None, self._sorry(
                words.text("This link has expired"),
                words.text("Links are valid for 30 days. Please use the newest message."),
                410,
            )
        return ticket, Response()

    def _page(
        self,
        ticket: Ticket,
        chosen: int,
        result: AnswerResult | None,
        inside: bool,
        now: datetime,
    ) -> Response:
        if _many(ticket) and chosen not in ticket.alerts:
            return self._list(ticket, result, inside, now)
        wanted = (chosen,) if _many(ticket) else ticket.alerts
        people = [p for p in ticket.people if self._answers.lookup.known(p)]
        cards = [c for n in wanted if (c := self._cards.card(n, people, now)) is not None]
        if not cards:
            return self._unknown()
        return self._answering(
            "answer.html",
            ticket,
            result,
            cards=cards,
            title=_title(cards, self._words),
            known=chosen in ticket.alerts,
            answered=chosen,
            set_value=Answer.SCHEDULED.value,
            many=_many(ticket),
            inside=inside,
        )

    def _list(
        self, ticket: Ticket, result: AnswerResult | None, inside: bool, now: datetime
    ) -> Response:
        lines = [line for n in ticket.alerts if (line := self._cards.line(n, now)) is not None]
        if not lines:
            return self._unknown()
        words, still_open = self._words, [line for line in lines if line.open]
        answered = sum(bool(line.standing) for line in still_open)
        sentence = words.text("{n} alerts are open, {answered} of them answered.")
        return self._answering(
            "list.html",
            ticket,
            result,
            title=words.text("{n} alerts").format(n=len(lines)),
            lines=[*still_open, *(line for line in lines if not line.open)],
            summary=sentence.format(n=len(still_open), answered=answered),
            choice=Answer.ACKNOWLEDGE.value if still_open else "",
            all=ALL,
            inside=inside,
        )

    def _answering(
        self, template: str, ticket: Ticket, result: AnswerResult | None, **values: Any
    ) -> Response:
        """A page on which those a link was sent to can answer."""
        people = [p for p in ticket.people if self._answers.lookup.known(p)]
        names = self._words.listing([self._answers.lookup.name(p) for p in ticket.people])
        own = self._words.text("This link is for {names} alone, for 30 days. Do not pass it on.")
        return self._rendered(
            template,
            200 if result is None or result.done else 409,
            result=result,
            names=names,
            people=[(p, self._answers.lookup.name(p)) for p in people],
            left=not people,
            asked=len(ticket.people) > 1,
            own=own.format(names=names),
            **values,
        )

    def _unknown(self) -> Response:
        return self._sorry(
            self._words.text("This alert is not known"),
            self._words.text("The database does not hold it any more."),
            404,
        )

    def _sorry(self, title: str, text: str, status: int) -> Response:
        return self._rendered("sorry.html", status, title=title, text=text)

    def _rendered(self, template: str, status: int, **values: Any) -> Response:
        page = self._templates.get_template(template).render(
            **values, t=self._texts, lang=self._words.tag
        )
        return HTMLResponse(page, status)


Application = FastAPI  # the site, as who runs it calls it


class Room(Protocol):
    """A part of the site with addresses of its own."""

    def open(self, app: FastAPI) -> None:
        """Add them to *app*."""
        ...


def site(pages: Pages, log: Log, door: Door, rooms: Sequence[Room] = ()) -> FastAPI:
    """Return the application: addresses, the guard of every answer, and a calm page for errors."""
    app = FastAPI(
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,  # it would lead to wherever the Host header says
    )
    app.add_api_route(f"/{PATH}/{{token}}", pages.answer_page, methods=["GET", "HEAD"])
    app.add_api_route(f"/{PATH}/{{token}}", pages.answer, methods=["POST"])
    app.add_api_route("/healthz", pages.alive, methods=["GET", "HEAD"])
    app.add_api_route("/readyz", pages.ready, methods=["GET", "HEAD"])
    app.add_api_route("/static/{name}", pages.static, methods=["GET", "HEAD"])
    for room in rooms:
        room.open(app)

    @app.exception_handler(HTTPException)
    async def nothing_there(request: Request, error: HTTPException) -> Response:
        response = pages.nothing(error.status_code)
        if error.status_code == 405:
            response.headers.update(allowed(app, request))
        return response

    # Inside the guard, which passes on in pieces what is whole here.
    app.add_middleware(GZipMiddleware, minimum_size=SHORT, compresslevel=QUICKLY)

    @app.middleware("http")
    async def guarded(request: Request, call_next: Next) -> Response:
        request.scope["query_string"] = _encoded(request.scope["query_string"])
        try:
            right = door.right_host(request)
            response = await call_next(request) if right else pages.nothing(421)
        except StoreError as error:
            log("store_unreachable", error=type(error).__name__)
            response = _broke(request, pages, 503)
        except Exception as error:
            # Not the address: it holds the link.
            log("page_broke", error=type(error).__name__, bug=error)
            response = _broke(request, pages, 500)
        kept = {"Cache-Control": KEPT} if "etag" in response.headers else {}
        response.headers.update({**GUARD, **kept})
        return response

    return app


def _encoded(query: bytes) -> bytes:
    """*query* as a browser sends it: bytes that are no text are what an address has encoded."""
    return query if query.isascii() else quote_from_bytes(query, safe=string.punctuation).encode()


def _broke(request: Request, pages: Pages, status: int) -> Response:
    """What is answered where something of ours fails, with nothing of the inside."""
    of_script = request.url.path.startswith(f"{API}/")
    return problem(status, UNAVAILABLE) if of_script else pages.nothing(status)


def _title(cards: Sequence[Card], words: Words) -> str:
    if len(cards) == 1:
        return cards[0].title
    return words.text("{n} alerts").format(n=len(cards))


def _many(ticket: Ticket) -> bool:
    return len(ticket.alerts) > CARDS


def _number(text: str) -> int:
    """The alert that an address or a form names; none of them stands for all."""
    return int(text) if re.fullmatch(r"[0-9]{1,15}", text) else ALL
