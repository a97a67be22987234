"""What all parts of reading a form share: its sheets, names taken, languages found, and what must be told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from surveys.i18n import N_
from surveys.rules.names import RESERVED, free_name, is_name
from surveys.text import is_safe_label
from surveys.xlsform.languages import language_code
from surveys.xlsform.notices import Notice
from surveys.xlsform.references import REFERENCE
from surveys.xlsform.sheet import ROW, Sheets
from surveys.xlsform.shield import unshielded
from surveys.xlsform.unsupported import media_of

Item = Mapping[str, Any]
"""A row as pyxform hands it out: a nested dict with the number of its row under `ROW`."""

OWN_MARK = "mashura_form"
"""The column of the settings by which an export is known."""


def own_ids(rows: Iterable[Mapping[str, Any]]) -> set[str]:
    """The ids that rows state."""
    return {str(row["mashura_id"]) for row in rows if row.get("mashura_id")}


def free_id(name: str, stated: set[str]) -> str:
    """An id for what states none: its name, with a number behind it where another one has it."""
    return free_name(name, stated) if name in stated else name


def is_count(written: str) -> bool:
    """Whether a cell holds a whole number from 0 up of a size that settings have."""
    return written.isdecimal() and len(written) <= 9


@dataclass
class Reading:
    """One form while it is read. `fallback` is the language of texts that name none."""

    sheets: Sheets
    fallback: str
    warnings: list[Notice] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    renamed: dict[str, str] = field(default_factory=dict)
    found: dict[str, None] = field(default_factory=dict)

    @property
    def is_our_own(self) -> bool:
        """Whether the form was written here: then nothing in it stands in for something else."""
        return bool(self.sheets.form.get(OWN_MARK))

    def warn(self, code: str, message: str, **params: Any) -> None:
        self.warnings.append(Notice(code, message, params))

    def warn_column(self, item: Item, column: str, reason: str) -> None:
        """Say that a cell was not taken as it is."""
        self.warn(
            "column_left_out",
            N_("Row %(row)s, column %(column)s: %(reason)s."),
            row=int(item[ROW]),
            column=column,
            reason=reason,
        )

    def warn_media(self, item: Item) -> None:
        """Say of the pictures, sounds and films of a row that they are not shown."""
        for name, column in media_of(self.raw(item)):
            if name == item.get("mashura_picture"):
                continue  # it comes back from where it was kept
            self.warn(
                "media_left_out",
                N_("Row %(row)s, column %(column)s: the file “%(name)s” is not shown beside the question."),
                row=int(item[ROW]),
                column=column,
                name=name,
            )

    def raw(self, item: Item) -> Mapping[str, str]:
        """The cells of the item's row, header → text."""
        return self.sheets.survey.get(int(item[ROW]), {})

    def name(self, item: Item) -> str:
        """The item's name, made different where it is taken or cannot be used here."""
        wanted = str(item.get("name") or "q")
        name = wanted
        if wanted in self.taken or wanted in RESERVED or not is_name(wanted):
            name = free_name(wanted, self.taken)
            if wanted not in self.taken:
                self.renamed[wanted] = name
            self.warn(
                "renamed",
                N_("Row %(row)s, column name: “%(name)s” cannot be used here; it is now “%(new)s”."),
                row=int(item[ROW]),
                name=wanted,
                new=name,
            )
        self.taken.add(name)
        return name

    def id_of(self, item: Item, name: str) -> str:
        """The id that the row states; else its name, unless that is the id of another row, which was called so once."""
        return str(item.get("mashura_id") or free_id(name, self._stated_ids))

    @cached_property
    def _stated_ids(self) -> set[str]:
        return own_ids(self.sheets.survey.values())

    def text(self, words: Any, item: Item, *, sheet: str = "survey") -> dict[str, str]:
        """A cell, or cells by language, as a text by language code."""
        if words is None:
            return {}
        by_language = words if isinstance(words, Mapping) else {"default": words}
        text: dict[str, str] = {}
        for language, written in by_language.items():
            code, clean = language_code(str(language), self.fallback), str(written).strip()
            clean = self._referring(self._safe(clean, item, sheet), item, sheet)
            if clean and clean != "-":
                text[code] = unshielded(clean)
                self.found.setdefault(code)
        return text

    def _safe(self, words: str, item: Item, sheet: str) -> str:
        if is_safe_label(words):
            return words
        self.warn(
            "unsafe_text",
            N_("Sheet %(sheet)s, row %(row)s: hidden signs of direction are taken out."),
            row=int(item[ROW]),
            sheet=sheet,
        )
        return "".join(sign for sign in words if is_safe_label(sign))

    def _referring(self, words: str, item: Item, sheet: str) -> str:
        """`words` with references written as ``${name}``; those to another response are taken out."""
        if "${" not in words:
            return words
        if "${last-saved#" in words.replace(" ", ""):
            self.warn(
                "reference_left_out",
                N_("Sheet %(sheet)s, row %(row)s: answers of earlier responses cannot stand in a text."),
                row=int(item[ROW]),
                sheet=sheet,
            )
        return REFERENCE.sub(lambda match: f"${{{match[1]}}}" if is_name(match[1]) else "…", words)
