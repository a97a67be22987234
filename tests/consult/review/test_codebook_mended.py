"""Themes that stay on two levels, marks that stay with their themes, and words that go from versions."""

from __future__ import annotations

import io
import re
import threading

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from consult.access.models import AuditEntry, Staff
from consult.consultations.models import Consultation
from consult.extensions import db
from consult.review import codebook_import, log, services
from consult.review.changes import undo_change
from consult.review.codebook_file import Entry
from consult.review.codebook_versions import (
    FixedVersion,
    codebook_version,
    fix_version,
    take_words_out,
    version_with,
)
from consult.review.errors import UndoError
from consult.review.marks import shown_marks
from consult.review.models import ChangeLog, Theme
from consult.review.scope import Scope
from surveys.models import Base, utc_now
from tests.consult.review.answers import QUESTION as ASKED
from tests.consult.review.conftest import QUESTION, House, build_house
from tests.consult.review.test_changes import stored
from tests.support import text_of

BASE = "/manage/agm/review/"
ADDRESS = f"{BASE}question/{ASKED}/codebook"


def last_change(house: House) -> ChangeLog:
    change = house.session.scalars(select(ChangeLog).order_by(ChangeLog.id.desc())).first()
    assert change is not None
    return change


def test_a_broader_theme_merged_into_its_child_leaves_nothing_below_it(house: House) -> None:
    one, two, three = house.themes
    for below in (two, three):
        services.place_under(house.session, below, parent=one, by_id=house.ana)
    before = stored(house.session)
    services.merge_themes(house.session, sources=[one], target=three, by_id=house.ana)
    assert (three.parent_id, two.parent_id, one.status) == (None, three.id, "retired")
    undo_change(house.session, last_change(house), by_id=house.ana)
    assert stored(house.session) == before


@pytest.mark.parametrize("is_above", [True, False])
def test_undoing_makes_no_third_level(house: House, is_above: bool) -> None:
    one, two, three = house.themes
    moved, new_top = (two, three) if is_above else (three, two)
    services.place_under(house.session, moved, parent=one if is_above else two, by_id=house.ana)
    services.place_under(house.session, moved, parent=None, by_id=house.ana)
    change = last_change(house)
    if is_above:
        services.place_under(house.session, new_top, parent=two, by_id=house.ana)
    else:
        services.place_under(house.session, new_top, parent=one, by_id=house.ana)
    now = stored(house.session)
    with pytest.raises(UndoError) as refused:
        undo_change(house.session, change, by_id=house.ana)
    assert refused.value.code == "two_levels" and stored(house.session) == now


def test_describing_a_theme_leaves_it_under_a_retired_one(closed: Consultation, reviewer) -> None:
    one, two, _three = db.session.scalars(select(Theme).order_by(Theme.id)).all()
    ids = one.id, two.id
    two.parent_id, one.status = one.id, "retired"
    db.session.commit()
    page = reviewer.get(f"{BASE}theme/{ids[1]}").text
    choices = re.search(r'<select[^>]*name="parent".*?</select>', page, re.DOTALL)
    assert choices is not None
    chosen = re.search(r'<option value="(\d*)"[^>]*selected[^>]*>([^<]*)', choices[0])
    assert chosen is not None and chosen[1] == str(ids[0]) and "(retired)" in chosen[2]
    sent = {"name-en": "Hours", "name-ar": "ساعات", "definition": "New", "parent": chosen[1]}
    assert reviewer.post(f"{BASE}theme/{ids[1]}/name", data=sent).status_code == 302
    db.session.rollback()
    kept = db.session.get(Theme, ids[1])
    assert (kept.parent_id, kept.definition) == (ids[0], "New")


def exports() -> int:
    db.session.rollback()
    return len(db.session.scalars(select(AuditEntry).where(AuditEntry.action == "codebook.exported")).all())


def test_only_a_codebook_that_was_handed_out_is_recorded_so(closed: Consultation, reviewer, sign_in) -> None:
    for missing in ("question/nothing/codebook.csv", f"question/{ASKED}/codebook.csv?version=9"):
        assert reviewer.get(f"{BASE}{missing}").status_code == 404
    assert exports() == 0
    assert reviewer.get(f"{ADDRESS}.csv").status_code == 200
    assert exports() == 1
    sign_in(reviewer, "facilitator")
    assert reviewer.get(f"{ADDRESS}.csv").status_code == 403
    assert exports() == 1


