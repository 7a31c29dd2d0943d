"""Gateways: warnings, the end of a credential, canaries. Counters: whether they are exact."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from monitor.store.types import PlainText, UtcDateTime

revision = "0201"
down_revision = "0101"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("gateways", sa.Column("ends_at", UtcDateTime()))
    for name in ("warnings", "canaries"):
        op.add_column("gateways", sa.Column(name, PlainText(), nullable=False, server_default="[]"))
    op.add_column(
        "counters", sa.Column("exact", sa.Boolean(), nullable=False, server_default=sa.true())
    )
