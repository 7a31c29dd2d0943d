"""Who holds an account, handovers, recorded dates of the roster, summaries of shifts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from monitor.store.types import PlainText, UtcDateTime

revision = "0101"
down_revision = "0003"


def upgrade() -> None:
    """Create the tables of keeping."""
    op.create_table(
        "custody",
        sa.Column("account", PlainText(), sa.ForeignKey("accounts.id"), primary_key=True),
        sa.Column("since", UtcDateTime(), primary_key=True),
        sa.Column("person", PlainText(), nullable=False),
    )
    op.create_table(
        "confirmations",
        sa.Column("account", PlainText(), sa.ForeignKey("accounts.id"), primary_key=True),
        sa.Column("at", UtcDateTime(), primary_key=True),
        sa.Column("by", PlainText(), nullable=False),
    )
    op.create_table(
        "configured_custodians",
        sa.Column("account", PlainText(), sa.ForeignKey("accounts.id"), primary_key=True),
        sa.Column("person", PlainText(), nullable=False),
    )
    _handovers()
    _duty()


def _handovers() -> None:
    op.create_table(
        "handovers",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("giver", PlainText(), nullable=False),
        sa.Column("taker", PlainText(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("reason", PlainText(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("started_by", PlainText(), nullable=False),
        sa.Column("giver_accepted_at", UtcDateTime()),
        sa.Column("taker_accepted_at", UtcDateTime()),
        sa.Column("cancelled_at", UtcDateTime()),
        sa.Column("cancelled_by", PlainText()),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "handover_accounts",
        sa.Column("handover", sa.Integer(), sa.ForeignKey("handovers.id"), primary_key=True),
        sa.Column("account", PlainText(), sa.ForeignKey("accounts.id"), primary_key=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("proven_at", UtcDateTime()),
    )
    op.create_table(
        "handover_checks",
        sa.Column("handover", sa.Integer(), sa.ForeignKey("handovers.id"), primary_key=True),
        sa.Column("item", PlainText(), primary_key=True),
        sa.Column("checked_at", UtcDateTime(), nullable=False),
    )


def _duty() -> None:
    op.create_table(
        "duty_days",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("duty", PlainText(), nullable=False),
        sa.Column("leader", PlainText()),
        sa.Column("origin", PlainText(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "shift_sheets",
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("person", PlainText(), primary_key=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
    )
