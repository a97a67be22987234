"""Searching everything that was said: what is found, in which order, and what is never found again."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import delete, func, select

from consult import outbox
from consult.access.models import AuditEntry
from consult.consultations.models import Consultation
from consult.evidence import indexing
from consult.evidence.models import GATHERED, Excerpt, ExcerptTerm, excerpt_groups
from consult.evidence.search import SearchFilters, search
from consult.extensions import db
from consult.outbox import OutboxEvent
from consult.review import requests
from consult.review.models import Coding, Theme
from consult.verification import find_faults
from tests.consult.evidence.house import BASE, make_source
from tests.consult.review.answers import answer, make_consultation
from tests.support import on_both_databases, text_of

SEARCH = "/manage/agm/review/search"


def found(consultation_id: int, words: str, **filters: object) -> list[str]:
    db.session.rollback()
    page = search(db.session(), consultation_id, words, SearchFilters(**filters))
    assert page.total == len(page.items)
    return [item.excerpt.text for item in page.items]


def terms() -> int:
    return db.session.scalar(select(func.count()).select_from(ExcerptTerm)) or 0


@on_both_databases
def test_all_words_must_stand_there_in_any_form(app, consultation) -> None:
    make_source(consultation.id, "التعليم في مدارسنا", "وتعليمنا بالمدرسة", "المدرسة بعيدة")
    make_source(
        consultation.id,
        "The policies of 2027",
        "policy, not paper",
        language="en",
        title="Workshop",
        kind="workshop",
    )
    indexing.read_all()
    cases = {
        "تعليم": ["التعليم في مدارسنا", "وتعليمنا بالمدرسة"],
        "المدرسة": ["وتعليمنا بالمدرسة", "المدرسة بعيدة"],
        "في تعليم المدرسة": ["وتعليمنا بالمدرسة"],
        "Policy": ["The policies of 2027", "policy, not paper"],
        "policy ٢٠٢٧": ["The policies of 2027"],
        "nothing": [],
        "": ["التعليم في مدارسنا", "وتعليمنا بالمدرسة", "المدرسة بعيدة", "The policies of 2027", "policy, not paper"],
    }  # fmt: skip
    assert {words: found(consultation.id, words) for words in cases} == cases


@on_both_databases
def test_filters_narrow_and_the_others_are_counted(app, consultation, youth) -> None:
    make_source(consultation.id, "طرق جديدة", "roads ahead", kind="workshop", groups=[youth])
    other = make_source(consultation.id, "الطرق بعيدة", "طرق")
    one = db.session.scalars(select(Excerpt).where(Excerpt.text == "طرق")).one()
    english = db.session.scalars(select(Excerpt).where(Excerpt.text == "roads ahead")).one()
    english.language = "en"
    db.session.execute(excerpt_groups.insert().values(excerpt_id=one.id, group_id=youth.id))
    db.session.commit()
    indexing.read_all()
    assert found(consultation.id, "طرق", kind="interview") == ["الطرق بعيدة", "طرق"]
    assert found(consultation.id, "طرق", group_id=youth.id) == ["طرق جديدة", "طرق"]
    assert found(consultation.id, "", language="en") == ["roads ahead"]
    assert found(consultation.id, "طرق", question_id="q") == []
    page = search(db.session(), consultation.id, "", SearchFilters(kind="workshop", language="ar"))
    assert (page.total, page.kinds, page.languages, page.questions) == (
        1, {"workshop": 1, "interview": 2}, {"ar": 1, "en": 1}, {GATHERED: 1},
    )  # fmt: skip
    assert other.id


@on_both_databases
def test_what_is_erased_leaves_no_word_behind(app, consultation) -> None:
    make_source(consultation.id, "سر لا يقال", "كلام عام")
    indexing.read_all()
    before = terms()
    db.session.execute(delete(Excerpt).where(Excerpt.text == "سر لا يقال"))
    db.session.commit()
    assert (before > terms() > 0, found(consultation.id, "سر")) == (True, [])


def test_what_was_taken_out_of_a_text_is_not_found_any_more(app, consultation) -> None:
    make_source(consultation.id, "Mona said that roads are bad", language="en")
    indexing.read_all()
    excerpt = db.session.scalars(select(Excerpt)).one()
    assert found(consultation.id, "Mona") != []
    excerpt = db.session.scalars(select(Excerpt)).one()
    excerpt.redacted_text = "[…] said that roads are bad"
    db.session.commit()
    assert found(consultation.id, "Mona") == []  # from this moment on, not only when it is read anew
    indexing.read_all()
    assert (found(consultation.id, "Mona"), len(found(consultation.id, "roads"))) == ([], 1)
    page = search(db.session(), consultation.id, "roads", SearchFilters())
    assert "Mona" not in "".join(piece.text for piece in page.items[0].pieces)


def test_consultations_do_not_find_in_each_other(app, consultation) -> None:
    other = make_consultation(db.session(), slug="other")
    db.session.commit()
    make_source(consultation.id, "التعليم")
    indexing.read_all()
    assert (found(other.id, "التعليم"), found(consultation.id, "التعليم")) == ([], ["التعليم"])


def test_changed_rules_read_everything_anew(app, consultation, monkeypatch) -> None:
    make_source(consultation.id, "التعليم")
    indexing.read_all()
    monkeypatch.setattr(indexing, "VERSION", indexing.VERSION + 1)
    assert indexing.unread_count(db.session(), consultation.id) == 1
    indexing.read_all()
    assert (indexing.unread_count(db.session(), consultation.id), found(consultation.id, "تعليم")) == (
        0,
        ["التعليم"],
    )


def test_an_index_that_says_something_else_is_a_fault(app, consultation) -> None:
    make_source(consultation.id, "التعليم", "المدرسة")
    indexing.read_all()
    sound = indexing.wrongly_indexed(db.session())
    db.session.execute(delete(ExcerptTerm).where(ExcerptTerm.excerpt_id == 1))
    db.session.commit()
    assert (sound, indexing.wrongly_indexed(db.session())) == (0, 1)
    assert any("search" in fault for fault in find_faults(db.session())[0])


def test_a_long_text_is_shown_round_the_word(app, consultation) -> None:
    make_source(consultation.id, "كلام " * 300 + "التعليم " + "بقية " * 300)
    indexing.read_all()
    (item,) = search(db.session(), consultation.id, "تعليم", SearchFilters()).items
    shown = "".join(piece.text for piece in item.pieces)
    assert (len(shown) < 700, [p.text for p in item.pieces if p.is_found], shown[0], shown[-1]) == (
        True, ["التعليم"], "…", "…",
    )  # fmt: skip


def test_the_page_marks_what_was_found_and_keeps_its_filters(reviewer, consultation, youth) -> None:
    make_source(consultation.id, *(f"التعليم <b>{n}</b>" for n in range(40)), groups=[youth])
    theme = Theme(consultation_id=consultation.id, name={"en": "Schools"}, origin="machine")
    db.session.add(theme)
    db.session.flush()
    db.session.add(Coding(excerpt_id=3, theme_id=theme.id, origin="machine"))
    db.session.commit()
    assert "40 texts are still being made ready" in text_of(reviewer.get(SEARCH).text)
    indexing.read_all()
    page = reviewer.get(f"{SEARCH}?words=تعليم&group={youth.id}")
    assert page.text.count("<mark>التعليم</mark>") == 30 and "<b>" not in page.text
    assert "40 excerpts" in text_of(page.text) and "Page 1 of 2" in text_of(page.text)
    following = re.search(r'rel="next" href="([^"]+)"', page.text)[1].replace("&amp;", "&")
    assert reviewer.get(following).text.count("<mark>") == 10
    assert reviewer.get(f"{SEARCH}?words=تعليم&theme={theme.id}").text.count("<mark>") == 1
    details = db.session.scalars(
        select(AuditEntry.details).where(AuditEntry.action == "responses.read")
    ).all()
    assert len(details) == 4 and "تعليم" not in str(details)


@pytest.mark.parametrize(
    "query",
    [
        "words=%00",
        "words=" + "ا" * 9999,
        "kind=x&language=%22&group=x&theme=99999999999",
        "page=99999999999&words=%E2%80%AE",
        "words=%F0%9F%98%80&question=' OR 1=1",
    ],
)
def test_odd_addresses_are_borne(reviewer, query) -> None:
    assert reviewer.get(f"{SEARCH}?{query}").status_code in (200, 400)


def test_searching_is_for_who_may_read_answers(facilitator) -> None:
    assert facilitator.get(SEARCH).status_code == 403
    assert "Search all of it" not in facilitator.get(BASE).text


def test_answers_of_an_open_anonymous_consultation_are_not_found(
    reviewer, consultation: Consultation
) -> None:
    answer(db.session(), consultation, "roads, says an answer", key="1")
    requests.gather(db.session(), consultation)
    make_source(consultation.id, "roads, says an interview", language="en")
    indexing.read_all()
    both = reviewer.get(f"{SEARCH}?words=roads").text
    consultation.access, consultation.privacy = "roll", "anonymous"
    db.session.commit()
    one = reviewer.get(f"{SEARCH}?words=roads").text
    assert [("an answer" in page, "an interview" in page) for page in (both, one)] == [
        (True, True),
        (False, True),
    ]


def test_gathered_answers_are_found(app, consultation: Consultation) -> None:
    answer(db.session(), consultation, "Meetings are far too long", key="1")
    requests.gather(db.session(), consultation)
    db.session.commit()
    assert (
        db.session.scalars(select(OutboxEvent.kind).where(OutboxEvent.kind == indexing.WRITTEN)).all() != []
    )
    outbox.deliver()
    assert found(consultation.id, "meeting") == ["Meetings are far too long"]


@on_both_databases
def test_a_query_without_a_word_finds_nothing_and_numbers_are_found_in_either_digits(
    app, consultation
) -> None:
    make_source(consultation.id, "٣ مدارس", "3 roads of 12", "12 طريقا", "no number")
    indexing.read_all()
    cases = {'"': [], "%": [], " ؟ _ ": [], "٣": ["٣ مدارس", "3 roads of 12"], "3": ["٣ مدارس", "3 roads of 12"],
             "١٢": ["3 roads of 12", "12 طريقا"], "1": []}  # fmt: skip
    assert {words: found(consultation.id, words) for words in cases} == cases


def test_that_a_query_holds_no_word_is_said(reviewer, consultation) -> None:
    make_source(consultation.id, "roads")
    indexing.read_all()
    page = text_of(reviewer.get(f"{SEARCH}?words=%25").text)
    assert "holds no word" in page and "0 excerpts" in page and "roads" not in page
