"""Gateways: the health of each family of routes. Heartbeat: the last tick before an outage."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from monitor.store.types import PlainText, UtcDateTime

revision = "0408"
down_revision = "0404"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("heartbeats", sa.Column("slept_at", UtcDateTime()))
    op.add_column(
        "gateways", sa.Column("families", PlainText(), nullable=False, server_default="[]")
    )
