"""Words of excerpts that tell of a person, and what is decided about them

Revision ID: 0018
Revises: 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "personal_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        _excerpt(),
        sa.Column("start_offset", sa.Integer(), nullable=False),
        sa.Column("end_offset", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('name', 'email', 'phone', 'link', 'identity', 'address', 'other')",
            name=op.f("ck_personal_mark_known_kind"),
        ),
        sa.CheckConstraint("origin IN ('machine', 'reviewer')", name=op.f("ck_personal_mark_known_origin")),
        sa.CheckConstraint(
            "status IN ('found', 'masked', 'kept')", name=op.f("ck_personal_mark_known_status")
        ),
        sa.CheckConstraint(
            "start_offset >= 0 AND end_offset > start_offset", name=op.f("ck_personal_mark_span_in_order")
        ),
        sa.CheckConstraint(
            "(decided_by_id IS NULL) = (status = 'found')",
            name=op.f("ck_personal_mark_who_decided_is_known"),
        ),
        _excerpt_key("personal_mark"),
        _staff_key("personal_mark", "decided_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_mark")),
        sa.UniqueConstraint("excerpt_id", "start_offset", "end_offset", name="one_mark_per_span"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_personal_mark_status"), "personal_mark", ["status"])
    op.create_index(op.f("ix_personal_mark_decided_by_id"), "personal_mark", ["decided_by_id"])
    op.create_table(
        "personal_reading",
        _excerpt(),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("lost_marks", sa.Boolean(), nullable=False),
        _excerpt_key("personal_reading"),
        sa.PrimaryKeyConstraint("excerpt_id", name=op.f("pk_personal_reading")),
    )
    op.create_index(op.f("ix_personal_reading_version"), "personal_reading", ["version"])
    op.create_table(
        "redaction_settlement",
        sa.Column("id", sa.Integer(), nullable=False),
        _excerpt(),
        sa.Column("settled_by_id", sa.Integer(), nullable=False),
        sa.Column("settled_at", sa.DateTime(), nullable=False),
        _excerpt_key("redaction_settlement"),
        _staff_key("redaction_settlement", "settled_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redaction_settlement")),
        sa.UniqueConstraint("excerpt_id", name="one_settlement_per_excerpt"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_redaction_settlement_settled_by_id"), "redaction_settlement", ["settled_by_id"])


def downgrade() -> None:
    op.drop_table("redaction_settlement")
    op.drop_table("personal_reading")
    op.drop_table("personal_mark")


def _excerpt() -> sa.Column:
    return sa.Column("excerpt_id", sa.Integer(), autoincrement=False, nullable=False)


def _excerpt_key(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_excerpt_id_excerpt")
    return sa.ForeignKeyConstraint(["excerpt_id"], ["excerpt.id"], name=name, ondelete="CASCADE")


def _staff_key(table: str, column: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_staff")
    return sa.ForeignKeyConstraint([column], ["staff.id"], name=name, ondelete="RESTRICT")
