from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from surveys import editing
from surveys.drafts import begin_draft, discard_draft, find_draft, save_draft
from surveys.errors import DraftChangedError, FixedVersionError, NotReadyError, SubmissionElsewhereError
from surveys.models import Answer, DraftResponse, Response, SurveyVersion
from surveys.queries import (
    count_drafts,
    count_responses,
    draft_definition,
    latest_version,
    question_counts,
    versions_of,
)  # fmt: skip
from surveys.services import (
    create_survey,
    delete_test_responses,
    publish_survey,
    rebuild_projection,
    save_definition,
    submit_response,
)  # fmt: skip
from surveys.tallies import tally_documents, tally_question
from tests.surveys.samples import SCALE, survey

ANSWERS = {
    "t1": "الخليل", "t2": "More time\nfor questions", "i1": 25, "o1": {"other": "a café"},
    "m1": ["id-grants", "id-events", {"other": "rides"}], "a1": "id-rather_yes",
}  # fmt: skip


@pytest.fixture
def version(session):
    made = create_survey(session, definition=survey())
    published = publish_survey(session, survey=made)
    session.commit()
    return published


def submit(session, version, key="k1", **more):
    values = {"submission_key": key, "answers": ANSWERS, "language": "ar"} | more
    return submit_response(session, version=version, **values)


def test_publishing_the_same_draft_again_gives_the_same_version(session):
    made = create_survey(session, definition=survey())
    first = publish_survey(session, survey=made)
    assert (first.number, publish_survey(session, survey=made).id) == (1, first.id)
    changed = replace(draft_definition(made), title={"en": "New", "ar": "جديد"})
    save_definition(session, survey=made, definition=changed, draft_revision=1)
    second = publish_survey(session, survey=made)
    assert [v.number for v in versions_of(session, made.id)] == [1, 2]
    assert latest_version(session, made.id) == second
    assert second.definition == changed
    assert first.definition == survey()


def test_a_survey_with_mistakes_is_not_published(session):
    nameless = replace(SCALE, label={}, config=replace(SCALE.config, points=()))
    made = create_survey(session, definition=survey(nameless))
    with pytest.raises(NotReadyError) as caught:
        publish_survey(session, survey=made)
    assert {problem.code for problem in caught.value.problems} == {"no_words", "scale_length"}
    assert latest_version(session, made.id) is None


def test_missing_translations_stand_in_the_way_unless_allowed(session):
    half = replace(SCALE, label={"en": "We are heard."})
    made = create_survey(session, definition=survey(half))
    with pytest.raises(NotReadyError) as caught:
        publish_survey(session, survey=made)
    assert [(p.code, p.params) for p in caught.value.problems] == [
        ("missing_translation", {"language": "ar", "number": 1})
    ]
    assert publish_survey(session, survey=made, allow_missing_translations=True).number == 1


def test_two_editors_cannot_overwrite_each_other(session):
    made = create_survey(session, definition=survey())
    less = editing.remove_question(survey(), "n1")
    save_definition(session, survey=made, definition=less, draft_revision=1)
    with pytest.raises(DraftChangedError):
        save_definition(session, survey=made, definition=survey(), draft_revision=1)
    assert (draft_definition(made), made.draft_revision) == (less, 2)


def test_a_published_version_never_changes(session, version):
    row = session.get(SurveyVersion, version.id)
    row.definition = survey(SCALE).to_json()
    with pytest.raises(FixedVersionError):
        session.flush()
    session.rollback()
    with pytest.raises(FixedVersionError):
        session.execute(update(SurveyVersion).values(number=9))


def test_a_draft_is_found_by_its_code_only(session, version):
    draft, code = begin_draft(
        session, version=version, submission_key="k1", language="ar", answers={"t1": "Here"}
    )
    save_draft(session, draft=draft, answers={"t1": "There"})
    session.commit()
    assert len(code) == 12
    assert code not in str(session.execute(select(DraftResponse.__table__)).all())
    written = f"{code[:4]}-{code[4:8]} {code[8:]}".lower()
    assert find_draft(session, written).answers == {"t1": "There"}
    assert find_draft(session, "0" * 12) is None
    assert count_drafts(session, version.survey_id) == 1
    discard_draft(session, draft=draft)
    assert find_draft(session, code) is None


def test_beginning_twice_with_one_key_keeps_one_draft(session, version):
    begin = {"version": version, "submission_key": "k1", "language": "ar"}
    first, code = begin_draft(session, answers={"t1": "a"}, **begin)
    second, again = begin_draft(session, answers={"t1": "b"}, token=code, **begin)
    third, unknown = begin_draft(session, answers={"t1": "c"}, **begin)
    assert (first.id, second.id, third.answers) == (third.id, third.id, {"t1": "c"})
    assert (again, unknown) == (code, "")


