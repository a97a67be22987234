"""Pages set from HTML with our own fonts and nothing from outside; no time of making, so that the same page gives the
same bytes."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from consult.config import asset_folder

TEMPLATES = Path(__file__).resolve().parents[1] / "templates" / "reports"
_FONTS = "font://own/"
# Lam with alef is one glyph. Readers of PDF reverse what is set from right to left, and some the two letters of this
# glyph with it ("اإل" for "الإ"). Its sign of one code stays whole, and means the same (NFKC).
_LAM_ALEF = {
    b"<06440622>": b"<fef5>",
    b"<06440623>": b"<fef7>",
    b"<06440625>": b"<fef9>",
    b"<06440627>": b"<fefb>",
}


class NoPdfError(Exception):
    """A library that sets pages is not installed on this machine."""


def check_pdf() -> None:
    """Raises NoPdfError where no PDF could be made."""
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError) as error:
        raise NoPdfError(str(error)) from error


def pdf_of(page: str, *, style: str, variant: str | None = None) -> bytes:
    """A page as PDF, with a stylesheet of TEMPLATES for paper. Raises NoPdfError where WeasyPrint finds no Pango."""
    check_pdf()
    from weasyprint import HTML

    # Last in the page's own style, so that it wins over what is for a window.
    page = page.replace("</style>", (TEMPLATES / style).read_text("utf-8") + "</style>", 1)
    options: dict[str, Any] = {}
    if variant:
        own = hashlib.sha256(page.encode("utf-8")).digest()[:16]
        options = {"pdf_variant": variant, "pdf_identifier": own}
    return HTML(string=page, url_fetcher=own_fonts).write_pdf(finisher=_one_sign_a_glyph, **options)


def _one_sign_a_glyph(_document: Any, pdf: Any) -> None:
    """In what the glyphs of each font stand for, lam with alef becomes one sign, so that text is copied in order."""
    for item in pdf.objects:
        stream = getattr(item, "stream", None) or []
        if b"/CMapName /Adobe-Identity-UCS def" in stream:
            item.stream = [_with_signs(line) for line in stream]


def _with_signs(line: bytes) -> bytes:
    glyph, _space, letters = line.partition(b" ")
    return glyph + b" " + _LAM_ALEF[letters] if letters in _LAM_ALEF else line


def own_fonts(url: str, *_args: Any, **_kwargs: Any) -> Any:
    """Nothing is fetched but our own fonts, whatever stands in an answer."""
    from weasyprint.urls import URLFetcherResponse

    name = url.removeprefix(_FONTS)
    if not url.startswith(_FONTS) or not name.endswith(".woff2") or "/" in name:
        raise ValueError("a report refers to nothing outside")
    content = (asset_folder("static") / "fonts" / name).read_bytes()
    return URLFetcherResponse(url, content, {"Content-Type": "font/woff2"})
