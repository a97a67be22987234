"""E-mail addresses, links and numbers in a text: what is told by its shape, in any language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from consult.analysis.masking import UNNAMED, Span
from consult.analysis.personal_numbers import REGIONS, find_numbers

_MAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]{0,64}\w@[\w-]{1,63}(?:\.[\w-]{1,63}){0,6}\.\w{2,24}")
_PROVIDERS = (
    "gmail|googlemail|yahoo|ymail|hotmail|outlook|live|msn|icloud|proton(?:mail)?|gmx|orange|free|wanadoo"
)
_DOT = r"\s?(?:\.|[(\[{]?\s?\b(?:dot|punto|point|نقطة|دوت)\b\s?[)\]}]?)\s?"
_SPOKEN_MAIL = re.compile(
    rf"[\w.+%-]{{0,64}}\w(?:\s?[(\[{{]\s?(?:at|arroba|arobase|@)\s?[)\]}}]\s?(?:[\w-]{{1,40}}{_DOT}\w{{2,4}}\b|(?:{_PROVIDERS})\b)"
    rf"|\s?@\s?(?:{_PROVIDERS})\b(?:{_DOT}\w{{2,4}})?"
    rf"|\s(?:at|arroba|arobase|آت|ات|على)\s(?:{_PROVIDERS}|جيميل|ياهو|هوتميل)\b(?:{_DOT}\w{{2,4}}\b)?"
    r"|\sat\s[\w-]{1,40}\sdot\s\w{2,4}\b|\sarroba\s[\w-]{1,40}\spunto\s\w{2,4}\b|\sarobase\s[\w-]{1,40}\spoint\s\w{2,4}\b)",
    re.IGNORECASE,
)
_LINK = re.compile(
    r"(?:https?://|www\.)[^\s<>«»“”\"]+|(?<![\w@.-])(?:[a-z0-9-]{1,63}\.){1,6}[a-z]{2,6}/[^\s<>«»“”\"]*"
    r"|(?<![\w@.-])(?:[a-z0-9-]{1,63}\.){1,6}(?:com|org|net|info|edu|gov)(?:\.[a-z]{2})?(?![\w@])",
    re.IGNORECASE,
)
_LINK_END = re.compile(r"[.,;:!?؟،؛)\]'’»]+$")
_HANDLE = re.compile(r"(?<![\w@./])@[^\W\d][\w.]{1,29}\w")


def find_contacts(text: str, *, regions: Sequence[str] = REGIONS) -> Iterator[Span]:
    """E-mail addresses, links, accounts in social networks, telephone and document numbers."""
    taken: list[Span] = []
    for kind, pattern in (("email", _MAIL), ("email", _SPOKEN_MAIL), ("link", _LINK), ("link", _HANDLE)):
        for found in pattern.finditer(text):
            end = found.end() - (
                len(tail[0]) if kind == "link" and (tail := _LINK_END.search(found[0])) else 0
            )
            span = Span(found.start(), end, kind)
            if not any(meet(span, other) for other in taken):
                taken.append(span)
    yield from taken
    for span in find_numbers(text, regions=regions):
        if not any(meet(span, other) for other in taken):
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


def meet(one: Span, other: Span) -> bool:
    """Whether two spans have a sign in common."""
    return one.start < other.end and other.start < one.end
