"""One account as a row of the overview, in the reader's words. Asks the desk; knows no page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial

from markupsafe import Markup

from alerts.model import Alert
from alerts.rules.calendar import Calendar
from alerts.rules.ladder import quiet_days
from alerts.words import TITLE, one_line
from monitor.standing import UNCHECKED, Shown
from monitor.web.overview import SHAPES, deadline
from monitor.web.parts import Parts
from monitor.web.strip import COMING, DAY, PAST, Strip

SPANS = ((PAST, COMING), (14, 7))  # days past and coming: of a wide page, of a telephone

FIRST = 5  # of what needs somebody, on a telephone


@dataclass(frozen=True, slots=True)
class Row:
    """One account. *big*: the number that matters most; *standing*: what became of its alert."""

    id: str
    look: str
    shape: str
    verdict: str
    name: str
    platform: str
    organisation: str
    big: str
    deadline: str
    post: str
    post_url: str
    post_at: str
    custodian: str
    phone: str
    tel: str
    standing: str
    alert: int | None
    strip: Markup
    short_strip: Markup


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one organisation. *open*: not all of them are fresh."""

    name: str
    look: str
    rows: Sequence[Row]
    open: bool

    @property
    def ids(self) -> set[str]:
        """Which accounts they are."""
        return {row.id for row in self.rows}


class Rows:
    """Makes the rows of accounts as they stand at one instant."""

    def __init__(self, parts: Parts, accounts: Sequence[Shown], now: datetime) -> None:
        self._parts = parts
        self._words = parts.words
        self._now = now
        self._zone = parts.register.hours.zone
        self._register = parts.current()
        mine = [account.id for account in accounts]
        self._alerts = {a.subject: a for a in parts.answers.lookup.open_alerts(mine)}
        self._today = now.astimezone(self._zone).date()
        resting = cache(partial(rests, self._register.calendar))
        self._strips = [Strip(self._today, resting, *span) for span in SPANS]
        self._rows = [self._row(account) for account in accounts]

    def all(self) -> list[Row]:
        """Return the accounts as rows, in their order."""
        return self._rows

    def _row(self, account: Shown) -> Row:
        words, look = self._words, account.look
        known = self._register.account(account.id)
        custodian = self._register.people.get(known.custodian or "")
        phone = one_line((custodian.phone if custodian else None) or "", 40)
        alert, title = self._alerts.get(known.id), account.last_post_title
        posted = account.last_post_at
        at = words.dated(posted, account.last_post_until) if posted else ""
        long, short = self._drawn(account)
        quiet = quiet_days(account.since, self._now, self._zone)
        return Row(
            id=known.id,
            look=look,
            shape=SHAPES[look],
            verdict=verdict(look, self._parts),
            name=account.name,
            platform=words.platform(account.platform),
            organisation=known.organisation or "",
            big=words.days(quiet) if posted else "–",
            deadline=deadline(account, self._now, self._zone, words) if posted else "",
            post=one_line(title, TITLE) if title else at,
            post_url=web_address(account.last_post_url),
            post_at=at,
            custodian=custodian.name if custodian else "",
            phone=phone,
            tel="".join(c for c in phone if c.isdigit() or c in "+-"),
            standing=self._standing(alert),
            alert=alert.id if alert else None,
            strip=long,
            short_strip=short,
        )

    def _standing(self, alert: Alert | None) -> str:
        if alert is None:
            return ""
        said = self._parts.answers.lookup.standing(alert, self._now)
        return said[-1] if said else self._words.text("not answered")

    def _drawn(self, account: Shown) -> list[Markup]:
        words, read = self._words, account.read_at
        days = account.published.by_day(self._today - 2 * PAST * DAY, self._today)
        seen = (min(days), read.astimezone(self._zone).date()) if read and days else None
        last_day, said = account.publish_by, words.day(account.publish_by)
        label = words.text("{n} days with posts among the last {past}; last day to publish: {day}")
        return [
            strip.drawn(days, seen, last_day, label.format(n=n, past=strip.past, day=said))
            for strip in self._strips
            for n in [strip.posted(days)]
        ]


def grouped(rows: Sequence[Row]) -> list[Group]:
    """Return *rows*, the most urgent first, by organisation, with the worst look of each."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.organisation, []).append(row)
    return [
        Group(name, mine[0].look, mine, any(row.look != "fresh" for row in mine))
        for name, mine in found.items()
    ]


def most_urgent(rows: Sequence[Row]) -> set[str]:
    """Return which of *rows*, the most urgent first, a telephone shows before everything else."""
    return {row.id for row in rows[:FIRST] if row.look != "fresh"}


def verdict(look: str, parts: Parts) -> str:
    """Return how a look is called."""
    return parts.words.text("not checked") if look == UNCHECKED else parts.words.verdict(look)


def web_address(url: str | None) -> str:
    """Return an address that a browser may be sent to: what a feed says is not trusted to be
    one."""
    return url if url and url.startswith(("https://", "http://")) else ""


def rests(calendar: Calendar, day: date) -> bool:
    """Return whether nobody works on *day*."""
    return not calendar.workday(day)


def known_as_of(read_at: datetime | None, parts: Parts) -> str:
    """Return up to when the accounts are known, in words, of which one was *read_at* last."""
    return parts.words.moment(read_at) if read_at else "–"
