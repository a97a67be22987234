"""A consultation with answers, and an embedder that needs no model."""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

import numpy as np
from sqlalchemy.orm import Session

from consult.consultations import services
from consult.consultations.models import Consultation
from surveys import queries as survey_queries
from surveys import services as survey_services
from surveys.definition import Definition
from tests.surveys.samples import LONG, ONE, survey

QUESTION = LONG.id
MONEY = ["money budget funding", "budget money late", "funding money pay", "pay money budget", "late pay"]
TIME = [
    "meeting hours long",
    "long meeting agenda",
    "agenda hours meeting",
    "hours long agenda",
    "long hours",
]
TRUST = ["trust honest board", "board honest open", "open trust board", "honest open trust", "trust open"]
ROUNDS = ("certainly", "perhaps", "indeed")
TOPICS = (MONEY, TIME, TRUST)


class WordEmbedder:
    """Vectors from words: each word has an axis of its own, so that texts with the same words are near."""

    name = "words/1"
    dimensions = 512

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        self.embedded += texts
        out = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().split():
                out[row, crc32(word.encode()) % self.dimensions] += 0.1 if word in ROUNDS else 1
        lengths = np.linalg.norm(out, axis=1, keepdims=True)
        return out / np.where(lengths == 0, 1, lengths)


def make_consultation(
    session: Session, slug: str = "agm", definition: Definition | None = None, **texts: object
) -> Consultation:
    """An open consultation that asks one free and one closed question, or what is given."""
    consultation = services.create_consultation(
        session,
        slug=slug,
        title={"en": "Annual meeting", "ar": "الاجتماع السنوي"},
        languages=["en"] if definition else ["en", "ar"],
        default_language="en",
        definition=definition or survey(LONG, ONE),
        **texts,
    )
    services.open_consultation(session, consultation)
    return consultation


def answer(session: Session, consultation: Consultation, words: str, *, key: str, **more: object) -> int:
    """Submit a response; returns its id."""
    version = survey_queries.latest_version(session, consultation.survey_id)
    assert version is not None
    choice = ("id-women", "id-youth")[len(words) % 2]
    submission = survey_services.submit_response(
        session,
        version=version,
        submission_key=f"{consultation.slug}-{key}",
        answers={LONG.id: words, ONE.id: choice},
        **{"language": "en", **more},
    )
    return submission.response_id


def answer_all(session: Session, consultation: Consultation, *, rounds: int = 3) -> None:
    """Fifteen different answers on three matters, in several rounds of other wording."""
    for turn in range(rounds):
        for topic in TOPICS:
            for number, words in enumerate(topic):
                key = f"{turn}-{topic[0][:5]}-{number}"
                answer(session, consultation, f"{words} {ROUNDS[turn]}", key=key)
