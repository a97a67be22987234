"""Reading for the pages of redaction: what waits, how far the work is, and the marks inside a text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session

from consult.analysis.masking import KINDS
from consult.evidence.models import GATHERED, Excerpt
from consult.review.models import ExcerptNote
from consult.review.redaction import Quotable, is_flagged, is_settled, is_waiting, quotables
from consult.review.redaction_models import FOUND, PersonalMark

PAGE = 20
WAITING, DECIDED, EVERYTHING = "waiting", "decided", "all"
SHOWN = (WAITING, DECIDED, EVERYTHING)


@dataclass(frozen=True, slots=True)
class PersonalFilters:
    """Which excerpts the page lists; every field comes from the address. `with_silent`: also those that may not be
    quoted whatever is masked."""

    show: str = WAITING
    kind: str | None = None
    language: str | None = None
    with_silent: bool = False
    excerpt_id: int | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text, with the mark that covers it, if any."""

    text: str
    mark: PersonalMark | None = None


@dataclass(frozen=True, slots=True)
class PersonalItem:
    """An excerpt with its marks. `flags`: memos of the coders who flagged it (empty ones too); `is_open`: flagged, and
    nobody has settled it; `outcome`: as it would be published."""

    excerpt: Excerpt
    pieces: Sequence[Piece]
    marks: Sequence[PersonalMark]
    flags: Sequence[str]
    is_open: bool
    outcome: Quotable

    @property
    def waiting(self) -> int:
        """How many of its marks nobody has decided about."""
        return sum(mark.status == FOUND for mark in self.marks)


@dataclass(frozen=True, slots=True)
class PersonalPage:
    """A page of the list. `total` is of the whole list."""

    items: Sequence[PersonalItem]
    total: int
    number: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


@dataclass(frozen=True, slots=True)
class PersonalProgress:
    """Excerpts that may be quoted: how many have something personal or a flag, and about how many of these everything
    is decided."""

    total: int
    waiting: int

    @property
    def decided(self) -> int:
        return self.total - self.waiting


def personal_progress(session: Session, consultation_id: int, *, is_readable: bool) -> PersonalProgress:
    """How far the work on a consultation is."""

    def count(show: str) -> int:
        listed = _listed(consultation_id, PersonalFilters(show=show), is_readable).with_only_columns(
            func.count(Excerpt.id)
        )
        return session.scalar(listed) or 0

    return PersonalProgress(total=count(EVERYTHING), waiting=count(WAITING))


def personal_page(
    session: Session, consultation_id: int, filters: PersonalFilters, *, number: int, is_readable: bool
) -> PersonalPage:
    """The excerpts with something personal in them, in the order of the answers. While the answers may not be read
    (`is_readable` false), only what was gathered elsewhere."""
    statement = _listed(consultation_id, filters, is_readable)
    total = session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    number = min(max(1, number), max(1, -(-total // PAGE)))
    order = (Excerpt.question_id, Excerpt.position, Excerpt.id)
    excerpts = session.scalars(statement.order_by(*order).limit(PAGE).offset((number - 1) * PAGE)).all()
    return PersonalPage(_items(session, excerpts), total, number)


def marks_of(session: Session, excerpt_ids: Iterable[int]) -> dict[int, list[PersonalMark]]:
    """Excerpt id → its marks in the order of the text; excerpts without any are absent."""
    found: dict[int, list[PersonalMark]] = defaultdict(list)
    mine = select(PersonalMark).where(PersonalMark.excerpt_id.in_(sorted(set(excerpt_ids))))
    for mark in session.scalars(mine.order_by(PersonalMark.start_offset, PersonalMark.id)):
        found[mark.excerpt_id].append(mark)
    return dict(found)


def pieces_of(session: Session, excerpts: Sequence[Excerpt]) -> dict[int, list[Piece]]:
    """Excerpt id → its text in pieces, for showing the marks in it."""
    marks = marks_of(session, [excerpt.id for excerpt in excerpts])
    return {excerpt.id: in_pieces(excerpt.text, marks.get(excerpt.id, ())) for excerpt in excerpts}


def in_pieces(text: str, marks: Sequence[PersonalMark]) -> list[Piece]:
    """A text cut at its marks; of marks that overlap the first shows, the longer where two begin together."""
    pieces: list[Piece] = []
    place = 0
    for mark in sorted(marks, key=lambda item: (item.start_offset, -item.end_offset)):
        start, end = max(mark.start_offset, place), min(mark.end_offset, len(text))
        if start >= end:
            continue
        if start > place:
            pieces.append(Piece(text[place:start]))
        pieces.append(Piece(text[start:end], mark))
        place = end
    if place < len(text) or not pieces:
        pieces.append(Piece(text[place:]))
    return pieces


def language_counts(
    session: Session, consultation_id: int, filters: PersonalFilters, *, is_readable: bool
) -> Mapping[str, int]:
    """Language → how many excerpts of the list are in it, whatever language is chosen."""
    bare = PersonalFilters(show=filters.show, kind=filters.kind, with_silent=filters.with_silent)
    inner = _listed(consultation_id, bare, is_readable).subquery()
    return dict(
        session.execute(
            select(inner.c.language, func.count())
            .group_by(inner.c.language)
            .order_by(func.count().desc(), inner.c.language)
        ).all()
    )


def _listed(consultation_id: int, filters: PersonalFilters, is_readable: bool) -> Select:
    """Whole excerpts with a mark or a flag that the filters let through."""
    chosen = select(Excerpt).where(Excerpt.consultation_id == consultation_id, Excerpt.part_of_id.is_(None))
    if not is_readable:
        chosen = chosen.where(Excerpt.question_id == GATHERED)
    if filters.excerpt_id is not None:
        return chosen.where(Excerpt.id == filters.excerpt_id)
    marked = exists().where(PersonalMark.excerpt_id == Excerpt.id)
    if filters.show == WAITING:
        chosen = chosen.where(is_waiting())
    elif filters.show == DECIDED:
        chosen = chosen.where(or_(marked, is_flagged()), ~is_waiting())
    else:
        chosen = chosen.where(or_(marked, is_flagged()))
    if filters.kind in KINDS:
        chosen = chosen.where(marked.where(PersonalMark.kind == filters.kind))
    if filters.language:
        chosen = chosen.where(Excerpt.language == filters.language)
    return chosen if filters.with_silent else chosen.where(Excerpt.quote_consent)


def _items(session: Session, excerpts: Sequence[Excerpt]) -> list[PersonalItem]:
    ids = [excerpt.id for excerpt in excerpts]
    marks = marks_of(session, ids)
    outcomes = quotables(session, ids)
    flags: dict[int, list[str]] = defaultdict(list)
    for excerpt_id, memo in session.execute(
        select(ExcerptNote.excerpt_id, ExcerptNote.memo)
        .where(ExcerptNote.excerpt_id.in_(ids), ExcerptNote.needs_redaction)
        .order_by(ExcerptNote.id)
    ):
        flags[excerpt_id].append(memo)
    waiting = select(Excerpt.id).where(Excerpt.id.in_(ids), is_flagged(), ~is_settled())
    still = set(session.scalars(waiting))
    return [
        PersonalItem(
            excerpt=excerpt,
            pieces=in_pieces(excerpt.text, marks.get(excerpt.id, ())),
            marks=marks.get(excerpt.id, ()),
            flags=flags[excerpt.id],
            is_open=excerpt.id in still,
            outcome=outcomes[excerpt.id],
        )
        for excerpt in excerpts
    ]
