"""What changed between two definitions of a survey. Pure; joined by ids, never by words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from surveys.definition import Definition
from surveys.elements import Question
from surveys.i18n import N_
from surveys.translations import Place, texts_of

ADDED = N_("new")
REMOVED = N_("removed")
REWORDED = N_("other words")
SETTINGS = N_("other settings or answers")
LOGIC = N_("other conditions")
MOVED = N_("moved")


@dataclass(frozen=True, slots=True)
class Change:
    """One question that differs: `question` as it is now, or was if it is gone; `kinds` are marked strings.

    `languages` are those in which its words differ, in alphabetical order.
    """

    question: Question
    kinds: tuple[str, ...]
    languages: tuple[str, ...] = ()


def changes_between(old: Definition, new: Definition) -> tuple[Change, ...]:
    """Changed questions in the order of `new`, then removed ones."""
    before = {question.id: question for question in old.questions()}
    after = {question.id: question for question in new.questions()}
    moved = _moved([item for item in before if item in after], [item for item in after if item in before])
    pages_before, pages_after = _pages(old), _pages(new)
    found = []
    for question in after.values():
        was = before.get(question.id)
        if was is None:
            found.append(Change(question, (ADDED,)))
            continue
        languages = _reworded(was, question)
        kinds = [REWORDED] if languages else []
        if _bare(was) != _bare(question):
            kinds.append(SETTINGS)
        if _logic(was) != _logic(question):
            kinds.append(LOGIC)
        if question.id in moved or pages_before[question.id] != pages_after[question.id]:
            kinds.append(MOVED)
        if kinds:
            found.append(Change(question, tuple(kinds), languages))
    found += [Change(question, (REMOVED,)) for question in before.values() if question.id not in after]
    return tuple(found)


def _reworded(was: Question, now: Question) -> tuple[str, ...]:
    codes = {*was.label, *now.label, *was.hint, *now.hint}
    return tuple(
        sorted(
            code
            for code in codes
            if was.label.get(code) != now.label.get(code) or was.hint.get(code) != now.hint.get(code)
        )
    )


def _bare(question: Question) -> Question:
    without = dict.fromkeys(_LOGIC, "")
    return replace(question, label={}, hint={}, constraint_message={}, **without)  # type: ignore[arg-type]


_LOGIC = ("relevant", "required_if", "constraint", "default", "choice_filter")


def _logic(question: Question) -> tuple[str, ...]:
    return tuple(getattr(question, name) for name in _LOGIC)


def _pages(definition: Definition) -> dict[str, str]:
    return {question.id: section.id for section in definition.sections for question in section.questions}


def _moved(before: list[str], after: list[str]) -> set[str]:
    """The fewest items that must have moved: all but a longest common subsequence."""
    lengths = [[0] * (len(after) + 1) for _ in range(len(before) + 1)]
    for i in range(len(before) - 1, -1, -1):
        for j in range(len(after) - 1, -1, -1):
            same = before[i] == after[j]
            lengths[i][j] = 1 + lengths[i + 1][j + 1] if same else max(lengths[i + 1][j], lengths[i][j + 1])
    kept, i, j = set(), 0, 0
    while i < len(before) and j < len(after):
        if before[i] == after[j]:
            kept.add(before[i])
            i, j = i + 1, j + 1
        elif lengths[i + 1][j] >= lengths[i][j + 1]:
            i += 1
        else:
            j += 1
    return set(after) - kept


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a text: ``same`` in both, ``added`` or ``removed``."""

    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class TextChange:
    """One text in one language that reads differently; `place` is where it stands now, or stood."""

    place: Place
    language: str
    before: str
    after: str

    @property
    def spans(self) -> tuple[Span, ...]:
        """What of it was removed and added, word by word."""
        return tuple(compared_words(self.before, self.after))


def text_changes(old: Definition, new: Definition) -> tuple[TextChange, ...]:
    """Every text that differs, in the order of `new`; of what is only in one of them, all texts."""
    before = {place.key: place for place in texts_of(old)}
    after = {place.key: place for place in texts_of(new)}
    found = []
    for key in dict.fromkeys([*after, *before]):
        place = after.get(key) or before[key]
        was, now = _text(before.get(key)), _text(after.get(key))
        for language in dict.fromkeys([*new.languages, *was, *now]):
            if was.get(language, "") != now.get(language, ""):
                found.append(TextChange(place, language, was.get(language, ""), now.get(language, "")))
    return tuple(found)


def compared_words(before: str, after: str) -> Iterator[Span]:
    """The two texts as one, with what was removed before what was added in its place."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    for kind, i, j, m, n in SequenceMatcher(None, old, new, autojunk=len(old) > 400).get_opcodes():
        if kind == "equal":
            yield Span("same", "".join(old[i:j]))
            continue
        if i < j:
            yield Span("removed", "".join(old[i:j]))
        if m < n:
            yield Span("added", "".join(new[m:n]))


def reworded_in(versions: Iterable[tuple[int, Definition]]) -> Mapping[str, tuple[int, ...]]:
    """Question id → numbers of the versions in which its words, or those of its answers, became others.

    `versions` are (number, definition), oldest first. A question is not reworded by coming in, nor by words
    in a language that had none.
    """
    found: dict[str, list[int]] = {}
    before: Mapping[str, Place] = {}
    for number, definition in versions:
        after = {place.key: place for place in texts_of(definition) if place.question_id}
        for key, place in after.items():
            was = before[key].text if key in before else {}
            if any(words != place.text.get(code, "") for code, words in was.items()):
                numbers = found.setdefault(str(place.question_id), [])
                if number not in numbers:
                    numbers.append(number)
        before = after
    return {question_id: tuple(numbers) for question_id, numbers in found.items()}


_MARKS = "\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670"
_WORDS = re.compile(rf"[\w{_MARKS}]+|\s+|[^\w\s]")


def _text(place: Place | None) -> Mapping[str, str]:
    return place.text if place else {}
