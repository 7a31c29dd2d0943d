"""Posts and sightings: when the time ends that a date without second or hour leaves open."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from monitor.store.types import UtcDateTime

revision = "0403"
down_revision = "0401"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("posts", sa.Column("published_until", UtcDateTime()))
    op.add_column("sightings", sa.Column("stated_until", UtcDateTime()))
