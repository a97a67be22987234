"""A salt for the codes of each consultation, and rolls that are fixed when anonymous codes are made

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Without a salt the codes that were handed out fit as before.
    op.add_column("consultation", sa.Column("salt", sa.String(length=64), server_default="", nullable=False))
    op.add_column(
        "consultation", sa.Column("is_roll_fixed", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.execute(
        "UPDATE consultation SET is_roll_fixed = TRUE WHERE id IN (SELECT consultation_id FROM slot_set)"
    )
    op.add_column("slot_set", sa.Column("roll", sa.String(length=64), server_default="", nullable=False))


def downgrade() -> None:
    # Not in batch mode: making the table anew would delete what hangs on it.
    op.execute("ALTER TABLE slot_set DROP COLUMN roll")
    op.execute("ALTER TABLE consultation DROP COLUMN is_roll_fixed")
    op.execute("ALTER TABLE consultation DROP COLUMN salt")
