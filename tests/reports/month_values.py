"""A whole February 2024 of the bureau, for the tests of how a month is told."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from alerts.model import Hours
from alerts.rules.calendar import calendar
from monitor.ledger.coverage import Gap, GapReason, Span
from monitor.ledger.totals import Counted, Rows
from monitor.model import Account, Post
from monitor.reports.month.figures import (
    AccountMonth,
    AlertsMonth,
    GatewayMonth,
    Month,
    Outlook,
    account_month,
    period_of,
)
from tests.report_values import MZ_WECHAT, MZ_WEIBO, POLICY, ZONE, at, ledger, post

NOW = at("2024-03-01T09:00")
OUTLOOK = Outlook(POLICY.ladder, Hours(ZONE), calendar())
HOLE = Span(at("2024-02-12T20:00"), at("2024-02-14T06:00"))
NOT_READ = Gap(HOLE.start, HOLE.end, GapReason.NOT_READ)


def daily(first: str, last: str, step: int = 1) -> list[Post]:
    """Return one post on every *step*th local day from *first* to *last*."""
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    days = range(0, (end - start).days + 1, step)
    return [post(f"{start + timedelta(days=n)}T10:00") for n in days]


def weibo() -> Rows:
    """Silent from 1 to 17 February, daily from then on; followers 7012 → 7047."""
    counters = (Counted(date(2024, 1, 31), 7012), Counted(date(2024, 2, 29), 7047))
    posts = [*daily("2023-02-02", "2024-02-01", 2), *daily("2024-02-17", "2024-02-29")]
    return ledger(*posts, counters=counters)


def wechat() -> Rows:
    """Every third day, with a gap in the coverage."""
    seen = (Span(at("2023-12-15T00:00"), HOLE.start), Span(HOLE.end, at("2024-12-31T00:00")))
    return ledger(*daily("2023-12-01", "2024-02-28", 3), covered=seen)


def unread() -> Rows:
    """Nothing at all."""
    return ledger(covered=())


def an_account(account: Account, rows: Rows) -> AccountMonth:
    """Return the account's February."""
    return account_month(account, rows, 2024, 2, OUTLOOK, NOW)


def february(*accounts: AccountMonth, **other: object) -> Month:
    """Return February 2024 of both accounts, or of *accounts*."""
    known = accounts or (an_account(MZ_WEIBO, weibo()), an_account(MZ_WECHAT, wechat()))
    gateways = (
        GatewayMonth("rsshub", "rsshub", 116, 116, 0, timedelta()),
        GatewayMonth("wewe", "wewe_rss", 115, 109, 1, timedelta(hours=34)),
    )
    alerts = AlertsMonth(1, 4, 3, 1, 193.0, 0)
    made = Month(2024, 2, period_of(2024, 2, ZONE), NOW, known, alerts, gateways, calendar())
    return replace(made, **other)  # type: ignore[arg-type]


def many(n: int, rows: Iterable[Rows]) -> tuple[AccountMonth, ...]:
    """Return *n* accounts with these rows in turn."""
    kinds = list(rows)
    return tuple(
        an_account(replace(MZ_WEIBO, id=f"a{i}", name=f"账号{i}"), kinds[i % len(kinds)])
        for i in range(n)
    )