def test_the_log_says_which_number_a_theme_without_a_mark_has(house: House, app, monkeypatch) -> None:
    one = house.themes[0]
    services.mark_theme(house.session, one, mark="★", by_id=house.ana)
    services.mark_theme(house.session, one, mark="", by_id=house.ana)
    change = last_change(house)
    assert change.params["to"] == one.mark == "1"
    monkeypatch.setitem(app.config, "SHOWN_DIGITS", "arab")
    with app.test_request_context("/", headers={"Accept-Language": "ar"}):
        assert "١" in log.sentence("mark", change.params)


def test_accepting_the_rest_leaves_what_was_accepted_before_alone(house: House) -> None:
    one, two, three = house.themes
    house.session.execute(update(Theme).where(Theme.id == one.id).values(status="accepted"))
    house.session.refresh(one)
    services.rename_theme(house.session, one, name={"en": "Pay"}, by_id=house.ana)
    renamed = last_change(house)
    services.accept_all(
        house.session, consultation_id=house.consultation_id, question_id=QUESTION, by_id=house.ana
    )
    assert [one.mark, two.mark, three.mark] == ["", "2", "3"]
    undo_change(house.session, renamed, by_id=house.ana)
    assert one.name["en"] == "Money"


def planned_of(house: House, *entries: tuple[str, str]) -> list[codebook_import.Planned]:
    themes = house.session.scalars(select(Theme).order_by(Theme.id)).all()
    return codebook_import.plan(themes, [Entry({"en": name}, mark=mark) for name, mark in entries])


def test_themes_exchange_their_marks_in_a_file(house: House) -> None:
    one, two, three = house.themes
    services.mark_theme(house.session, one, mark="A", by_id=house.ana)
    services.mark_theme(house.session, two, mark="B", by_id=house.ana)
    before = stored(house.session)
    entries = [
        Entry({"en": name}, mark=mark) for name, mark in (("Money", "B"), ("Time", "3"), ("Trust", "A"))
    ]
    taken = codebook_import.add_themes(
        house.session,
        consultation_id=house.consultation_id,
        question_id=QUESTION,
        entries=entries,
        by_id=house.ana,
        is_replacing=True,
    )
    assert taken.changed == 3 and [one.mark, two.mark, three.mark] == ["B", "3", "A"]
    undo_change(house.session, last_change(house), by_id=house.ana)
    assert stored(house.session) == before


def test_a_mark_that_cannot_be_taken_is_told_with_who_has_it(house: House) -> None:
    services.mark_theme(house.session, house.themes[2], mark="C", by_id=house.ana)
    found = planned_of(house, ("Money", "2"), ("Time", "C"), ("Space", "1"), ("Room", "abcd"), ("Rest", "R"))
    assert [one.mark for one in found] == ["", "", "", "", "R"]
    told = [one.refused and (one.refused.code, one.refused.params.get("name")) for one in found]
    taken = [("mark_taken", name) for name in ("Time", "Trust", "Money")]
    assert told == [*taken, ("bad_mark", None), None]


def test_new_themes_take_no_mark_that_is_given_up(house: House) -> None:
    entries = (("Money", "M"), ("Space", "1"), ("Room", "m"))
    found = planned_of(house, *entries)
    assert [one.mark for one in found] == ["M", "", ""]
    codebook_import.add_themes(
        house.session,
        consultation_id=house.consultation_id,
        question_id=QUESTION,
        entries=[Entry({"en": name}, mark=mark) for name, mark in entries],
        by_id=house.ana,
    )
    shown = shown_marks(house.session.scalars(select(Theme)).all())
    assert len(set(shown.values())) == len(shown) == 5


def test_the_preview_says_which_marks_are_left_out(closed: Consultation, reviewer) -> None:
    name = db.session.scalars(select(Theme).order_by(Theme.id)).first().name["en"]
    table = f"theme,mark\n{name},2\nNew one,1\n".encode()
    page = reviewer.post(ADDRESS, data={"file": (io.BytesIO(table), "book.csv")}, follow_redirects=True)
    said = text_of(page.text)
    assert "has the mark 2 already" in said and f"The theme “{name}” has the mark 1 already" in said


def scope_of(house: House) -> Scope:
    return Scope(house.consultation_id, QUESTION)


def fix(house: House) -> FixedVersion:
    return fix_version(house.session, scope_of(house), note="", by=house.session.get(Staff, house.ana))


