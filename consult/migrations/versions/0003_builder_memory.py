"""What the builder remembers: steps to undo, saved questions, the wordings translations were made from

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "survey_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("change", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.JSON(), nullable=False),
        sa.Column("is_undone", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], name=op.f("fk_survey_step_survey_id_survey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_step")),
        sa.UniqueConstraint("survey_id", "position", name="one_step_per_position"),
    )
    op.create_table(
        "saved_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("question", sa.JSON(), nullable=False),
        sa.Column("saved_by", sa.String(length=320), nullable=False),
        sa.Column("saved_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_question")),
    )
    op.create_table(
        "text_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=400), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("words_hash", sa.String(length=64), nullable=False),
        sa.Column("source_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], name=op.f("fk_text_source_survey_id_survey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_source")),
        sa.UniqueConstraint("survey_id", "key", "language", "words_hash", name="one_source_per_words"),
    )
    with op.batch_alter_table("text_source", schema=None) as batch_op:
        batch_op.create_index("ix_text_source_survey_id", ["survey_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("text_source", schema=None) as batch_op:
        batch_op.drop_index("ix_text_source_survey_id")
    op.drop_table("text_source")
    op.drop_table("saved_question")
    op.drop_table("survey_step")
