"""The database is opened safely, and a request writes all or nothing."""

from __future__ import annotations

import sqlite3
import types

import pytest
from flask import abort, make_response
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from consult import database
from consult.access.models import Role
from consult.access.permissions import PERMISSIONS, Right
from consult.consultations.models import ConsultationStaff
from consult.errors import DomainError
from consult.extensions import db
from consult.transaction import commits
from tests.support import on_both_databases


def test_sqlite_is_opened_for_safety(app, session):
    names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    found = {name: session.execute(text(f"PRAGMA {name}")).scalar_one() for name in names}
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}


def test_the_sqlite_in_use_has_no_wal_reset_bug(app, session):
    version = session.execute(text("SELECT sqlite_version()")).scalar_one()
    assert tuple(map(int, version.split("."))) >= (3, 51, 3)


def test_without_a_sound_sqlite_nothing_starts(monkeypatch):
    old = types.SimpleNamespace(sqlite_version_info=(3, 51, 2))
    monkeypatch.setattr(database.importlib, "import_module", lambda name: old)
    with pytest.raises(DomainError) as refusal:
        database.sound_sqlite()
    assert refusal.value.code == "sqlite_too_old"


def test_a_recent_standard_sqlite_is_preferred(monkeypatch):
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 51, 3))
    assert database.sound_sqlite() is sqlite3.dbapi2


@on_both_databases
def test_a_reference_to_nothing_is_refused(app, session):
    session.add(ConsultationStaff(consultation_id=99, staff_id=99))
    with pytest.raises(IntegrityError):
        session.flush()


def test_who_means_to_write_holds_the_pen_from_the_start(app):
    other = database.sound_sqlite().connect(db.engine.url.database, timeout=0, isolation_level=None)
    try:

        @commits
        def write() -> str:
            other.execute("BEGIN IMMEDIATE")
            return "two writers"

        with pytest.raises(Exception, match="database is locked"):
            write()
        db.session.scalars(select(Role)).all()  # a reader holds up nobody
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
    finally:
        other.close()


@on_both_databases
@pytest.mark.parametrize(
    ("status", "kept"), [(200, True), (302, True), (400, False), (422, False), (503, False)]
)
def test_an_answer_of_400_and_above_changes_nothing(app, client, monkeypatch, status, kept):
    monkeypatch.setitem(PERMISSIONS, "probe", Right.PUBLIC)

    @commits
    def probe():
        db.session.add(Role(name="probe"))
        db.session.flush()
        return make_response("said", status)

    app.add_url_rule("/probe", "probe", probe, methods=["POST"])
    assert client.post("/probe").status_code == status
    assert (db.session.scalar(select(Role.name).where(Role.name == "probe")) is not None) is kept


@on_both_databases
@pytest.mark.parametrize(
    "failure", [DomainError("no", "No."), OperationalError("s", {}, Exception("busy")), 404]
)
def test_a_failure_changes_nothing(app, client, monkeypatch, failure):
    monkeypatch.setitem(PERMISSIONS, "probe", Right.PUBLIC)

    @commits
    def probe():
        db.session.add(Role(name="probe"))
        db.session.flush()
        if isinstance(failure, int):
            abort(failure)
        raise failure

    app.add_url_rule("/probe", "probe", probe, methods=["POST"])
    status = client.post("/probe").status_code
    assert status == {DomainError: 409, OperationalError: 503, int: 404}[type(failure)]
    assert db.session.scalar(select(Role.name).where(Role.name == "probe")) is None


@on_both_databases
def test_an_error_tells_the_log_nothing_of_what_was_sent(app):
    db.session.execute(text("INSERT INTO role (name) VALUES ('a secret answer')"))
    with pytest.raises(IntegrityError) as raised:
        db.session.execute(insert(Role).values(name="a secret answer"))
    assert "[SQL parameters hidden" in str(raised.value)
    assert "parameters: (" not in str(raised.value)
