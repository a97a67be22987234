"""The columns of an export: every question ever asked, joined over the versions of a survey by its id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from surveys.elements import Question, option_lists, with_changed_options
from surveys.questions import type_of
from surveys.rules.names import free_name
from surveys.text import Text
from surveys.versions import Version

MAIN = ""
"""The key of the table with one line a response; that of a repeat is the id of its section."""

RESPONSES = "responses"
"""What the table with one line a response is called."""

Codes = tuple[tuple[str, Text], ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `kind` is one of `questions.base.KINDS`; `label` says what it is about beside its question.

    `codes`: every code that any version could give, with the newest words for it; `apart` are those of them
    that stand outside a scale ("don't know").
    """

    name: str
    question: Question
    kind: str
    label: Text = field(default_factory=dict)
    codes: Codes = ()
    apart: frozenset[str] = frozenset()
    is_ordered: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A question over the versions: `newest` bears the name that is exported, `by_version` are all wordings.

    `renamed`: what `QuestionType.export` calls a column → its name here, where another has that one.
    """

    newest: Question
    by_version: Mapping[int, Question]
    columns: tuple[Column, ...]
    renamed: Mapping[str, str] = field(default_factory=dict)

    @property
    def changed_in(self) -> tuple[int, ...]:
        """Numbers of the versions whose words differ from those of the version before."""
        numbers = sorted(self.by_version)
        return tuple(
            later
            for earlier, later in zip(numbers, numbers[1:], strict=False)
            if _words(self.by_version[earlier]) != _words(self.by_version[later])
        )


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: that of the responses (`key` is MAIN), or that of a repeating section with a line a round."""

    key: str
    name: str
    title: Text
    asked: tuple[Asked, ...]

    @property
    def columns(self) -> tuple[Column, ...]:
        return tuple(column for asked in self.asked for column in asked.columns)


def sheets_of(versions: Iterable[Version]) -> tuple[Sheet, ...]:
    """The tables of a survey: that of the responses first, then its repeats in the order of the pages.

    Questions stand in the order and under the names of the newest version, retired ones behind them. No two columns
    or tables bear one name: the retired question gets a number, before it the repeat, and before both the column
    that is only a part of an answer.
    """
    newest_first = sorted(versions, key=lambda version: -version.number)
    found: dict[str, dict[str, dict[int, Question]]] = {MAIN: {}}
    names: dict[str, tuple[str, Text]] = {MAIN: (RESPONSES, {})}
    for version in newest_first:
        for section in version.definition.sections:
            key = section.id if section.repeat else MAIN
            names.setdefault(key, (section.name, section.title))
            for question in section.questions:
                found.setdefault(key, {}).setdefault(question.id, {})[version.number] = question
    taken: set[str] = set()
    asked: dict[str, list[Asked]] = {}
    own_names: dict[str, str] = {}
    for key, questions in found.items():
        for question_id, by_version in questions.items():
            if not any(type_of(question).takes_answer for question in by_version.values()):
                continue
            if question_id not in own_names:
                own_names[question_id] = _unique(by_version[max(by_version)].name, taken)
            asked.setdefault(key, []).append(_asked(by_version, own_names[question_id]))
    titles = _unique_tables(names, taken)
    renamed: dict[str, dict[str, str]] = {}
    return tuple(
        Sheet(
            key,
            *titles[key],
            tuple(_apart(one, renamed.setdefault(one.newest.id, {}), taken) for one in asked.get(key, ())),
        )
        for key in found
    )


def _unique_tables(names: Mapping[str, tuple[str, Text]], taken: set[str]) -> dict[str, tuple[str, Text]]:
    """The tables by their keys; JSON has repeats beside the answers, so that their names are none of these."""
    used = taken | {RESPONSES}
    titles = {
        key: (name if key == MAIN else _unique(name, used), title) for key, (name, title) in names.items()
    }
    taken.update(name for key, (name, _) in titles.items() if key != MAIN)
    return titles


def _apart(asked: Asked, renamed: dict[str, str], taken: set[str]) -> Asked:
    """The question with columns that are called like no other; `renamed` is kept for where it stands again."""
    for column in asked.columns:
        if column.name != asked.newest.name and column.name not in renamed:
            renamed[column.name] = _unique(column.name, taken)
    columns = tuple(replace(column, name=renamed.get(column.name, column.name)) for column in asked.columns)
    changed = {old: new for old, new in renamed.items() if old != new}
    return replace(asked, columns=columns, renamed=changed)


def _unique(name: str, taken: set[str]) -> str:
    unique = free_name(name, taken) if name in taken else name
    taken.add(unique)
    return unique


def _asked(by_version: Mapping[int, Question], name: str) -> Asked:
    newest = replace(by_version[max(by_version)], name=name)
    names = _names_of_options(by_version, newest)
    joined = {number: _joined(question, newest, names) for number, question in by_version.items()}
    columns: dict[str, Column] = {}
    for number in sorted(joined, reverse=True):
        for column in _columns(joined[number], newest):
            known = columns.get(column.name)
            columns[column.name] = _both(known, column) if known else column
    return Asked(newest, joined, tuple(columns.values()))


def _columns(question: Question, newest: Question) -> Iterable[Column]:
    kind = type_of(question)
    kinds, labels, codes = kind.export_kinds(question), kind.column_labels(question), kind.codes(question)
    for name in kind.export_columns(question):
        is_coded = kinds.get(name) in ("code", "codes", "ranks")
        yield Column(
            name=name,
            question=newest,
            kind=kinds.get(name, "text"),
            label=labels.get(name, {}),
            codes=codes if is_coded else (),
            apart=kind.codes_apart(question) if is_coded else frozenset(),
            is_ordered=kind.is_ordered,
        )


def _both(newer: Column, older: Column) -> Column:
    """One column of what two versions call so; where they disagree about its kind, anything may stand there."""
    known = {code for code, _ in newer.codes}
    return replace(
        newer,
        kind=newer.kind if newer.kind == older.kind else "any",
        codes=(*newer.codes, *((code, words) for code, words in older.codes if code not in known)),
        apart=newer.apart | older.apart,
    )


OptionNames = dict[str, dict[str, str]]
"""Setting → option id → the code under which the option is exported."""


def _joined(question: Question, newest: Question, names: OptionNames) -> Question:
    """The question as an older version had it, its options under the newest names, which may have changed."""
    question = replace(question, name=newest.name)
    if question.type != newest.type:
        return question
    config = with_changed_options(
        question.config, lambda setting, option: replace(option, name=names[setting][option.id])
    )
    return replace(question, config=config)


def _names_of_options(by_version: Mapping[int, Question], newest: Question) -> OptionNames:
    """The newest code of every option; one that is gone, and whose code another has been given since, gets a
    number behind its own."""
    names: OptionNames = {}
    taken: dict[str, set[str]] = {}
    for number in sorted(by_version, reverse=True):
        if by_version[number].type != newest.type:
            continue
        for setting, options in option_lists(by_version[number].config).items():
            known, used = names.setdefault(setting, {}), taken.setdefault(setting, set())
            for option in options:
                if option.id not in known:
                    known[option.id] = _unique(option.name, used)
    return names


def _words(question: Question) -> tuple[Any, ...]:
    kind = type_of(question)
    words = tuple((code, dict(text)) for code, text in kind.codes(question))
    labels = tuple(dict(text) for text in kind.column_labels(question).values())
    return dict(question.label), dict(question.hint), words, labels
