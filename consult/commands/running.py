"""What every command that needs the installation shares."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Protocol

import click
from flask_babel import force_locale, gettext

from consult import create_app
from consult.config import LANGUAGES
from consult.consultations.models import Consultation
from consult.consultations.queries import consultation_by_slug
from consult.extensions import db
from consult.i18n import said_params
from surveys.errors import SurveyError


class Said(Protocol):
    """A catalogue string and its values: an error, or a notice about a file."""

    @property
    def message(self) -> str: ...

    @property
    def params(self) -> Mapping[str, Any]: ...


class UserMistake(click.ClickException):
    """Ends the command with exit status 1 and this line last on standard error."""

    def show(self, file=None) -> None:
        click.echo(self.message, err=True)


def command_language() -> str:
    """The language of the terminal where the product speaks it, else English."""
    code = (os.environ.get("LC_ALL") or os.environ.get("LANG") or "")[:2]
    return code if code in LANGUAGES else "en"


def with_app(function: Callable[..., Any]) -> Callable[..., Any]:
    """Run inside the application; errors of the domain end in one clear line."""

    @wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        try:
            app = create_app()
        except FileNotFoundError as error:
            raise UserMistake("This installation is not ready. Run `consult init` first.") from error
        with app.app_context(), force_locale(command_language()):
            try:
                return function(*args, **kwargs)
            except SurveyError as error:
                for line in details_of(error):
                    click.echo(line, err=True)
                raise UserMistake(in_words(error)) from error

    return wrapper


def in_words(said: Said) -> str:
    """The message in the terminal's language."""
    return gettext(said.message) % said_params(said.params) if said.params else gettext(said.message)


def details_of(error: SurveyError) -> list[str]:
    """One line for each problem that the error lists."""
    return [in_words(problem) for problem in getattr(error, "problems", ())]


def consultation_named(slug: str) -> Consultation:
    """The consultation, or a user's mistake."""
    found = consultation_by_slug(db.session(), slug)
    if found is None:
        raise UserMistake(gettext("There is no consultation with the address %(slug)s.", slug=slug))
    return found
