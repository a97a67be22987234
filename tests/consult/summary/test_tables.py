"""Summaries in both databases: signing, erasing, and the way down and up with data."""

from __future__ import annotations

from datetime import date

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from consult.access.models import Staff
from consult.consultations.models import Consultation
from consult.evidence.models import EvidenceSource, Excerpt
from consult.extensions import db
from consult.review.models import REVIEWER, Coding, Stance, Theme
from consult.summary import services
from consult.summary.errors import ConflictError
from consult.summary.models import Summary, SummaryVersion
from consult.summary.offers import offered, offered_grave
from consult.summary.queries import draft_of, signed_summaries
from consult.summary.services import Edit
from surveys.models import Response
from tests.consult.review.answers import QUESTION, answer, make_consultation
from tests.support import on_both_databases

TODAY = date(2026, 3, 7)


@pytest.fixture
def written(app, staff) -> tuple[Consultation, Staff, Theme, list[Excerpt]]:
    """Twelve answers; ten in an accepted theme, two of them against; one of the other two agrees to be quoted."""
    person, session = staff("reviewer"), db.session()
    consultation = make_consultation(session)
    source = EvidenceSource(
        consultation_id=consultation.id,
        survey_id=consultation.survey_id,
        kind="online_consultation",
        title="Survey",
    )
    theme = Theme(
        consultation_id=consultation.id,
        question_id=QUESTION,
        name={"en": "Water"},
        origin=REVIEWER,
        status="accepted",
    )
    session.add_all([source, theme])
    session.flush()
    excerpts = []
    for number in range(12):
        words = f"Clean water for every village, said answer {number}."
        response_id = answer(session, consultation, words, key=str(number))
        excerpts.append(
            Excerpt(
                consultation_id=consultation.id, source_id=source.id, response_id=response_id, question_id=QUESTION,
                text=words, text_hash=f"{number:064d}", language=("en", "ar")[number % 2], position=number,
                quote_consent=number != 11,
            )
        )  # fmt: skip
    session.add_all(excerpts)
    session.flush()
    for excerpt in excerpts[:10]:
        session.add(
            Coding(excerpt_id=excerpt.id, theme_id=theme.id, coder_id=person.id, origin=REVIEWER, score=None)
        )
    for excerpt in excerpts[:2]:
        session.add(Stance(excerpt_id=excerpt.id, value="oppose", coder_id=person.id, origin=REVIEWER))
    session.commit()
    return consultation, person, theme, excerpts


@on_both_databases
def test_from_figures_to_a_signed_version_and_erasing(written) -> None:
    consultation, person, theme, excerpts = written
    session = db.session()
    summary = services.begin(session, consultation, QUESTION, by_id=person.id, today=TODAY)
    assert services.begin(session, consultation, QUESTION, by_id=person.id, today=TODAY) is summary
    (one,) = draft_of(session, summary).draft.content.themes
    assert (one.count, one.base, one.by_person, one.stance, one.stance_origin) == (
        10, 12, 10, {"oppose": 2}, "reviewer",
    )  # fmt: skip
    groups = [group for group in one.groups if group.dimension == "language"]
    assert sorted((group.name["en"], group.count, group.base) for group in groups) == [
        ("Arabic", 5, 6), ("English", 5, 6),
    ]  # fmt: skip
    quotes = offered(session, consultation.id, [theme.id])[theme.id]
    assert {quote.language for quote in quotes[:2]} == {"en", "ar"}
    grave = [quote.excerpt_id for quote in offered_grave(session, consultation.id, [QUESTION])]
    assert grave[:3] == [excerpts[0].id, excerpts[1].id, excerpts[10].id]
    edit = Edit(0, quotes={theme.id: [quotes[0].excerpt_id], None: [excerpts[11].id, 999_999]})
    services.save(session, summary, edit, by_id=person.id)
    working = draft_of(session, summary)
    assert working.unquotable == {excerpts[11].id}
    with pytest.raises(ConflictError):
        services.save(session, summary, edit, by_id=person.id)
    services.save(
        session, summary, Edit(1, quotes={theme.id: [quotes[0].excerpt_id], None: []}), by_id=person.id
    )
    services.sign(session, summary, revision=2, note="", by=person)
    session.commit()
    session.execute(delete(Response).where(Response.survey_id == consultation.survey_id))
    session.commit()
    (signed,) = signed_summaries(session, consultation.id)
    (kept,) = signed.content.quotes
    assert (kept.is_erased, kept.text) == (True, "") and signed.content.themes[0].count == 10
    assert list(draft_of(session, summary).draft.content.quotes) == []


@on_both_databases
@pytest.mark.parametrize("question_id", [QUESTION, None])
def test_a_question_and_the_whole_have_one_summary_each(written, question_id: str | None) -> None:
    consultation, *_ = written
    for _turn in range(2):
        db.session.add(Summary(consultation_id=consultation.id, question_id=question_id, draft={}))
    with pytest.raises(IntegrityError):
        db.session.flush()


@on_both_databases
def test_the_way_down_and_up_leaves_the_rest(written) -> None:
    consultation, person, theme, _excerpts = written
    session = db.session()
    summary = services.begin(session, consultation, QUESTION, by_id=person.id, today=TODAY)
    services.sign(session, summary, revision=0, note="", by=person)
    session.commit()
    theme_id = theme.id
    db.session.remove()
    downgrade(revision="0018")
    upgrade()
    assert db.session.scalars(select(SummaryVersion)).all() == []
    assert db.session.get(Theme, theme_id).name == {"en": "Water"}
