"""Reading numbers as people type them: western, Arabic-Indic and Persian digits, separators of all kinds."""

from __future__ import annotations

import re
from decimal import Decimal
from math import floor

from surveys.errors import AnswerError
from surveys.i18n import N_

_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_MARKS = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff\u200b]")
_PLAIN = re.compile(r"[+-]?\d+")
# Groups of three with one kind of separator, or none; then at most one decimal sign of another kind.
_GROUPED = re.compile(r"([+-]?)(\d{1,3})((?:([,.'’\s٬])\d{3})(?:\4\d{3})*)?(?:([.,٫])(\d+))?")
_UNGROUPED = re.compile(r"([+-]?\d*)[.,٫](\d+)")
MOST_DIGITS = 15
"""More digits than this are lost when a number becomes a double, as in a spreadsheet or SPSS."""


def western_digits(text: str) -> str:
    """`text` with Arabic-Indic and Persian digits written 0-9 and direction marks taken out."""
    return _MARKS.sub("", text).translate(_DIGITS)


def written_number(number: float) -> str:
    """A number as people write it, without an exponent: 0.00001 and not 1e-05."""
    written = repr(number)
    return format(Decimal(written), "f") if "e" in written else written


def percent_figure(share: float, places: int = 0) -> str:
    """A share of 1 as a percentage without its sign, a half rounded up: the one rule for pages, drafts and files.

    0 is written for none alone and 100 for all alone; where rounding would say so of others there is a place more.
    """
    if share <= 0 or share >= 1:
        return f"{share * 100:.{places}f}"
    for more in (places, places + 1):
        whole = 10**more
        scaled = floor(round(share * 100 * whole, 9) + 0.5)
        if 0 < scaled < 100 * whole:
            return f"{scaled / whole:.{more}f}"
    return f"{(1 if scaled == 0 else 100 * whole - 1) / whole:.{more}f}"


def parse_number(written: str) -> Decimal | None:
    """The number that was typed; None for nothing.

    Raises AnswerError: ``not_a_number``; ``ambiguous_number`` where a point or comma before three digits
    may be either a decimal sign or a thousands sign (1.250); ``number_too_long``.
    """
    text = (
        western_digits(written).replace("−", "-").replace("،", ",").strip()
    )  # the comma of Arabic keyboards
    if not text:
        return None
    number = text if _PLAIN.fullmatch(text) else _plain(text, written)
    if sum(sign.isdigit() for sign in number) > MOST_DIGITS:
        raise AnswerError(
            "number_too_long",
            N_("This number is too long. Most digits allowed: %(limit)s."),
            limit=MOST_DIGITS,
        )
    return Decimal(number)


def _plain(text: str, written: str) -> str:
    """`text` with a point for the decimal sign and nothing between thousands."""
    grouped = _GROUPED.fullmatch(text)
    if grouped:
        sign, first, thousands, separator, decimal_sign, decimals = grouped.groups()
        if thousands is not None and separator in ".," and decimal_sign is None and len(thousands) == 4:
            if first.strip("0"):
                raise _ambiguous(text, first, thousands[1:])
            return f"{sign}{first}.{thousands[1:]}"  # 0.250 cannot be a thousand
        if thousands is not None and separator == decimal_sign:
            raise _not_a_number()
        digits = first + re.sub(r"\D", "", thousands or "")
        return f"{sign}{digits}.{decimals}" if decimals else f"{sign}{digits}"
    ungrouped = _UNGROUPED.fullmatch(text)
    if ungrouped:
        whole, decimals = ungrouped.groups()
        return f"{whole}0.{decimals}" if whole in {"", "+", "-"} else f"{whole}.{decimals}"
    raise _not_a_number()


def _not_a_number() -> AnswerError:
    return AnswerError("not_a_number", N_("Please write a number, for example 25."))


def _ambiguous(text: str, whole: str, rest: str) -> AnswerError:
    sign = "-" if text.startswith("-") else ""
    return AnswerError(
        "ambiguous_number",
        N_("This number can be read in two ways. Please write %(large)s or %(small)s."),
        large=f"{sign}{whole}{rest}",
        small=f"{sign}{whole}.{rest}".rstrip("0").rstrip(".") if rest.strip("0") else f"{sign}{whole}",
    )
