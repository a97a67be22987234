"""A consultation with a roll, and files to bring into it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence

import pytest
from flask import Flask

from consult.consultations import services
from consult.consultations.models import Consultation
from consult.extensions import db
from consult.stakeholders import importing, taking
from consult.stakeholders.importing import Plan
from consult.stakeholders.roll_file import COLUMNS, read_roll
from consult.tabular import LOCAL
from consult.tabular.csv_files import parse_csv
from tests.surveys.samples import survey

SLUG = "members"
ROLL = (
    ("منى خليل", "mona@example.org", "+962790000001", "جمعية النور", "ar", "الأردن", "نساء;أعضاء", "نعم"),
    ("Karim Saad", "karim@example.org", "", "Union", "en", "لبنان", "أعضاء", "yes"),
    ("Léa Martin", "lea@example.org", "", "", "fr", "لبنان", "", "non"),
)


def csv_bytes(rows: Sequence[Sequence[str]], columns: Sequence[str] = COLUMNS) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([columns, *rows])
    return text.getvalue().encode()


@pytest.fixture
def consultation(app: Flask) -> Consultation:
    made = services.create_consultation(
        db.session(),
        slug=SLUG,
        title={"en": "General assembly", "ar": "الجمعية العامة"},
        languages=["en", "ar"],
        access="roll",
        privacy="confidential",
        definition=survey(),
    )
    db.session.commit()
    return made


@pytest.fixture
def bring_in(consultation: Consultation) -> Callable[..., Plan]:
    """Takes rows onto the roll; returns the plan. Raises RollError."""

    def take(rows: Sequence[Sequence[str]], columns: Sequence[str] = COLUMNS, country: str = "") -> Plan:
        table = parse_csv(csv_bytes(rows, columns), name="roll.csv", limits=LOCAL)
        plan = importing.plan_import(db.session(), consultation, read_roll(table, country=country))
        taking.apply_plan(db.session(), consultation, plan, default_language="en")
        db.session.commit()
        return plan

    return take
