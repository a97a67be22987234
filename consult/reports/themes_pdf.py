"""The report of `consult themes` as a PDF: the HTML report, set on pages with fonts of its own.

The same result gives the same bytes: the fonts are the product's, and no time of making is written.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from consult.analysis.disclosure import INSIDE
from consult.analysis.values import ThemeResult
from consult.config import asset_folder
from consult.reports.themes_report import themes_report

_CSS = Path(__file__).resolve().parents[1] / "templates" / "reports" / "themes-print.css"
_FONTS = "font://own/"


class NoPdfError(Exception):
    """A library that sets pages is not installed on this machine."""


def themes_pdf(
    result: ThemeResult, *, title: str, question: str = "", language: str | None = None, k: int = INSIDE
) -> bytes:
    """The report as PDF. Raises NoPdfError where WeasyPrint finds no Pango."""
    check_pdf()
    from weasyprint import HTML

    page = themes_report(result, title=title, question=question, language=language, k=k)
    # Last in the page's own style, so that it wins over what is for a window.
    page = page.replace("</style>", _CSS.read_text("utf-8") + "</style>", 1)
    return HTML(string=page, url_fetcher=_own_fonts).write_pdf()


def check_pdf() -> None:
    """Raises NoPdfError where no PDF could be made."""
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError) as error:
        raise NoPdfError(str(error)) from error


def _own_fonts(url: str, *_args: Any, **_kwargs: Any) -> Any:
    """Nothing is fetched but our own fonts, whatever stands in an answer."""
    from weasyprint.urls import URLFetcherResponse

    name = url.removeprefix(_FONTS)
    if not url.startswith(_FONTS) or not name.endswith(".woff2") or "/" in name:
        raise ValueError("a report refers to nothing outside")
    content = (asset_folder("static") / "fonts" / name).read_bytes()
    return URLFetcherResponse(url, content, {"Content-Type": "font/woff2"})
