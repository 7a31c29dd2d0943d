"""One account as a row of the overview, in the reader's words. Asks the desk; knows no page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial
from types import MappingProxyType

from markupsafe import Markup

from alerts.model import Alert, Kind
from alerts.rules.calendar import Calendar
from alerts.rules.ladder import quiet_days
from alerts.words import TITLE, one_line
from monitor.standing import UNCHECKED, Shown
from monitor.web.overview import SHAPES, deadline
from monitor.web.parts import Parts
from monitor.web.strip import COMING, DAY, PAST, Span, Strip

SPANS = ((PAST, COMING), (14, 7))  # days past and coming: of a wide page, of a telephone

FIRST = 5  # of what needs somebody, on a telephone
ICONS = MappingProxyType({"weibo": "博", "wechat": "信", "website": "网", "channels": "视"})


@dataclass(frozen=True, slots=True)
class Row:
    """One account. *icon*: of its platform, a character; *big*: the number that matters most;
    *standing*: what became of its alert, in a few words."""

    id: str
    look: str
    shape: str
    verdict: str
    name: str
    platform: str
    icon: str
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
    """The rows of one organisation, of *all* its accounts. *look*: the worst; *open*: not all of
    them are fresh."""

    name: str
    look: str
    rows: Sequence[Row]
    all: int
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
        lookup = parts.answers.lookup
        self._alerts = {a.subject: a for a in lookup.open_alerts(mine)}
        self._standing = lookup.briefly(self._alerts.values(), now)
        self._agreed = parts.store.exceptions.in_force(now)
        self._today = now.astimezone(self._zone).date()
        self._off = cache(partial(day_off, self._register.calendar))
        self._strips = [Strip(self._today, self._off, *span) for span in SPANS]
        self._over = self._lapses(mine)
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
        at = self._posted(posted, account.last_post_until) if posted else ""
        long, short = self._drawn(account)
        quiet = quiet_days(account.since, self._now, self._zone)
        return Row(
            id=known.id,
            look=look,
            shape=SHAPES[look],
            verdict=verdict(look, self._parts),
            name=account.name,
            platform=words.platform(account.platform),
            icon=ICONS.get(account.platform, words.platform(account.platform)[:1]),
            organisation=known.organisation or "",
            big=words.text("for {days}").format(days=words.days(quiet)) if posted else "–",
            deadline=deadline(account, self._now, self._off, words) if posted else "",
            post=one_line(title, TITLE) if title else at,
            post_url=web_address(account.last_post_url),
            post_at=at,
            custodian=custodian.name if custodian else "",
            phone=phone,
            tel="".join(c for c in phone if c.isdigit() or c in "+-"),
            standing=self._stands(account.id, alert),
            alert=alert.id if alert else None,
            strip=long,
            short_strip=short,
        )

    def _posted(self, at: datetime, until: datetime | None) -> str:
        other = at.astimezone(self._zone).year != self._today.year
        return self._words.dated(at, until, year=other)

    def _stands(self, account: str, alert: Alert | None) -> str:
        if agreed := self._agreed.get(account):
            day = self._words.since(agreed.until)
            return self._words.text("silence agreed until {day}").format(day=day)
        return self._standing[alert.id] if alert else ""

    def _lapses(self, accounts: Sequence[str]) -> dict[str, list[Span]]:
        """The days over the limit of silences that have ended, as their alerts told of them."""
        found: dict[str, list[Span]] = {}
        for alert in self._parts.store.alerts.ended(self._now - PAST * DAY, accounts):
            breach_at, ended = self._parts.answers.lookup.breach_at(alert), alert.resolved_at
            if breach_at and ended and alert.kind is Kind.SILENCE and ended > breach_at:
                days = (
                    breach_at.astimezone(self._zone).date(),
                    ended.astimezone(self._zone).date(),
                )
                found.setdefault(alert.subject, []).append((days[0], days[1] - DAY))
        return found

    def _drawn(self, account: Shown) -> list[Markup]:
        words, read = self._words, account.read_at
        days = account.published.by_day(self._today - 2 * PAST * DAY, self._today)
        seen = (min(days), read.astimezone(self._zone).date()) if read and days else None
        last_day, said = account.publish_by, words.day(account.publish_by)
        over = self._over.get(account.id, ())
        label = words.text("{n} days with posts among the last {past}; last day to publish: {day}")
        return [
            strip.drawn(days, seen, last_day, label.format(n=n, past=strip.past, day=said), over)
            for strip in self._strips
            for n in [strip.posted(days)]
        ]


def grouped(
    rows: Sequence[Row], of_each: Mapping[str, int], worst: Mapping[str, str]
) -> list[Group]:
    """Return *rows*, the most urgent first, by organisation, with the worst look of each;
    *of_each*: how many accounts each organisation has; *worst*: the look of the most urgent of
    them, where that may be none of *rows*."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.organisation, []).append(row)
    return [
        Group(
            name,
            look,
            mine,
            max(of_each.get(name, 0), len(mine)),
            look != "fresh",
        )
        for name, mine in found.items()
        for look in [worst.get(name, mine[0].look)]
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


def day_off(calendar: Calendar, day: date) -> str:
    """Return the name of the days off that *day* is one of; nothing where somebody works."""
    stretch = calendar.stretch(day)
    return stretch.name if stretch else ""
