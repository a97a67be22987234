"""The codebook of an export: every column, its question in each language, its codes and their words."""

from __future__ import annotations

from collections.abc import Iterator

from surveys.exports.columns import Asked, Column
from surveys.exports.layout import Choices
from surveys.exports.records import Table
from surveys.questions import type_of
from surveys.questions.choices import OTHER, OTHER_LABEL


def codebook_headers(table: Table) -> list[str]:
    """The titles of the codebook's columns."""
    return [
        "table", "column", *(f"question ({code})" for code in table.languages), "type", "kind", "code",
        *(f"label ({code})" for code in table.languages), "version", "wording changed",
    ]  # fmt: skip


def codebook_rows(table: Table, choices: Choices) -> Iterator[list[str]]:
    """One line a code; one line for a column without codes."""
    for sheet in table.sheets:
        for asked in sheet.asked:
            for column in asked.columns:
                for code, words in column.codes or (("", {}),):
                    yield [
                        sheet.name,
                        column.name,
                        *_questions(table, column, choices),
                        type_of(asked.newest).name,
                        column.kind,
                        code,
                        *(words.get(language, _unworded(code, choices)) for language in table.languages),
                        _versions(asked),
                        ", ".join(map(str, asked.changed_in)),
                    ]


def _questions(table: Table, column: Column, choices: Choices) -> Iterator[str]:
    for language in table.languages:
        label, part = column.question.label.get(language, ""), column.label.get(language, "")
        yield f"{label} – {part}" if part else label


def _unworded(code: str, choices: Choices) -> str:
    return choices.translate(OTHER_LABEL) if code == OTHER else ""


def _versions(asked: Asked) -> str:
    """The numbers of the versions that asked it: ``1–3``, or each where there are gaps."""
    numbers = sorted(asked.by_version)
    if len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1:
        return f"{numbers[0]}–{numbers[-1]}"
    return ", ".join(map(str, numbers))
