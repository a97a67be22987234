"""Pages set from HTML with our own fonts and nothing from outside; no time of making, so that the same page gives the
same bytes."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from consult.config import asset_folder

TEMPLATES = Path(__file__).resolve().parents[1] / "templates" / "reports"
_FONTS = "font://own/"


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
    return HTML(string=page, url_fetcher=own_fonts).write_pdf(**options)


def own_fonts(url: str, *_args: Any, **_kwargs: Any) -> Any:
    """Nothing is fetched but our own fonts, whatever stands in an answer."""
    from weasyprint.urls import URLFetcherResponse

    name = url.removeprefix(_FONTS)
    if not url.startswith(_FONTS) or not name.endswith(".woff2") or "/" in name:
        raise ValueError("a report refers to nothing outside")
    content = (asset_folder("static") / "fonts" / name).read_bytes()
    return URLFetcherResponse(url, content, {"Content-Type": "font/woff2"})
