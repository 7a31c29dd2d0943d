"""Judge gateways from what became of their sources' readings. Pure.

One account that fails says nothing of its gateway as long as another is read well; a gateway
is unhealthy when no source of it was read well since its oldest running failure began.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.model import AccountFacts, GatewayState, Outcome, SourceState

# What a gateway as a whole can cause; the others concern one source only.
SHARED = frozenset(
    {Outcome.TRANSPORT, Outcome.STATUS, Outcome.NOT_A_FEED, Outcome.NO_PULSE, Outcome.LIMITS}
)
# An account may cause these for itself; where several do at once it is a soft block, or a login
# page at another host, and the gateway's trouble.
SHARED_BY_SEVERAL = frozenset({Outcome.EMPTY, Outcome.WRONG_ACCOUNT})
FIRST_BACKOFF = timedelta(minutes=1)
OUTAGE = timedelta(minutes=15)
LONGEST_BACKOFF = timedelta(minutes=30)


def judged(
    gateway: str, sources: Sequence[SourceState], before: GatewayState | None, now: datetime
) -> GatewayState:
    """Return the state of *gateway* at *now*, given the states of its sources."""
    before = before or GatewayState(gateway)
    failing = _failing(sources)
    good = [s.last_good_at for s in sources if s.last_good_at and s.last_good_at <= now]
    tried = [s for s in sources if s.last_tried_at]
    newest = max(tried, key=lambda s: (s.last_tried_at or now, s.spec.id), default=None)
    began = min((s.failing_since for s in failing if s.failing_since), default=None)
    pulse = max(good, default=None)
    before = replace(before, warnings=_warnings(sources), ends_at=_ends_at(sources))
    if began is None or (pulse is not None and pulse >= began):
        return replace(
            before,
            healthy=True,
            failing_since=None,
            failures=0,
            last_tried_at=newest.last_tried_at if newest else None,
            last_pulse_at=pulse,
            last_outcome=newest.last_outcome if newest else None,
            last_detail=newest.last_detail if newest else "",
            well_since=now if _was_out(before, now) else before.well_since,
        )
    latest = max(failing, key=lambda s: s.last_tried_at or now)
    return replace(
        before,
        healthy=False,
        failing_since=began,
        failures=_failures(before, latest),
        last_tried_at=latest.last_tried_at,
        last_pulse_at=pulse,
        last_outcome=latest.last_outcome,
        last_detail=latest.last_detail,
    )


def _was_out(before: GatewayState, now: datetime) -> bool:
    """Whether an outage ends in which readings fell out. One that a witness cleared at once is
    none, or a crowd in which somebody always fails would be waited for again and again."""
    began = before.failing_since
    return not before.healthy and began is not None and now - began >= OUTAGE


def _failing(sources: Sequence[SourceState]) -> list[SourceState]:
    """The sources whose failure their gateway may be to blame for."""
    failing = [s for s in sources if s.failing_since]
    own = [s for s in failing if s.last_outcome in SHARED_BY_SEVERAL]
    several = len({s.spec.account for s in own}) > 1
    return [s for s in failing if s.last_outcome in SHARED] + (own if several else [])


def _warnings(sources: Sequence[SourceState]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line for s in sources for line in s.memory.warnings))


def _ends_at(sources: Sequence[SourceState]) -> datetime | None:
    """When the credential ends, as the source says that was read well most recently."""
    known = [(s.last_good_at, s.spec.id, s.memory.ends_at) for s in sources if s.last_good_at]
    return max((one for one in known if one[2]), default=(None, "", None))[2]


def _failures(before: GatewayState, latest: SourceState) -> int:
    """How often in a row the gateway as a whole was found failing, whichever source asked."""
    if before.healthy:
        return 1
    return before.failures + (latest.last_tried_at != before.last_tried_at)


def backed_off(state: GatewayState, asked: timedelta | None, now: datetime) -> GatewayState:
    """Return *state* with the earliest instant at which its gateway may be read again.

    What the gateway itself asked for (Retry-After) is respected even while it is healthy.
    """
    waits = [asked] if asked else []
    if not state.healthy:
        waits.append(min(FIRST_BACKOFF * 2 ** min(state.failures - 1, 16), LONGEST_BACKOFF))
    return replace(state, not_before=now + max(waits) if waits else None)


def resting(state: GatewayState | None, now: datetime) -> bool:
    """Return whether the gateway asked for rest, or backs off, at *now*.

    A rest that lies more than a day ahead stems from a clock that jumped and does not count.
    """
    if state is None or state.not_before is None:
        return False
    return now < state.not_before <= now + timedelta(days=1)


def readable(
    state: GatewayState | None, due: Sequence[SourceState], now: datetime
) -> Sequence[SourceState]:
    """Return which of a gateway's *due* sources may be read at *now*: none while it rests,
    one as a probe while it is unhealthy, else all.

    The probe is the one that is overdue longest: what is decisive may be what is broken, and
    would be probed again and again.
    """
    if resting(state, now):
        return ()
    if state is None or state.healthy:
        return due
    return sorted(due, key=lambda s: (s.next_read_at is not None, s.next_read_at or now))[:1]


def probe(state: GatewayState, sources: Sequence[SourceState]) -> SourceState | None:
    """Return the source that can tell soonest whether a newly failing gateway is to blame:
    the one most recently read well that has not been tried since. None when there is none."""
    began = state.failing_since
    if state.healthy or began is None:
        return None
    untried = [s for s in sources if s.last_good_at and (s.last_tried_at or began) < began]
    return max(untried, key=lambda s: s.last_good_at or began, default=None)


def shadowed(facts: AccountFacts, gateways: dict[str, GatewayState]) -> AccountFacts:
    """Return *facts* in which sources behind an unhealthy gateway count as failing too.

    While a gateway is down only one of its sources is tried; the others are just as blind.
    """
    return replace(facts, sources=tuple(_shadow(s, gateways) for s in facts.sources))


def patient_since(
    facts: AccountFacts, gateways: Mapping[str, GatewayState], awake_since: datetime | None
) -> datetime | None:
    """Return since when an account may be waited for: since the service is awake, or its gateway
    is well again. Of the hundreds behind it most wait for their turn at that moment, and none of
    them may be called blind for it. None where *awake_since* is."""
    found = (gateways.get(source.spec.gateway) for source in facts.sources)
    well = [state.well_since for state in found if state and state.well_since]
    return max([awake_since, *well]) if awake_since is not None else None


def _shadow(source: SourceState, gateways: dict[str, GatewayState]) -> SourceState:
    state = gateways.get(source.spec.gateway)
    if state is None or state.healthy or state.failing_since is None or source.failing_since:
        return source
    return replace(
        source,
        last_tried_at=max(filter(None, (source.last_tried_at, state.last_tried_at)), default=None),
        failing_since=state.failing_since,
        last_outcome=state.last_outcome,
        last_detail=state.last_detail,
    )
