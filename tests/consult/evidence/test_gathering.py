"""Free answers become excerpts, each once."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from consult.consultations.models import Consultation, Privacy, Status
from consult.evidence import services
from consult.evidence.models import EvidenceSource, Excerpt
from consult.extensions import db
from consult.review import requests
from consult.review.errors import ReviewError
from surveys.models import Answer, Response
from tests.consult.review.answers import QUESTION, answer, make_consultation
from tests.support import on_both_databases


def gathered() -> list[tuple]:
    return [
        (e.question_id, e.text, e.language, e.quote_consent, e.start_offset, e.end_offset)
        for e in db.session.scalars(select(Excerpt).order_by(Excerpt.id))
    ]


@on_both_databases
def test_each_free_answer_is_gathered_once_with_its_language_and_consent(app: Flask) -> None:
    session = db.session()
    consultation = make_consultation(session)
    answer(session, consultation, "We need long-term funding", key="1", quote_consent=True)
    answer(session, consultation, "نحتاج إلى تمويل طويل الأمد", key="2", language="ar")
    # Written in Arabic on the English page: what counts is the language of the words.
    answer(session, consultation, "الاجتماعات طويلة جدا ومتعبة", key="3", language="en")
    assert requests.gather(session, consultation) == 3
    assert requests.gather(session, consultation) == 0
    answer(session, consultation, "Shorter meetings, please", key="4")
    assert requests.gather(session, consultation) == 1
    assert gathered() == [
        (QUESTION, "We need long-term funding", "en", True, 0, 25),
        (QUESTION, "نحتاج إلى تمويل طويل الأمد", "ar", False, 0, 26),
        (QUESTION, "الاجتماعات طويلة جدا ومتعبة", "ar", False, 0, 27),
        (QUESTION, "Shorter meetings, please", "en", False, 0, 24),
    ]
    (source,) = session.scalars(select(EvidenceSource)).all()
    assert (source.kind, source.title, source.survey_id) == (
        "online_consultation",
        "Annual meeting",
        consultation.survey_id,
    )


def test_test_responses_and_empty_answers_are_left_out(app: Flask) -> None:
    session = db.session()
    consultation = make_consultation(session)
    answer(session, consultation, "Only a test", key="1", is_test=True)
    answer(session, consultation, "   ", key="2")
    assert requests.gather(session, consultation) == 0


@on_both_databases
def test_what_waits_is_seen_without_gathering(app: Flask) -> None:
    session = db.session()
    consultation = make_consultation(session)
    seen = []
    answer(session, consultation, "", key="1")
    seen.append(services.has_new_answers(session, survey_id=consultation.survey_id))
    answer(session, consultation, "Shorter meetings", key="2")
    seen.append(services.has_new_answers(session, survey_id=consultation.survey_id))
    requests.gather(session, consultation)
    seen.append(services.has_new_answers(session, survey_id=consultation.survey_id))
    assert seen == [False, True, False]


def test_anonymous_answers_are_gathered_only_after_closing(app: Flask) -> None:
    session = db.session()
    consultation = make_consultation(session)
    answer(session, consultation, "Nobody may know", key="1")
    consultation.access, consultation.privacy = "roll", Privacy.ANONYMOUS
    session.flush()
    try:
        requests.gather(session, consultation)
    except ReviewError as error:
        assert error.code == "not_readable_yet"
    else:
        raise AssertionError("answers of an open anonymous consultation were read")
    consultation.status = Status.CLOSED
    assert requests.gather(session, consultation) == 1


def test_an_erased_response_takes_its_excerpts_along(app: Flask) -> None:
    session = db.session()
    consultation = make_consultation(session)
    answer(session, consultation, "Please forget me", key="1")
    requests.gather(session, consultation)
    session.execute(Answer.__table__.delete())
    session.execute(Response.__table__.delete())
    assert gathered() == []
    assert session.get(Consultation, consultation.id) is not None


def test_equal_texts_have_equal_hashes() -> None:
    assert services.hash_of("نعم") == services.hash_of("نعم") != services.hash_of("لا")
