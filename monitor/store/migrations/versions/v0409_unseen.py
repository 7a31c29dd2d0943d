"""Sightings: the last good reading that did not show what has no date."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from monitor.store.types import UtcDateTime

revision = "0409"
down_revision = "0408"


def upgrade() -> None:
    """Add the column."""
    op.add_column("sightings", sa.Column("unseen_at", UtcDateTime()))
