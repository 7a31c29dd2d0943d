"""One cause, one call a person a day: a trouble of ours that comes and goes is told once. Pure.

What the operator can mend does not become more urgent by being said again. A silence does: its
rungs, the calls before closed days and the limit know nothing of this.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from alerts.common.local_time import local_day, local_instant
from alerts.model import Event, Hours, Kind, Notice, NoticeState

ONCE_A_DAY = frozenset({Kind.GATEWAY, Kind.CHANNEL, Kind.LEDGER, Kind.SELF})
LOOK_BACK = timedelta(days=2)  # a call that is held is made the day before it goes out
DAY = timedelta(days=1)


def again_at(person: str, earlier: Sequence[Notice], hours: Hours, now: datetime) -> datetime:
    """Return when *person* may be called because of a trouble that is told once a day: *now*, or,
    if that was done on this local day already, at the next day's calling hour. What waits for a
    later hour takes the new call with it.

    *earlier*: notices of the same kind and subject of the last days, of ended alerts too.
    """
    own = [n for n in earlier if n.person == person and _calls(n)]
    waiting = [n.not_before for n in own if n.state is NoticeState.PENDING and n.not_before > now]
    if waiting:
        return min(waiting)
    today = local_day(now, hours.zone)
    if all(local_day(_told_at(n), hours.zone) != today for n in own):
        return now
    return local_instant(today + DAY, hours.call_at, hours.zone)


def _calls(notice: Notice) -> bool:
    """Whether *notice* is a call that went out, may have, or will."""
    called = notice.event in (Event.ALERT, Event.REMINDER)
    return called and (notice.state is not NoticeState.WITHDRAWN or notice.attempts > 1)


def _told_at(notice: Notice) -> datetime:
    return notice.sent_at or max(notice.created_at, notice.not_before)
