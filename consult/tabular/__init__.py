"""Tables that people send: CSV in any encoding and with any separator, XLSX, XLS.

Nothing here trusts the file. Workbooks are opened in a process of their own with limits, because a
workbook of 2 kB can take all memory of the process that opens it.
"""

from __future__ import annotations

from pathlib import Path

from consult.tabular.csv_files import parse_csv
from consult.tabular.values import LOCAL, UPLOAD, Limits, Table, TableError
from consult.tabular.workbooks import is_workbook, read_sheet, read_workbook
from surveys.i18n import N_

__all__ = ["LOCAL", "UPLOAD", "Limits", "Table", "TableError", "read_sheet", "read_table"]


def read_table(path: Path | str, *, limits: Limits = UPLOAD) -> Table:
    """The table in a file, its first sheet if it is a workbook; every value as text.

    Raises TableError, with a message for the person who sent it, for a file that cannot be read, is
    empty, is too large or is no table.
    """
    path = Path(path)
    try:
        size = path.stat().st_size
        with path.open("rb") as source:
            start = source.read(8)
            if size == 0:
                raise TableError("empty", N_("The file %(name)s is empty."), name=path.name)
            if size > limits.bytes:
                raise TableError(
                    "too_large",
                    N_("The file %(name)s is larger than %(limit)s MB."),
                    name=path.name,
                    limit=limits.bytes // 1_000_000,
                )
            if not is_workbook(start):
                return parse_csv(start + source.read(), name=path.name, limits=limits)
    except OSError as error:
        raise TableError(
            "unreadable",
            N_("The file %(name)s cannot be read: %(reason)s."),
            name=str(path),
            reason=(error.strerror or "unknown error").lower(),
        ) from error
    return read_workbook(path, limits=limits)
