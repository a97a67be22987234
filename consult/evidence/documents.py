"""Reading a text that somebody sent: plain text in any encoding, or a DOCX."""

from __future__ import annotations

import json
from pathlib import Path

from consult.tabular import UPLOAD, Limits, TableError
from consult.tabular.apart import packed_names, read_apart
from consult.tabular.csv_files import decode
from surveys.i18n import N_

_CHILD = Path(__file__).with_name("document_child.py")
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_DOCUMENT, _WORKBOOK = "word/document.xml", "xl/workbook.xml"
_PACKED = b"PK\x03\x04"
_TEXTS, _TABLES = (
    ("", ".txt", ".text", ".docx", ".doc", ".md"),
    (".csv", ".tsv", ".tab", ".xlsx", ".xls", ".xlsm"),
)


def is_document(path: Path) -> bool:
    """Whether a file is a text, not a table: by its first signs, what is packed in it, and its ending. Raises
    TableError for what is neither, with the kinds of files that are taken."""
    with path.open("rb") as file:
        start = file.read(1024)
    if b"%PDF-" in start:
        raise TableError(
            "pdf",
            N_(
                "The file %(name)s is a PDF, in which texts stand in no reliable order. Save it as text or as DOCX, or "
                "copy the words and paste them here. Taken are DOCX and TXT, and for tables XLSX and CSV."
            ),
            name=path.name,
        )
    packed = _packed(path) if start.startswith(_PACKED) else frozenset()
    if _DOCUMENT in packed or _WORKBOOK in packed:
        return _DOCUMENT in packed
    if path.suffix in _TABLES:
        return False
    if path.suffix in _TEXTS:
        return True
    raise TableError(
        "unknown_kind",
        N_(
            "The file %(name)s is of a kind that is not read here. Taken are DOCX and TXT, and for tables XLSX and "
            "CSV; or copy the words and paste them here."
        ),
        name=path.name,
    )


def _packed(path: Path) -> frozenset[str]:
    """The names in a packed file; none where it cannot be read, which is told when it is opened."""
    try:
        return frozenset(packed_names(path, UPLOAD))
    except TableError:
        return frozenset()


def read_document(path: Path, *, limits: Limits = UPLOAD) -> str:
    """The text in a file: of a DOCX paragraphs parted by blank lines, headings with a mark before them (#),
    rows of tables as lines with tabs.

    Raises TableError, with a message for the person who sent it.
    """
    size = path.stat().st_size
    if size == 0:
        raise TableError("empty", N_("The file %(name)s is empty."), name=path.name)
    if size > limits.bytes:
        raise TableError(
            "too_large", N_("The file %(name)s is larger than %(limit)s MB."), name=path.name,
            limit=limits.bytes // 1_000_000,
        )  # fmt: skip
    try:
        names = packed_names(path, limits)
    except TableError as error:
        if error.code == "damaged":
            raise _unreadable(path) from error
        raise
    text = None
    if not names:
        text = _plain_text(path)
    elif _DOCUMENT in names:
        text = _docx_text(path, limits)
    if text is None:
        raise _unreadable(path)
    if not text.strip():
        raise TableError("empty", N_("The file %(name)s is empty."), name=path.name)
    return text


def _docx_text(path: Path, limits: Limits) -> str | None:
    status, output = read_apart(_CHILD, path, {"unpacked": limits.unpacked}, limits)
    return json.loads(output) if status == 0 else None


def _plain_text(path: Path) -> str | None:
    content = path.read_bytes()
    if content.startswith((_OLD_OFFICE, b"%PDF", b"{\\rtf")):
        return None
    try:
        text = decode(content, name=path.name)
    except TableError:
        return None
    return text if text.count("\x00") == 0 else None


def _unreadable(path: Path) -> TableError:
    return TableError(
        "no_text",
        N_(
            "The file %(name)s cannot be read as a text. Save it as DOCX or as plain text, or copy the words and paste "
            "them here."
        ),
        name=path.name,
    )
