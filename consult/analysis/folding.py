"""Texts in one form for finding words in them, with the place in the original of every sign: nothing is shown so.

Accents, vowel signs, tatweel and signs without width are dropped; letters of full width and the forms of alef, ya and
ta marbuta become one.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from consult.analysis.arabic import fold_built_in


def folded_with_places(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its signs where the one that it comes from stands; at the end, one place more.

    What is dropped belongs to the sign before it, so that a name is masked with its accents and vowel signs.
    """
    signs: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(text):
        for one in _folded(sign):
            signs.append(one)
            places.append(place)
    return "".join(signs), [*places, len(text)]


@lru_cache(maxsize=10_000)
def _folded(sign: str) -> str:
    plain = fold_built_in(unicodedata.normalize("NFKC", sign))
    apart = unicodedata.normalize("NFKD", plain)
    return "".join(one for one in apart if unicodedata.category(one) not in ("Mn", "Me", "Cf")).casefold()
