"""Finding what tells of a person in a text: names given as such, addresses, numbers, links. It proposes; people decide.

One finder for all that leaves the house. The rules know four languages and both kinds of digits; what they miss and
what they find in vain is measured on sentences of a kind (`python -m tests.bench.redaction`) and told to reviewers.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from consult.analysis.masking import Span, joined
from consult.analysis.personal_addresses import find_addresses
from consult.analysis.personal_arabic import find_arabic_names
from consult.analysis.personal_contacts import find_contacts, meet
from consult.analysis.personal_known import find_known_names
from consult.analysis.personal_latin import find_latin_names
from consult.analysis.personal_numbers import REGIONS

VERSION = 3
"""Of the rules: with another one, texts are read anew."""

_HIDDEN = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
"""Signs without width that may stand inside an address or a number. Those that part or join letters are kept."""
_WIDE = {place: place - 0xFEE0 for place in range(0xFF01, 0xFF5F)}
_ARABIC = re.compile("[\u0620-\u064a]")
_LATIN = re.compile("[A-Za-zÀ-ÿ]")


def find_personal(
    text: str,
    *,
    names: Collection[str] = (),
    regions: Sequence[str] = REGIONS,
) -> tuple[Span, ...]:
    """What tells of a person in a text, in order and without overlap, whatever signs without width stand in it and with
    Latin signs of full width as well.

    `names` are those of known people: found wherever they stand.
    """
    if not _HIDDEN.search(text):
        return tuple(_found_in(text.translate(_WIDE), names=names, regions=regions))
    places = [place for place, sign in enumerate(text) if not _HIDDEN.match(sign)]
    plain = "".join(text[place] for place in places).translate(_WIDE)
    found = _found_in(plain, names=names, regions=regions)
    return tuple(Span(places[span.start], places[span.end - 1] + 1, span.kind) for span in found)


def _found_in(text: str, *, names: Collection[str], regions: Sequence[str]) -> Sequence[Span]:
    contacts = list(find_contacts(text, regions=regions))
    others = [*find_addresses(text), *find_known_names(text, names)]
    if _ARABIC.search(text):
        others += find_arabic_names(text)
    if _LATIN.search(text):
        others += find_latin_names(text)
    apart = [span for span in others if not any(meet(span, contact) for contact in contacts)]
    return joined([*contacts, *apart], length=len(text))
