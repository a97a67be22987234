"""A PostgreSQL server of the trial's own: to be restarted, and its files to be read."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.bench.servers import free_port

PLACES = ("/usr/lib/postgresql/*/bin", "/usr/local/pgsql/bin", "/opt/homebrew/opt/postgresql*/bin")


@dataclass(frozen=True)
class Cluster:
    """A server with its folder; `url` names a database of one's own on it."""

    data: Path
    port: int
    programs: Path

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/mashura"

    def control(self, *arguments: str) -> None:
        _as_postgres([str(self.programs / "pg_ctl"), "-D", str(self.data), "-w", "-s", *arguments])

    def checkpoint(self) -> None:
        """Bring everything into the files, as a few minutes would."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("CHECKPOINT")

    def restart(self) -> None:
        """At once, with no word to whoever is connected."""
        self.control("-m", "immediate", "-l", "/dev/null", "restart")


@contextlib.contextmanager
def cluster() -> Iterator[Cluster]:
    """A new one on a free port with an empty database, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="mashura-pg-") as name:
        folder = Path(name)
        if os.geteuid() == 0:
            folder.chmod(0o755)
            owner = pwd.getpwnam("postgres")
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        made = Cluster(folder / "data", free_port(), _programs())
        _as_postgres(
            [
                str(made.programs / "initdb"),
                "-D",
                str(made.data),
                "-U",
                "postgres",
                "-A",
                "trust",
                "-E",
                "UTF8",
            ]
        )
        with (made.data / "postgresql.conf").open("a") as settings:
            settings.write(
                f"port = {made.port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = '{folder}'\n"
            )
        made.control("-l", "/dev/null", "start")
        try:
            _as_postgres(
                [
                    str(made.programs / "createdb"),
                    "-h",
                    "127.0.0.1",
                    "-p",
                    str(made.port),
                    "-U",
                    "postgres",
                    "mashura",
                ]
            )
            yield made
        finally:
            made.control("-m", "immediate", "stop")


def _programs() -> Path:
    """Where initdb and pg_ctl are."""
    if found := shutil.which("pg_ctl"):
        return Path(found).resolve().parent
    for pattern in PLACES:
        for place in sorted(Path("/").glob(pattern.lstrip("/"))):
            if (place / "pg_ctl").exists():
                return place
    raise RuntimeError("initdb and pg_ctl are not installed")


def _as_postgres(command: list[str]) -> None:
    """PostgreSQL does not run as root."""
    as_whom = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", check=False, **as_whom)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr}")
