"""What the answer page shows of one alert: values in the reader's words, ready to be laid out.

Asks the desk; knows no page and no server.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.answers import buttons
from alerts.answers.answer import Answer
from alerts.errors import RefusedError
from alerts.messages.render import render
from alerts.model import Alert, Event, Kind, Notice, NoticeState
from alerts.words import LINK, TITLE, WEEKEND, Words, one_line
from monitor.desk.accounts import Accounts
from monitor.desk.lookup import OF_ACCOUNTS, AlertLookup
from monitor.desk.shapes import Explanation
from monitor.desk.status import verdict_word
from monitor.register import Register
from monitor.store.base import Store

ENDED, OTHER = "ended", "other"  # looks besides the verdicts'
LOOKS = {Kind.SILENCE: "late", Kind.ORIGINALS: "breached", Kind.BLIND: "blind"}
FIELD = "%Y-%m-%dT%H:%M"  # what a browser's field for a local time holds


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of an alert's facts. *href*: where a tap on it leads; *note*: in smaller letters."""

    label: str
    text: str
    href: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One button. *value* is what it sends."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Card:
    """One alert. *look*: a verdict, `ended` or `other`. *soonest*, *latest*: the bounds of a
    time that may be named, as a browser's field takes them."""

    alert: int
    title: str
    look: str
    mark: str
    headline: str
    warning: str
    facts: tuple[Fact, ...] = ()
    message: str = ""
    standing: tuple[str, ...] = ()
    notified: tuple[Fact, ...] = ()
    notified_names: str = ""
    choices: tuple[Choice, ...] = ()
    times: tuple[Choice, ...] = ()
    soonest: str = ""
    latest: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One alert in a list of many. *standing*: what was answered, or how it ended."""

    alert: int
    title: str
    look: str
    text: str
    standing: str
    open: bool


class Cards:
    """Makes the cards of alerts."""

    def __init__(
        self,
        accounts: Accounts,
        lookup: AlertLookup,
        store: Store,
        register: Register,
        words: Words,
    ) -> None:
        self._accounts = accounts
        self._lookup = lookup
        self._store = store
        self._register = register
        self._words = words
        self._zone = register.hours.zone

    def card(self, number: int, people: Sequence[str], now: datetime) -> Card | None:
        """Return the card of one alert at *now*, for any of *people* to answer; None if there is
        no such alert."""
        alert = self._lookup.find(number)
        if alert is None:
            return None
        notices = self._store.alerts.notices_of([number]).get(number, ())
        explained = self._explained(alert, now)
        if alert.resolved_at is not None:
            return self._ended(alert, notices, explained, now)
        if explained is None:
            return self._other(alert, notices, people, now)
        return self._account(alert, notices, explained, people, now)

    def line(self, number: int, now: datetime) -> Line | None:
        """Return one alert as a line of a list at *now*; None if there is no such alert."""
        alert = self._lookup.find(number)
        if alert is None:
            return None
        ended = alert.resolved_at is not None
        look = ENDED if ended else LOOKS.get(alert.kind, OTHER)
        breach_at = self._lookup.breach_at(alert)
        if look == "late" and breach_at is not None and breach_at <= now:
            look = "breached"
        standing = self._lookup.standing(alert, now)
        return Line(
            alert=alert.id,
            title=self._lookup.label(alert),
            look=look,
            text=self._line(alert, breach_at, now),
            standing=standing[-1] if standing else "",
            open=not ended,
        )

    def _line(self, alert: Alert, breach_at: datetime | None, now: datetime) -> str:
        words = self._words
        if breach_at is None:
            return words.kind(alert.kind.value)
        if breach_at <= now:
            return words.text("over the limit since {at}").format(at=words.moment(breach_at))
        last_day = breach_at.astimezone(self._zone).date() - timedelta(days=1)
        return words.text("to publish by {day}").format(day=words.day(last_day))

    def _explained(self, alert: Alert, now: datetime) -> Explanation | None:
        if alert.kind not in OF_ACCOUNTS or alert.subject not in self._register.accounts:
            return None
        try:
            return self._accounts.explain(alert.subject, now)
        except RefusedError:
            return None

    def _account(
        self,
        alert: Alert,
        notices: Sequence[Notice],
        explained: Explanation,
        people: Sequence[str],
        now: datetime,
    ) -> Card:
        words = self._words
        breach_at = explained["breach_at"]
        choices = self.choices(alert, people, now)
        scheduled = Answer.SCHEDULED.value in {c.value for c in choices}
        times = self._lookup.times(alert, now) if scheduled else []
        return Card(
            alert=alert.id,
            title=self._lookup.label(alert),
            look=explained["verdict"],
            mark=verdict_word(explained, words),
            headline=self._headline(explained),
            warning=self._warning(explained, now),
            facts=tuple(self._facts(explained)),
            standing=tuple(self._lookup.standing(alert, now)),
            notified=self._notified(notices),
            notified_names=self._notified_names(notices),
            choices=tuple(c for c in choices if c.value != Answer.SCHEDULED.value),
            times=tuple(Choice(self._field(at), words.moment(at)) for at in times),
            soonest=self._field(now) if times else "",
            latest=self._field(breach_at) if times else "",
            hint=self._hint(alert, choices, breach_at, now),
        )

    def _other(
        self, alert: Alert, notices: Sequence[Notice], people: Sequence[str], now: datetime
    ) -> Card:
        """The card of a trouble that is not an account's: what its newest message says."""
        subject, message = self._message(notices)
        return Card(
            alert=alert.id,
            title=self._lookup.label(alert),
            look=OTHER,
            mark=self._words.kind(alert.kind.value),
            headline=subject,
            warning="",
            message=message,
            standing=tuple(self._lookup.standing(alert, now)),
            notified=self._notified(notices),
            notified_names=self._notified_names(notices),
            choices=self.choices(alert, people, now),
        )

    def _ended(
        self, alert: Alert, notices: Sequence[Notice], explained: Explanation | None, now: datetime
    ) -> Card:
        why = self._words.reason(alert.resolution.value) if alert.resolution else ""
        return Card(
            alert=alert.id,
            title=self._lookup.label(alert),
            look=ENDED,
            mark=self._words.text("Ended"),
            headline=self._words.text("This alert has ended: {why}").format(why=why),
            warning=self._words.text("Nothing is left to be done here."),
            facts=tuple(self._facts(explained)) if explained else (),
            standing=tuple(self._lookup.standing(alert, now)),
            notified=self._notified(notices),
            notified_names=self._notified_names(notices),
        )

    def _headline(self, explained: Explanation) -> str:
        words, days = self._words, self._words.days(explained["quiet_days"])
        if explained["waiting"]:
            return words.text("nothing seen in {days} of watching").format(days=days)
        if explained["cannot_see_since"]:
            return words.text("unreadable since {since}, before that {quiet}").format(
                since=words.since(explained["cannot_see_since"]),
                quiet=words.text("no update known for {days}").format(days=days),
            )
        return words.text("no update for {days}").format(days=days)

    def _warning(self, explained: Explanation, now: datetime) -> str:
        words = self._words
        breach_at = explained["breach_at"]
        if explained["verdict"] == "fresh":
            return words.text("It has published; this alert ends by itself.")
        if breach_at <= now:
            return words.text("The limit passed on {at}. Please publish at once.").format(
                at=words.moment(breach_at)
            )
        day = explained["publish_by"]
        return words.text("Publish by {day}").format(day=words.day(day))

    def _facts(self, explained: Explanation) -> Iterator[Fact]:
        words, last = self._words, explained["last_post"]
        if last is not None:
            title = one_line(last["title"], TITLE)
            at = words.dated(last["published_at"], last["published_until"])
            yield Fact(words.text("Last post"), title or at, _web(last["url"]), at if title else "")
        yield from self._deadline(explained)
        yield from self._whom_to_call(explained)
        if page := _web(explained["link"]):
            address = one_line(page, LINK)
            yield Fact(words.text("Page"), words.text("Open the account"), _web(address))

    def _deadline(self, explained: Explanation) -> Iterator[Fact]:
        words = self._words
        day = explained["publish_by"]
        stretch = self._register.calendar.stretch(day)
        note = ""
        if stretch is not None:
            span = words.span(stretch.first, stretch.last)
            note = (
                words.text("weekend of {span}").format(span=span)
                if stretch.name == WEEKEND
                else words.text("{holiday} holiday of {span}").format(
                    holiday=words.holiday(stretch.name), span=span
                )
            )
            if stretch.guessed:
                note += words.text(" (reckoned: not announced yet)")
        yield Fact(words.text("Last day to publish"), words.day(day), note=note)
        breach_at = words.moment(explained["breach_at"])
        limit = words.days(explained["rule"]["limit"])
        rule = words.text("an update at least every {limit}").format(limit=limit)
        yield Fact(words.text("Limit"), breach_at, note=rule)

    def _whom_to_call(self, explained: Explanation) -> Iterator[Fact]:
        custodian = self._register.people.get(explained["custodian"] or "")
        if custodian is not None:
            phone = one_line(custodian.phone or "", 40)
            digits = "".join(c for c in phone if c.isdigit() or c in "+-")
            yield Fact(
                self._words.text("Held by"),
                custodian.name,
                f"tel:{digits}" if digits else "",
                phone,
            )

    def _message(self, notices: Sequence[Notice]) -> tuple[str, str]:
        newest = next((n for n in reversed(notices) if n.event is not Event.RESOLVED), None)
        if newest is None:
            return "", ""
        message = render(newest, self._words, self._register.hours, False)
        return message.subject, message.text.removeprefix(message.subject).strip("\n")

    def choices(self, alert: Alert, people: Sequence[str], now: datetime) -> tuple[Choice, ...]:
        offered = [answer for p in people for answer in self._lookup.offers(alert, p, now)]
        ordered = [answer for answer in Answer if answer in offered]
        return tuple(Choice(a.value, buttons.label(a, self._words)) for a in ordered)

    def _hint(
        self, alert: Alert, choices: Sequence[Choice], breach_at: datetime, now: datetime
    ) -> str:
        """Why what people may look for is not offered."""
        values, words = {c.value for c in choices}, self._words
        if not values or Answer.TODAY.value in values or alert.kind not in OF_ACCOUNTS:
            return ""
        if breach_at <= now:
            return words.text("The limit has passed, so a promise is not accepted any more.")
        if Answer.SCHEDULED.value in values:
            closes = f"{self._register.hours.today_closes:%H:%M}"
            return words.text("“Will publish today” is accepted until {at} only.").format(at=closes)
        return ""

    def _notified_names(self, notices: Sequence[Notice]) -> str:
        people = dict.fromkeys(n.person for n in notices if n.state is not NoticeState.WITHDRAWN)
        return self._words.listing([self._lookup.name(person) for person in people])

    def _notified(self, notices: Sequence[Notice]) -> tuple[Fact, ...]:
        words = self._words
        return tuple(
            Fact(
                words.moment(n.sent_at or n.created_at),
                self._lookup.name(n.person),
                note=f"{words.reason(n.reason.value)} · "
                f"{words.notice_state(n.state.value, n.waits_until)}",
            )
            for n in notices
            if n.state is not NoticeState.WITHDRAWN
        )

    def _field(self, at: datetime) -> str:
        return at.astimezone(self._zone).strftime(FIELD)


def _web(url: str | None) -> str:
    """An address a browser may be sent to; what a feed says is not trusted to be one."""
    return url if url and url.startswith(("https://", "http://")) else ""
