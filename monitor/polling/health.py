"""Judge the families of a gateway's routes from what became of their readings. Pure.

A family is one platform behind one gateway, of RSSHub one first part of the path. It is sick when
a source fails whose run of failures began after the family's newest good answer, and the witness,
the source of that answer, fails too. So one account that is broken for good neither makes its
gateway sick nor hides its death.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitor.model import (
    AccountFacts,
    Gateway,
    GatewayState,
    Outcome,
    RouteHealth,
    SourceState,
)

# What a gateway as a whole can cause; the others concern one source only.
SHARED = frozenset(
    {Outcome.TRANSPORT, Outcome.STATUS, Outcome.NOT_A_FEED, Outcome.NO_PULSE, Outcome.LIMITS}
)
# An account may cause these for itself; where several do at once it is a soft block, a login page
# at another host, or a new version's answer, and the gateway's trouble.
SHARED_BY_SEVERAL = frozenset({Outcome.EMPTY, Outcome.WRONG_ACCOUNT, Outcome.BROKEN})
BLAMED = SHARED | SHARED_BY_SEVERAL
FIRST_PART = re.compile("[^/?#]*")
FIRST_BACKOFF = timedelta(minutes=1)
OUTAGE = timedelta(minutes=15)
LONGEST_BACKOFF = timedelta(minutes=30)
SAME_HOURS = timedelta(hours=1)  # how far yesterday's outage and today's may lie apart
DAY = timedelta(days=1)
NEVER = datetime(1970, 1, 1, tzinfo=UTC)

Routes = Mapping[str, RouteHealth]  # by source


def family_of(gateway: Gateway, platform: str, locator: str) -> str:
    """Return the family of routes to which *locator* belongs."""
    if gateway.kind != "rsshub":
        return platform
    found = FIRST_PART.match(locator.lstrip("/"))
    return found[0] if found else ""


def route_of(state: GatewayState, family: str) -> RouteHealth:
    """Return the health of one family of routes; while none was judged yet, the gateway's own."""
    whole = RouteHealth(
        family,
        state.healthy,
        state.failing_since,
        state.failures,
        state.last_tried_at,
        state.last_pulse_at,
        state.last_outcome,
        state.last_detail,
        well_since=state.well_since,
    )
    return next((one for one in state.families if one.family == family), None) or (
        whole if not state.families else RouteHealth(family)
    )


def judged(
    gateway: str,
    families: Mapping[str, Sequence[SourceState]],
    before: GatewayState | None,
    now: datetime,
) -> GatewayState:
    """Return the state of *gateway* at *now*, given the states of its sources by family; a canary
    that sees is a source like any other."""
    before = before or GatewayState(gateway)
    routes = tuple(
        _route(route_of(before, family), sources, now) for family, sources in families.items()
    )
    sources = [s for group in families.values() for s in group]
    noted = replace(before, families=routes, warnings=_warnings(sources), ends_at=_ends_at(sources))
    return _summed_up(noted, routes)


def _route(before: RouteHealth, sources: Sequence[SourceState], now: datetime) -> RouteHealth:
    began = sick_since(sources, now)
    pulse = _newest_good(sources, now)
    if began is None:
        tried = [s for s in sources if s.last_tried_at]
        newest = max(tried, key=lambda s: (s.last_tried_at or NEVER, s.spec.id), default=None)
        return _well(_noted(before, newest, pulse), now)
    failing = [s for s in sources if _failing(s, now)]
    latest = max(failing, key=lambda s: s.last_tried_at or NEVER)
    return replace(
        _noted(before, latest, pulse),
        healthy=False,
        failing_since=began if before.healthy else min(began, before.failing_since or began),
        failures=_failures(before, latest),
    )


def _noted(before: RouteHealth, newest: SourceState | None, pulse: datetime | None) -> RouteHealth:
    return replace(
        before,
        last_tried_at=newest.last_tried_at if newest else None,
        last_good_at=pulse,
        last_outcome=newest.last_outcome if newest else None,
        last_detail=newest.last_detail if newest else "",
    )


