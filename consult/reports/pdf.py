"""Pages set from HTML with our own fonts and nothing from outside; no time of making, so that the same page gives the
same bytes."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

from consult.config import asset_folder

TEMPLATES = Path(__file__).resolve().parents[1] / "templates" / "reports"
_FONTS = "font://own/"
# Programs that read PDF take the letters of a ligature in the wrong order ("اإل" for "الإ"), so our styles have none.
# Lam with alef has to be one sign all the same: that of one code which Unicode has for it, alone and joined, and which
# means the same (NFKC). Such a sign joins nothing by itself; a letter before it is told to by U+200D.
_LAM_ALEF = {
    "آ": ("\ufef5", "\ufef6"),
    "أ": ("\ufef7", "\ufef8"),
    "إ": ("\ufef9", "\ufefa"),
    "ا": ("\ufefb", "\ufefc"),
}
_LAM_WITH_ALEF = re.compile(
    "(?P<before>[بتثجحخسشصضطظعغفقكلمنهيئپچگکی][\u064b-\u0652\u0670]*)?ل(?P<alef>[آأإا])"
)
_TAG = re.compile("(<[^>]*>)")


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

    page = with_lam_alef(page)
    # Last in the page's own style, so that it wins over what is for a window.
    page = page.replace("</style>", (TEMPLATES / style).read_text("utf-8") + "</style>", 1)
    options: dict[str, Any] = {}
    if variant:
        own = hashlib.sha256(page.encode("utf-8")).digest()[:16]
        options = {"pdf_variant": variant, "pdf_identifier": own}
    return HTML(string=page, url_fetcher=own_fonts).write_pdf(**options)


def with_lam_alef(page: str) -> str:
    """A page in whose text lam with alef is one sign."""
    pieces = _TAG.split(page)
    pieces[::2] = [_LAM_WITH_ALEF.sub(_sign, piece) for piece in pieces[::2]]
    return "".join(pieces)


def _sign(found: re.Match[str]) -> str:
    alone, joined = _LAM_ALEF[found["alef"]]
    return f"{found['before']}\u200d{joined}" if found["before"] else alone


def own_fonts(url: str, *_args: Any, **_kwargs: Any) -> Any:
    """Nothing is fetched but our own fonts, whatever stands in an answer."""
    from weasyprint.urls import URLFetcherResponse

    name = url.removeprefix(_FONTS)
    if not url.startswith(_FONTS) or not name.endswith(".woff2") or "/" in name:
        raise ValueError("a report refers to nothing outside")
    content = (asset_folder("static") / "fonts" / name).read_bytes()
    return URLFetcherResponse(url, content, {"Content-Type": "font/woff2"})
