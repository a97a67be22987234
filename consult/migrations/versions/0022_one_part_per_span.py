"""A part of an excerpt is one, however often the button was pressed

Revision ID: 0022
Revises: 0021
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_INDEX = "one_part_per_span"


def upgrade() -> None:
    _join_doubles(op.get_bind())
    where = sa.text("part_of_id IS NOT NULL")
    op.create_index(
        _INDEX, "excerpt", ["part_of_id", "start_offset", "end_offset"],
        unique=True, sqlite_where=where, postgresql_where=where,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index(_INDEX, "excerpt")


def _join_doubles(connection: sa.Connection) -> None:
    """Of parts with one span the oldest stays, or the one that a signed summary quotes, with what all were coded as."""
    parts = connection.execute(
        sa.text(
            "SELECT part_of_id, start_offset, end_offset, id FROM excerpt AS part WHERE part_of_id IS NOT NULL"
            " ORDER BY CASE WHEN EXISTS (SELECT 1 FROM summary_version_quote AS quote"
            " WHERE quote.excerpt_id = part.id) THEN 0 ELSE 1 END, id"
        )
    )
    kept: dict[tuple[int, ...], int] = {}
    for *span, number in parts.all():
        one = kept.setdefault(tuple(span), number)
        if one != number:
            both = {"one": one, "number": number}
            connection.execute(
                sa.text(
                    "UPDATE coding SET excerpt_id = :one WHERE excerpt_id = :number AND NOT EXISTS"
                    " (SELECT 1 FROM coding AS other WHERE other.excerpt_id = :one"
                    " AND COALESCE(other.theme_id, 0) = COALESCE(coding.theme_id, 0)"
                    " AND COALESCE(other.coder_id, 0) = COALESCE(coding.coder_id, 0))"
                ),
                both,
            )
            connection.execute(
                sa.text("UPDATE summary_quote SET excerpt_id = :one WHERE excerpt_id = :number"), both
            )
            connection.execute(sa.text("DELETE FROM excerpt WHERE id = :number"), {"number": number})
