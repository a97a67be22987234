"""Excerpts in the order of their sources, as the coding queue goes through them

Revision ID: 0026
Revises: 0025
"""

from __future__ import annotations

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_INDEX = "ix_excerpt_source"


def upgrade() -> None:
    op.create_index(_INDEX, "excerpt", ["consultation_id", "question_id", "source_id", "position", "id"])


def downgrade() -> None:
    op.drop_index(_INDEX, "excerpt")
