"""One month's figures of every account, and what surrounded them. Pure.

Says how many posts there were against the month before and the same month a year before, where
an account was silent, on which days it published, by when it must publish next, how alerts
were answered and how well the gateways could be read. Nothing that was not seen is called 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from statistics import median
from zoneinfo import ZoneInfo

from alerts.common.local_time import local_instant
from alerts.model import Alert, Event, Hours, Kind, Ladder, Notice, NoticeState
from alerts.rules.calendar import Calendar
from alerts.rules.ladder import publish_by
from monitor.ledger.coverage import Span
from monitor.ledger.judgement import Judged
from monitor.ledger.lapses import Limits, in_force
from monitor.ledger.periods import midnight, month_of
from monitor.ledger.totals import EarlierPosts, Period, Rows, Totals, counts, earlier_posts, totals
from monitor.model import Account, AccountState, Dating, Post, Reading

DAY = timedelta(days=1)
NEWS = timedelta(days=31)  # how long after its end a month is told with what is to be done next
CALLS = frozenset({Kind.SILENCE, Kind.BLIND})

Tally = tuple[int, int]  # readings tried, and of them good
NONE: Tally = (0, 0)


class Seen(StrEnum):
    """How much of one day was seen."""

    WHOLE = "whole"
    PARTLY = "partly"
    NOT = "not"
    TO_COME = "to_come"  # it lies ahead


@dataclass(frozen=True, slots=True)
class Day:
    """One local day of one account. *late*: its limit was passed on it."""

    on: date
    posts: int
    seen: Seen
    closed: bool = False
    late: bool = False


@dataclass(frozen=True, slots=True)
class AccountMonth:
    """One account's month.

    *last_month*, *last_year*: the month before and the same month a year before; None where
    nothing can be said of them. *limits*: the rules in force by and by. *last_post_at*: the
    newest counted post up to the month's end. *publish_by*: by when the next after *newest_at*,
    the newest one known now, must be there; None for a closed account, before the first post,
    and once the month is no news any more. *watched*: its watch had begun by the month's end.
    """

    account: Account
    totals: Totals
    last_month: EarlierPosts | None
    last_year: EarlierPosts | None
    days: tuple[Day, ...]
    limits: Limits
    last_post_at: datetime | None = None
    publish_by: date | None = None
    newest_at: datetime | None = None
    watched: bool = True

    def limit_at(self, at: datetime) -> timedelta:
        """Return the limit in force *at* an instant."""
        return in_force(self.limits, at)

    @property
    def unread(self) -> bool:
        """Whether nothing of the month was seen."""
        seen = (Seen.WHOLE, Seen.PARTLY)
        return not self.totals.posts and not any(day.seen in seen for day in self.days)

    @property
    def unwatched(self) -> bool:
        """Whether nothing of the month was seen, because the watch began after it."""
        return self.unread and not self.watched

    @property
    def lapsed(self) -> bool:
        """Whether the limit was passed in the month."""
        return self.totals.judged is Judged.LAPSED

    @property
    def kept(self) -> bool:
        """Whether the account is known to have kept its limit all month."""
        return not self.unread and self.totals.judged is Judged.KEPT

    @property
    def silent(self) -> bool:
        """Whether it was seen, but no post of it is known up to the month's end."""
        return not self.unread and not self.totals.ever_posted


@dataclass(frozen=True, slots=True)
class AlertsMonth:
    """How alerts about silence or blindness went that were open in the month.

    *notices* and *people*: messages of the month that were accepted, and to how many people.
    *answered*: alerts that somebody acknowledged or promised something about. *hours*: the
    median from the first message to the next post; None where no post followed one.
    """

    alerts: int = 0
    notices: int = 0
    people: int = 0
    answered: int = 0
    hours: float | None = None
    open: int = 0


@dataclass(frozen=True, slots=True)
class GatewayMonth:
    """How one gateway could be read. *outages*: alerts about it, lasting *down* together."""

    id: str
    kind: str
    tried: int
    good: int
    outages: int
    down: timedelta


