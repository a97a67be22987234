"""The code on every sheet: which form, which copy, which sheet, and a character that catches a slip.

``A7K-9QX2M-01-F``: three characters of the version's fingerprint, five of the copy, the sheet, the check
character (Luhn modulo 32, which finds every wrong character and nearly every two changed about).
"""

from __future__ import annotations

from dataclasses import dataclass

from surveys.errors import SurveyError
from surveys.i18n import N_
from surveys.ids import ALPHABET, normal_code, random_code
from surveys.numbers import western_digits

FORM, SERIAL, SHEET = 3, 5, 2
LENGTH = FORM + SERIAL + SHEET + 1
MOST_SHEETS = 99


class SheetCodeError(SurveyError):
    """What was typed is no code of a sheet."""


@dataclass(frozen=True, slots=True)
class SheetCode:
    """One sheet: `form` names the version, `serial` the copy, `sheet` counts from 1."""

    form: str
    serial: str
    sheet: int = 1

    def __str__(self) -> str:
        plain = f"{self.form}{self.serial}{self.sheet:02}"
        return f"{self.form}-{self.serial}-{self.sheet:02}-{check_character(plain)}"


def form_id(fingerprint: str) -> str:
    """What names a version on paper: three characters (15 bits) of its fingerprint."""
    bits = int(fingerprint[:4], 16) >> 1
    return "".join(ALPHABET[(bits >> shift) & 31] for shift in (10, 5, 0))


def new_serial() -> str:
    """The number of one copy, drawn by chance (25 bits), so that nothing is stored by printing."""
    return random_code(SERIAL)


def read_sheet_code(typed: str) -> SheetCode:
    """A code as typed: any digits, large or small letters, with or without its hyphens.

    Raises SheetCodeError when it is none or has a slip.
    """
    code = normal_code(western_digits(typed)).replace("–", "").replace("—", "")
    if len(code) != LENGTH or any(sign not in ALPHABET for sign in code):
        raise SheetCodeError(
            "no_sheet_code",
            N_("Type the code at the head of the sheet: %(length)s characters, for example A7K-9QX2M-01-F."),
            length=LENGTH,
        )
    plain, check = code[:-1], code[-1]
    sheet = plain[FORM + SERIAL :]
    if check_character(plain) != check or not sheet.isdigit() or sheet == "00":
        raise SheetCodeError(
            "sheet_code_slip", N_("This code has a slip in it. Compare it with the sheet, sign by sign.")
        )
    return SheetCode(plain[:FORM], plain[FORM : FORM + SERIAL], int(sheet))


def check_character(plain: str) -> str:
    """The check character of a code by Luhn's method modulo 32."""
    size = len(ALPHABET)
    total = 0
    for place, sign in enumerate(reversed(plain)):
        value = ALPHABET.index(sign) * (2 if place % 2 == 0 else 1)
        total += value // size + value % size
    return ALPHABET[-total % size]
