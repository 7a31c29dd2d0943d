"""Whether more was published between two readings than a window shows. Pure.

A window holds so many items, or the items of so many days. One that is bounded by number loses
items only to newer ones; one bounded by days loses them to their age, and shows by it what it is.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

from monitor.model import SourceMemory, SourceState
from monitor.polling.window import Window

PINS = 2  # an account may pin two posts; unmarked, they sit among the oldest of a window
SHORT = 10  # a window with fewer items than any gateway's cannot have overrun
ALONE = PINS + 1  # a list that holds no more shows nothing beside what is new and what may be pins
HARDLY = 3  # so many times what the account's rate allows is no chance any more
NONE = timedelta(0)


def covered_from(window: Window, state: SourceState, as_of: datetime) -> tuple[datetime, bool]:
    """Return since when *window* shows every post, and whether that is without a gap to the last
    good reading of its source.

    Unbroken: nothing was lost since then (see `_unbroken`). Otherwise it covers only itself,
    as far back as its items reach, the two oldest aside.
    """
    seen_to = state.weak_as_of or state.last_good_at
    oldest = min((at for _, at in window[:-PINS]), default=as_of)
    if seen_to is None:
        return min(oldest, as_of), True
    if _unbroken(window, state.memory, seen_to, as_of):
        return min(seen_to, as_of), True
    return min(oldest, as_of), False


def age_bound(window: Window, memory: SourceMemory, as_of: datetime) -> timedelta | None:
    """Return the age beyond which the source drops an item; None where nothing shows that it does.

    It is seen where more items left than came, all of them older than all that stayed; an older
    item that is still shown disproves it.
    """
    shown = {key for key, _ in window}
    left = [at for key, at in memory.window if key not in shown]
    stayed = [at for key, at in memory.window if key in shown]
    known = memory.bound
    if left and stayed and len(window) < len(memory.window) and max(left) < min(stayed):
        found = as_of - max(left)
        known = min(known, found) if known else found
    oldest = min((at for _, at in window), default=as_of)
    return known if known and as_of - oldest <= known else None


def aged_out(state: SourceState, as_of: datetime, known_newest: datetime | None) -> bool:
    """Return whether all posts that are known are too old to be shown at *as_of*, and the last
    good reading is recent enough to leave no time unseen in between.

    *known_newest*: the account's newest post, from whatever source.
    """
    bound, seen_to = state.memory.bound, state.weak_as_of or state.last_good_at
    if bound is None or seen_to is None:
        return False
    known = [at for _, at in state.memory.window] + ([known_newest] if known_newest else [])
    return as_of - bound <= seen_to and all(at < as_of - bound for at in known)


def _unbroken(window: Window, memory: SourceMemory, seen_to: datetime, as_of: datetime) -> bool:
    """Whether nothing can have been lost between the last good reading and this one.

    It shares a post with the last window, or reaches back past it, the two oldest items aside
    (they may be pins). Or nothing new came at all. Or the window was not full: all of the last
    one is still there in fewer than ten, or it holds less than half of the most it ever did and
    still some of the last. Or it is bounded by days and reaches back past the last reading. Or it
    never holds enough to show any of this, and there was no time for more (see `_no_time`).
    """
    before = dict(memory.window)
    shown = dict(window)
    shared = before.keys() & shown.keys()
    if any(key in before or at <= seen_to for key, at in window[:-PINS]):
        return True
    if len(window) < SHORT and before.keys() <= shown.keys():
        return True
    if shared and (shared == shown.keys() or 2 * len(window) < memory.most):
        return True
    if max(len(window), memory.most) <= ALONE and _no_time(window, memory, seen_to):
        return True
    bound = age_bound(window, memory, as_of)
    return bound is not None and _reaches_past(window, seen_to, as_of - bound)


def _no_time(window: Window, memory: SourceMemory, seen_to: datetime) -> bool:
    """Whether another post can hardly lie between the last good reading and what is new.

    Where all that left is older than all that stayed, there was less time for one than the account
    ever left between two posts; where nothing stayed but what may be a pin, and one is new, less
    than a third of that.
    """
    before, shown = dict(memory.window), dict(window)
    new = [at for key, at in window if key not in before]
    stayed = [at for key, at in memory.window if key in shown]
    left = [at for key, at in memory.window if key not in shown]
    dates = sorted({*before.values(), *shown.values()})
    between = min((after - at for at, after in pairwise(dates)), default=NONE)
    time_for = min(new, default=seen_to) - seen_to
    if stayed and all(at < min(stayed) for at in left):
        return time_for < between
    return len(new) == 1 and time_for * HARDLY < between


def _reaches_past(window: Window, seen_to: datetime, floor: datetime) -> bool:
    """An empty one reaches as far back as it is bounded."""
    if not window:
        return floor <= seen_to
    return any(at <= seen_to for _, at in window)
