"""Readings: an index to the few that found a gap."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0304"
down_revision = "0303"
FOUND = sa.text("gap_from IS NOT NULL")


def upgrade() -> None:
    """Create the index."""
    op.create_index(
        "ix_readings_gap_from", "readings", ["gap_from"], sqlite_where=FOUND, postgresql_where=FOUND
    )
