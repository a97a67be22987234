"""Memos of coders, and what has to be masked before it is quoted

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "excerpt_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("excerpt_id", sa.Integer(), nullable=False),
        sa.Column("coder_id", sa.Integer(), nullable=False),
        sa.Column("memo", sa.Text(), nullable=False),
        sa.Column("needs_redaction", sa.Boolean(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coder_id"], ["staff.id"], name=op.f("fk_excerpt_note_coder_id_staff"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["excerpt_id"], ["excerpt.id"], name=op.f("fk_excerpt_note_excerpt_id_excerpt"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_excerpt_note")),
        sa.UniqueConstraint("excerpt_id", "coder_id", name="one_note_per_excerpt_and_coder"),
    )
    op.create_index(op.f("ix_excerpt_note_coder_id"), "excerpt_note", ["coder_id"])


def downgrade() -> None:
    op.drop_table("excerpt_note")
