"""Answers and questions for the property tests. A type of one's own adds itself with `answers_to`."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from hypothesis import strategies as st

from surveys.definition import Option, Question
from surveys.questions import question_types
from surveys.text import clean_answer

LANGUAGES = ("ar", "en", "fr", "es")
# One kind of space: a workbook read by pyxform has no other.
_WORD = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Cf", "Zs", "Zl", "Zp")), min_size=1, max_size=8
)
WORDS = (
    st.lists(_WORD, min_size=1, max_size=3)
    .map(" ".join)
    .filter(lambda text: clean_answer(text) == text and text != "-")
)
LINES = st.lists(WORDS, min_size=1, max_size=3).map("\n".join)
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True).filter(
    lambda name: name not in {"action", "code", "return_code", "csrf_token", "other"}
)
# What people paste: typographic quotes, spaces that do not break, joiners, several spaces, what looks like a number.
PHRASES = st.one_of(
    WORDS,
    st.tuples(
        WORDS, st.sampled_from(["’", " “x” ", "\u00a0: ", "\u202f!", "\u200c", "  ", "\u200f", "\n"]), WORDS
    ).map("".join),
    st.sampled_from(["1.0", "TRUE", "007", "_x0041_", "-", "=1", "${", "2024-01-01"]),
)
TEXTS = st.dictionaries(st.sampled_from(LANGUAGES), PHRASES.map(str.strip), min_size=1)

answers_to: dict[str, Callable[[Question], st.SearchStrategy]] = {}
configs: dict[str, st.SearchStrategy] = {}


def form_strategy(type_name: str) -> st.SearchStrategy[tuple[Question, dict[str, list[str]]]]:
    """A question of the type and a form that answers it rightly."""
    return questions(type_name).flatmap(
        lambda question: st.tuples(st.just(question), answers_to[type_name](question))
    )


def questions(type_name: str) -> st.SearchStrategy[Question]:
    return st.builds(
        Question,
        id=NAMES,
        name=NAMES,
        type=st.just(type_name),
        label=TEXTS,
        hint=st.one_of(st.just({}), TEXTS),
        required=st.booleans()
        if question_types[type_name].takes_answer and question_types[type_name].asks
        else st.just(False),
        config=configs[type_name],
    )


_CONDITIONS = st.sampled_from(
    [
        "",
        "1 = 1",
        "today() > '2020-01-01'",
        'not(false()) or . = "it\'s"',
        "string-length('a b') > 0",
        "true()",
    ]
)
_CONSTRAINTS = st.one_of(
    _CONDITIONS, st.sampled_from([". >= 0", ". != '-'", ". > 1 and . <= 10", "regex(., '[a-z]+')"])
)
_DEFAULTS = st.one_of(
    st.just(""),
    st.sampled_from(["now()", "'a'", "'1 + 1'", "''", "' x '", "1", "'it''s'", "'yes'", "'2024-01-01'"]),
)


def logical_questions(type_name: str) -> st.SearchStrategy[Question]:
    """Questions with expressions of every kind that makes sense for the type."""
    kind = question_types[type_name]
    asks = kind.takes_answer and kind.asks and "group" not in kind.xlsform_types
    logic = {
        "relevant": _CONDITIONS,
        "required_if": _CONDITIONS if asks else st.just(""),
        "constraint": _CONSTRAINTS if asks else st.just(""),
        "constraint_message": st.one_of(st.just({}), TEXTS) if asks else st.just({}),
        "default": _DEFAULTS if asks else st.just(""),
        "choice_filter": _CONDITIONS if asks else st.just(""),
        "picture": st.sampled_from(["", f"{'0a' * 16}.webp"]) if asks else st.just(""),
        "picture_words": st.one_of(st.just({}), TEXTS) if asks else st.just({}),
    }
    return st.builds(
        lambda question, drawn: replace(question, **drawn), questions(type_name), st.fixed_dictionaries(logic)
    )


def option_lists(least: int = 2, most: int = 6) -> st.SearchStrategy[tuple[Option, ...]]:
    return st.lists(
        st.builds(Option, id=NAMES, name=NAMES, label=TEXTS),
        min_size=least,
        max_size=most,
        unique_by=(lambda option: option.id, lambda option: option.name),
    ).map(tuple)


def config(type_name: str, **settings: st.SearchStrategy) -> None:
    configs[type_name] = st.builds(question_types[type_name].Config, **settings)


def answers(type_name: str):
    def keep(function: Callable[[Question], st.SearchStrategy]):
        answers_to[type_name] = function
        return function

    return keep


config("note")
config("short_text", max_length=st.integers(100, 300))
config("long_text", max_length=st.integers(100, 300))
config(
    "integer", min=st.one_of(st.none(), st.integers(-50, 0)), max=st.one_of(st.none(), st.integers(1, 10**6))
)
OTHER = {"other": st.booleans(), "other_label": st.one_of(st.just({}), TEXTS)}
SHUFFLE = {"shuffle": st.booleans(), "pinned": st.integers(0, 2)}
OTHER |= SHUFFLE
configs["select_one"] = st.builds(
    question_types["select_one"].Config,
    options=option_lists(),
    display=st.sampled_from(["list", "menu"]),
    **OTHER,
).map(lambda made: made if made.other else replace(made, other_label={}))
configs["select_multiple"] = st.builds(
    question_types["select_multiple"].Config,
    options=option_lists(),
    min=st.one_of(st.none(), st.integers(1, 2)),
    max=st.one_of(st.none(), st.integers(2, 6)),
    **OTHER,
).map(lambda made: made if made.other else replace(made, other_label={}))
configs["agreement"] = st.tuples(option_lists(2, 13), st.integers(0, 2)).map(
    lambda drawn: question_types["agreement"].Config(
        points=drawn[0][: max(2, min(11, len(drawn[0]) - drawn[1]))],
        apart=drawn[0][max(2, min(11, len(drawn[0]) - drawn[1])) :],
    )
)


@answers("note")
def note(question):
    return st.just({})


@answers("short_text")
def short_text(question):
    return WORDS.map(lambda text: {question.name: [text]})


@answers("long_text")
def long_text(question):
    return LINES.map(lambda text: {question.name: [text]})


@answers("integer")
def integer(question):
    low = 0 if question.config.min is None else question.config.min
    high = 10**6 if question.config.max is None else question.config.max
    digits = st.sampled_from(["0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹"])
    return st.tuples(st.integers(low, high), digits).map(
        lambda drawn: {question.name: [str(drawn[0]).translate(str.maketrans("0123456789", drawn[1]))]}
    )


def _names(question):
    return [option.name for option in question.config.options] + (["other"] if question.config.other else [])


@answers("select_one")
def select_one(question):
    return st.tuples(st.sampled_from(_names(question)), WORDS).map(
        lambda drawn: {
            question.name: [drawn[0]],
            f"{question.name}-other": [drawn[1] if drawn[0] == "other" else ""],
        }
    )


@answers("select_multiple")
def select_multiple(question):
    least, most = question.config.min or 1, question.config.max or 7
    ticked = st.lists(st.sampled_from(_names(question)), unique=True, min_size=least, max_size=most)
    return st.tuples(ticked, WORDS).map(
        lambda drawn: {
            question.name: drawn[0],
            f"{question.name}-other": [drawn[1] if "other" in drawn[0] else ""],
        }
    )


@answers("agreement")
def agreement(question):
    names = [option.name for option in question.config.points + question.config.apart]
    return st.sampled_from(names).map(lambda name: {question.name: [name]})


FRACTIONS = st.decimals(-1000, 1000, places=3, allow_nan=False, allow_infinity=False)
config("decimal", min=st.one_of(st.none(), st.just(-1000)), max=st.one_of(st.none(), st.just(1000.5)))
config("range", start=st.just(0), end=st.sampled_from([10, 100]), step=st.sampled_from([1, 0.5, 2]))
for contact in ("email", "phone", "url", "date", "time", "datetime"):
    config(contact)
ENDS = {"low": st.one_of(st.just({}), TEXTS), "high": st.one_of(st.just({}), TEXTS)}
config("rating", points=st.integers(3, 10), **ENDS)
config("recommendation", **ENDS)
config("yes_no", options=option_lists(2, 2))


@answers("decimal")
def decimal(question):
    return FRACTIONS.map(lambda number: {question.name: [f"{number:f}".replace(".", "٫")]})


@answers("range")
def range_(question):
    steps = int((question.config.end - question.config.start) / question.config.step)
    return st.integers(0, steps).map(
        lambda number: {question.name: [f"{question.config.start + number * question.config.step:g}"]}
    )


@answers("email")
def email(question):
    return st.sampled_from(["a@b.org", "first.last+x@شبكة.example", "O'Neil@mail.co.uk"]).map(
        lambda text: {question.name: [f" {text} "]}
    )


@answers("phone")
def phone(question):
    return st.sampled_from(["+970 59-123-4567", "٠٥٩ ١٢٣ ٤٥٦٧", "(02) 295.1234"]).map(
        lambda text: {question.name: [text]}
    )


@answers("url")
def url(question):
    return st.sampled_from(["www.example.org", "https://مثال.example/صفحة?a=1", "http://a.bc#x"]).map(
        lambda text: {question.name: [text]}
    )


@answers("date")
def date(question):
    eastern = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
    return (
        st.dates()
        .filter(lambda day: day.year >= 1000)
        .map(
            lambda day: {
                f"{question.name}-day": [str(day.day).translate(eastern)],
                f"{question.name}-month": [f"{day.month:02}"],
                f"{question.name}-year": [str(day.year)],
            }
        )
    )


@answers("time")
def time(question):
    return st.times().map(lambda moment: {question.name: [f"{moment:%H:%M}"]})


@answers("rating")
def rating(question):
    return st.integers(1, question.config.points).map(lambda number: {question.name: [str(number)]})


@answers("recommendation")
def recommendation(question):
    return st.integers(0, 10).map(lambda number: {question.name: [str(number)]})


@answers("yes_no")
def yes_no(question):
    return select_one(question)


EASTERN = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@answers("datetime")
def datetime(question):
    return st.tuples(date(question), st.times()).map(
        lambda drawn: drawn[0] | {f"{question.name}-time": [f"{drawn[1]:%H:%M}".translate(EASTERN)]}
    )


configs["matrix"] = st.builds(
    question_types["matrix"].Config, rows=option_lists(1, 4), columns=option_lists(2, 5), **SHUFFLE
)
configs["budget"] = st.builds(
    question_types["budget"].Config,
    options=option_lists(),
    total=st.sampled_from([1, 10, 100]),
    spend_all=st.booleans(),
    unit=st.one_of(st.just({}), TEXTS),
    **SHUFFLE,
)
configs["ranking"] = st.builds(
    question_types["ranking"].Config,
    options=option_lists(),
    places=st.one_of(st.none(), st.integers(1, 2)),
    partial=st.booleans(),
    **SHUFFLE,
)
configs["pairwise"] = st.builds(
    question_types["pairwise"].Config, options=option_lists(), pairs=st.one_of(st.none(), st.integers(1, 3))
)


@answers("matrix")
def matrix(question):
    codes = [column.name for column in question.config.columns]
    lines = [st.sampled_from(["", *codes]) for _ in question.config.rows[1:]]
    return st.tuples(st.sampled_from(codes), *lines).map(
        lambda drawn: {
            f"{question.name}-{row.name}": [code]
            for row, code in zip(question.config.rows, drawn, strict=True)
        }
    )


@answers("budget")
def budget(question):
    names = [f"{question.name}-{option.name}" for option in question.config.options]
    total = question.config.total
    return st.tuples(
        st.lists(st.integers(0, total), min_size=len(names) - 1, max_size=len(names) - 1),
        st.permutations(names),
    ).map(
        lambda drawn: {
            name: [str(high - low).translate(EASTERN)]
            for name, low, high in zip(
                drawn[1], [0, *sorted(drawn[0])], [*sorted(drawn[0]), total], strict=True
            )
        }
    )


@answers("ranking")
def ranking(question):
    names = [f"{question.name}-{option.name}" for option in question.config.options]
    most = question_types["ranking"].places(question)
    return st.tuples(st.permutations(names), st.integers(1, most)).map(
        lambda drawn: {name: [str(place)] for place, name in enumerate(drawn[0][: drawn[1]], 1)}
    )


@answers("pairwise")
def pairwise(question):
    kind = question_types["pairwise"]
    names = kind.input_names(question)
    return st.tuples(
        *(st.sampled_from([one.name, two.name]) for one, two in kind.pairs(question)),
    ).map(lambda drawn: {name: [code] for name, code in zip(names, drawn, strict=True)})


def pictures(options):
    return tuple(replace(option, attributes={"image": f"{option.name}.png"}) for option in options)


configs["image_choice"] = st.builds(
    question_types["image_choice"].Config,
    options=option_lists().map(pictures),
    captions=st.booleans(),
    max=st.sampled_from([1, 2, 3, None]),
    **SHUFFLE,
)


@answers("image_choice")
def image_choice(question):
    return select_multiple(question).map(lambda raw: {question.name: raw[question.name]})


configs["upload"] = st.builds(
    question_types["upload"].Config,
    images=st.booleans(),
    documents=st.just(True),
    sound=st.booleans(),
    video=st.booleans(),
    megabytes=st.integers(1, 5),
)


@answers("upload")
def upload(question):
    return st.tuples(WORDS, st.integers(1, 10**6)).map(
        lambda drawn: {
            question.name: [json.dumps({"file": "0a1b", "name": f"{drawn[0]}.pdf", "size": drawn[1]})]
        }
    )


configs["location"] = st.builds(
    question_types["location"].Config,
    ask=st.sampled_from(["both", "place", "coordinates"]),
    decimals=st.integers(0, 6),
)


@answers("location")
def location(question):
    degrees = st.decimals(-90, 90, places=5)
    return st.tuples(WORDS, degrees, degrees).map(
        lambda drawn: {
            question.name: [drawn[0] if question.config.ask != "coordinates" else ""],
            f"{question.name}-latitude": [f"{drawn[1]:f}".translate(EASTERN).replace(".", "٫")],
            f"{question.name}-longitude": [f"{drawn[2]:f}"],
        }
    )


configs["hidden"] = st.builds(
    question_types["hidden"].Config, value=st.one_of(st.just(""), WORDS), by_link=st.booleans()
)
configs["calculated"] = st.builds(
    question_types["calculated"].Config, calculation=st.just("1 + 1"), shown=st.booleans()
)


@answers("hidden")
def hidden(question):
    return st.just({})


@answers("calculated")
def calculated(question):
    return st.just({})


values: dict[str, st.SearchStrategy] = {
    "hidden": WORDS,
    "calculated": st.one_of(WORDS, st.integers(-1000, 1000), st.floats(0, 1, allow_nan=False)),
}
"""What the rules may give to a question that nobody is asked."""
