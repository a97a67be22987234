"""Cutting a text into excerpts: pure functions, and nothing of the text is lost but white space and speakers' names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from consult.analysis.text import shown
from consult.evidence.models import MOST_TEXT

WAYS = ("paragraph", "line", "row", "turn", "whole")
_BLANK_LINES = re.compile(r"\n[ \t\u00a0]*\n\s*")
_LABEL = re.compile(r"^[ \t]*([^\s:：\t][^:：\n\t]{0,38}?)[ \t]*[:：][ \t]*(?!//)(.*)$")
_BETWEEN_CELLS = " – "


class Cut(NamedTuple):
    """A piece of a text; `speaker` numbers the voices of a conversation from 1, None where there are none."""

    text: str
    speaker: int | None = None


def cut_text(text: str, way: str) -> list[Cut]:
    """The pieces of a text, cut in one of WAYS; a piece that would be too long is cut again between words."""
    text = shown(
        text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2029", "\n\n").replace("\u2028", "\n")
    )
    found = (Cut(piece, cut.speaker) for cut in _CUTS[way](text) for piece in short_enough(cut.text.strip()))
    return [cut for cut in found if cut.text]


def likely_way(text: str) -> str:
    """The way of cutting that the look of a text suggests."""
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        return "paragraph"
    if sum("\t" in line for line in lines) * 2 > len(lines):
        return "row"
    labels = _labels(lines)
    if sum(_speaker_of(line, labels) is not None for line in lines) >= max(3, 0.3 * len(lines)):
        return "turn"
    if len(lines) > 2 and not _BLANK_LINES.search(text.strip()):
        return "line"
    return "paragraph"


def short_enough(text: str) -> Iterator[str]:
    """The text in pieces of at most MOST_TEXT characters, cut at a line, a sentence or a word."""
    while len(text) > MOST_TEXT:
        head = text[:MOST_TEXT]
        ends = (head.rfind(sign) for sign in ("\n", ". ", "؟ ", "! ", " "))
        end = next((end for end in ends if end > MOST_TEXT // 2), MOST_TEXT - 1) + 1
        yield text[:end].strip()
        text = text[end:].strip()
    yield text


def _paragraphs(text: str) -> Iterator[Cut]:
    return (Cut(piece) for piece in _BLANK_LINES.split(text))


def _lines(text: str) -> Iterator[Cut]:
    return (Cut(_as_row(line)) for line in text.splitlines())


def _rows(text: str) -> Iterator[Cut]:
    """Each row of a table (a line with tabs) by itself, everything else by paragraphs."""
    for paragraph in _BLANK_LINES.split(text):
        rest: list[str] = []
        for line in paragraph.splitlines():
            if "\t" not in line.strip():
                rest.append(line)
                continue
            yield Cut("\n".join(rest))
            rest = []
            yield Cut(_as_row(line))
        yield Cut("\n".join(rest))


def _as_row(line: str) -> str:
    return _BETWEEN_CELLS.join(cell.strip() for cell in line.split("\t") if cell.strip())


def _turns(text: str) -> Iterator[Cut]:
    """What is said until somebody else speaks. Speakers are numbered in the order in which they first speak: their
    names are not kept."""
    lines = text.splitlines()
    labels = _labels(lines)
    numbers: dict[str, int] = {}
    speaker, said = None, list[str]()
    for line in lines:
        label = _speaker_of(line, labels)
        if label is None:
            said.append(line)
            continue
        yield Cut("\n".join(said), speaker)
        speaker = numbers.setdefault(label, len(numbers) + 1)
        said = [_LABEL.match(line)[2]]  # type: ignore[index]
    yield Cut("\n".join(said), speaker)


def _labels(lines: Iterable[str]) -> Counter[str]:
    return Counter(_folded(found[1]) for line in lines if (found := _LABEL.match(line)))


def _speaker_of(line: str, labels: Counter[str]) -> str | None:
    """The name before a colon, where it is short and somebody speaks under it more than once."""
    found = _LABEL.match(line)
    if found is None or len(found[1].split()) > 4:
        return None
    label = _folded(found[1])
    return label if labels[label] > 1 else None


def _folded(label: str) -> str:
    return " ".join(label.split()).casefold()


_CUTS = {
    "paragraph": _paragraphs,
    "line": _lines,
    "row": _rows,
    "turn": _turns,
    "whole": lambda text: iter([Cut(text)]),
}
