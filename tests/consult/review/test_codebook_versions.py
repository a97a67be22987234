"""Versions of a codebook: fixed once, never changed, compared, handed out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from consult.access.models import Staff
from consult.consultations import retention
from consult.consultations.models import Consultation
from consult.extensions import db
from consult.review import codebook_versions, services
from consult.review.changes import undo_change
from consult.review.codebook_file import read_qdc
from consult.review.codebook_models import CodebookVersion
from consult.review.codebook_versions import compare, current_themes, fix_version, version_with
from consult.review.errors import ReviewError
from consult.review.models import ChangeLog, Theme
from consult.review.scope import Scope
from surveys.models import utc_now
from tests.consult.review.answers import QUESTION as ASKED
from tests.consult.review.conftest import QUESTION, House
from tests.support import text_of

ADDRESS = f"/manage/agm/review/question/{ASKED}/codebook"


def scope_of(house: House) -> Scope:
    return Scope(house.consultation_id, QUESTION)


def fix(house: House, note: str = "") -> codebook_versions.FixedVersion:
    return fix_version(house.session, scope_of(house), note=note, by=house.session.get(Staff, house.ana))


def test_a_version_holds_every_text_and_is_numbered_from_one(house: House) -> None:
    one, two, _three = house.themes
    services.describe_theme(
        house.session, one, by_id=house.ana, definition="D", include="I", exclude="X", example="E",
        description={"ar": "وصف"},
    )  # fmt: skip
    services.mark_theme(house.session, one, mark="★", by_id=house.ana)
    services.place_under(house.session, two, parent=one, by_id=house.ana)
    assert fix(house, " first ").number == 1
    version = version_with(house.session, scope_of(house), 1)
    assert (version.note, version.fixed_by) == ("first", "Ana")
    first, second, _third = version.themes
    texts = (first.definition, first.include, first.exclude, first.example, first.description)
    assert texts == ("D", "I", "X", "E", {"ar": "وصف"})
    assert (first.name, first.mark, second.parent_id) == (one.name, "★", one.id)
    assert list(version.themes) == current_themes(house.session, scope_of(house))


def test_the_same_codebook_is_not_fixed_twice_nor_an_empty_one(house: House) -> None:
    fix(house)
    with pytest.raises(ReviewError) as refusal:
        fix(house)
    assert refusal.value.code == "nothing_new_to_fix"
    services.rename_theme(house.session, house.themes[0], name={"en": "Pay"}, by_id=house.ana)
    assert fix(house).number == 2
    with pytest.raises(ReviewError) as empty:
        fix_version(
            house.session, Scope(house.consultation_id, "q9"), note="", by=house.session.get(Staff, house.ana)
        )
    assert empty.value.code == "no_themes_to_fix"


def test_a_number_is_given_once(house: House) -> None:
    fix(house)
    copy = CodebookVersion(
        consultation_id=house.consultation_id, question_id=QUESTION, number=1, content={}, fixed_by="x"
    )
    house.session.add(copy)
    with pytest.raises(IntegrityError):
        house.session.flush()


def test_changes_and_their_undoing_leave_a_version_alone(house: House) -> None:
    before = fix(house)
    one, two, three = house.themes
    services.merge_themes(house.session, sources=[one], target=two, by_id=house.ana)
    services.rename_theme(house.session, three, name={"en": "Honesty"}, by_id=house.ana)
    for change in house.session.scalars(select(ChangeLog).order_by(ChangeLog.id.desc())).all():
        assert version_with(house.session, scope_of(house), 1) == before
        undo_change(house.session, change, by_id=house.ana)
    assert version_with(house.session, scope_of(house), 1) == before
    assert compare(before.themes, current_themes(house.session, scope_of(house))).is_empty


def test_what_came_went_was_renamed_and_defined_anew(house: House) -> None:
    scope = scope_of(house)
    one, two, three = house.themes
    services.describe_theme(house.session, one, by_id=house.ana, definition="What it costs us")
    old = fix(house)
    services.rename_theme(house.session, one, name={"en": "Costs", "ar": one.name["ar"]}, by_id=house.ana)
    services.describe_theme(house.session, one, by_id=house.ana, definition="What it costs members")
    services.retire_theme(house.session, two, by_id=house.ana)
    four = services.add_theme(
        house.session,
        consultation_id=house.consultation_id,
        question_id=QUESTION,
        name={"en": "Space"},
        by_id=house.ana,
        parent=three,
    )
    services.accept_theme(house.session, three, by_id=house.ana)
    found = compare(old.themes, current_themes(house.session, scope))
    assert ([t.id for t in found.came], [t.id for t in found.went]) == ([four.id], [two.id])
    renamed, accepted = found.changed
    assert (renamed.theme.id, renamed.is_renamed, accepted.is_renamed) == (one.id, True, False)
    assert accepted.status == ("suggested", "accepted")
    definition = next(change for change in renamed.texts if change.key == "definition")
    assert [(s.kind, s.words.strip()) for s in definition.spans] == [
        ("same", "What it costs"), ("removed", "us"), ("added", "members"),
    ]  # fmt: skip
    assert found.count == 4
    assert codebook_versions.codebook_version(house.session, scope).is_unchanged is False
    assert compare(old.themes, old.themes).is_empty


def test_it_is_fixed_read_compared_and_handed_out_on_pages(closed: Consultation, reviewer) -> None:
    for _turn in range(2):
        page = reviewer.post(f"{ADDRESS}/versions", data={"note": "قبل الترميز"}, follow_redirects=True)
    assert "Nothing has changed since version 1" in text_of(page.text) and "قبل الترميز" in page.text
    theme = db.session.scalars(select(Theme).order_by(Theme.id)).first()
    old_name = theme.name["en"]
    reviewer.post(
        f"/manage/agm/review/theme/{theme.id}/name",
        data={"name-en": "Another name", "name-ar": "اسم", "definition": "New words"},
    )
    asked = text_of(reviewer.get(f"/manage/agm/review/question/{ASKED}").text)
    assert "1 theme has changed since version 1." in asked
    compared = reviewer.get(f"{ADDRESS}/versions/compare").text
    assert "renamed" in text_of(compared) and "New words</ins>" in compared
    read = text_of(reviewer.get(f"{ADDRESS}/versions/1").text)
    assert old_name in read and "Another name" not in read
    table = reviewer.get(f"{ADDRESS}.csv?version=1")
    assert table.headers["Content-Disposition"].endswith("agm-codebook-1.csv")
    assert old_name in table.text and "Another name" not in table.text
    entries = read_qdc(reviewer.get(f"{ADDRESS}.qdc?version=1").data, "en")
    assert old_name in {entry.names["en"] for entry in entries}
    assert "Another name" in reviewer.get(f"{ADDRESS}.csv").text
    for gone in ("versions/9", "versions/compare?from=9"):
        assert reviewer.get(f"{ADDRESS}/{gone}").status_code == 404
    assert reviewer.get(f"{ADDRESS}.csv?version=9").status_code == 404
    assert reviewer.get(f"{ADDRESS}.csv?version=x").status_code == 404


def test_a_note_with_hidden_signs_is_refused_and_kept(closed: Consultation, reviewer) -> None:
    answer = reviewer.post(f"{ADDRESS}/versions", data={"note": "a\u202eb"})
    assert answer.status_code == 422 and "hidden signs" in text_of(answer.text)
    assert db.session.scalars(select(CodebookVersion)).all() == []


def test_versions_are_for_who_may_read_answers(closed: Consultation, reviewer, sign_in) -> None:
    reviewer.post(f"{ADDRESS}/versions", data={"note": ""})
    sign_in(reviewer, "facilitator")
    for place in ("versions", "versions/1", "versions/compare"):
        assert reviewer.get(f"{ADDRESS}/{place}").status_code == 403
    assert reviewer.post(f"{ADDRESS}/versions", data={}).status_code == 403


def test_words_of_answers_go_from_versions_with_the_answers(closed: Consultation, staff, monkeypatch) -> None:
    theme, person = db.session.scalars(select(Theme).order_by(Theme.id)).first(), staff("reviewer")
    services.describe_theme(db.session(), theme, by_id=person.id, example="pay late", definition="Pay")
    scope = Scope(closed.id, ASKED)
    fix_version(db.session(), scope, note="", by=person)
    closed.keep_answers_months = 1
    db.session.commit()
    now = utc_now() + timedelta(days=40)
    monkeypatch.setattr(retention, "utc_now", lambda: now)
    retention.erase_what_is_due()
    db.session.rollback()
    kept = version_with(db.session(), scope, 1)
    assert all((one.example, one.description) == ("", {}) for one in kept.themes)
    assert "Pay" in {one.definition for one in kept.themes}
