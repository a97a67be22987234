"""The finder of personal data: what it finds, what it leaves alone, and that nothing makes it stumble."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.analysis.masking import KINDS
from consult.analysis.personal_contacts import mask_contacts
from consult.analysis.personal_data import VERSION, find_personal
from consult.analysis.personal_numbers import is_card, is_iban
from tests.bench.redaction.__main__ import score
from tests.bench.redaction.sentences import SETS, sentences


def found(text: str, names: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    return [(span.kind, text[span.start : span.end]) for span in find_personal(text, names=names)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Call 0790123456, not 1 250 000.", [("phone", "0790123456")]),
        ("رقمي ٠٧٩٠١٢٣٤٥٦ وعمري ٤٥", [("phone", "٠٧٩٠١٢٣٤٥٦")]),
        ("شماره ۰۹۱۲۳۴۵۶۷۸۹", [("phone", "۰۹۱۲۳۴۵۶۷۸۹")]),
        ("From 1990-2004 to 12/05/2024", []),
        ("War of (1894-1895), 40000000 of them", []),
        ("karim (at) example (dot) org", [("email", "karim (at) example (dot) org")]),
        ("tod@s l@s vecin@s", []),
        ("see https://example.org/a, then", [("link", "https://example.org/a")]),
        ("DE89 3704 0044 0532 0130 00 is mine", [("identity", "DE89 3704 0044 0532 0130 00")]),
        ("رقم جواز السفر N1234567", [("identity", "N1234567")]),
        ("أسكن في شارع النيل رقم ١٢ منذ سنة", [("address", "شارع النيل رقم ١٢")]),
        ("J'habite 12 rue Victor-Hugo depuis", [("address", "12 rue Victor-Hugo")]),
        ("قال السيد كريم حداد لنا", [("name", "كريم حداد")]),
        ("وللأستاذة هدى كل الشكر", [("name", "هدى")]),
        ("السَّيِّد مُحَمَّد وعدنا", [("name", "مُحَمَّد")]),
        ("أنا سعيد بالمشروع والسيد المدير مسافر", []),
        ("صلينا على النبي محمد في مسجد عمر", []),
        ("قابلت السيد علي في الدائرة", [("name", "علي")]),
        ("صلينا على عجل", []),
        ("قالت وفاء إن الحافلة لا تصل", [("name", "وفاء")]),
        ("وقال سعيد أن الطريق خطر", [("name", "سعيد")]),
        ("قالت الوزيرة إن الأمل كبير، وقال كثيرون إن الطريق بعيد", []),
        ("قال إن الوفاء واجب، وأكد وفاء البلدية بوعدها", []),
        ("Maria Lopez closed the stop", [("name", "Maria Lopez")]),
        ("the Maria Lopez School", []),
        ("my name is karim haddad and", [("name", "karim haddad")]),
        ("Dr or no doctor, Mr and Mrs", []),
        ("Avenue Mohammed V, Saint-Joseph, San José", []),
    ],
)
def test_what_is_found(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


def test_names_on_the_roll_are_found_in_any_spelling() -> None:
    roll = ("رُلى أبو زناد", "Zdeněk van Oost", "Wren")
    assert found("وقالت رلى ابو زناد ذلك", roll) == [("name", "رلى ابو زناد")]
    assert found("لرلى أبوزناد", roll) == []  # one word of two is not enough
    assert found("zdenek van oost and WREN said", roll) == [("name", "zdenek van oost"), ("name", "WREN")]
    assert found("Oost, Zdenek; an oost wind", roll) == [("name", "Oost, Zdenek")]


def test_check_digits() -> None:
    assert is_iban("GB82 WEST 1234 5698 7654 32") and not is_iban("GB82 WEST 1234 5698 7654 23")
    assert is_card("4539578763621486") and not is_card("4539578763621487") and not is_card("0" * 16)


def test_contacts_are_masked_and_names_stay() -> None:
    assert mask_contacts("Ali: ali@example.org, 0790123456, https://example.org/x") == (
        "Ali: […], […], https://example.org/x"
    )


WORDS = st.sampled_from(
    ["اسمي", "محمد", "السيد", "Mr", "Ana", "rue", "شارع", "١٢", "12", "٠٧٩٠١٢٣٤٥٦", "@", "a@b.org", "\u202e", ",", "\n",
     "my name is", "calle", "Mayor", "de", "la", "بن", "\u064e", "DNI", "IBAN", "(", "+", "00"]
)  # fmt: skip


@given(st.lists(st.one_of(WORDS, st.text(max_size=6)), max_size=30).map(" ".join))
def test_spans_are_in_order_apart_and_inside(text: str) -> None:
    spans = find_personal(text, names=("محمد علي", "Ana"))
    assert all(0 <= span.start < span.end <= len(text) and span.kind in KINDS for span in spans)
    assert all(one.end <= other.start for one, other in zip(spans, spans[1:], strict=False))
    mask_contacts(text)


@pytest.mark.parametrize("name", SETS)
def test_the_figures_hold(name: str) -> None:
    by = score(sentences(name))
    assert by["all"].recall >= 0.97 and by["all"].precision >= 0.97


def test_the_figures_that_the_pages_tell_are_those_of_these_rules() -> None:
    kept = json.loads((files("consult.analysis") / "data" / "personal-data-figures.json").read_text())
    by = score(sentences("held_out"))
    assert (kept["version"], kept["sentences"]) == (VERSION, len(sentences("held_out")))
    assert kept["recall"]["all"] == round(by["all"].recall, 2)
    assert kept["precision"]["all"] == round(by["all"].precision, 2)


@pytest.mark.parametrize("sign", ["\u200b", "\u200e", "\u00ad", "\u2066", "\ufeff"])
def test_signs_without_width_hide_nothing(sign: str) -> None:
    mail, phone = f"zo{sign}e@exam{sign}ple.org", f"079{sign}0123456"
    assert found(f"{sign}Write to {mail} or{sign} call {phone}.") == [("email", mail), ("phone", phone)]
    assert found(f"My name is {sign}Zoe Oak{sign}smith.") == [("name", f"Zoe Oak{sign}smith")]


def test_signs_of_full_width_are_read() -> None:
    assert found("Write to ｚｏｅ＠ｅｘａｍｐｌｅ．ｏｒｇ now") == [
        ("email", "ｚｏｅ＠ｅｘａｍｐｌｅ．ｏｒｇ")
    ]
