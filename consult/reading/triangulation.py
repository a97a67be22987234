"""Themes by kind of source: where interviews, workshops, documents and the survey agree, contradict one another, or are
silent.

The themes of two questions, and those of what was gathered elsewhere, are the same theme where they have a name in
common. A kind of source is silent on a theme where nothing of it carries the theme, and is not read yet while neither
a person nor a machine has put any of it under themes. Else it leans as those of its excerpts do whose stance is known:
to one side where two thirds or more of them stand there, else to neither. Where all these stances are a machine's hints
it is not clear yet how it leans.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.evidence.models import GATHERED, SOURCE_KINDS, SURVEY, Excerpt
from consult.reading.breakdown import Read, columns_of, read_question
from consult.review.dimensions import HINT, KIND, NO_COLUMN, Dimension, stance_dimension
from consult.review.incidence import NONE, Ids, listed, numbers
from consult.review.models import REVIEWER, Coding, Theme
from consult.review.scope import Scope

SUPPORTS, CONTRADICTS, MIXED, RAISED, SILENT = ("supports", "contradicts", "mixed", "raised", "silent")
HINTED, UNREAD = "hinted", "unread"
_KNOWN = (SUPPORTS, CONTRADICTS, MIXED)
_SAID_NOTHING = (SILENT, UNREAD)
CLEAR = Fraction(2, 3)


@dataclass(frozen=True, slots=True)
class Place:
    """What one kind of source says of a theme: `lean` is one of the words above; `count` excerpts carry it;
    `known` of them have a stance, `hints` of these only a machine's. `theme`: the theme behind the number."""

    lean: str
    count: int
    known: int = 0
    hints: int = 0
    themes: Sequence[Theme] = ()

    @property
    def by_people(self) -> int:
        """How many of the known stances a person noted."""
        return self.known - self.hints


@dataclass(frozen=True, slots=True)
class KindRead:
    """A kind of source: how many excerpts it has, how many of them were put under themes or under none, and how many of
    these by a person."""

    excerpts: int
    read: int
    by_people: int

    @property
    def is_unread(self) -> bool:
        return not self.read

    def __add__(self, other: KindRead) -> KindRead:
        return KindRead(
            self.excerpts + other.excerpts, self.read + other.read, self.by_people + other.by_people
        )


@dataclass(frozen=True, slots=True)
class Line:
    """A theme across the kinds. `verdict`: agree, contradict, single, single_so_far, unknown or none."""

    theme: Theme
    places: Sequence[Place]
    verdict: str
    raised_by: int


@dataclass(frozen=True, slots=True)
class Matrix:
    """`kinds`: those that hold any excerpt, with how far they are read."""

    kinds: Mapping[str, KindRead]
    lines: Sequence[Line]


def matrix_of(session: Session, consultation_id: int, question_ids: Sequence[str]) -> Matrix:
    """The matrix of a whole consultation, with exact counts: for who may read single answers."""
    reads = [read_question(session, Scope(consultation_id, question_id)) for question_id in question_ids]
    kinds: dict[str, KindRead] = {}
    found: list[tuple[frozenset[str], Theme, dict[str, Place]]] = []
    for read in reads:
        by_kind = _kinds(session, read)
        coded, by_people = _coded(session, read)
        for kind, ids in by_kind.items():
            more = KindRead(len(ids), _common(ids, coded), _common(ids, by_people))
            kinds[kind] = kinds[kind] + more if kind in kinds else more
        stances = columns_of(session, read, stance_dimension())
        for theme in read.themes:
            places = {kind: _place(read, theme, ids, stances) for kind, ids in by_kind.items()}
            _merge(found, theme, places)
    order = [kind for kind in SOURCE_KINDS if kind in kinds]
    lines = [
        _line(theme, [_seen(places.get(kind, Place(SILENT, 0)), kinds[kind]) for kind in order])
        for _, theme, places in found
    ]
    lines.sort(key=lambda line: (-line.raised_by, -sum(place.count for place in line.places), line.theme.id))
    return Matrix({kind: kinds[kind] for kind in order}, lines)


def _kinds(session: Session, read: Read) -> dict[str, Ids]:
    """Kind of source → its excerpts; a question of the survey has one kind."""
    if read.scope.question_id != GATHERED:
        return {SURVEY: np.arange(read.base)} if read.base else {}
    return {
        kind: ids for kind, ids in columns_of(session, read, Dimension(KIND, {})).items() if kind != NO_COLUMN
    }


