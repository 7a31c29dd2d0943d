"""Which post is which, and whose: stable keys out of whatever link a source gives. Pure.

The same post comes with a re-signed link, from another host, in another format or under http
instead of https; its key must not change. Reads only what it is given; follows no link.
"""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import UTC, datetime, time
from functools import lru_cache
from urllib.parse import SplitResult, parse_qs, parse_qsl, urlencode, urlsplit
from zoneinfo import ZoneInfo

from alerts.platforms import BY_ALIAS, BY_HOST, BY_ID

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
WEIBO_HOSTS = frozenset({"weibo.com", "weibo.cn"})
WECHAT_HOST = "mp.weixin.qq.com"
# Query marks that change by visit, session or reader and never distinguish posts: of analytics
# (https://en.wikipedia.org/wiki/UTM_parameters), of shared links, of servers' sessions, and of
# signed temporary links (X-Amz-*, OSSAccessKeyId, q-sign-*: what S3, OSS and COS write). Those of
# single platforms stand in their table.
SESSION = re.compile(
    r"utm_\w+|spm(?:_\w+)?|from|scene|subscene|isappinstalled|share_?\w*|sharer_\w+|timestamp"
    r"|nsukey|fbclid|gclid|msclkid|yclid|igshid|mc_[ce]id|_g[al]|xsec_\w+|vd_source|unique_k"
    r"|chksm|pass_ticket|exportkey|clicktime|enterid|ascene|devicetype|wx_header|srcid|mpshare"
    r"|j?sessionid|session_id|session|phpsessid|aspsessionid\w*|cfid|cftoken|csrf\w*|nonce"
    r"|sig|sign|signature|token|access_token|auth_key|expires?|x-(?:amz|oss|cos|goog)-[\w-]+"
    r"|ossaccesskeyid|awsaccesskeyid|security-token|q-(?:sign|ak|key|header|url)[\w-]*|wssecret"
    r"|wstime|ts|_t|rnd|rand|random|nocache|cachebuste?r?|_",
    re.I,
)
# These may be numbers of posts too; so only with the value of a clock or of a throw of dice.
CLOCKED = re.compile(r"t|r|v|time|date|ver|version|build|cb", re.I)
MOMENT = re.compile(r"1\d{9}|1\d{12}|20\d{12}|0\.\d{6,}")
PATH_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/;?]*", re.I)
PLACES = frozenset({"rd", "wechat_redirect", "top", "comments"})  # that every post has
# A post's own link as Weibo and RSSHub write it, which holds nothing else to know it by.
OF_WEIBO = re.compile(
    r"https?://(?:www\.|m\.)?weibo\.com/([1-9]\d{4,11})/([0-9A-Za-z]{8,11})", re.ASCII
)
# An account's own page, as they and people write it.
PAGE_OF_WEIBO = re.compile(r"https?://(?:www\.|m\.)?weibo\.com/(?:u/)?([1-9]\d{4,11})/?", re.ASCII)
DAYS_BEGIN = (UTC, ZoneInfo("Asia/Shanghai"))
TWICE_ESCAPED = re.compile(r"&(?:amp|#0*38|#x0*26);", re.I)
MID = re.compile(r"\d{12,20}")
BID = re.compile(r"[0-9A-Za-z]{8,11}")
BARE_WECHAT_ID = re.compile(r"[\w-]{10,64}")
# How Bilibili writes the number of a video, av…, as BV…: to the base 58, some digits exchanged.
# https://github.com/SocialSisterYi/bilibili-API-collect, docs/misc/bvid_desc.md
BV_DIGITS = "FcwAPNKTMug3GV5Lj7EJnHpWsx4tb8haYeviqBz6rkCy12mUSDQX9RdoZf"
BV_PLACES = (0, 1, 2, 9, 7, 5, 6, 4, 8, 3, 10, 11)
BV_MASK, BV_XOR = 2**51 - 1, 23442827791579