def _well(route: RouteHealth, now: datetime) -> RouteHealth:
    """An outage counts in which readings fell out. One that a witness cleared at once is none, or
    a crowd in which somebody always fails would be waited for again and again."""
    began = route.failing_since
    over = replace(route, healthy=True, failing_since=None, failures=0, probe_at=None)
    if route.healthy or began is None or now - began < OUTAGE:
        return over
    return replace(over, well_since=now, outage=(began, now))


def _failures(before: RouteHealth, latest: SourceState) -> int:
    """How often in a row the family as a whole was found failing, whichever source asked."""
    if before.healthy:
        return 1
    return before.failures + (latest.last_tried_at != before.last_tried_at)


def _summed_up(state: GatewayState, routes: Sequence[RouteHealth]) -> GatewayState:
    sick = [one for one in routes if not one.healthy]
    shown = max(sick or routes, key=lambda one: one.last_tried_at or NEVER, default=RouteHealth(""))
    return replace(
        state,
        healthy=not sick,
        failing_since=min((one.failing_since for one in sick if one.failing_since), default=None),
        failures=max((one.failures for one in sick), default=0),
        last_tried_at=shown.last_tried_at,
        last_pulse_at=max((r.last_good_at for r in routes if r.last_good_at), default=None),
        last_outcome=shown.last_outcome,
        last_detail=shown.last_detail,
        well_since=max((one.well_since for one in routes if one.well_since), default=None),
    )


def sick_since(sources: Sequence[SourceState], now: datetime) -> datetime | None:
    """Return since when a family of routes with these *sources* is sick; None while it is well.

    It is well again by any answer that begins after the failures: those that began before the
    newest good answer accuse nobody.
    """
    suspects = _suspects(sources, now)
    began = min((s.failing_since for s in suspects if s.failing_since), default=None)
    if began is None or _convicted(suspects, sources, now):
        return began
    alone = not any(_sees(s, now) for s in sources)
    shared = any(s.last_outcome in SHARED for s in suspects)
    return began if alone and shared and now - began >= OUTAGE else None


def witness(sources: Sequence[SourceState], now: datetime) -> SourceState | None:
    """Return the source to ask at once whether the whole family fails: the one read well most
    recently that was not tried since. None where nobody is under suspicion, or left to ask."""
    began = min((s.failing_since for s in _suspects(sources, now) if s.failing_since), default=None)
    if began is None:
        return None
    untried = [s for s in sources if _sees(s, now) and (s.last_tried_at or NEVER) < began]
    return max(untried, key=_good_at, default=None)


def _convicted(
    suspects: Sequence[SourceState], sources: Sequence[SourceState], now: datetime
) -> bool:
    """Whether the source of the newest good answer fails beside another's; where there never was
    a good answer, whether several accounts fail."""
    # One that answers, and is no good for itself, is no witness either way.
    known = [s for s in sources if s.last_good_at and s.last_good_at <= now]
    known = [s for s in known if s.failing_since is None or _failing(s, now)]
    if not known:
        return len({s.spec.account for s in suspects}) > 1
    asked = max(known, key=_good_at)
    return _failing(asked, now) and any(s.spec.account != asked.spec.account for s in suspects)


def _suspects(sources: Sequence[SourceState], now: datetime) -> list[SourceState]:
    """The sources that fail since after the newest good answer; at the same instant it wins."""
    good = _newest_good(sources, now) or NEVER
    return [s for s in sources if _failing(s, now) and (s.failing_since or NEVER) > good]


def _failing(source: SourceState, now: datetime) -> bool:
    """Whether it fails in a way of which its gateway may be to blame. What lies ahead of now stems
    from a clock that jumped."""
    since = source.failing_since
    return since is not None and since <= now and source.last_outcome in BLAMED


def _sees(source: SourceState, now: datetime) -> bool:
    return bool(source.last_good_at and source.last_good_at <= now and not source.failing_since)


def _good_at(source: SourceState) -> tuple[datetime, str]:
    return source.last_good_at or NEVER, source.spec.id


