"""The house of pages: log-in, first set-up, the overview; and where the other rooms are.

Looking changes nothing. Whoever is not known is shown the way in, and nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from urllib.parse import urlencode

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup

from alerts.answers.answer import Answer
from monitor.desk.answers import AnswerResult
from monitor.desk.kept import AccountsNow
from monitor.desk.status import URGENT
from monitor.desk.wizard import Wizard
from monitor.errors import UsageError
from monitor.model import AccountState
from monitor.standing import LOOKS, UNCHECKED, Shown
from monitor.store.protocols.shown import Wanted
from monitor.web.cards import Cards, Choice
from monitor.web.door import FORM, SESSION, Throttle, Visitor, keep
from monitor.web.overview import SHAPES, counts, failing, known_as_of, look_of_all, sentence
from monitor.web.parts import Frame, Parts, page_of
from monitor.web.rows import Group, Row, Rows, grouped, most_urgent, verdict
from monitor.web.year import past_year

PER_PAGE = 50
IN_A_ROW = 3  # buttons
KEPT = ("v", "q", "g", "page", "sort", "order")  # of what an address asks for
GROUPED_FROM = 15  # accounts


class House:
    """What the addresses of the house answer."""

    def __init__(self, parts: Parts, frame: Frame) -> None:
        self._parts = parts
        self._frame = frame
        self._users = parts.door.users
        self._words = parts.words
        self._throttle = Throttle()
        self._cards = Cards(
            parts.desk.accounts, parts.answers.lookup, parts.store, parts.register, parts.words
        )
        self._wizard = Wizard(parts.store.notes)
        accounts = parts.register.accounts.values()
        watched = (one for one in accounts if one.state is not AccountState.CLOSED)
        self._of_each = Counter(one.organisation or "" for one in watched)

    def open(self, app: FastAPI) -> None:
        """Add the addresses of the house to *app*."""
        frame, looks = self._frame, ["GET", "HEAD"]
        app.add_route("/", frame.looked_at(self.overview, at_once=True), methods=looks)
        app.add_route("/login", frame.looked_at(self.login, known=False), methods=looks)
        app.add_route("/login", frame.acted_on(self.log_in, known=False), methods=["POST"])
        app.add_route("/logout", frame.acted_on(self.log_out), methods=["POST"])
        app.add_route("/setup", frame.looked_at(self.setup, known=False), methods=looks)
        app.add_route("/setup", frame.acted_on(self.set_up, known=False), methods=["POST"])

    def overview(self, request: Request, visitor: Visitor, now: datetime) -> Response:
        """Show all accounts, those first that need somebody."""
        desk, asked = self._parts.desk.accounts, request.query_params
        accounts, gateways = desk.now(now), desk.gateways(now)
        sums = accounts.sums(failing(gateways))
        if not sums.counts:
            return self._frame.shown("empty.html", visitor, room="overview")
        search = asked.get("q", "")[:100]
        wanted = _wanted(asked, search)
        page = accounts.page(wanted, page_of(asked.get("page", "")), PER_PAGE)
        shown = Rows(self._parts, page.shown, now).all()
        numbers, order = counts(sums), order_of(shown)
        plain = wanted != Wanted() or sum(numbers.values()) < GROUPED_FROM
        if asked.get("order", order) != order:
            return self._changed(request)
        return self._frame.shown(
            "overview.html",
            visitor,
            room="overview",
            choices=self._choices(visitor, shown, now),
            amiss=sum(n for look, n in numbers.items() if look != "fresh"),
            result=self._unknown(asked.get("v", "")),
            as_of=known_as_of(sums.read_at, now, self._words),
            count=sum(n for look, n in numbers.items() if look in URGENT[:3]),
            look=look_of_all(sums, gateways),
            sentence=sentence(sums, gateways, now, self._words),
            counters=[(k, verdict(k, self._parts), SHAPES[k], n) for k, n in numbers.items()],
            chosen=wanted.looks or (),
            search=search,
            rows=shown if plain else [],
            groups=[] if plain else self._groups(shown, accounts, page.number),
            urgent=most_urgent(shown),
            shapes=SHAPES,
            found=self._words.plural("{n} account", "{n} accounts", page.total).format(
                n=page.total
            ),
            page=page.number,
            pages=max((page.total - 1) // PER_PAGE + 1, 1),
            by_name=wanted.by_name,
            order=order,
            link=lambda **changed: _link(request, **changed),
            quiet=numbers["fresh"],
            past=self._past(numbers, page.shown, now),
        )

    def _groups(self, rows: Sequence[Row], accounts: AccountsNow, page: int) -> list[Group]:
        """*rows* by organisation; from the second page on more urgent ones are on pages before."""
        known, names = self._parts.register.accounts, {row.organisation for row in rows}
        worst = accounts.worst(names, lambda a: known[a].organisation or "") if page > 1 else {}
        return grouped(rows, self._of_each, worst)

    def _choices(
        self, visitor: Visitor, rows: Sequence[Row], now: datetime
    ) -> Callable[[Row], Sequence[Choice]]:
        """What a visitor may answer to the alert of each of *rows*, the usual answers first."""
        people = [visitor.person] if visitor.person else []
        lookup, wanted = self._parts.answers.lookup, [row.id for row in rows if row.alert]
        alerts = {a.id: a for a in lookup.open_alerts(wanted)} if people and wanted else {}

        def of(row: Row) -> Sequence[Choice]:
            alert = alerts.get(row.alert or 0)
            offered = self._cards.choices(alert, people, now) if alert else ()
            return [one for one in offered if one.value != Answer.SCHEDULED.value][:IN_A_ROW]

        return of

    def _past(self, numbers: Mapping[str, int], shown: Sequence[Shown], now: datetime) -> list[str]:
        """What is known of the past year, while a few accounts are read for the first time."""
        first = numbers.get(UNCHECKED) and sum(numbers.values()) <= PER_PAGE
        return past_year(self._parts, shown, now) if first else []

    def _unknown(self, asked: str) -> AnswerResult | None:
        """What is said to who asks for a filter that there is not."""
        if not {*asked.split(",")} - {"", *LOOKS}:
            return None
        said = self._words.text("There is no such filter; what is known of it is shown.")
        return AnswerResult(False, said)

    def _changed(self, request: Request) -> Response:
        """What a page that refreshes itself gets when its rows would jump: a bar to tap."""
        said, path = self._words.text("Something has changed; tap to see it"), _link(request)
        bar = Markup('<a id="bar" href="{}">{}</a>').format(path, said)
        swap = {"HX-Retarget": "#changed", "HX-Reswap": "innerHTML", "HX-Reselect": "#bar"}
        return HTMLResponse(bar, headers=swap)

    def login(self, _request: Request, visitor: Visitor, _now: datetime) -> Response:
        """Show the form to log in with."""
        if not self._users.any():
            return RedirectResponse("/" if visitor.known else "/setup", 303)
        return self._frame.shown("login.html", visitor, failed="", name="")

    def log_in(
        self, request: Request, visitor: Visitor, form: Mapping[str, str], now: datetime
    ) -> Response:
        """Begin a session, under a new secret; the former one ends."""
        name, words = form.get("name", "").strip()[:64], self._words
        if not self._throttle.admits(name, visitor.address, now):
            said = words.text("Too many tries. Please wait a quarter of an hour.")
            return self._frame.shown("login.html", visitor, 429, failed=said, name=name)
        secret = self._users.log_in(name, form.get("password", ""), now)
        self._parts.log("logged_in" if secret else "log_in_refused", by=name, way="page")
        if secret is None:
            said = words.text("The name or the password is wrong.")
            return self._frame.shown("login.html", visitor, 403, failed=said, name=name)
        self._throttle.succeeded(name, visitor.address)
        return self._inside(request, visitor, secret)

    def log_out(
        self, request: Request, _visitor: Visitor, _form: Mapping[str, str], _now: datetime
    ) -> Response:
        """End the session."""
        self._users.log_out(request.cookies.get(SESSION, ""))
        left = RedirectResponse("/login", 303)
        left.delete_cookie(SESSION, path="/")
        return left

    def setup(self, request: Request, visitor: Visitor, now: datetime) -> Response:
        """Show the form for the first password to who has the key; others, where it is printed."""
        key = request.query_params.get("k", "")
        if self._users.any():
            return RedirectResponse("/login", 303)
        if not self._users.opens(key, now):
            return self._closed(visitor)
        return self._frame.shown("setup.html", visitor, key=key, failed="", name="admin")

    def set_up(
        self, request: Request, visitor: Visitor, form: Mapping[str, str], now: datetime
    ) -> Response:
        """Set the first password, once, and begin a session."""
        key, name, password = (form.get(field, "") for field in ("k", "name", "password"))
        if not self._users.opens(key, now):
            return self._closed(visitor)
        try:
            self._users.set_up(key, name.strip(), password, now)
        except UsageError:
            said = self._words.text(
                "Please choose a name of letters and digits and a password of 10 to 200 characters."
            )
            return self._frame.shown("setup.html", visitor, 422, key=key, failed=said, name=name)
        self._parts.log("set_up", by=name.strip(), way="page")
        self._wizard.begin()
        secret = self._users.log_in(name.strip(), password, now) or ""
        return self._inside(request, visitor, secret, "/start")

    def _inside(
        self, request: Request, visitor: Visitor, secret: str, first: str = "/"
    ) -> Response:
        self._users.log_out(request.cookies.get(SESSION, ""))
        inside = keep(RedirectResponse(first, 303), visitor, SESSION, secret)
        inside.delete_cookie(FORM, path="/")
        return inside

    def _closed(self, visitor: Visitor) -> Response:
        words = self._words
        hint = words.text(
            "The link to set the first password with is printed where the service was started; "
            "`freshness user setup-link` prints a new one. It is valid for 30 minutes."
        )
        return self._frame.sorry(visitor, words.text("This page has no password yet"), hint, 403)


def _wanted(asked: Mapping[str, str], search: str) -> Wanted:
    """The accounts an address asks for; what there is not is left out."""
    looks = tuple(look for look in asked.get("v", "").split(",") if look in LOOKS)
    words = tuple(search.casefold().split())
    return Wanted(looks or None, words, asked.get("g") or None, asked.get("sort") == "name")


def order_of(rows: Sequence[Row]) -> str:
    """Return what tells whether rows stand as they stood: which they are, and how each looks."""
    return sha256(" ".join(f"{row.id} {row.look}" for row in rows).encode()).hexdigest()[:12]


def _link(request: Request, **changed: object) -> str:
    """The address of the same page with other filters."""
    asked = {**request.query_params, "order": "", **changed}
    kept = {k: str(v) for k, v in asked.items() if k in KEPT and v}
    return f"/?{urlencode(kept)}" if kept else "/"
