"""Rolls and lists of codes as files: no cell of them starts a formula in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from sqlalchemy.orm import Session

from consult.stakeholders import queries
from consult.stakeholders.asking import Asking
from consult.stakeholders.codes import personal_codes, personal_link
from consult.stakeholders.models import Participant
from consult.stakeholders.roll_file import COLUMNS
from surveys.exports.csv import safe_cell

CODE_COLUMNS = ("code", "link", "email", "name")


def roll_csv(session: Session, asking: Asking) -> bytes:
    """The roll as a file that `consult roll import` takes back unchanged."""
    return _csv(COLUMNS, (_row(place.participant) for place in queries.whole_roll(session, asking.id)))


def _row(participant: Participant) -> tuple[str, ...]:
    groups = "; ".join(next(iter(group.name.values()), "") for group in participant.groups)
    return (
        participant.name,
        participant.email or "",
        participant.phone or "",
        participant.organisation,
        participant.language,
        participant.region,
        groups,
        "yes" if participant.has_vote else "no",
    )


def codes_csv(session: Session, asking: Asking) -> bytes:
    """Everybody's personal code and link."""
    rows = (
        (code, personal_link(asking.slug, code), place.participant.email or "", place.participant.name)
        for place, code in personal_codes(session, asking)
    )
    return _csv(CODE_COLUMNS, rows)


def _csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([safe_cell(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")
