"""What a person is asked, given the answers so far: a function of the answers and nothing else.

Every question's value is worked out when it is first asked for, so the order in which one looks does not
matter. An answer to what does not show counts as none, but stays in the draft.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from surveys.definition import Section
from surveys.elements import Option, Question, texts_in, with_changed_texts
from surveys.errors import AnswerError, SurveyError
from surveys.expressions import Expression, Scope, Value, to_boolean, to_number, to_text
from surveys.expressions.scope import MOST_STEPS
from surveys.i18n import N_
from surveys.questions import QuestionType, type_of
from surveys.questions.base import Value as Answer
from surveys.rules.logic import MOST_ROUNDS, PIPE, Logic, is_piped
from surveys.rules.values import as_answer, as_value, columns_of, first_of, without_nan
from surveys.text import pick

CONSTRAINT_MESSAGE = N_("This answer does not fit. Please look at it again.")

MOST_WORDS = 40_000
"""Of an answer whose words ask for others, which could double at each."""


class Flow(Scope):
    """The survey for one set of answers (question id → value; section id → list of such, for a repeat).

    `now` is the present time in the zone of the consultation; `seed` belongs to the person and decides what is
    drawn by chance. One flow serves one request; make a new one when answers change.

    With `is_sent` they are a response: what stands in it was asked and counts, and what was worked out is not
    worked out again.
    """

    __slots__ = (
        "_filtered", "_of_question", "_rounds", "_shown", "_values", "_words", "answers", "is_sent", "logic", "number",
        "outer", "repeat",
    )  # fmt: skip

    def __init__(
        self,
        logic: Logic,
        answers: Mapping[str, Any],
        *,
        now: datetime | None = None,
        seed: str = "",
        language: str = "",
        is_sent: bool = False,
    ) -> None:
        super().__init__(now=now, seed=seed, language=language or logic.definition.default_language)
        self.logic = logic
        self.answers = answers
        self.is_sent = is_sent
        self.repeat: Section | None = None
        self.outer: Flow | None = None
        self.number = 1
        self._values: dict[str, Value] = {}
        self._of_question: dict[str, Answer | None] = {}
        self._shown: dict[str, bool] = {}
        self._filtered: dict[str, Question] = {}
        self._rounds: dict[str, list[Flow]] = {}
        self._words: dict[str, str] = {}

    def after(self, answers: Mapping[str, Any]) -> Flow:
        """The flow for other answers of the same person at the same moment."""
        return self._like(self.logic, answers)

    def under(self, logic: Logic, document: Mapping[str, Any]) -> Flow:
        """Another version of the survey for what counts of these answers (`rules.known_answers`)."""
        found = self._like(logic, document)
        found.is_sent = True
        return found

    def _like(self, logic: Logic, answers: Mapping[str, Any]) -> Flow:
        return Flow(
            logic, answers, now=self.now, seed=self.seed, language=self.language, is_sent=self.is_sent
        )

    def with_answers(self, answers: Mapping[str, Any]) -> Flow:
        """The same round, or the survey itself, for other answers of its own."""
        if self.outer is None or self.repeat is None:
            return self.after(answers)
        return self.outer.round(self.repeat, self.number, answers, self.size)

    # Pages and questions

    def sections(self) -> list[Section]:
        """The pages that show, in their order: those with a question that shows."""
        return [section for section in self.logic.definition.sections if self.shows_section(section)]

    def shows_section(self, section: Section) -> bool:
        """Whether there is anything on the page for this person."""
        if self.logic.is_plain or section.id in self.logic.always_shown:
            return True
        if not self.section_is_relevant(section):
            return False
        if section.repeat:
            return section.repeat.count == "" or bool(self.rounds_of(section))
        return any(type_of(question).asks and self.shows(question) for question in section.questions) or (
            not section.questions
        )

    def shows(self, question: Question) -> bool:
        """Whether the question is asked; of what is not asked (`QuestionType.asks`), whether it has a value."""
        if self.logic.is_plain:
            return True
        shown = self._shown.get(question.id)
        if shown is None:
            self._shown[question.id] = True  # for a loop; none is ever published
            shown = self._shown[question.id] = self._is_relevant(question)
        return shown

    def _is_relevant(self, question: Question) -> bool:
        placed = self.logic.placed.get(question.name)
        section = self.repeat if placed is None else placed.section
        if section is not None and section is not self.repeat and not self.section_is_relevant(section):
            return False
        condition = self.logic.expression(question.relevant)
        if condition is None or (self.is_sent and question.id in self.answers):
            return True
        return to_boolean(self._run(condition, True))

    def section_is_relevant(self, section: Section) -> bool:
        """Whether the page shows as far as its own condition goes."""
        condition = self.logic.expression(section.relevant)
        if condition is None:
            return True
        key = f"section {section.id}"
        shown = self._shown.get(key)
        if shown is None:
            self._shown[key] = True
            shown = self._shown[key] = to_boolean(self._run(condition, True))
        return shown

    def is_required(self, question: Question) -> bool:
        """Whether the question must be answered, supposing that it shows. One whose choice filter leaves nothing
        to choose from need not."""
        condition = self.logic.expression(question.required_if)
        required = question.required or (condition is not None and to_boolean(self._run(condition, False)))
        return required and self.can_be_answered(question)

    def can_be_answered(self, question: Question) -> bool:
        """Whether the choice filter leaves anything to choose from, for these answers."""
        return not question.choice_filter or type_of(question).can_be_answered(self.offered(question))

    def offered(self, question: Question) -> Question:
        """The question with the options that its choice filter leaves, for these answers."""
        condition = self.logic.expression(question.choice_filter)
        if condition is None:
            return question
        found = self._filtered.get(question.id)
        if found is None:
            found = type_of(question).with_options(question, lambda option: self._keeps(condition, option))
            self._filtered[question.id] = found
        return found

    def _keeps(self, condition: Expression, option: Option) -> bool:
        return to_boolean(
            self._run(condition, True, item=columns_of(option, self.language, self._default_language))
        )

    def refusal(self, question: Question, answer: Answer) -> AnswerError | None:
        """What the question's constraint has against an answer."""
        condition = self.logic.expression(question.constraint)
        if condition is None:
            return None
        value = self._exported(question, answer).get(question.name, "")
        if to_boolean(self._run(condition, True, current=value)):
            return None
        own = self.piped(pick(question.constraint_message, self.language, self._default_language))
        return AnswerError("constraint", own or CONSTRAINT_MESSAGE)

    # Rounds of repeats

    def rounds_of(self, section: Section) -> list[Flow]:
        """One flow for each round of a repeat, as many as its count says or the person has made."""
        found = self._rounds.get(section.id)
        if found is None:
            given = self.answers.get(section.id) or ()
            count = self._count(section, len(given))
            found = self._rounds[section.id] = [
                self.round(section, number, given[number - 1] if number <= len(given) else {}, count)
                for number in range(1, count + 1)
            ]
        return found

    def _count(self, section: Section, given: int) -> int:
        repeat = section.repeat
        assert repeat is not None
        fixed = self.logic.expression(repeat.count)
        if fixed is not None:
            wanted = to_number(self._run(fixed, 0.0))
            return 0 if math.isnan(wanted) else max(0, min(int(min(wanted, MOST_ROUNDS)), MOST_ROUNDS))
        most = min(repeat.maximum or MOST_ROUNDS, MOST_ROUNDS)
        return min(max(given, repeat.minimum), most)

    def round(self, section: Section, number: int, answers: Mapping[str, Any], size: int = 1) -> Flow:
        """One round of a repeat, with its own answers."""
        inner = self._like(self.logic, answers)
        inner.repeat, inner.outer = section, self
        inner.number = inner.position = number
        inner.size = size
        return inner

    # What expressions ask for

    def value(self, name: str) -> Value:
        found = self._values.get(name)
        if found is None:
            if self.logic.needs:
                self._settle(name)
            found = self._values.get(name)
        return self._settled(name) if found is None else found

    def _settle(self, name: str) -> None:
        """Work out all that `name` depends on, what others depend on first: however long a chain of conditions is,
        none of its values has to wait for more than one other."""
        needs, values = self.logic.needs, self._values
        waiting, begun = [name], set[str]()
        while waiting:
            here = waiting[-1]
            if here in values or here in begun:
                waiting.pop()
                if here not in values and here != name:
                    self._settled(here)
                continue
            begun.add(here)
            waiting += [other for other in needs.get(here, ()) if other not in values and other not in begun]

    def _settled(self, name: str) -> Value:
        self._values[name] = ""  # for a loop; none is ever published
        found = self._values[name] = self._value(name)
        return found

    def _value(self, name: str) -> Value:
        placed = self.logic.placed.get(name)
        if placed is None:
            section = self.logic.repeats.get(name)
            if section is None:
                return ""
            return [""] * len(self._top().rounds_of(section)) if self._section_shows(section) else []
        section = placed.section
        if section.repeat and section is not self.repeat:
            if not self._section_shows(section):
                return []
            return [first_of(round_.value(name)) for round_ in self._top().rounds_of(section)]
        if self.outer is not None and section is not self.repeat:
            return self.outer.value(name)
        answer = self.answer(placed.question)
        return self._exported(placed.question, answer).get(name, "")

    def answer(self, question: Question) -> Answer | None:
        """The accepted answer that counts: None for what does not show or is not offered any more; what is
        not asked is worked out."""
        if question.id not in self._of_question:
            self._of_question[question.id] = None  # for a loop
            self._of_question[question.id] = self._answer(question)
        return self._of_question[question.id]

    def _answer(self, question: Question) -> Answer | None:
        if not self.shows(question):
            return None
        kind = type_of(question)
        if not kind.asks:
            return self._worked_out(question, kind)
        answer = self.answers.get(question.id)
        if answer is None or not question.choice_filter or self.is_sent:
            return answer
        return self._if_offered(kind, question, answer)

    def _if_offered(self, kind: QuestionType, question: Question, answer: Answer) -> Answer | None:
        try:
            return kind.parse(self.offered(question), kind.form_data(question, answer))
        except AnswerError:
            return None

    def _worked_out(self, question: Question, kind: QuestionType) -> Answer | None:
        kept = self.answers.get(question.id)
        if self.is_sent and kept is not None:
            return kept
        calculation = self.logic.expression(kind.calculation(question).strip())
        if calculation is not None:
            current = "" if kept is None else as_value(kept)
            return as_answer(self._run(calculation, "", current=current))
        if kept is not None:
            return kept  # a link brought it along
        default = self.logic.expression(question.default)
        return kind.given(question) if default is None else as_answer(self._run(default, ""))

    def rounds(self, name: str) -> Sequence[Scope]:
        placed = self.logic.placed.get(name)
        section = self.logic.repeats.get(name) or (placed.section if placed else None)
        if section is None or not section.repeat:
            return (self,)
        return self._top().rounds_of(section) if self._section_shows(section) else ()

    def options(self, list_name: str) -> Sequence[Mapping[str, str]]:
        placed = self.logic.placed.get(list_name)
        if placed is None:
            return ()
        kind, config = type_of(placed.question), placed.question.config
        return [
            columns_of(option, self.language, self._default_language)
            for setting in kind.choice_settings
            for option in getattr(config, setting, ())
        ]

    def choice_label(self, question: str, code: str) -> str:
        placed = self.logic.placed.get(question)
        for name, label in type_of(placed.question).codes(placed.question) if placed else ():
            if name == code:
                return pick(label, self.language, self._default_language) or code
        return code

    def holds(self, written: str) -> bool:
        """Whether a condition of the survey (a quota's, a screen-out's) holds; a bad one does not."""
        condition = self.logic.expression(written)
        return condition is not None and to_boolean(self._run(condition, False))

    def default(self, question: Question) -> str:
        """What stands in the question before the person answers, as an expression gives it; ``""`` for none."""
        default = self.logic.expression(question.default)
        return "" if default is None else without_nan(to_text(self._run(default, "")))

    def piped(self, words: str) -> str:
        """`words` with the answers that they ask for; nothing of an answer is markup, so escape the whole."""
        if "${" not in words:
            return words
        return PIPE.sub(lambda match: self._said(match[1]), words)

    def _said(self, name: str) -> str:
        placed = self.logic.placed.get(name)
        if placed is None:
            return ""
        if placed.section is not self.repeat:
            if placed.section.repeat:
                rounds = self._top().rounds_of(placed.section)
                return ", ".join(said for round_ in rounds if (said := round_._said(name)))
            if self.outer is not None:
                return self.outer._said(name)
        if self.answer(placed.question) is None or name != placed.question.name:
            return without_nan(to_text(self.value(name)))
        return self.in_words(placed.question)

    def in_words(self, question: Question) -> str:
        """The answer that counts as people read it, with the answers that the words of options ask for; ``""`` for
        none."""
        found = self._words.get(question.id)
        if found is None:
            self._words[question.id] = ""  # for options whose words ask for their own question
            found = self._words[question.id] = self._in_words(question)
        return found

    def _in_words(self, question: Question) -> str:
        languages = {"language": self.language, "default_language": self._default_language}
        try:
            worded = self.worded(question)
        except RecursionError:  # words of options that ask for others, a long way back
            worded = question
        words = type_of(question).text(worded, self.answer(question), **languages)
        return words if worded is question else words[:MOST_WORDS]

    def worded(self, question: Question) -> Question:
        """The question with the answers that the words of its options and settings ask for."""
        if self.logic.is_plain or not is_piped(*texts_in(question.config)):
            return question
        config = with_changed_texts(
            question.config, lambda text: {code: self.piped(words) for code, words in text.items()}
        )
        return replace(question, config=config)

    # Inside

    @property
    def _default_language(self) -> str:
        return self.logic.definition.default_language

    def _top(self) -> Flow:
        return self.outer or self

    def _section_shows(self, section: Section) -> bool:
        return self._top().section_is_relevant(section)

    def _exported(self, question: Question, answer: Answer | None) -> dict[str, Value]:
        kind = type_of(question)
        if answer is None or kind.is_empty(answer):
            return {}
        return {name: as_value(value) for name, value in kind.export(question, answer).items()}

    def _run(
        self,
        expression: Expression,
        failing: Value,
        *,
        current: Value = "",
        item: Mapping[str, str] | None = None,
    ) -> Value:
        """The value of an expression, `failing` where it cannot be had."""
        before = self.current, self.item, self.position, self.steps
        self.current, self.item, self.position, self.steps = current, item, self.number, MOST_STEPS
        try:
            return expression.evaluate(self)
        except (SurveyError, ArithmeticError, ValueError, RecursionError):
            return failing  # no expression that a facilitator wrote may end a participant's page
        finally:
            self.current, self.item, self.position, self.steps = before
