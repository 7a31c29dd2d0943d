"""One account as a row of the overview, in the reader's words. Asks the desk; knows no page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from markupsafe import Markup

from alerts.model import Alert
from alerts.rules.calendar import Calendar
from alerts.words import TITLE, one_line
from monitor.desk.shapes import AccountStatus, Status
from monitor.web.overview import SHAPES, UNCHECKED, deadline, look_of
from monitor.web.parts import Parts
from monitor.web.strip import COMING, DAY, PAST, strip


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


class Rows:
    """Makes the rows of accounts as they stand at one instant."""

    def __init__(self, parts: Parts, now: datetime) -> None:
        self._parts = parts
        self._words = parts.words
        self._now = now
        self._zone = parts.register.hours.zone
        self._register = parts.current()
        self._alerts = {a.subject: a for a in parts.answers.lookup.open_alerts()}
        self._today = now.astimezone(self._zone).date()

    def row(self, account: AccountStatus) -> Row:
        """Return *account* as a row."""
        words, look = self._words, look_of(account)
        known = self._register.account(account["id"])
        custodian = self._register.people.get(known.custodian or "")
        phone = one_line((custodian.phone if custodian else None) or "", 40)
        alert, title = self._alerts.get(known.id), account["last_post_title"]
        posted = account["last_post_at"]
        at = words.moment(posted) if posted else ""
        days = self._days(known.id)
        return Row(
            id=known.id,
            look=look,
            shape=SHAPES[look],
            verdict=verdict(look, self._parts),
            name=account["name"],
            platform=words.platform(account["platform"]),
            organisation=known.organisation or "",
            big=words.days(account["quiet_days"]) if posted else "–",
            deadline=deadline(account, self._now, self._zone, words) if posted else "",
            post=one_line(title, TITLE) if title else at,
            post_url=web_address(account["last_post_url"]),
            post_at=at,
            custodian=custodian.name if custodian else "",
            phone=phone,
            tel="".join(c for c in phone if c.isdigit() or c in "+-"),
            standing=self._standing(alert),
            alert=alert.id if alert else None,
            strip=self._strip(account, days, PAST, COMING),
            short_strip=self._strip(account, days, 21, 10),
        )

    def _standing(self, alert: Alert | None) -> str:
        if alert is None:
            return ""
        said = self._parts.answers.lookup.standing(alert, self._now)
        return said[-1] if said else self._words.text("not answered")

    def _days(self, account: str) -> Mapping[date, int]:
        since = self._now - timedelta(days=2 * PAST)
        posts = self._parts.store.posts.of_account(account, since, self._now)
        return Counter(p.published_at.astimezone(self._zone).date() for p in posts)

    def _strip(
        self, account: AccountStatus, days: Mapping[date, int], past: int, coming: int
    ) -> Markup:
        words, read = self._words, account["last_good_reading_at"]
        label = words.text("{n} days with posts among the last {past}; last day to publish: {day}")
        first = self._today - (past - 1) * DAY
        return strip(
            days,
            (min(days), read.astimezone(self._zone).date()) if read and days else None,
            account["publish_by"],
            self._today,
            lambda day: rests(self._register.calendar, day),
            label.format(
                n=sum(day >= first for day in days), past=past, day=words.day(account["publish_by"])
            ),
            past,
            coming,
        )


def grouped(rows: Sequence[Row]) -> list[Group]:
    """Return *rows*, the most urgent first, by organisation, with the worst look of each."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.organisation, []).append(row)
    return [
        Group(name, mine[0].look, mine, any(row.look != "fresh" for row in mine))
        for name, mine in found.items()
    ]


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


def known_as_of(status: Status, parts: Parts) -> str:
    """Return up to when the accounts are known, in words."""
    read = [a["last_good_reading_at"] for a in status["accounts"] if a["last_good_reading_at"]]
    return parts.words.moment(max(read)) if read else "–"
