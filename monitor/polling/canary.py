"""Judge a gateway by its canaries: busy accounts, read through it but never reported. Pure.

A collector that has died goes on serving what it has. Only a post that appears shows that it
still collects; an account that posts every day shows it every day. Decides what the canaries
say and what that means for a reading. Reads and stores nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from statistics import median_low

from alerts.told import Detail
from monitor.causes import Cause
from monitor.model import (
    Gateway,
    Outcome,
    Pulse,
    SourceSpec,
    SourceState,
    source_id,
)
from monitor.polling.window import validators_of, window_of
from monitor.sources.base import Fetched, ReadRequest

READ_EVERY = timedelta(minutes=30)  # how often the canaries are looked at
READ_WITHIN = timedelta(hours=6)  # what an older look saw says nothing of now
PATIENCE = 3  # times its usual gap may pass before a canary has fallen silent …
SHORTEST = timedelta(hours=12)  # … but at least a night …
LONGEST = timedelta(days=7)  # … and at most a week: less busy accounts are no canaries
RHYTHM = 3  # moments of posting needed to know a usual gap
UNPROVEN = datetime(1970, 1, 1, tzinfo=UTC)  # of a post without a date that can be believed


class Sight(StrEnum):
    """What the canaries say of their gateway."""

    SEEING = "seeing"
    BLIND = "blind"
    UNKNOWN = "unknown"  # none was configured, none could be read, or none has a rhythm yet


@dataclass(frozen=True, slots=True)
class CanaryPulse:
    """What the canaries show at one moment. *as_of*: the newest post that confirms it."""

    sight: Sight
    as_of: datetime | None = None
    detail: str = ""


def specs(gateway: Gateway) -> tuple[SourceSpec, ...]:
    """Return *gateway*'s canaries as sources; their account is no account's id."""
    owner = f"canary:{gateway.id}"
    return tuple(
        SourceSpec(source_id(owner, gateway.id, c), owner, gateway.id, c) for c in gateway.canary
    )


def is_canary(state: SourceState) -> bool:
    """Return whether *state* is a canary's, and no account's source."""
    return state.spec.account == f"canary:{state.spec.gateway}"


def due(state: SourceState, now: datetime, every: timedelta = READ_EVERY) -> bool:
    """Return whether a canary that is looked at so often is to be looked at again at *now*."""
    last = state.last_tried_at
    return last is None or not last <= now < last + every


def request(state: SourceState, now: datetime) -> ReadRequest:
    """Return the request for a look at *now*; whose posts they are does not matter."""
    return ReadRequest(state.spec, "", state.memory, now)


def looked(state: SourceState, fetched: Fetched, now: datetime) -> SourceState:
    """Return what is known of a canary after *fetched* was read at *now*.

    The gateway's own pulse does not matter here. A failed look changes nothing of what was
    seen before.
    """
    tried = replace(
        state, last_tried_at=now, last_outcome=fetched.outcome, last_detail=fetched.detail
    )
    if not fetched.outcome.answered or fetched.posts == ():
        outcome = Outcome.EMPTY if fetched.outcome.answered else fetched.outcome
        since = state.failing_since or now
        return replace(
            tried, last_outcome=outcome, failing_since=since, failures=state.failures + 1
        )
    # A post without a date that can be believed proves nothing: else a frozen feed would come
    # alive on the day it names.
    shown = fetched.posts
    window = state.memory.window if shown is None else window_of(shown, state.memory, now, UNPROVEN)
    memory = replace(
        state.memory,
        validators=validators_of(fetched, state.memory),
        body_hash=fetched.body_hash,
        window=window,
        ever_good=True,
    )
    return replace(tried, last_good_at=now, failing_since=None, failures=0, memory=memory)


def usual_gap(window: Iterable[tuple[str, datetime]]) -> timedelta | None:
    """Return the time that usually passes between two moments of posting: the median.

    The articles of one push are one moment. The median, because a pinned post makes one gap
    of years. None for fewer than three moments.
    """
    moments = sorted({at for _, at in window if at > UNPROVEN})
    if len(moments) < RHYTHM:
        return None
    return median_low([after - before for before, after in pairwise(moments)])


def patience(window: Iterable[tuple[str, datetime]]) -> timedelta | None:
    """Return how long a canary may be quiet without having fallen silent; None if unknown."""
    gap = usual_gap(window)
    return min(max(gap * PATIENCE, SHORTEST), LONGEST) if gap is not None else None


def canary_pulse(states: Sequence[SourceState], now: datetime) -> CanaryPulse:
    """Return what a gateway's canaries say at *now*: it sees if one of them was lately seen to
    post, and is blind if all that have a rhythm have fallen silent at once."""
    looks = [s for s in states if _lately(s, now)]
    posting = [at for s in looks if (at := _newest(s, now)) and _posting(s, at, now)]
    if posting:
        return CanaryPulse(Sight.SEEING, max(posting))
    silent = [at for s in looks if patience(s.memory.window) and (at := _newest(s, now))]
    if silent:
        since = max(silent)
        line = f"no canary has posted since {since:%Y-%m-%d %H:%M} UTC"
        return CanaryPulse(Sight.BLIND, None, Detail(line, Cause.CANARY))
    return CanaryPulse(Sight.UNKNOWN, None, "no canary could be read" if states else "")


def confirmed(fetched: Fetched, canaries: CanaryPulse) -> Fetched:
    """Return *fetched* with the pulse that the canaries leave it.

    What they cannot confirm stays as it is: a feed that is proven to be dead by itself (no
    *as_of*), and one that describes an instant before their newest post.
    """
    if not fetched.outcome.answered or canaries.sight is Sight.UNKNOWN:
        return fetched
    if canaries.sight is Sight.BLIND:
        return replace(fetched, pulse=Pulse.NONE, as_of=None, detail=canaries.detail)
    if fetched.pulse is Pulse.FULL or fetched.as_of is None or canaries.as_of is None:
        return fetched
    as_of = min(fetched.as_of, canaries.as_of)
    return replace(fetched, pulse=Pulse.FULL, as_of=as_of, detail="")


def _lately(state: SourceState, now: datetime) -> bool:
    at = state.last_good_at
    return at is not None and timedelta(0) <= now - at <= READ_WITHIN


def _newest(state: SourceState, now: datetime) -> datetime | None:
    return max((at for _, at in state.memory.window if UNPROVEN < at <= now), default=None)


def _posting(state: SourceState, newest: datetime, now: datetime) -> bool:
    return now - newest <= (patience(state.memory.window) or SHORTEST)
