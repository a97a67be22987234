"""Run by file name in a process of its own: the text of a DOCX as JSON.

Paragraphs are parted by a blank line, headings marked by "# "; of a table each row is a line, its cells parted by
tabs. What was deleted while changes were tracked is left out.

Exit status: 0 done, 3 damaged, any other, stopped by a limit.
"""

from __future__ import annotations

import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterator
from typing import Any

DAMAGED, TOO_LARGE = 3, 5
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SIGNS = {f"{W}tab": " ", f"{W}br": "\n", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
HEADING = re.compile(r"(heading|title|subtitle|titre|t[ií]?tulo|berschrift)[ ]?[0-9]?$", re.IGNORECASE)
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
            styles = styles_of(archive, limits["unpacked"])
        if len(content) > limits["unpacked"]:
            return TOO_LARGE
        body = fromstring(content).find(f"{W}body")
        if body is None:
            return DAMAGED
        print(json.dumps("\n\n".join(text for text in blocks(body, headings_in(styles)) if text.strip())))
    except (MemoryError, RecursionError, ImportError):
        return TOO_LARGE
    except Exception:  # a parser may fail in any way on a damaged file
        return DAMAGED
    return 0


def styles_of(archive: zipfile.ZipFile, most: int) -> bytes:
    """The part of the archive that says what its styles are called; empty where there is none of a fit size."""
    if "word/styles.xml" not in archive.namelist():
        return b""
    with archive.open("word/styles.xml") as styles:
        content = styles.read(most + 1)
    return content if len(content) <= most else b""


def headings_in(styles: bytes) -> set[str]:
    """Ids of the styles of headings. In every language of the program their names are English, their ids are not."""
    from defusedxml.ElementTree import fromstring

    found = fromstring(styles).iter(f"{W}style") if styles else ()
    named = ((style.get(f"{W}styleId", ""), style.find(f"{W}name")) for style in found)
    return {number for number, name in named if name is not None and HEADING.match(name.get(f"{W}val", ""))}


def is_heading(paragraph: Any, headings: set[str]) -> bool:
    """Whether a paragraph has the style of a heading, or a level in the outline."""
    style = paragraph.find(f"{W}pPr/{W}pStyle")
    name = style.get(f"{W}val", "") if style is not None else ""
    level = paragraph.find(f"{W}pPr/{W}outlineLvl")
    has_level = level is not None and level.get(f"{W}val", "9") < "9"
    return name in headings or HEADING.match(name) is not None or has_level


def blocks(body: Any, headings: set[str]) -> Iterator[str]:
    """Paragraphs and tables in order; what stands in a content control or a text box as if it stood there itself."""
    for child in body:
        if child.tag == f"{W}p":
            text = words(child)
            is_marked = is_heading(child, headings) and "\n" not in text.strip() and text.strip()
            yield f"# {text.strip()}" if is_marked else text
        elif child.tag == f"{W}tbl":
            yield "\n".join(row for row in map(row_text, child.findall(f"{W}tr")) if row.strip())
        elif child.tag not in LEFT_OUT:
            yield from blocks(child, headings)


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
