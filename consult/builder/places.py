"""Where a text of a survey stands, in words."""

from __future__ import annotations

from flask_babel import gettext as _

from consult.i18n import shown_digits
from surveys.definition import Definition
from surveys.i18n import N_
from surveys.translations import Place

PARTS = {
    "title": N_("Title of the section"),
    "intro": N_("Text before the questions"),
    "item": N_("What one time is called"),
    "label": N_("Question"),
    "hint": N_("Hint"),
    "picture_words": N_("What the picture shows"),
    "constraint_message": N_("What people read otherwise"),
    "low": N_("Words for the lowest number"),
    "high": N_("Words for the highest number"),
    "other_label": N_("Words for “Other, please say”"),
}
ENDINGS = frozenset({"thanks", "quota", "screen_out"})


def heading_of(place: Place, definition: Definition) -> str:
    """``Question 3``, ``Section 2`` or ``Quotas and endings``; ``""`` where the definition does not hold it."""
    if place.question_id is not None:
        number = next((n for n, q in enumerate(definition.questions(), 1) if q.id == place.question_id), None)
        return _("Question %(number)s", number=shown_digits(number)) if number else ""
    if place.section_id is not None:
        number = next((n for n, s in enumerate(definition.sections, 1) if s.id == place.section_id), None)
        return _("Section %(number)s", number=shown_digits(number)) if number else ""
    return _("Quotas and endings") if place.key.split("/")[0] in ENDINGS else ""


def part_of(place: Place) -> str:
    """Which text of the question or section it is."""
    if place.key == "thanks":
        return _("Thank-you text")
    steps = place.key.split("/")[2:]
    if len(steps) > 1:
        return _("Answer to choose")
    return _(PARTS[steps[0]]) if steps and steps[0] in PARTS else ""
