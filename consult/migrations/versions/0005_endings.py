"""Quotas and screen-outs: numbers only, and the draft that a screen-out ended

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ending_count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("item_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('quota', 'screen_out')", name=op.f("ck_ending_count_known_ending")),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], name=op.f("fk_ending_count_survey_id_survey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ending_count")),
        sa.UniqueConstraint("key", name="one_count_per_ending"),
    )
    op.create_index(op.f("ix_ending_count_survey_id"), "ending_count", ["survey_id"])
    op.add_column("draft_response", sa.Column("ended_by", sa.String(length=64), nullable=True))


def downgrade() -> None:
    # Not in batch mode: making the table anew would delete what hangs on it.
    op.execute("ALTER TABLE draft_response DROP COLUMN ended_by")
    op.drop_index(op.f("ix_ending_count_survey_id"), "ending_count")
    op.drop_table("ending_count")
