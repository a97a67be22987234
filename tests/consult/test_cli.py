"""The `consult` command as people run it: its exit status and its last words.

Most tests call the console script's own function in this process, which spares each the start of Python; two start
the installed script itself.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import pytest

from consult.cli import main
from consult.database import sound_sqlite
from surveys.xlsform import read_xlsform
from surveys.xlsform.write import xlsform_bytes
from tests.surveys.samples import survey

CONSULT = Path(sys.executable).parent / "consult"


@dataclass(frozen=True)
class Result:
    status: int
    out: str
    err: str


def environment(instance: Path, **more: str) -> dict[str, str]:
    """The settings of nobody's shell."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("CONSULT_", "DATABASE_"))
    }
    return kept | {"CONSULT_INSTANCE": str(instance), "LC_ALL": "C.UTF-8"} | more


@contextlib.contextmanager
def standing_in(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def run(instance: Path, *arguments: str, typed: str = "", **more: str) -> Result:
    """What the console script does with these arguments, on an instance folder."""
    out, err = io.StringIO(), io.StringIO()
    status: object = 0
    with (
        mock.patch.dict(os.environ, environment(instance, **more), clear=True),
        mock.patch.object(sys, "argv", ["consult", *arguments]),
        mock.patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed.encode()))),
        standing_in(instance.parent),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as end:
            status = end.code or 0
    assert isinstance(status, int)
    return Result(status, out.getvalue(), err.getvalue())


def run_script(instance: Path, *arguments: str) -> Result:
    """The same by the installed script, in a process of its own."""
    done = subprocess.run(
        [str(CONSULT), *arguments],
        env=environment(instance),
        cwd=instance.parent,
        capture_output=True,
        text=True,
        timeout=300,
    )
    return Result(done.returncode, done.stdout, done.stderr)


def done(*arguments, **options) -> str:
    """What a command that must succeed says."""
    result = run(*arguments, **options)
    assert (result.status, result.err) == (0, "")
    return result.out


def refused(*arguments, **options) -> str:
    """The one clear line that a mistake ends with."""
    result = run(*arguments, **options)
    assert (result.status, result.out) == (1, ""), result
    return result.err.splitlines()[-1]


