"""Everything by which a post may be found again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from monitor.store.types import PlainText

revision = "0401"
down_revision = "0304"


def upgrade() -> None:
    """Create the table; `monitor.store.joining` fills it, and puts together what is one post."""
    op.create_table(
        "marks",
        sa.Column("mark", PlainText(), primary_key=True),
        sa.Column("post", sa.Integer(), sa.ForeignKey("posts.id"), primary_key=True),
    )
    op.create_index("ix_marks_post", "marks", ["post"])
