"""Posts by account, day and kind, counted once."""

from __future__ import annotations

from collections import Counter
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

from monitor.store.types import CompactDay, CompactInstant, PlainText
from monitor.store.watching import ADVANCE

revision = "0501"
down_revision = "0500"

BEIJING = ZoneInfo("Asia/Shanghai")
STEP = 200  # accounts between two words about how far it has come
POSTS = sa.table(
    "posts",
    sa.column("account"),
    sa.column("kind"),
    sa.column("dating"),
    sa.column("published_at", CompactInstant()),
)
DAYS = sa.table(
    "post_days",
    sa.column("day", CompactDay()),
    sa.column("account"),
    sa.column("kind"),
    sa.column("posts"),
)


def upgrade() -> None:
    """Make the table and fill it; a date that is damaged is left to be mended."""
    op.create_table(
        "post_days",
        sa.Column("account", PlainText(), sa.ForeignKey("accounts.id"), primary_key=True),
        sa.Column("day", CompactDay(), primary_key=True),
        sa.Column("kind", PlainText(), primary_key=True),
        sa.Column("posts", sa.Integer(), nullable=False),
        sqlite_with_rowid=False,
    )
    bind, advance = op.get_bind(), ADVANCE.get()
    accounts = bind.scalars(sa.text("SELECT id FROM accounts ORDER BY id")).all()
    for done, account in enumerate(accounts):
        _count(bind, account)
        if done % STEP == 0:
            advance(done, len(accounts))
    advance(len(accounts), len(accounts))


def _count(bind: sa.Connection, account: str) -> None:
    wanted = sa.select(POSTS.c.published_at, POSTS.c.kind).where(
        POSTS.c.account == account, POSTS.c.dating != "unknown"
    )
    if bind.dialect.name == "sqlite":
        wanted = wanted.where(sa.text("typeof(published_at) = 'integer'"))
    found = Counter((at.astimezone(BEIJING).date(), kind) for at, kind in bind.execute(wanted))
    if found:
        rows = [
            {"day": day, "account": account, "kind": kind, "posts": n}
            for (day, kind), n in found.items()
        ]
        bind.execute(DAYS.insert(), rows)
