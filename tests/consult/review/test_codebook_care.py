"""Names, marks and places of themes: what is refused, what is kept, and that sending twice is harmless."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from consult.consultations.models import Consultation
from consult.extensions import db
from consult.review import codebook_import, services
from consult.review.changes import undo_change
from consult.review.codebook_file import Entry
from consult.review.errors import ReviewError, UndoError
from consult.review.marks import SYMBOLS, clean_mark, shown_marks
from consult.review.models import MACHINE, ChangeLog, Coding, Theme
from consult.review.naming import name_key
from tests.consult.review.answers import QUESTION as ASKED
from tests.consult.review.conftest import QUESTION, House
from tests.support import text_of

BASE = "/manage/agm/review/"
LONG = "x" * 10_000
HIDDEN = "a\u202eb"


def add(house: House, name: dict[str, str], **more) -> Theme:
    return services.add_theme(
        house.session,
        consultation_id=house.consultation_id,
        question_id=QUESTION,
        name=name,
        by_id=house.ana,
        **more,
    )


WAYS = {
    "add": add,
    "rename": lambda h, name: services.rename_theme(h.session, h.themes[1], name=name, by_id=h.ana),
    "split": lambda h, name: services.split_theme(
        h.session, h.themes[0], excerpts=h.excerpts[:1], name=name, by_id=h.ana
    ),
    "coding": lambda h, name: services.theme_named(h.session, h.consultation_id, QUESTION, name, by_id=h.ana),
    "import": lambda h, name: codebook_import.add_themes(
        h.session,
        consultation_id=h.consultation_id,
        question_id=QUESTION,
        entries=[Entry(name)],
        by_id=h.ana,
    ),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("name", "code"),
    [({"en": " \u200f "}, "name_needed"), ({"en": HIDDEN}, "hidden_signs"), ({"en": LONG}, "name_too_long")],
)
def test_whichever_way_a_name_comes_in_it_is_checked(
    house: House, way: str, name: dict[str, str], code: str
) -> None:
    if (way, code) == ("import", "name_too_long"):
        WAYS[way](house, name)  # other programs have longer names: these are cut
        assert max(len(theme.name["en"]) for theme in house.session.scalars(select(Theme))) == 200
        return
    with pytest.raises(ReviewError) as refusal:
        WAYS[way](house, name)
    assert refusal.value.code == code
    assert len(house.session.scalars(select(Theme)).all()) == 3


@pytest.mark.parametrize("way", ["add", "rename", "split"])
@pytest.mark.parametrize(
    "name", [{"en": " mONEY\u00a0"}, {"ar": "مَوْضوع  ٠"}, {"fr": "Argent", "en": "Money"}]
)
def test_no_two_themes_of_a_question_have_one_name(house: House, way: str, name: dict[str, str]) -> None:
    with pytest.raises(ReviewError) as refusal:
        WAYS[way](house, name)
    assert refusal.value.code == "name_taken"
    assert house.session.scalars(select(ChangeLog)).all() == []


def test_the_same_word_in_another_language_is_another_name(house: House) -> None:
    assert add(house, {"fr": "Money"}).name == {"fr": "Money"}


def test_forms_of_arabic_letters_are_one_and_accents_are_not() -> None:
    assert name_key("الأُجـــرة") == name_key("الاجره") and name_key("إلى") == name_key("الي")
    assert name_key("año") != name_key("ano")


def test_what_had_one_name_before_may_still_be_described_and_set_apart(house: House) -> None:
    one, two, _three = house.themes
    two.name = dict(one.name)
    house.session.flush()
    services.rename_theme(house.session, two, name=dict(two.name), by_id=house.ana)
    services.rename_theme(house.session, two, name={"en": "Hours", "ar": one.name["ar"]}, by_id=house.ana)
    assert two.name["en"] == "Hours"


def test_a_theme_does_not_come_back_under_a_name_that_another_has_by_now(house: House) -> None:
    one, two, three = house.themes
    services.retire_theme(house.session, one, by_id=house.ana)
    retired = house.session.scalars(select(ChangeLog)).one()
    services.rename_theme(house.session, two, name={"en": "Money"}, by_id=house.ana)
    with pytest.raises(ReviewError) as refusal:
        services.restore_theme(house.session, one, by_id=house.ana)
    assert refusal.value.code == "name_taken"
    with pytest.raises(UndoError) as refused:
        undo_change(house.session, retired, by_id=house.ana)
    assert (refused.value.code, refused.value.params["name"]) == ("name_taken_since", "Money")
    assert house.session.get(Theme, one.id).status == "retired"
    services.rename_theme(house.session, two, name={"en": "Hours"}, by_id=house.ana)
    services.restore_theme(house.session, one, by_id=house.ana)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("", ""), (" ab ", "ab"), ("٣", "3"), ("صحة", "صحة"), ("★", "★"), ("A1٢", "A1٢"), ("e\u0301", "é")],
)
def test_a_mark_is_a_few_letters_or_digits_or_a_symbol(typed: str, kept: str) -> None:
    assert clean_mark(typed) == kept


@pytest.mark.parametrize(
    "typed", ["abcd", "a b", "★★", "●○", "☂", "-", "\u0301a", HIDDEN, "a" + "\u0301" * 20]
)
def test_what_is_no_mark_is_refused(typed: str) -> None:
    with pytest.raises(ReviewError) as refusal:
        clean_mark(typed)
    assert refusal.value.code == "bad_mark"


def marks(house: House) -> dict[str, str]:
    themes = house.session.scalars(select(Theme)).all()
    shown = shown_marks(themes)
    return {theme.name["en"]: shown[theme.id] for theme in themes}


def test_a_theme_without_a_mark_shows_a_number_and_keeps_it_once_accepted(house: House) -> None:
    assert marks(house) == {"Money": "1", "Time": "2", "Trust": "3"}
    services.mark_theme(house.session, house.themes[0], mark="M", by_id=house.ana)
    services.accept_theme(house.session, house.themes[2], by_id=house.ana)
    assert marks(house) == {"Money": "M", "Time": "2", "Trust": "3"}
    kept = marks(house)["Trust"]
    house.session.delete(house.themes[1])  # as the machine does with what nobody touched
    house.session.flush()
    assert marks(house)["Trust"] == kept
    assert add(house, {"en": "Space"}).mark not in (kept, "M", "")


def test_no_two_themes_in_use_have_one_mark(house: House) -> None:
    one, two, three = house.themes
    services.mark_theme(house.session, one, mark="Ab", by_id=house.ana)
    for mark in ("aB", "3"):
        with pytest.raises(ReviewError) as refusal:
            services.mark_theme(house.session, two, mark=mark, by_id=house.ana)
        assert refusal.value.code == "mark_taken"
    services.retire_theme(house.session, one, by_id=house.ana)
    services.mark_theme(house.session, two, mark="ab", by_id=house.ana)
    services.restore_theme(house.session, one, by_id=house.ana)
    assert len(set(marks(house).values())) == 3 and marks(house)["Time"] == "ab"


def test_every_symbol_has_a_name_on_the_page(app) -> None:
    parts = app.jinja_env.get_template("review/parts.html").module
    assert set(parts.mark_symbols) == set(SYMBOLS)


def test_themes_stand_on_two_levels(house: House) -> None:
    one, two, three = house.themes
    services.place_under(house.session, two, parent=one, by_id=house.ana)
    for theme, parent in ((three, two), (one, three)):
        with pytest.raises(ReviewError) as refusal:
            services.place_under(house.session, theme, parent=parent, by_id=house.ana)
        assert refusal.value.code == "two_levels"
    with pytest.raises(ReviewError):
        add(house, {"en": "Deep"}, parent=two)
    four = add(house, {"en": "Four"}, parent=three)
    services.merge_themes(house.session, sources=[three], target=two, by_id=house.ana)
    assert four.parent_id == one.id  # what stood under a merged theme stays on the second level
    services.retire_theme(house.session, one, by_id=house.ana)
    with pytest.raises(ReviewError) as refusal:
        services.place_under(house.session, add(house, {"en": "Five"}), parent=one, by_id=house.ana)
    assert refusal.value.code == "theme_is_retired"


def themes() -> list[Theme]:
    db.session.rollback()
    return list(db.session.scalars(select(Theme).order_by(Theme.id)))


def test_a_theme_is_moved_marked_and_put_back_on_its_page(closed: Consultation, reviewer) -> None:
    one, two, _three = themes()
    before = [(t.parent_id, t.mark, t.is_edited) for t in (one, two)]
    place = f"{BASE}theme/{two.id}/name"
    sent = {f"name-{code}": text for code, text in two.name.items()} | {"mark": "★", "parent": str(one.id)}
    page = reviewer.post(place, data=sent, follow_redirects=True)
    assert "Part of:" in text_of(page.text) and ">star</span>" in page.text
    _one, two, three = themes()
    assert (two.parent_id, two.mark) == (one.id, "★")
    listed = reviewer.get(f"{BASE}theme/{three.id}").text
    assert not re.search(
        f'<option value="{two.id}"[^>]*>[^<]*</option>\\s*</select>\\s*</div>\\s*<button class="main"', listed
    )
    assert "there are two levels" in text_of(reviewer.get(f"{BASE}theme/{one.id}").text)
    log = text_of(reviewer.get(f"{BASE}changes").text)
    assert "in the codebook" in log and "the mark ★" in log
    for change in db.session.scalars(select(ChangeLog.id).order_by(ChangeLog.id.desc())).all():
        reviewer.post(f"{BASE}changes/{change}/undo")
    one, two, _three = themes()
    assert [(t.parent_id, t.mark, t.is_edited) for t in (one, two)] == before


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"name-en": " ", "name-ar": ""}, "Type a name"),
        ({}, "Type a name"),
        ({"name-en": LONG}, "10000 characters"),
        ({"name-en": "Other", "mark": "abcd"}, "one to three letters"),
        ({"name-en": "Other", "mark": "1"}, "has the mark 1 already"),
        ({"name-en": "Other", "parent": "999999"}, "gone meanwhile"),
    ],
)
def test_an_entry_that_cannot_be_saved_says_why_and_keeps_what_was_typed(
    closed: Consultation, reviewer, sent: dict[str, str], said: str
) -> None:
    _one, two, _three = themes()
    before = dict(two.name)
    answer = reviewer.post(f"{BASE}theme/{two.id}/name", data=sent | {"definition": "Typed with care"})
    assert answer.status_code == 422 and said in text_of(answer.text)
    assert "Typed with care" in answer.text and "<title>Error:" in answer.text
    two = themes()[1]
    assert (two.name, two.definition, two.mark) == (before, "", "")


def test_a_name_that_is_there_is_said_and_kept(closed: Consultation, reviewer) -> None:
    data = {"name-en": "Our own theme"}
    for _turn in range(2):
        answer = reviewer.post(f"{BASE}question/{ASKED}/themes", data=data)
    assert answer.status_code == 422
    assert (
        "“Our own theme” is there already" in text_of(answer.text) and 'value="Our own theme"' in answer.text
    )
    one, *_others, last = themes()
    assert [theme.name for theme in themes()].count({"en": "Our own theme"}) == 1
    answer = reviewer.post(f"{BASE}theme/{one.id}/name", data={"name-en": "our  own THEME", "name-ar": ""})
    assert answer.status_code == 422 and "is there already" in text_of(answer.text)
    ids = db.session.scalars(select(Coding.excerpt_id).where(Coding.theme_id == one.id).limit(2)).all()
    for name, said in (("Our own theme", "is there already"), (LONG, "10000 characters")):
        sent = {"excerpt": ids, "name": name, "name-language": "en"}
        page = reviewer.post(f"{BASE}theme/{one.id}/split", data=sent, follow_redirects=True)
        assert said in text_of(page.text)
    assert len(themes()) == 4


def test_marks_stand_in_the_table_with_a_word_for_who_hears_it(closed: Consultation, reviewer) -> None:
    page = reviewer.get(f"{BASE}question/{ASKED}").text
    signs = re.findall(
        r'<span class="theme-mark"><span class="hidden">Mark </span><bdi>(\d)</bdi></span>', page
    )
    assert sorted(signs) == ["1", "2", "3"]


def test_the_log_counts_one_and_more_and_links_to_the_answer(closed: Consultation, reviewer, app) -> None:
    one, two, _three = themes()
    ids = db.session.scalars(select(Coding.excerpt_id).where(Coding.theme_id == one.id).limit(2)).all()
    for number, taken in enumerate((ids[:1], ids[1:])):
        sent = {"excerpt": taken, "name": f"Part {number}", "name-language": "en"}
        reviewer.post(f"{BASE}theme/{one.id}/split", data=sent)
    reviewer.post(f"{BASE}excerpt/{ids[0]}", data={"action": "none"})
    page = reviewer.get(f"{BASE}changes").text
    assert "Moved 1 answer from" in text_of(page) and "Moved 1 answers" not in text_of(page)
    assert "The machine read 45 answers. It suggested 3 themes." in text_of(page)
    assert re.search(rf'href="{BASE}question/{ASKED}/code\?excerpt={ids[0]}"', page)
    assert reviewer.get(f"{BASE}question/{ASKED}/code?excerpt={ids[0]}").status_code == 200


def test_the_log_names_no_answer_to_who_may_not_read_them(closed: Consultation, reviewer, sign_in) -> None:
    one, *_others = themes()
    number = db.session.scalar(select(Coding.excerpt_id).where(Coding.theme_id == one.id).limit(1))
    reviewer.post(f"{BASE}excerpt/{number}", data={"action": "none"})
    sign_in(reviewer, "facilitator")
    assert "excerpt=" not in reviewer.get(f"{BASE}changes").text


def test_a_theme_of_the_machines_is_found_by_coding_whatever_the_writing(house: House) -> None:
    found = services.theme_named(
        house.session, house.consultation_id, QUESTION, {"en": " MONEY "}, by_id=house.ana
    )
    assert found.id == house.themes[0].id and found.origin == MACHINE
