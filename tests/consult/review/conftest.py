"""A database with one consultation, two reviewers, and answers that the machine has put into themes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

import consult.tables  # noqa: F401
from consult.access.models import Staff
from consult.consultations import services as consultations
from consult.consultations.models import Consultation, ConsultationSurvey
from consult.database import prepare_engine, sound_sqlite
from consult.evidence.models import EvidenceSource, Excerpt
from consult.extensions import db
from consult.review import theme_job
from consult.review.models import MACHINE, Coding, Theme
from consult.transaction import commits
from surveys.models import Base, Survey
from tests.consult.review.answers import WordEmbedder, answer_all, make_consultation
from tests.postgres import server_url

QUESTION = "q1"
SCHEMA = f"review_tests_{os.getpid()}"


@dataclass(slots=True)
class House:
    """What the tests work on: ids of two reviewers, six excerpts and three suggested themes."""

    session: Session
    consultation_id: int
    ana: int
    badr: int
    excerpts: list[Excerpt]
    themes: list[Theme]


def _sqlite() -> Engine:
    engine = create_engine(
        "sqlite://", module=sound_sqlite(), poolclass=StaticPool, connect_args={"check_same_thread": False}
    )
    prepare_engine(engine)
    return engine


def _postgres() -> Engine:
    address = server_url()
    if address is None:
        pytest.skip("a PostgreSQL server is missing")
    url = make_url(address).set(drivername="postgresql+psycopg")
    engine = create_engine(url, connect_args={"options": f"-csearch_path={SCHEMA}"})
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"))
        connection.execute(text(f"CREATE SCHEMA {SCHEMA}"))
    return engine


@pytest.fixture(
    scope="session",
    params=[
        pytest.param(_sqlite, id="sqlite"),
        pytest.param(_postgres, id="postgres", marks=pytest.mark.postgres),
    ],
)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    engine = request.param()
    Base.metadata.create_all(engine)
    yield engine
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.execute(text(f"DROP SCHEMA {SCHEMA} CASCADE"))
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session whose work is rolled back at the end, whatever it flushed or committed."""
    with engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            yield session
        outer.rollback()


def build_house(session: Session) -> House:
    """Six answers: 0, 1, 2 in the first theme, 3, 4 in the second, 5 in both; nothing in the third."""
    ana = Staff(email="ana@example.org", fs_uniquifier="a", name="Ana")
    badr = Staff(email="badr@example.org", fs_uniquifier="b", name="Badr")
    consultation = Consultation(
        slug="agm",
        title={"en": "AGM"},
        languages=["en", "ar"],
        default_language="en",
        asks=[ConsultationSurvey(survey=Survey(draft={}))],
    )
    session.add_all([ana, badr, consultation])
    session.flush()
    consultation_id = consultation.id
    source = EvidenceSource(consultation_id=consultation_id, kind="online_consultation", title="Survey")
    session.add(source)
    session.flush()
    excerpts = [
        Excerpt(
            consultation_id=consultation_id,
            source_id=source.id,
            question_id=QUESTION,
            text=content,
            language=language,
            text_hash=f"{position:064d}",
            position=position,
        )
        for position, (language, content) in enumerate(ANSWERS)
    ]
    themes = [
        Theme(
            consultation_id=consultation_id,
            question_id=QUESTION,
            name={"en": name, "ar": f"موضوع {position}"},
            origin=MACHINE,
            position=position,
        )
        for position, name in enumerate(["Money", "Time", "Trust"])
    ]
    session.add_all([*excerpts, *themes])
    session.flush()
    for excerpt, theme in ((0, 0), (1, 0), (2, 0), (3, 1), (4, 1), (5, 0), (5, 1)):
        session.add(
            Coding(excerpt_id=excerpts[excerpt].id, theme_id=themes[theme].id, origin=MACHINE, score=1 / 3)
        )
    session.flush()
    return House(session, consultation_id, ana.id, badr.id, excerpts, themes)


@pytest.fixture
def house(session: Session) -> House:
    return build_house(session)


ANSWERS = (
    ("en", "Pay members on time."),
    ("ar", "نحتاج إلى تمويل مستقر"),
    ("fr", "Il faut un budget clair."),
    ("en", "Meetings take too long."),
    ("es", "Las reuniones son largas."),
    ("en", "Long meetings cost money."),
)


@pytest.fixture
def closed(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Consultation:
    """A closed consultation with 45 answers and three suggested themes."""
    monkeypatch.setattr(theme_job, "encoder_of", lambda _: WordEmbedder())

    @commits
    def prepare() -> int:
        consultation = make_consultation(db.session())
        answer_all(db.session(), consultation)
        consultations.close_consultation(db.session(), consultation)
        return consultation.id

    consultation_id = prepare()
    return db.session.get(Consultation, consultation_id)


@pytest.fixture
def reviewer(client: FlaskClient, sign_in) -> FlaskClient:
    sign_in(client, "reviewer")
    return client
