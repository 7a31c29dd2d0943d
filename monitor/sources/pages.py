"""What an answer that is no feed looks like, in one line for the operator. Pure.

Only the wording depends on it: whatever this says, such an answer proves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from alerts.told import Detail, coded
from monitor.causes import Cause
from monitor.sources.json_text import loaded
from monitor.sources.markup import unescaped

LONGEST_QUOTE = 120
LOOKED_AT = 64 * 1024  # characters of a page; what it is shows early
HTML_ROOT = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.I)
TITLE = re.compile(r"<title[^<>]{0,200}>([^<]*)", re.I)
RSSHUB_REASON = re.compile(r"Error Message:.{0,40}?<code[^<>]{0,200}>(.{0,2000}?)</code>", re.S)
# The first that matches names the page; the specific ones come before the general ones.
LOOKS = (
    (
        re.compile(r"Just a moment\.\.\.|cf-chl|challenge-platform", re.I),
        Detail("a Cloudflare challenge", Cause.LIMITED),
    ),
    (
        re.compile(r"环境异常|完成验证|captcha|验证码|wappoc_", re.I),
        Detail("a captcha page", Cause.LIMITED),
    ),
    (
        re.compile(r"passport\.weibo|login\.php|<title>[^<]*(?:登录|登陆|Log ?in|Sign ?in)", re.I),
        Detail("a login page", Cause.LOGIN_PAGE),
    ),
    (
        re.compile(r"gradually restrict access to rsshub\.app", re.I),
        Detail("RSSHub's quota note", Cause.LIMITED),
    ),
    (re.compile(r"Welcome to RSSHub", re.I), "RSSHub's welcome page"),
)


# What gateways and platforms say in their own words.
MEANT = (
    (re.compile(r"[Cc]ookies? expired|WEIBO_COOKIES"), Cause.COOKIE),
    (re.compile(r"[Cc]ooling down|\b(?:412|418|429|432)\b|for a robot|captcha"), Cause.LIMITED),
    (re.compile(r"reading '(?:screen_name|userInfo|filter)'"), Cause.NUMBER),
    (re.compile(r"login has ended|Invalid Session"), Cause.WECHAT_LOGIN),
    (re.compile(r"risk control"), Cause.RISK),
    (re.compile(r"quota"), Cause.QUOTA),
    (re.compile(r"is busy"), Cause.BUSY),
    (re.compile(r"[Cc]onnection refused|ECONNREFUSED"), Cause.NOT_RUNNING),
    (re.compile(r"certificate|TLS|SSL"), Cause.CERTIFICATE),
)


def looks_like(text: str) -> str:
    """Return what *text* looks like, e.g. `a login page` or the reason an error page gives."""
    plain = text.strip("\ufeff\0 \t\r\n")
    if len(plain) > LOOKED_AT and not plain.startswith(("{", "[")):
        plain = plain[:LOOKED_AT]
    if not plain:
        return Detail("an empty body", Cause.PAGE)
    return _reason(plain) or _look(plain) or _kind(plain)


def reason(text: str) -> str:
    """Return the reason that an error page gives, or what it looks like; "" for nothing."""
    return looks_like(text) if text.strip() else ""


def _reason(text: str) -> str | None:
    """The message of RSSHub's HTML error page, or of a JSON error body."""
    if found := RSSHUB_REASON.search(text):
        first, *_ = unescaped(found[1]).strip().splitlines() or [""]
        return coded(f"RSSHub says: {_quote(first)}", *_meant(first))
    if text.startswith(("{", "[")):
        return _json_reason(text)
    return None


def _json_reason(text: str) -> str:
    try:
        document = loaded(text)
    except (ValueError, RecursionError):
        return Detail("JSON that is cut off or broken", Cause.CUT_OFF)
    if not isinstance(document, Mapping):
        return "JSON that is no feed"
    if document.get("ok") == -100:
        return Detail("a demand to log in to Weibo (ok: -100)", Cause.COOKIE)
    message = _message(document)
    if not message:
        return "JSON that is no feed"
    return coded(f"an error in JSON: {_quote(message)}", *_meant(message))


def _meant(said: str) -> Iterator[Detail]:
    """The cause that *said*, another's own words, tells, if it does."""
    yield from (Detail("", cause) for words, cause in MEANT if words.search(said))


def _message(document: Mapping[str, object]) -> str:
    """RSSHub: error.message; NestJS and most others: message; Weibo: msg; WeChat: errmsg;
    Wechat2RSS: err; FastAPI (we-mp-rss): detail, which is a text, an object or a list of them."""
    inner = [_first_object(document.get(name)) for name in ("error", "detail", "errors", "data")]
    places = [*(place for place in inner if place is not None), document]
    names = ("message", "msg", "errmsg", "err", "error", "detail", "error_description", "reason")
    found = (place.get(name) for place in places for name in names)
    return next((text for text in found if isinstance(text, str) and text.strip()), "")


def _first_object(value: object) -> Mapping[str, object] | None:
    first = value[0] if isinstance(value, list) and value else value
    return first if isinstance(first, Mapping) else None


def _look(text: str) -> str | None:
    return next((words for pattern, words in LOOKS if pattern.search(text)), None)


def _kind(text: str) -> str:
    if HTML_ROOT.search(text[:2000]):
        title = TITLE.search(text)
        named = f" “{_quote(unescaped(title[1]))}”" if title else ""
        return Detail(f"an HTML page{named}", Cause.PAGE)
    if text.startswith("<"):
        return "XML that is no feed"
    return coded(f"plain text “{_quote(text)}”", *_meant(text), Detail("", Cause.PAGE))


def _quote(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_QUOTE else line[:LONGEST_QUOTE] + "…"
