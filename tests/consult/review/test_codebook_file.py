"""A codebook goes out and comes back: as a table, and as the file that other programs for coding exchange."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from consult.consultations.models import Consultation
from consult.extensions import db
from consult.review import changes, codebook_import
from consult.review.codebook_file import (
    NAMESPACE,
    CodebookFileError,
    Entry,
    read_qdc,
    read_table_of_themes,
    write_csv,
    write_qdc,
)
from consult.review.codebook_models import CodebookDraft
from consult.review.models import ChangeLog, Theme
from consult.review.naming import name_key
from consult.tabular import UPLOAD
from consult.tabular.csv_files import parse_csv
from tests.consult.review.answers import QUESTION
from tests.support import text_of

words = st.text(st.characters(categories=("L", "N"), max_codepoint=0x6FF), min_size=1, max_size=12).filter(
    name_key
)
LINES = [
    "=1+1",
    "'tis",
    'a, b; "c"',
    "x\ny",
    "Include: y",
    "a\nMark: B",
    "\\Exclude: x",
    "\\\\Name (fr): x\n\nz",
    "A\r\nB",
]
texts = st.lists(words | st.sampled_from(LINES), max_size=3).map("\n".join)


def tidy(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


@st.composite
def codebooks(draw: st.DrawFn) -> list[Entry]:
    """Themes with names in some of the languages, none of them the name of two, whatever the language."""
    count = draw(st.integers(1, 6))
    names = draw(st.lists(words, min_size=3 * count, max_size=3 * count, unique_by=name_key))
    marks = draw(st.lists(st.sampled_from(["", "1", "A1", "ب", "★", "×"]), min_size=count, max_size=count))
    entries = []
    for place in range(count):
        codes = draw(st.lists(st.sampled_from(["ar", "fr", "en"]), min_size=1, unique=True))
        mine = dict(zip(sorted(codes), names[3 * place :], strict=False))
        described = [tidy(draw(texts)) for _ in range(4)]
        parent = draw(st.none() | st.integers(0, place - 1)) if place else None
        mark = "" if marks[place] == "×" else marks[place]
        entries.append(Entry(mine, *described, parent=parent, mark=mark))
    return entries


LANGUAGES_HERE = ("ar", "fr", "en")


def back_from_csv(data: bytes) -> list[Entry]:
    return read_table_of_themes(parse_csv(data, name="codebook.csv", limits=UPLOAD), LANGUAGES_HERE)


@given(codebooks())
def test_a_table_comes_back_equal(entries: list[Entry]) -> None:
    assert back_from_csv(write_csv(entries, LANGUAGES_HERE)) == entries


def whole(entries: list[Entry]) -> list[tuple[object, ...]]:
    """Everything that the themes say, without their order, each with the names of the one above."""

    def names(place: int | None) -> tuple[tuple[str, str], ...]:
        return () if place is None else tuple(sorted(entries[place].names.items()))

    return sorted(
        (names(place), e.definition, e.include, e.exclude, e.example, e.mark, names(e.parent))
        for place, e in enumerate(entries)
    )


@given(codebooks(), st.sampled_from(LANGUAGES_HERE), st.sampled_from(LANGUAGES_HERE))
def test_the_exchange_format_comes_back_whole_in_whatever_language_the_other_house_is(
    entries: list[Entry], own: str, theirs: str
) -> None:
    data = write_qdc(entries, language=own, origin="Mashura")
    assert data == write_qdc(entries, language=own, origin="Mashura")
    assert whole(read_qdc(data, theirs)) == whole(entries)


def test_what_a_theme_says_is_in_the_description_for_other_programs() -> None:
    entry = Entry({"en": "Fees", "ar": "الرسوم"}, definition="What it costs.", include="Taxes", mark="F")
    data = write_qdc([entry], language="en", origin="Mashura").decode()
    assert 'name="Fees"' in data
    assert "<Description>What it costs.\nInclude: Taxes\nMark: F\nName (ar): الرسوم</Description>" in data


def test_a_codebook_of_another_program_is_read() -> None:
    written = f"""<?xml version="1.0" encoding="utf-8"?>
    <CodeBook xmlns="{NAMESPACE}" origin="Other 1.0"><Codes>
      <Code guid="8f0e1f5c-54b5-4a0a-9d0b-000000000001" name="Money" isCodable="false" color="#FF0000">
        <Code guid="8f0e1f5c-54b5-4a0a-9d0b-000000000002" name="Fees" isCodable="true">
          <Description>What it costs.</Description>
        </Code>
      </Code></Codes><Sets/></CodeBook>"""
    assert read_qdc(written.encode(), "en") == [
        Entry({"en": "Money"}),
        Entry({"en": "Fees"}, definition="What it costs.", parent=0),
    ]


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><CodeBook xmlns="{}">&b;</CodeBook>'


@pytest.mark.parametrize(
    "data", ["", "<", "<a/>", f'<CodeBook xmlns="{NAMESPACE}"/>', BOMB.format(NAMESPACE)]
)
def test_what_is_no_codebook_is_refused(data: str) -> None:
    with pytest.raises(CodebookFileError):
        read_qdc(data.encode(), "en")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("name\nA", "no column"),
        ("theme,definition\n,x", "Row 2"),
        ("theme,parent\nA,B", "Row 2: there is no theme “B”"),
        ("theme,parent\nA,B\nB,A", "under itself"),
        (f"theme\n{'x' * 201}", "too long"),
        ("theme\na\u202eb", "nobody sees"),
        ("theme\n" + "\n".join(f"t{n}" for n in range(501)), "500"),
    ],
)
def test_bad_tables_are_refused_by_row(rows: str, said: str) -> None:
    with pytest.raises(CodebookFileError, match=said):
        back_from_csv(rows.encode())


ADDRESS = f"/manage/agm/review/question/{QUESTION}/codebook"


def look(client, data: bytes, name: str = "codebook.csv") -> tuple[str, str]:
    """Send a file; returns the address of the page that follows, and its words."""
    answer = client.post(ADDRESS, data={"file": (io.BytesIO(data), name)}, follow_redirects=True)
    assert answer.status_code == 200
    return answer.request.path, text_of(answer.text)


def send(client, data: bytes, name: str = "codebook.csv", **more: str) -> str:
    """Send a file and say yes to its preview."""
    place, _page = look(client, data, name)
    answer = client.post(place, data={"action": "take", **more}, follow_redirects=True)
    assert answer.status_code == 200
    return text_of(answer.text)


def test_it_is_taken_over_once_and_undone(closed: Consultation, reviewer) -> None:
    before = len(db.session.scalars(select(Theme)).all())
    table = "theme,theme (ar),definition,parent\nMoney,المال,What it costs,\nFees,,,Money\n".encode()
    assert "2 themes were taken over." in send(reviewer, table)
    assert "There already, by name: 2." in send(reviewer, table)
    db.session.rollback()
    fees = db.session.scalars(select(Theme).where(Theme.parent_id.is_not(None))).one()
    money = db.session.get(Theme, fees.parent_id)
    assert (fees.name, money.name) == ({"en": "Fees"}, {"en": "Money", "ar": "المال"})
    assert (fees.status, fees.origin, money.definition) == ("accepted", "reviewer", "What it costs")
    change = db.session.scalars(select(ChangeLog).where(ChangeLog.kind == "import")).one()
    changes.undo_change(db.session(), change, by_id=change.by_id)
    assert len(db.session.scalars(select(Theme)).all()) == before


def test_it_goes_out_in_both_formats_and_comes_back(closed: Consultation, reviewer) -> None:
    table = reviewer.get(f"{ADDRESS}.csv")
    assert table.headers["Content-Disposition"].endswith("agm-codebook.csv")
    assert "There already, by name: 3." in send(reviewer, table.data)
    exchanged = reviewer.get(f"{ADDRESS}.qdc")
    assert exchanged.mimetype == "application/xml"
    assert "There already, by name: 3." in send(reviewer, exchanged.data, "codebook.qdc")


def test_nothing_comes_before_it_was_seen_and_sending_twice_is_harmless(
    closed: Consultation, reviewer
) -> None:
    count = len(db.session.scalars(select(Theme)).all())
    table = b"theme,definition,mark,parent\nMoney,What it costs,M,\nFees,,,Money\nmoney,twice,,\n"
    place, page = look(reviewer, table)
    assert "2 new themes" in page and "What it costs" in page and "Part of: Money" in page
    assert len(db.session.scalars(select(Theme)).all()) == count
    first = reviewer.post(place, data={"action": "take"}, follow_redirects=True)
    assert "2 themes were taken over." in text_of(first.text)
    again = reviewer.post(place, data={"action": "take"}, follow_redirects=True)
    assert "taken over or thrown away already" in text_of(again.text)
    assert "taken over or thrown away already" in text_of(reviewer.get(place, follow_redirects=True).text)
    db.session.rollback()
    assert len(db.session.scalars(select(Theme)).all()) == count + 2
    assert db.session.scalars(select(CodebookDraft)).all() == []


def test_a_preview_thrown_away_changes_nothing_and_is_for_its_sender(
    closed: Consultation, reviewer, sign_in
) -> None:
    place, _page = look(reviewer, b"theme\nMoney\n")
    thrown = reviewer.post(place, data={"action": "throw"}, follow_redirects=True)
    assert "The codebook is as it was." in text_of(thrown.text)
    assert not [t for t in db.session.scalars(select(Theme)) if t.name.get("en") == "Money"]
    place, _page = look(reviewer, b"theme\nMoney\n")
    sign_in(reviewer, "admin")
    assert "taken over or thrown away already" in text_of(reviewer.get(place, follow_redirects=True).text)


def test_what_the_file_says_otherwise_is_shown_and_written_only_when_asked(
    closed: Consultation, reviewer
) -> None:
    send(reviewer, b"theme,definition\nMoney,What it costs\nRooms,Where we meet\n")
    table = "theme,theme (ar),mark,definition,parent\nMONEY,المال,★,All costs,\nRooms,,,Where we meet,money\n".encode()
    _place, page = look(reviewer, table)
    assert "2 themes are here and read otherwise" in page and "All costs" in page and "المال" in page
    assert "There already, by name: 2." in send(reviewer, table)
    db.session.rollback()
    assert db.session.scalars(select(Theme).where(Theme.definition == "All costs")).all() == []
    assert "2 themes were changed." in send(reviewer, table, replace="yes")
    db.session.rollback()
    money = db.session.scalars(select(Theme).where(Theme.definition == "All costs")).one()
    rooms = db.session.scalars(select(Theme).where(Theme.definition == "Where we meet")).one()
    assert (money.name, money.mark) == ({"en": "MONEY", "ar": "المال"}, "★")
    assert rooms.parent_id == money.id
    _place, page = look(reviewer, table)
    assert "2 themes are here already" in page
    change = db.session.scalars(
        select(ChangeLog).where(ChangeLog.kind == "import").order_by(ChangeLog.id.desc())
    ).first()
    changes.undo_change(db.session(), change, by_id=change.by_id)
    assert (db.session.get(Theme, money.id).definition, db.session.get(Theme, rooms.id).parent_id) == (
        "What it costs",
        None,
    )


def test_a_third_level_of_a_file_stands_under_the_first(closed: Consultation, reviewer) -> None:
    send(reviewer, b"theme,parent\nCents,Fees\nFees,Money\nMoney,\n")
    db.session.rollback()
    made = {
        theme.name["en"]: theme
        for theme in db.session.scalars(select(Theme).where(Theme.origin == "reviewer"))
    }
    assert made["Cents"].parent_id == made["Fees"].parent_id == made["Money"].id


def test_a_file_never_makes_two_themes_of_one_name(closed: Consultation, reviewer) -> None:
    send(reviewer, b"theme\nMoney\nRooms\n")
    table = "theme,theme (ar)\nMoney,المال\nRooms,المال\nCoins,المال\n".encode()
    send(reviewer, table, replace="yes")
    db.session.rollback()
    found = [theme.name for theme in db.session.scalars(select(Theme).where(Theme.origin == "reviewer"))]
    assert found == [{"en": "Money", "ar": "المال"}, {"en": "Rooms"}]


def test_a_mark_that_another_theme_has_gives_way_to_a_number(closed: Consultation, reviewer) -> None:
    send(reviewer, b"theme,mark\nMoney,m\nRooms,M\n")
    db.session.rollback()
    made = {
        theme.name["en"]: theme.mark
        for theme in db.session.scalars(select(Theme).where(Theme.origin == "reviewer"))
    }
    assert made == {"Money": "m", "Rooms": "4"}


def test_what_cannot_be_read_is_said(closed: Consultation, reviewer) -> None:
    assert "no column “theme”" in look(reviewer, b"name\nA")[1]
    assert "Choose a file first." in text_of(reviewer.post(ADDRESS, follow_redirects=True).text)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("codebook.qdc", b"<html></html>"),
        ("codebook.qdc", b"junk"),
        ("codebook.qdc", b""),
        ("codebook.pdf", b"%PDF-1.7\n1 0 obj"),
        ("codebook.csv", b"%PDF-1.7\n1 0 obj"),
        ("codebook.csv", b"a\0b"),
        ("codebook.docx", b"PK\x03\x04"),
        ("codebook", b"junk"),
    ],
)
def test_a_file_of_another_kind_is_refused_with_the_kinds_that_are_taken(
    closed: Consultation, reviewer, name: str, data: bytes
) -> None:
    assert (
        "Send a table (.csv, .xlsx or .xls) or a REFI-QDA codebook (.qdc)." in look(reviewer, data, name)[1]
    )


def test_drafts_are_forgotten_after_a_day(closed: Consultation, reviewer) -> None:
    look(reviewer, b"theme\nMoney\n")
    codebook_import.forget_codebook_drafts()
    draft = db.session.scalars(select(CodebookDraft)).one()
    draft.made_at = draft.made_at - timedelta(hours=25)
    db.session.commit()
    codebook_import.forget_codebook_drafts()
    assert db.session.scalars(select(CodebookDraft)).all() == []
