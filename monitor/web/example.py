"""A played year beside one's own accounts: an admin opens it, and leaves it again.

A cookie says who looks at it. Every page is then that of the year, with its banner; it has a
database of its own, and nothing is read or sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from monitor.clock import Clock
from monitor.web.door import FORWARDED, Door, Visitor, keep
from monitor.web.parts import Frame, Parts

COOKIE = "freshness_example"
# What stays that of the service itself.
OWN = ("/example", "/login", "/logout", "/setup", "/a/", "/api/", "/healthz", "/readyz", "/metrics")
HIDDEN = {name.encode() for name in FORWARDED}


Site = ASGIApp  # what answers requests


class Year(StrEnum):
    """How far the played year is."""

    NONE = "none"
    PLAYING = "playing"
    READY = "ready"
    FAILED = "failed"


class Example(Protocol):
    """The played year."""

    def state(self) -> Year:
        """Return how far it is."""
        ...

    def begin(self) -> None:
        """Begin to play it; returns at once."""
        ...


class ExampleRoom:
    """What the addresses of the example answer."""

    def __init__(self, parts: Parts, frame: Frame, example: Example | None) -> None:
        """*example* is None where what is shown is a sample itself."""
        self._frame = frame
        self._parts = parts
        self._example = example

    def open(self, app: FastAPI) -> None:
        """Add the addresses of the example to *app*."""
        look, act = self._frame.looked_at, self._frame.acted_on
        app.add_route("/example", look(self.show), methods=["GET", "HEAD"])
        app.add_route("/example", act(self.begin), methods=["POST"])
        app.add_route("/example/open", act(self.enter), methods=["POST"])
        app.add_route("/example/leave", act(self.leave), methods=["POST"])

    def show(self, request: Request, visitor: Visitor, _now: datetime) -> Response:
        """Show whether the year is there, and the way into it, or out of it."""
        example = self._frame.for_admins(visitor, self._example)
        if isinstance(example, Response):
            return example
        inside = COOKIE in request.cookies
        state = example.state()
        return self._frame.shown("example.html", visitor, state=state.value, inside=inside)

    def begin(
        self, request: Request, visitor: Visitor, _form: Mapping[str, str], now: datetime
    ) -> Response:
        """Begin to play the year."""
        example = self._frame.for_admins(visitor, self._example)
        if isinstance(example, Response):
            return example
        example.begin()
        self._parts.log("example_begun", by=visitor.name)
        return self.show(request, visitor, now)

    def enter(
        self, _request: Request, visitor: Visitor, _form: Mapping[str, str], _now: datetime
    ) -> Response:
        """Show the year from now on."""
        example = self._frame.for_admins(visitor, self._example)
        if isinstance(example, Response):
            return example
        if example.state() is not Year.READY:
            return RedirectResponse("/example", 303)
        return keep(RedirectResponse("/", 303), visitor, COOKIE, "1")

    def leave(
        self, _request: Request, _visitor: Visitor, _form: Mapping[str, str], _now: datetime
    ) -> Response:
        """Show one's own accounts again."""
        left = RedirectResponse("/", 303)
        left.delete_cookie(COOKIE, path="/")
        return left


def stands_beside(app: FastAPI, door: Door, clock: Clock, site: Callable[[], Site | None]) -> None:
    """Have *app* lead an admin who opened the example to *site*, once there is one."""
    app.add_middleware(Aside, door=door, clock=clock, site=site)


class Aside:
    """Stands before a site, and leads an admin who opened the example to that."""

    def __init__(
        self, app: ASGIApp, door: Door, clock: Clock, site: Callable[[], ASGIApp | None]
    ) -> None:
        self._app = app
        self._door = door
        self._clock = clock
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        site = await run_in_threadpool(self._wanted, scope) if _asks(scope) else None
        if site is None:
            await self._app(scope, receive, send)
            return
        headers = [one for one in scope["headers"] if one[0] not in HIDDEN]
        # Who may look was asked here; behind this, the year is open as it is on its own machine.
        beside = {**scope, "headers": headers, "client": ("127.0.0.1", 0)}
        await site({k: v for k, v in beside.items() if k != "app"}, receive, send)

    def _wanted(self, scope: Scope) -> ASGIApp | None:
        request = Request(scope)
        right = self._door.right_host(request)
        admin = right and self._door.visitor(request, self._clock()).admin
        return self._site() if admin else None


def _asks(scope: Scope) -> bool:
    """Whether a request is for the example, as far as it says itself."""
    if scope["type"] != "http" or scope["path"].startswith(OWN):
        return False
    return COOKIE in Request(scope).cookies
