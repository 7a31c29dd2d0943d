"""The page of one account: how it stands, why, its year, what happened, and what can be done.

What is answered goes to the desk, as from a chat or the command line, with the same receipts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import FastAPI, Request, Response
from markupsafe import Markup

from alerts.answers.answer import Answer
from alerts.answers.times import parse_time
from alerts.errors import RefusedError
from alerts.model import Alert, NoticeState
from alerts.words import TITLE, one_line
from monitor.desk.answers import AnswerResult
from monitor.desk.shapes import AccountStatus, Status
from monitor.ledger.coverage import GapReason, Span, covered, covered_by_imports, gaps
from monitor.ledger.periods import midnight
from monitor.web.cards import Cards
from monitor.web.door import Visitor
from monitor.web.parts import Frame, Parts
from monitor.web.rows import Rows, known_as_of, web_address
from monitor.web.strip import DAY, year_map

EVENTS = 100  # on one page
FIRST_YEAR = 2000


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of the timeline."""

    at: datetime
    when: str
    what: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Year:
    """One year of an account. *picture* says the same as *days*."""

    number: int
    picture: Markup
    days: tuple[tuple[str, int], ...]
    total: str


class AccountRoom:
    """What the addresses of accounts answer."""

    def __init__(self, parts: Parts, frame: Frame) -> None:
        self._parts = parts
        self._frame = frame
        self._words = parts.words
        self._zone = parts.register.hours.zone
        self._cards = Cards(
            parts.desk.accounts, parts.answers.lookup, parts.store, parts.register, parts.words
        )

    def open(self, app: FastAPI) -> None:
        """Add the addresses of accounts to *app*."""
        look, act, path = self._frame.looked_at, self._frame.acted_on, "/accounts/{account}"
        app.add_api_route(path, look(self.account), methods=["GET", "HEAD"])
        app.add_api_route(f"{path}/answer", act(self.answer), methods=["POST"])
        app.add_api_route(f"{path}/confirm", act(self.confirm), methods=["POST"])
        app.add_api_route(f"{path}/exception", act(self.agree), methods=["POST"])

    def account(self, request: Request, visitor: Visitor, now: datetime) -> Response:
        """Show one account."""
        return self._page(request, visitor, None, now)

    def answer(
        self, request: Request, visitor: Visitor, form: Mapping[str, str], now: datetime
    ) -> Response:
        """Record an answer to the account's open alert."""
        named, alert = form.get("answer", ""), form.get("alert", "")

        def record(by: str) -> AnswerResult:
            if named not in set(Answer) or not (alert.isascii() and alert.isdigit()):
                return AnswerResult(False, self._unfit())
            until = parse_time(form.get("until", "").replace("T", " "), self._zone, now)
            number = int(alert[:15])
            return self._parts.answers.answer(number, by, Answer(named), until, now)

        return self._recorded(request, visitor, record, now)

    def confirm(
        self, request: Request, visitor: Visitor, form: Mapping[str, str], now: datetime
    ) -> Response:
        """Record a post that was seen by eye."""

        def record(by: str) -> AnswerResult:
            posted_at = self._time(form, "posted_at", now)
            url = form.get("url", "").strip()[:400] or None
            if posted_at is None or (url and not web_address(url)):
                return AnswerResult(False, self._unfit())
            account = request.path_params["account"]
            self._parts.desk.accounts.confirm(account, posted_at, by, url, now)
            said = self._words.text("Recorded: {name} saw a post of {at}.")
            at, name = self._words.moment(posted_at), self._parts.register.name(by)
            return AnswerResult(True, said.format(name=name, at=at))

        return self._recorded(request, visitor, record, now)

    def agree(
        self, request: Request, visitor: Visitor, form: Mapping[str, str], now: datetime
    ) -> Response:
        """Record an agreed silence."""

        def record(by: str) -> AnswerResult:
            until, reason = self._time(form, "until", now), form.get("reason", "")[:400]
            if until is None or not reason.strip():
                return AnswerResult(False, self._unfit())
            document = form.get("document", "").strip()[:100] or None
            account = request.path_params["account"]
            self._parts.desk.alerts.except_(account, by, until, reason, document, now)
            said = self._words.text("Recorded: silence agreed until {at}.")
            return AnswerResult(True, said.format(at=self._words.moment(until)))

        return self._recorded(request, visitor, record, now)

    def _recorded(
        self,
        request: Request,
        visitor: Visitor,
        record: Callable[[str], AnswerResult],
        now: datetime,
    ) -> Response:
        """Let *visitor* do what *record* does, and show what became of it."""
        if visitor.person is None:
            result = AnswerResult(False, self._words.text("You can look, but not answer."))
        else:
            try:
                result = record(visitor.person)
            except RefusedError:
                result = AnswerResult(False, self._unfit())
        account, path = request.path_params["account"], request.url.path.rpartition("/")[2]
        self._parts.log(
            "answered", account=account, by=visitor.name, answer=path, done=result.done, way="page"
        )
        return self._page(request, visitor, result, now)

    def _page(
        self, request: Request, visitor: Visitor, result: AnswerResult | None, now: datetime
    ) -> Response:
        status = self._parts.desk.accounts.status(now)
        found = _account(status, request.path_params["account"])
        if found is None:
            title = self._words.text("There is nothing here")
            text = self._words.text("There is no account of this name, or it is closed.")
            return self._frame.sorry(visitor, title, text, 404)
        alert = next((a for a in self._parts.store.alerts.open() if a.subject == found["id"]), None)
        people = [visitor.person] if visitor.person else []
        known = self._parts.register.account(found["id"])
        return self._frame.shown(
            "account.html",
            visitor,
            200 if result is None or result.done else 409,
            room="overview",
            as_of=known_as_of(status, self._parts),
            result=result,
            title=self._words.account(found["name"], found["platform"]),
            row=Rows(self._parts, now).row(found),
            path=f"/accounts/{quote(found['id'], safe='')}",
            page=web_address(known.page),
            why=self._parts.desk.accounts.explain(found["id"], now)["text"].splitlines(),
            year=self._year(found, _year(request, now, self._zone), now),
            years=self._years(now),
            events=self._events(found["id"], now),
            card=self._cards.card(alert.id, people, now) if alert else None,
            scheduled=Answer.SCHEDULED.value,
            now=now.astimezone(self._zone).strftime("%Y-%m-%dT%H:%M"),
        )

    def _years(self, now: datetime) -> list[int]:
        this = now.astimezone(self._zone).year
        return [this - 2, this - 1, this]

    def _year(self, account: AccountStatus, year: int, now: datetime) -> Year:
        start, end = (midnight(date(y, 1, 1), self._zone) for y in (year, year + 1))
        until = min(end, now)
        posts = self._parts.store.posts.of_account(account["id"], start, end)
        days = Counter(p.published_at.astimezone(self._zone).date() for p in posts)
        unseen = self._unseen(account["id"], start, until) - days.keys()
        words = self._words

        def title(day: date) -> str:
            if day in unseen:
                return words.text("{day}: not seen").format(day=words.day(day))
            return words.text("{day}: {n}").format(day=words.day(day), n=days.get(day, 0))

        total = words.text("at least {n}") if unseen else words.text("{n} in all")
        label = words.text("Posts of {year}, day by day").format(year=year)
        today = now.astimezone(self._zone).date()
        return Year(
            year,
            year_map(year, days, unseen, today, title, label),
            tuple((words.day(day), n) for day, n in sorted(days.items())),
            total.format(n=sum(days.values())),
        )

    def _unseen(self, account: str, start: datetime, until: datetime) -> set[date]:
        """The days of which something was not seen, but those still to be read."""
        if until <= start:
            return set()
        kept = self._parts.store.readings.of_account(account, start - 31 * DAY)
        readings = self._parts.register.covering(kept)
        imports = covered_by_imports(self._parts.store.imports.spans(account))
        found = gaps(covered(readings, imports), readings, start, until)
        spans = [Span(g.start, g.end) for g in found if g.reason is not GapReason.TO_COME]
        return {day for span in spans for day in self._days(span)}

    def _days(self, span: Span) -> Iterator[date]:
        day = span.start.astimezone(self._zone).date()
        last = (span.end - timedelta(seconds=1)).astimezone(self._zone).date()
        while day <= last:
            yield day
            day += DAY

    def _events(self, account: str, now: datetime) -> list[Happened]:
        since = now - 366 * DAY
        found = [*self._posted(account, since, now)]
        mine = self._parts.store.alerts.listed(True, subject=account)
        notices = self._parts.store.alerts.notices_of([a.id for a in mine])
        for alert in mine:
            found += self._of_alert(alert)
            for n in notices.get(alert.id, ()):
                if n.state is not NoticeState.WITHDRAWN:
                    said = self._words.text("{name} notified: {why} · {state}").format(
                        name=self._parts.register.name(n.person),
                        why=self._words.reason(n.reason.value),
                        state=self._words.notice_state(n.state.value),
                    )
                    found.append(self._event(n.sent_at or n.created_at, said))
        return sorted(found, key=lambda e: e.at, reverse=True)[:EVENTS]

    def _posted(self, account: str, since: datetime, now: datetime) -> Iterator[Happened]:
        for post in self._parts.store.posts.of_account(account, since, now):
            title = one_line(post.title or post.url, TITLE)
            said = self._words.text("Published: {title}").format(title=title)
            yield self._event(post.published_at, said, web_address(post.url))

    def _of_alert(self, alert: Alert) -> Iterator[Happened]:
        words, kind = self._words, self._words.kind(alert.kind.value)
        name = self._parts.register.name
        said = words.text("Alert {id} opened: {kind}").format(id=alert.id, kind=kind)
        yield self._event(alert.opened_at, said)
        if given := alert.acknowledged:
            yield self._event(given.at, words.text("{name} noted it").format(name=name(given.by)))
        if promise := alert.promise:
            said = words.text("{name} promised a post by {until}").format(
                name=name(promise.by), until=words.moment(promise.until)
            )
            yield self._event(promise.at, said)
        if alert.resolved_at is not None:
            why = words.reason(alert.resolution.value) if alert.resolution else "–"
            said = words.text("Alert {id} ended: {why}").format(id=alert.id, why=why)
            yield self._event(alert.resolved_at, said)

    def _event(self, at: datetime, what: str, href: str = "") -> Happened:
        return Happened(at, self._words.moment(at, year=True), what, href)

    def _time(self, form: Mapping[str, str], name: str, now: datetime) -> datetime | None:
        return parse_time(form.get(name, "").replace("T", " "), self._zone, now)

    def _unfit(self) -> str:
        return self._words.text("This cannot be recorded so; please look at it again.")


def _account(status: Status, account: str) -> AccountStatus | None:
    return next((one for one in status["accounts"] if one["id"] == account), None)


def _year(request: Request, now: datetime, zone: ZoneInfo) -> int:
    asked, this = request.query_params.get("year", ""), now.astimezone(zone).year
    year = int(asked) if re.fullmatch("[0-9]{4}", asked) else this
    return year if FIRST_YEAR <= year <= this else this
