"""Archives (what DOCX and XLSX are) that are the same bytes whenever they are made."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from io import BytesIO

MADE = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""Stands for the time of making, which would make two files of the same data differ."""
ZIPPED = (2000, 1, 1, 0, 0, 0)


def without_times(content: bytes) -> bytes:
    """The same archive with a fixed time on each part."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = zipfile.ZipInfo(name, ZIPPED)
            part.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(part, old.read(name))
    return out.getvalue()
