"""Staff accounts."""

from __future__ import annotations

import sys
from typing import TextIO

import click
from flask import current_app
from flask_babel import gettext as _
from flask_security import hash_password
from sqlalchemy import select

from consult.access import audit
from consult.access.models import Role, Staff
from consult.access.permissions import ROLES
from consult.commands.running import UserMistake, with_app
from consult.extensions import db
from consult.transaction import commits

SHORTEST_PASSWORD = 10


@click.group()
def staff() -> None:
    """Accounts of the people who work with the platform."""


@staff.command("add")
@click.argument("email")
@click.option("--role", type=click.Choice(sorted(ROLES)), required=True)
@click.option("--name", default="", help="How the person is shown to colleagues.")
@click.option("--password-file", type=click.File("r"), required=True, help="A file, or - for standard input.")
@with_app
@commits
def add(email: str, role: str, name: str, password_file: TextIO) -> None:
    """Add a member of staff, or give one who is there this role and password."""
    if password_file is sys.stdin and sys.stdin.isatty():
        click.echo(_("Password:"), nl=False, err=True)
    password = password_file.readline().rstrip("\r\n")
    if len(password) < SHORTEST_PASSWORD:
        raise UserMistake(
            _("The password is too short: it needs at least %(number)s characters.", number=SHORTEST_PASSWORD)
        )
    address = email.strip().lower()
    if "@" not in address.strip("@") or any(sign.isspace() for sign in address):
        raise UserMistake(_("This is not an e-mail address: %(email)s", email=email))
    session = db.session()
    datastore = current_app.extensions["security"].datastore
    chosen = session.scalar(select(Role).where(Role.name == role))
    if chosen is None:
        raise UserMistake(_("This installation is not ready. Run `consult init` first."))
    person = session.scalar(select(Staff).where(Staff.email == address))
    if person is None:
        person = datastore.create_user(email=address, name=name, password=hash_password(password))
    else:
        person.password = hash_password(password)
        datastore.set_uniquifier(person)  # ends every session that is signed in
    person.roles = [chosen]
    audit.record(session, "staff.added", role=role)
    click.echo(_("%(email)s is now %(role)s.", email=address, role=role))
