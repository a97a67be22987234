"""The `consult` command. Each command's module is loaded only when it is called, so that the ones that need
no server start at once."""

from __future__ import annotations

import gc
import importlib
import sys

import click

from surveys.errors import SurveyError

COMMANDS = {
    "init": "consult.commands.installation:init",
    "serve": "consult.commands.server:serve",
    "worker": "consult.commands.server:worker",
    "staff": "consult.commands.staff:staff",
    "new": "consult.commands.consultations:new",
    "open": "consult.commands.consultations:open_",
    "close": "consult.commands.consultations:close",
    "publish": "consult.commands.consultations:publish",
    "survey": "consult.commands.consultations:survey",
    "roll": "consult.commands.roll:roll",
    "codes": "consult.commands.roll:codes",
    "manifest": "consult.commands.manifest:manifest",
    "export": "consult.commands.responses:export",
    "report": "consult.commands.report:report",
    "backup": "consult.commands.keeping:backup",
    "restore": "consult.commands.keeping:restore",
    "verify": "consult.commands.installation:verify",
    "themes": "consult.themes_command:themes_command",
    "opinion": "consult.opinion_command:opinion_command",
    "agreement": "consult.agreement_command:agreement_command",
}
HELP = {
    "init": "Create or migrate the database and the keys.",
    "serve": "Serve plain HTTP.",
    "worker": "Run background jobs until stopped.",
    "staff": "Accounts of the people who work with the platform.",
    "new": "A draft consultation with a survey from a file.",
    "open": "Let people answer.",
    "close": "End answering for good, at once.",
    "publish": "Show the results to everybody.",
    "survey": "The survey of a consultation.",
    "roll": "Who is entitled to answer a consultation.",
    "codes": "Make the codes of everybody on the roll.",
    "manifest": "The signed receipts of an anonymous consultation.",
    "export": "Write the submitted responses.",
    "report": "Write the report of a consultation.",
    "backup": "Save everything into a file while people answer.",
    "restore": "Fill a new, empty installation from a backup.",
    "verify": "Check the database.",
    "themes": "Find the themes of free answers in a file.",
    "opinion": "Find opinion groups in a file of votes.",
    "agreement": "Compute how far coders agree.",
}
DATABASE_ERRORS = {
    "OperationalError",
    "DatabaseError",
    "ProgrammingError",
    "ArgumentError",
    "NoSuchModuleError",
}


class LazyGroup(click.Group):
    """A group that imports a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, _, name = place.partition(":")
        gc.disable()  # what is loaded stays: to look through it again and again would take a tenth of a start
        try:
            return getattr(importlib.import_module(module), name)
        finally:
            gc.enable()

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without loading any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, HELP[name]) for name in COMMANDS])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="mashura", prog_name="consult")
def consult() -> None:
    """Mashura: stakeholder consultation, from the answer to the decision."""


def main() -> None:
    """Run the command. 0: done. 1: a mistake, one clear line last on standard error. 2: wrong usage."""
    try:
        consult.main(standalone_mode=False, prog_name="consult")
    except click.UsageError as error:
        error.show()
        sys.exit(2)
    except click.ClickException as error:
        error.show()
        sys.exit(1)
    except click.exceptions.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(1)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except Exception as error:
        words = _in_words(error)
        if words is None:
            raise
        click.echo(words, err=True)
        sys.exit(1)


def _in_words(error: Exception) -> str | None:
    """One line for what a user can put right; None for what is a fault of the program."""
    if isinstance(error, SurveyError):
        return str(error)
    if isinstance(error, OSError):
        return f"{error.strerror or error}: {error.filename}" if error.filename else str(error)
    if isinstance(error, UnicodeDecodeError):
        return "This is not a text file in UTF-8."
    if error.__class__.__module__ == "sqlalchemy.exc" and error.__class__.__name__ in DATABASE_ERRORS:
        # Known by name: the commands that analyse a file must not load the database layer for this.
        return f"The database cannot be used: {str(getattr(error, 'orig', None) or error).splitlines()[0]}"
    return None


if __name__ == "__main__":
    main()
