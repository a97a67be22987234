"""A theme's mark: a short sign beside its name that tells it from the others without any colour.

One to three letters or digits of any script, or one of `SYMBOLS`, which are told apart by their form and have a name to
be read aloud. A theme without a mark of its own shows a number.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from consult.review import errors
from consult.review.models import MARK_COLUMN, MOST_MARK, Theme
from surveys.numbers import western_digits
from surveys.text import is_safe_label

SYMBOLS = "●○■□▲△◆★"
"""What they are called stands in `templates/review/parts.html`."""


def clean_mark(text: str) -> str:
    """The mark as it is stored, "" for none. A number is kept in western digits. Raises ReviewError."""
    mark = unicodedata.normalize("NFC", " ".join(text.split()))
    if not mark or (len(mark) == 1 and mark in SYMBOLS):
        return mark
    kinds = [unicodedata.category(sign)[0] for sign in mark]
    written = sum(kind in "LN" for kind in kinds)
    is_written = kinds[0] in "LN" and set(kinds) <= {"L", "N", "M"} and is_safe_label(mark)
    if not is_written or written > MOST_MARK or len(mark) > MARK_COLUMN:
        raise errors.bad_mark()
    return western_digits(mark) if mark.isdecimal() else mark


def mark_key(mark: str) -> str:
    """In what form two marks are compared."""
    return western_digits(unicodedata.normalize("NFKC", mark)).casefold()


def shown_marks(themes: Iterable[Theme]) -> dict[int, str]:
    """Theme id → its mark, of all themes of a question, retired ones too: its own, or the number of its place, or where
    another has that as its mark, the smallest number that none has."""
    ordered = sorted(themes, key=lambda theme: (theme.position, theme.id))
    shown = {theme.id: theme.mark for theme in ordered if theme.mark}
    taken = {mark_key(mark) for mark in shown.values()}
    for number, theme in enumerate(ordered, start=1):
        if not theme.mark and str(number) not in taken:
            shown[theme.id] = str(number)
    taken |= set(shown.values())
    for theme in ordered:
        if theme.id not in shown:
            shown[theme.id] = free_number(taken)
            taken.add(shown[theme.id])
    return shown


def free_number(taken: set[str]) -> str:
    """The smallest number from 1 that is not among the keys `taken`."""
    number = 1
    while str(number) in taken:
        number += 1
    return str(number)


def keep_marks(themes: Iterable[Theme], *, of: Iterable[Theme]) -> None:
    """Some of all themes of a question keep the numbers that they show, whatever the machine suggests later. The others
    are left alone, so that earlier changes of theirs can still be undone."""
    shown = shown_marks(themes)
    for theme in of:
        if not theme.mark:
            theme.mark = shown[theme.id]