def test_who_begins_at_the_same_moment_takes_nothing_away(session, version):
    """Two devices with one code: the first page of one comes after the second page of the other."""
    begin = {"version": version, "submission_key": "k1", "language": "ar"}
    draft, _ = begin_draft(session, answers={"t1": "a"}, **begin)
    save_draft(session, draft=draft, answers={"t1": "a", "n1": 4})
    late, _ = begin_draft(session, answers={"t1": "b"}, **begin)
    assert late.answers == {"t1": "b", "n1": 4}


def test_a_response_is_stored_once_a_key(session, version):
    first = submit(session, version)
    session.commit()
    again = submit(session, version, answers={"t1": "other"})
    session.commit()
    assert (first.is_new, again.is_new) == (True, False)
    assert (again.response_id, again.receipt) == (first.response_id, first.receipt)
    stored = session.execute(select(Response)).scalar_one()
    assert (stored.answers, stored.language, stored.channel, stored.version_id) == (
        ANSWERS, "ar", "online", version.id,
    )  # fmt: skip
    assert session.scalar(select(func.count()).select_from(Answer)) == 8


def test_a_key_cannot_serve_two_surveys(session, version):
    submit(session, version)
    other = publish_survey(session, survey=create_survey(session, definition=survey(SCALE)))
    with pytest.raises(SubmissionElsewhereError):
        submit(session, other, answers={"a1": "id-yes"})


def at_the_same_moment(engine, number: int, call) -> list:
    """What `call(session, number)` gives in so many transactions that begin together."""
    barrier, results = threading.Barrier(number), []

    def run(own_number: int) -> None:
        with Session(engine) as own:
            own.connection(execution_options={"writes": True})
            if engine.dialect.name == "postgresql":
                barrier.wait()
            results.append(call(own, own_number))
            own.commit()

    threads = [threading.Thread(target=run, args=(own_number,)) for own_number in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_eight_at_the_same_moment_store_one_response(engine, session, version):
    sent = at_the_same_moment(
        engine, 8, lambda own, number: submit(own, version, answers={"t1": str(number)}).receipt
    )
    assert (len(sent), len(set(sent))) == (8, 1)
    assert count_responses(session, version.survey_id) == 1


def test_eight_at_the_same_moment_begin_one_draft(engine, session, version):
    """The code and the key are both unique; whichever the database meets first, nobody is refused."""

    def begin(own, number: int) -> int:
        draft, _ = begin_draft(
            own, version=version, submission_key=key, language="ar", answers={"t1": "a"}, token=key * 2
        )
        return draft.id

    for round_number in range(25):
        key = f"same{round_number}"
        begun = at_the_same_moment(engine, 8, begin)
        assert (len(begun), len(set(begun))) == (8, 1)
    assert session.scalar(select(func.count()).select_from(DraftResponse)) == 25


def test_a_return_code_opens_one_draft_alone(session, version):
    begin_draft(session, version=version, submission_key="k1", language="ar", answers={}, token="CODE")
    with pytest.raises(SubmissionElsewhereError):
        begin_draft(session, version=version, submission_key="k2", language="ar", answers={}, token="CODE")


def test_test_responses_are_left_out_and_deleted(session, version):
    submit(session, version)
    submit(session, version, key="k2", is_test=True)
    begin_draft(session, version=version, submission_key="k3", language="ar", answers={}, is_test=True)
    survey_id = version.survey_id
    assert (count_responses(session, survey_id), count_responses(session, survey_id, is_test=True)) == (1, 1)
    assert session.scalar(select(func.count(Answer.response_id.distinct()))) == 1
    assert delete_test_responses(session, survey_id=survey_id) == 1
    assert count_responses(session, survey_id, is_test=True) == 0
    assert session.scalar(select(func.count()).select_from(DraftResponse)) == 0
    assert count_responses(session, survey_id) == 1


def test_the_projection_can_be_made_anew_and_counts_as_the_documents_do(session, version):
    documents = [ANSWERS, {"i1": 7, "a1": "id-dont_know"}, {"m1": ["id-grants"], "a1": "id-yes"}, {}]
    for number, document in enumerate(documents):
        submit(session, version, key=f"k{number}", answers=document)

    def counted():
        found = question_counts(session, version.survey_id)
        return {
            question.id: tally_question(question, found[question.id], base=len(documents))
            for question in version.definition.questions()
            if question.id in found
        }

    before = counted()
    assert before == {
        key: tally for key, tally in tally_documents(version.definition, documents).items() if tally.answered
    }
    rows = session.scalar(select(func.count()).select_from(Answer))
    assert rebuild_projection(session, survey_id=version.survey_id) == rows
    assert counted() == before


def test_the_definition_is_read_once_a_process(session, version, monkeypatch):
    latest_version(session, version.survey_id)
    read = []
    monkeypatch.setattr("surveys.versions.Definition.from_json", lambda data: read.append(data))
    for _ in range(3):
        latest_version(session, version.survey_id).view("ar")
    assert read == []
    assert latest_version(session, version.survey_id).view("ar") is version.view("ar")
