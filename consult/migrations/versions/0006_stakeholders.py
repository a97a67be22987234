"""Stakeholder groups, participants, the roll of each consultation, personal codes and letters

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

CATEGORIES = (
    "government", "international_organisation", "academia", "women", "youth", "local_community",
    "decision_maker", "media", "members", "staff", "board", "partner", "donor", "other",
)


def upgrade() -> None:
    known = ", ".join(repr(category) for category in CATEGORIES)
    op.create_table(
        "stakeholder_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("influence", sa.Integer(), nullable=True),
        sa.Column("interest", sa.Integer(), nullable=True),
        sa.Column("expected_size", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(f"category IN ({known})", name=op.f("ck_stakeholder_group_category_known")),
        sa.CheckConstraint("influence BETWEEN 1 AND 5", name=op.f("ck_stakeholder_group_influence_in_range")),
        sa.CheckConstraint("interest BETWEEN 1 AND 5", name=op.f("ck_stakeholder_group_interest_in_range")),
        sa.CheckConstraint(
            "expected_size >= 0", name=op.f("ck_stakeholder_group_expected_size_positive")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stakeholder_group")),
        sa.UniqueConstraint("key", name="one_group_per_name"),
    )
    op.create_table(
        "participant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_key", sa.String(length=200), nullable=False),
        sa.Column("organisation", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("email_key", sa.String(length=320), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("region", sa.String(length=200), nullable=False),
        sa.Column("has_vote", sa.Boolean(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participant")),
    )
    op.create_index("ix_participant_email_key", "participant", ["email_key"])
    op.create_index("ix_participant_name_key", "participant", ["name_key"])
    op.create_table(
        "participant_group",
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_participant_group_participant_id_participant"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["stakeholder_group.id"],
            name=op.f("fk_participant_group_group_id_stakeholder_group"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("participant_id", "group_id", name=op.f("pk_participant_group")),
    )
    op.create_index("ix_participant_group_group_id", "participant_group", ["group_id"])
    op.create_table(
        "roll_place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("name_key", sa.String(length=200), nullable=False),
        sa.Column("email_key", sa.String(length=320), nullable=True),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
            name=op.f("fk_roll_place_consultation_id_consultation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_roll_place_participant_id_participant"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roll_place")),
        sa.UniqueConstraint("consultation_id", "participant_id", name="one_place_per_participant"),
        sa.UniqueConstraint("consultation_id", "email_key", name="one_place_per_email"),
        sa.UniqueConstraint("ref", name="one_place_per_ref"),
    )
    op.create_index("ix_roll_place_reading", "roll_place", ["consultation_id", "name_key", "id"])
    op.create_index("ix_roll_place_participant_id", "roll_place", ["participant_id"])
    op.create_table(
        "roll_upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
            name=op.f("fk_roll_upload_consultation_id_consultation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_roll_upload_staff_id_staff"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roll_upload")),
    )
    op.create_index("ix_roll_upload_consultation_id", "roll_upload", ["consultation_id"])

    _entitlement_tables()
    _letter_tables()


def _cascade(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete="CASCADE")


def _entitlement_tables() -> None:
    op.create_table(
        "access_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("issue", sa.Integer(), nullable=False),
        _cascade("access_code", "place_id", "roll_place"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_code")),
        sa.UniqueConstraint("place_id", name="one_code_per_participant"),
        sa.UniqueConstraint("code_hash", name="one_participant_per_code"),
    )
    op.create_table(
        "participation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Integer(), nullable=True),
        _cascade("participation", "place_id", "roll_place"),
        _cascade("participation", "response_id", "response"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participation")),
        sa.UniqueConstraint("place_id", name="one_response_per_participant"),
        sa.UniqueConstraint("response_id", name="one_participant_per_response"),
    )


def _letter_tables() -> None:
    kinds = "kind IN ('invitation', 'reminder')"
    states = "state IN ('waiting', 'attempted', 'sent', 'refused', 'bounced', 'dropped')"
    op.create_table(
        "letter_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.CheckConstraint(kinds, name=op.f("ck_letter_text_kind_known")),
        _cascade("letter_text", "consultation_id", "consultation"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_text")),
        sa.UniqueConstraint("consultation_id", "kind", "language", name="one_text_per_letter"),
    )
    op.create_table(
        "mailing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consultation_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by", sa.String(length=255), nullable=False),
        sa.CheckConstraint(kinds, name=op.f("ck_mailing_kind_known")),
        _cascade("mailing", "consultation_id", "consultation"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailing")),
    )
    op.create_index("ix_mailing_consultation_id", "mailing", ["consultation_id"])
    op.create_table(
        "letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mailing_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=80), nullable=False),
        sa.Column("attempted_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(states, name=op.f("ck_letter_state_known")),
        _cascade("letter", "mailing_id", "mailing"),
        _cascade("letter", "place_id", "roll_place"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter")),
        sa.UniqueConstraint("mailing_id", "place_id", name="one_letter_per_participant"),
        sa.UniqueConstraint("ref", name="one_letter_per_ref"),
    )
    op.create_index("ix_letter_mailing_id_state", "letter", ["mailing_id", "state"])
    op.create_index("ix_letter_place_id", "letter", ["place_id"])


def downgrade() -> None:
    for table in ("letter", "mailing", "letter_text", "participation", "access_code"):
        op.drop_table(table)
    op.drop_table("roll_upload")
    op.drop_table("roll_place")
    op.drop_table("participant_group")
    op.drop_table("participant")
    op.drop_table("stakeholder_group")
