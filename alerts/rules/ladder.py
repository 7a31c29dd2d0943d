"""When which people are called about one silence. Pure.

Rungs, closure calls, the call on the last day, the limit, and reminders after it.

Everything follows from the instant the silence counts from; nothing here knows what was sent.
The rules R1–R4 are those of docs/design.md, all boundaries inclusive.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import takewhile
from zoneinfo import ZoneInfo

from alerts.common.local_time import local_instant
from alerts.model import Call, Hours, Ladder, Reason, Rung
from alerts.occasion import Occasion, On
from alerts.rules.calendar import Calendar, Stretch

DAY = timedelta(days=1)
LONG = 5  # days: a closed stretch as long as this is also called a working day earlier
YOUNG = timedelta(hours=24)  # no closure call about a younger post, the very last call excepted
REMEMBERED = timedelta(days=30)  # older reminders are overtaken many times over


def quiet_days(since: datetime, now: datetime, zone: ZoneInfo) -> int:
    """Return how many whole local dates lie between *since* and *now*; 0 if *now* is earlier."""
    return max((_day(now, zone) - _day(since, zone)).days, 0)


def publish_by(since: datetime, ladder: Ladder, zone: ZoneInfo) -> date:
    """Return the last whole local day on which publishing is certainly in time."""
    return _day(since + ladder.limit, zone) - DAY


def marks(since: datetime, ladder: Ladder, hours: Hours) -> list[tuple[datetime, int]]:
    """Return the instants at which rungs are passed, with the rung, oldest first.

    A rung is passed at the calling hour of its calendar day, whatever day that is; the limit
    at its own instant. Rungs that would be passed only after the limit are left out.
    """
    breach_at = since + ladder.limit
    passed = _passed(_day(since, hours.zone), ladder, hours)
    below = [(max(at, since), days) for at, days in passed if at < breach_at]
    return [*below, (breach_at, ladder.limit_rung.days)]


@lru_cache(maxsize=1024)  # of all accounts whose newest posts are of one day they are the same
def _passed(first: date, ladder: Ladder, hours: Hours) -> Sequence[tuple[datetime, int]]:
    """When the rungs below the limit are passed of a silence that counts from the day *first*."""
    return tuple(
        (local_instant(first + rung.days * DAY, hours.call_at, hours.zone), rung.days)
        for rung in ladder.rungs[:-1]
    )


def calls(
    since: datetime, ladder: Ladder, calendar: Calendar, hours: Hours, until: datetime
) -> list[Call]:
    """Return every call about the silence since *since* that is due up to *until*, oldest first.

    Rungs only climb: a call below one that was due before it, or with it, is left out. Of the
    reminders after the limit, only those of the last thirty days.
    """
    planned = takewhile(lambda call: call.due_at <= until, _planned(since, ladder, calendar, hours))
    return [*planned, *_reminders(since, ladder, calendar, hours, until - REMEMBERED, until)]


def next_call(
    since: datetime, ladder: Ladder, calendar: Calendar, hours: Hours, now: datetime
) -> Call | None:
    """Return the first call due after *now* if nothing happens. There always is one: while the
    limit is passed, the next reminder."""
    ahead = (call for call in _planned(since, ladder, calendar, hours) if call.due_at > now)
    reminders = _reminders(since, ladder, calendar, hours, now, now + REMEMBERED)
    return next(ahead, None) or next((call for call in reminders if call.due_at > now), None)


def _planned(since: datetime, ladder: Ladder, calendar: Calendar, hours: Hours) -> list[Call]:
    """The calls up to and including the limit's, in due order, climbing only."""
    limit, young = _limit_call(since, ladder, hours), since + YOUNG
    days = _day(since, hours.zone), publish_by(since, ladder, hours.zone)
    of_the_days = calendar.once(
        (*days, ladder, hours), lambda: _of_days(*days, ladder, calendar, hours)
    )
    due = [
        call
        for call, however_young in of_the_days
        if since < call.due_at < limit.due_at and (however_young or call.due_at >= young)
    ]
    return list(_climbing([*due, limit]))


def _of_days(
    first: date, last_day: date, ladder: Ladder, calendar: Calendar, hours: Hours
) -> Sequence[tuple[Call, bool]]:
    """The calls below the limit, in due order, of any silence that counts from the day *first* and
    in which publishing on *last_day* is in time; and whether each concerns posts however young."""
    below = [(call, True) for call in _rung_calls(first, ladder, calendar, hours)]
    if not ladder.every_day:
        below += _closed_calls(last_day, ladder, calendar, hours)
    return tuple(sorted(below, key=_order))


