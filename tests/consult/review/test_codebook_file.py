"""A codebook goes out and comes back: as a table, and as the file that other programs for coding exchange."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from consult.consultations.models import Consultation
from consult.extensions import db
from consult.review import changes
from consult.review.codebook_file import (
    NAMESPACE,
    CodebookFileError,
    Entry,
    read_qdc,
    read_table_of_themes,
    write_csv,
    write_qdc,
)
from consult.review.models import ChangeLog, Theme
from consult.tabular import UPLOAD
from consult.tabular.csv_files import parse_csv
from tests.consult.review.answers import QUESTION
from tests.support import text_of

words = st.text(st.characters(categories=("L", "N"), max_codepoint=0x6FF), min_size=1, max_size=12)
texts = st.lists(words, max_size=4).map(" ".join) | st.sampled_from(["=1+1", "'tis", 'a, b; "c"', "x\ny"])


@st.composite
def codebooks(draw: st.DrawFn) -> list[Entry]:
    names = draw(st.lists(words, min_size=1, max_size=6, unique_by=str.casefold))
    return [
        Entry(
            {"ar": name, **({"fr": draw(words)} if draw(st.booleans()) else {})},
            *(draw(texts).strip() for _ in range(4)),
            parent=draw(st.none() | st.integers(0, place - 1)) if place else None,
        )
        for place, name in enumerate(names)
    ]


def back_from_csv(data: bytes) -> list[Entry]:
    return read_table_of_themes(parse_csv(data, name="codebook.csv", limits=UPLOAD), ("ar", "fr"))


@given(codebooks())
def test_a_table_comes_back_equal(entries: list[Entry]) -> None:
    assert back_from_csv(write_csv(entries, ("ar", "fr"))) == entries


def in_one_language(entries: list[Entry]) -> set[tuple[object, ...]]:
    def name(place: int | None) -> str:
        return "" if place is None else entries[place].names["ar"]

    return {(e.names["ar"], e.definition, e.include, e.exclude, e.example, name(e.parent)) for e in entries}


@given(codebooks())
def test_the_exchange_format_keeps_the_first_language_and_the_tree(entries: list[Entry]) -> None:
    data = write_qdc(entries, language="ar", origin="Mashura")
    assert data == write_qdc(entries, language="ar", origin="Mashura")
    assert in_one_language(read_qdc(data, "ar")) == in_one_language(entries)


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


def send(client, data: bytes, name: str = "codebook.csv") -> str:
    answer = client.post(ADDRESS, data={"file": (io.BytesIO(data), name)}, follow_redirects=True)
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


def test_what_cannot_be_read_is_said(closed: Consultation, reviewer) -> None:
    assert "no column “theme”" in send(reviewer, b"name\nA")
    assert "cannot be read as a codebook" in send(reviewer, b"<html></html>", "codebook.qdc")
    assert "Choose a file first." in text_of(reviewer.post(ADDRESS, follow_redirects=True).text)
