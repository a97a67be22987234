"""When an event is tried again, how much was unfinished at closing, and an index for reading by language

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox_event", sa.Column("not_before", sa.DateTime(), nullable=True))
    op.add_column("consultation", sa.Column("unfinished_at_closing", sa.Integer(), nullable=True))
    op.create_index(
        "ix_excerpt_counting", "excerpt", ["consultation_id", "question_id", "part_of_id", "language"]
    )


def downgrade() -> None:
    op.drop_index("ix_excerpt_counting", "excerpt")
    # Not in batch mode: making the table anew would delete what hangs on it.
    op.execute("ALTER TABLE consultation DROP COLUMN unfinished_at_closing")
    op.execute("ALTER TABLE outbox_event DROP COLUMN not_before")
