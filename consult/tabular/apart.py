"""Opening what somebody sent in a process of its own, which may be killed."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

from consult.tabular.values import Limits, TableError
from surveys.i18n import N_

ZIP = b"PK\x03\x04"
DAMAGED = 3


def packed_names(path: Path, limits: Limits) -> list[str]:
    """The names in a zip, empty for any other file. Raises TableError for a damaged one and for one that would be too
    large unpacked."""
    with path.open("rb") as source:
        if source.read(4) != ZIP:
            return []
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise damaged(path) from error
    if sum(entry.file_size for entry in entries) > limits.unpacked or len(entries) > 10_000:
        raise TableError(
            "too_large",
            N_("The file %(name)s is larger than %(limit)s MB when unpacked."),
            name=path.name,
            limit=limits.unpacked // 1_000_000,
        )
    return [entry.filename for entry in entries]


def read_apart(child: Path, path: Path, given: dict[str, Any], limits: Limits) -> tuple[int, bytes]:
    """The exit status and the output of a program of ours that reads a file, within the limits of memory and time.

    Raises TableError where it takes too long.
    """
    given = {"memory": limits.memory, "seconds": limits.seconds, **given}
    command = [sys.executable, "-I", str(child), str(path), json.dumps(given)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=limits.seconds + 5, check=False)
    except subprocess.TimeoutExpired as error:
        raise too_much(path) from error
    return done.returncode, done.stdout


def damaged(path: Path) -> TableError:
    """The file is none of its kind, or broken."""
    return TableError(
        "damaged", N_("The file %(name)s is damaged and cannot be opened as a workbook."), name=path.name
    )


def too_much(path: Path) -> TableError:
    """Opening the file was stopped by a limit."""
    return TableError(
        "too_much", N_("The workbook %(name)s takes too much memory or time to open."), name=path.name
    )
