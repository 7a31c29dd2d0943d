"""The page of one account: how it stands, why, its year, what happened, and what can be done.

What is answered goes to the desk, as from a chat or the command line, with the same receipts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import FastAPI, Request, Response

from alerts.answers.answer import Answer
from alerts.answers.times import parse_time
from alerts.errors import RefusedError
from monitor.desk.answers import AnswerResult
from monitor.desk.sentences import Topic, topics
from monitor.ledger.periods import midnight
from monitor.standing import Shown
from monitor.web.cards import Cards
from monitor.web.door import Visitor
from monitor.web.parts import FEW, Frame, Parts, needing
from monitor.web.rows import Rows, web_address
from monitor.web.timeline import SORTS, Timeline, plainly
from monitor.web.why import Why, why
from monitor.web.year import drawn, known_of

FIRST_YEAR = 2000


@dataclass(frozen=True, slots=True)
class Supposed:
    """A limit and a ladder to suppose, and what they would have meant; empty if nobody asked."""

    limit: int
    tightly: bool
    text: str


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
        app.add_route(path, look(self.account, at_once=True), methods=["GET", "HEAD"])
        app.add_route(f"{path}/answer", act(self.answer), methods=["POST"])
        app.add_route(f"{path}/confirm", act(self.confirm), methods=["POST"])
        app.add_route(f"{path}/exception", act(self.agree), methods=["POST"])
        app.add_route(f"{path}/read", act(self.read), methods=["POST"])
        app.add_route(f"{path}/handover", act(self.hand_over), methods=["POST"])

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
            if posted_at is None:
                return AnswerResult(False, self._unfit())
            account = request.path_params["account"]
            self._parts.desk.accounts.confirm(account, posted_at, by, url, now)
            said = self._words.text("Recorded: {name} saw a post of {at}.")
            at, name = self._moment(posted_at, now), self._parts.register.name(by)
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
            return AnswerResult(True, said.format(at=self._moment(until, now)))

        return self._recorded(request, visitor, record, now)

    def read(
        self, request: Request, visitor: Visitor, _form: Mapping[str, str], now: datetime
    ) -> Response:
        """Have the account read at once."""

        def record(by: str) -> AnswerResult:
            self._parts.desk.accounts.read(request.path_params["account"], by, now)
            said = self._words.text("It is being read; the result is shown here within a minute.")
            return AnswerResult(True, said)

        return self._recorded(request, visitor, record, now)

    def hand_over(
        self, request: Request, visitor: Visitor, form: Mapping[str, str], now: datetime
    ) -> Response:
        """Start to pass the account on from the visitor, who has to hold it."""

        def record(by: str) -> AnswerResult:
            reason = form.get("reason", "").strip()[:400]
            try:
                due = date.fromisoformat(form.get("due", ""))
            except ValueError:
                return AnswerResult(False, self._unfit())
            if not reason or due < now.astimezone(self._zone).date():
                return AnswerResult(False, self._unfit())
            account, to = request.path_params["account"], form.get("to", "")
            self._parts.desk.handovers.start([account], by, to, due, reason, now)
            said = self._words.text("Recorded: handover to {name} by {day}; both have to accept.")
            name = self._parts.register.name(to)
            day = self._words.day(due, due.year != now.astimezone(self._zone).year)
            return AnswerResult(True, said.format(name=name, day=day))

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
        named = request.path_params["account"]
        there = named in self._parts.register.accounts
        kept = self._parts.desk.accounts.kept
        found, among = kept.one_among(named, now, FEW) if there else (None, None)
        if found is None or among is None:
            title = self._words.text("There is nothing here")
            text = self._words.text("There is no account of this name, or it is closed.")
            return self._frame.sorry(visitor, title, text, 404)
        return self._frame.shown(
            "account.html",
            visitor,
            200 if result is None or result.done else 409,
            room="overview",
            result=result,
            **needing(among, now, self._words),
            **self._told(request, visitor, found, now),
            **self._deeds(request, visitor, found, now),
        )

    def _told(
        self, request: Request, visitor: Visitor, found: Shown, now: datetime
    ) -> dict[str, Any]:
        """What the page tells of an account."""
        asked = request.query_params.get("only", "")
        only = asked if asked in SORTS else ""
        year = _year(request, found.read_at or now, self._zone)
        known = known_of(self._parts, found.id, year, now)
        return {
            "title": self._words.account(found.name, found.platform),
            "row": Rows(self._parts, [found], now).all()[0],
            "page": web_address(self._parts.register.account(found.id).page),
            "why": self._why(found, visitor, now),
            "year": drawn(year, known, now, self._words),
            "years": self._years(now),
            "events": Timeline(self._parts).events(found.id, known, only, now),
            "only": only,
            "sorts": SORTS,
        }

    def _deeds(
        self, request: Request, visitor: Visitor, found: Shown, now: datetime
    ) -> dict[str, Any]:
        """What can be done about an account, and what was found since somebody did."""
        alert = next(iter(self._parts.store.alerts.open([found.id])), None)
        people = [visitor.person] if visitor.person else []
        everybody = self._parts.register.people.values()
        held = self._parts.current().account(found.id).custodian
        said = request.query_params.get("checked", "")
        number = int(said) if re.fullmatch("[0-9]{1,15}", said) else alert.id if alert else 0
        return {
            "path": f"/accounts/{quote(found.id, safe='')}",
            "supposed": self._supposed(request, found, now),
            "holder": visitor.person is not None and visitor.person == held,
            "people": [(p.id, p.name) for p in everybody if p.id != held],
            "card": self._cards.card(alert.id, people, now) if alert else None,
            "number": number,
            "checked": self._parts.answers.lookup.checked(number, now),
            "scheduled": Answer.SCHEDULED.value,
            "now": now.astimezone(self._zone).strftime("%Y-%m-%dT%H:%M"),
        }

    def _why(self, found: Shown, visitor: Visitor, now: datetime) -> Why:
        """The explanation; to who is no admin without the names of sources."""
        answer = self._parts.desk.accounts.explain(found.id, now)
        plain = answer if visitor.admin else plainly(answer)
        words, year = self._words, now.astimezone(self._zone).year
        last = answer["last_post"]
        links = {
            Topic.POST: (web_address(last["url"] if last else None), words.text("Open the post")),
            Topic.READING: (
                f"/reports/evidence/{year}/{quote(found.id, safe='')}",
                words.text("Evidence"),
            ),
            Topic.RULE: ("#what-if", words.text("What if")),
            Topic.NEXT: ("/duty", words.text("Duty and handover")),
            Topic.TOLD: ("?only=notices#timeline", words.text("Notices")),
        }
        if visitor.admin:
            links[Topic.RULE] = ("/system#configuration", words.text("The configuration in force"))
        return why(topics(plain, found.name, found.platform, words), links)

    def _supposed(self, request: Request, found: Shown, now: datetime) -> Supposed:
        """What other rules would have meant for this year so far, if that is asked."""
        asked = request.query_params
        limit = int(asked["limit"]) if asked.get("limit") in ("7", "10", "14") else 0
        tightly = asked.get("ladder") == "tight"
        if not limit:
            return Supposed(14, False, "")
        year = now.astimezone(self._zone).year
        since, until = midnight(date(year, 1, 1), self._zone), now
        rows = self._parts.desk.replays.supposed(found.id, limit, tightly, since, until)
        calls = [row for row in rows if row["rung"] is not None]
        early = sum(row["rung"] is not None and row["rung"] < limit for row in calls)
        said = self._words.text(
            "In {year} so far {n} calls would have gone out, {early} of them before the limit."
        )
        return Supposed(limit, tightly, said.format(year=year, n=len(calls), early=early))

    def _years(self, now: datetime) -> list[int]:
        this = now.astimezone(self._zone).year
        return [this - 2, this - 1, this]

    def _moment(self, at: datetime, now: datetime) -> str:
        """*at* in words, with its year where that is another one."""
        years = {one.astimezone(self._zone).year for one in (at, now)}
        return self._words.moment(at, len(years) > 1)

    def _time(self, form: Mapping[str, str], name: str, now: datetime) -> datetime | None:
        return parse_time(form.get(name, "").replace("T", " "), self._zone, now)

    def _unfit(self) -> str:
        return self._words.text("This cannot be recorded so; please look at it again.")


def _year(request: Request, read_at: datetime, zone: ZoneInfo) -> int:
    """The year that is asked for; else that in which the account was read last."""
    asked, newest = request.query_params.get("year", ""), read_at.astimezone(zone).year
    year = int(asked) if re.fullmatch("[0-9]{4}", asked) else newest
    return year if FIRST_YEAR <= year <= newest else newest
