"""Codes of an anonymous consultation on their way to people: from memory, once, and forgotten here."""

from __future__ import annotations

import csv
import io

from sqlalchemy import delete
from sqlalchemy.orm import Session

from consult.access import audit
from consult.ballots.models import Slot, SlotSet
from consult.ballots.slots import make_slots
from consult.errors import DomainError
from consult.stakeholders.asking import BEFORE_OPENING, Asking
from consult.stakeholders.codes import personal_link
from consult.stakeholders.queries import roll_size
from surveys.errors import NotReadyError
from surveys.i18n import N_
from surveys.models import Survey
from surveys.queries import draft_definition
from surveys.rules import find_problems


def make_codes(session: Session, asking: Asking, count: int | None = None) -> list[str]:
    """One code for everybody on the roll, in random order, with their slots; `count` where there is no roll.

    Raises DomainError as `make_slots` does, and when `count` is not the size of the roll; NotReadyError for a survey
    that could not open: it cannot be changed any more afterwards.
    """
    size = roll_size(session, asking.id)
    if size and count is not None and count != size:
        raise DomainError(
            "count_and_roll",
            N_("%(size)s people are on the roll, and each of them gets one code. Leave the number out."),
            size=size,
        )
    survey = session.get(Survey, asking.survey_id)
    assert survey is not None
    definition = draft_definition(survey)
    errors = tuple(problem for problem in find_problems(definition) if not problem.is_warning)
    if errors:
        raise NotReadyError(errors)
    codes = make_slots(session, asking, definition=definition, number=size or count or 0)
    audit.record(session, "codes.made", consultation_slug=asking.slug, count=len(codes))
    return codes


def throw_codes_away(session: Session, asking: Asking) -> None:
    """Forget the slots before the consultation opens: the codes that were made open nothing any more, the roll and the
    survey can change again, and other codes can be made. Safe to repeat.

    Raises DomainError once it has opened: somebody may have answered.
    """
    if asking.status not in BEFORE_OPENING:
        raise DomainError(
            "opened", N_("This consultation has opened: its codes are what people answer with.")
        )
    session.execute(delete(Slot).where(Slot.consultation_id == asking.id))
    session.execute(delete(SlotSet).where(SlotSet.consultation_id == asking.id))
    asking.is_roll_fixed = False
    session.flush()
    session.expire_all()
    audit.record(session, "codes.thrown_away", consultation_slug=asking.slug)


def anonymous_codes_csv(session: Session, asking: Asking, count: int | None = None) -> bytes:
    """`make_codes` as a CSV file with the columns ``code`` and ``link``."""
    return as_csv(asking, make_codes(session, asking, count))


def as_csv(asking: Asking, codes: list[str]) -> bytes:
    """Codes with their links."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(["code", "link"])
    for code in codes:
        rows.writerow([code, personal_link(asking.slug, code)])
    return text.getvalue().encode()
