"""Cutting a text into excerpts: pure functions, and nothing of the text is lost but white space, speakers' names and
the heads of tables."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

from consult.analysis.text import shown
from consult.evidence.framing import Cut, is_asker, is_head, station_of, with_frames
from consult.evidence.models import MOST_STATION, MOST_TEXT

WAYS = ("paragraph", "line", "row", "turn", "whole")
_BLANK_LINES = re.compile(r"\n[ \t\u00a0]*\n\s*")
_MARKED = re.compile(r"^#{1,6}[ \t]+(?=\S)")
_LABEL = re.compile(r"^[ \t]*([^\s:：\t][^:：\n\t]{0,38}?)[ \t]*[:：][ \t]*(?!//)(.*)$")
_BETWEEN_CELLS = " – "


def cut_text(text: str, way: str) -> list[Cut]:
    """The pieces of a text, cut in one of WAYS; a piece that would be too long is cut again between words."""
    text = shown(
        text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2029", "\n\n").replace("\u2028", "\n")
    )
    found = (
        cut._replace(text=piece, is_frame=cut.is_frame or is_marked)
        for cut in _CUTS[way](text)
        for is_marked, words in [_without_mark(cut)]
        for piece in short_enough(words.strip())
    )
    return with_frames([cut for cut in found if cut.text], is_loose=way in ("line", "whole"))


def _without_mark(cut: Cut) -> tuple[bool, str]:
    """Whether a piece is one line marked as a heading, and its words without that mark."""
    words = cut.text.strip()
    is_marked = "\n" not in words and _MARKED.match(words) is not None
    return is_marked, _MARKED.sub("", words) if is_marked else words


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


def _lines(text: str) -> Iterator[Cut]:
    return (Cut(_as_row(line.split("\t"))) for line in text.splitlines())


def _rows(text: str) -> Iterator[Cut]:
    """Each row of a table (a line with tabs) by itself, everything else by paragraphs."""
    for paragraph in _BLANK_LINES.split(text):
        for is_table, lines in groupby(paragraph.splitlines(), key=lambda line: "\t" in line.strip()):
            if is_table:
                yield from _table([[cell.strip() for cell in line.split("\t")] for line in lines])
            else:
                yield Cut("\n".join(lines))


def _table(rows: list[list[str]]) -> Iterator[Cut]:
    """The rows of a table. Under a head each value stands beside the name of its column, unless it is the only one; the
    table or flip chart is told apart."""
    if not is_head(rows):
        yield from (Cut(_as_row(row), is_row=True) for row in rows)
        return
    head, body = rows[0], rows[1:]
    stations = [n for n, name in enumerate(head) if station_of(f"{name} 1")]
    texts = [n for n in range(len(head)) if n not in stations]
    for row in body:
        named = [(head[n], row[n]) for n in texts if n < len(row) and row[n]]
        more = [cell for cell in row[len(head) :] if cell]
        words = [named[0][1]] if len(texts) == 1 and named else [f"{name}: {cell}" for name, cell in named]
        place = next((row[n] for n in stations if n < len(row) and row[n]), "")
        if place and not station_of(place):
            place = f"{head[stations[0]]} {place}"
        yield Cut("\n".join([*words, *more]), station=place[:MOST_STATION], is_row=True)


def _as_row(cells: Iterable[str]) -> str:
    return _BETWEEN_CELLS.join(cell.strip() for cell in cells if cell.strip())


def _turns(text: str) -> Iterator[Cut]:
    """What is said until somebody else speaks. Speakers are numbered in the order in which they first speak: their
    names are not kept."""
    lines = text.splitlines()
    labels = _labels(lines)
    numbers: dict[str, int] = {}
    speaker, who, said = None, "", list[str]()
    for line in lines:
        label = _speaker_of(line, labels)
        if label is None:
            if is_asker(who) and _may_label(line):  # somebody who speaks once, and does not ask
                yield Cut("\n".join(said), speaker, label=who)
                speaker, who, said = None, "", []
            said.append(line)
            continue
        yield Cut("\n".join(said), speaker, label=who)
        who = label
        speaker = numbers.setdefault(label, len(numbers) + 1)
        said = [_LABEL.match(line)[2]]  # type: ignore[index]
    yield Cut("\n".join(said), speaker, label=who)


def _labels(lines: Iterable[str]) -> Counter[str]:
    return Counter(_folded(found[1]) for line in lines if (found := _LABEL.match(line)))


def _speaker_of(line: str, labels: Counter[str]) -> str | None:
    """The name before a colon, where it is short and somebody speaks under it more than once."""
    found = _LABEL.match(line)
    if found is None or len(found[1].split()) > 4:
        return None
    label = _folded(found[1])
    return label if labels[label] > 1 else None


def _may_label(line: str) -> bool:
    found = _LABEL.match(line)
    return found is not None and len(found[1].split()) <= 4


def _folded(label: str) -> str:
    return " ".join(label.split()).casefold()


_CUTS = {
    "paragraph": _rows,
    "line": _lines,
    "row": _rows,
    "turn": _turns,
    "whole": lambda text: iter([Cut(text)]),
}
