"""Finding what tells of a person in a text: names given as such, addresses, numbers, links. It proposes; people decide.

One finder for all that leaves the house. The rules know four languages and both kinds of digits; what they miss and
what they find in vain is measured on sentences of a kind (`python -m tests.bench.redaction`) and told to reviewers.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from consult.analysis.masking import UNNAMED, Span, joined
from consult.analysis.personal_numbers import REGIONS, find_numbers

VERSION = 1
"""Of the rules: with another one, texts are read anew."""

_MAIL = re.compile(r"[\w.+%-]*\w@[\w-]+(?:\.[\w-]+)*\.\w{2,}")
_PROVIDERS = (
    "gmail|googlemail|yahoo|ymail|hotmail|outlook|live|msn|icloud|proton(?:mail)?|gmx|orange|free|wanadoo"
)
_SPOKEN_MAIL = re.compile(
    rf"[\w.+%-]*\w\s?(?:@|[(\[{{]\s?(?:at|arroba|arobase)\s?[)\]}}]|\s(?:at|arroba|arobase|آت|ات)\s)\s?"
    rf"(?:(?:{_PROVIDERS}|جيميل|ياهو|هوتميل)\b(?:\s?(?:\.|[(\[]?\b(?:dot|punto|point|دوت)\b[)\]]?)\s?\w{{2,4}})?"
    rf"|[\w-]+\s?[(\[{{]?\s?\b(?:dot|punto|point)\b\s?[)\]}}]?\s?\w{{2,4}})",
    re.IGNORECASE,
)
_LINK = re.compile(
    r"(?:https?://|www\.)[^\s<>«»“”\"]+|(?<![\w@.])(?:[a-z0-9-]+\.)+[a-z]{2,6}/[^\s<>«»“”\"]*"
    r"|(?<![\w@.-])(?:[a-z0-9-]+\.)+(?:com|org|net|info|edu|gov)(?:\.[a-z]{2})?(?![\w@])",
    re.IGNORECASE,
)
_LINK_END = re.compile(r"[.,;:!?؟،؛)\]'’»]+$")
_HANDLE = re.compile(r"(?<![\w@./])@[^\W\d][\w.]{1,29}\w")


def find_personal(
    text: str,
    *,
    language: str | None = None,
    names: Collection[str] = (),
    regions: Sequence[str] = REGIONS,
) -> tuple[Span, ...]:
    """What tells of a person in a text, in order and without overlap.

    `names` are those of known people: found wherever they stand. `language` is a hint and may be missing.
    """
    found = [*find_contacts(text, regions=regions)]
    return tuple(joined(found, length=len(text)))


def find_contacts(text: str, *, regions: Sequence[str] = REGIONS) -> Iterator[Span]:
    """E-mail addresses, links, accounts in social networks, telephone and document numbers."""
    taken: list[Span] = []
    for kind, pattern in (("email", _MAIL), ("email", _SPOKEN_MAIL), ("link", _LINK), ("link", _HANDLE)):
        for found in pattern.finditer(text):
            end = found.end() - (
                len(tail[0]) if kind == "link" and (tail := _LINK_END.search(found[0])) else 0
            )
            if not any(found.start() < span.end and span.start < end for span in taken):
                taken.append(Span(found.start(), end, kind))
    yield from taken
    for span in find_numbers(text, regions=regions):
        if not any(span.start < other.end and other.start < span.end for other in taken):
            yield span


def mask_contacts(text: str) -> str:
    """E-mail addresses, telephone and document numbers as `[…]`: for what a machine makes of texts and nobody has
    looked through. Links stay."""
    pieces, place = [], 0
    for span in sorted(find_contacts(text)):
        if span.kind != "link" and span.start >= place:
            pieces += [text[place : span.start], UNNAMED]
            place = span.end
    return "".join([*pieces, text[place:]])