def _newest_good(sources: Sequence[SourceState], now: datetime) -> datetime | None:
    good = (s.last_good_at for s in sources if s.last_good_at and s.last_good_at <= now)
    return max(good, default=None)


def _warnings(sources: Sequence[SourceState]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line for s in sources for line in s.memory.warnings))


def _ends_at(sources: Sequence[SourceState]) -> datetime | None:
    """When the credential ends, as the source says that was read well most recently."""
    said = [(s.last_good_at, s.spec.id, s.memory.ends_at) for s in sources if s.last_good_at]
    return max((one for one in said if one[2]), default=(None, "", None))[2]


def expected_until(route: RouteHealth) -> datetime | None:
    """Return until when an outage is yesterday's come again, one that everybody concerned knows
    of; None for an outage at other hours."""
    if route.outage is None or route.failing_since is None:
        return None
    began, ended = (at + DAY for at in route.outage)
    same = began - SAME_HOURS <= route.failing_since <= ended
    return ended + SAME_HOURS if same else None


def backed_off(state: GatewayState, asked: timedelta | None, now: datetime) -> GatewayState:
    """Return *state* with the earliest instants at which its gateway may be read again.

    What the gateway itself asked for (Retry-After) holds for all of it, even while it is healthy;
    our own back-off for the families that are sick.
    """
    rest = state.not_before if resting(state, now) else None
    routes = tuple(
        one if one.healthy else replace(one, probe_at=now + _pause(one)) for one in state.families
    )
    return replace(state, families=routes, not_before=now + asked if asked else rest)


def _pause(route: RouteHealth) -> timedelta:
    doubled: int = 2 ** min(max(route.failures - 1, 0), 16)
    return min(FIRST_BACKOFF * doubled, LONGEST_BACKOFF)


def resting(state: GatewayState | None, now: datetime) -> bool:
    """Return whether the gateway asked for rest (Retry-After) that lasts at *now*.

    A rest that lies more than a day ahead stems from a clock that jumped and does not count.
    """
    return state is not None and _ahead(state.not_before, now)


def _ahead(at: datetime | None, now: datetime) -> bool:
    return at is not None and now < at <= now + DAY


def readable(
    route: RouteHealth, due: Sequence[SourceState], now: datetime
) -> Sequence[SourceState]:
    """Return which *due* sources of one family may be read at *now*: one as a probe while it is
    sick, none until that is due, else all.

    The probe is one that was not tried since the trouble began, the one read well most recently
    first; then the one that is overdue longest. What is decisive may be what is broken, and would
    be probed again and again.
    """
    if route.healthy:
        return due
    if _ahead(route.probe_at, now) or not due:
        return ()
    untried = [s for s in due if (s.last_tried_at or NEVER) < (route.failing_since or NEVER)]
    if untried:
        return [max(untried, key=_good_at)]
    return sorted(due, key=lambda s: (s.next_read_at is not None, s.next_read_at or now))[:1]


def shadowed(facts: AccountFacts, routes: Routes) -> AccountFacts:
    """Return *facts* in which sources behind a sick family of routes count as failing too.

    While it is sick only one of its sources is tried; the others are just as blind.
    """
    return replace(facts, sources=tuple(_shadow(s, routes.get(s.spec.id)) for s in facts.sources))


def patient_since(routes: Iterable[RouteHealth], awake_since: datetime | None) -> datetime | None:
    """Return since when an account may be waited for: since the service is awake, or its routes
    are well again. Of the hundreds behind them most wait for their turn at that moment, and none
    of them is to become blind for it. None where *awake_since* is."""
    well = [one.well_since for one in routes if one.well_since]
    return max([awake_since, *well]) if awake_since is not None else None


def _shadow(source: SourceState, route: RouteHealth | None) -> SourceState:
    if route is None or route.healthy or route.failing_since is None or source.failing_since:
        return source
    return replace(
        source,
        last_tried_at=max(filter(None, (source.last_tried_at, route.last_tried_at)), default=None),
        failing_since=route.failing_since,
        last_outcome=route.last_outcome,
        last_detail=route.last_detail,
    )
