"""An installation with consultations of every mode, and its server."""

from __future__ import annotations

import contextlib
import csv
import json
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Engine

from consult.config import _with_driver
from consult.database import engine_options
from surveys.definition import Definition, Question, Section
from surveys.questions.integer import IntegerConfig
from surveys.questions.texts import LongTextConfig
from surveys.xlsform.write import xlsform_bytes
from tests.bench.servers import free_port, running
from tests.consult.test_cli import run
from tests.postgres import server_url

PATIENCE = 300
"""Seconds until a server that is busy with other things must have started."""
MODES = ("open", "confidential", "anonymous")
_NUMBER = Question("i1", "number", "integer", {"en": "Your number?"}, config=IntegerConfig(min=0, max=10**6))
_CHANGE = Question(
    "t1", "change", "long_text", {"en": "What would you change?"}, required=True,
    config=LongTextConfig(max_length=200),
)  # fmt: skip
DEFINITION = Definition(
    {"en": "Trial"}, ("en",), "en", (Section("s1", "all", {"en": "All"}, {}, (_NUMBER, _CHANGE)),)
)


@dataclass(frozen=True)
class Installation:
    """A folder with a database, and one port for as often as its server is started."""

    folder: Path
    port: int
    database: str = ""

    @property
    def environment(self) -> dict[str, str]:
        chosen = {"DATABASE_URL": self.database} if self.database else {}
        return chosen | {"CONSULT_INSTANCE": str(self.folder)}

    def consult(self, *arguments: str, typed: str = "") -> str:
        """What a command says that must succeed."""
        more = {"DATABASE_URL": self.database} if self.database else {}
        result = run(self.folder, *arguments, typed=typed, **more)
        if result.status:
            raise RuntimeError(f"consult {' '.join(arguments)}: {result.err}")
        return result.out

    def open(
        self,
        mode: str,
        number: int,
        slug: str = "",
        *,
        definition: Definition = DEFINITION,
        roll: Path | None = None,
    ) -> list[str]:
        """Open a consultation of this mode, named like it unless told otherwise; the codes of `number` people, who
        stand on the `roll` where there is one."""
        slug = slug or mode
        form, codes = self.folder / "form.xlsx", self.folder / f"codes-{slug}.csv"
        form.write_bytes(xlsform_bytes(definition))
        access = "open" if mode == "open" else "roll"
        privacy = "anonymous" if mode == "anonymous" else "confidential"
        self.consult(
            "new", slug, "--title", slug, "--survey", str(form),
            "--languages", ",".join(definition.languages),
            "--access", access, "--privacy", privacy,
        )  # fmt: skip
        if mode == "confidential":
            if roll is None:
                roll = self.folder / f"roll-{slug}.csv"
                people = (f"Member {n} of {slug},{slug}{n}@example.org" for n in range(number))
                roll.write_text("\n".join(["name,email", *people]))
            self.consult("roll", "import", slug, str(roll))
            self.consult("codes", slug, "--out", str(codes))
        elif mode == "anonymous" and roll is not None:
            self.consult("roll", "import", slug, str(roll))
            self.consult("codes", slug, "--out", str(codes))
        elif mode == "anonymous":
            self.consult("codes", slug, "--count", str(number), "--out", str(codes))
        self.consult("open", slug)
        if mode == "open":
            return [""] * number
        with codes.open(encoding="utf-8-sig") as file:
            return [row["code"] for row in csv.DictReader(file)]

    @contextlib.contextmanager
    def serving(self, *, workers: int = 2) -> Iterator[int]:
        """`consult serve`, answering; its process id, which is that of its process group."""
        command = ["-m", "consult.cli", "serve", "--port", str(self.port), "--workers", str(workers)]
        with running(
            command, port=self.port, environment=self.environment, path="/healthz", patience=PATIENCE
        ) as pid:
            yield pid

    @property
    def url(self) -> str:
        return (
            _with_driver(self.database) if self.database else f"sqlite:///{self.folder / 'mashura.sqlite3'}"
        )

    @contextlib.contextmanager
    def engine(self) -> Iterator[Engine]:
        """The database itself, past the program."""
        engine = create_engine(self.url, **engine_options(self.url))
        try:
            yield engine
        finally:
            engine.dispose()

    def exported(self, slug: str) -> list[dict[str, Any]]:
        """The answers that `consult export` gives."""
        return [response["answers"] for response in json.loads(self.export(slug))["responses"]]

    def export(self, slug: str) -> bytes:
        out = self.folder / f"{slug}.json"
        self.consult("export", slug, "--format", "json", "--out", str(out))
        return out.read_bytes()

    def receipts(self, slug: str) -> list[str]:
        """Every receipt that counts: from the table of responses, or from the manifest of an anonymous consultation
        that is closed."""
        query = """
            SELECT receipt FROM response JOIN consultation_survey USING (survey_id)
            JOIN consultation ON consultation.id = consultation_id WHERE slug = :slug AND receipt <> ''
        """
        with self.engine() as engine, engine.connect() as connection:
            found = list(connection.execute(text(query), {"slug": slug}).scalars())
        if found:
            return found
        out = self.folder / f"{slug}-receipts.json"
        self.consult("manifest", slug, "--out", str(out))
        return json.loads(out.read_text())["receipts"]


@contextlib.contextmanager
def installation(database: str = "sqlite", folder: Path | None = None) -> Iterator[Installation]:
    """A new one in a folder of its own, with a PostgreSQL database of its own where that is asked for."""
    with tempfile.TemporaryDirectory(dir=folder) as name, database_of(database) as url:
        made = Installation(Path(name) / "instance", free_port(), url)
        made.consult("init")
        yield made


@contextlib.contextmanager
def database_of(kind: str) -> Iterator[str]:
    """The URL of a new database, dropped afterwards; "" for SQLite."""
    if kind == "sqlite":
        yield ""
        return
    address = server_url()
    if address is None:
        raise RuntimeError("there is no PostgreSQL server")
    name = f"mashura_trial_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(address, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield f"{address.rsplit('/', 1)[0]}/{name}"
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")
