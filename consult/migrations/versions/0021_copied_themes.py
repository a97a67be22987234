"""Themes that were taken over remember from where

Revision ID: 0021
Revises: 0020
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("theme") as table:
        table.add_column(sa.Column("copied_from_id", sa.Integer(), nullable=True))


def downgrade() -> None:
    # Not in a batch: SQLite would make the table anew, and what refers to themes would go with the old one.
    op.drop_column("theme", "copied_from_id")
