"""Whatever is saved comes back the same, on either database; whatever is damaged changes nothing."""

from __future__ import annotations

import json
import threading
import zipfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import func, select

from consult.access.models import AuditEntry, Role
from consult.config import Settings
from consult.consultations import services
from consult.consultations.models import Consultation
from consult.consultations.queries import consultation_by_slug
from consult.errors import DomainError
from consult.extensions import db
from consult.installation import initialise
from consult.operations.archive import CONTENTS, table_path
from consult.operations.backup import PEPPER, has_pepper_apart, save_backup, saved_tables
from consult.operations.restore import restore_backup
from consult.review.models import Theme
from consult.verification import find_faults
from surveys import services as survey_services
from surveys.models import Response
from surveys.queries import latest_version
from tests.support import on_both_databases
from tests.surveys.samples import survey

ANSWERS = {"t2": "مزيد من التدريب\u200f، «l’été» 😀", "i1": 12, "a1": "id-yes"}


def settings_of(app: Flask) -> Settings:
    return Settings(
        instance=Path(app.instance_path),
        database_url=app.config["SQLALCHEMY_DATABASE_URI"],
        base_url="http://localhost",
        jobs_url="memory://",
        digits="latn",
        pepper_file=Path(app.instance_path) / "keys" / "pepper",
    )


@pytest.fixture
def filled(app: Flask) -> Consultation:
    """A consultation with answers, themes that stand below later ones, and a file that somebody sent."""
    session = db.session()
    made = services.create_consultation(
        session, slug="trial", title={"ar": "تجربة"}, languages=["en", "ar"], definition=survey()
    )
    services.open_consultation(session, made)
    for number in range(30):
        answer(made, f"{number:064}")
    below = Theme(
        consultation_id=made.id, question_id="t2", name={"en": "Below"}, origin="machine", status="suggested"
    )
    above = Theme(
        consultation_id=made.id, question_id="t2", name={"en": "Above"}, origin="machine", status="suggested"
    )
    session.add_all([below, above])
    session.flush()
    below.parent_id = above.id
    session.commit()
    sent = Path(app.instance_path) / "uploads" / "1" / "a"
    sent.parent.mkdir(parents=True)
    sent.write_bytes(b"\x00a file")
    return made


def answer(consultation: Consultation, key: str) -> None:
    version = latest_version(db.session(), consultation.survey_id)
    assert version is not None
    survey_services.submit_response(
        db.session(), version=version, submission_key=key, answers=ANSWERS, language="ar"
    )


def everything() -> dict[str, list[tuple]]:
    """Every row of every table."""
    db.session.rollback()
    with db.engine.connect() as connection:
        return {
            table.name: [
                tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns))
            ]
            for table in saved_tables(db.engine)
        }


@pytest.fixture
def empty(tmp_path: Path):
    """Makes new installations, each with its own application context."""

    def make(name: str, url: str | None = None) -> Flask:
        folder = tmp_path / name
        return initialise(
            Settings(
                instance=folder,
                database_url=url or f"sqlite:///{folder / 'mashura.sqlite3'}",
                base_url="http://localhost",
                jobs_url="memory://",
                digits="latn",
                pepper_file=folder / "keys" / "pepper",
            )
        )

    return make


@on_both_databases
def test_what_is_saved_comes_back(app: Flask, filled, tmp_path: Path, empty) -> None:
    before = everything()
    saved = save_backup(db.engine, settings_of(app), tmp_path / "b.zip")
    assert {name: part.rows for name, part in saved.tables.items()} == {n: len(r) for n, r in before.items()}
    assert (tmp_path / "b.zip").stat().st_mode & 0o077 == 0
    with empty("new").app_context():
        restored = restore_backup(db.engine, tmp_path / "new", tmp_path / "b.zip")
        assert (restored, everything()) == (saved, before)
        assert find_faults(db.session())[0] == []
        answer(consultation_by_slug(db.session(), "trial"), "k" * 64)  # numbers go on after those restored
        db.session.commit()
        assert db.session.execute(select(func.count()).select_from(Response)).scalar_one() == 31
        db.session.remove()
        db.engine.dispose()
    assert (tmp_path / "new" / "uploads" / "1" / "a").read_bytes() == b"\x00a file"


