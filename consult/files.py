"""Files that forms bring, and files that are handed out: what every page with a file does."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from flask import request, send_file
from werkzeug.wrappers import Response

from consult.errors import DomainError
from consult.tabular import TableError
from surveys.i18n import N_

MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "pdf": "application/pdf",
    "qdc": "application/xml; charset=utf-8",
    "sav": "application/x-spss-sav",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
NO_FILE = N_("Choose a file first.")


class SentFile(NamedTuple):
    """A file on the disk, and the name that its sender knows it by."""

    path: Path
    name: str


@contextmanager
def sent_file(field: str = "file") -> Iterator[SentFile]:
    """The file that this request's form brought, until the block ends. What reads it goes by the ending of its path.

    Raises DomainError `no_file`. A TableError inside that names the file gets the sender's name for it.
    """
    sent = request.files.get(field)
    if sent is None or not sent.filename:
        raise DomainError("no_file", NO_FILE)
    with tempfile.TemporaryDirectory() as folder:
        suffix = Path(sent.filename).suffix.casefold()
        path = Path(folder) / f"sent{suffix if suffix.isascii() and suffix[1:].isalnum() else ''}"
        sent.save(path)
        try:
            yield SentFile(path, sent.filename)
        except TableError as error:
            if "name" in error.params:
                error.params["name"] = sent.filename
            raise


def attachment(content: bytes, stem: str, kind: str) -> Response:
    """A file to keep, not a page: `STEM.KIND`, with the kind one of MEDIA_TYPES."""
    return send_file(BytesIO(content), MEDIA_TYPES[kind], as_attachment=True, download_name=f"{stem}.{kind}")
