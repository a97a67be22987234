"""Saving an installation while people answer."""

from __future__ import annotations

import hashlib
import os
import zipfile
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, Table, select

import consult.tables  # noqa: F401 - the metadata must be whole
from consult.config import Settings
from consult.consultations.models import Consultation, Privacy, Status
from consult.errors import DomainError
from consult.operations.archive import CONTENTS, FORMAT, Contents, Part, table_path, written_line
from surveys.i18n import N_
from surveys.models import Base, utc_now

FOLDERS = ("uploads", "pictures")
"""What people sent and what facilitators show, in the instance folder."""
KEYS = "keys"
PEPPER = "keys/pepper"
_PORTION = 1000


def save_backup(
    engine: Engine, settings: Settings, path: Path, *, with_keys: bool = False, with_pepper: bool = False
) -> Contents:
    """Write everything into one file, as it was at one moment; people may go on answering meanwhile.

    The file appears whole or not at all. Keys are left out unless asked for, and a pepper that
    lies apart from them unless it is asked for too. Raises DomainError when keys are
    asked for while an anonymous consultation is open: with them its codes could be tried out.
    """
    partial = path.with_name(f".{path.name}.partial")
    try:
        with engine.connect().execution_options(**_one_moment(engine)) as connection:
            if with_keys:
                _refuse_keys_of_open_slots(connection)
            tables = saved_tables(engine)
            handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with (
                os.fdopen(handle, "wb") as file,
                zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=5) as archive,
            ):
                parts = {table.name: _save_table(archive, connection, table) for table in tables}
                files = _save_files(archive, settings.instance, FOLDERS + ((KEYS,) if with_keys else ()))
                if with_keys and with_pepper and has_pepper_apart(settings):
                    pepper = settings.pepper_file.read_bytes()
                    archive.writestr(f"files/{PEPPER}", pepper)
                    files[PEPPER] = hashlib.sha256(pepper).hexdigest()
                contents = Contents(
                    format=FORMAT,
                    made_at=utc_now().isoformat(timespec="minutes"),
                    revision=revision_of(connection),
                    tables=parts,
                    files=files,
                    has_keys=with_keys,
                )
                archive.writestr(CONTENTS, contents.to_json())
        _to_disk(partial)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return contents


def has_pepper_apart(settings: Settings) -> bool:
    """Whether the pepper is kept outside the keys folder, where no backup takes it from: it was put there so as not to
    lie beside the database."""
    return settings.pepper_file.resolve() != (settings.instance / PEPPER).resolve()


def saved_tables(engine: Engine) -> list[Table]:
    """Our tables as the database has them, those that others refer to first; a job queue's are left alone."""
    found = MetaData()
    found.reflect(engine, only=lambda name, _metadata: name in Base.metadata.tables)
    return list(found.sorted_tables)


def revision_of(connection: Connection) -> str:
    """The migration that the tables stand at."""
    return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()


def _one_moment(engine: Engine) -> dict[str, Any]:
    """A SQLite reader sees one moment by itself; PostgreSQL must be told."""
    if engine.dialect.name == "sqlite":
        return {}
    return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


def _refuse_keys_of_open_slots(connection: Connection) -> None:
    open_anonymous = select(Consultation.slug).where(
        Consultation.privacy == Privacy.ANONYMOUS,
        Consultation.status.in_((Status.DRAFT, Status.SCHEDULED, Status.OPEN)),
    )
    slug = connection.execute(open_anonymous).scalar()
    if slug is not None:
        raise DomainError(
            "keys_of_open_consultation",
            N_(
                "No keys can be saved before the anonymous consultation %(slug)s is closed: with them and the "
                "database its codes could be tried out."
            ),
            slug=slug,
        )


def _save_table(archive: zipfile.ZipFile, connection: Connection, table: Table) -> Part:
    digest, count = hashlib.sha256(), 0
    rows = connection.execution_options(yield_per=_PORTION).execute(
        select(table).order_by(*(table.primary_key.columns or table.columns))
    )
    with archive.open(table_path(table.name), "w", force_zip64=True) as out:
        for row in rows:
            line = written_line(table, row)
            digest.update(line)
            count += 1
            out.write(line)
    return Part(count, digest.hexdigest())


def _save_files(archive: zipfile.ZipFile, instance: Path, folders: tuple[str, ...]) -> dict[str, str]:
    saved = {}
    for folder in folders:
        for path in sorted((instance / folder).rglob("*")):
            name = path.relative_to(instance).as_posix()
            try:
                content = path.read_bytes() if path.is_file() else None
            except FileNotFoundError:  # taken back by who sent it, a moment ago
                continue
            if content is not None:
                archive.writestr(f"files/{name}", content)
                saved[name] = hashlib.sha256(content).hexdigest()
    return saved


def _to_disk(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
