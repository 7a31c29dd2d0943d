"""What an address that somebody pastes names, and how each kind of gateway calls that. Pure.

An account's own page, one of its posts or articles, or a column of a website; follows no link.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote

from alerts.platforms import BY_HOST
from monitor.ledger.identity import WECHAT_HOST, WEIBO_HOSTS, account_identity, split_link
from monitor.model import Gateway

WEIBO, WECHAT, WEBSITE = "weibo", "wechat", "website"
LONGEST_NUMBER = 120
FEED_ID = re.compile(r"MP_WXS_(\d{5,12})", re.A)
WEIBO_PAGE = re.compile(r"/p/100[356]0[0-9](\d{10,12})(?:/|$)", re.A)
WEIBO_POST = re.compile(r"/(?:status|detail|statuses)/(\w{8,20})/?$", re.A)
WEIBO_NAME = re.compile(r"/n/([^/]{1,60})/?$")
WEIBO_WORD = re.compile(r"/([A-Za-z][\w-]{2,40})/?$", re.A)
SHORT_ARTICLE = re.compile(r"/s/([\w-]{10,64})/?$", re.A)
BARE = re.compile(r"(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?(?:[/?#].*)?", re.A | re.I)
# How a kind calls an account by its number; `{}` stands for that. The routes are RSSHub's own.
LOCATORS: Mapping[str, Mapping[str, str]] = {
    "rsshub": {
        WEIBO: "weibo/user/{}",
        "douyin": "douyin/user/{}",
        "kuaishou": "kuaishou/user/{}",
        "toutiao": "toutiao/user/token/{}",
        "bilibili": "bilibili/user/dynamic/{}",
        "xiaohongshu": "xiaohongshu/user/{}/notes",
    },
    "weibo_mobile": {WEIBO: "{}"},
    "weibo_api": {WEIBO: "{}"},
    "wewe_rss": {WECHAT: "MP_WXS_{}"},
    "we_mp_rss": {WECHAT: "MP_WXS_{}"},
    "wechat2rss": {WECHAT: "{}"},
}
# What ends an address in Chinese text, and what in any.
BETWEEN = re.compile(r"[\s，。、；：！？（）《》〈〉「」『』【】“”‘’]+|[,;|]+(?=https?://)")
AROUND = "<>()[]'\",.;:!?"
# Services that shorten addresses: where one leads only they know.
SHORTENED = frozenset(
    {"t.cn", "url.cn", "dwz.cn", "suo.im", "b23.tv", "v.douyin.com", "v.kuaishou.com"}
    | {"xhslink.com", "m.toutiao.com", "sourl.cn", "w.url.cn"}
)
SEEING_WEIBO = ("rsshub", "weibo_mobile")  # kinds that read every public account of Weibo
BY_LINK = ("web_page", "feed")  # kinds that read a website by its address


@dataclass(frozen=True, slots=True)
class Address:
    """What an address names: an account of *platform*.

    *number*: the account's own on its platform, where the address shows it. Else what may be looked
    up: *name*, which Weibo knows it by, or *post*, the id of one of its posts or articles. *link*:
    the address, whole.
    """

    platform: str
    link: str
    number: str | None = None
    name: str | None = None
    post: str | None = None


# 人民日报's: it posts every few hours, so that what shows none of it does not see Weibo.
BUSY = Address(WEIBO, "https://weibo.com/u/2803301701", "2803301701")


def addresses_in(text: str) -> list[str]:
    """Return the addresses in *text*, each once, without what stands around them where people copy
    or share; *text* itself where there is none."""
    pieces = (piece.strip(AROUND) for piece in BETWEEN.split(text.replace("&amp;", "&")))
    found = dict.fromkeys(one for piece in pieces if (one := _address(piece)))
    return list(found) or [text.strip()]


def shortened(address: Address) -> bool:
    """Return whether *address* hides where it leads."""
    return split_link(address.link).hostname in SHORTENED


def _address(piece: str) -> str | None:
    start = re.search(r"https?://.", piece, re.I)
    if start:
        return piece[start.start() :]
    return piece if FEED_ID.fullmatch(piece) or BARE.fullmatch(piece) else None


def recognised(text: str) -> Address | None:
    """Return what *text* names; None where it is no address at all, or more than one."""
    pasted, *more = addresses_in(text)
    if more:
        return None
    if feed := FEED_ID.fullmatch(pasted):
        return Address(WECHAT, "", feed[1])
    link = f"https://{pasted}" if BARE.fullmatch(pasted) else pasted
    parts = split_link(link)
    if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"\s", link):
        return None
    host = re.sub(r"^(?:www|m)\.", "", parts.hostname or "")
    if host in WEIBO_HOSTS:
        return _weibo(link, parts)
    if parts.hostname == WECHAT_HOST:
        return _wechat(link, parts)
    platform = BY_HOST[host].id if host in BY_HOST else WEBSITE
    return Address(platform, link, number_in(platform, link))


def number_in(platform: str, link: str) -> str | None:
    """Return the number of the account of *platform* that *link* shows, or None."""
    identity = account_identity(platform, link)
    number = identity.partition(":")[2].removeprefix("MP_WXS_") if identity else ""
    return number if 0 < len(number) <= LONGEST_NUMBER else None


def locator(gateway: Gateway, address: Address) -> str | None:
    """Return how *gateway* calls what *address* names; None where it cannot read that."""
    if address.platform == WEBSITE:
        return _below(gateway.url, address.link) if gateway.kind in BY_LINK else None
    form = LOCATORS.get(gateway.kind, {}).get(address.platform)
    return form.format(address.number) if form and address.number else None


def busy(gateway: Gateway) -> tuple[str, str] | None:
    """Return what *gateway* must show if it sees, whoever runs it: a locator and its platform; None
    where nothing is known to be there."""
    if gateway.kind in SEEING_WEIBO:
        return LOCATORS[gateway.kind][WEIBO].format(BUSY.number), WEIBO
    return (gateway.url, WEBSITE) if gateway.kind in BY_LINK and gateway.url else None


def address_of(gateway: Gateway, platform: str, locator: str) -> str | None:
    """Return what `recognised` takes for the account of *platform* that *gateway* calls *locator*;
    None where no address is known for that."""
    if platform == WEBSITE and gateway.kind in BY_LINK and locator:
        return locator if "://" in locator else f"{gateway.url.rstrip('/')}/{locator.lstrip('/')}"
    form = LOCATORS.get(gateway.kind, {}).get(platform, "")
    found = re.match(re.escape(form).replace(r"\{\}", r"(\w+)"), locator, re.A) if form else None
    if found is None or platform not in (WEIBO, WECHAT):
        return None
    return f"https://weibo.com/u/{found[1]}" if platform == WEIBO else f"MP_WXS_{found[1]}"


def reads(gateway: Gateway, platform: str) -> bool:
    """Return whether *gateway* is of a kind that reads accounts of *platform* by their number."""
    known = BY_LINK if platform == WEBSITE else ()
    return gateway.kind in known or platform in LOCATORS.get(gateway.kind, {})


def kinds_for(platform: str) -> tuple[str, ...]:
    """Return the kinds of gateway that read accounts of *platform* by what an address shows."""
    if platform == WEBSITE:
        return BY_LINK
    return tuple(kind for kind, forms in LOCATORS.items() if platform in forms)


def page_of(address: Address) -> str | None:
    """Return where a person can look at the account; None where only its articles have pages."""
    if address.platform == WEIBO:
        return f"https://weibo.com/u/{address.number}"
    return None if address.platform == WECHAT else address.link


def _weibo(link: str, parts: SplitResult) -> Address:
    page = WEIBO_PAGE.match(parts.path)
    number = page[1] if page else number_in(WEIBO, link)
    if number:
        return Address(WEIBO, link, number)
    if post := WEIBO_POST.search(parts.path):
        return Address(WEIBO, link, post=post[1])
    named = WEIBO_NAME.match(parts.path) or WEIBO_WORD.match(parts.path)
    return Address(WEIBO, link, name=unquote(named[1]) if named else None)


def _wechat(link: str, parts: SplitResult) -> Address:
    short = SHORT_ARTICLE.match(parts.path)
    return Address(WECHAT, link, number_in(WECHAT, link), post=short[1] if short else None)


def _below(home: str, link: str) -> str:
    """A link below a gateway's own address as the path below it; any other as it is."""
    start = home.rstrip("/") + "/"
    return link.removeprefix(start) or link if home else link