def _coded(session: Session, read: Read) -> tuple[Ids, Ids]:
    """(the answers that were put under themes or under none, those of them where a person did)."""
    lists = (
        listed(session, Coding.excerpt_id),
        listed(session, Coding.excerpt_id, where=Coding.origin == REVIEWER),
    )
    row = session.execute(
        select(*lists)
        .join(Excerpt, Excerpt.id == Coding.excerpt_id)
        .where(read.scope.excerpts, Coding.is_current)
    ).one()
    return read.answers.places(numbers(row[0])), read.answers.places(numbers(row[1]))


def _common(some: Ids, others: Ids) -> int:
    return len(np.intersect1d(some, others, assume_unique=True))


def _seen(place: Place, kind: KindRead) -> Place:
    """What a kind that nobody has read says of a theme is not known; it is not silent."""
    return Place(UNREAD, 0) if kind.is_unread and place.lean == SILENT else place


def _place(read: Read, theme: Theme, ids: Ids, stances: Mapping[str, Ids]) -> Place:
    carried = np.intersect1d(read.of.get(theme.id, NONE), ids, assume_unique=True)
    if not len(carried):
        return Place(SILENT, 0)

    def of(value: str) -> int:
        return _common(carried, stances.get(value, NONE))

    hints = sum(of(HINT + value) for value in ("support", "oppose", "mixed"))
    counts = {value: of(value) + of(HINT + value) for value in ("support", "oppose", "mixed")}
    known = sum(counts.values())
    lean = lean_of(counts["support"], counts["oppose"], counts["mixed"]) if known else RAISED
    if known and hints == known:
        lean = HINTED
    return Place(lean, len(carried), known, hints, (theme,))


def lean_of(support: int, oppose: int, mixed: int) -> str:
    """To which side excerpts lean, of which so many are in favour, against, and both."""
    known = support + oppose + mixed
    if support >= CLEAR * known:
        return SUPPORTS
    return CONTRADICTS if oppose >= CLEAR * known else MIXED


def _merge(
    found: list[tuple[frozenset[str], Theme, dict[str, Place]]], theme: Theme, places: dict[str, Place]
) -> None:
    """Add what one question says of a theme to the line of the same name, or begin a new one."""
    names = frozenset(" ".join(text.split()).casefold() for text in theme.name.values() if text.strip())
    for number, (known, first, before) in enumerate(found):
        if known & names:
            joined = {kind: _join(before.get(kind), place) for kind, place in places.items()}
            found[number] = (known | names, first, before | joined)
            return
    found.append((names, theme, places))


def _join(before: Place | None, place: Place) -> Place:
    """The same theme in two questions that one kind of source answers."""
    if before is None or before.lean == SILENT:
        return place
    if place.lean == SILENT:
        return before
    leans = {before.lean, place.lean} & set(_KNOWN)
    unclear = HINTED if HINTED in (before.lean, place.lean) else RAISED
    lean = unclear if not leans else leans.pop() if len(leans) == 1 else MIXED
    return Place(
        lean,
        before.count + place.count,
        before.known + place.known,
        before.hints + place.hints,
        (*before.themes, *place.themes),
    )


def _line(theme: Theme, places: Sequence[Place]) -> Line:
    leans = [place.lean for place in places]
    raised = sum(lean not in _SAID_NOTHING for lean in leans)
    return Line(theme, places, verdict_of(leans), raised)


def verdict_of(leans: Sequence[str]) -> str:
    """Whether the kinds of sources agree: `agree` where two or more lean the same way and none another; `contradict`
    where they lean differently or are divided; `single` where only one raises the theme, `single_so_far` while another
    is not read yet; `unknown` where the stance of fewer than two is known."""
    raised = [lean for lean in leans if lean not in _SAID_NOTHING]
    known = [lean for lean in raised if lean in _KNOWN]
    if not raised:
        return "none"
    if len(raised) == 1:
        return "single_so_far" if UNREAD in leans else "single"
    if len(known) < 2:
        return "unknown"
    return "agree" if len(set(known)) == 1 and known[0] != MIXED else "contradict"
