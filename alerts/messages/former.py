"""What was stored before failures carried codes: the code is found in the words. Pure.

Nothing that fails today comes here. It may go when no database has rows from before.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from alerts.facts import Fault
from alerts.message import USUALLY, Failure, Why

# By the type of an error.
FAULTS: Mapping[str, Fault] = {
    **dict.fromkeys(
        ("OperationalError", "DatabaseError", "InterfaceError", "InternalError", "StoreError"),
        Fault.DATABASE,
    ),
    **dict.fromkeys(("OSError", "PermissionError", "FileNotFoundError"), Fault.FILES),
    "MemoryError": Fault.MEMORY,
}

# Of readings. The first that fits counts.
READINGS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "cookie",
        re.compile(
            r"[Cc]ookies? expired|WEIBO_COOKIES|demands a login|a demand to log in|"
            r"turns (?:visitors|this address or cookie) away"
        ),
    ),
    (
        "limited",
        re.compile(
            r"[Cc]ooling down|\b(?:412|418|429|432)\b|for a robot|captcha|"
            r"Cloudflare|RSSHub's quota note"
        ),
    ),
    ("number", re.compile(r"reading '(?:screen_name|userInfo|filter)'|no such profile")),
    ("old_copy", re.compile(r"frozen copy|no lastBuildDate")),
    ("no_canary", re.compile(r"only a canary can show")),
    ("canary", re.compile(r"no canary")),
    ("unlisted", re.compile(r"not in the gateway's list")),
    ("unsynced", re.compile(r"last synced")),
    ("wechat_login", re.compile(r"login has ended|no WeChat login|scan its code|Invalid Session")),
    ("risk", re.compile(r"risk control")),
    ("ticket", re.compile(r"\bticket\b")),
    ("withdrawn", re.compile(r"authorisation was withdrawn|never redeemed")),
    ("whitelist", re.compile(r"40164|whitelist")),
    ("permission", re.compile(r"\b(?:48001|48004|50002|61007)\b")),
    (
        "token",
        re.compile(
            r"\b(?:40001|40125|40014|42001|40013|21327|21332|21314|21315|21316|"
            r"21317|21319)\b|access token|no usable `key`|secret is wrong"
        ),
    ),
    ("quota", re.compile(r"\b45009\b|quota")),
    ("busy", re.compile(r"\b45011\b|is busy")),
    ("private", re.compile(r"private address")),
    ("moved", re.compile(r"redirect")),
    ("login_page", re.compile(r"a login page|captcha page")),
    (
        "shape",
        re.compile(
            r"shape has changed|no list (?:at|of)|items has its|without a total|"
            r"without cards|without statuses"
        ),
    ),
    ("cut_off", re.compile(r"cut off|broke off|hung up without")),
    ("host", re.compile(r"host name not found|no address that can be")),
    ("not_running", re.compile(r"[Cc]onnection refused")),
    ("slow", re.compile(r"no answer within|no answer in time|slower than")),
    ("certificate", re.compile(r"certificate|TLS|SSL")),
    ("key", re.compile(r"HTTP 40[13]\b")),
    ("no_route", re.compile(r"HTTP 404\b")),
    ("inside", re.compile(r"HTTP 5\d\d\b")),
    ("page", re.compile(r"an? (?:HTML|empty|plain)|plain text|HTML page")),
)
# Of deliveries. The first that fits counts.
DELIVERIES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (Why.LIBRARY, re.compile(r"optional library")),
    (Why.NOT_RUNNING, re.compile(r"[Cc]onnection refused")),
    (Why.QUIET, re.compile(r"^quiet hours$")),
    (Why.STOPPED, re.compile(r"^not tried yet: the service stops$")),
    (Why.QUEUED, re.compile(r"^not tried yet: the channel is slow$")),
    (Why.LEFT, re.compile(r"^\S+ is no longer configured$")),
    (Why.NO_CHANNEL, re.compile(r"^channel \S+ is not configured$")),
    (Why.HOST, re.compile(r"host name not found|no address that can be|no such host")),
    (Why.SLOW, re.compile(r"no answer within|no connection (?:within|in time)|timed out|is slow")),
    (Why.CERTIFICATE, re.compile(r"certificate|TLS|SSL|no such encryption")),
    (Why.OFTEN, re.compile(r"allowance|freq|too many|\b429\b|\b45009\b")),
    (Why.RECIPIENT, re.compile(r"recipient refused|blocked by|chat not found|not a member")),
    (Why.SENDER, re.compile(r"sender refused")),
    (Why.TEXT, re.compile(r"text refused|cannot be worded|too long")),
    (Why.KEYWORD, re.compile(r"key ?words? not", re.I)),
    (Why.SIGNATURE, re.compile(r"sign (?:not match|match fail)|timestamp is (?:invalid|not)")),
    (Why.UNLISTED, re.compile(r"not in whitelist|\bip not allowed", re.I)),
    (Why.LOGIN, re.compile(r"login refused|log in|HTTP 40[13]|Unauthorized|\b(?:93000|300001)\b")),
    (Why.GONE, re.compile(r"HTTP (?:404|410)\b")),
    (Why.INSIDE, re.compile(r"HTTP 5\d\d\b")),
    (
        Why.CUT_OFF,
        re.compile(r"hung up|broke off|no connection|reset|[Cc]onnection (?:lost|closed)"),
    ),
    (Why.UNCLEAR, re.compile(r"does not say whether|no access_token|is not the Bot API's")),
    (Why.BROKE, re.compile(r"\b(?:it|channel) broke\b|cannot print|Apprise")),
)


def fault_of(error: str) -> Fault:
    """Return of which sort an error is, of which the name of its type alone was stored."""
    return FAULTS.get(error, Fault.BUG)


def cause_of(detail: str) -> str | None:
    """Return the code of why a reading failed, of which *detail* alone was stored, if it tells."""
    return next((code for code, shape in READINGS if shape.search(detail)), None)


def why_of(detail: str, failure: str | None) -> str:
    """Return the code of why a delivery failed, of which *detail* alone was stored, and of which
    sort it is, if that is known."""
    said = (code for code, shape in DELIVERIES if shape.search(detail))
    return next(said, USUALLY[Failure(failure)] if failure in USUALLY else Why.LATER)
