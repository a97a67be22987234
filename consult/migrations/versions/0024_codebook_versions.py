"""A mark for each theme, versions of the codebook, and codebook files on their way in

Revision ID: 0024
Revises: 0023
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("theme", sa.Column("mark", sa.String(length=16), nullable=False, server_default=""))
    op.create_table(
        "codebook_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("fixed_by", sa.String(length=200), nullable=False),
        sa.Column("fixed_by_id", sa.Integer(), nullable=True),
        sa.Column("fixed_at", sa.DateTime(), nullable=False),
        _to("consultation_id", "codebook_version", "consultation", "CASCADE"),
        _to("fixed_by_id", "codebook_version", "staff", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_codebook_version")),
        sa.UniqueConstraint("consultation_id", "question_id", "number", name="one_codebook_version_per_number"),
    )
    op.create_table(
        "codebook_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        _to("consultation_id", "codebook_draft", "consultation", "CASCADE"),
        _to("staff_id", "codebook_draft", "staff", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_codebook_draft")),
    )
    op.create_index("ix_codebook_draft_question", "codebook_draft", ["consultation_id", "question_id"])


def downgrade() -> None:
    op.drop_table("codebook_draft")
    op.drop_table("codebook_version")
    # Not in a batch: SQLite would make the table anew, and what refers to themes would go with the old one.
    op.drop_column("theme", "mark")


def _to(column: str, table: str, target: str, on_delete: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete=on_delete)