def test_from_one_database_into_the_other(app: Flask, filled, tmp_path: Path, empty, postgres_url) -> None:
    before = everything()
    save_backup(db.engine, settings_of(app), tmp_path / "b.zip")
    with empty("new", postgres_url).app_context():
        restore_backup(db.engine, tmp_path / "new", tmp_path / "b.zip")
        assert everything() == before
        answer(consultation_by_slug(db.session(), "trial"), "k" * 64)
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


@on_both_databases
def test_while_people_answer_it_is_one_moment(app: Flask, filled, tmp_path: Path) -> None:
    """Each response has its projected answers in the same file, however many come in meanwhile."""
    stop = threading.Event()
    consultation_id = filled.id

    def keep_answering() -> None:
        number = 100
        while not stop.is_set():
            with app.app_context():
                answer(db.session.get(Consultation, consultation_id), f"{number:064}")
                db.session.commit()
                db.session.remove()
            number += 1

    busy = threading.Thread(target=keep_answering)
    busy.start()
    try:
        for attempt in range(4):
            path = tmp_path / f"{attempt}.zip"
            save_backup(db.engine, settings_of(app), path)
            with zipfile.ZipFile(path) as archive:
                responses = [json.loads(line) for line in archive.open(table_path("response"))]
                projected = [json.loads(line) for line in archive.open(table_path("answer"))]
            assert len(projected) == 3 * len(responses) >= 90
    finally:
        stop.set()
        busy.join()


def damage(path: Path, name: str, change) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {item: archive.read(item) for item in archive.namelist()}
    parts[name] = change(parts[name])
    with zipfile.ZipFile(path, "w") as archive:
        for item, content in parts.items():
            archive.writestr(item, content)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        (table_path("response"), lambda lines: lines.replace(b"12", b"13", 1)),
        (table_path("response"), lambda lines: b"".join(lines.splitlines(keepends=True)[:-1])),
        ("files/uploads/1/a", lambda content: content + b"!"),
        (CONTENTS, lambda content: content.replace(b'"uploads/1/a"', b'"../../outside"')),
        (CONTENTS, lambda content: content[:-20]),
        (CONTENTS, lambda content: content.replace(b'"format": 1', b'"format": 99')),
        (CONTENTS, lambda content: content.replace(b'"revision": "', b'"revision": "no')),
    ],
)
def test_a_damaged_file_restores_nothing(app, filled, tmp_path: Path, empty, name: str, change) -> None:
    path = tmp_path / "b.zip"
    save_backup(db.engine, settings_of(app), path)
    damage(path, name, change)
    with empty("new").app_context():
        before = everything()
        with pytest.raises(DomainError):
            restore_backup(db.engine, tmp_path / "new", path)
        assert everything() == before
        db.session.remove()
        db.engine.dispose()
    assert not (tmp_path / "new" / "uploads").exists()


def test_what_is_no_backup_is_refused(app, tmp_path: Path, empty) -> None:
    path = tmp_path / "b.zip"
    path.write_bytes(b"something else")
    with empty("new").app_context(), pytest.raises(DomainError):
        restore_backup(db.engine, tmp_path / "new", path)


def test_an_installation_in_use_is_left_alone(app: Flask, filled, tmp_path: Path) -> None:
    path = tmp_path / "b.zip"
    save_backup(db.engine, settings_of(app), path)
    before = everything()
    with pytest.raises(DomainError) as refusal:
        restore_backup(db.engine, tmp_path, path)
    assert (refusal.value.code, everything()) == ("not_empty", before)


