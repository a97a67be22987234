"""Suggestions that follow decisions: at once, for the rest of the question, unlearned by undoing."""

from __future__ import annotations

import numpy as np
import pytest

from consult.analysis.embedding import content_key
from consult.analysis.text import for_reading
from consult.consultations.models import Consultation
from consult.evidence.models import Excerpt
from consult.review import changes, coding, learned, queue
from consult.review.models import MACHINE, CachedVector, ChangeLog, Coding, ThemeRun
from consult.review.scope import Scope
from tests.consult.review.conftest import QUESTION, House
from tests.consult.review.test_redaction import written
from tests.support import text_of

ENGINE = "words/1"


@pytest.fixture
def read(house: House) -> list[Excerpt]:
    """Thirty answers in two bundles, whose vectors are kept; the machine takes all for the first theme."""
    session, chance = house.session, np.random.default_rng(0)
    answers = [
        written(house, f"answer {number} " + "ab"[number % 2] * 9, position=number) for number in range(30)
    ]
    for number, excerpt in enumerate(answers):
        vector = (np.eye(8)[number % 2] + 0.2 * chance.normal(size=8)).astype(np.float32)
        key = content_key(ENGINE, for_reading(excerpt.text))
        session.add(CachedVector(key=key, vector=vector.tobytes()))
        session.add(Coding(excerpt_id=excerpt.id, theme_id=house.themes[0].id, origin=MACHINE, score=0.6))
    run = {"consultation_id": house.consultation_id, "question_id": QUESTION, "status": "done"}
    session.add(ThemeRun(**run, engine={"embedding": ENGINE}))
    session.flush()
    return answers


def _decide(house: House, answers: list[Excerpt]) -> None:
    for excerpt in answers:
        theme = house.themes[excerpt.position % 2]
        coding.code_excerpt(house.session, excerpt, themes=[theme], by_id=house.ana)


def test_the_next_offers_follow_what_was_decided(house: House, read: list[Excerpt]) -> None:
    session, scope = house.session, Scope(house.consultation_id, QUESTION)
    first, second, third = house.themes
    _decide(house, read[:9])
    assert learned.learned_from(session, scope) is None  # too few
    task = queue.task_of(session, scope, read[25], coder_id=house.ana)
    assert (task.learned, task.offers[0].theme) == (False, first)
    _decide(house, read[9:24])
    for number in (24, 25, 28, 29):
        task = queue.task_of(session, scope, read[number], coder_id=house.ana)
        assert task.learned and task.offers[0].theme == (first, second)[number % 2]
        assert task.offers[0].score > 0.5
    known = learned.learned_from(session, scope)
    assert known.decisions == 24 and known.trial().hits > 0.9
    assert learned.learned_from(session, scope) is known  # remembered


def test_undoing_unlearns(house: House, read: list[Excerpt]) -> None:
    session, scope = house.session, Scope(house.consultation_id, QUESTION)
    _decide(house, read[:10])
    assert learned.learned_from(session, scope).decisions == 10
    last = session.query(ChangeLog).order_by(ChangeLog.id.desc()).first()
    changes.undo_change(session, last, by_id=house.ana)
    assert learned.learned_from(session, scope) is None


def test_texts_that_no_run_has_read_keep_the_machines_order(house: House, read: list[Excerpt]) -> None:
    _decide(house, read[:20])
    new = written(house, "nobody has read this")
    task = queue.task_of(house.session, Scope(house.consultation_id, QUESTION), new, coder_id=house.ana)
    assert not task.learned and all(offer.score is None for offer in task.offers)


def test_the_page_of_a_question_without_decisions_says_nothing_of_learning(
    closed: Consultation, reviewer
) -> None:
    page = reviewer.get("/manage/agm/review/question/t2").text
    assert "learned from" not in text_of(page)
