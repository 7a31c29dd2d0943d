"""What a year follows from, kept: covered stretches, pushes by day, titles under two keys."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

from monitor.ledger.doubles import plain
from monitor.store.types import CompactDay, CompactInstant, PlainText
from monitor.store.watching import ADVANCE

revision = "0520"
down_revision = "0501"

BEIJING = ZoneInfo("Asia/Shanghai")
STEP = 200  # accounts between two words about how far it has come
TOUCHING = timedelta(seconds=1)
GOOD = ("ok", "unchanged")
INSTANTS = ("published_at", "first_seen_at", "covers_from", "as_of", "started_at")
POSTS = sa.table(
    "posts",
    *map(sa.column, ("account", "key", "kind", "title", "push", "dating")),
    *(sa.column(name, CompactInstant()) for name in INSTANTS[:2]),
)
READINGS = sa.table(
    "reading_rows",
    *map(sa.column, ("source", "outcome", "pulse")),
    *(sa.column(name, CompactInstant()) for name in INSTANTS[2:]),
)
SOURCES = sa.table("sources", sa.column("number"), sa.column("account"))
DAYS = sa.table(
    "push_days",
    *(sa.column("day", CompactDay()), sa.column("account"), sa.column("push"), sa.column("posts")),
)
DOUBLED = sa.table("doubled_days", sa.column("day", CompactDay()), sa.column("account"))
STRETCHES = sa.table(
    "stretches",
    *(sa.column("source"), sa.column("weak", sa.Boolean())),
    *(sa.column(name, CompactInstant()) for name in ("since", "until", "read_at")),
)
OPEN = {
    "sqlite": sa.text("published_until - published_at > 3600000000"),
    "postgresql": sa.text("published_until - published_at > interval '1 hour'"),
}
RARE = {
    "ix_posts_undated": sa.text("dating = 'unknown'"),
    "ix_posts_deleted": sa.text("deleted_at IS NOT NULL"),
    "ix_posts_nameless": sa.text("key >= 'title:' AND key < 'title;'"),
}

Span = tuple[datetime, datetime]


def upgrade() -> None:
    """Make the tables and fill them; what is damaged is left to be mended."""
    _create()
    bind, advance = op.get_bind(), ADVANCE.get()
    accounts = bind.scalars(sa.text("SELECT id FROM accounts ORDER BY id")).all()
    for done, account in enumerate(accounts):
        _keep_articles(bind, account)
        _keep_stretches(bind, account)
        if done % STEP == 0:
            advance(done, len(accounts))
    advance(len(accounts), len(accounts))


def _create() -> None:
    op.create_table(
        "push_days",
        sa.Column("account", PlainText(), sa.ForeignKey("accounts.id"), primary_key=True),
        sa.Column("day", CompactDay(), primary_key=True),
        sa.Column("push", PlainText(), primary_key=True),
        sa.Column("posts", sa.Integer(), nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "doubled_days",
        sa.Column("account", PlainText(), sa.ForeignKey("accounts.id"), primary_key=True),
        sa.Column("day", CompactDay(), primary_key=True),
        sqlite_with_rowid=False,
    )
    number = sa.ForeignKey("sources.number")
    op.create_table(
        "stretches",
        sa.Column("source", sa.Integer(), number, primary_key=True, autoincrement=False),
        sa.Column("weak", sa.Boolean(), primary_key=True),
        sa.Column("since", CompactInstant(), primary_key=True),
        sa.Column("until", CompactInstant(), nullable=False),
        sa.Column("read_at", CompactInstant(), nullable=False),
        sqlite_with_rowid=False,
    )
    for name, which in RARE.items():
        _index(name, ["account", "published_at"], which, which)
    columns = ["account", "published_at", "published_until"]
    _index("ix_posts_open", columns, OPEN["sqlite"], OPEN["postgresql"])


def _index(name: str, columns: list[str], lite: sa.TextClause, server: sa.TextClause) -> None:
    op.create_index(name, "posts", columns, sqlite_where=lite, postgresql_where=server)


def _keep_articles(bind: sa.Connection, account: str) -> None:
    p = POSTS.c
    wanted = sa.select(p.published_at, p.first_seen_at, p.key, p.title, p.push, p.kind, p.dating)
    wanted = wanted.where(p.account == account, p.dating != "unknown")
    wanted = wanted.where(sa.or_(p.kind == "article", p.key.like("wx:%")))
    found = bind.execute(_sound(bind, wanted, INSTANTS[:2])).all()
    pushes = Counter(
        (_day(one.published_at), one.push) for one in found if one.push and one.kind == "article"
    )
    rows = [
        {"day": day, "account": account, "push": push, "posts": n}
        for (day, push), n in pushes.items()
    ]
    if rows:
        bind.execute(DAYS.insert(), rows)
    doubled = [{"day": day, "account": account} for day in _doubled(found)]
    if doubled:
        bind.execute(DOUBLED.insert(), doubled)


def _doubled(found: Iterable[sa.Row[Any]]) -> set[object]:
    """The days on which articles of one title were first seen at different instants."""
    alike = defaultdict(set)
    for one in found:
        if one.key.startswith("wx:") and one.title and one.dating == "stated":
            alike[_day(one.published_at), plain(one.title)].add(one.first_seen_at)
    return {day for (day, _), seen in alike.items() if len(seen) > 1}


def _keep_stretches(bind: sa.Connection, account: str) -> None:
    r = READINGS.c
    wanted = (
        sa.select(r.source, r.pulse, r.covers_from, r.as_of, r.started_at)
        .join(SOURCES, SOURCES.c.number == r.source)
        .where(SOURCES.c.account == account, r.outcome.in_(GOOD), r.pulse != "none")
        .where(r.covers_from.is_not(None), r.as_of.is_not(None))
    )
    spans: dict[tuple[int, bool], list[Span]] = defaultdict(list)
    read: dict[tuple[int, bool], datetime] = {}
    for source, pulse, since, until, at in bind.execute(_sound(bind, wanted, INSTANTS[2:])):
        place = source, pulse == "weak"
        spans[place].append((since, until))
        read[place] = max(at, read.get(place, at))
    rows = [
        {"source": source, "weak": weak, "since": since, "until": until}
        | {"read_at": read[source, weak]}
        for (source, weak), some in spans.items()
        for since, until in _merged(some)
    ]
    if rows:
        bind.execute(STRETCHES.insert(), rows)


def _merged(spans: Iterable[Span]) -> Iterator[Span]:
    begun: Span | None = None
    for since, until in sorted(spans):
        if begun and since <= begun[1] + TOUCHING:
            begun = begun[0], max(begun[1], until)
            continue
        if begun:
            yield begun
        begun = since, until
    if begun:
        yield begun


def _sound(bind: sa.Connection, wanted: sa.Select[Any], names: Iterable[str]) -> sa.Select[Any]:
    """*wanted*, but for rows of which an instant is damaged."""
    if bind.dialect.name != "sqlite":
        return wanted
    return wanted.where(*(sa.text(f"typeof({name}) = 'integer'") for name in names))


def _day(at: datetime) -> object:
    return at.astimezone(BEIJING).date()