@dataclass(frozen=True, slots=True)
class Month:
    """All of it, as known *at* an instant."""

    year: int
    month: int
    period: Period
    at: datetime
    accounts: tuple[AccountMonth, ...]
    alerts: AlertsMonth
    gateways: tuple[GatewayMonth, ...]
    calendar: Calendar

    @property
    def over(self) -> bool:
        """Whether the month is over."""
        return self.at >= self.period.end

    @property
    def total_posts(self) -> int:
        """Posts of all accounts together."""
        return sum(one.totals.posts for one in self.accounts)

    @property
    def complete(self) -> bool:
        """Whether every number is exact."""
        return all(one.totals.complete for one in self.accounts)


@dataclass(frozen=True, slots=True)
class Handled:
    """One alert with its notices, and when its account posted next, if it did."""

    alert: Alert
    notices: Sequence[Notice]
    posted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outlook:
    """What an account's deadlines are reckoned with."""

    ladder: Ladder
    hours: Hours
    calendar: Calendar


def period_of(number: int, month: int, zone: ZoneInfo) -> Period:
    """Return the bounds of one local calendar month."""
    return Period(*month_of(midnight(date(number, month, 1), zone), zone))


def before(number: int, month: int) -> tuple[int, int]:
    """Return the month before: of January, December of the year before."""
    return (number - 1, 12) if month == 1 else (number, month - 1)


def reach(number: int, month: int, zone: ZoneInfo) -> Period:
    """Return the time whose rows `account_month` looks at: back to a year before."""
    return Period(period_of(number - 1, month, zone).start, period_of(number, month, zone).end)


def due_at(number: int, month: int, calendar: Calendar, hours: Hours) -> datetime:
    """Return when the mail about a month is due: at the hour of calls (09:00) on the first
    working day after it has ended."""
    after = period_of(number, month, hours.zone).end.astimezone(hours.zone).date()
    day = calendar.next_workday(after)
    return local_instant(day, hours.call_at, hours.zone)


def last_due(calendar: Calendar, hours: Hours, now: datetime) -> tuple[int, int]:
    """Return the newest month whose mail is due at *now*, as (year, month)."""
    local = now.astimezone(hours.zone)
    found = before(local.year, local.month)
    while due_at(*found, calendar, hours) > now:
        found = before(*found)
    return found


def account_month(
    account: Account, rows: Rows, number: int, month: int, outlook: Outlook, now: datetime
) -> AccountMonth:
    """Return one account's month as known at *now*. *rows* reach back as `reach` says."""
    zone = outlook.hours.zone
    period = period_of(number, month, zone)
    found = totals(rows, period, now, zone)
    known = [p.published_at for p in rows.posts if _starts_clock(p, rows) and p.published_at <= now]
    newest = max(known, default=None)
    last = max((at for at in known if at < period.end), default=None)
    watched = account.state is not AccountState.CLOSED and now < period.end + NEWS
    by = publish_by(newest, outlook.ladder, zone) if watched and newest else None
    return AccountMonth(
        account=account,
        totals=found,
        last_month=earlier_posts(rows, period_of(*before(number, month), zone), now, zone),
        last_year=earlier_posts(rows, period_of(number - 1, month, zone), now, zone),
        days=_days(rows, found, period, outlook, now),
        limits=rows.limits,
        last_post_at=last,
        publish_by=by,
        newest_at=newest,
    )


def next_post(rows: Rows, since: datetime, now: datetime) -> datetime | None:
    """Return when the first counted post after *since* was published; None if none was yet."""
    later = (p.published_at for p in rows.posts if _starts_clock(p, rows))
    return min((at for at in later if since < at <= now), default=None)


def alerts_month(handled: Iterable[Handled], period: Period) -> AlertsMonth:
    """Return how the alerts went that were open in *period*."""
    found = [one for one in handled if one.alert.kind in CALLS and _open_in(one.alert, period)]
    sent = [n for one in found for n in one.notices if _sent_in(n, period)]
    waits = [wait / timedelta(hours=1) for one in found if (wait := _wait(one)) is not None]
    return AlertsMonth(
        alerts=len(found),
        notices=len(sent),
        people=len({n.person for n in sent}),
        answered=sum(bool(one.alert.acknowledged or one.alert.promise) for one in found),
        hours=median(waits) if waits else None,
        open=sum(
            not (one.alert.resolved_at and one.alert.resolved_at < period.end) for one in found
        ),
    )


