"""The roll of a consultation and its personal codes."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import click
from flask_babel import gettext as _
from flask_babel import ngettext

from consult.access import audit
from consult.ballots.files import empty_log
from consult.ballots.handing_out import anonymous_codes_csv
from consult.command_files import table_of
from consult.commands.running import UserMistake, consultation_named, with_app
from consult.consultations.models import Consultation, Privacy
from consult.consultations.queries import consultations_with_open_rolls
from consult.extensions import db
from consult.stakeholders import codes as personal
from consult.stakeholders import importing, roll_out, taking
from consult.stakeholders.contacts import country_of_zone
from consult.stakeholders.roll_file import read_roll
from consult.transaction import commits, writing


@click.group()
def roll() -> None:
    """Who is entitled to answer a consultation."""


@roll.command("import")
@click.argument("slug")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@click.option("--country", default="", help="Where telephone numbers without a country code are: JO, LB, …")
@with_app
def import_(slug: str, file: Path, dry_run: bool, country: str) -> None:
    """Take a roll from a CSV or XLSX file: all of it or nothing."""
    consultation = consultation_named(slug)
    if not file.is_file():
        raise UserMistake(_("There is no file %(name)s.", name=str(file)))
    table = table_of(file)
    where = country.strip().upper() or country_of_zone(consultation.timezone)
    read = read_roll(table, country=where)
    for column in read.unused:
        click.echo(_("The column “%(column)s” is not used.", column=column), err=True)
    plan = importing.plan_import(db.session(), consultation, read)
    if plan.problems:
        raise importing.RollError(plan.problems)
    _warn(importing.similar_people(db.session(), consultation, plan), plan)
    if not dry_run:
        with writing() as session:
            consultation = consultation_named(slug)
            plan = importing.plan_import(session, consultation, read)
            taking.apply_plan(
                session,
                consultation,
                plan,
                default_language=consultation.default_language,
                reach=consultations_with_open_rolls(session),
            )
    click.echo(_summary(plan, dry_run=dry_run))


def _warn(similar: list[importing.Similar], plan: importing.Plan) -> None:
    for pair in similar[: importing.MOST_SHOWN]:
        click.echo(importing.similar_text(pair), err=True)
    if len(similar) > importing.MOST_SHOWN:
        rest = len(similar) - importing.MOST_SHOWN
        click.echo(_("… and %(count)s more pairs of similar names.", count=rest), err=True)
    if plan.unreachable:
        click.echo(
            ngettext(
                "%(num)s person has neither an e-mail address nor a telephone number.",
                "%(num)s people have neither an e-mail address nor a telephone number.",
                plan.unreachable,
            ),
            err=True,
        )


def _summary(plan: importing.Plan, *, dry_run: bool) -> str:
    counts = {
        "added": plan.added,
        "changed": plan.changed,
        "unchanged": plan.unchanged,
        "groups": len(plan.new_groups),
    }
    if dry_run:
        return _(
            "Would add %(added)s, correct %(changed)s, leave %(unchanged)s as they are, make %(groups)s groups.",
            **counts,
        )
    return _(
        "Added: %(added)s, corrected: %(changed)s, as before: %(unchanged)s, new groups: %(groups)s.",
        **counts,
    )


@roll.command("export")
@click.argument("slug")
@click.option("--out", type=click.Path(path_type=Path), required=True)
@with_app
@commits
def export(slug: str, out: Path) -> None:
    """Write the roll as a file that `roll import` takes back."""
    consultation = consultation_named(slug)
    write_secret(out, roll_out.roll_csv(db.session(), consultation))
    audit.record(db.session(), "roll.exported", consultation_slug=slug)
    click.echo(str(out))


@click.command()
@click.argument("slug")
@click.option("--out", type=click.Path(path_type=Path), required=True)
@click.option("--count", type=int, help="How many, for an anonymous consultation without a roll.")
@with_app
def codes(slug: str, out: Path, count: int | None) -> None:
    """Make the codes of everybody on the roll, and write them with their links.

    Those of an anonymous consultation are made once, belong to nobody, and are kept nowhere but in this file.
    """
    _write_codes(slug, out, count)
    empty_log(db.engine, wait=True)
    click.echo(str(out))


@commits
def _write_codes(slug: str, out: Path, count: int | None) -> None:
    consultation = consultation_named(slug)
    write_secret(out, _codes(consultation, count))
    audit.record(db.session(), "codes.exported", consultation_slug=slug)


def _codes(consultation: Consultation, count: int | None) -> bytes:
    if consultation.privacy == Privacy.ANONYMOUS:
        return anonymous_codes_csv(db.session(), consultation, count)
    if count is not None:
        raise UserMistake(
            _("Personal codes are made for the people on the roll; their number is not chosen.")
        )
    personal.make_codes(db.session(), consultation)
    return roll_out.codes_csv(db.session(), consultation)


def write_secret(path: Path, content: bytes) -> None:
    """Whole or not at all, readable by its owner alone."""
    if not path.parent.is_dir():
        raise UserMistake(_("There is no folder %(name)s.", name=str(path.parent)))
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "wb") as target:
        target.write(content)
        target.flush()
        os.fsync(target.fileno())  # codes of an anonymous consultation are nowhere else
    Path(name).replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
