"""A roll comes in from a file: whole or not at all, once however often it is sent."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from consult.extensions import db
from consult.stakeholders import importing, queries, roll_out, taking
from consult.stakeholders.contacts import clean_email, clean_phone, country_named, country_of_zone
from consult.stakeholders.importing import RollError, plan_import, similar_people
from consult.stakeholders.likeness import similar_names
from consult.stakeholders.models import Participant, RollPlace, StakeholderGroup
from consult.stakeholders.names import match_key, name_words
from consult.stakeholders.roll_file import COLUMNS, read_roll
from consult.tabular import LOCAL
from consult.tabular.csv_files import parse_csv
from surveys.errors import SurveyError
from tests.consult.stakeholders.conftest import ROLL, csv_bytes
from tests.support import on_both_databases


def _held(consultation) -> list[tuple]:
    return [
        (
            place.participant.name,
            place.participant.email,
            place.participant.phone,
            place.participant.language,
            place.participant.has_vote,
            sorted(group.key for group in place.participant.groups),
        )
        for place in queries.whole_roll(db.session(), consultation.id)
    ]


def _numbers(error: RollError) -> list[int]:
    return [problem.number for problem in error.problems]


@on_both_databases
def test_a_roll_comes_in(bring_in, consultation):
    plan = bring_in(ROLL)
    assert (plan.added, plan.changed, plan.unchanged, plan.unreachable) == (3, 0, 0, 0)
    assert _held(consultation) == [
        ("Karim Saad", "karim@example.org", None, "en", True, ["اعضا"]),
        ("Léa Martin", "lea@example.org", None, "fr", False, []),
        ("منى خليل", "mona@example.org", "+962790000001", "ar", True, ["اعضا", "نسا"]),
    ]


@on_both_databases
def test_the_same_file_twice_changes_nothing(bring_in, consultation):
    bring_in(ROLL)
    before = _held(consultation)
    again = bring_in(ROLL)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 3)
    assert _held(consultation) == before


@on_both_databases
def test_a_later_file_corrects_and_adds(bring_in, consultation):
    bring_in(ROLL)
    plan = bring_in(
        [
            ("منى الخليل", "MONA@example.org", "", "", "", "", "شباب", ""),
            ("New", "new@example.org", *[""] * 6),
        ]
    )
    assert (plan.added, plan.changed) == (1, 1)
    changed = next(
        row for row in _held(consultation) if row[1] == "mona@example.org" or row[0] == "منى الخليل"
    )
    assert changed[2:] == ("+962790000001", "ar", True, ["شباب"])  # what the file leaves empty stays


@on_both_databases
def test_one_bad_row_and_nothing_is_taken(bring_in, consultation):
    rows = [
        *ROLL,
        ("", "x@example.org", *[""] * 6),
        ("A", "no-address", *[""] * 6),
        ("B", "b@example.org", "12ab", *[""] * 5),
        ("C", "c@example.org", "", "", "klingon", *[""] * 3),
        ("D", "d@example.org", "", "", "", "", "", "perhaps"),
        ("E", "KARIM@example.org", *[""] * 6),
        ("F\u202egnp", "f@example.org", *[""] * 6),
        ("G" * 201, "g@example.org", *[""] * 6),
    ]
    with pytest.raises(RollError) as caught:
        bring_in(rows)
    assert _numbers(caught.value) == [5, 6, 7, 8, 9, 10, 11, 12]
    db.session.rollback()
    assert _held(consultation) == []
    assert db.session.scalar(select(func.count()).select_from(StakeholderGroup)) == 0


def test_an_empty_roll_and_a_table_without_names(bring_in):
    with pytest.raises(SurveyError) as caught:
        bring_in([("", *[""] * 7), ("", *[""] * 7)])
    assert caught.value.code in ("empty_roll", "no_rows")
    with pytest.raises(SurveyError, match="no column “name”"):
        bring_in([("x", "y")], columns=("colour", "email"))


def test_column_names_in_arabic_and_unused_columns(bring_in, consultation):
    plan = bring_in(
        [("سامي نصر", "sami@example.org", "٠٧٩٠١٢٣٤٥٦", "لا", "أزرق")],
        columns=("الاسم", "البريد الإلكتروني", "رقم الهاتف", "حق التصويت", "اللون"),
        country="JO",
    )
    assert plan.unused == ("اللون",)
    assert _held(consultation) == [("سامي نصر", "sami@example.org", "+962790123456", "en", False, [])]


def test_people_without_an_address_are_recognised_by_name_and_organisation(bring_in, consultation):
    rows = [("أحمد علي", "", "", "جمعية أ", *[""] * 4), ("أحمد علي", "", "", "جمعية ب", *[""] * 4)]
    assert bring_in(rows).unreachable == 2
    assert (bring_in(rows).added, len(_held(consultation))) == (0, 2)
    with pytest.raises(RollError) as caught:
        bring_in([rows[0], ("احمد على", "", "", "جمعيه أ", *[""] * 4)])
    assert _numbers(caught.value) == [3]


def test_a_restricted_roll_lends_nobody_to_others(bring_in, consultation):
    bring_in(ROLL)
    table = parse_csv(csv_bytes(ROLL), name="x", limits=LOCAL)

    class Other:
        id, slug, status, access, privacy = 999, "other", "draft", "roll", "confidential"

    seen_by_nobody = plan_import(db.session(), Other(), read_roll(table), known_to=[999])
    seen = plan_import(db.session(), Other(), read_roll(table), known_to=[consultation.id, 999])
    assert [step.participant_id is None for step in seen_by_nobody.steps] == [True] * 3
    assert [step.participant_id is None for step in seen.steps] == [False] * 3


def test_the_export_comes_back_unchanged_and_starts_no_formula(bring_in, consultation, tmp_path):
    evil = ("=HYPERLINK(1)", "evil@example.org", "+962790000009", "@SUM", "ar", "-1", "=1+1", "yes")
    bring_in([*ROLL, evil])
    before = _held(consultation)
    content = roll_out.roll_csv(db.session(), consultation)
    for line in content.decode("utf-8-sig").splitlines()[1:]:
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in line.split(","))
    table = parse_csv(content, name="out.csv", limits=LOCAL)
    plan = importing.plan_import(db.session(), consultation, read_roll(table))
    assert (plan.problems, plan.added, plan.changed, plan.unchanged) == ((), 0, 0, 4)
    taking.apply_plan(db.session(), consultation, plan, default_language="en")
    assert _held(consultation) == before


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("محمد عبد الله", "محمد عبدالله"),
        ("فاطمة الزهراء", "فاطمه الزهرا"),
        ("أحمد علي", "احمد على"),
        ("هُدى حسين", "هدي حسين"),
        ("محمـــد سالم", "محمد سالم"),
        ("مؤمن رائد", "مومن رايد"),
        ("علي حسن", "الحسن علي"),
        ("سعاد أبو زيد", "سعاد ابوزيد"),
        ("د. منى خليل", "منى خليل"),
        ("عبد الرحمن محمد", "عبدالرحمان محمد"),
        ("Mohammed Ali", "Mohamed Ali"),
        ("José Núñez", "Jose Nunez"),
    ],
)
def test_two_spellings_of_one_name_are_shown(one, other):
    filler = ["سامي نصر", "Karim Saad", "Anna Smith", "ليلى حداد"]
    pairs = similar_names([one, *filler, other], [True] * 6)
    assert [(pair.first, pair.second) for pair in pairs] == [(0, 5)]


def test_different_people_are_not_shown():
    names = ["منى خليل", "سامي نصر", "Karim Saad", "Carla Said", "رنا حداد", "علي حسن عمر"]
    assert similar_names(names, [True] * 6) == []


def test_similar_people_on_the_roll_are_shown_but_not_again(bring_in, consultation):
    bring_in(ROLL)
    table = parse_csv(csv_bytes([("مني خليل", "other@example.org", *[""] * 6)]), name="x", limits=LOCAL)
    plan = plan_import(db.session(), consultation, read_roll(table))
    found = similar_people(db.session(), consultation, plan)
    assert [(pair.number, pair.other_number, pair.other_name) for pair in found] == [(2, None, "منى خليل")]
    taking.apply_plan(db.session(), consultation, plan, default_language="en")
    again = plan_import(db.session(), consultation, read_roll(table))
    assert similar_people(db.session(), consultation, again) == []


@pytest.mark.parametrize(
    ("written", "countries", "stored"),
    [
        ("٠٧٩٠١٢٣٤٥٦", ["JO"], "+962790123456"),
        ("۰۷۹۰۱۲۳۴۵۶", ["JO"], "+962790123456"),
        ("00962 79 012 3456", [], "+962790123456"),
        ("\u200e+962-79-012-3456", [], "+962790123456"),
        ("0790123456", [], "0790123456"),
        ("03 123 456", ["", "LB"], "+9613123456"),
    ],
)
def test_telephone_numbers(written, countries, stored):
    assert clean_phone(written, countries) == stored


@pytest.mark.parametrize("written", ["12ab", "12345", "+12", "٠٧٩" * 20, "=1+1"])
def test_what_is_no_telephone_number(written):
    with pytest.raises(SurveyError):
        clean_phone(written, ["JO"])


@pytest.mark.parametrize(
    "written", ["a", "a@", "a@b", "@x.org", "a b@x.org", "a..b@x.org", "a@x..org", "a@-x.org"]
)
def test_what_is_no_address(written):
    with pytest.raises(SurveyError):
        clean_email(written)


def test_addresses_and_countries():
    assert clean_email(" A.B@Example.ORG\u200f") == ("A.B@example.org", "a.b@example.org")
    assert clean_email("منى@مثال.شبكة")[1] == "منى@مثال.شبكة"
    assert (country_of_zone("Asia/Beirut"), country_of_zone("UTC")) == ("LB", "")
    assert [country_named(name) for name in ("الأردن", "Jordanie", "jo", "فلسطين", "Nowhere")] == [
        "JO", "JO", "JO", "PS", "",
    ]  # fmt: skip


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(text):
    once = match_key(text, limit=1000)
    assert match_key(once, limit=1000) == once
    assert all(word for word in name_words(text))


cells = st.one_of(
    st.sampled_from(
        ["", "a@example.org", "A@EXAMPLE.org", "b@example.org", "+962790123456", "ar", "yes", "لا"]
    ),
    st.text(alphabet="aب ;\u202e=٣@", max_size=6),
)
names = st.sampled_from(["منى", "Karim", "كريم سعد", "", "=1", "Lea"])


@given(st.lists(st.tuples(names, *[cells] * 7), min_size=1, max_size=6))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_all_or_nothing_and_again_without_effect(consultation, rows):
    """Whatever the file: every row with a name is on the roll afterwards, or nothing has changed; and the same
    file a second time changes nothing."""
    session = db.session()
    read = (
        read_roll(parse_csv(csv_bytes(rows, COLUMNS), name="x", limits=LOCAL))
        if any(map(any, rows))
        else None
    )
    if read is None:
        return
    try:
        first = plan_import(session, consultation, read)
        taking.apply_plan(session, consultation, first, default_language="en")
    except SurveyError:
        assert session.scalar(select(func.count()).select_from(RollPlace)) == 0
        assert session.scalar(select(func.count()).select_from(Participant)) == 0
    else:
        assert queries.roll_size(session, consultation.id) == len(read.rows) == first.added
        again = plan_import(session, consultation, read)
        assert (again.problems, again.added, again.changed) == ((), 0, 0)
    finally:
        session.rollback()
