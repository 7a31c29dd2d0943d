"""Until when something may have been published that nothing shows. Pure."""

from __future__ import annotations

from datetime import datetime

from monitor.counted import ListedDay, Tally
from monitor.ledger.days import end, on_their_days


def unshown(listed: ListedDay | None) -> tuple[datetime, int] | None:
    """Return up to when articles were published that nothing shows, and how many; None if the
    newest day in the statistics has no more than are known.

    More than that is not known: at some hour of that day the account was not silent. That a
    day lists nothing is no proof of the opposite.
    """
    if listed is None:
        return None
    known = on_their_days(listed.dates, lambda at: at, {listed.day: listed.articles})
    lacking = listed.articles - len(known[listed.day])
    return (end(listed.day), lacking) if lacking > 0 else None


def silent_since(last_post_at: datetime, tally: Tally | None) -> datetime:
    """Return the earliest instant since which nothing can have been published.

    The last post seen, or later where the count rose unexplained: up to then an unseen post may
    have been published. Between the limit after *last_post_at* and the limit after this, the
    account is blind; only then is it silent.
    """
    risen_at = tally.risen_at if tally else None
    return max(last_post_at, risen_at) if risen_at else last_post_at
