"""`python -m tests.bench.logic`: what conditions cost, beside a survey without any. Ratios, so that they hold on
any machine; the time of one comparison is told too."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask, render_template

from consult.config import Settings
from consult.installation import initialise
from surveys.definition import Definition, Option, Question, Section
from surveys.expressions import Scope, expression
from surveys.pages import page_of
from surveys.questions import question_types
from surveys.rules import Flow, check_page
from surveys.versions import Compiled

ROUNDS = 300
OPTIONS = tuple(Option(f"o{n}", f"o{n}", {"en": f"Answer {n}", "ar": f"جواب {n}"}) for n in range(5))
CONDITION = "${{q{0}}} = 'o1' or ${{q{1}}} != 'o2' and selected(${{q{2}}}, 'o1')"


def survey(questions: int, conditions: int) -> Definition:
    """Pages of five questions; from the third page on, three of five show by what was answered two pages before."""
    made = []
    for number in range(questions):
        asks = number >= 10 and number % 5 < 3 and conditions > 0
        conditions -= asks
        relevant = CONDITION.format(number - 7, number - 9, number - 8) if asks else ""
        made.append(
            Question(
                f"i{number}", f"q{number}", "select_one", {"en": f"Question {number}?", "ar": f"سؤال {number}؟"},
                config=question_types["select_one"].Config(options=OPTIONS), relevant=relevant,
            )
        )  # fmt: skip
    pages = [made[start : start + 5] for start in range(0, questions, 5)]
    return Definition(
        {"en": "T"}, ("en", "ar"), "ar",
        tuple(Section(f"s{n}", f"s{n}", {"en": "S"}, questions=tuple(page)) for n, page in enumerate(pages)),
    )  # fmt: skip


def median_seconds(call: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The median time of one call, in seconds."""
    call()
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        call()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def page_seconds(definition: Definition) -> float:
    """What it costs to read, check and render the middle page, all answered, a question that shows."""
    compiled = Compiled(definition)
    view = compiled.view("ar")
    section = definition.sections[len(definition.sections) // 2]
    answers = {question.id: "o1" for question in definition.questions()}
    raw = {question.name: ["o1"] for question in section.questions}

    def one_page() -> int:
        checked = check_page(Flow(compiled.logic, answers, language="ar"), section, raw)
        page = page_of(view.section(section.id), view, checked.flow, raw=raw)  # type: ignore[arg-type]
        render_template("answer/questions.html", page=page, fields=page.fields)
        return len(page.fields)

    return median_seconds(one_page) / one_page()


def comparison_seconds() -> float:
    """One comparison, parsed before, with a context that is used again."""
    evaluate, scope = expression("${staff} > 5").evaluate, Scope({"staff": 25.0})
    return median_seconds(lambda: [evaluate(scope) for _ in range(100)]) / 100


def main(app: Flask) -> None:
    with app.test_request_context("/"):
        small, large = page_seconds(survey(10, 0)), page_seconds(survey(150, 60))
    print(f"a comparison                                   {comparison_seconds() * 1e6:8.2f} µs (bar: 100)")
    print(f"a question shown, 10 without conditions        {small * 1e6:8.0f} µs")
    print(f"a question shown, 150 with 60 conditions       {large * 1e6:8.0f} µs")
    print(f"ratio                                          {large / small:8.2f} (bar: 3)")


def application(folder: Path) -> Flask:
    """The application on an empty folder; no page that is measured asks the database."""
    settings = Settings(
        instance=folder,
        database_url=f"sqlite:///{folder / 'mashura.sqlite3'}",
        base_url="http://localhost",
        jobs_url="memory://",
        digits="latn",
        pepper_file=folder / "pepper",
    )
    return initialise(settings)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        main(application(Path(made)))
