"""`python -m tests.bench.searching [NUMBER]`: what a search costs among many excerpts (100,000), beside the least that
the same database can do: to count one table. The words are drawn as people use words, a few very often."""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from consult.analysis.word_forms import forms_of
from consult.consultations import services
from consult.evidence import indexing
from consult.evidence.models import GATHERED, GATHERED_KINDS, EvidenceSource, Excerpt, ExcerptTerm
from consult.evidence.search import SearchFilters, search
from consult.evidence.services import hash_of
from consult.extensions import db
from tests.bench.logic import application

LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"
BEFORE, AFTER = ("", "", "", "و", "ال", "ال", "ب", "وال", "لل"), ("", "", "", "ها", "هم", "ات", "ه")
QUERIES, BATCH = 200, 2_000
SHIFT = 30
"""Zipf's law as Mandelbrot has it, without the function words: the commonest word stands in a tenth of the texts."""


class Words:
    """A language of 30,000 words."""

    def __init__(self, seed: int = 7) -> None:
        self.random = random.Random(seed)
        self.known = ["".join(self.random.choices(LETTERS, k=3 + n % 4)) for n in range(30_000)]
        self.weights = list(accumulate(1 / (n + SHIFT) for n in range(len(self.known))))

    def some(self, number: int) -> list[str]:
        return self.random.choices(self.known, cum_weights=self.weights, k=number)

    def text(self) -> str:
        words = self.some(self.random.randint(8, 30))
        return " ".join(self.random.choice(BEFORE) + word + self.random.choice(AFTER) for word in words)


def fill(session: Session, number: int, words: Words) -> int:
    """A consultation with so many excerpts, in the index; its id."""
    consultation = services.create_consultation(
        session, slug="searched", title={"ar": "بحث"}, languages=["ar"], default_language="ar"
    )
    session.flush()
    sources = [
        EvidenceSource(consultation_id=consultation.id, kind=kind, title=kind) for kind in GATHERED_KINDS
    ]
    session.add_all(sources)
    session.commit()
    for start in range(0, number, BATCH):
        texts = [words.text() for _ in range(min(BATCH, number - start))]
        session.execute(
            insert(Excerpt),
            [
                {"consultation_id": consultation.id, "source_id": sources[n % 4].id, "question_id": GATHERED,
                 "text": text, "text_hash": hash_of(text), "language": "ar", "position": start + n,
                 "end_offset": len(text)}
                for n, text in enumerate(texts)
            ],
        )  # fmt: skip
        session.commit()
    return consultation.id


def times(calls: list[Callable[[], object]]) -> list[float]:
    """How long each call takes, in milliseconds, the quickest first."""
    found = []
    for call in calls:
        started = time.perf_counter()
        call()
        found.append((time.perf_counter() - started) * 1000)
    return sorted(found)


def main(number: int) -> None:
    with tempfile.TemporaryDirectory() as made, application(Path(made)).app_context():
        words, session = Words(), db.session()
        consultation_id = fill(session, number, words)
        started = time.perf_counter()
        indexing.read_all()
        print(f"{number} texts read into the index        {time.perf_counter() - started:8.1f} s")

        def look(query: str) -> Callable[[], object]:
            def one() -> object:
                forms_of.cache_clear()
                session.rollback()
                return search(session, consultation_id, query, SearchFilters())

            return one

        queries = [" ".join(words.some(1 + n % 3)) for n in range(QUERIES)]
        took = times([look(query) for query in queries])
        count = select(func.count()).select_from(ExcerptTerm)
        reference = statistics.median(times([lambda: session.scalar(count)] * 5))
        p95 = took[int(0.95 * len(took))]
        print(
            f"a search, median and p95               {statistics.median(took):8.1f} {p95:8.1f} ms (bar: 100)"
        )
        print(f"counting the words of the index        {reference:8.1f} ms")
        print(f"ratio of the p95 to that               {p95 / reference:8.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
