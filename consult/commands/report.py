"""The report of a consultation as a file."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app

from consult.access import audit
from consult.command_files import check_place, write_bytes
from consult.commands.running import UserMistake, consultation_named, with_app
from consult.config import LANGUAGES
from consult.extensions import db
from consult.reports.consultation_report import EDITIONS, INTERNAL, PUBLIC
from consult.reports.making import FORMATS, make_report
from consult.reports.pdf import NoPdfError
from consult.transaction import writing


@click.command()
@click.argument("slug")
@click.option("--language", type=click.Choice(LANGUAGES), help="The consultation's own unless given.")
@click.option("--format", "kind", type=click.Choice(FORMATS), required=True)
@click.option("--out", type=click.Path(path_type=Path), required=True)
@click.option(
    "--edition",
    type=click.Choice(EDITIONS),
    default=PUBLIC,
    show_default=True,
    help="Inside also what is not signed, and every excerpt.",
)
@with_app
def report(slug: str, language: str | None, kind: str, out: Path, edition: str) -> None:
    """Write the report of a consultation that has closed."""
    consultation = consultation_named(slug)
    check_place(out)
    language = language or consultation.default_language
    if edition == INTERNAL:
        with writing() as session:
            audit.record(session, "report.exported", consultation_slug=slug, format=kind, language=language)
        consultation = consultation_named(slug)
    try:
        made = make_report(
            db.session(),
            consultation,
            language=language,
            edition=edition,
            kind=kind,
            digits=current_app.config["SHOWN_DIGITS"],
        )
    except NoPdfError as error:
        raise UserMistake(
            "A report in .pdf needs the library Pango (Debian: libpango-1.0-0 libpangoft2-1.0-0); "
            "use .html, .docx or .xlsx."
        ) from error
    write_bytes(out, made)
    click.echo(str(out))
