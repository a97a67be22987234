"""What is still missing before a consultation can open from the browser."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from consult.ballots.slots import slot_set_of
from consult.consultations.models import Consultation
from consult.stakeholders.asking import has_codes, is_anonymous
from consult.stakeholders.queries import roll_size
from surveys.definition import Definition
from surveys.i18n import N_
from surveys.rules import find_problems
from surveys.translations import missing_in

PARTICIPANT_TEXTS = {
    "title": N_("The title is missing in: %(languages)s"),
    "asker": N_("“Who asks” is missing in: %(languages)s"),
    "purpose": N_("“Why you ask” is missing in: %(languages)s"),
    "use_of_answers": N_("“What happens with the answers” is missing in: %(languages)s"),
}


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing to do: a catalogue string with the codes of the languages concerned, and where to do it."""

    message: str
    languages: tuple[str, ...]
    place: str  # "settings", "survey", "roll" or "codes"


def missing_before_opening(
    session: Session, consultation: Consultation, definition: Definition
) -> list[Missing]:
    """What a participant would miss, in the order of the pages. Empty means: it can open."""
    found = []
    for name, message in PARTICIPANT_TEXTS.items():
        text = getattr(consultation, name) or {}
        lacking = tuple(code for code in consultation.languages if not text.get(code))
        if lacking:
            found.append(Missing(message=message, languages=lacking, place="settings"))
    if any(not problem.is_warning for problem in find_problems(definition)):
        message = N_("The survey is not ready; its page lists what to correct.")
        found.append(Missing(message=message, languages=(), place="survey"))
    lacking = tuple(code for code in consultation.languages if _lacks_questions(definition, code))
    if lacking:
        message = N_("Questions are not translated completely into: %(languages)s")
        found.append(Missing(message=message, languages=lacking, place="survey"))
    return found + _missing_codes(session, consultation)


def _lacks_questions(definition: Definition, code: str) -> bool:
    """Whether words are missing beside the title, which is the consultation's own and told apart."""
    return any(place.key != "title" for place in missing_in(definition, code))


def _missing_codes(session: Session, consultation: Consultation) -> list[Missing]:
    """Whom nobody can ask yet: an empty roll, or members of an anonymous consultation without their codes."""
    if is_anonymous(consultation):
        if slot_set_of(session, consultation.id) is None:
            message = N_("Codes for the members of the roll must be made before this consultation opens.")
            return [Missing(message=message, languages=(), place="codes")]
    elif has_codes(consultation) and not roll_size(session, consultation.id):
        message = N_("Nobody is on the roll yet. Bring in the roll first.")
        return [Missing(message=message, languages=(), place="roll")]
    return []
