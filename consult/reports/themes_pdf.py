"""The report of `consult themes` as a PDF: the HTML report, set on pages with fonts of its own."""

from __future__ import annotations

from consult.analysis.disclosure import INSIDE
from consult.analysis.values import ThemeResult
from consult.reports.pdf import NoPdfError, check_pdf, pdf_of
from consult.reports.themes_report import themes_report

__all__ = ["NoPdfError", "check_pdf", "themes_pdf"]


def themes_pdf(
    result: ThemeResult, *, title: str, question: str = "", language: str | None = None, k: int = INSIDE
) -> bytes:
    """The report as PDF. Raises NoPdfError where WeasyPrint finds no Pango."""
    check_pdf()
    page = themes_report(result, title=title, question=question, language=language, k=k)
    return pdf_of(page, style="themes-print.css")
