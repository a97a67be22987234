"""Taking responses out."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

import click

from consult.access import audit
from consult.commands.running import consultation_named, with_app
from consult.consultations import export as exports
from consult.extensions import db
from consult.transaction import commits
from surveys.exports import Several


@click.command()
@click.argument("slug")
@click.option("--format", "kind", type=click.Choice(sorted(exports.FORMATS)), required=True)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    help="A name that ends in .zip gives a zip. Else each repeat of a CSV or SAV has its file beside this one.",
)
@click.option("--language", help="Of labels and words; the survey's own unless given.")
@click.option(
    "--values",
    type=click.Choice(exports.VALUES),
    default="both",
    show_default=True,
    help="Choices as codes or labels; both only in a workbook, elsewhere codes.",
)
@click.option("--spread", is_flag=True, help="Several choices also as one column an option, 1 or 0.")
@click.option("--titles", is_flag=True, help="Columns are headed by the questions' words, not their names.")
@with_app
@commits
def export(slug: str, kind: str, out: Path, language: str | None, **options: Any) -> None:
    """Write the submitted responses, without test ones."""
    table = exports.responses_of(db.session(), consultation_named(slug))
    choices = exports.choices_for(table, language=language, **options)
    with ExitStack() as stack:
        written = [out]

        def beside(name: str, number: int) -> BinaryIO:
            place = out if number == 0 else out.with_name(f"{out.stem}-{name}{out.suffix}")
            written[number:] = [place]
            return stack.enter_context(place.open("wb"))

        if out.suffix.casefold() == ".zip":
            exports.write_zip(table, kind=kind, out=beside("", 0), choices=choices)
        else:
            exports.write_responses(table, kind=kind, files=Several(beside), choices=choices)
    audit.record(db.session(), "responses.exported", consultation_slug=slug, format=kind)
    for place in written:
        click.echo(str(place))