@pytest.fixture(scope="module")
def form(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An XLSForm with a question of each of the first types."""
    path = tmp_path_factory.mktemp("forms") / "survey.xlsx"
    path.write_bytes(xlsform_bytes(survey()))
    return path


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, migrated_folder: Path, form: Path) -> Path:
    """An installation with an open consultation `there`, for commands that change nothing."""
    folder = tmp_path_factory.mktemp("shared") / "instance"
    shutil.copytree(migrated_folder, folder)
    done(folder, "new", "there", "--title", "Trial", "--survey", str(form), "--languages", "en,ar")
    done(folder, "open", "there")
    return folder


def test_the_installed_script_works_and_ends_in_words(tmp_path):
    folder = tmp_path / "fresh"
    assert run_script(folder, "init") == Result(0, f"Ready in {folder}\n", "")
    words = "There is no consultation with the address nowhere.\n"
    assert run_script(folder, "open", "nowhere") == Result(1, "", words)


def test_from_an_empty_folder_to_published_results(tmp_path, form):
    folder = tmp_path / "fresh"
    assert done(folder, "init") == done(folder, "init") == f"Ready in {folder}\n"
    assert {path.stat().st_mode & 0o777 for path in (folder / "keys").iterdir()} == {0o600}
    for _again in range(2):
        answer = done(
            folder, "staff", "add", "Nour@example.org", "--role", "reviewer", "--password-file", "-",
            typed="long enough\n",
        )  # fmt: skip
        assert answer == "nour@example.org is now reviewer.\n"
    made = done(folder, "new", "annual", "--title", "مراجعة", "--survey", str(form), "--languages", "en,ar")
    assert made == "annual is there, as a draft.\n"
    written = tmp_path / "written.xlsx"
    done(folder, "survey", "export", "annual", "--out", str(written))
    assert read_xlsform(written, languages=("en", "ar")).definition == survey()
    assert done(folder, "open", "annual") == "annual is open.\n"
    done(folder, "survey", "export", "annual", "--out", str(written))
    assert read_xlsform(written, languages=("en", "ar")).definition == survey()
    assert done(folder, "close", "annual") == done(folder, "close", "annual") == "annual is closed.\n"
    assert done(folder, "publish", "annual") == "The results of annual are published.\n"
    out = tmp_path / "responses"
    done(folder, "export", "annual", "--format", "json", "--out", str(out))
    assert json.loads(out.read_text("utf-8")) == {"responses": []}
    done(folder, "export", "annual", "--format", "csv", "--out", str(out))
    assert out.read_bytes().startswith(b"\xef\xbb\xbfid,language,channel,")
    assert len(out.read_text("utf-8").splitlines()) == 1
    assert "responses: 0, counted as they were given" in done(folder, "verify").splitlines()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["new", "x", "--title", "T", "--survey", "no.xlsx"], "There is no file no.xlsx."),
        (["new", "Bad Slug", "--title", "T", "--survey", "FORM"],
         "The address may hold a to z, 0 to 9 and hyphens, at most 60 characters."),
        (["new", "there", "--title", "T", "--survey", "FORM"],
         "Another consultation has this address already."),
        (["new", "x", "--title", "T", "--survey", "FORM", "--languages", "ar,xx"],
         "Languages are a list of ar, en, fr, es, separated by commas."),
        (["new", "x", "--title", "T", "--survey", "FORM", "--privacy", "anonymous"],
         "An anonymous consultation needs a roll: one member, one response can only be promised when the codes of "
         "those entitled are made beforehand."),
        (["open", "nowhere"], "There is no consultation with the address nowhere."),
        (["open", "there"], "This consultation was opened before; it cannot be opened again."),
        (["publish", "there"], "Close the consultation before its results are published."),
        (["survey", "export", "nowhere", "--out", "x"], "There is no consultation with the address nowhere."),
        (["survey", "export", "there", "--out", "no/x"], "No such file or directory: no/x"),
        (["export", "there", "--format", "csv", "--out", "."], "Is a directory: ."),
        (["staff", "add", "a@b.example", "--role", "admin", "--password-file", "-"],
         "The password is too short: it needs at least 10 characters."),
    ],
)  # fmt: skip
def test_a_mistake_ends_in_one_clear_line(shared, form, arguments, words):
    given = [str(form) if argument == "FORM" else argument for argument in arguments]
    assert refused(shared, *given, typed="short\n") == words


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 nonsense", b"name,label\n1,2\n", b"\xff\xfe\x00"])
def test_what_is_no_xlsform_makes_no_consultation(shared, tmp_path, content):
    path = tmp_path / "form.xlsx"
    path.write_bytes(content)
    assert refused(shared, "new", "other", "--title", "T", "--survey", str(path))
    assert refused(shared, "open", "other") == "There is no consultation with the address other."


def test_a_roll_without_codes_does_not_open(shared, form):
    done(shared, "new", "members", "--title", "T", "--survey", str(form), "--access", "roll",
         "--privacy", "anonymous")  # fmt: skip
    words = "Codes for the members of the roll must be made before this consultation opens."
    assert refused(shared, "open", "members") == words


@pytest.mark.parametrize(
    "arguments",
    [["verify"], ["open", "x"], ["worker"], ["serve", "--port", "5690"]],
    ids=lambda arguments: arguments[0],
)
def test_before_init_every_command_says_so(tmp_path, arguments):
    words = "This installation is not ready. Run `consult init` first."
    assert refused(tmp_path / "nothing", *arguments) == words


def test_a_database_that_cannot_be_reached_is_one_line(shared):
    words = refused(shared, "verify", DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing")
    assert words.startswith("The database cannot be used: ")


@pytest.mark.parametrize(
    "arguments",
    [
        ["nothing"],
        ["new", "x"],
        ["export", "there", "--format", "docx", "--out", "x"],
        ["staff", "add", "a@b.example", "--role", "guest", "--password-file", "-"],
        ["serve", "--port", "0"],
    ],
)
def test_wrong_usage_ends_with_2(shared, arguments):
    result = run(shared, *arguments)
    assert result.status == 2
    assert result.err.splitlines()[-1].startswith("Error: ")


def test_the_terminals_language_is_spoken(shared):
    answer = run(shared, "open", "nowhere", LC_ALL="fr_FR.UTF-8")
    assert answer.err != run(shared, "open", "nowhere").err
    assert answer.err.count("\n") == 1


def test_verify_finds_a_projection_that_differs(tmp_path, migrated_folder, form):
    folder = tmp_path / "instance"
    shutil.copytree(migrated_folder, folder)
    done(folder, "new", "there", "--title", "T", "--survey", str(form), "--languages", "en,ar")
    with contextlib.closing(sound_sqlite().connect(folder / "mashura.sqlite3")) as connection:
        connection.execute("INSERT INTO answer (response_id, survey_id, question_id) VALUES (999, 1, 'q')")
        connection.commit()
    assert refused(folder, "verify") == "2 faults found."
