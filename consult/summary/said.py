"""Numbers and names inside sentences, in the language of the moment."""

from __future__ import annotations

from collections.abc import Sequence

from babel.lists import format_list
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from consult.i18n import language, shown_digits
from surveys.numbers import percent_figure

_MARKS = {"ar": ("«", "»"), "fr": ("«\N{NO-BREAK SPACE}", "\N{NO-BREAK SPACE}»"), "es": ("«", "»")}
_SPACED = ("fr", "es")


def answers(count: int) -> str:
    """ "132 answers"."""
    return shown_digits(ngettext("%(num)s answer", "%(num)s answers", count))


def people(count: int) -> str:
    """ "200 people"."""
    return shown_digits(ngettext("%(num)s person", "%(num)s people", count))


def percent(share: float) -> str:
    """A share of 1 in the language of the moment."""
    written = percent_figure(share)
    if "." in written and language() in (*_SPACED, "ar"):
        written = written.replace(".", "٫" if language() == "ar" else ",")
    space = "\N{NO-BREAK SPACE}" if language() in _SPACED else ""
    # After Arabic letters the sign would jump to the other side of its number.
    mark = "\N{LEFT-TO-RIGHT MARK}" if language() == "ar" else ""
    return f"{mark}{shown_digits(written)}{space}%"


def quoted(name: str) -> str:
    """A name in the quotation marks of the language."""
    start, end = _MARKS.get(language(), ("“", "”"))
    return f"{start}{name}{end}"


def joined(items: Sequence[str]) -> str:
    """Items as a list in a sentence: "a, b and c"."""
    return format_list(list(items), locale=get_locale() or "en")


def stance_word(value: str) -> str:
    """What a stance is called."""
    words = {
        "support": _("in favour"),
        "oppose": _("against"),
        "mixed": _("both in favour and against"),
        "neutral": _("neither in favour nor against"),
    }
    return words[value]
