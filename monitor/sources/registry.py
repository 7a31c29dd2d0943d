"""The kinds of gateway this version has: how each is built and what its locators look like."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.model import Gateway
from monitor.sources import (
    generic,
    rsshub,
    we_mp_rss,
    web_page,
    wechat2rss,
    wechat_api,
    weibo_api,
    weibo_mobile,
    wewe_rss,
)
from monitor.sources.answers import USUAL, Limits
from monitor.sources.base import Source

if TYPE_CHECKING:
    from monitor.sources.http import Http


def _nothing_to_warn_of(_: str) -> str | None:
    return None


def _any_key(_: str | None) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of gateway. *expects* says in words what a locator looks like; *sample*:
    whether the built-in sample gateway can stand in for it. *key*: what is wrong with a
    gateway's key, if anything; *home*: where the platform is, for a gateway without a url.
    *mute*: it gives no sign of life of its own and needs a canary."""

    make: Callable[[Gateway, Http], Source]
    expects: str
    problem: Callable[[str], str | None]
    warning: Callable[[str], str | None] = _nothing_to_warn_of
    sample: bool = False
    key: Callable[[str | None], str | None] = _any_key
    home: str | None = None
    mute: bool = False


KINDS: Mapping[str, Kind] = {
    "rsshub": Kind(
        rsshub.RssHub,
        rsshub.EXPECTS,
        rsshub.locator_problem,
        rsshub.locator_warning,
        sample=True,
    ),
    "wewe_rss": Kind(wewe_rss.WeweRss, wewe_rss.EXPECTS, wewe_rss.locator_problem, sample=True),
    "wechat2rss": Kind(wechat2rss.Wechat2Rss, wechat2rss.EXPECTS, wechat2rss.locator_problem),
    "we_mp_rss": Kind(
        we_mp_rss.WeMpRss,
        we_mp_rss.EXPECTS,
        we_mp_rss.locator_problem,
        we_mp_rss.locator_warning,
        mute=True,
    ),
    "web_page": Kind(web_page.WebPage, web_page.EXPECTS, web_page.locator_problem),
    "feed": Kind(generic.PlainFeed, generic.EXPECTS, generic.locator_problem),
    "weibo_mobile": Kind(
        weibo_mobile.WeiboMobile,
        weibo_mobile.EXPECTS,
        weibo_mobile.locator_problem,
        key=weibo_mobile.key_problem,
        home=weibo_mobile.HOME,
    ),
    "weibo_api": Kind(
        weibo_api.WeiboApi,
        weibo_api.EXPECTS,
        weibo_api.locator_problem,
        key=weibo_api.key_problem,
        home=weibo_api.HOME,
    ),
    "wechat_api": Kind(
        wechat_api.WechatApi,
        wechat_api.EXPECTS,
        wechat_api.locator_problem,
        key=wechat_api.key_problem,
        home=wechat_api.HOME,
    ),
}


def build(gateway: Gateway, limits: Limits = USUAL) -> Source:
    """Return *gateway* ready to be read. Raises `KeyError` for a kind not in `KINDS`."""
    # The library that makes requests takes a tenth of a second to load: only readers pay for it.
    from monitor.sources.http import Http  # noqa: PLC0415

    kind = KINDS[gateway.kind]
    secrets = [gateway.key] if gateway.key else []
    home = None if gateway.allow_private else gateway.url or kind.home or ""
    http = Http(secrets, limits, max(gateway.concurrency, 1), home)
    return kind.make(gateway, http)


def check_locator(kind: str, locator: str) -> str | None:
    """Return what is wrong with *locator* for a gateway of *kind*, or None."""
    if kind not in KINDS:
        return None
    return KINDS[kind].problem(locator)


def check_key(kind: str, key: str | None) -> str | None:
    """Return what is wrong with a *key* for a gateway of *kind*, without quoting it, or None."""
    return KINDS[kind].key(key) if kind in KINDS else None


def locator_warning(kind: str, locator: str) -> str | None:
    """Return what an operator should know of a *locator* that works, or None."""
    return KINDS[kind].warning(locator) if kind in KINDS else None
