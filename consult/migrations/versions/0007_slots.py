"""Slots of anonymous consultations

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "slot_set",
        sa.Column("consultation_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("receipts", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("is_wiped", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
            name=op.f("fk_slot_set_consultation_id_consultation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("consultation_id", name=op.f("pk_slot_set")),
    )
    op.create_table(
        "slot",
        sa.Column("rid", sa.LargeBinary(length=32), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("is_used", sa.Boolean(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
            name=op.f("fk_slot_consultation_id_consultation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("rid", name=op.f("pk_slot")),
    )
    op.create_index(op.f("ix_slot_consultation_id"), "slot", ["consultation_id"])
    if op.get_bind().dialect.name == "postgresql":
        # Room beside every row, so that a new version stays on its page and no index is touched; no compression, which
        # would make sizes tell; and the dead versions go soon.
        op.execute("ALTER TABLE slot ALTER COLUMN payload SET STORAGE EXTERNAL")
        op.execute(
            "ALTER TABLE slot SET (fillfactor = 50, autovacuum_vacuum_threshold = 1, "
            "autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_insert_scale_factor = 0)"
        )


def downgrade() -> None:
    op.drop_table("slot")
    op.drop_table("slot_set")
