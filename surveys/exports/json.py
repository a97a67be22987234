"""Responses as JSON: ``{"responses": [{"answers": {…}, "language": …, "channel": …}]}``."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

from surveys.exports.layout import Choices, words_of
from surveys.exports.records import Record, Table
from surveys.exports.targets import Files


def write_json(table: Table, files: Files, choices: Choices) -> None:
    """UTF-8, one response a line, written as they are read. Codes, unless `choices` asks for labels."""
    out = files.open(table.main.name)
    words = _words(table, choices) if choices.values == "labels" else {}
    out.write(b'{"responses": [')
    separator = b"\n"
    for record in table.records:
        out.write(separator + json.dumps(_data(record, words), ensure_ascii=False).encode())
        separator = b",\n"
    out.write(b"\n]}\n")


def _words(table: Table, choices: Choices) -> dict[str, dict[str, str]]:
    return {
        column.name: words_of(column, choices, table.default_language)
        for sheet in table.sheets
        for column in sheet.columns
        if column.codes
    }


def _data(record: Record, words: dict[str, dict[str, str]]) -> dict[str, Any]:
    """The answers, those of a repeat as a list of objects under its section's name."""
    data = {item.name: getattr(record, item.name) for item in fields(record) if item.name != "rounds"}
    data["answers"] = record.answers | record.rounds
    if words:
        data["answers"] = _worded(record.answers, words) | {
            name: [_worded(answers, words) for answers in rounds] for name, rounds in record.rounds.items()
        }
    return data


def _worded(answers: dict[str, Any], words: dict[str, dict[str, str]]) -> dict[str, Any]:
    return {name: _label(value, words[name]) if name in words else value for name, value in answers.items()}


def _label(value: Any, words: dict[str, str]) -> Any:
    return [words.get(code, code) for code in value] if isinstance(value, list) else words.get(value, value)