def test_words_taken_out_of_a_version_are_no_change_of_the_codebook(house: House) -> None:
    services.describe_theme(
        house.session, house.themes[0], by_id=house.ana, example="my son", definition="Pay"
    )
    fix(house)
    assert take_words_out(house.session, scope_of(house), 1)
    assert not take_words_out(house.session, scope_of(house), 1)
    assert not take_words_out(house.session, scope_of(house), 9)
    bare = version_with(house.session, scope_of(house), 1)
    assert bare.is_bare and not bare.has_words and bare.themes[0].definition == "Pay"
    assert codebook_version(house.session, scope_of(house)).is_unchanged
    assert house.themes[0].example == "my son"
    services.rename_theme(house.session, house.themes[0], name={"en": "Pay"}, by_id=house.ana)
    assert fix(house).has_words and codebook_version(house.session, scope_of(house)).number == 2


def test_words_are_taken_out_of_a_version_on_its_page(closed: Consultation, reviewer, sign_in) -> None:
    theme = db.session.scalars(select(Theme).order_by(Theme.id)).first()
    theme.example, theme.description = "the tall teacher", {"en": "the red door"}
    db.session.commit()
    reviewer.post(f"{ADDRESS}/versions", data={"note": ""})
    page = text_of(reviewer.get(f"{ADDRESS}/versions/1").text)
    assert "the tall teacher" in page and "Take examples and descriptions out of version 1" in page
    for missing in ("9", "0"):
        assert reviewer.post(f"{ADDRESS}/versions/{missing}/bare").status_code == 404
    for _turn in range(2):
        page = text_of(reviewer.post(f"{ADDRESS}/versions/1/bare", follow_redirects=True).text)
        assert "were taken out of this version" in page and "Take examples" not in page
    for place in ("/versions/1", ".csv?version=1", ".qdc?version=1"):
        text = reviewer.get(f"{ADDRESS}{place}").text
        assert "tall teacher" not in text and "red door" not in text
    assert "Nothing has changed since version 1" in text_of(reviewer.get(f"{ADDRESS}/versions").text)
    assert "tall teacher" not in reviewer.get(f"{ADDRESS}/versions/compare").text
    db.session.rollback()
    logged = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "codebook.words_taken_out")
    ).all()
    assert [entry.details for entry in logged] == [{"question": ASKED, "version": 1}]
    sign_in(reviewer, "facilitator")
    assert reviewer.post(f"{ADDRESS}/versions/1/bare").status_code == 403


def test_nothing_keeps_words_of_answers_once_they_are_erased(house: House) -> None:
    one = house.themes[0]
    services.describe_theme(house.session, one, by_id=house.ana, example="my son", definition="Pay")
    house.session.get(Consultation, house.consultation_id).answers_erased_at = utc_now()
    house.session.flush()
    fixed = fix(house)
    assert not fixed.has_words and fixed.themes[0].definition == "Pay"
    draft = codebook_import.keep_draft(
        house.session,
        scope_of(house),
        entries=[Entry({"en": "New"}, definition="D", example="my son")],
        name="a.csv",
        staff_id=house.ana,
    )
    assert [(one.definition, one.example) for one in codebook_import.entries_of(draft)] == [("D", "")]


@pytest.mark.parametrize("way", ["fix", "draft"])
def test_a_version_waits_for_the_erasure_of_the_answers(engine, way: str) -> None:
    """The erasure holds the consultation; what reads the examples meanwhile sees them gone."""
    if engine.dialect.name != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    with Session(engine) as session:
        house = build_house(session)
        house.themes[0].example = "my son"
        session.commit()
        consultation_id, ana = house.consultation_id, house.ana
    scope, found, started = Scope(consultation_id, QUESTION), [], threading.Event()

    def work() -> None:
        with Session(engine) as session:
            person = session.get(Staff, ana)
            session.scalars(select(Theme)).all()  # read before, as a page may have done
            started.set()
            if way == "fix":
                version = fix_version(session, scope, note="", by=person)
                found.append(version.themes[0].example)
            else:
                entries = [Entry({"en": "New"}, example="my son")]
                draft = codebook_import.keep_draft(session, scope, entries=entries, name="", staff_id=ana)
                found.append(codebook_import.entries_of(draft)[0].example)

    try:
        with Session(engine) as session:
            session.get(Consultation, consultation_id).answers_erased_at = utc_now()
            session.execute(update(Theme).values(example=""))
            thread = threading.Thread(target=work)
            thread.start()
            started.wait(10)
            thread.join(0.5)
            assert found == [] and thread.is_alive()
            session.commit()
        thread.join(10)
        assert found == [""]
    finally:
        with engine.begin() as connection:
            for table in reversed(Base.metadata.sorted_tables):
                connection.execute(table.delete())