def tally(readings: Iterable[Reading], period: Period) -> Mapping[str, Tally]:
    """Return how often each gateway was asked in *period*, and how often with success."""
    found: dict[str, Tally] = {}
    for reading in readings:
        if period.holds(reading.started_at):
            tried, good = found.get(reading.gateway, (0, 0))
            found[reading.gateway] = (tried + 1, good + reading.good)
    return found


def gateways_month(
    kinds: Mapping[str, str],
    tallies: Sequence[Mapping[str, Tally]],
    alerts: Iterable[Alert],
    period: Period,
    now: datetime,
) -> tuple[GatewayMonth, ...]:
    """Return how every gateway of *kinds* (by id) could be read in *period*, by the *tallies*
    of all accounts."""
    down: dict[str, list[timedelta]] = {}
    for alert in alerts:
        if alert.kind is Kind.GATEWAY and _open_in(alert, period):
            down.setdefault(alert.subject, []).append(_overlap(alert, period, now))
    return tuple(
        GatewayMonth(
            id=gateway,
            kind=kind,
            tried=sum(one.get(gateway, NONE)[0] for one in tallies),
            good=sum(one.get(gateway, NONE)[1] for one in tallies),
            outages=len(down.get(gateway, [])),
            down=sum(down.get(gateway, []), timedelta()),
        )
        for gateway, kind in kinds.items()
    )


def _starts_clock(post: Post, rows: Rows) -> bool:
    return post.dating is not Dating.UNKNOWN and counts(post, rows.count_reposts)


def _days(
    rows: Rows, found: Totals, period: Period, outlook: Outlook, now: datetime
) -> tuple[Day, ...]:
    zone = outlook.hours.zone
    posts: dict[date, int] = {}
    for post in rows.posts:
        if _starts_clock(post, rows) and post.published_at <= now:
            on = post.published_at.astimezone(zone).date()
            posts[on] = posts.get(on, 0) + 1
    late = {
        day
        for lapse in found.lapses
        for day in _local_days(lapse.breached_at, lapse.ended_at or now, zone)
    }
    return tuple(
        Day(
            on=on,
            posts=posts.get(on, 0),
            seen=_seen(on, rows.covered, zone, found.as_of or now),
            closed=outlook.calendar.day(on).closed,
            late=on in late,
        )
        for on in _local_days(period.start, period.end, zone)
    )


def _local_days(start: datetime, end: datetime, zone: ZoneInfo) -> Sequence[date]:
    """The local days from that of *start* up to, without, that of *end*."""
    first, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    return [first + n * DAY for n in range((last - first).days)]


def _seen(on: date, covered: Sequence[Span], zone: ZoneInfo, now: datetime) -> Seen:
    start, end = midnight(on, zone), midnight(on + DAY, zone)
    if start > now:
        return Seen.TO_COME
    day = Period(start, min(end, now))
    touching = [span for span in covered if day.touches(span)]
    if any(span.start <= day.start and span.end >= day.end for span in touching):
        return Seen.WHOLE
    return Seen.PARTLY if touching else Seen.NOT


def _open_in(alert: Alert, period: Period) -> bool:
    ended = alert.resolved_at
    return alert.opened_at < period.end and (ended is None or ended >= period.start)


def _sent_in(notice: Notice, period: Period) -> bool:
    call = notice.event in (Event.ALERT, Event.REMINDER) and notice.state is NoticeState.SENT
    return call and notice.sent_at is not None and period.holds(notice.sent_at)


def _wait(one: Handled) -> timedelta | None:
    """From the first message to the post; nothing where the post was there before it."""
    sent = [n.sent_at for n in one.notices if n.state is NoticeState.SENT and n.sent_at]
    if one.posted_at is None or not sent or one.posted_at <= min(sent):
        return None
    return one.posted_at - min(sent)


def _overlap(alert: Alert, period: Period, now: datetime) -> timedelta:
    end = min(alert.resolved_at or now, period.end)
    return max(end - max(alert.since, period.start), timedelta())
