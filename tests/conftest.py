"""Fixtures: the application on a fresh database, SQLite by default, PostgreSQL with `on_both_databases`."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from jinja2 import FileSystemBytecodeCache
from werkzeug.routing import Rule
from xdist.scheduler import LoadScopeScheduling

from consult.access.models import Role, Staff
from consult.application import build
from consult.ballots import files
from consult.config import Settings
from consult.extensions import db
from consult.installation import initialise
from tests.postgres import server_url

# The suite tries the same examples every time, so that it fails only for what was changed; the long checks
# (`make sweep`) and whoever sets the variable look for new ones.
# No deadlines: how long an example takes says more of the machine than of the rule.
untimed = hypothesis_settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.register_profile("steady", untimed, derandomize=True, database=None)
hypothesis_settings.register_profile("searching", untimed, derandomize=False, print_blob=True)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker("property")


# Tests that share something dear (a browser and its server, an environment of their own) go to one worker.
TOGETHER = {
    "tests/browser/": "browser",
    "tests/consult/test_server.py": "servers",
    "tests/test_installed.py": "installed",
}


class Together(LoadScopeScheduling):
    """One test after the other to whichever worker is free, but those of a place in `TOGETHER` to one.

    By address, because the groups of `--dist loadgroup` get lost in pytest 9.2, whose addresses cannot be
    changed any more. The matrix of `make sweep` is cut in two by its languages.
    """

    def _split_scope(self, nodeid: str) -> str:
        group = next((name for place, name in TOGETHER.items() if nodeid.startswith(place)), nodeid)
        if group == "browser" and "at_every_width" in nodeid:
            return f"{group} {nodeid.rpartition('[')[2][:2] in ('ar', 'fr')}"
        return group


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Together:
    return Together(config, log)


def _compiled_once(compile_builder: Callable) -> Callable:
    """What builds a route's addresses depends on the route alone; to compile it anew for the application of
    every test took a sixth of the suite's time."""
    known: dict[tuple, Callable] = {}

    def compiled(rule: Rule, append_unknown: bool = True) -> Callable:
        key = (rule.rule, tuple(rule._trace), repr(rule.defaults), append_unknown)
        if key not in known:
            known[key] = compile_builder(rule, append_unknown)
        return known[key]

    return compiled


Rule._compile_builder = _compiled_once(Rule._compile_builder)

files.MOST_SEGMENTS = (
    1  # of the log of a server that all tests share; the trial `attack` sees what is left in one
)
OVERRIDES = {"TESTING": True, "WTF_CSRF_ENABLED": False, "MAIL_BACKEND": "locmem"}


def _missing(what: str) -> None:
    """A skip on a developer's machine, a failure where nothing may be skipped."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is missing")
    pytest.skip(f"{what} is missing")


def _settings(folder: Path, url: str | None = None) -> Settings:
    return Settings(
        instance=folder,
        database_url=url or f"sqlite:///{folder / 'mashura.sqlite3'}",
        base_url="http://localhost",
        jobs_url="memory://",
        digits="latn",
        pepper_file=folder / "keys" / "pepper",
    )


@pytest.fixture(scope="session")
def migrated_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance folder with keys and a migrated SQLite file, to be copied."""
    folder = tmp_path_factory.mktemp("migrated")
    app = initialise(_settings(folder))
    with app.app_context():
        db.engine.dispose()
    return folder


def _postgres(address: str, name: str) -> str:
    base = address.rsplit("/", 1)[0]
    return f"{base}/{name}".replace("postgresql://", "postgresql+psycopg://")


@pytest.fixture(scope="session")
def postgres_template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a migrated PostgreSQL database, to be copied."""
    address = server_url()
    if address is None:
        _missing("a PostgreSQL server")
    name = f"mashura_test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(address, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        app = initialise(_settings(tmp_path_factory.mktemp("postgres"), _postgres(address, name)))
        with app.app_context():
            db.engine.dispose()
        yield name
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgres_url(postgres_template: str) -> Iterator[str]:
    """A fresh migrated PostgreSQL database."""
    address = server_url()
    assert address is not None
    name = f"mashura_test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(address, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {postgres_template}")
        yield _postgres(address, name)
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def instance(tmp_path: Path, migrated_folder: Path) -> Path:
    """A fresh instance folder with keys and a migrated SQLite file."""
    folder = tmp_path / "instance"
    shutil.copytree(migrated_folder, folder)
    return folder


class Browser(FlaskClient):
    """A client whose every request has an application context of its own, as on a server: the user, the
    language and the database session of one request must not reach the next one, nor the test's."""

    def open(self, *args, **kwargs):
        with self.application.app_context():
            response = super().open(*args, **kwargs)
        if has_app_context():
            # What the test holds is read anew; after a commit a rollback alone would leave it as it was.
            db.session.rollback()
            db.session.expire_all()
        return response


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates compiled once, not once a test."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app(
    request: pytest.FixtureRequest, instance: Path, compiled_templates: FileSystemBytecodeCache
) -> Iterator[Flask]:
    """The application inside its context, on a fresh database."""
    url = request.getfixturevalue("postgres_url") if getattr(request, "param", "") == "postgres" else None
    application = build(_settings(instance, url), **OVERRIDES)
    application.test_client_class = Browser
    application.jinja_env.bytecode_cache = compiled_templates
    with application.app_context():
        yield application
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def session(app: Flask):
    """The application's database session."""
    return db.session()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without cookies that reads English."""
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def staff(app: Flask) -> Callable[..., Staff]:
    """Makes members of staff: `staff("reviewer")`."""

    def make(role: str, email: str | None = None) -> Staff:
        chosen = db.session.query(Role).filter_by(name=role).one()
        person = Staff(
            email=email or f"{role}@example.org",
            fs_uniquifier=uuid.uuid4().hex,
            password="$argon2id$never-used",
            roles=[chosen],
        )
        db.session.add(person)
        db.session.commit()
        return person

    return make


@pytest.fixture
def sign_in(staff: Callable[..., Staff]) -> Callable[..., Staff]:
    """Signs a client in as a new member of staff with this role, or as the one given."""

    def enter(client: FlaskClient, role: str = "admin", person: Staff | None = None) -> Staff:
        person = person or staff(role)
        with client.session_transaction() as cookie:
            cookie["_user_id"] = person.fs_uniquifier
            cookie["_fresh"] = True
        return person

    return enter
