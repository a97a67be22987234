"""Evidence of every kind, its groups, the preview of what is brought in, and the index for searching

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None
CHANNEL = sa.text("kind = 'feedback_channel'")


def upgrade() -> None:
    op.add_column("evidence_source", sa.Column("informant", sa.String(length=200), nullable=False, server_default=""))
    op.add_column("evidence_source", sa.Column("language", sa.String(length=16), nullable=True))
    for name in ("quote_consent", "is_open"):
        op.add_column("evidence_source", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    # It was always empty: groups stand in a table of their own now.
    op.execute("ALTER TABLE evidence_source DROP COLUMN groups")
    op.create_index(
        "one_feedback_channel", "evidence_source", ["consultation_id"], unique=True,
        sqlite_where=CHANNEL, postgresql_where=CHANNEL,
    )
    op.add_column("excerpt", sa.Column("said_on", sa.Date(), nullable=True))
    op.add_column("excerpt", sa.Column("speaker", sa.Integer(), nullable=True))
    op.add_column("excerpt", sa.Column("search_version", sa.Integer(), nullable=True))
    op.create_index(op.f("ix_excerpt_search_version"), "excerpt", ["search_version"])
    _groups("evidence_source_group", "source_id", "evidence_source")
    _groups("excerpt_group", "excerpt_id", "excerpt")
    op.create_table(
        "excerpt_term",
        sa.Column("excerpt_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("term", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["excerpt_id"], ["excerpt.id"], name=op.f("fk_excerpt_term_excerpt_id_excerpt"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("excerpt_id", "term", name=op.f("pk_excerpt_term")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_excerpt_term_finding", "excerpt_term", ["term", "excerpt_id"])
    op.create_table(
        "evidence_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["evidence_source.id"], name=op.f("fk_evidence_draft_source_id_evidence_source"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_evidence_draft_staff_id_staff"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_draft")),
    )
    op.create_index("ix_evidence_draft_source_id", "evidence_draft", ["source_id"])
    op.create_table(
        "evidence_sent_form",
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_evidence_sent_form")),
    )


def _groups(table: str, column: str, of: str) -> None:
    op.create_table(
        table,
        sa.Column(column, sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint([column], [f"{of}.id"], name=op.f(f"fk_{table}_{column}_{of}"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["group_id"], ["stakeholder_group.id"], name=op.f(f"fk_{table}_group_id_stakeholder_group"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(column, "group_id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_group_id"), table, ["group_id"])


def downgrade() -> None:
    for table in ("evidence_sent_form", "evidence_draft", "excerpt_term", "excerpt_group", "evidence_source_group"):
        op.drop_table(table)
    op.drop_index(op.f("ix_excerpt_search_version"), "excerpt")
    # Not in batch mode: making the tables anew would delete what hangs on them.
    for name in ("search_version", "speaker", "said_on"):
        op.execute(f"ALTER TABLE excerpt DROP COLUMN {name}")
    op.drop_index("one_feedback_channel", "evidence_source")
    op.add_column("evidence_source", sa.Column("groups", sa.JSON(), nullable=False, server_default="[]"))
    for name in ("is_open", "quote_consent", "language", "informant"):
        op.execute(f"ALTER TABLE evidence_source DROP COLUMN {name}")
