"""Telephone numbers, and numbers of documents and accounts, in any digits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from consult.analysis.masking import Span

REGIONS = (
    "JO", "PS", "LB", "SY", "IQ", "EG", "SA", "AE", "KW", "QA", "BH", "OM", "YE", "SD", "LY", "TN", "DZ", "MA", "MR",
    "FR", "BE", "CH", "CA", "ES", "MX", "AR", "CO", "PE", "CL", "GB", "US",
)  # fmt: skip
"""Where a number without its country code is tried. A valid number of any of them counts."""

# Signs that take the place of one sign each, so that places stay what they are.
_PLAIN = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹＋−‐‑–—", "01234567890123456789+-----")
_HIDDEN = "\u200b-\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff"
_NUMBER = re.compile(
    rf"(?<![\w.,/:٫٬-])(?:\+|\(\+|\()?[{_HIDDEN}]*\d(?:[\s().\-/{_HIDDEN}]{{0,3}}\d){{5,21}}(?!\d|[.,:٫٬]\d|\w)"
)
_DATE = re.compile(
    r"(?:\d{1,2}[\s./-]{1,3}\d{1,2}[\s./-]{1,3}(?:1[3-9]|20)\d{2}|(?:1[3-9]|20)\d{2}[\s./-]{1,3}\d{1,2}[\s./-]{1,3}\d{1,2})"
)
_YEARS = re.compile(r"(?:(?:1\d|20)\d{2}\D*)+")
_YEAR_AND_MORE = re.compile(r"(?:1[89]|20)\d{2}\s\d+")
_PAIRS_ONLY = re.compile(r"[1-9]\d?(?:\D+\d{1,2})+")
_TWO_GROUPS = re.compile(r"\d+[ .]\d+")
_ROUND = re.compile(r"[1-9]\d{0,3}0{5,}")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:([ .,'’٬\u00a0\u202f])\d{3})(?:\1\d{3})*")
_SHORT_LOCAL = re.compile(r"[2-9]\d{2}[-.]\d{4}")

# What stands before a telephone number; in Arabic with attached particles and pronouns.
_CALL = re.compile(
    r"""(?:\b(?:phone|mobile|cell|telephone|tel|t[ée]l|whats\s?app|viber|signal|call|ring|text|sms|fax
    |reach\s(?:me|us|him|her|them)|contact|appel\w*|portable|gsm|num[ée]ro|joindre|joignable|m[óo]vil|celular|tel[ée]fono
    |ll[aá]m\w+|fijo|n[úu]mero|number|téléphone|joign\w+|contact\w*)\b
    |هاتف|تلفون|تليفون|تيليفون|جوال|موبايل|محمول|نقال|خلوي|بورتابل|واتس|واتساب|فايبر|اتصل|اتصال|يتصل|كلم|رن|رقم|نمر|تواصل
    |عيط|عيّط|دق\b)[^\d\n]{0,40}$""",
    re.IGNORECASE | re.VERBOSE,
)
# What stands before the number of a document or an account.
_DOCUMENT = re.compile(
    r"""(?:\b(?:passport|national\s(?:id|number)|id(?:entity)?\s?(?:card|number|no\b|n[°º])?|identity\scard|social\ssecurity|ssn|nino
    |insurance\s(?:number|no)|member(?:ship)?\s(?:number|no|card|id)|account|iban|card\s(?:number|no)|file\s(?:number|no)|case\s(?:number|no)
    |passeport|carte\s(?:d['’]identit[ée]|nationale|vitale|de\sr[ée]sident|d['’]adh[ée]rent)|cin\b|cni\b|c\.i\.n|nir\b|s[ée]curit[ée]\ssociale|compte|num[ée]ro\sd['’]adh[ée]rent|matricule
    |pasaporte|dni|nie|c[ée]dula|curp|rut|documento|cuenta|seguridad\ssocial|tarjeta|n[úu]mero\sde\s(?:socio|socia|afiliad[oa]|expediente))\b
    |هوي[ةه]|وطني|قومي|جواز|بطاق[ةه]|كارت|لاكارت|إقامة|اقامة|عضوي[ةه]|اشتراك|حساب|آيبان|ايبان|ملف|تعريف|سجل)[^\d\n]{0,30}?$""",
    re.IGNORECASE | re.VERBOSE,
)
# What follows, or stands before, an amount.
_UNIT = re.compile(
    r"""^[\s\u00a0]*(?:%|٪|€|\$|£|°|km|m2|m²|kg|ha\b|euros?|dollars?|dinars?|dirhams?|pounds?|livres|riyals?|usd|eur|jod|egp|mad|dzd|tnd|lbp
    |pesos?|people|persons?|inhabitants|members|votes|voters|years|families|children|students|tonn?e?s?|hectares?|litres?|millions?|habitants|personnes|membres|voix|ans\b|familles
    |enfants|personas|habitantes|miembros|votos|a[ñn]os|familias|ni[ñn]os|دينار|دولار|جنيه|ليرة|ريال|درهم|يورو|مليون|ألف|الف|نسمة|شخص|عضو|صوت|مواطن
    |لاجئ|طفل|أسرة|اسرة|عائلة|طالب|متر|كيلو|كم\b|طن|لتر|هكتار|فدان|سنة|عام|نازح|ساكن|ناخب|منزل|مستفيد)""",
    re.IGNORECASE | re.VERBOSE,
)
_PRICE_BEFORE = re.compile(r"(?:€|\$|£|\busd|\beur|\bjod|\begp|\bmad)[\s\u00a0]*$", re.IGNORECASE)

_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{1,4}){3,8}(?!\w)")
_DNI = re.compile(
    r"(?<!\w)([XYZ]?)[-. ]?(\d{7,8}|\d{1,2}\.\d{3}\.\d{3})[-. ]?([A-HJ-NP-TV-Z])(?!\w)", re.IGNORECASE
)
_DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
_LETTERED = re.compile(
    r"(?<![\w-])(?:[A-Z]{1,2}[ -]?\d{6,8}|[A-Z]{2}[ -]?\d{2}[ -]?\d{2}[ -]?\d{2}[ -]?[A-D]|\d{2}[A-Z]{2}\d{5})(?![\w-])"
)
_SOCIAL = re.compile(
    r"(?<!\w)[12][ .]?\d{2}[ .]?(?:0[1-9]|1[0-2]|[2-9]\d)[ .]?(?:\d{2}|2[AB])[ .]?\d{3}[ .]?\d{3}(?:[ .]?\d{2})?(?!\w)"
)
_SSN = re.compile(r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])")
_CURP = re.compile(r"(?<!\w)[A-Z]{4}\d{6}[HMX][A-Z]{5}[A-Z0-9]\d(?!\w)")
_CODE = re.compile(
    r"(?<!\w)[A-Z]{0,4}[-./]?\d[\d\s./-]{2,20}\d[A-Z]?(?!\w)|(?<!\w)[A-Z]{1,4}[-./ ]?\d{4,10}[A-Z]?(?!\w)"
)
_NUMBERED = re.compile(
    r"(?:\bnumber|\bno\b\.?|\bn[°º]\.?|\bnum[ée]ro|\bn[úu]mero|رقم\w*|:)[^\d\n]{0,12}$", re.IGNORECASE
)


def find_numbers(text: str, *, regions: Sequence[str] = REGIONS) -> Iterator[Span]:
    """Telephone numbers and numbers of documents and accounts in a text."""
    plain = text.translate(_PLAIN)
    taken: list[tuple[int, int]] = []
    for kind, start, end in (*_documents(plain), *_numbers(plain, tuple(regions))):
        if not any(start < last and first < end for first, last in taken):
            taken.append((start, end))
            yield Span(start, end, kind)


def _documents(plain: str) -> Iterator[tuple[str, int, int]]:
    for found in _IBAN.finditer(plain):
        if is_iban(found[0]):
            yield "identity", found.start(), found.end()
    for found in _DNI.finditer(plain):
        if _is_dni(found):
            yield "identity", found.start(), found.end()
    for pattern in (_SOCIAL, _SSN, _CURP, _LETTERED):
        for found in pattern.finditer(plain):
            yield "identity", found.start(), found.end()
    for found in _CODE.finditer(plain):
        before = plain[max(0, found.start() - 60) : found.start()]
        if _DOCUMENT.search(before) and not _UNIT.match(plain[found.end() :]) and _is_code(found[0], before):
            yield "identity", found.start(), found.end()


def _is_code(written: str, before: str) -> bool:
    """Whether what stands after the name of a document can be its number."""
    digits = sum(sign.isdigit() for sign in written)
    needed = 4 if any(sign.isalpha() for sign in written) or _NUMBERED.search(before) else 6
    return digits >= needed and not _is_no_number(written.strip())


def _numbers(plain: str, regions: tuple[str, ...]) -> Iterator[tuple[str, int, int]]:
    for found in _NUMBER.finditer(plain):
        written = re.sub(f"[{_HIDDEN}]", "", found[0])
        kind = _kind_of(
            written, plain[max(0, found.start() - 60) : found.start()], plain[found.end() :], regions
        )
        if kind:
            start = found.start()
            if found[0].startswith("(") and ")" not in found[0]:
                start += 1
            yield kind, start, found.end()


def _kind_of(written: str, before: str, after: str, regions: tuple[str, ...]) -> str | None:
    """What a number is: `phone`, `identity`, or None for an amount, a date and the like."""
    digits = re.sub(r"\D", "", written)
    is_abroad = written.lstrip("(").startswith(("+", "00"))
    is_asked = _CALL.search(before) is not None
    if is_abroad and 8 <= len(digits) <= 17:
        return "phone"
    if _is_no_number(written) and not (is_asked and written.startswith("0")):
        return None
    if _UNIT.match(after) or _PRICE_BEFORE.search(before):
        return None
    if is_asked and 6 <= len(digits) <= 15 and not _DOCUMENT.search(before):
        return "phone"
    if is_card(digits) and len(digits) >= 13:
        return "identity"
    is_grouped = written != digits
    if any(form.fullmatch(written) for form in (_YEAR_AND_MORE, _PAIRS_ONLY, _TWO_GROUPS, _ROUND)):
        return "phone" if digits.startswith("0") and len(digits) >= 8 else None
    is_amount = _THOUSANDS.fullmatch(written) is not None
    if 8 <= len(digits) <= 12 and _is_valid(digits, regions):
        if (
            digits.startswith("0")
            or written.startswith("(")
            or not is_amount
            and (is_grouped or len(digits) >= 8)
        ):
            return "phone"
        if is_amount and len(digits) == 9 and digits[0] in "67":
            return "phone"  # a Spanish mobile number in threes
    if _SHORT_LOCAL.fullmatch(written):
        return "phone"
    if digits.startswith("0") and 8 <= len(digits) <= 12:
        return "phone"
    return "identity" if not is_grouped and 9 <= len(digits) <= 20 else None


def _is_no_number(written: str) -> bool:
    """Whether it is a date or a row of years."""
    written = written.strip("()")
    return _DATE.fullmatch(written) is not None or _YEARS.fullmatch(written) is not None


@lru_cache(maxsize=10_000)
def _is_valid(digits: str, regions: tuple[str, ...]) -> bool:
    # Here, because most texts hold no number, and the commands that read texts begin without it.
    import phonenumbers

    for region in regions:
        try:
            if phonenumbers.is_valid_number(phonenumbers.parse(digits, region)):
                return True
        except phonenumbers.NumberParseException:
            continue
    return False


def is_iban(written: str) -> bool:
    """Whether the check digits of an IBAN fit (ISO 13616, modulo 97)."""
    code = re.sub(r"[ -]", "", written).upper()
    if not 15 <= len(code) <= 34:
        return False
    return int("".join(str(int(sign, 36)) for sign in code[4:] + code[:4])) % 97 == 1


def is_card(digits: str) -> bool:
    """Whether the check digit of a payment card fits (Luhn)."""
    if not 13 <= len(digits) <= 19 or len(set(digits)) == 1:
        return False
    doubled = [int(sign) * (1 + place % 2) for place, sign in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _is_dni(found: re.Match[str]) -> bool:
    first, number, letter = found.groups()
    plain = number.replace(".", "")
    if bool(first) != (len(plain) == 7):
        return False
    lead = str("XYZ".index(first.upper())) if first else ""
    return _DNI_LETTERS[int(lead + plain) % 23] == letter.upper()
