"""Short ways to write down what the tests of figures rest on: local dates, posts, ledgers."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.model import Hours, Ladder, Roster, Rung
from alerts.rules.calendar import calendar
from alerts.words import translator
from monitor.ledger.coverage import Span
from monitor.ledger.lapses import always
from monitor.ledger.periods import year
from monitor.ledger.records import ImportedPost
from monitor.ledger.rules import written
from monitor.ledger.totals import Period, Rows
from monitor.model import Account, Dating, Gateway, Post, PostKind, SeenPost, SourceSpec
from monitor.policy import Policy
from monitor.register import Register
from monitor.sample.script import WECHAT, WEIBO, year_2024_script
from monitor.store.base import Store

ZONE = ZoneInfo("Asia/Shanghai")
CHINESE, ENGLISH = translator("zh_CN"), translator("en")
DAY, FORTNIGHT = timedelta(days=1), timedelta(days=14)
YEAR = Period(*year(2024, ZONE))
POLICY = Policy("default", Ladder(FORTNIGHT, (Rung(7, ("custodian",)), Rung(14, ("duty",)))))


def at(text: str) -> datetime:
    """Return the instant that *text* names in local time."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


AFTER = at("2025-01-06T09:00")
WHOLE = Span(at("2022-12-01"), AFTER)

MZ_WEIBO = Account(
    "weibo-mz",
    "鞍山民政",
    "weibo",
    "鞍山市民政局",
    sources=(SourceSpec("weibo-mz@rsshub", "weibo-mz", "rsshub", "weibo/user/1"),),
)
MZ_WECHAT = Account(
    "wechat-mz",
    "鞍山民政",
    "wechat",
    "鞍山市民政局",
    sources=(SourceSpec("wechat-mz@wewe", "wechat-mz", "wewe", "MP_WXS_1"),),
)
GATEWAYS = (Gateway("rsshub", "rsshub", "http://rsshub"), Gateway("wewe", "wewe_rss", "http://w"))


def register(*accounts: Account, policies: Iterable[Policy] = (POLICY,)) -> Register:
    """Return a register of both usual accounts, or of *accounts*."""
    known = accounts or (MZ_WEIBO, MZ_WECHAT)
    return Register(
        accounts={a.id: a for a in known},
        gateways={g.id: g for g in GATEWAYS},
        policies={p.name: p for p in policies},
        people={},
        roster=Roster(),
        hours=Hours(ZONE),
        calendar=calendar(),
    )


def post(text: str, kind: PostKind = PostKind.ORIGINAL, **other: object) -> Post:
    """Return a post of the local instant *text*, seen at once."""
    moment = at(text)
    made = Post(
        "weibo-mz",
        f"k{text}{kind}",
        kind,
        "通知",
        f"https://weibo.com/1/{text}",
        moment,
        Dating.STATED,
        moment,
        moment,
        source="weibo-mz@rsshub",
    )
    return replace(made, **other)  # type: ignore[arg-type]


def ledger(*posts: Post, covered: Sequence[Span] = (WHOLE,), **other: object) -> Rows:
    """Return rows of *posts*, seen without a gap."""
    ordered = sorted(posts, key=lambda p: p.published_at)
    made = Rows(ordered, (), covered, (), always(FORTNIGHT))
    return replace(made, **other)  # type: ignore[arg-type]


def imported(text: str, account: str = "weibo-mz", **other: object) -> ImportedPost:
    """Return a row of an export that is of the local instant *text*."""
    kind = PostKind.ORIGINAL if account.startswith("weibo") else PostKind.ARTICLE
    made = SeenPost(f"k{text}", "通知", f"https://example.org/{text}", kind, at(text))
    return ImportedPost(account, replace(made, **other))  # type: ignore[arg-type]


def year_2024(*of: int) -> list[ImportedPost]:
    """Return the year 2024 of 鞍山民政 as an export's rows, with a few of late 2023.

    *of*: years to leave out all others.
    """
    found = []
    for locator, account in ((WEIBO, MZ_WEIBO), (WECHAT, MZ_WECHAT)):
        for n, one in enumerate(year_2024_script()[locator]):
            key, url = f"{account.platform}:{n:04}", f"https://example.org/{account.id}/{n}"
            row = SeenPost(key, one.title, url, one.kind, one.published_at, one.push)
            if not of or one.published_at.astimezone(ZONE).year in of:
                found.append(ImportedPost(account.id, row))
    return found


def registered(store: Store, known: Register, now: datetime) -> Store:
    """Return *store* with the register's accounts, and their policies as they are kept."""
    store.accounts.sync(
        known.accounts.values(),
        known.gateways.values(),
        {a.id: written(known.policy_of(a)) for a in known.accounts.values()},
        now,
        count_reposts=known.count_reposts(),
    )
    return store
