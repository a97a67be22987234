"""Undoing and doing again, over sessions and after what others changed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from consult.builder import history, services
from consult.builder.models import SurveyStep
from consult.consultations import services as consultations
from consult.errors import DomainError
from consult.extensions import db
from surveys import editing
from surveys.errors import DraftChangedError
from tests.support import on_both_databases
from tests.surveys.samples import survey


@pytest.fixture
def consultation(session):
    made = consultations.create_consultation(
        session,
        slug="review",
        title={"en": "Member survey", "ar": "استبيان الأعضاء"},
        languages=["en", "ar"],
        definition=survey(),
    )
    session.commit()
    return made


def save(consultation, definition, change="question", item=""):
    services.save_survey(
        db.session(),
        consultation=consultation,
        definition=definition,
        draft_revision=consultation.survey.draft_revision,
        change=change,
        item=item,
    )


def undo(consultation):
    return services.undo(
        db.session(), consultation=consultation, draft_revision=consultation.survey.draft_revision
    )


def redo(consultation):
    return services.redo(
        db.session(), consultation=consultation, draft_revision=consultation.survey.draft_revision
    )


@on_both_databases
def test_a_removed_question_comes_back_with_its_id_and_goes_again(session, consultation):
    before = services.definition_of(consultation)
    without = editing.remove_question(before, "o1")
    save(consultation, without, "remove", "o1")
    session.commit()
    session.expire_all()
    step = history.last_done(session, consultation.survey_id)
    assert (step.change, step.subject["ar"]) == ("remove", "ما نوعها؟")
    undo(consultation)
    assert services.definition_of(consultation) == before
    redo(consultation)
    assert services.definition_of(consultation) == without


def test_what_changes_nothing_is_no_step(consultation):
    save(consultation, services.definition_of(consultation))
    with pytest.raises(DomainError, match="nothing to undo"):
        undo(consultation)
    with pytest.raises(DomainError, match="nothing to do again"):
        redo(consultation)


def test_a_new_change_forgets_what_was_undone(consultation):
    first = services.definition_of(consultation)
    save(consultation, editing.remove_question(first, "o1"))
    undo(consultation)
    save(consultation, editing.remove_question(first, "m1"))
    with pytest.raises(DomainError):
        redo(consultation)


def test_undoing_late_does_not_overwrite_another(consultation):
    revision = consultation.survey.draft_revision
    save(consultation, editing.remove_question(services.definition_of(consultation), "o1"))
    with pytest.raises(DraftChangedError):
        services.undo(db.session(), consultation=consultation, draft_revision=revision)


def test_undoing_keeps_the_languages_and_title_given_since(session, consultation):
    save(consultation, editing.remove_question(services.definition_of(consultation), "o1"))
    consultations.describe_consultation(
        session, consultation, languages=["ar", "en", "fr"], title={"fr": "Enquête"}
    )
    undo(consultation)
    definition = services.definition_of(consultation)
    assert (definition.languages, definition.title) == (("ar", "en", "fr"), {"fr": "Enquête"})
    assert definition.question("o1").label["ar"] == "ما نوعها؟"


def test_the_history_is_bounded(session, consultation):
    for number in range(history.MOST_STEPS + 7):
        definition = services.definition_of(consultation)
        question = replace(definition.question("t1"), label={"en": f"Where? {number}"})
        save(consultation, editing.update_question(definition, question), item="t1")
    count = session.scalar(select(func.count()).select_from(SurveyStep))
    assert count == history.MOST_STEPS
    for _ in range(history.MOST_STEPS):
        undo(consultation)
    assert services.definition_of(consultation).question("t1").label == {"en": "Where? 6"}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from(["up", "down", "remove", "duplicate", "undo", "redo"]), max_size=14), st.data()
)
def test_any_way_back_and_forth_passes_the_same_surveys(session, consultation, deeds, data):
    """Against a plain list of states with a cursor."""
    save(consultation, services.for_consultation(survey(), consultation))
    session.execute(delete(SurveyStep))
    states, at = [services.definition_of(consultation)], 0
    for deed in deeds:
        if deed in ("undo", "redo"):
            to = at + (1 if deed == "redo" else -1)
            if 0 <= to < len(states):
                (redo if deed == "redo" else undo)(consultation)
                at = to
        else:
            questions = list(states[at].questions())
            if not questions:
                continue
            item = data.draw(st.sampled_from(questions)).id
            changed = services.CHANGES[deed](states[at], item)
            save(consultation, changed, deed, item)
            if changed != states[at]:
                states, at = [*states[: at + 1], changed], at + 1
        assert services.definition_of(consultation) == states[at]


def test_a_long_subject_is_cut_at_a_word():
    assert history.shortened("كلمة " * 40).endswith("كلمة…")
    assert len(history.shortened("ا" * 10_000)) == history.LONGEST_SUBJECT + 1
    assert history.shortened("One\nTwo") == "One"
