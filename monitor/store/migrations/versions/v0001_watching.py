"""Registry, readings, posts, alerts and notices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from monitor.store.types import PlainText, UtcDateTime

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables of watching and telling."""
    op.create_table(
        "accounts",
        sa.Column("id", PlainText(), primary_key=True),
        sa.Column("name", PlainText(), nullable=False),
        sa.Column("platform", PlainText(), nullable=False),
        sa.Column("organisation", PlainText()),
        sa.Column("state", PlainText(), nullable=False),
        sa.Column("count_reposts", sa.Boolean(), nullable=False),
        sa.Column("configured", sa.Boolean(), nullable=False),
        sa.Column("watched_since", UtcDateTime(), nullable=False),
    )
    op.create_table(
        "policies",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("account", PlainText(), sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("policy", PlainText(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_policies_account", "policies", ["account"])
    op.create_table(
        "gateways",
        sa.Column("id", PlainText(), primary_key=True),
        sa.Column("kind", PlainText(), nullable=False),
        sa.Column("configured", sa.Boolean(), nullable=False),
        sa.Column("healthy", sa.Boolean(), nullable=False),
        sa.Column("failing_since", UtcDateTime()),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_tried_at", UtcDateTime()),
        sa.Column("last_pulse_at", UtcDateTime()),
        sa.Column("last_outcome", PlainText()),
        sa.Column("last_detail", PlainText(), nullable=False),
        sa.Column("not_before", UtcDateTime()),
    )
    op.create_table(
        "sources",
        sa.Column("id", PlainText(), primary_key=True),
        sa.Column("account", PlainText(), sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("gateway", PlainText(), nullable=False),
        sa.Column("locator", PlainText(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("configured", sa.Boolean(), nullable=False),
        sa.Column("watched", sa.Boolean(), nullable=False),
        sa.Column("next_read_at", UtcDateTime()),
        sa.Column("last_tried_at", UtcDateTime()),
        sa.Column("last_outcome", PlainText()),
        sa.Column("last_detail", PlainText(), nullable=False),
        sa.Column("last_good_at", UtcDateTime()),
        sa.Column("full_as_of", UtcDateTime()),
        sa.Column("weak_as_of", UtcDateTime()),
        sa.Column("failing_since", UtcDateTime()),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("unconditional_at", UtcDateTime()),
        sa.Column("memory", PlainText(), nullable=False),
    )
    op.create_index("ix_sources_account", "sources", ["account"])
    op.create_index("ix_sources_next_read_at", "sources", ["next_read_at"])
    op.create_table(
        "readings",
        sa.Column("source", PlainText(), sa.ForeignKey("sources.id"), primary_key=True),
        sa.Column("started_at", UtcDateTime(), primary_key=True),
        sa.Column("account", PlainText(), sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("gateway", PlainText(), nullable=False),
        sa.Column("outcome", PlainText(), nullable=False),
        sa.Column("as_of", UtcDateTime()),
        sa.Column("pulse", PlainText(), nullable=False),
        sa.Column("unconditional", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("detail", PlainText(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("fresh", sa.Integer(), nullable=False),
        sa.Column("covers_from", UtcDateTime()),
        sa.Column("gap_from", UtcDateTime()),
    )
    op.create_index("ix_readings_account_started_at", "readings", ["account", "started_at"])
    op.create_table(
        "posts",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("account", PlainText(), sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("key", PlainText(), nullable=False),
        sa.Column("kind", PlainText(), nullable=False),
        sa.Column("title", PlainText(), nullable=False),
        sa.Column("url", PlainText(), nullable=False),
        sa.Column("push", PlainText()),
        sa.Column("published_at", UtcDateTime(), nullable=False),
        sa.Column("dating", PlainText(), nullable=False),
        sa.Column("first_seen_at", UtcDateTime(), nullable=False),
        sa.Column("source", PlainText(), nullable=False),
        sa.Column("deleted_at", UtcDateTime()),
        sa.UniqueConstraint("key", "account"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_posts_account_published_at", "posts", ["account", "published_at"])
    op.create_index("ix_posts_published_at", "posts", ["published_at"])
    op.create_table(
        "sightings",
        sa.Column("post", sa.Integer(), sa.ForeignKey("posts.id"), primary_key=True),
        sa.Column("source", PlainText(), primary_key=True),
        sa.Column("kind", PlainText(), nullable=False),
        sa.Column("title", PlainText(), nullable=False),
        sa.Column("url", PlainText(), nullable=False),
        sa.Column("push", PlainText()),
        sa.Column("stated_at", UtcDateTime()),
        sa.Column("stated_first_at", UtcDateTime()),
        sa.Column("first_seen_at", UtcDateTime(), nullable=False),
        sa.Column("last_seen_at", UtcDateTime(), nullable=False),
        sa.Column("on_first_reading", sa.Boolean(), nullable=False),
        sa.Column("said", PlainText(), nullable=False),
        sa.Column("deleted_at", UtcDateTime()),
    )
    op.create_index("ix_sightings_source", "sightings", ["source"])
    op.create_table(
        "alerts",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("kind", PlainText(), nullable=False),
        sa.Column("subject", PlainText(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("rung", sa.Integer()),
        sa.Column("told", PlainText(), nullable=False),
        sa.Column("called_at", UtcDateTime()),
        sa.Column("acknowledged_by", PlainText()),
        sa.Column("acknowledged_at", UtcDateTime()),
        sa.Column("promised_by", PlainText()),
        sa.Column("promised_at", UtcDateTime()),
        sa.Column("promised_until", UtcDateTime()),
        sa.Column("promise_scheduled", sa.Boolean()),
        sa.Column("resolved_at", UtcDateTime()),
        sa.Column("resolution", PlainText()),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_alerts_subject", "alerts", ["subject"])
    op.create_index(
        "uq_alerts_open",
        "alerts",
        ["subject", "kind"],
        unique=True,
        sqlite_where=sa.text("resolved_at IS NULL"),
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    op.create_table(
        "notices",
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("id", PlainText(), nullable=False),
        sa.Column("alert", sa.Integer(), nullable=False),
        sa.Column("kind", PlainText(), nullable=False),
        sa.Column("subject", PlainText(), nullable=False),
        sa.Column("occasion", PlainText(), nullable=False),
        sa.Column("reason", PlainText(), nullable=False),
        sa.Column("event", PlainText(), nullable=False),
        sa.Column("rung", sa.Integer()),
        sa.Column("person", PlainText(), nullable=False),
        sa.Column("channel", PlainText(), nullable=False),
        sa.Column("address", PlainText(), nullable=False),
        sa.Column("facts", PlainText(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("not_before", UtcDateTime(), nullable=False),
        sa.Column("state", PlainText(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", UtcDateTime()),
        sa.Column("sent_at", UtcDateTime()),
        sa.Column("error", PlainText()),
        sa.UniqueConstraint("id"),
        sa.UniqueConstraint("alert", "occasion", "person", "channel"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_notices_state_not_before", "notices", ["state", "not_before"])
    op.create_table(
        "deliveries",
        sa.Column("notice", PlainText(), sa.ForeignKey("notices.id"), primary_key=True),
        sa.Column("attempt", sa.Integer(), primary_key=True),
        sa.Column("channel", PlainText(), nullable=False),
        sa.Column("address", PlainText(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
        sa.Column("state", PlainText()),
        sa.Column("error", PlainText()),
    )
    op.create_table(
        "exceptions",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("account", PlainText(), sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("by", PlainText(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.Column("reason", PlainText(), nullable=False),
        sa.Column("document", PlainText()),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_exceptions_until", "exceptions", ["until"])
    op.create_table(
        "notes",
        sa.Column("key", PlainText(), primary_key=True),
        sa.Column("value", PlainText(), nullable=False),
    )
    op.create_table(
        "heartbeats",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("last_tick_at", UtcDateTime(), nullable=False),
        sa.Column("awake_since", UtcDateTime(), nullable=False),
    )
