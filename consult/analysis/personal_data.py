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

VERSION = 1
"""Of the rules: with another one, texts are read anew."""

_ARABIC = re.compile("[\u0620-\u064a]")
_LATIN = re.compile("[A-Za-zÀ-ÿ]")


def find_personal(
    text: str,
    *,
    names: Collection[str] = (),
    regions: Sequence[str] = REGIONS,
) -> tuple[Span, ...]:
    """What tells of a person in a text, in order and without overlap.

    `names` are those of known people: found wherever they stand.
    """
    contacts = list(find_contacts(text, regions=regions))
    others = [*find_addresses(text), *find_known_names(text, names)]
    if _ARABIC.search(text):
        others += find_arabic_names(text)
    if _LATIN.search(text):
        others += find_latin_names(text)
    apart = [span for span in others if not any(meet(span, contact) for contact in contacts)]
    return tuple(joined([*contacts, *apart], length=len(text)))
