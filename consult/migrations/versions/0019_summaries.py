"""Themed summaries: drafts, the quotes chosen for them, and signed versions with their words

Revision ID: 0019
Revises: 0018
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None
THE_WHOLE = sa.text("question_id IS NULL")


def upgrade() -> None:
    op.create_table(
        "summary",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.String(length=64), nullable=True),
        sa.Column("draft", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("updated_by_id", sa.Integer(), nullable=True),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        _to("consultation_id", "summary", "consultation", "CASCADE"),
        _to("updated_by_id", "summary", "staff", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_summary")),
        sa.UniqueConstraint("consultation_id", "question_id", name="one_summary_per_question"),
    )
    op.create_index(
        "one_summary_of_the_whole", "summary", ["consultation_id"], unique=True,
        sqlite_where=THE_WHOLE, postgresql_where=THE_WHOLE,
    )
    op.create_table(
        "summary_quote",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("summary_id", sa.Integer(), nullable=False),
        sa.Column("theme_id", sa.Integer(), nullable=True),
        sa.Column("excerpt_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("translations", sa.JSON(), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        _to("summary_id", "summary_quote", "summary", "CASCADE"),
        _to("theme_id", "summary_quote", "theme", "CASCADE"),
        _to("excerpt_id", "summary_quote", "excerpt", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_summary_quote")),
    )
    op.create_index("ix_summary_quote_summary_id", "summary_quote", ["summary_id", "position"])
    op.create_index(op.f("ix_summary_quote_theme_id"), "summary_quote", ["theme_id"])
    op.create_index(op.f("ix_summary_quote_excerpt_id"), "summary_quote", ["excerpt_id"])
    _signed()


def _signed() -> None:
    op.create_table(
        "summary_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("summary_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("signed_by", sa.String(length=200), nullable=False),
        sa.Column("signed_by_id", sa.Integer(), nullable=True),
        sa.Column("signed_at", sa.DateTime(), nullable=False),
        _to("summary_id", "summary_version", "summary", "CASCADE"),
        _to("signed_by_id", "summary_version", "staff", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_summary_version")),
        sa.UniqueConstraint("summary_id", "number", name="one_version_per_number"),
    )
    op.create_table(
        "summary_version_quote",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("excerpt_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("translations", sa.JSON(), nullable=False),
        _to("version_id", "summary_version_quote", "summary_version", "CASCADE"),
        _to("excerpt_id", "summary_version_quote", "excerpt", "CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_summary_version_quote")),
        sa.UniqueConstraint("version_id", "excerpt_id", name="one_quote_per_excerpt_and_version"),
    )
    op.create_index(op.f("ix_summary_version_quote_excerpt_id"), "summary_version_quote", ["excerpt_id"])


def _to(column: str, table: str, of: str, on_delete: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{of}.id"], name=op.f(f"fk_{table}_{column}_{of}"), ondelete=on_delete
    )


def downgrade() -> None:
    for table in ("summary_version_quote", "summary_version", "summary_quote", "summary"):
        op.drop_table(table)
