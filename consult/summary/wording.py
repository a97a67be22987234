"""What another program may say in a summary: only the figures that it was sent, and quotes word for word.

Pure checks. Numbers written out in words are not seen; the mark on every proposed text asks a person to read it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from consult.summary.errors import SummaryError
from surveys.i18n import N_
from surveys.numbers import western_digits
from surveys.text import is_safe_label

LONGEST = 3000
_NUMBER = re.compile(r"\d+(?:[.,٫]\d+)*")
_QUOTED = re.compile(
    r"“([^”]*)”|„([^“”]*)[“”]|«([^»]*)»|‹([^›]*)›|\"([^\"]*)\"|‘([^’]*)’|(?<!\w)'([^'\n]*)'(?!\w)"
)
_SPACE = re.compile(r"\s+")
_ENDS = " .,;:!?…،؛؟\N{NO-BREAK SPACE}"

NOTHING = N_("The proposed wording was not taken: it was empty, too long, or held hidden signs.")
FIGURE = N_(
    "The proposed wording was not taken: it names the figure %(figure)s, which is none of this summary’s."
)
QUOTE = N_("The proposed wording was not taken: it quotes words that nobody said so: %(words)s.")


@dataclass(frozen=True, slots=True)
class Material:
    """All that is sent: the factual draft, the names that stand in it, and quotes that may be published."""

    language: str
    facts: str
    names: Sequence[str] = ()
    quotes: Sequence[str] = ()


def checked(words: str, material: Material) -> str:
    """The proposed text. Raises SummaryError, saying why, where it says more than it was told."""
    text = words.replace("\r\n", "\n").strip()
    if not text or len(text) > LONGEST or not is_safe_label(text):
        raise SummaryError("no_wording", NOTHING)
    rest = text
    for whole, inner in _quoted(text):
        if not _is_said(inner, material):
            raise SummaryError("not_verbatim", QUOTE, words=f"{whole[:80]}")
        rest = rest.replace(whole, " ", 1)
    sent = set(_figures("\n".join([material.facts, *material.names])))
    for figure in _figures(rest):
        if figure not in sent:
            raise SummaryError("own_figure", FIGURE, figure=figure)
    return text


def _is_said(inner: str, material: Material) -> bool:
    words = _plain(inner)
    known = [*material.names, *(told for _whole, told in _quoted(material.facts))]
    if not words or any(words == _plain(name) for name in known):
        return True
    exactly = re.compile(rf"(?<!\w){re.escape(words)}(?!\w)")
    return any(exactly.search(_plain(quote)) for quote in material.quotes)


def _quoted(text: str) -> Iterator[tuple[str, str]]:
    for match in _QUOTED.finditer(text):
        yield match[0], next((group for group in match.groups() if group is not None), "")


def _plain(text: str) -> str:
    """One kind of space, and no signs at the ends, where a sentence puts its own."""
    return _SPACE.sub(" ", text).strip(_ENDS)


def _figures(text: str) -> Iterator[str]:
    for match in _NUMBER.finditer(western_digits(text)):
        yield match[0].replace("٫", ".").replace(",", ".")