def post_key(platform: str, url: str, guid: str, title: str, stated_at: datetime | None) -> str:
    """Return the key under which a post is known, whichever way it was read.

    The first of its `post_marks`; one that bears none is known by its title and its date alone.
    *url* and *guid* may be "".
    """
    found = post_marks(platform, url, guid, title, stated_at)
    return found[0] if found else title_key(title, stated_at)


def post_marks(
    platform: str, url: str, guid: str, title: str, stated_at: datetime | None, text: str = ""
) -> tuple[str, ...]:
    """Return everything by which a post may be found again.

    In order: the platform's own id (`weibo:<bid>`, `wx:<biz>/<mid>/<idx>`, `wx:s/<hash>`,
    `douyin:<id>`), first that of the work that its *text* presents, the links without what changes
    by session, the guid, the place on the page (`page:`), and last the title with its second; not
    by title where the date has no hour.
    """
    titled = title_key(title, stated_at) if title.strip() and has_hour(stated_at) else None
    own = OF_WEIBO.fullmatch(url) if platform == "weibo" and guid in ("", url) else None
    if own:  # nearly every post: it takes a tenth of the time
        return (f"weibo:{own[2]}", titled) if titled else (f"weibo:{own[2]}",)
    links = dict.fromkeys(link for link in map(plain_link, (url, guid)) if _is_web(link))
    bare = guid.strip() if not _is_web(plain_link(guid)) else ""
    found = [
        _presented_key(platform, text),
        *map(_platform_key, links),
        _bare_wechat_key(platform, url, guid),
        _bare_key(platform, bare),
        *map(_link_key, links),
        f"guid:{bare}" if bare else None,
        *map(_page_key, links),
        titled,
    ]
    return tuple(dict.fromkeys(mark for mark in found if mark))


def has_hour(stated_at: datetime | None) -> bool:
    """Return whether *stated_at* names more than a day: midnight is how a day alone is written."""
    if stated_at is None:
        return False
    at = stated_at.astimezone(UTC)
    within = at.minute or at.second or at.microsecond  # midnight is a whole hour everywhere there
    return bool(within) or all(at.astimezone(zone).time() != time() for zone in DAYS_BEGIN)


def plain_link(link: str) -> str:
    """Return *link* as it is asked for, without the escapes of a gateway that escapes it twice.

    An escaped ampersand alone is one: `&region=` and `&copy=` are parameters.
    """
    return TWICE_ESCAPED.sub("&", link.strip())


def account_identity(platform: str, channel_link: str) -> str | None:
    """Return the account that a feed's own link names, e.g. `weibo:1935396210`.

    None where the link does not say. A WeWe RSS id (`MP_WXS_…`) and the `__biz` of a WeChat
    link, also of one wrapped into a gateway's own, are two spellings of one number and give
    one identity.
    """
    if platform == "weibo" and (own := _of_weibo(channel_link)):
        return f"weibo:{own[1]}"
    link = plain_link(channel_link)
    if platform == "wechat":
        feed = re.search(r"MP_WXS_(\d+)", link)
        number = feed[1] if feed else _biz_number(_biz(link))
    else:
        number = _first(_accounts(platform), _spelt(split_link(link)))
    return account_of(platform, number) if number else None


def _of_weibo(link: str) -> re.Match[str] | None:
    return OF_WEIBO.fullmatch(link) or PAGE_OF_WEIBO.fullmatch(link)


def account_of(platform: str, number: str) -> str | None:
    """Return the account that bears *number* on *platform*, as `account_identity` names it; None
    where accounts have none."""
    if platform == "wechat":
        return f"wechat:MP_WXS_{number}"
    return f"{platform}:{number}" if _accounts(platform) else None


def account_by_route(platform: str, route: str) -> str | None:
    """Return the account of *platform* whose posts RSSHub's *route* gives, as `account_identity`
    names it; None where the route does not say."""
    known = BY_ID.get(platform)
    number = _first(known.routes, route.strip("/")) if known else None
    return account_of(platform, number) if number else None


