"""Double coding: rounds, and what coders said blind

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "double_coding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.String(length=64), nullable=False),
        sa.Column("excerpt_ids", sa.JSON(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
            name=op.f("fk_double_coding_consultation_id_consultation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["staff.id"], name=op.f("fk_double_coding_made_by_id_staff"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_double_coding")),
    )
    op.create_index("ix_double_coding_reading", "double_coding", ["consultation_id", "question_id", "id"])
    op.create_table(
        "blind_coding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("excerpt_id", sa.Integer(), nullable=False),
        sa.Column("coder_id", sa.Integer(), nullable=False),
        sa.Column("theme_ids", sa.JSON(), nullable=False),
        sa.Column("coded_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coder_id"], ["staff.id"], name=op.f("fk_blind_coding_coder_id_staff"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["excerpt_id"], ["excerpt.id"], name=op.f("fk_blind_coding_excerpt_id_excerpt"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["double_coding.id"],
            name=op.f("fk_blind_coding_round_id_double_coding"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blind_coding")),
        sa.UniqueConstraint("round_id", "excerpt_id", "coder_id", name="one_blind_coding_per_coder"),
    )
    op.create_index(op.f("ix_blind_coding_excerpt_id"), "blind_coding", ["excerpt_id"])
    op.create_index(op.f("ix_blind_coding_coder_id"), "blind_coding", ["coder_id"])


def downgrade() -> None:
    op.drop_table("blind_coding")
    op.drop_table("double_coding")
