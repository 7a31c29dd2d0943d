"""The pages of alerts with all notices, and of the duty and handovers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fastapi import FastAPI, Request, Response

from alerts.errors import RefusedError
from monitor.desk.answers import AnswerResult
from monitor.desk.shapes import AlertRow, HandoverRow, NoticeRow
from monitor.web.door import Visitor
from monitor.web.parts import Frame, Parts
from monitor.web.timeline import attempts

BACK = timedelta(days=30)
AHEAD = 28  # days of the roster
Act = Callable[[int, str, datetime], object]


@dataclass(frozen=True, slots=True)
class Told:
    """One notice, with every attempt to send it."""

    at: str
    name: str
    what: str
    attempts: Sequence[str]


@dataclass(frozen=True, slots=True)
class Shown:
    """One alert with its notices. *account*: whose page says more; empty for other subjects."""

    id: int
    title: str
    account: str
    kind: str
    opened: str
    standing: Sequence[str]
    notices: Sequence[Told]


class AlertsRoom:
    """What the addresses of alerts and duty answer."""

    def __init__(self, parts: Parts, frame: Frame) -> None:
        self._parts = parts
        self._frame = frame
        self._words = parts.words
        self._zone = parts.register.hours.zone

    def open(self, app: FastAPI) -> None:
        """Add the addresses of alerts and duty to *app*."""
        look, act, methods = self._frame.looked_at, self._frame.acted_on, ["GET", "HEAD"]
        app.add_route("/alerts", look(self.alerts), methods=methods)
        app.add_route("/duty", look(self.duty), methods=methods)
        app.add_route("/duty/swap", act(self.swap), methods=["POST"])
        for deed in (self.accept, self.confirm, self.cancel):
            app.add_route(f"/duty/{deed.__name__}", act(deed), methods=["POST"])

    def alerts(self, _request: Request, visitor: Visitor, now: datetime) -> Response:
        """Show the open alerts, and those that ended lately, with all notices."""
        rows = self._parts.desk.alerts.overview(everything=True)
        ended = [r for r in rows if r["resolved_at"] and r["resolved_at"] > now - BACK]
        open_ones = [r for r in rows if r["resolved_at"] is None]
        gone = [r for r in rows if r["resolved_at"] is not None]
        return self._frame.shown(
            "alerts.html",
            visitor,
            room="alerts",
            last=self._last(gone),
            lists=[
                ("open", [self._shown(row, now) for row in reversed(open_ones)], "none_open"),
                ("ended", [self._shown(row, now) for row in reversed(ended)], "none_ended"),
            ],
        )

    def _last(self, ended: Sequence[AlertRow]) -> str:
        """When the newest alert that has ended was there, about what, and for how long."""
        if not ended:
            return ""
        row = max(ended, key=lambda r: r["opened_at"])
        alert, words = self._parts.answers.lookup.find(row["id"]), self._words
        assert alert is not None
        assert alert.resolved_at is not None
        return words.text("The last one: {day}, {subject}, {days}.").format(
            day=words.day(alert.opened_at.astimezone(self._zone).date(), year=True),
            subject=self._parts.answers.lookup.label(alert),
            days=words.days((alert.resolved_at - alert.since).days),
        )

    def duty(self, _request: Request, visitor: Visitor, now: datetime) -> Response:
        """Show who is on duty now and next, gaps, and open handovers."""
        return self._duty(visitor, None, now)

    def swap(
        self, _request: Request, visitor: Visitor, form: Mapping[str, str], now: datetime
    ) -> Response:
        """Give the duty of a day to another person."""
        try:
            on, to = date.fromisoformat(form.get("on", "")), form.get("to", "")
            if visitor.person is None:
                return self._duty(visitor, self._cannot(), now)
            shown = self._parts.desk.duty.swap(on, to, now)
        except (RefusedError, ValueError):
            return self._duty(visitor, self._unfit(), now)
        self._parts.log("duty_swapped", on=on.isoformat(), to=to, by=visitor.name, way="page")
        said = self._words.text("Recorded: {name} is on duty on {day}.")
        text = said.format(name=shown["name"], day=self._words.day(on))
        return self._duty(visitor, AnswerResult(True, text), now)

    def accept(
        self, _request: Request, visitor: Visitor, form: Mapping[str, str], now: datetime
    ) -> Response:
        """Accept a handover for the side that the visitor is on."""
        said = self._words.text("Recorded: {name} accepts the handover.")
        return self._handed(visitor, form, self._parts.desk.handovers.accept, said, now)

    def confirm(
        self, _request: Request, visitor: Visitor, form: Mapping[str, str], now: datetime
    ) -> Response:
        """Record that the new custodian published what was seen since."""
        said = self._words.text("Recorded: {name} published what was seen.")
        return self._handed(visitor, form, self._parts.desk.handovers.confirm, said, now)

    def cancel(
        self, _request: Request, visitor: Visitor, form: Mapping[str, str], now: datetime
    ) -> Response:
        """Call a handover off."""
        said = self._words.text("Recorded: {name} called the handover off.")
        return self._handed(visitor, form, self._parts.desk.handovers.cancel, said, now)

    def _handed(
        self, visitor: Visitor, form: Mapping[str, str], act: Act, said: str, now: datetime
    ) -> Response:
        number = form.get("handover", "")
        if visitor.person is None:
            return self._duty(visitor, self._cannot(), now)
        try:
            act(int(number[:9]), visitor.person, now)
        except (RefusedError, ValueError):
            return self._duty(visitor, self._unfit(), now)
        self._parts.log("handover_changed", id=number[:9], by=visitor.name, way="page")
        name = self._parts.register.name(visitor.person)
        return self._duty(visitor, AnswerResult(True, said.format(name=name)), now)

    def _duty(self, visitor: Visitor, result: AnswerResult | None, now: datetime) -> Response:
        duty, words = self._parts.desk.duty, self._words
        today = now.astimezone(self._zone).date()
        calendar = self._parts.current().calendar
        coming = duty.coming(today, AHEAD)
        return self._frame.shown(
            "duty.html",
            visitor,
            200 if result is None or result.done else 409,
            room="duty",
            result=result,
            today=coming[0],
            rostered=any(day["duty"] for day in coming),
            then=words.day(coming[0]["next_on"]) if coming[0]["next_on"] else "",
            coming=[(words.day(d["on"]), d, not calendar.workday(d["on"])) for d in coming],
            gaps=[
                (words.span(gap["first"], gap["last"]), words.gap(gap["why"]), gap["name"] or "")
                for gap in duty.gaps(now)
            ],
            handovers=[self._handover(h) for h in self._parts.desk.handovers.overview()],
            people=[(p.id, p.name) for p in self._parts.register.people.values()],
            first=today.isoformat(),
        )

    def _handover(self, one: HandoverRow) -> tuple[HandoverRow, str, str, str]:
        words, register = self._words, self._parts.register
        named = [register.accounts[a].name for a in one["accounts"] if a in register.accounts]
        return one, words.stage(one["state"]), words.listing(named), words.day(one["due"])

    def _shown(self, row: AlertRow, now: datetime) -> Shown:
        alert = self._parts.answers.lookup.find(row["id"])
        assert alert is not None
        return Shown(
            row["id"],
            self._parts.answers.lookup.label(alert),
            alert.subject if alert.subject in self._parts.register.accounts else "",
            self._words.kind(alert.kind.value),
            self._words.moment(row["opened_at"], year=True),
            self._parts.answers.lookup.standing(alert, now),
            [self._told(notice) for notice in row["notices"]],
        )

    def _told(self, notice: NoticeRow) -> Told:
        words = self._words
        what = [
            words.reason(notice["reason"]),
            notice["channel"],
            words.notice_state(notice["state"]),
        ]
        sent = self._at(notice["sent_at"])
        return Told(sent, notice["name"], " · ".join(what), attempts(notice, words))

    def _at(self, at: datetime | None) -> str:
        return self._words.moment(at) if at else "–"

    def _cannot(self) -> AnswerResult:
        return AnswerResult(False, self._words.text("You can look, but not answer."))

    def _unfit(self) -> AnswerResult:
        said = self._words.text("This cannot be recorded so; please look at it again.")
        return AnswerResult(False, said)
