"""The report of a consultation as a file of any kind."""

from __future__ import annotations

from sqlalchemy.orm import Session

from consult.consultations.models import Consultation
from consult.reports.composition import composed
from consult.reports.consultation_report import ConsultationReport
from consult.reports.gathering import PRINTED, consultation_report
from consult.reports.pdf import check_pdf, pdf_of
from consult.reports.report_page import report_page

HTML, PDF, DOCX, XLSX = FORMATS = ("html", "pdf", "docx", "xlsx")
IN_WORKBOOK = 20_000
"""About so many excerpts go into a workbook, whose lines cost little."""


def make_report(
    session: Session,
    consultation: Consultation,
    *,
    language: str,
    edition: str,
    kind: str,
    digits: str = "latn",
) -> bytes:
    """The file; the same data give the same bytes. Raises DomainError where there is no report of this edition, and
    NoPdfError where no PDF can be made."""
    if kind == PDF:
        check_pdf()
    excerpts = IN_WORKBOOK if kind == XLSX else PRINTED
    report = consultation_report(session, consultation, language=language, edition=edition, excerpts=excerpts)
    session.rollback()  # nobody waits for the database while pages are set
    return written(report, kind=kind, digits=digits)


def written(report: ConsultationReport, *, kind: str, digits: str = "latn") -> bytes:
    """A report as a file of one kind. What writes workbooks and Word documents is loaded when one is asked for: it
    would hold up the start of every server."""
    if kind == XLSX:
        from consult.reports.report_workbook import report_workbook

        return report_workbook(report, digits=digits)
    document = composed(report, digits=digits)
    if kind == DOCX:
        from consult.reports.report_document import report_document

        return report_document(document)
    page = report_page(document)
    if kind == PDF:
        return pdf_of(page, style="consultation-print.css", variant="pdf/ua-1")
    return page.encode("utf-8")
