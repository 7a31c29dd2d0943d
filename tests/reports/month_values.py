"""Accounts, posts and readings of a month, for the tests of the month's report."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from alerts.calendar import calendar
from alerts.model import Hours, Ladder, Rung
from alerts.words import translator
from monitor.ledger.coverage import Span
from monitor.ledger.lapses import always
from monitor.ledger.totals import Counted, Rows
from monitor.model import Account, Dating, Outcome, Post, PostKind, Pulse, Reading
from monitor.reports.month import Outlook

ZONE = ZoneInfo("Asia/Shanghai")
HOURS = Hours(ZONE)
CALENDAR = calendar()
LIMIT = timedelta(days=14)
LADDER = Ladder(LIMIT, tuple(Rung(n, ("custodian",)) for n in (7, 10, 12, 13, 14)))
OUTLOOK = Outlook(LADDER, HOURS, CALENDAR)
WORDS = translator("zh_CN", ZONE)
WEIBO = Account("weibo-mz", "鞍山民政", "weibo", organisation="鞍山市民政局")
WECHAT = Account("wechat-mz", "鞍山民政", "wechat", organisation="鞍山市民政局")


def at(day: str, hour: int = 10, minute: int = 0) -> datetime:
    """Return an instant of one local day, in UTC."""
    return datetime.combine(
        date.fromisoformat(day), time(hour, minute), ZONE
    ).astimezone(UTC)  # fmt: skip


def days(first: str, last: str, step: int = 1) -> list[datetime]:
    """Return one instant of every *step*th local day from *first* to *last*."""
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return [at((start + timedelta(days=n)).isoformat()) for n in range(0, (end - start).days + 1,
            step)]  # fmt: skip


def post(when: datetime, title: str = "通知", kind: PostKind = PostKind.ORIGINAL,
         account: str = "weibo-mz", **other: object) -> Post:  # fmt: skip
    """Return one post."""
    key = f"{when.isoformat()}-{title}"
    known = Post(account, key, kind, title, f"https://weibo.com/1/{when:%m%d%H%M}", when,
                 Dating.STATED, when, when)  # fmt: skip
    from dataclasses import replace  # noqa: PLC0415

    return replace(known, **other)  # type: ignore[arg-type]


def readings(start: datetime, end: datetime, gateway: str = "rsshub",
             failing: Span | None = None) -> list[Reading]:  # fmt: skip
    """Return a reading every six hours, those within *failing* without an answer."""
    found, when, before = [], start, start
    while when < end:
        bad = failing is not None and failing.start <= when < failing.end
        found.append(
            Reading(
                "s",
                "weibo-mz",
                gateway,
                when,
                Outcome.TRANSPORT if bad else Outcome.OK,
                as_of=None if bad else when,
                pulse=Pulse.NONE if bad else Pulse.FULL,
                covers_from=None if bad else before,
            )
        )
        before = before if bad else when
        when += timedelta(hours=6)
    return found


def rows(posts: Iterable[Post], *covered: Span, counters: Sequence[Counted] = (),
         read: Sequence[Reading] = (), **other: object) -> Rows:  # fmt: skip
    """Return an account's rows under the limit of 14 days."""
    return Rows(sorted(posts, key=lambda p: p.published_at), read, covered, counters,
                always(LIMIT), **other)  # type: ignore[arg-type]  # fmt: skip


ALWAYS = Span(at("2022-01-01"), at("2026-12-31"))
