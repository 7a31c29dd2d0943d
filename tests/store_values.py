"""Short ways to write down what the tests of the store keep in it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from alerts.facts import SilenceFacts
from alerts.model import Alert, Event, Kind, Notice, Reason
from alerts.occasion import occasion_of
from monitor.model import (
    Account,
    Gateway,
    Outcome,
    PostKind,
    Pulse,
    Reading,
    SeenPost,
    SourceMemory,
    SourceSpec,
)
from monitor.store.base import Store
from monitor.store.protocols.ledger import Recorded

NOON = datetime(2024, 2, 1, 4, tzinfo=UTC)  # 12:00 in China
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

WEIBO = Account(
    "weibo-mz",
    "鞍山民政",
    "weibo",
    sources=(
        SourceSpec("weibo-mz@rsshub", "weibo-mz", "rsshub", "weibo/user/1"),
        SourceSpec("weibo-mz@backup", "weibo-mz", "backup", "weibo/user/1", rank=1),
    ),
)
WECHAT = Account(
    "wechat-mz",
    "鞍山民政",
    "wechat",
    sources=(SourceSpec("wechat-mz@wewe", "wechat-mz", "wewe", "MP_WXS_1"),),
)
GATEWAYS = (
    Gateway("backup", "rsshub", "http://backup"),
    Gateway("rsshub", "rsshub", "http://rsshub"),
    Gateway("wewe", "wewe_rss", "http://wewe"),
)
RSSHUB, BACKUP, WEWE = (s.id for a in (WEIBO, WECHAT) for s in a.sources)
GATEWAY_OF = {s.id: (s.account, s.gateway) for a in (WEIBO, WECHAT) for s in a.sources}


def registered(store: Store, *accounts: Account, now: datetime = NOON) -> Store:
    """Return *store* with the accounts, or both usual ones, configured."""
    known = accounts or (WEIBO, WECHAT)
    store.accounts.sync(known, GATEWAYS, {a.id: "14 days" for a in known}, now)
    return store


def seen(
    key: str,
    stated_at: datetime | None = None,
    kind: PostKind = PostKind.ORIGINAL,
    title: str = "通知",
) -> SeenPost:
    """Return one item of a window."""
    return SeenPost(key, title, f"https://weibo.com/1/{key}", kind, stated_at)


def reading(source: str, at: datetime, outcome: Outcome = Outcome.OK) -> Reading:
    """Return a reading that is good on a full pulse, or failed with *outcome*."""
    account, gateway = GATEWAY_OF[source]
    good = outcome.answered
    return Reading(
        source,
        account,
        gateway,
        at,
        outcome,
        as_of=at if good else None,
        pulse=Pulse.FULL if good else Pulse.NONE,
    )


def recorded(
    source: str,
    at: datetime,
    *posts: SeenPost,
    outcome: Outcome = Outcome.OK,
    first: bool = False,
    deleted: tuple[str, ...] = (),
) -> Recorded:
    """Return a reading with what it saw; the source is read again six hours later."""
    window = tuple((post.key, post.stated_at or at) for post in posts)
    return Recorded(
        reading=replace(reading(source, at, outcome), items=len(posts)),
        posts=posts,
        memory=SourceMemory(window=window, ever_good=True),
        next_read_at=at + 6 * HOUR,
        first=first,
        deleted=deleted,
    )


def silence(since: datetime = NOON - 7 * DAY, opened_at: datetime = NOON) -> Alert:
    """Return an alert about the Weibo account's silence, not stored yet."""
    return Alert(
        Kind.SILENCE, WEIBO.id, opened_at, since, rung=7, called=frozenset({occasion_of("rung:7")})
    )


def notice(alert: Alert, person: str = "zhang", occasion: str = "rung:7", **other: Any) -> Notice:
    """Return a notice of *alert*, due at noon."""
    made = Notice(
        id=f"{alert.id}/{occasion}/{person}",
        alert=alert.id,
        kind=alert.kind,
        subject=alert.subject,
        occasion=occasion_of(occasion),
        reason=Reason.RUNG,
        event=Event.ALERT,
        rung=7,
        person=person,
        channel="wecom",
        address="",
        facts=SilenceFacts(name="鞍山民政", quiet_days=7),
        created_at=NOON,
        not_before=NOON,
    )
    return replace(made, **other)


def alerted(store: Store, *people: str, alert: Alert | None = None) -> Alert:
    """Return a stored alert of which *people* are to be notified."""
    wanted = alert or silence()
    with store.alerts.changing(wanted.subject) as tx:
        saved = tx.save(wanted)
        tx.add_notices([notice(saved, person) for person in people])
    return saved
