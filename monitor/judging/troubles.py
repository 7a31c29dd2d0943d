"""What alerts about gateways are about: a gateway as a whole, or a family of its routes. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from monitor.model import GatewayState, RouteHealth
from monitor.polling.health import route_of


@dataclass(frozen=True, slots=True)
class Trouble:
    """What one alert about *gateway* is about: its *families* of routes, and their health put
    together."""

    subject: str
    gateway: str
    families: tuple[str | None, ...]
    route: RouteHealth


def troubles(state: GatewayState, open_now: Collection[str]) -> Iterator[Trouble]:
    """Yield everything about a gateway's health that may be alerted of, well or not.

    What fails together is one trouble: the gateway as a whole, while all of its families are
    sick, unless one of them was alerted of before the others (*open_now*: subjects of open
    alerts). Else each family is a trouble of its own.
    """
    gateway, routes = state.gateway, state.families
    if len(routes) < 2:
        families = tuple(one.family for one in routes)
        yield Trouble(gateway, gateway, families, routes[0] if routes else route_of(state, ""))
        return
    own = {one.family: f"{gateway}#{one.family}" for one in routes}
    whole = not any(one.healthy for one in routes) and not set(own.values()) & set(open_now)
    families = tuple(own)
    yield Trouble(gateway, gateway, families, _together(routes) if whole else _well(routes[0]))
    for one in routes:
        yield Trouble(own[one.family], gateway, (one.family,), _well(one) if whole else one)


def _together(routes: Sequence[RouteHealth]) -> RouteHealth:
    return min(routes, key=lambda one: (one.failing_since is None, one.failing_since))


def _well(route: RouteHealth) -> RouteHealth:
    return replace(route, healthy=True, failing_since=None)
