"""The pages of alerts with all notices, and of the duty and handovers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import quote

from fastapi import FastAPI, Request, Response

from alerts.errors import RefusedError
from alerts.model import Alert, Notice
from monitor.desk.answers import AnswerResult
from monitor.desk.shapes import HandoverRow, NoticeRow
from monitor.web.door import Visitor
from monitor.web.parts import Frame, Parts, page_of
from monitor.web.timeline import attempts

BACK = timedelta(days=30)
PER_PAGE, NOTICES = 50, 100  # alerts of each list, and notices, on a page
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
        app.add_route("/alerts/notices", look(self.notices), methods=methods)
        app.add_route("/duty", look(self.duty), methods=methods)
        app.add_route("/duty/swap", act(self.swap), methods=["POST"])
        for deed in (self.accept, self.confirm, self.cancel):
            app.add_route(f"/duty/{deed.__name__}", act(deed), methods=["POST"])

    def alerts(self, request: Request, visitor: Visitor, now: datetime) -> Response:
        """Show the open alerts, the most urgent first, and those that ended lately, with all
        notices."""
        store, asked = self._parts.store.alerts, request.query_params
        found = {
            "open": self._parts.answers.lookup.open_alerts(),
            "ended": store.ended(now - BACK),
        }
        lists = []
        for key, mine in found.items():
            page, pages, shown = paged(mine, page_of(asked.get(key, "")))
            lists.append((key, self._shown(shown, now), f"none_{key}", page, pages))
        last = "" if found["open"] else self._last()
        return self._frame.shown("alerts.html", visitor, room="alerts", last=last, lists=lists)

    def notices(self, request: Request, visitor: Visitor, now: datetime) -> Response:
        """Show who was notified of what in the last 30 days, the newest first."""
        page = page_of(request.query_params.get("page", ""))
        start = (page - 1) * NOTICES
        found = self._parts.desk.alerts.notices(now - BACK, start, NOTICES + 1)
        return self._frame.shown(
            "notices.html",
            visitor,
            room="notices",
            notices=[(self._about(one), self._told(row)) for one, row in found[:NOTICES]],
            page=page,
            pages=page + (len(found) > NOTICES),
        )

    def _about(self, notice: Notice) -> tuple[str, str]:
        """What *notice* is about, and where that is shown."""
        account = self._parts.register.accounts.get(notice.subject)
        if account is not None:
            name = self._words.account(account.name, account.platform)
            return name, f"/accounts/{quote(account.id, safe='')}"
        return self._words.kind(notice.kind.value), f"/alerts#alert-{notice.alert}"

    def _last(self) -> str:
        """When the newest alert of all, which has ended, was there, about what, for how long."""
        newest = self._parts.store.alerts.listed(True, most=1)
        words = self._words
        return "".join(
            words.text("The last one: {day}, {subject}, {days}.").format(
                day=words.day(alert.opened_at.astimezone(self._zone).date(), year=True),
                subject=self._parts.answers.lookup.label(alert),
                days=words.days((alert.resolved_at - alert.since).days),
            )
            for alert in newest
            if alert.resolved_at
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

    def _shown(self, alerts: Sequence[Alert], now: datetime) -> list[Shown]:
        lookup, known = self._parts.answers.lookup, self._parts.register.accounts
        return [
            Shown(
                alert.id,
                lookup.label(alert),
                alert.subject if alert.subject in known else "",
                self._words.kind(alert.kind.value),
                self._words.moment(alert.opened_at, year=True),
                lookup.standing(alert, now),
                [self._told(notice) for notice in row["notices"]],
            )
            for alert, row in zip(alerts, self._parts.desk.alerts.rows(alerts), strict=True)
        ]

    def _told(self, notice: NoticeRow) -> Told:
        words = self._words
        what = [
            words.reason(notice["reason"]),
            notice["channel"],
            words.notice_state(notice["state"], notice["waits_until"]),
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


def paged(alerts: Sequence[Alert], number: int) -> tuple[int, int, Sequence[Alert]]:
    """Return the page of that *number*, from 1 on, or the last one for one beyond it: its number,
    that of the last, and what stands on it."""
    pages = max((len(alerts) - 1) // PER_PAGE + 1, 1)
    page = min(number, pages)
    return page, pages, alerts[(page - 1) * PER_PAGE : page * PER_PAGE]