def bid_of(mid: int) -> str:
    """Return the short form of a numeric Weibo id, as weibo.com shows it in its links."""
    groups = _groups(str(mid), 7)
    return "".join(_base62(int(g)).rjust(4, "0") for g in groups).lstrip("0")


def _is_web(link: str) -> bool:
    parts = split_link(link)
    return parts.scheme in ("http", "https") and bool(parts.hostname)


@lru_cache(maxsize=64)  # every mark of a post is made of the same few links
def split_link(link: str) -> SplitResult:
    """Return the parts of *link*; all empty where it cannot be parsed."""
    try:
        parts = urlsplit(link)
        _ = parts.port  # raises for a port that is no number
    except ValueError:
        return urlsplit("")
    return parts


def _accounts(platform: str) -> tuple[str, ...]:
    return BY_ID[platform].accounts if platform in BY_ID else ()


def _spelt(parts: SplitResult) -> str:
    """A link as the table of platforms spells it."""
    return f"{_host(parts)}{parts.path}" + (f"?{parts.query}" if parts.query else "")


def _first(patterns: tuple[str, ...], text: str) -> str | None:
    """What the first of *patterns* that *text* begins with finds there."""
    for pattern in patterns:
        if found := re.match(pattern, text):
            return found[1]
    return None


def _platform_key(link: str) -> str | None:
    parts = split_link(link)
    host = _host(parts)
    if host in WEIBO_HOSTS:
        return _weibo_key(parts)
    if parts.hostname == WECHAT_HOST:
        return _wechat_key(parts)
    if platform := BY_HOST.get(host):
        number = _first(platform.posts, _spelt(parts))
        return f"{platform.id}:{_number(number)}" if number else None
    inner = _query(parts).get("u", "")
    if split_link(inner).hostname == WECHAT_HOST:
        return _wechat_key(split_link(inner))
    return None


def _number(number: str) -> str:
    """A post's *number*, of a video of Bilibili that which both spellings share."""
    return f"av{_av(number)}" if number.startswith("BV") else number


def _av(bv: str) -> int:
    digits = [BV_DIGITS.find(bv[place]) for place in BV_PLACES[3:]]
    found = 0
    for digit in digits:
        found = found * 58 + digit
    return (found & BV_MASK) ^ BV_XOR


def _presented_key(platform: str, text: str) -> str | None:
    """The key of the work that a post's *text* presents: a dynamic of Bilibili its own video."""
    inside = BY_ID[platform].inside if platform in BY_ID else None
    found = re.match(inside, text) if inside else None
    return _platform_key(found[1]) if found else None


def presents(platform: str) -> bool:
    """Return whether the text of a post of *platform* may name the post that it is known as."""
    return platform in BY_ID and BY_ID[platform].inside is not None


def _bare_key(platform: str, guid: str) -> str | None:
    bare = BY_ID[platform].bare if platform in BY_ID else None
    return f"{platform}:{guid}" if bare and re.fullmatch(bare, guid) else None


def _weibo_key(parts: SplitResult) -> str | None:
    """weibo.com/{uid}/{bid}, m.weibo.cn/status/{bid or mid}, …/detail/{mid}."""
    steps = _steps(parts)
    if len(steps) < 2 or not (steps[-2] in ("status", "detail") or steps[-2].isdecimal()):
        return None
    if MID.fullmatch(steps[-1]):
        return f"weibo:{bid_of(int(steps[-1]))}"
    return f"weibo:{steps[-1]}" if BID.fullmatch(steps[-1]) else None


def _wechat_key(parts: SplitResult) -> str | None:
    query = _query(parts)
    biz = query.get("__biz", "").rstrip("=")
    mid = query.get("mid") or query.get("appmsgid")
    idx = query.get("idx") or query.get("itemidx")
    if biz and mid and idx:
        return f"wx:{biz}/{mid}/{idx}"
    steps = _steps(parts)
    return f"wx:s/{steps[1]}" if len(steps) == 2 and steps[0] == "s" else None


