"""The words for dimensions and their columns, in the page's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask_babel import format_date, get_locale
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.orm import Session

from consult.evidence.labels import KINDS
from consult.i18n import LANGUAGE_NAMES, format_day, person_text, shown_digits
from consult.review.columns import labels_of
from consult.review.dimensions import (
    GROUP,
    HINT,
    KIND,
    LANGUAGE,
    NO_COLUMN,
    QUESTION,
    REGION,
    SOURCE,
    STANCE,
    TIME,
    VOICE,
    Dimension,
)  # fmt: skip
from surveys.questions.choices import OTHER


def dimension_name(dimension: Dimension) -> str:
    """What a dimension is called; a question by its words."""
    if dimension.kind == QUESTION:
        return person_text(dimension.label)
    return {
        LANGUAGE: _("Language"),
        GROUP: _("Stakeholder group"),
        REGION: _("Region"),
        KIND: _("Kind of source"),
        SOURCE: _("Source"),
        VOICE: _("Who spoke"),
        STANCE: _("Stance"),
        TIME: {"week": _("Week"), "month": _("Month"), "year": _("Year")}.get(dimension.unit, _("Time")),
    }[dimension.kind]


def column_name(dimension: Dimension, key: str, label: Mapping[str, str] | None = None) -> str:
    """What a column is called; `label` is its name where people gave it."""
    if label:
        return person_text(label)
    if key == NO_COLUMN:
        return {
            GROUP: _("in no group"),
            REGION: _("region not known"),
            VOICE: _("not said who spoke"),
            TIME: _("day not known"),
            STANCE: _("stance not known"),
            QUESTION: _("no answer to this"),
        }.get(dimension.kind, _("not known"))
    if dimension.kind == LANGUAGE:
        name = LANGUAGE_NAMES.get(key)
        return (
            Markup('<bdi lang="{}">{}</bdi>').format(key, name)
            if name
            else Markup("<bdi>{}</bdi>").format(key)
        )
    if dimension.kind == KIND:
        return str(KINDS.get(key, key))
    if dimension.kind == STANCE:
        return _stance(key)
    if dimension.kind == TIME:
        return _period(date.fromisoformat(key), dimension.unit)
    return _("another answer") if key == OTHER else Markup("<bdi>{}</bdi>").format(shown_digits(key))


def _stance(key: str) -> str:
    words = {
        "support": _("in favour"),
        "oppose": _("against"),
        "mixed": _("both in favour and against"),
        "neutral": _("neither in favour nor against"),
    }.get(key.removeprefix(HINT), key)
    return _("a machine’s hint: %(stance)s", stance=words) if key.startswith(HINT) else words


def _period(first: date, unit: str) -> str:
    if unit == "year":
        return shown_digits(first.year)
    if unit == "month":
        pattern = "MMMM 'de' y" if get_locale().language == "es" else "MMMM y"
        return shown_digits(format_date(first, pattern))
    return _("from %(day)s", day=format_day(first))


def named_column(session: Session, dimension: Dimension, key: str, *, consultation_id: int) -> str:
    """A dimension and one of its columns, as a filter is called."""
    label = labels_of(session, dimension, [key], consultation_id=consultation_id).get(key)
    try:
        name = column_name(dimension, key, label)
    except ValueError:  # a made-up day in an address
        name = key
    return Markup("{}: {}").format(dimension_name(dimension), name)
