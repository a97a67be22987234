"""Who spoke, at which table, and what stood before an excerpt

Revision ID: 0025
Revises: 0024
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_COLUMNS = {"voice": sa.String(length=200), "station": sa.String(length=80), "lead": sa.Text()}


def upgrade() -> None:
    for name, kind in _COLUMNS.items():
        op.add_column("excerpt", sa.Column(name, kind, nullable=False, server_default=""))


def downgrade() -> None:
    for name in reversed(_COLUMNS):
        op.execute(f"ALTER TABLE excerpt DROP COLUMN {name}")
