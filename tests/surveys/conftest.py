"""A session on each database, without the application. The engines are set up as the application's own."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from consult.database import engine_options, prepare_engine
from surveys.models import Answer, Base, DraftResponse, EndingCount, Response, Survey, SurveyVersion

TABLES = [model.__table__ for model in (Survey, SurveyVersion, DraftResponse, Response, Answer, EndingCount)]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def engine(request, tmp_path):
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/surveys.db"
        engine = create_engine(url, **engine_options(url))
        prepare_engine(engine)
        Base.metadata.create_all(engine, tables=TABLES)
    else:
        engine = create_engine(request.getfixturevalue("postgres_url"))  # migrated, so the tables are there
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine):
    with Session(engine, expire_on_commit=False) as session:
        yield session
