"""How long a consultation keeps its roll and its answers, and when they were erased

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None
COLUMNS = ("keep_roll_months", "keep_answers_months", "roll_erased_at", "answers_erased_at")


def upgrade() -> None:
    # Empty for those that are there: nothing is erased that nobody was told of.
    for name in COLUMNS:
        kind = sa.DateTime() if name.endswith("_at") else sa.Integer()
        op.add_column("consultation", sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    # Not in batch mode: making the table anew would delete what hangs on it.
    for name in reversed(COLUMNS):
        op.execute(f"ALTER TABLE consultation DROP COLUMN {name}")
