"""Searching all excerpts of a consultation: by words in any of their forms, and by filters."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, any_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from consult.analysis.word_forms import Piece, forms_of, pieces, query_words
from consult.evidence.indexing import shown_text, terms_of
from consult.evidence.models import EvidenceSource, Excerpt, ExcerptTerm, excerpt_groups, source_groups

PAGE = 30
AROUND, LONGEST_SHOWN = 160, 600
FEW = 2_000


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
    is_wordless: bool = False
    """Something was typed that holds no word to look for."""

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

    Without a query: all that the filters let through; nothing where it holds no word, only signs. `also` are further
    conditions on Excerpt. Answers are found as wholes.
    """
    words = query_words(query)
    if query.strip() and not words:
        return SearchPage(is_wordless=True)
    forms = [forms_of(word) for word in words]
    base = _whole_ones(session, consultation_id)
    base += [*also, *_holding(session, consultation_id, forms)]
    if filters.group_id is not None:
        base.append(of_group(filters.group_id))
    sources = {
        source.id: source
        for source in session.scalars(
            select(EvidenceSource).where(EvidenceSource.consultation_id == consultation_id)
        )
    }
    matches, counts = _matches(session, base, sources, filters)
    number = min(max(1, number), max(1, -(-len(matches) // PAGE)))
    shown = [match[-1] for match in matches[(number - 1) * PAGE : number * PAGE]]
    excerpts = {row.id: row for row in session.scalars(select(Excerpt).where(Excerpt.id.in_(shown)))}
    marked = frozenset().union(*forms)
    # What was removed since the first look is left out.
    items = [_found(excerpts[i], sources[excerpts[i].source_id], marked) for i in shown if i in excerpts]
    return SearchPage(
        items, len(matches), number, words, counts["kind"], counts["language"], counts["question"]
    )


def _whole_ones(session: Session, consultation_id: int) -> list[ColumnElement[bool]]:
    """Conditions: an excerpt of the consultation, no part of one. For SQLite as expressions, lest it go through an
    index of all excerpts where it has a list of the ids; PostgreSQL knows better by the plain columns."""
    if _is_postgres(session):
        return [Excerpt.consultation_id == consultation_id, Excerpt.part_of_id.is_(None)]
    return [Excerpt.consultation_id + 0 == consultation_id, func.coalesce(Excerpt.part_of_id, 0) == 0]


def _is_postgres(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def of_group(group_id: int) -> ColumnElement[bool]:
    """Condition: an excerpt of a group, its own or that of its source."""
    own = select(excerpt_groups.c.excerpt_id).where(excerpt_groups.c.group_id == group_id)
    of_source = select(source_groups.c.source_id).where(source_groups.c.group_id == group_id)
    return or_(Excerpt.id.in_(own), Excerpt.source_id.in_(of_source))


def _holding(
    session: Session, consultation_id: int, forms: Sequence[frozenset[str]]
) -> Iterator[ColumnElement[bool]]:
    """Conditions: an excerpt holds a form of each word. The rarest word says which excerpts are looked at; where they
    are few, SQLite looks for the other words in them alone; PostgreSQL plans that by itself."""
    is_one = [_is_one_of(session, sorted(terms_of(consultation_id, found))) for found in forms]
    are_few = False
    if len(forms) > 1 and not _is_postgres(session):
        counted = select(func.count(ExcerptTerm.excerpt_id))
        numbers = [session.scalar(counted.where(is_form(ExcerptTerm.term))) or 0 for is_form in is_one]
        order = sorted(range(len(forms)), key=numbers.__getitem__)
        is_one, are_few = [is_one[n] for n in order], numbers[order[0]] <= FEW
    for place, is_form in enumerate(is_one):
        if place and are_few:
            # An expression again: the words of one excerpt are fewer than the forms.
            here = select(ExcerptTerm.term).where(ExcerptTerm.excerpt_id == Excerpt.id)
            yield here.where(is_form(ExcerptTerm.term + 0)).exists()
        else:
            yield Excerpt.id.in_(select(ExcerptTerm.excerpt_id).where(is_form(ExcerptTerm.term)))


def _is_one_of(session: Session, terms: Sequence[int]) -> Callable[[Any], ColumnElement[bool]]:
    """Makes the condition that a column is one of these numbers: they are many, and go as one value."""
    if _is_postgres(session):
        return lambda column: column == any_(bindparam(None, terms, type_=ARRAY(BigInteger)))
    given = func.json_each(bindparam(None, json.dumps(terms))).table_valued("value")
    return lambda column: column.in_(select(given.c.value))


def _matches(
    session: Session,
    base: Sequence[ColumnElement[bool]],
    sources: Mapping[int, EvidenceSource],
    filters: SearchFilters,
) -> tuple[list[tuple[int, int, int]], dict[str, dict[str, int]]]:
    """What is found, as (source id, position, id) in order; and how many by kind, language and question, each with the
    other two filters. In one pass over the rows: to have the database count and order them takes two."""
    wanted = (filters.kind, filters.language, filters.question_id)
    columns = (Excerpt.source_id, Excerpt.language, Excerpt.question_id, Excerpt.position, Excerpt.id)
    rows: list[tuple[Any, ...]] = [tuple(row) for row in session.execute(select(*columns).where(*base))]
    counts: tuple[Counter[Any], ...] = (Counter(), Counter(), Counter())
    let_through = set()
    rows = [row for row in rows if row[0] in sources]  # no source that came since they were read
    for place, number in Counter(row[:3] for row in rows).items():
        has = (sources[place[0]].kind, *place[1:])
        fails = [n for n in range(3) if wanted[n] is not None and wanted[n] != has[n]]
        if not fails:
            let_through.add(place)
        for n in fails if fails else range(3):
            counts[n][has[n]] += number * (len(fails) < 2)
    matches = [(row[0], row[3], row[4]) for row in rows if row[:3] in let_through]
    matches.sort()
    shown = ({key: count for key, count in counter.most_common() if count} for counter in counts)
    return matches, dict(zip(("kind", "language", "question"), shown, strict=True))


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
