"""Making, opening, closing and publishing consultations."""

from __future__ import annotations

from pathlib import Path

import click
from flask_babel import gettext as _

from consult.ballots.keeping import finish_closing
from consult.builder.list_files import read_survey_file
from consult.commands.running import UserMistake, consultation_named, in_words, with_app
from consult.config import LANGUAGES
from consult.consultations import services
from consult.extensions import db
from consult.jobs import finish_waiting
from consult.tabular import LOCAL
from consult.transaction import commits
from surveys import queries as survey_queries
from surveys import xlsform


@click.command()
@click.argument("slug")
@click.option("--title", required=True, help="Serves every language until it is translated.")
@click.option(
    "--survey",
    "file",
    type=click.Path(path_type=Path),
    required=True,
    help="An XLSForm, or a plain list of questions (CSV, XLSX).",
)
@click.option("--access", type=click.Choice(["open", "roll"]), default="open", show_default=True)
@click.option(
    "--privacy", type=click.Choice(["confidential", "anonymous"]), default="confidential", show_default=True
)
@click.option("--languages", default="ar", show_default=True, help="Codes separated by commas.")
@with_app
@commits
def new(slug: str, title: str, file: Path, access: str, privacy: str, languages: str) -> None:
    """A draft consultation with a survey from an XLSForm or a plain list of questions."""
    codes = list(dict.fromkeys(code.strip() for code in languages.split(",") if code.strip()))
    unknown = [code for code in codes if code not in LANGUAGES]
    if unknown or not codes:
        raise UserMistake(
            _("Languages are a list of %(known)s, separated by commas.", known=", ".join(LANGUAGES))
        )
    if not file.is_file():
        raise UserMistake(_("There is no file %(name)s.", name=str(file)))
    definition, warnings = read_survey_file(file, languages=codes, title=title, limits=LOCAL)
    for warning in warnings:
        click.echo(in_words(warning), err=True)
    services.create_consultation(
        db.session(),
        slug=slug,
        title=dict.fromkeys(codes, title),
        languages=codes,
        access=access,
        privacy=privacy,
        definition=definition,
    )
    click.echo(_("%(slug)s is there, as a draft.", slug=slug))


@click.command("open")
@click.argument("slug")
@with_app
@commits
def open_(slug: str) -> None:
    """Let people answer."""
    services.open_consultation(db.session(), consultation_named(slug), allow_missing_translations=True)
    click.echo(_("%(slug)s is open.", slug=slug))


@click.command()
@click.argument("slug")
@with_app
def close(slug: str) -> None:
    """End answering for good, at once."""
    _close(slug)
    finish_waiting()
    finish_closing()  # does nothing where the jobs have done it
    click.echo(_("%(slug)s is closed.", slug=slug))


@commits
def _close(slug: str) -> None:
    services.close_consultation(db.session(), consultation_named(slug))


@click.command()
@click.argument("slug")
@with_app
@commits
def publish(slug: str) -> None:
    """Show the results to everybody."""
    services.publish_consultation(db.session(), consultation_named(slug))
    click.echo(_("The results of %(slug)s are published.", slug=slug))


@click.group()
def survey() -> None:
    """The survey of a consultation."""


@survey.command("export")
@click.argument("slug")
@click.option("--out", type=click.Path(path_type=Path), required=True)
@with_app
def export_survey(slug: str, out: Path) -> None:
    """Write the survey as an XLSForm."""
    consultation = consultation_named(slug)
    version = survey_queries.latest_version(db.session(), consultation.survey_id)
    definition = version.definition if version else survey_queries.draft_definition(consultation.survey)
    out.write_bytes(xlsform.xlsform_bytes(definition))
    click.echo(str(out))
