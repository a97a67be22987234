"""Backup and restore."""

from __future__ import annotations

from pathlib import Path

import click
from flask_babel import gettext as _

from consult.access import audit
from consult.commands.running import UserMistake, with_app
from consult.config import Settings
from consult.extensions import db
from consult.installation import initialise, is_ready
from consult.operations.backup import PEPPER, save_backup
from consult.operations.restore import MOST_UNPACKED, restore_backup


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--with-keys", is_flag=True, help="The keys too; keep such a file as safe as the keys themselves."
)
@click.option(
    "--with-pepper",
    is_flag=True,
    help="With the keys: the pepper too where CONSULT_PEPPER_FILE keeps it apart.",
)
@with_app
def backup(file: Path, with_keys: bool, with_pepper: bool) -> None:
    """Save everything into FILE while people answer.

    Without the keys a restored installation makes new ones: staff then need new passwords, and codes that were
    given out no longer fit.
    """
    if not file.parent.is_dir():
        raise UserMistake(_("There is no folder %(folder)s.", folder=file.parent))
    if with_pepper and not with_keys:
        raise UserMistake(_("The pepper is of use with the other keys only: ask for --with-keys too."))
    settings = Settings.load()
    contents = save_backup(db.engine, settings, file, with_keys=with_keys, with_pepper=with_pepper)
    audit.record(db.session(), "backup.saved", with_keys=with_keys)
    db.session.commit()
    rows = sum(part.rows for part in contents.tables.values())
    click.echo(_("Saved %(rows)s rows and %(files)s files.", rows=rows, files=len(contents.files)))
    if with_keys and PEPPER not in contents.files:
        click.echo(
            _(
                "The pepper lies apart, in %(file)s, and is NOT in this backup. Keep a copy of it in another place: "
                "without it no code that was given out fits a restored installation. --with-pepper takes it in.",
                file=str(settings.pepper_file),
            ),
            err=True,
        )


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--most",
    type=click.IntRange(1),
    default=MOST_UNPACKED // 2**30,
    show_default=True,
    help="Gigabytes that the file may take unpacked.",
)
def restore(file: Path, most: int) -> None:
    """Fill a new, empty installation from FILE."""
    settings = Settings.load()
    if not is_ready(settings):
        initialise(settings)
    _restore(file, most)


@with_app
def _restore(file: Path, most: int) -> None:
    settings = Settings.load()
    contents = restore_backup(
        db.engine, settings.instance, file, most=most * 2**30, pepper_file=settings.pepper_file
    )
    audit.record(db.session(), "backup.restored", made_at=contents.made_at)
    db.session.commit()
    rows = sum(part.rows for part in contents.tables.values())
    click.echo(_("Restored %(rows)s rows and %(files)s files.", rows=rows, files=len(contents.files)))
    if not contents.has_keys:
        click.echo(
            _("The backup held no keys: give the staff new passwords, or put the old keys folder back.")
        )
    elif PEPPER not in contents.files:
        click.echo(
            _(
                "The backup held no pepper, because it was kept apart: put it back at %(file)s, or no code that was "
                "given out fits.",
                file=str(settings.pepper_file),
            )
        )