def _order(one: tuple[Call, bool]) -> tuple[datetime, int, str]:
    call = one[0]
    return call.due_at, -(call.rung or 0), str(call.occasion)


def _climbing(ordered: Sequence[Call]) -> Iterator[Call]:
    highest = 0
    for call in ordered:
        rung = call.rung or 0
        if rung >= highest:
            highest = rung
            yield call


def _rung_calls(first: date, ladder: Ladder, calendar: Calendar, hours: Hours) -> Iterator[Call]:
    """R1: at the calling hour of the rung's day, or of the next working day."""
    for rung in ladder.rungs[:-1]:
        day = first + rung.days * DAY
        told_on = day if ladder.every_day else calendar.next_workday(day)
        due_at = local_instant(told_on, hours.call_at, hours.zone)
        yield Call(due_at, rung.days, Reason.RUNG, rung.tell, Occasion(On.RUNG, str(rung.days)))


def _closed_calls(
    last_day: date, ladder: Ladder, calendar: Calendar, hours: Hours
) -> Iterator[tuple[Call, bool]]:
    """R2 and R3: before, and inside, a closed stretch in which the last whole day falls."""
    stretch = calendar.stretch(last_day)
    if stretch is None:
        return
    rung = ladder.last_chance
    for at, very_last in _closure_instants(stretch, calendar, hours):
        clock = at.astimezone(hours.zone).replace(tzinfo=None).isoformat(timespec="minutes")
        yield _call(at, rung, Reason.CLOSURE, Occasion(On.CLOSURE, clock)), very_last
    at = local_instant(last_day, hours.call_at, hours.zone)
    on_the_day = Occasion(On.PUBLISH_DAY, str(last_day))
    yield Call(at, rung.days, Reason.PUBLISH_DAY, ("duty",), on_the_day), True


def _closure_instants(
    stretch: Stretch, calendar: Calendar, hours: Hours
) -> Iterator[tuple[datetime, bool]]:
    """The instants of the closure calls, and whether each is the very last."""
    last = calendar.previous_workday(stretch.first)
    if stretch.days >= LONG:
        yield local_instant(calendar.previous_workday(last), hours.call_at, hours.zone), False
    yield local_instant(last, hours.call_at, hours.zone), False
    yield local_instant(last, hours.last_call_at, hours.zone), True


def _limit_call(since: datetime, ladder: Ladder, hours: Hours) -> Call:
    """R4: at the limit's instant; one that falls into the night, in the morning."""
    at = waking(since + ladder.limit, hours)
    return _call(at, ladder.limit_rung, Reason.BREACH, Occasion(On.BREACH))


def _reminders(
    since: datetime,
    ladder: Ladder,
    calendar: Calendar,
    hours: Hours,
    after: datetime,
    until: datetime,
) -> Iterator[Call]:
    """R4: while the limit is passed, one each working day from the day after that call."""
    told_on = _day(_limit_call(since, ladder, hours).due_at, hours.zone)
    day = max(told_on + DAY, _day(after, hours.zone))
    while (at := local_instant(day, hours.call_at, hours.zone)) <= until:
        if ladder.every_day or calendar.workday(day):
            yield _call(at, ladder.limit_rung, Reason.REMINDER, Occasion(On.REMINDER, str(day)))
        day += DAY


def waking(at: datetime, hours: Hours) -> datetime:
    """Return *at*, or, if it falls into the quiet hours, the instant they end."""
    local = at.astimezone(hours.zone)
    if not quiet(local.time(), hours):
        return at
    day = local.date()
    if local.time() >= hours.quiet_until:
        day += DAY
    return local_instant(day, hours.quiet_until, hours.zone)


def quiet(at: time, hours: Hours) -> bool:
    """Return whether the local time of day *at* lies in the quiet hours."""
    if hours.quiet_from <= hours.quiet_until:
        return hours.quiet_from <= at < hours.quiet_until
    return at >= hours.quiet_from or at < hours.quiet_until


def _call(at: datetime, rung: Rung, reason: Reason, occasion: Occasion) -> Call:
    return Call(at, rung.days, reason, rung.tell, occasion)


def _day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()
