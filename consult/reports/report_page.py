"""The report of a consultation as one HTML file: no script, nothing from outside, to read, print and send."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Sequence

from markupsafe import Markup

from consult.reports.blocks import Document
from consult.reports.environment import direction, report_environment
from consult.reports.words import Line, Said

_STYLE = re.compile("<style>(.*?)</style>", re.DOTALL)


def report_page(document: Document) -> str:
    """The page. What it may load is said in itself: its own style and nothing else."""
    template = report_environment(document.language).get_template("reports/consultation.html")
    page = template.render(
        document=document,
        direction=direction,
        line=lambda line: _line(line, document),
        said=lambda one: _said(one, document),
        plain=plain,
        parts=whole_percents,
        table_name=lambda table: f"{document.table_word} {document.written(table.number)}",
        kind=lambda block: type(block).__name__,
    )
    return page.replace("STYLE-HASH", style_hash(page), 1)


def style_hash(page: str) -> str:
    """The hash by which a Content-Security-Policy lets the page's own style through."""
    found = _STYLE.search(page)
    digest = hashlib.sha256((found.group(1) if found else "").encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"


def policy_of(page: str) -> str:
    """The Content-Security-Policy to serve the page with."""
    return f"default-src 'none'; style-src '{style_hash(page)}'; base-uri 'none'; frame-ancestors 'none'"


def plain(line: Line) -> str:
    """Words without their languages."""
    return "".join(said.text for said in line)


def whole_percents(shares: Sequence[float]) -> list[int]:
    """Shares of 1 as whole percentages that sum to 100 (largest remainders)."""
    scaled = [100 * share for share in shares]
    floors = [int(value) for value in scaled]
    missing = round(sum(scaled)) - sum(floors)
    order = sorted(range(len(shares)), key=lambda place: (floors[place] - scaled[place], place))
    for place in order[:missing]:
        floors[place] += 1
    return floors


def _line(line: Iterable[Said], document: Document) -> Markup:
    return Markup("").join(_said(one, document) for one in line)


def _said(said: Said, document: Document) -> Markup:
    if not (said.is_person or said.language):
        return Markup("{}").format(said.text)
    turned = said.is_right_to_left
    way = document.is_right_to_left if turned is None else turned
    own = said.language if said.language not in (None, document.language, "und", "mul") else None
    marks = Markup("")
    if own:
        marks = Markup(' lang="{}"').format(own)
    if own or way != document.is_right_to_left:
        marks += Markup(' dir="{}"').format("rtl" if way else "ltr")
    return Markup("<bdi{}>{}</bdi>").format(marks, said.text)
