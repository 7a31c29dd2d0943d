"""What a key in the address opens, each for one kind: the board, badges, a calendar, a feed.

They show and never act, and tell nobody's telephone number.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from fastapi import FastAPI, Request, Response
from icalendar import Calendar, Event
from markupsafe import Markup

from alerts.words import directed
from monitor.desk.status import URGENT
from monitor.desk.users import Scope
from monitor.standing import Shown
from monitor.store.protocols.shown import Wanted
from monitor.web import atom
from monitor.web.door import Visitor
from monitor.web.overview import SHAPES, counts, failing, known_as_of, look_of_all, sentence
from monitor.web.parts import Frame, Parts
from monitor.web.rows import Rows, verdict
from monitor.web.strip import DAY

ON_BOARD = 12  # cards
AHEAD = 60  # days of duties
BACK = timedelta(days=30)  # of the feed
SILENT = timedelta(minutes=10)  # after which the board turns grey
COLOURS = {"fresh": "#1c6b3c", "late": "#8a5200", "breached": "#b3261e", "blind": "#5b3f9d"}
GREY = "#5d6877"
WIDE = 14  # units of a character of a badge
BADGE = Markup(
    '<svg xmlns="http://www.w3.org/2000/svg" width="{all}" height="22" role="img" '
    'aria-label="{name} {said}"><rect width="{all}" height="22" rx="4" fill="#3b4450"/>'
    '<rect x="{left}" width="{right}" height="22" rx="4" fill="{colour}"/>'
    '<g fill="#fff" font-size="13" font-family="sans-serif">'
    '<text x="6" y="16">{name}</text><text x="{at}" y="16">{said}</text></g></svg>'
)
View = Callable[[Request, datetime], Response]


class KeyedRoom:
    """What the addresses with a key answer."""

    def __init__(self, parts: Parts, frame: Frame) -> None:
        self._parts = parts
        self._frame = frame
        self._words = parts.words
        self._zone = parts.register.hours.zone

    def open(self, app: FastAPI) -> None:
        """Add the addresses with a key to *app*."""
        for path, scope, show in (
            ("/board", Scope.BOARD, self.board),
            ("/badge/{account}.svg", Scope.BADGE, self.badge),
            ("/calendar.ics", Scope.CALENDAR, self.calendar),
            ("/alerts.atom", Scope.FEED, self.feed),
        ):
            app.add_route(path, self._keyed(scope, show), methods=["GET", "HEAD"])

    def board(self, request: Request, now: datetime) -> Response:
        """Show what needs somebody in large letters, for a screen on a wall or one sheet."""
        accounts, gateways = (desk := self._parts.desk.accounts).now(now), desk.gateways(now)
        sums = accounts.sums(failing(gateways))
        numbers = counts(sums)
        urgent = sum(numbers[look] for look in URGENT[:3])
        shown = accounts.slice(Wanted(URGENT[:3]), 0, ON_BOARD)
        beat = self._parts.store.notes.heartbeat().last_tick_at
        lost = beat is None or now - beat > SILENT
        minutes = None if beat is None else int((now - beat) / timedelta(minutes=1))
        return self._frame.shown(
            "board.html",
            Visitor("", secure=False),
            as_of=known_as_of(sums.read_at, now, self._words),
            at=self._words.moment(now, year=True),
            count=urgent,
            look=look_of_all(sums, gateways),
            sentence=sentence(sums, gateways, now, self._words),
            counters=[(k, verdict(k, self._parts), SHAPES[k], n) for k, n in numbers.items()],
            rows=Rows(self._parts, shown, now).all(),
            more=max(urgent - ON_BOARD, 0),
            lost=lost,
            minutes=minutes,
            after=int(SILENT / timedelta(minutes=1)),
            here=f"{request.url.path}?{request.url.query}",
        )

    def badge(self, request: Request, now: datetime) -> Response:
        """Return one account's verdict as a small picture."""
        asked, kept = request.path_params["account"], self._parts.desk.accounts.kept
        found = kept.one(asked, now) if asked in self._parts.register.accounts else None
        if found is None:
            return self._sorry(404)
        look = found.look
        name, said = directed(found.name), f"{SHAPES[look]} {verdict(look, self._parts)}"
        left, right = (len(text) * WIDE + 12 for text in (name, said))
        made = BADGE.format(
            name=name,
            said=said,
            all=left + right,
            left=left,
            right=right,
            at=left + 6,
            colour=COLOURS.get(look, GREY),
        )
        return Response(made, media_type="image/svg+xml")

    def calendar(self, _request: Request, now: datetime) -> Response:
        """Return the last days to publish, and who is on duty, as a calendar to subscribe to."""
        made = Calendar()
        made.add("prodid", "-//account-freshness-monitor//")
        made.add("version", "2.0")
        made.add("x-wr-calname", self._words.text("New media update watch"))
        for account in sorted(self._parts.desk.accounts.now(now).all(), key=lambda one: one.id):
            made.add_component(self._deadline(account, now))
        today = now.astimezone(self._zone).date()
        for shown in (self._parts.desk.duty.show(today + n * DAY, now) for n in range(AHEAD)):
            if shown["name"]:
                said = self._words.text("On duty: {name}").format(name=shown["name"])
                made.add_component(_all_day(f"duty-{shown['on']}", shown["on"], said, now))
        return Response(made.to_ical(), media_type="text/calendar; charset=utf-8")

    def feed(self, _request: Request, now: datetime) -> Response:
        """Return the alerts of the last 30 days as an Atom feed."""
        lookup, entries = self._parts.answers.lookup, []
        alerts = self._parts.store.alerts
        for alert in (*alerts.open(), *alerts.ended(now - BACK)):
            changed = alert.resolved_at or alert.opened_at
            standing = lookup.standing(alert, now)
            title = f"{lookup.label(alert)} · {self._words.kind(alert.kind.value)}"
            path = self._parts.door.public(f"/alerts#alert-{alert.id}")
            text = "\n".join(standing) or self._words.text("not answered")
            entries.append(atom.Entry(f"alert:{alert.id}", title, changed, path, text))
        title = self._words.text("New media update watch")
        made = atom.feed(title, self._parts.door.public("/alerts"), now, entries)
        return Response(made, media_type="application/atom+xml; charset=utf-8")

    def _deadline(self, account: Shown, now: datetime) -> Event:
        name = self._words.account(account.name, account.platform)
        said = self._words.text("Last day to publish: {account}").format(account=name)
        return _all_day(f"deadline-{account.id}", account.publish_by, said, now)

    def _keyed(self, scope: Scope, show: View) -> Callable[[Request], Response]:
        def answered(request: Request) -> Response:
            now = self._parts.clock()
            door = self._parts.door
            if door.keyed(request, scope, now) or door.visitor(request, now).known:
                return show(request, now)
            return self._sorry(403)

        return answered

    def _sorry(self, status: int) -> Response:
        words = self._words
        title = words.text("This is not open to you")
        text = words.text("This address needs a key that is valid; an administrator makes one.")
        if status == 404:
            title = words.text("There is nothing here")
            text = words.text("There is no account of this name, or it is closed.")
        return self._frame.sorry(Visitor("", secure=False), title, text, status)


def _all_day(name: str, day: object, said: str, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{name}@account-freshness-monitor")
    event.add("dtstamp", now)
    event.add("dtstart", day)
    event.add("summary", directed(said))
    event.add("transp", "TRANSPARENT")
    return event
