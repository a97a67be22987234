"""A table as text, what may be wrong with one, and how large one may be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from surveys.i18n import N_

_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff]")


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a file may be: as sent, unpacked, and in rows and columns; and how long reading may take."""

    bytes: int
    unpacked: int
    rows: int
    columns: int = 1_000
    seconds: int = 30
    memory: int = 1_000_000_000


UPLOAD = Limits(bytes=5_000_000, unpacked=50_000_000, rows=20_000)
LOCAL = Limits(bytes=1_000_000_000, unpacked=4_000_000_000, rows=2_000_000, seconds=900, memory=8_000_000_000)


class TableError(Exception):
    """What is wrong with a file: `code`, an English message with %(name)s places, and their `params`."""

    def __init__(self, code: str, message: str, **params: object) -> None:
        super().__init__(message % params)
        self.code = code
        self.message = message
        self.params = params


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows of text, all rows of one length, blank lines left out.

    `lines[i]` is the line (CSV) or row (sheet) of the file in which row i begins, from 1.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]

    def column(self, name: str) -> list[str]:
        """The values of a column; case and outer spaces of the name do not matter.

        Raises TableError with the columns that there are.
        """
        place = self._place(name)
        return [row[place] for row in self.rows]

    def has(self, name: str) -> bool:
        """Whether there is such a column."""
        return _folded(name) in map(_folded, self.columns)

    def _place(self, name: str) -> int:
        if name in self.columns:
            return self.columns.index(name)
        folded = [_folded(column) for column in self.columns]
        if _folded(name) in folded:
            return folded.index(_folded(name))
        raise TableError(
            "no_column",
            N_("There is no column “%(column)s”. The columns are: %(columns)s."),
            column=name,
            columns=", ".join(self.columns[:40]),
        )


def make_table(records: Iterable[tuple[int, Sequence[str]]], *, name: str, limits: Limits) -> Table:
    """A table from numbered records, the first that is not blank being the header."""
    header: tuple[str, ...] | None = None
    rows: list[tuple[str, ...]] = []
    lines: list[int] = []
    for line, record in records:
        values = tuple(_UNSEEN.sub("", value) for value in record)
        if not values or (header is None and not any(value.strip() for value in values)):
            continue
        if header is None:
            header = _header(values)
            if len(header) > limits.columns:
                raise TableError(
                    "too_wide",
                    N_("The file %(name)s has more than %(limit)s columns."),
                    name=name,
                    limit=limits.columns,
                )
            continue
        rows.append(_fitted(values, len(header), line))
        lines.append(line)
        if len(rows) > limits.rows:
            raise TableError(
                "too_long",
                N_("The file %(name)s has more than %(limit)s rows."),
                name=name,
                limit=limits.rows,
            )
    if header is None:
        raise TableError("empty", N_("The file %(name)s is empty."), name=name)
    if not rows:
        raise TableError(
            "no_rows", N_("The file %(name)s has a line of column names and no rows below it."), name=name
        )
    return Table(header, tuple(rows), tuple(lines))


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def _header(values: Sequence[str]) -> tuple[str, ...]:
    """Column names: blank ones at the end dropped, others numbered, a repeated one told apart."""
    names = [" ".join(value.split()) for value in values]
    while names and not names[-1]:
        names.pop()
    out: list[str] = []
    for number, name in enumerate(names, start=1):
        name = name or f"column {number}"
        again, first = 2, name
        while name in out:
            name = f"{first} ({again})"
            again += 1
        out.append(name)
    return tuple(out)


def _fitted(values: tuple[str, ...], width: int, line: int) -> tuple[str, ...]:
    if len(values) > width and any(value.strip() for value in values[width:]):
        raise TableError(
            "ragged",
            N_(
                "Line %(line)s has %(found)s values, but there are %(expected)s columns. "
                "Put double quotes around a text that holds the separator."
            ),
            line=line,
            found=len(values),
            expected=width,
        )
    return (*values, *("",) * width)[:width]
