"""What readers see of each account, and until when it holds; every account is due."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from monitor.store.types import PlainText, UtcDateTime

revision = "0460"
down_revision = "0450"

ALL_ARE_DUE = {
    "sqlite": "'1970-01-01 00:00:00.000000'",
    "postgresql": "'1970-01-01 00:00:00+00'",
}


def upgrade() -> None:
    """Make the table, which the next pass fills, and the indexes for what is asked of it."""
    always = sa.text(ALL_ARE_DUE[op.get_bind().dialect.name])
    op.add_column(
        "standings",
        sa.Column("holds_until", UtcDateTime(), nullable=False, server_default=always),
    )
    op.execute(f"UPDATE standings SET due_at = {always}")
    op.create_index(op.f("ix_standings_holds_until"), "standings", ["holds_until"])
    op.create_table(
        "shown_accounts",
        sa.Column("account", PlainText(), sa.ForeignKey("accounts.id"), primary_key=True),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("breach_at", UtcDateTime(), nullable=False),
        sa.Column("name", PlainText(), nullable=False),
        sa.Column("platform", PlainText(), nullable=False),
        sa.Column("searched", PlainText(), nullable=False),
        sa.Column("read_at", UtcDateTime()),
        sa.Column("said", PlainText(), nullable=False),
    )
    for columns in (
        ["urgency", "breach_at", "account"],
        ["urgency", "platform"],
        ["name", "account"],
        ["read_at"],
    ):
        name = op.f(f"ix_shown_accounts_{'_'.join(columns)}")
        op.create_index(name, "shown_accounts", columns)
