"""Making an installation and checking it."""

from __future__ import annotations

import click
from flask_babel import gettext as _

from consult.commands.running import UserMistake, with_app
from consult.config import Settings
from consult.extensions import db
from consult.installation import initialise
from consult.verification import find_faults


@click.command()
def init() -> None:
    """Create or migrate the database and the keys. Safe to repeat."""
    settings = Settings.load()
    try:
        initialise(settings)
    except PermissionError as error:
        raise UserMistake(f"Cannot write in {error.filename}.") from error
    click.echo(f"Ready in {settings.instance}")


@click.command()
@with_app
def verify() -> None:
    """Check the database, the foreign keys, and that what can be rebuilt equals what it is built from."""
    faults, looked_at = find_faults(db.session())
    for fault in faults:
        click.echo(fault, err=True)
    if faults:
        raise UserMistake(_("%(count)s faults found.", count=len(faults)))
    for line in looked_at:
        click.echo(line)
