"""What frames evidence and is none: headings, the names of tables and flip charts, and the turns of who asks.

Rules of thumb over the look of a text; whoever brings it in sees what they made of it and can say otherwise.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

MOST_WORDS, MOST_SIGNS = 8, 70
"""Of a heading, in words and characters."""
MOST_HEADINGS = 2
"""So many headings stand over one another; more short lines in a row are a list."""
LONGEST_NAME = 30
"""Of a column, in characters."""
_END = re.compile(r"[.!?؟…;؛,،][\"'”’»)\]]*$")
_ASKED = re.compile(r"[?؟][\"'”’»)\]]*$")
_LETTER = re.compile(r"[^\W\d_]")
_STATION = re.compile(
    r"^(?:ال)?(?:table|tisch|flip[ -]?chart|chart|group|station|wall|طاولة|لوحة|لوح قلاب|مجموعة|محطة|"
    r"groupe|atelier|tableau|mesa|rotafolio|papel[oó]grafo|grupo|estaci[oó]n)"
    r"(?: (?:رقم|n[o°º.]*|number|no\.?))? ?[#№]? ?(?:\d{1,3}|[^\W\d_]|"
    r"(?:ال)?(?:أولى|اولى|ثانية|ثالثة|رابعة|خامسة|سادسة|سابعة|ثامنة|تاسعة|عاشرة))$",
    re.IGNORECASE,
)
_ASKERS = """
    interviewer int facilitator moderator question q
    enquêteur enquêtrice intervieweur intervieweuse animateur animatrice modérateur modératrice facilitateur
    facilitatrice
    entrevistador entrevistadora moderador moderadora facilitador facilitadora pregunta
    المحاور محاور المحاورة محاورة الميسر ميسر الميسرة ميسرة الباحث الباحثة السؤال سؤال س
"""
ASKERS = frozenset(_ASKERS.split())
"""What who asks is called before a colon, without vowel signs."""
_VOWELS = re.compile("[\u064b-\u0652\u0640]")


class Cut(NamedTuple):
    """A piece of a text; `speaker` numbers the voices of a conversation from 1, None where there are none.

    `is_frame`: a heading, or a turn of who asks: read beside what follows, not counted. `station`: the table or flip
    chart on which it was written. `label`: how its speaker is called, until the names are dropped. `is_row`: of a
    table.
    """

    text: str
    speaker: int | None = None
    is_frame: bool = False
    station: str = ""
    label: str = ""
    is_row: bool = False


def station_of(text: str) -> str:
    """The table or flip chart that a line names, without a colon; empty where it names none."""
    words = " ".join(text.strip().rstrip(":：").split())
    return words if _STATION.match(words) else ""


def is_head(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row of a table holds the names of its columns: short words over longer text, or over what is
    called a table or flip chart."""
    head, body = rows[0], rows[1:]
    if len(head) < 2 or not body or any(not _is_name(cell) for cell in head):
        return False
    texts = [[row[n] for row in body if n < len(row) and row[n]] for n in range(len(head))]
    is_longer = any(
        cells and 2 * len(name.split()) < sum(len(cell.split()) for cell in cells) / len(cells)
        for name, cells in zip(head, texts, strict=True)
    )
    return is_longer and len(set(head)) == len(head)


def _is_name(cell: str) -> bool:
    return bool(_LETTER.search(cell)) and len(cell) <= LONGEST_NAME and not _END.search(cell)


def with_frames(cuts: Sequence[Cut], *, is_loose: bool) -> list[Cut]:
    """The pieces with headings and the turns of who asks marked, and each with the table or flip chart under whose name
    it stands. `is_loose`: short lines are what was said, so that only what is plainly a heading is one."""
    asking = _askers(cuts)
    headings = set() if is_loose else _headings(cuts)
    out: list[Cut] = []
    station = ""
    for number, cut in enumerate(cuts):
        named = "" if cut.speaker or "\n" in cut.text else station_of(cut.text)
        station = named or station
        out.append(
            cut._replace(
                is_frame=bool(cut.is_frame or named or number in headings or cut.speaker in asking),
                station=cut.station or station,
                label="",
            )
        )
    # A text that is nothing but frames is evidence as it is.
    return [cut._replace(is_frame=False) for cut in out] if all(cut.is_frame for cut in out) else out


def _askers(cuts: Sequence[Cut]) -> set[int]:
    """The speakers who are called interviewer and the like, or who in several turns only ask."""
    turns: dict[int, list[Cut]] = defaultdict(list)
    for cut in cuts:
        if cut.speaker is not None:
            turns[cut.speaker].append(cut)
    return {
        speaker
        for speaker, said in turns.items()
        if is_asker(said[0].label) or (len(said) > 1 and all(_ASKED.search(cut.text) for cut in said))
    }


def is_asker(label: str) -> bool:
    """Whether somebody is called an interviewer or the like, in lower case."""
    return _VOWELS.sub("", label).rstrip(".") in ASKERS


def _headings(cuts: Sequence[Cut]) -> set[int]:
    """Places of short single lines without a sentence's end that stand over something longer."""
    found: set[int] = set()
    run: list[int] = []
    for number, cut in enumerate(cuts):
        if _may_head(cut):
            run.append(number)
            continue
        if len(run) <= MOST_HEADINGS and (cut.is_row or len(cut.text.split()) > MOST_WORDS):
            found.update(run)
        run = []
    return found


def _may_head(cut: Cut) -> bool:
    is_short = len(cut.text) <= MOST_SIGNS and len(cut.text.split()) <= MOST_WORDS and "\n" not in cut.text
    return is_short and not cut.is_row and not _END.search(cut.text) and bool(_LETTER.search(cut.text))
