"""The API under /api/v1: the shapes that the commands print with --json, to who bears a token.

Errors are problem documents (RFC 9457). Whatever acts is recorded under the token's owner.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Annotated

from fastapi import FastAPI, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.types import Receive, Send
from starlette.types import Scope as Asked

from alerts.common.local_time import YEARS
from alerts.errors import RefusedError
from monitor.desk.shapes import as_json
from monitor.desk.users import Scope
from monitor.errors import MonitorError, StoreError
from monitor.reports.year.reporting import Reporting
from monitor.standing import LOOKS
from monitor.store.protocols.access import User
from monitor.store.protocols.shown import Wanted
from monitor.web.methods import allowed
from monitor.web.parts import Parts, length_of
from monitor.web.year import last_days

API = "/api/v1"
# As large as a database takes, and a calendar.
Number = Annotated[int, Path(ge=1, lt=2**31)]
Year = Annotated[int, Path(ge=1, le=9999)]
Page = Annotated[int, Query(lt=10**6)]
MOST = 500  # accounts on a page
LARGEST = 65_536  # bytes of what is sent
BROKE = "this cannot be answered; the log of the service says why"
UNAVAILABLE = "this cannot be answered just now; try again in a moment"
PROBLEM = "application/problem+json"
Next = Callable[[Request], Awaitable[Response]]
PROBLEMS: dict[int | str, str] = {
    401: "No token, or one that has ended",
    403: "A token that is not for that",
    404: "Nothing of that name",
    409: "It cannot be done as things stand",
    411: "A request that does not say how long it is",
    413: "A request that is too long",
    422: "Not as described",
    503: "The database cannot be used just now",
}


@dataclass(frozen=True)
class Promised:
    """A post is promised by an instant, or already scheduled for it."""

    until: datetime
    scheduled: bool = False


@dataclass(frozen=True)
class Agreed:
    """A silence is agreed until an instant."""

    until: datetime
    reason: str
    document: str | None = None


@dataclass(frozen=True)
class Confirmed:
    """What a person saw; one of: a post, that what is shown is right, nothing newer, a name."""

    posted_at: datetime | None = None
    url: str | None = None
    seen: bool = False
    nothing_newer: bool = False
    name: str | None = None


class Api:
    """What the addresses of the API answer."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._desk = parts.desk
        self._zone = parts.register.hours.zone

    def open(self, app: FastAPI) -> None:
        """Mount the API in *app*. It is put together when it is first asked."""
        app.mount(API, self._answering)

    async def _answering(self, scope: Asked, receive: Receive, send: Send) -> None:
        await self._api(scope, receive, send)

    @cached_property
    def _api(self) -> FastAPI:
        api = FastAPI(
            title="Account freshness monitor",
            servers=[{"url": API}],
            docs_url=None,
            redoc_url=None,
            openapi_url=None,
            responses={status: {"description": said} for status, said in PROBLEMS.items()},
        )
        looks: Mapping[str, Callable[..., Response]] = {
            "/accounts": self.accounts,
            "/accounts/{account}": self.account,
            "/alerts": self.alerts,
            "/gateways": self.gateways,
            "/reports/years/{year}": self.year,
        }
        acts: Mapping[str, Callable[..., Response]] = {
            "/alerts/{alert}/acknowledge": self.acknowledge,
            "/alerts/{alert}/promise": self.promise,
            "/accounts/{account}/exception": self.agree,
            "/accounts/{account}/confirm": self.confirm,
            "/accounts/{account}/read": self.read,
        }
        for methods, table in ((["GET"], looks), (["POST"], acts)):
            for path, answer in table.items():
                api.add_api_route(path, answer, methods=methods)
        for path, answer in looks.items():
            api.add_api_route(path, answer, methods=["HEAD"], include_in_schema=False)
        api.add_api_route("/openapi.json", self.described, include_in_schema=False)
        api.add_exception_handler(HTTPException, _http)
        api.add_exception_handler(RequestValidationError, _invalid)
        api.add_exception_handler(RefusedError, _refused)
        api.add_exception_handler(MonitorError, _refused)
        api.add_exception_handler(StoreError, self._unavailable)
        api.middleware("http")(self._of_a_size)
        return api

    def accounts(
        self, request: Request, verdict: str = "", q: str = "", page: Page = 1, per_page: int = 50
    ) -> Response:
        """Return accounts as `status --json` does, the most urgent first."""
        now = self._looking(request)
        size, number = min(max(per_page, 1), MOST), max(page, 1)
        looks = [look for look in verdict.split(",") if look]
        if unknown := sorted({*looks} - {*LOOKS}):
            known = ", ".join(LOOKS)
            raise HTTPException(422, f"verdict: {', '.join(unknown)[:80]}; one of: {known}")
        wanted = Wanted(tuple(looks) or None, tuple(q[:100].casefold().split()))
        accounts = self._desk.accounts.now(now)
        shown = accounts.slice(wanted, (number - 1) * size, size)
        rows = self._desk.accounts.rows(shown, now)
        return self._json({"total": accounts.number(wanted), "page": number, "accounts": rows})

    def account(self, request: Request, account: str) -> Response:
        """Return one account, as in the list, with `why`, what `explain --json` prints, and `days`:
        what was published on each day of the last year, and whether it was seen."""
        now = self._looking(request)
        known = account in self._parts.register.accounts
        status = self._desk.accounts.status(now, only=account) if known else None
        if status is None or not status["accounts"]:
            raise HTTPException(404, "there is no such account")
        [found] = status["accounts"]
        why = self._desk.accounts.explain(account, now)
        return self._json({**found, "why": why, "days": last_days(self._parts, account, now)})

    def alerts(self, request: Request, open: bool = False) -> Response:
        """Return the alerts as `alerts list --json` does; with `open` those alone."""
        self._looking(request)
        return self._json(self._desk.alerts.overview(everything=not open))

    def gateways(self, request: Request) -> Response:
        """Return the gateways as `status --json` does."""
        return self._json(self._desk.accounts.gateways(self._looking(request)))

    def year(self, request: Request, year: Year) -> Response:
        """Return the figures of a year as `report year --json` does."""
        now, parts = self._looking(request), self._parts
        found = Reporting(parts.store, parts.register, parts.words).year(year, now)
        return Response(found, media_type="application/json")

    def described(self, request: Request) -> Response:
        """Return the API's own description."""
        self._looking(request)
        return self._json(self._api.openapi())

    def acknowledge(self, request: Request, alert: Number) -> Response:
        """Record that the owner of the token has the alert in hand."""
        return self._acted(
            request,
            f"alert {alert}",
            lambda by, now: self._desk.alerts.acknowledge(alert, by, now),
        )

    def promise(self, request: Request, alert: Number, body: Promised) -> Response:
        """Record a promise."""
        until = self._instant(body.until)

        def act(by: str, now: datetime) -> object:
            return self._desk.alerts.promise(alert, by, until, body.scheduled, now)

        return self._acted(request, f"alert {alert}", act)

    def agree(self, request: Request, account: str, body: Agreed) -> Response:
        """Record an agreed silence."""
        until = self._instant(body.until)

        def act(by: str, now: datetime) -> object:
            return self._desk.alerts.except_(account, by, until, body.reason, body.document, now)

        return self._acted(request, account, act)

    def confirm(self, request: Request, account: str, body: Confirmed) -> Response:
        """Record what a person saw."""

        def act(by: str, now: datetime) -> object:
            accounts, beliefs = self._desk.accounts, self._desk.beliefs
            if body.posted_at is not None:
                posted_at = self._instant(body.posted_at)
                return accounts.confirm(account, posted_at, by, body.url, now)
            if body.seen:
                return beliefs.seen(account, by, now)
            if body.nothing_newer:
                beliefs.nothing_newer(account, by, now)
                return None
            if body.name is not None:
                return beliefs.named(account, body.name, by, now)
            raise HTTPException(422, "expected posted_at, seen, nothing_newer or name")

        return self._acted(request, account, act)

    def read(self, request: Request, account: str) -> Response:
        """Have an account read at once; the reading itself is made by the service."""

        return self._acted(
            request, account, lambda by, now: self._desk.accounts.read(account, by, now)
        )

    def _acted(
        self, request: Request, subject: str, act: Callable[[str, datetime], object]
    ) -> Response:
        now = self._parts.clock()
        user = self._bearer(request, now, [Scope.ACT])
        act(user.name, now)
        deed = request.url.path.rpartition("/")[2]
        self._parts.log("answered", subject=subject, by=user.name, answer=deed, way="api")
        return self._json({"recorded": True, "by": user.name, "at": now})

    def _looking(self, request: Request) -> datetime:
        now = self._parts.clock()
        self._bearer(request, now, [Scope.READ, Scope.ACT])
        return now

    def _bearer(self, request: Request, now: datetime, wanted: list[Scope]) -> User:
        found = self._parts.door.script(request, now)
        if found is None:
            raise HTTPException(401, "a token is needed: Authorization: Bearer …")
        user, scope = found
        if scope not in wanted or (scope == Scope.ACT and not self._parts.door.users.answers(user)):
            raise HTTPException(403, "this token is not for that")
        return user

    async def _unavailable(self, _: Request, error: Exception) -> Response:
        self._parts.log("store_unreachable", error=type(error).__name__)
        return problem(503, UNAVAILABLE)

    async def _of_a_size(self, request: Request, answer: Next) -> Response:
        """Refuse unread what is longer than anything that is expected here, or does not say; of
        what breaks show nothing of the inside."""
        length = length_of(request) if "content-length" in request.headers else 0
        if "transfer-encoding" in request.headers or length is None:
            return problem(411, "the request has to say how long it is: Content-Length")
        if length > LARGEST:
            return problem(413, f"at most {LARGEST} bytes were expected")
        try:
            return await answer(request)
        except Exception as error:
            self._parts.log("page_broke", error=type(error).__name__, bug=error)
            return problem(500, BROKE)

    def _instant(self, at: datetime) -> datetime:
        if at.year not in YEARS:
            raise HTTPException(422, f"expected a year up to {YEARS[-1]}")
        return (at if at.tzinfo else at.replace(tzinfo=self._zone)).astimezone(UTC)

    def _json(self, answer: object) -> Response:
        return Response(as_json(answer, self._zone), media_type="application/json")


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = {"WWW-Authenticate": "Bearer"} if error.status_code == 401 else {}
    if error.status_code == 405:
        headers = allowed(request.app, request)
    return problem(error.status_code, str(error.detail), headers)


async def _invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    places = [".".join(str(step) for step in one["loc"]) for one in error.errors()]
    return problem(422, f"not as expected: {', '.join(places)}")


async def _refused(_: Request, error: Exception) -> Response:
    unknown = str(error).partition(":")[2].strip().startswith("there is no account")
    missing = unknown or str(error).startswith("there is no alert")
    return problem(404 if missing else 409, str(error))


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return a problem document."""
    problem = {"type": "about:blank", "status": status, "detail": detail}
    text = json.dumps(problem, ensure_ascii=False)
    return Response(text, status, headers=headers, media_type=PROBLEM)
