"""What a Weibo post says of itself, in the shapes of m.weibo.cn and of the open platform. Pure.

Decides a post's key, kind, date and title, and reads Weibo's counters. Whose posts count, and
what an answer proves, is decided by the kinds that ask.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from email.utils import parsedate_to_datetime

from alerts.common.local_time import real_date
from monitor.counted import Counters
from monitor.errors import Told
from monitor.ledger.identity import BID, MID, bid_of, post_key, post_marks
from monitor.model import PostKind, SeenPost
from monitor.sources.bodies import BEIJING, Document, branch, text, whole
from monitor.sources.markup import unescaped
from monitor.wording import expected

EXPECTS = Told("the account's uid, e.g. 1234567890")
FIRST_POST = datetime(2009, 8, 1, tzinfo=UTC)  # Weibo did not exist before
UID = re.compile(r"[1-9]\d{4,11}", re.A)
PUBLIC = 0  # `visible.type`; all others are seen by some only, if by anybody
LONGEST_TITLE, LONGEST_TEXT = 300, 5_000
PICTURE = re.compile(r"""<img\b[^>]*?\balt\s*=\s*["']?([^"'>\s]*)[^>]*>""", re.I)
TAG = re.compile(r"</?[a-zA-Z][^>]*(?:>|$)")
WHOLE_TEXT = re.compile(r"\.{3}\s*<a\b[^>]*>全文</a>\s*$")
SCHEME_ID = re.compile(r"[?&]mblogid=([0-9A-Za-z]+)|/(?:status|detail)/([0-9A-Za-z]+)")
COUNT = re.compile(r"(\d{1,12}(?:\.\d{1,4})?)\s*([万亿]?)(\+?)", re.A)
LAST_SECOND = time(23, 59, 59)
UNITS = {"": 1, "万": 10_000, "亿": 100_000_000}

AGO = re.compile(r"(\d{1,4})\s*(秒|分钟|小时)前", re.A)
LENGTHS = {
    "秒": timedelta(seconds=1),
    "分钟": timedelta(minutes=1),
    "小时": timedelta(hours=1),
}
DAY_WORD = re.compile(r"(今天|昨天)\s*(\d{1,2}):(\d\d)(?::\d\d)?", re.A)
DAY = re.compile(r"(?:(\d{4})-)?(\d{1,2})-(\d{1,2})(?:\s+(\d{1,2}):(\d\d)(?::\d\d)?)?", re.A)


def seen_post(status: Document, uid: str, now: datetime, scheme: str = "") -> SeenPost | None:
    """Return the post of account *uid* that *status* describes; None if it has no id.

    *scheme*: the address of its card, which names the post where the post itself does not.
    """
    bid = _bid(status, scheme)
    if bid is None:
        return None
    url = f"https://weibo.com/{uid}/{bid}"
    title, at = _title(status), written_at(status.get("created_at"), now)
    return SeenPost(
        key=post_key("weibo", url, "", title, at),
        marks=post_marks("weibo", url, "", title, at),
        title=title,
        url=url,
        kind=PostKind.REPOST if _reposted(status) is not None else PostKind.ORIGINAL,
        stated_at=at,
        pinned=pinned(status),
    )


def pinned(status: Document) -> bool:
    """Return whether the post itself says that it is pinned, in any of three ways."""
    return (
        status.get("isTop") in (1, "1")
        or whole(status.get("mblogtype")) == 2
        or text(branch(status, "title").get("text")) == "置顶"
    )


def deleted(status: Document) -> bool:
    """Return whether only a mark is left of the post: "1", 1 or true."""
    return status.get("deleted") in ("1", 1)


def public(status: Document) -> bool:
    """Return whether anybody may see the post. Its owner's list shows private ones too."""
    return whole(branch(status, "visible").get("type")) in (None, PUBLIC)


def author(status: Document) -> str:
    """Return the uid of the post's author, "" where it does not say."""
    user = branch(status, "user")
    return text(user.get("idstr")) or text(user.get("id"))


def counters(user: Document) -> Counters | None:
    """Return what a user object counts; None where it counts nothing."""
    followers, posts = counted(user.get("followers_count")), counted(user.get("statuses_count"))
    if followers is None and posts is None:
        return None
    return Counters(
        followers=followers[0] if followers else None,
        posts=posts[0] if posts and posts[1] else None,
        exact=followers is None or followers[1],
    )


def counted(value: object) -> tuple[int, bool] | None:
    """Return a count and whether it is exact, e.g. "145.5万" → (1455000, False)."""
    found = COUNT.fullmatch(text(value).replace(",", ""))
    if found is None:
        return None
    number, unit, more = found.groups()
    exact = not (unit or more or "." in number)
    return int(Decimal(number) * UNITS[unit]), exact


def written_at(stated: object, now: datetime) -> datetime | None:
    """Return when a post was written, as *stated* at *now*; None for no usable date.

    A vague form is read as the latest instant it can mean: the ledger keeps the earliest date
    ever stated, so the exact form always holds, whether it was seen before or comes later.
    """
    said = text(stated)
    try:
        at = next(filter(None, (read(said, now) for read in FORMS)), None)
    except (ValueError, OverflowError):
        return None
    return at.astimezone(UTC) if at and at >= FIRST_POST else None


def one_line(markup: str) -> str:
    """Return a post's HTML as one line of plain text; a picture becomes its name: [太开心]."""
    shown = WHOLE_TEXT.sub("…", markup[:LONGEST_TEXT])
    shown = TAG.sub("", PICTURE.sub(r"\1", re.sub(r"<br\b[^>]*>", " ", shown)))
    return " ".join(unescaped(shown).split())[:LONGEST_TITLE]


def locator_problem(locator: str) -> str | None:
    """Return what is wrong with *locator*, or None."""
    return None if UID.fullmatch(locator) else expected(EXPECTS)


def _bid(status: Document, scheme: str) -> str | None:
    named = SCHEME_ID.search(scheme)
    for stated in (text(status.get("bid")), *(named.groups() if named else ())):
        if stated and BID.fullmatch(stated):
            return stated
    ids = (text(status.get(name)) for name in ("mid", "idstr", "id"))
    mid = next((one for one in ids if MID.fullmatch(one)), None)
    return bid_of(int(mid)) if mid else None


def _reposted(status: Document) -> Document | None:
    original = status.get("retweeted_status")
    return original if isinstance(original, dict) else None


def _title(status: Document) -> str:
    said = one_line(text(status.get("text")))
    original = _reposted(status)
    if original is None:
        return said
    name = text(branch(original, "user").get("screen_name"))
    quoted = one_line(text(original.get("text"))) if name else ""
    rest = f"转发 @{name}: {quoted}" if name else "[原微博不可访问]"
    return f"{said} - {rest}"[:LONGEST_TITLE]


def _just_now(said: str, now: datetime) -> datetime | None:
    return now if said == "刚刚" else None


def _ago(said: str, now: datetime) -> datetime | None:
    found = AGO.fullmatch(said)
    return now - int(found[1]) * LENGTHS[found[2]] if found else None


def _day_word(said: str, now: datetime) -> datetime | None:
    found = DAY_WORD.fullmatch(said)
    if found is None:
        return None
    day = now.astimezone(BEIJING).date() - timedelta(days=found[1] == "昨天")
    return datetime.combine(day, time(int(found[2]), int(found[3])), BEIJING)


def _day(said: str, now: datetime) -> datetime | None:
    """Without a year it is the last such day, today included; a 29 February may be years ago."""
    found = DAY.fullmatch(said)
    if found is None:
        return None
    year, month, day, hour, minute = found.groups()
    today = now.astimezone(BEIJING).date()
    years = [int(year)] if year else range(today.year, today.year - 5, -1)
    days = (real_date(one, int(month), int(day)) for one in years)
    written = next((d for d in days if d and (year or d <= today)), None)
    if written is None:
        return None
    if hour:
        return datetime.combine(written, time(int(hour), int(minute)), BEIJING)
    end = datetime.combine(written, LAST_SECOND, BEIJING)
    return min(end, now) if written == today else end


def _exact(said: str, _: datetime) -> datetime | None:
    at = parsedate_to_datetime(said) if said[:1].isalpha() and said[:1].isascii() else None
    return at if at and at.tzinfo else None


FORMS: tuple[Callable[[str, datetime], datetime | None], ...] = (
    _exact,
    _just_now,
    _ago,
    _day_word,
    _day,
)
