"""The kinds of gateway this version has, each loaded when it is first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from alerts.common.deadline import Limits
from alerts.common.lazy import LazyMapping, kind_of
from alerts.common.redaction import login_of
from monitor.model import Gateway
from monitor.sources.answers import USUAL, Spend, unmetered
from monitor.sources.base import Source
from monitor.sources.kind import Kind

# The file of each kind; its `KIND` says the rest.
FILES = {
    "rsshub": "rsshub",
    "wewe_rss": "wewe_rss",
    "wechat2rss": "wechat2rss",
    "we_mp_rss": "we_mp_rss",
    "web_page": "web_page",
    "feed": "generic",
    "weibo_mobile": "weibo_mobile",
    "weibo_api": "weibo_api",
    "wechat_api": "wechat_api",
    "wechat_component": "wechat_component",
    "json": "json_list",
    "by_hand": "by_hand",
    "manual": "manual",
}


KINDS: Mapping[str, Kind] = LazyMapping(FILES, lambda name: kind_of("monitor.sources", FILES[name]))


def build(gateway: Gateway, limits: Limits = USUAL, spend: Spend = unmetered) -> Source:
    """Return *gateway* ready to be read; *spend* counts its requests. Raises `KeyError` for a
    kind not in `KINDS`."""
    # The library that makes requests takes a tenth of a second to load: only readers pay for it.
    from alerts.common.http import Route  # noqa: PLC0415
    from monitor.sources.http import Http  # noqa: PLC0415

    kind = KINDS[gateway.kind]
    secrets = [*([gateway.key] if gateway.key else []), *login_of(gateway.url)]
    home = None if gateway.allow_private else gateway.url or kind.home or ""
    within = replace(limits, body=gateway.max_body or min(limits.body, kind.max_body))
    route = Route(gateway.proxy, gateway.trust_env)
    http = Http(secrets, within, max(gateway.concurrency, 1), home, spend, route)
    return kind.make(gateway, http)


def check_locator(kind: str, locator: str) -> str | None:
    """Return what is wrong with *locator* for a gateway of *kind*, or None."""
    if kind not in KINDS:
        return None
    return KINDS[kind].problem(locator)


def check_key(kind: str, key: str | None) -> str | None:
    """Return what is wrong with a *key* for a gateway of *kind*, without quoting it, or None."""
    return KINDS[kind].key(key) if kind in KINDS else None


def by_hand(kind: str | None) -> bool:
    """Return whether nothing is ever read through a gateway of *kind*: people report its posts."""
    return kind is not None and kind in KINDS and KINDS[kind].by_hand


def asked(kind: str | None) -> bool:
    """Return whether a person is asked to look for what a gateway of *kind* would read."""
    return kind is not None and kind in KINDS and KINDS[kind].asked


def locator_warning(kind: str, locator: str) -> str | None:
    """Return what an operator should know of a *locator* that works, or None."""
    return KINDS[kind].warning(locator) if kind in KINDS else None
