"""Where the tables of an export go: one file, a zip of several, or files side by side."""

from __future__ import annotations

import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from contextlib import ExitStack
from typing import BinaryIO, Protocol

_UNFIT = re.compile(r"[^\w.-]+")


class Files(Protocol):
    """Gives a place to write each table to; they may be written to in turns."""

    def open(self, name: str) -> BinaryIO:
        """A file for the table of that name, seekable."""


class Several:
    """Tables written one beside the other; `place(name, number)` opens each, counted from 0."""

    def __init__(self, place: Callable[[str, int], BinaryIO]) -> None:
        self.place = place
        self.names: list[str] = []

    def open(self, name: str) -> BinaryIO:
        made = file_name(name, self.names)
        self.names.append(made)
        return self.place(made, len(self.names) - 1)


class Zipped:
    """Tables as the entries of a zip, each kept in a temporary file until `close`."""

    def __init__(self, out: BinaryIO, suffix: str) -> None:
        self.out = out
        self.suffix = suffix
        self.kept: list[tuple[str, BinaryIO]] = []
        self.stack = ExitStack()

    def open(self, name: str) -> BinaryIO:
        made = file_name(name, [taken for taken, _ in self.kept])
        held: BinaryIO = self.stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - the stack closes it
        self.kept.append((made, held))
        return held

    def close(self) -> None:
        with self.stack, zipfile.ZipFile(self.out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, held in self.kept:
                held.seek(0)
                entry = zipfile.ZipInfo(f"{name}.{self.suffix}", (1980, 1, 1, 0, 0, 0))
                entry.compress_type = zipfile.ZIP_DEFLATED
                with archive.open(entry, "w", force_zip64=True) as inside:
                    shutil.copyfileobj(held, inside, 1 << 20)


def file_name(name: str, taken: list[str]) -> str:
    """A table's name as that of a file, other than those taken (large and small letters are the same)."""
    made = first = _UNFIT.sub("_", name).strip("_.") or "table"
    number = 2
    while made.casefold() in map(str.casefold, taken):
        made = f"{first}_{number}"
        number += 1
    return made