def test_keys_only_when_asked_for(app: Flask, filled, tmp_path: Path) -> None:
    plain, whole = tmp_path / "plain.zip", tmp_path / "whole.zip"
    save_backup(db.engine, settings_of(app), plain)
    save_backup(db.engine, settings_of(app), whole, with_keys=True)
    pepper = (Path(app.instance_path) / "keys" / "pepper").read_bytes()
    with zipfile.ZipFile(plain) as archive:
        assert not [name for name in archive.namelist() if "keys" in name]
        assert not [name for name in archive.namelist() if pepper in archive.read(name)]
    with zipfile.ZipFile(whole) as archive:
        assert archive.read("files/keys/pepper") == pepper


def test_no_keys_of_an_open_anonymous_consultation(app: Flask, tmp_path: Path) -> None:
    services.create_consultation(
        db.session(), slug="secret", title={"en": "S"}, languages=["en"], access="roll", privacy="anonymous"
    )
    db.session.commit()
    with pytest.raises(DomainError) as refusal:
        save_backup(db.engine, settings_of(app), tmp_path / "b.zip", with_keys=True)
    assert refusal.value.code == "keys_of_open_consultation"
    assert list(tmp_path.glob("*b.zip*")) == []


def test_roles_are_not_doubled(app: Flask, filled, tmp_path: Path, empty) -> None:
    save_backup(db.engine, settings_of(app), tmp_path / "b.zip")
    with empty("new").app_context():
        restore_backup(db.engine, tmp_path / "new", tmp_path / "b.zip")
        names = db.session.scalars(select(Role.name)).all()
        assert len(names) == len(set(names)) > 0
        assert db.session.execute(select(func.count()).select_from(AuditEntry)).scalar_one() > 0
        db.session.remove()
        db.engine.dispose()


def test_a_small_file_that_unpacks_to_much_is_refused_before_it_is_read(app, tmp_path: Path, empty) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(CONTENTS, b" " * 3_000_000)
        archive.writestr("tables/role.jsonl", b"0" * 3_000_000)
    assert path.stat().st_size < 20_000
    with empty("new").app_context():
        for most, code in ((5 * 2**20, "backup_too_large"), (2**40, "not_a_backup")):
            with pytest.raises(DomainError) as refusal:
                restore_backup(db.engine, tmp_path / "new", path, most=most)
            assert refusal.value.code == code
        db.session.remove()
        db.engine.dispose()


def test_where_the_disk_has_no_room_it_says_so(app, filled, tmp_path: Path, empty, monkeypatch) -> None:
    save_backup(db.engine, settings_of(app), tmp_path / "b.zip")
    with empty("new").app_context():
        monkeypatch.setattr("shutil.disk_usage", lambda _path: SimpleNamespace(free=1000))
        with pytest.raises(DomainError) as refusal:
            restore_backup(db.engine, tmp_path / "new", tmp_path / "b.zip")
        assert refusal.value.code == "no_room"
        db.session.remove()
        db.engine.dispose()


def test_a_pepper_that_is_kept_apart_is_left_out_unless_asked_for(app, filled, tmp_path: Path, empty) -> None:
    apart = tmp_path / "secrets" / "pepper"
    apart.parent.mkdir()
    apart.write_text("the pepper")
    (Path(app.instance_path) / "keys" / "pepper").unlink()
    settings = replace(settings_of(app), pepper_file=apart)
    assert has_pepper_apart(settings) and not has_pepper_apart(settings_of(app))
    without = save_backup(db.engine, settings, tmp_path / "without.zip", with_keys=True)
    assert PEPPER not in without.files
    save_backup(db.engine, settings, tmp_path / "whole.zip", with_keys=True, with_pepper=True)
    there = tmp_path / "elsewhere" / "pepper"
    with empty("new").app_context():
        restore_backup(db.engine, tmp_path / "new", tmp_path / "whole.zip", pepper_file=there)
        db.session.remove()
        db.engine.dispose()
    assert there.read_text() == "the pepper"
