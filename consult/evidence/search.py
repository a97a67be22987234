"""Searching all excerpts of a consultation: by words in any of their forms, and by filters."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Select, any_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from consult.analysis.word_forms import Piece, forms_of, pieces, query_words
from consult.evidence.indexing import shown_text, terms_of
from consult.evidence.models import EvidenceSource, Excerpt, ExcerptTerm, excerpt_groups, source_groups

PAGE = 30
OTHER = "other"
"""As a question: excerpts that answer none."""
AROUND, LONGEST_SHOWN = 160, 600


@dataclass(frozen=True, slots=True)
class SearchFilters:
    """Which excerpts a search looks through; every field may be None."""

    kind: str | None = None
    group_id: int | None = None
    language: str | None = None
    question_id: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """An excerpt in a list, with the words marked that were looked for. `is_cut`: more of it is left out."""

    excerpt: Excerpt
    source: EvidenceSource
    pieces: Sequence[Piece]
    is_cut: bool


@dataclass(frozen=True, slots=True)
class SearchPage:
    """A page of what was found. `total` is of all pages; `kinds`, `languages` and `questions` say how many there would
    be with that filter in place of the one of its sort."""

    items: Sequence[Found] = ()
    total: int = 0
    number: int = 1
    words: Sequence[str] = ()
    kinds: Mapping[str, int] = field(default_factory=dict)
    languages: Mapping[str, int] = field(default_factory=dict)
    questions: Mapping[str, int] = field(default_factory=dict)

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


def search(
    session: Session,
    consultation_id: int,
    query: str,
    filters: SearchFilters,
    *,
    number: int = 1,
    also: Sequence[ColumnElement[bool]] = (),
) -> SearchPage:
    """The excerpts in which every word of the query stands in one of its forms, source by source in reading order.

    Without a word: all that the filters let through. `also` are further conditions on Excerpt. Answers are found as
    wholes.
    """
    words = query_words(query)
    forms = [forms_of(word) for word in words]
    base = [Excerpt.consultation_id == consultation_id, Excerpt.part_of_id.is_(None), *also]
    base += [Excerpt.id.in_(_standing_in(session, consultation_id, found)) for found in forms]
    if filters.group_id is not None:
        base.append(of_group(filters.group_id))
    sources = {
        source.id: source
        for source in session.scalars(
            select(EvidenceSource).where(EvidenceSource.consultation_id == consultation_id)
        )
    }
    counts = _counts(session, base, sources, filters)
    total = counts.pop("total")["all"]
    number = min(max(1, number), max(1, -(-total // PAGE)))
    excerpts = session.scalars(
        select(Excerpt)
        .where(*base, *_narrowing(filters, sources))
        .order_by(Excerpt.source_id, Excerpt.position, Excerpt.id)
        .limit(PAGE)
        .offset((number - 1) * PAGE)
    ).all()
    marked = frozenset().union(*forms)
    items = [_found(excerpt, sources[excerpt.source_id], marked) for excerpt in excerpts]
    return SearchPage(items, total, number, words, counts["kind"], counts["language"], counts["question"])


def of_group(group_id: int) -> ColumnElement[bool]:
    """Condition: an excerpt of a group, its own or that of its source."""
    own = select(excerpt_groups.c.excerpt_id).where(excerpt_groups.c.group_id == group_id)
    of_source = select(source_groups.c.source_id).where(source_groups.c.group_id == group_id)
    return or_(Excerpt.id.in_(own), Excerpt.source_id.in_(of_source))


def _standing_in(session: Session, consultation_id: int, forms: frozenset[str]) -> Select:
    """The ids of the excerpts that hold one of these forms: they are many, and go as one value."""
    terms = sorted(terms_of(consultation_id, forms))
    if session.get_bind().dialect.name == "postgresql":
        is_one = ExcerptTerm.term == any_(bindparam(None, terms, type_=ARRAY(BigInteger)))
    else:
        given = func.json_each(bindparam(None, json.dumps(terms))).table_valued("value")
        is_one = ExcerptTerm.term.in_(select(given.c.value))
    return select(ExcerptTerm.excerpt_id).where(is_one)


def _narrowing(filters: SearchFilters, sources: Mapping[int, EvidenceSource]) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.kind is not None:
        found.append(
            Excerpt.source_id.in_([i for i, source in sources.items() if source.kind == filters.kind])
        )
    if filters.language is not None:
        found.append(Excerpt.language == filters.language)
    if filters.question_id == OTHER:
        found.append(Excerpt.question_id.is_(None))
    elif filters.question_id is not None:
        found.append(Excerpt.question_id == filters.question_id)
    return found


def _counts(
    session: Session,
    base: Sequence[ColumnElement[bool]],
    sources: Mapping[int, EvidenceSource],
    filters: SearchFilters,
) -> dict[str, Counter[str]]:
    """How many there are, and how many by kind, language and question: each with the other two filters."""
    wanted = {"kind": filters.kind, "language": filters.language, "question": filters.question_id}
    counts: dict[str, Counter[str]] = {name: Counter() for name in (*wanted, "total")}
    for source_id, language, question_id, count in session.execute(
        select(Excerpt.source_id, Excerpt.language, Excerpt.question_id, func.count())
        .where(*base)
        .group_by(Excerpt.source_id, Excerpt.language, Excerpt.question_id)
    ):
        has = {"kind": sources[source_id].kind, "language": language, "question": question_id or OTHER}
        fails = [name for name in wanted if wanted[name] not in (None, has[name])]
        if not fails:
            counts["total"]["all"] += count
        for name in wanted:
            if fails in ([], [name]):
                counts[name][has[name]] += count
    return counts


def _found(excerpt: Excerpt, source: EvidenceSource, forms: frozenset[str]) -> Found:
    """The stretch of an excerpt round the first word that was found, with every one in it marked."""
    text = shown_text(excerpt.text, excerpt.redacted_text)
    cut = pieces(text, forms)
    if len(text) <= LONGEST_SHOWN:
        return Found(excerpt, source, cut, is_cut=False)
    before = 0
    for piece in cut:
        if piece.is_found:
            break
        before += len(piece.text)
    start = 0 if before >= len(text) else max(0, before - AROUND)
    start = text.rfind(" ", 0, start) + 1 if start else 0
    shown = text[start : start + LONGEST_SHOWN].rsplit(" ", 1)[0]
    shown = ("… " if start else "") + shown + (" …" if start + len(shown) < len(text) else "")
    return Found(excerpt, source, pieces(shown, forms), is_cut=True)
