"""Run by file name in a process of its own: the text of a DOCX as JSON.

Paragraphs are parted by a blank line; of a table each row is a line, its cells parted by tabs. What was deleted while
changes were tracked is left out. Exit status: 0 done, 3 damaged, any other, stopped by a limit.
"""

from __future__ import annotations

import json
import resource
import sys
import zipfile
from collections.abc import Iterator
from typing import Any

DAMAGED, TOO_LARGE = 3, 5
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SIGNS = {f"{W}tab": " ", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
LEFT_OUT = {f"{W}del", f"{W}moveFrom", f"{W}instrText", f"{W}delText", FALLBACK}


def main() -> int:
    path, limits = sys.argv[1], json.loads(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"], limits["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (limits["seconds"], limits["seconds"]))
    try:
        from defusedxml.ElementTree import fromstring

        with zipfile.ZipFile(path) as archive, archive.open("word/document.xml") as document:
            content = document.read(limits["unpacked"] + 1)  # what the archive says of its sizes may be wrong
        if len(content) > limits["unpacked"]:
            return TOO_LARGE
        body = fromstring(content).find(f"{W}body")
        if body is None:
            return DAMAGED
        print(json.dumps("\n\n".join(text for text in blocks(body) if text.strip())))
    except (MemoryError, RecursionError, ImportError):
        return TOO_LARGE
    except Exception:  # a parser may fail in any way on a damaged file
        return DAMAGED
    return 0


def blocks(body: Any) -> Iterator[str]:
    """Paragraphs and tables in order; what stands in a content control or a text box as if it stood there itself."""
    for child in body:
        if child.tag == f"{W}p":
            yield words(child)
        elif child.tag == f"{W}tbl":
            yield "\n".join(row for row in map(row_text, child.findall(f"{W}tr")) if row.strip())
        elif child.tag not in LEFT_OUT:
            yield from blocks(child)


def row_text(row: Any) -> str:
    """The cells of a row, parted by tabs."""
    cells = (cell for child in row for cell in ([child] if child.tag == f"{W}tc" else child.iter(f"{W}tc")))
    return "\t".join(
        " ".join(" ".join(words(paragraph).split()) for paragraph in cell.iter(f"{W}p")).strip()
        for cell in cells
    )


def words(element: Any) -> str:
    """The text of a paragraph."""
    if element.tag in LEFT_OUT:
        return ""
    if element.tag == f"{W}t":
        return element.text or ""
    return SIGNS.get(element.tag, "") + "".join(map(words, element))


if __name__ == "__main__":
    sys.exit(main())
