"""What the types with several lines, files, places and other orders take, refuse and count."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from surveys.definition import Option, Question
from surveys.errors import AnswerError
from surveys.exports.csv import safe_cell
from surveys.presentation import result_view
from surveys.questions import question_types, type_of
from surveys.questions.field import BoundField, drawn_pairs
from surveys.questions.uploads import shown_name
from tests.surveys.samples import options

ABCD = options("a", "b", "c", "d")
NONE = Option("id-none", "none", {"en": "None of these"}, {"exclusive": "yes"})


def asked(type_name: str, **config) -> Question:
    kind = question_types[type_name]
    return Question("q", "q", type_name, {"en": "?"}, config=kind.Config(**config))


def refusal(question: Question, raw: dict) -> str:
    with pytest.raises(AnswerError) as caught:
        type_of(question).parse(question, raw)
    return caught.value.code


def lines(**typed: str) -> dict:
    return {f"q-{name}": [words] for name, words in typed.items()}


RANK = asked("ranking", options=ABCD)
TOP = asked("ranking", options=ABCD, places=2)
SHARE = asked("budget", options=ABCD, total=10)
GRID = asked("matrix", rows=options("x", "y"), columns=options("no", "yes"))
PAIRS = asked("pairwise", options=ABCD)
WHERE = asked("location")
WHEN = asked("datetime")
SEVERAL = asked("select_multiple", options=(*ABCD, NONE), min=2)


@pytest.mark.parametrize(
    ("question", "raw", "code"),
    [
        (RANK, lines(a="1", b="1"), "place_twice"),
        (RANK, lines(a="1", b="3"), "place_missing"),
        (RANK, lines(a="5"), "unknown_option"),
        (TOP, lines(a="3"), "unknown_option"),
        (SHARE, lines(a="٥", b="6"), "too_many_points"),
        (SHARE, lines(a="5"), "points_left"),
        (SHARE, lines(a="-1", b="11"), "not_points"),
        (SHARE, lines(a="2.5"), "not_points"),
        (SHARE, lines(a="1.250"), "ambiguous_number"),
        (SHARE, lines(a="0"), "points_left"),
        (GRID, lines(x="maybe"), "unknown_option"),
        (PAIRS, {"q-a-b": ["d"]}, "unknown_option"),
        (WHERE, {"q-latitude": ["31.5"]}, "half_location"),
        (WHERE, {"q-latitude": ["north"], "q-longitude": ["1"]}, "bad_location"),
        (WHERE, {"q-latitude": ["1"], "q-longitude": ["180.1"]}, "no_such_location"),
        (WHERE, {"q": ["x" * 201]}, "too_long"),
        (WHEN, {"q-time": ["10:00"]}, "half_datetime"),
        (SEVERAL, {"q": ["none", "a"]}, "not_alone"),
        (SEVERAL, {"q": ["a"]}, "too_few"),
    ],
)
def test_what_is_refused(question, raw, code):
    assert refusal(question, raw) == code


@pytest.mark.parametrize(
    ("question", "raw", "value"),
    [
        (RANK, lines(c="١", a="٢"), ["id-c", "id-a"]),
        (SHARE, lines(a="١٠", b="0", c=""), {"id-a": 10}),
        (GRID, lines(x="yes", y=""), {"id-x": "id-yes"}),
        (PAIRS, {"q-a-b": ["b"], "q-c-d": ["c"]}, [["id-b", "id-a"], ["id-c", "id-d"]]),
        (WHERE, {"q": [" غزة "]}, {"place": "غزة"}),
        (WHERE, {"q-latitude": ["٣١٫٧٦٨٣"], "q-longitude": ["35,2137"]}, {"latitude": 31.7683, "longitude": 35.2137}),
        (WHERE, {"q-latitude": ["31.768"], "q-longitude": ["35.214"]}, {"latitude": 31.768, "longitude": 35.214}),
        (WHERE, {"q-latitude": ["31.7683, 35.2137"]}, {"latitude": 31.7683, "longitude": 35.2137}),
        (WHERE, {"q-latitude": ["31,7683 35,2137"]}, {"latitude": 31.7683, "longitude": 35.2137}),
        (WHERE, {"q-latitude": ["33.9° S"], "q-longitude": ["151.2° E"]}, {"latitude": -33.9, "longitude": 151.2}),
        (WHEN, {"q-day": ["٧"], "q-month": ["3"], "q-year": ["2027"], "q-time": ["٩:٠٥"]}, "2027-03-07T09:05"),
        (SEVERAL, {"q": ["none"]}, ["id-none"]),
    ],
)  # fmt: skip
def test_what_is_taken(question, raw, value):
    assert type_of(question).parse(question, raw) == value


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ar", "7 مارس 2027 09:05"), ("en", "7 March 2027 09:05"), ("fr", "7 mars 2027 09:05"),
        ("es", "7 de marzo de 2027 09:05"), ("xx", "2027-03-07 09:05"), ("", "2027-03-07 09:05"),
    ],
)  # fmt: skip
def test_a_moment_is_shown_as_the_language_writes_it(language, words):
    languages = {"language": language, "default_language": language}
    assert type_of(WHEN).text(WHEN, "2027-03-07T09:05", **languages) == words
    assert type_of(WHEN).text(WHEN, None, **languages) == ""


@pytest.mark.parametrize(
    ("question", "value", "is_whole"),
    [
        (GRID, {"id-x": "id-no"}, False),
        (GRID, {"id-x": "id-no", "id-y": "id-no"}, True),
        (RANK, ["id-a"], False),
        (TOP, ["id-a", "id-b"], True),
        (replace(RANK, config=replace(RANK.config, partial=True)), ["id-a"], True),
        (PAIRS, [["id-a", "id-b"]], False),
        (asked("pairwise", options=ABCD, pairs=1), [["id-a", "id-b"]], True),
    ],
)
def test_half_an_answer_is_kept_but_lacks_something(question, value, is_whole):
    assert (type_of(question).lacking(question, value) is None) == is_whole
    assert type_of(question).lacking(question, None).code == "required"


def test_tallies_by_line():
    grid = type_of(GRID).tally(GRID, [{"id-x": "id-yes", "id-y": "id-no"}, {"id-x": "id-yes"}, None])
    assert [(cell.group, cell.count) for cell in grid.cells] == [
        ("id-x", 0),
        ("id-x", 2),
        ("id-y", 1),
        ("id-y", 0),
    ]
    assert [(group.key, group.answered) for group in grid.groups] == [("id-x", 2), ("id-y", 1)]
    shares = [row.share for row in _view(GRID, grid).rows]
    assert shares == [0, 1, 1, 0], "shares are of the answers to the row"
    rank = type_of(RANK).tally(RANK, [["id-a", "id-b"], ["id-b", "id-a", "id-c"]])
    assert [(cell.key, cell.count) for cell in rank.cells] == [
        ("id-a", 1),
        ("id-b", 1),
        ("id-c", 0),
        ("id-d", 0),
    ]
    assert [dict(group.statistics) for group in rank.groups] == [
        {"mean": 1.5},
        {"mean": 1.5},
        {"mean": 3},
        {},
    ]
    share = type_of(SHARE).tally(SHARE, [{"id-a": 10}, {"id-a": 4, "id-b": 6}])
    assert [group.statistics["mean"] for group in share.groups] == [7, 3, 0, 0]
    pairs = type_of(PAIRS).tally(PAIRS, [[["id-a", "id-b"], ["id-a", "id-c"]], [["id-b", "id-a"]]])
    assert [(group.key, group.answered) for group in pairs.groups][:2] == [("id-a", 3), ("id-b", 2)]
    assert [cell.count for cell in pairs.cells] == [2, 1, 0, 0]


def _view(question, tally):
    field = type_of(question).field(question, language="en", default_language="en")
    return result_view(field, tally, language="en", default_language="en")


def test_shuffled_answers_stay_the_same_for_a_person_and_the_last_keep_their_place():
    question = asked("select_one", options=(*ABCD, NONE), shuffle=True, other=True)
    field = type_of(question).field(question, language="en", default_language="en")

    def order(seed: str) -> list[str]:
        return [choice.value for choice in BoundField(field, {}, seed=seed).choices]

    assert order("") == ["a", "b", "c", "d", "none", "other"]
    orders = {tuple(order(f"person {n}")) for n in range(100)}
    assert order("person 1") == order("person 1")
    assert len(orders) > 15 and {found[4:] for found in orders} == {("none", "other")}
    firsts = Counter(order(f"person {n}")[0] for n in range(800))
    assert all(120 < firsts[name] < 280 for name in "abcd")
    ids = [choice.input_id for choice in BoundField(field, {}, seed="x").choices]
    assert ids == [choice.input_id for choice in field.choices], "the first shown has the question's own id"


@pytest.mark.parametrize("several", [4, 5, 6, 7])
def test_of_fewer_pairs_every_option_comes_up_as_often(several):
    chosen = options(*(f"o{n}" for n in range(several)))
    question = asked("pairwise", options=chosen, pairs=several)
    field = type_of(question).field(question, language="en", default_language="en")
    for person in range(20):
        names = drawn_pairs(field, f"person {person}")
        seen = Counter(
            side.value for pair in field.pairs if pair.name in names for side in (pair.one, pair.two)
        )
        assert len(names) == several and set(seen.values()) == {2}
    assert len({frozenset(drawn_pairs(field, f"person {n}")) for n in range(40)}) > 2


@pytest.mark.parametrize(
    ("name", "size", "head", "problem"),
    [
        ("a.PDF", 10, b"%PDF-1.7", None),
        ("photo.jpeg", 10, b"\xff\xd8\xff\xe0", None),
        ("a.pdf.exe", 10, b"%PDF-1.7", "file_kind"),
        ("noname", 10, b"%PDF-", "file_kind"),
        ("page.html", 10, b"<html>", "file_kind"),
        ("drawing.svg", 10, b"<svg>", "file_kind"),
        ("a.mp4", 10, b"\0\0\0\x18ftypmp42", "file_kind"),
        ("a.png", 10, b"%PDF-", "file_false"),
        ("a.pdf", 5 * 1024 * 1024 + 1, b"%PDF-", "file_too_large"),
        ("a.pdf", 0, b"", "file_empty"),
    ],
)
def test_files_that_are_taken_and_refused(name, size, head, problem):
    question = asked("upload")
    assert type_of(question).refusal(question, name=name, size=size, head=head) == problem


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("C:\\Users\\me\\report.pdf", "report.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("تقرير.pdf", "تقرير.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        ("line\nbreak.pdf", "linebreak.pdf"),
    ],
)
def test_names_of_files(sent, shown):
    assert shown_name(sent) == shown


def test_a_place_near_the_equator_is_written_without_an_exponent():
    question = asked("location", decimals=6)
    kind = type_of(question)
    value = kind.parse(question, {"q-latitude": ["0.00001"], "q-longitude": ["-٠٫٠٠٠٠٠٢"]})
    assert value == {"latitude": 1e-05, "longitude": -2e-06}
    assert kind.form_data(question, value) == {"q-latitude": ["0.00001"], "q-longitude": ["-0.000002"]}
    assert kind.parse(question, kind.form_data(question, value)) == value
    assert kind.text(question, value, language="en", default_language="en") == "0.00001, -0.000002"
    assert [safe_cell(part) for part in kind.export(question, value).values()] == ["0.00001", "-0.000002"]
