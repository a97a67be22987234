"""The environment decides how an installation is set up."""

from __future__ import annotations

from pathlib import Path

import pytest

from consult.config import Settings
from consult.consultations import services
from consult.extensions import db

NAMES = ("BASE_URL", "DIGITS", "INSTANCE", "JOBS_URL", "PEPPER_FILE")


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch):
    for name in (*(f"CONSULT_{name}" for name in NAMES), "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)


def test_without_settings_everything_lies_in_the_instance_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "instance"
    assert Settings.load(port=5050) == Settings(
        instance=folder,
        database_url=f"sqlite:///{folder / 'mashura.sqlite3'}",
        base_url="http://127.0.0.1:5050",
        jobs_url=f"sqlite:///{folder / 'jobs.sqlite3'}",
        digits="latn",
        pepper_file=folder / "keys" / "pepper",
    )


def test_settings_from_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("CONSULT_INSTANCE", str(tmp_path))
    monkeypatch.setenv("CONSULT_BASE_URL", "https://consult.example.org/")
    monkeypatch.setenv("CONSULT_PEPPER_FILE", "/run/secrets/pepper")
    settings = Settings.load(port=5050)
    assert (settings.base_url, settings.is_https) == ("https://consult.example.org", True)
    assert settings.trusted_hosts == ["127.0.0.1", "consult.example.org", "localhost"]
    assert settings.pepper_file == Path("/run/secrets/pepper")


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_means_psycopg_3(monkeypatch, scheme):
    monkeypatch.setenv("DATABASE_URL", f"{scheme}://me@host/name")
    assert Settings.load().database_url == "postgresql+psycopg://me@host/name"


@pytest.mark.parametrize(
    ("base_url", "secure"), [("https://a.example", True), ("http://127.0.0.1:5000", False)]
)
def test_cookies_are_secure_where_the_address_is(tmp_path, monkeypatch, base_url, secure):
    monkeypatch.setenv("CONSULT_INSTANCE", str(tmp_path))
    monkeypatch.setenv("CONSULT_BASE_URL", base_url)
    settings = Settings.load()
    settings.make_keys()
    flask = settings.flask()
    assert (flask["SESSION_COOKIE_SECURE"], flask["REMEMBER_COOKIE_SECURE"]) == (secure, secure)


def test_keys_are_made_once_and_for_the_owner_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("CONSULT_INSTANCE", str(tmp_path))
    settings = Settings.load()
    with pytest.raises(FileNotFoundError):
        settings.key("session")
    settings.make_keys()
    first = settings.key("session")
    settings.make_keys()
    assert settings.key("session") == first
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "keys").iterdir()} == {0o600}


def test_the_address_to_hand_out_is_the_fixed_one(app, client, sign_in):
    """Behind a web server the request's own scheme and port are not those that people type."""
    services.create_consultation(db.session(), slug="trial", title={"en": "Trial"}, languages=["en"])
    db.session.commit()
    app.config["BASE_URL"] = "https://consult.example.org"
    sign_in(client, "facilitator")
    assert "https://consult.example.org/c/trial<" in client.get("/manage/trial/").text
