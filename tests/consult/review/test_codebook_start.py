"""A codebook begins with themes that are there already, and what people put there shows what belongs here."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from consult.consultations.models import Access, Consultation, Privacy, Status
from consult.extensions import db
from consult.i18n import LANGUAGES
from consult.review import changes, codebook_import, codebook_start, coding, queries, requests, services
from consult.review.models import MOST_NAME, MOST_TEXT, ChangeLog, Theme
from consult.review.scope import Scope
from surveys.text import is_safe_label
from tests.consult.review.answers import QUESTION, answer, make_consultation
from tests.consult.review.test_machine import full_run, placing_run, prepared, texts_by_theme
from tests.support import on_both_databases, text_of

ADDRESS = f"/manage/agm/review/question/{QUESTION}/codebook/start"


@pytest.mark.parametrize("template", codebook_start.templates(), ids=lambda template: template.key)
def test_a_template_has_every_word_in_every_language(template) -> None:
    assert set(template.title) == set(LANGUAGES)
    for code in LANGUAGES:
        names = [names[code].casefold() for names, _definitions in template.themes]
        assert len(set(names)) == len(names) >= 5
        for names, definitions in template.themes:
            assert set(names) == set(definitions) == set(LANGUAGES)
            assert is_safe_label(names[code]) and len(names[code]) <= MOST_NAME
            assert 5 < len(definitions[code]) <= MOST_TEXT


def test_a_template_is_taken_over_in_the_languages_of_the_consultation_and_undone(
    closed: Consultation, reviewer
) -> None:
    page = reviewer.post(ADDRESS, data={"start": "template:evaluation"}, follow_redirects=True)
    assert "6 themes were taken over. The machine now looks" in text_of(page.text)
    db.session.rollback()
    theme = db.session.scalars(select(Theme).where(Theme.definition.like("Whether the benefits%"))).one()
    assert theme.name == {"en": "Sustainability", "ar": "الاستدامة"}
    assert (theme.status, theme.origin, theme.copied_from_id) == ("accepted", "reviewer", None)
    again = reviewer.post(ADDRESS, data={"start": "template:evaluation"}, follow_redirects=True)
    assert "0 themes were taken over. There already, by name: 6." in text_of(again.text)
    db.session.rollback()
    change = db.session.scalars(
        select(ChangeLog).where(ChangeLog.kind == "import").order_by(ChangeLog.id)
    ).first()
    changes.undo_change(db.session(), change, by_id=change.by_id)
    assert {theme.origin for theme in db.session.scalars(select(Theme))} == {"machine"}


def test_nothing_chosen_or_not_for_this_reader(closed: Consultation, reviewer, staff) -> None:
    other = make_consultation(db.session(), "secret")
    other.is_restricted = True
    db.session.add(Theme(consultation_id=other.id, question_id=QUESTION, name={"en": "Hidden"}, origin="reviewer",
                         status="accepted"))  # fmt: skip
    db.session.commit()
    refused = reviewer.post(ADDRESS, data={})
    assert refused.status_code == 422 and "Choose what to begin with." in text_of(refused.text)
    assert "secret" not in reviewer.get(ADDRESS).text
    for chosen in (f"question:secret/{QUESTION}", "template:none", "question:", "x"):
        assert reviewer.post(ADDRESS, data={"start": chosen}).status_code == 404, chosen


def test_the_list_names_questions_with_accepted_themes(closed: Consultation, reviewer, staff) -> None:
    other = make_consultation(db.session(), "last-year")
    other.status = Status.CLOSED
    themes = [Theme(consultation_id=other.id, question_id=QUESTION, name={"en": name}, origin="machine", status=status)
              for name, status in (("Fees", "accepted"), ("Rooms", "suggested"))]  # fmt: skip
    db.session.add_all(themes)
    db.session.commit()
    assert f'value="question:last-year/{QUESTION}"' in reviewer.get(ADDRESS).text
    reviewer.post(ADDRESS, data={"start": f"question:last-year/{QUESTION}"})
    db.session.rollback()
    mine = db.session.scalars(select(Theme).where(Theme.consultation_id == closed.id)).all()
    assert [t.name["en"] for t in mine if t.copied_from_id == themes[0].id] == ["Fees"]
    assert not [t for t in mine if t.name["en"] == "Rooms"]


def wave(session, first: Scope, by_id: int) -> Scope:
    """The next year: nobody has put anything anywhere, and the names of the themes say nothing."""
    consultation = make_consultation(session, "next-year")
    for number, words in enumerate(
        ("money late pay", "budget funding money", "honest open trust", "trust board")
    ):
        answer(session, consultation, words, key=str(number))
    requests.gather(session, consultation)
    scope = Scope(consultation.id, QUESTION)
    codebook_import.add_themes(
        session,
        consultation_id=consultation.id,
        question_id=QUESTION,
        entries=codebook_start.accepted_entries(session, first),
        by_id=by_id,
    )
    return scope


@on_both_databases
@pytest.mark.parametrize("run", [full_run, placing_run])
def test_the_next_wave_is_placed_by_what_people_put_into_the_first(app: Flask, staff, run) -> None:
    session, by_id = db.session(), staff("reviewer").id
    first = prepared(session)
    full_run(session, first)
    for name, theme in zip(("Alpha", "Beta", "Gamma"), queries.themes_in(session, first), strict=True):
        services.rename_theme(session, theme, name={"en": name}, by_id=by_id)
        theme.description, theme.keywords = {}, []
        services.accept_theme(session, theme, by_id=by_id)
        filters = queries.Filters(theme_id=theme.id)
        for listed in queries.excerpt_page(session, first, filters).items[:5]:
            coding.code_excerpt(session, listed.excerpt, themes=[theme], by_id=by_id)
    scope = wave(session, first, by_id)
    run(session, scope)
    copied = {theme.id for theme in queries.themes_in(session, scope) if theme.copied_from_id}
    found = {
        frozenset(texts) for theme, texts in texts_by_theme(session, scope).items() if int(theme) in copied
    }
    assert found == {
        frozenset({"money late pay", "budget funding money"}),
        frozenset({"honest open trust", "trust board"}),
    }


def test_examples_stay_where_the_answers_are_that_they_may_come_from(
    closed: Consultation, reviewer, staff
) -> None:
    other = make_consultation(db.session(), "last-year")
    other.status, other.privacy, other.access = Status.CLOSED, Privacy.ANONYMOUS, Access.ROLL
    theme = Theme(consultation_id=other.id, question_id=QUESTION, name={"en": "Fees"}, origin="reviewer",
                  status="accepted", definition="What it costs", example="My fee of 300 is too much")  # fmt: skip
    db.session.add(theme)
    db.session.commit()
    number = theme.id
    other.status = Status.OPEN
    db.session.commit()
    chosen = {"start": f"question:last-year/{QUESTION}"}
    assert reviewer.post(ADDRESS, data=chosen).status_code == 404  # its answers may not be read yet
    assert reviewer.post(ADDRESS, data={"start": "question:last-year/q9"}).status_code == 404
    other.status = Status.CLOSED
    db.session.commit()
    assert reviewer.post(ADDRESS, data=chosen).status_code == 303
    db.session.rollback()
    copy = db.session.scalars(select(Theme).where(Theme.copied_from_id == number)).one()
    assert (copy.definition, copy.example) == ("What it costs", "")