def _bare_wechat_key(platform: str, url: str, guid: str) -> str | None:
    # WeWe RSS gives the bare id in Atom and JSON, the whole link in RSS.
    if platform == "wechat" and not url.strip() and BARE_WECHAT_ID.fullmatch(guid.strip()):
        return f"wx:s/{guid.strip()}"
    return None


def _link_key(link: str) -> str | None:
    """Return a key for an ordinary page; None for a site's root or an account's own page,
    which are no posts and would make all of them one."""
    parts = split_link(link)
    path = PATH_SESSION.sub("", parts.path).rstrip("/")
    home = BY_HOST.get(_host(parts))
    tracking = home.tracking if home else ()
    query = [(k, v) for k, v in parse_qsl(parts.query) if k.lower() not in tracking]
    kept = [(k, v) for k, v in query if not _of_session(k, v)]
    # Pages drawn in the browser differ by their fragment alone.
    view = f"#{parts.fragment}" if parts.fragment.startswith(("/", "!/")) else ""
    if not (path or kept or view):
        return None
    if _is_account_page(parts):
        return None
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    asked = f"?{urlencode(sorted(kept))}" if kept else ""
    return f"url:{_host(parts)}{port}{path}{asked}{view}"


def _is_account_page(parts: SplitResult) -> bool:
    home, link = BY_HOST.get(_host(parts)), _spelt(parts)
    return home is not None and bool(_first(home.accounts, link) and not _first(home.posts, link))


def _of_session(name: str, value: str) -> bool:
    clocked = CLOCKED.fullmatch(name) and MOMENT.fullmatch(value)
    return bool(SESSION.fullmatch(name) or clocked)


def _page_key(link: str) -> str | None:
    """Return a key for one place on a page: some posts differ by nothing else."""
    fragment = split_link(link).fragment
    page = _link_key(link) if fragment and fragment not in PLACES else None
    if page is None or "#" in page:
        return None
    return f"page:{page.removeprefix('url:')}#{fragment}"


def title_key(title: str, stated_at: datetime | None) -> str:
    """Return the key of a post that is known by *title* and date alone."""
    plain = " ".join(title.split())
    digest = hashlib.blake2b(plain.encode(), digest_size=8).hexdigest()
    return f"title:{digest}@{_second(stated_at) if stated_at else 'undated'}"


def _second(at: datetime) -> str:
    """As `%Y%m%dT%H%M%SZ` has it, in a third of the time."""
    return at.isoformat(timespec="seconds")[:19].replace("-", "").replace(":", "") + "Z"


@lru_cache(maxsize=64)
def _host(parts: SplitResult) -> str:
    return re.sub(r"^(?:www|m)\.", "", parts.hostname or "")


def _steps(parts: SplitResult) -> list[str]:
    return [step for step in parts.path.split("/") if step]


def _query(parts: SplitResult) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(parts.query).items()}


def _biz(link: str) -> str:
    query = _query(split_link(link))
    return query.get("__biz") or _query(split_link(query.get("u", ""))).get("__biz", "")


def _biz_number(biz: str) -> str | None:
    """Return the account's number, which WeChat writes in base64."""
    try:
        number = base64.b64decode(biz + "=" * (-len(biz) % 4), validate=True).decode("ascii")
    except ValueError:  # no base64, or no text
        return None
    return number if number.isdecimal() else None


def _groups(text: str, size: int) -> list[str]:
    """Return *text* cut into groups of *size* counted from the right."""
    start = len(text) % size
    return [g for g in (text[:start], *_chunks(text[start:], size)) if g]


def _chunks(text: str, size: int) -> list[str]:
    return [text[i : i + size] for i in range(0, len(text), size)]


def _base62(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 62)
        digits = DIGITS[rest] + digits
    return digits or "0"


def platform_named(name: str) -> str | None:
    """Return the id of the platform that people call *name*; None where no platform is."""
    return BY_ALIAS.get(name.strip().lower())
