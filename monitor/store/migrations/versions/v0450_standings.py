"""How each account stands, and when it is to be judged again; every account is due."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from monitor.store.types import PlainText, UtcDateTime

revision = "0450"
down_revision = "0445"

BLIND = sa.text("verdict = 'blind'")
MISSING = sa.text("missing_since IS NOT NULL")
ALL_ARE_DUE = {
    "sqlite": "'1970-01-01 00:00:00.000000'",
    "postgresql": "'1970-01-01 00:00:00+00'",
}


def upgrade() -> None:
    """Make the table, a row for each account, and the indexes for what is asked all the time."""
    op.create_table(
        "standings",
        sa.Column("account", PlainText(), sa.ForeignKey("accounts.id"), primary_key=True),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("verdict", PlainText()),
        sa.Column("reason", PlainText()),
        sa.Column("rung", sa.Integer()),
        sa.Column("since", UtcDateTime()),
        sa.Column("breach_at", UtcDateTime()),
        sa.Column("changes_at", UtcDateTime()),
        sa.Column("weak", sa.Boolean()),
    )
    due_at = ALL_ARE_DUE[op.get_bind().dialect.name]
    op.execute(f"INSERT INTO standings (account, due_at) SELECT id, {due_at} FROM accounts")
    op.create_index(op.f("ix_standings_due_at"), "standings", ["due_at"])
    op.create_index(
        "ix_standings_blind",
        "standings",
        ["account"],
        sqlite_where=BLIND,
        postgresql_where=BLIND,
    )
    op.create_index(
        "ix_accounts_missing",
        "accounts",
        ["missing_since"],
        sqlite_where=MISSING,
        postgresql_where=MISSING,
    )
    op.create_index(op.f("ix_sources_gateway"), "sources", ["gateway"])
    op.create_index(op.f("ix_sources_last_tried_at"), "sources", ["last_tried_at"])
