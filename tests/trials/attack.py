"""Anonymity: 50 members, of whom 40 answer in an order that the attacker saw. Then he takes the database, its logs, the
server's log, a backup, every page of staff and every export, and reads all of it in every order he can think of.

Each order is a guess who said what. Chance puts half of all pairs right and links one of 40. The same attack on a copy
in which the answers were stored as they came, with codes beside them, has to succeed: else it would prove nothing.
"""

from __future__ import annotations

import base64
import contextlib
import io
import json
import re
import secrets
import shutil
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from random import Random
from statistics import mean

from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import Engine

from consult.ballots.payload import unpacked
from consult.database import engine_options, sound_sqlite
from tests.bench.participant import Participant, RefusedError
from tests.bench.servers import free_port, running
from tests.trials.accounts import load
from tests.trials.installation import Installation, installation
from tests.trials.members import Member
from tests.trials.postgres import Cluster, cluster
from tests.trials.staff import signed_in

MEMBERS, ANSWERS, RUNS = 50, 40, 20
FEWEST = 10
"""Of the answers must be found in one place for their order to be a guess."""
MOST_LINKED = 5
EXPORTS = ("json", "csv", "xlsx", "sav")
PAGES = (
    "/manage/", "/manage/{}/", "/manage/{}/export", "/manage/{}/files", "/manage/{}/paper", "/manage/{}/participation",
    "/manage/{}/roll", "/manage/{}/invitations", "/manage/{}/invitations/codes", "/manage/{}/stakeholders",
    "/manage/{}/survey", "/manage/{}/survey/versions", "/manage/{}/settings", "/manage/{}/team", "/manage/{}/review/",
    "/manage/{}/review/changes", "/manage/{}/review/question/t1", "/manage/{}/review/question/t1/answers",
    "/manage/{}/review/question/i1", "/c/{}", "/c/{}/receipts", "/c/{}/receipts.json", "/c/{}/results",
)  # fmt: skip


@dataclass
class Loot:
    """What was taken in one run: contents by name, the words of answers in the orders that tables give, and what must
    be in none of them. `marks` are the answers in the order in which they came."""

    marks: list[str]
    codes: list[str]
    addresses: list[str]
    contents: dict[str, bytes] = field(default_factory=dict)
    orders: dict[str, list[str]] = field(default_factory=dict)

    def read(self) -> None:
        """Two orders of everything in which the words of answers stand: of their first places, and of their last."""
        pattern = re.compile(self.marks[0][:6].encode() + rb"[0-9a-f]{10}")
        for name, content in self.contents.items():
            found = [match[0].decode() for match in pattern.finditer(content)]
            self.orders[f"{name}, first"] = list(dict.fromkeys(found))
            self.orders[f"{name}, last"] = list(dict.fromkeys(reversed(found)))[::-1]

    def guesses(self) -> dict[str, tuple[float, int, int]]:
        """Name → (concordance with the true order, how many are linked, of how many), of orders of enough answers."""
        true = {mark: number for number, mark in enumerate(self.marks)}
        return {
            name: (concordance([true[mark] for mark in order]), linked(order, self.marks), len(order))
            for name, order in self.orders.items()
            if len(order) >= FEWEST
        }

    def given_away(self) -> list[str]:
        """Where codes stand, and addresses outside the roll."""
        places = []
        for name, content in self.contents.items():
            folded = content.lower()
            for kind, words in (("code", self.codes), ("address", self.addresses)):
                may = kind == "address" and ("database" in name or "roll" in name)
                spelled = {form for word in words for form in (word, "-".join(re.findall("....", word)))}
                if not may and any(word.lower().encode() in folded for word in spelled):
                    places.append(f"{kind} in {name}")
        return places


def concordance(order: list[int]) -> float:
    return mean(earlier < later for earlier, later in combinations(order, 2))


def by_chance(answers: int, runs: int) -> float:
    """How far the mean concordance of so few may be from a half: four standard deviations (Kendall's tau), at least
    the bar of .05, which 20 runs of 40 answers keep."""
    variance = (2 * (2 * answers + 5)) / (9 * answers * (answers - 1)) / 4
    return max(0.05, 4 * (variance / runs) ** 0.5)


def linked(order: list[str], marks: list[str]) -> int:
    """Who knows in which order they came, and finds the answers in this one, puts them side by side."""
    came = [mark for mark in marks if mark in set(order)]
    return sum(one == other for one, other in zip(came, order, strict=True))


def take_tables(engine: Engine, loot: Loot) -> None:
    """Responses, answers and slots by each of their columns, and by what the database itself knows of rows."""
    hidden = ("rowid",) if engine.dialect.name == "sqlite" else ("ctid", "xmin::text::bigint, ctid")
    words = {"response": "answers", "answer": "text", "slot": "payload"}
    with engine.connect() as connection:
        for table, column in words.items():
            columns = [
                found["name"] for found in inspect(engine).get_columns(table) if found["name"] != column
            ]
            for order in (*hidden, *columns):
                rows = connection.execute(text(f"SELECT {column} FROM {table} ORDER BY {order}")).scalars()
                found = [mark for value in rows if (mark := _mark_in(value, loot))]
                loot.orders[f"{table} by {order.partition(':')[0]}"] = list(dict.fromkeys(found))


def _mark_in(value: object, loot: Loot) -> str:
    if isinstance(value, bytes | memoryview):
        value = json.dumps(dict(unpacked(bytes(value)).answers))
    found = re.search(loot.marks[0][:6] + "[0-9a-f]{10}", str(value))
    return found[0] if found else ""


def take_files(folder: Path, name: str, loot: Loot) -> None:
    """All files but the keys, which lie elsewhere."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "keys" not in path.parts:
            with contextlib.suppress(FileNotFoundError):
                loot.contents[f"{name}/{path.relative_to(folder)}"] = path.read_bytes()


def take_backup(house: Installation, name: str, loot: Loot) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "backup.zip"
        house.consult("backup", str(path))
        for part, content in unzipped(path.read_bytes()):
            table = f"{name} backup, {'roll' if 'participant' in part or 'roll' in part else part}"
            loot.contents[table] = _with_slots_read(content) if part.endswith("/slot.jsonl") else content


def _with_slots_read(lines: bytes) -> bytes:
    """Slots are in base 64 there."""
    return b"\n".join(
        base64.b64decode(value)
        for line in lines.splitlines()
        for value in json.loads(line)
        if isinstance(value, str)
    )


def unzipped(content: bytes) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for part in archive.namelist():
            yield part, archive.read(part)


def take_pages(staff: Participant, slug: str, name: str, loot: Loot) -> None:
    for page in PAGES:
        try:
            loot.contents[f"{name} {page}"] = staff.get(page.format(slug)).encode()
        except RefusedError as error:
            if error.status >= 500:
                raise


def take_exports(house: Installation, slug: str, loot: Loot) -> None:
    for kind in EXPORTS:
        out = house.folder.parent / f"export.{kind}"
        house.consult("export", slug, "--format", kind, "--out", str(out))
        content = out.read_bytes()
        parts = unzipped(content) if kind == "xlsx" else ((kind, content),)
        loot.contents |= {f"export {part}": found for part, found in parts}


@dataclass
class Verdict:
    """All runs together: of each order its concordances and links; what was given away; answers that were found."""

    guesses: dict[str, list[tuple[float, int, int]]] = field(default_factory=lambda: defaultdict(list))
    given_away: set[str] = field(default_factory=set)

    def add(self, loot: Loot) -> None:
        loot.read()
        for name, guess in loot.guesses().items():
            self.guesses[re.sub(r"[0-9A-F]{24}|\b\d{4,}\b", "N", name)].append(guess)
        self.given_away |= set(loot.given_away())

    def tolerance(self, name: str) -> float:
        found = self.guesses[name]
        return by_chance(min(one[2] for one in found), len(found))

    def summary(self, least: int) -> tuple[bool, str]:
        """Whether nothing was learnt, and the figures. Orders that fewer than `least` runs gave are left out."""
        means = {
            name: (mean(one[0] for one in found), mean(one[1] for one in found))
            for name, found in self.guesses.items()
            if len(found) >= least
        }
        if not means:
            return False, "no answers were found anywhere"
        far = max(means, key=lambda name: abs(means[name][0] - 0.5))
        most = max(means, key=lambda name: means[name][1])
        bad = {
            name: (round(close, 2), round(links, 1))
            for name, (close, links) in means.items()
            if abs(close - 0.5) > self.tolerance(name) or links > MOST_LINKED
        }
        is_safe = not bad and not self.given_away
        return is_safe, (
            f"{len(means)} orders; farthest concordance {means[far][0]:.3f} ({far}), most linked "
            f"{means[most][1]:.1f} of {ANSWERS} ({most}); codes or addresses: {sorted(self.given_away) or 'none'}"
            f"{'; BROKEN: ' + str(bad) if bad else ''}"
        )


def log_of(house: Installation) -> Path:
    return house.folder / "server.log"


@contextlib.contextmanager
def serving(house: Installation) -> Iterator[None]:
    """The server, with what it says in a file."""
    program = (
        "import os, sys; os.dup2(os.open(sys.argv[1], os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600), 2); "
    )
    program += "os.execv(sys.executable, [sys.executable, '-m', 'consult.cli', *sys.argv[2:]])"
    command = ["-c", program, str(log_of(house)), "serve", "--port", str(house.port)]
    with running(command, port=house.port, environment=house.environment, path="/healthz"):
        yield


def opened(house: Installation, slug: str, number: int) -> Loot:
    """A consultation with a roll of 50, its codes in the order in which members will come, and their words."""
    roll = house.folder.parent / "roll.csv"
    addresses = [f"{secrets.token_hex(6)}@members.example.org" for _ in range(MEMBERS)]
    roll.write_text("\n".join(["name,email", *(f"Member {one[:6]},{one}" for one in addresses)]))
    codes = house.open("anonymous", MEMBERS, slug, roll=roll)
    Random(number).shuffle(codes)
    for left in house.folder.glob("codes-*"):  # those were handed out
        left.unlink()
    mark = f"mark{number:02}"
    return Loot([mark + secrets.token_hex(5) for _ in range(ANSWERS)], codes, addresses)


def run_once(house: Installation, server: Cluster | None, number: int) -> tuple[Loot, Loot]:
    """What is to be had while it is open, and what after closing."""
    slug = f"quiet-{number}"
    loot = opened(house, slug, number)
    after = Loot(loot.marks, loot.codes, loot.addresses)
    staff = signed_in(house)
    for at, (mark, code) in enumerate(zip(loot.marks, loot.codes, strict=False)):
        Member(house.port, "anonymous", at, code, words=mark, slug=slug).answer()
    if server is None:
        take_files(house.folder, "database", loot)
    with house.engine() as engine:
        if server is None:
            take_tables(engine, loot)
    take_backup(house, "open", loot)
    take_pages(staff, slug, "open", loot)
    house.consult("close", slug)
    if server is not None:
        server.checkpoint()
        take_files(server.data, "database", after)
    take_files(house.folder, "database", after)
    with house.engine() as engine:
        take_tables(engine, after)
    take_backup(house, "closed", after)
    take_pages(staff, slug, "closed", after)
    take_exports(house, slug, after)
    return loot, after


def stored_in_order(house: Installation, loot: Loot, folder: Path) -> Loot:
    """The same data as a careless program would have kept it: one row after the other, with a log of codes."""
    source = house.folder / "mashura.sqlite3"
    shutil.copy(source, folder / source.name)
    with contextlib.closing(sound_sqlite().connect(folder / source.name)) as copy:
        columns = [row[1] for row in copy.execute("PRAGMA table_info(response)") if row[1] != "id"]
        names = ", ".join(columns)
        for mark in loot.marks:
            query = f"INSERT INTO response ({names}) SELECT {names} FROM response WHERE answers LIKE ? RETURNING id"
            changed = names.replace("submission_key", "submission_key || 'x'").replace(
                "public_id", "public_id || 'x'"
            )
            copy.execute(query.replace(f"SELECT {names}", f"SELECT {changed}"), (f"%{mark}%",)).fetchall()
        copy.execute("DELETE FROM response WHERE submission_key NOT LIKE '%x'")
        copy.commit()
        copy.execute("VACUUM")
    (folder / "server.log").write_text("\n".join(f"entered with {code}" for code in loot.codes))
    taken = Loot(loot.marks, loot.codes, loot.addresses)
    take_files(folder, "database", taken)
    url = f"sqlite:///{folder / source.name}"
    engine = create_engine(url, **engine_options(url))
    take_tables(engine, taken)
    engine.dispose()
    return taken


def attack(house: Installation, server: Cluster | None, runs: int) -> tuple[Verdict, Verdict, Loot]:
    while_open, after = Verdict(), Verdict()
    with serving(house):
        for number in range(runs):
            loot, closed = run_once(house, server, number)
            while_open.add(loot)
            after.add(closed)
    return while_open, after, closed


def control(house: Installation, loot: Loot) -> bool:
    """Whether the attack finds what there is to be found."""
    verdict = Verdict()
    with tempfile.TemporaryDirectory() as name:
        verdict.add(stored_in_order(house, loot, Path(name)))
    best = max(mean(one[0] for one in found) for found in verdict.guesses.values())
    links = max(mean(one[1] for one in found) for found in verdict.guesses.values())
    is_caught = best > 0.95 and links > MOST_LINKED and any("code in" in one for one in verdict.given_away)
    print(
        f"attack, negative control (stored in order, codes in a log): concordance {best:.3f}, {links:.0f} of {ANSWERS} "
        f"linked, {sorted(verdict.given_away)}: {'found, as it has to be' if is_caught else 'NOT FOUND'}"
    )
    return is_caught


def report(name: str, verdict: Verdict, runs: int) -> bool:
    is_safe, figures = verdict.summary(least=max(1, runs // 4))
    print(f"attack ({name}): {runs} runs of {ANSWERS} answers by {MEMBERS} members; {figures}; {load()}")
    return is_safe


def main(database: str, rounds: int) -> bool:
    runs = rounds or RUNS
    if database == "sqlite":
        with installation() as house:
            while_open, after, last = attack(house, None, runs)
            results: Iterable[bool] = (
                report("sqlite, while it is open", while_open, runs),
                report("sqlite, closed", after, runs),
                control(house, last),
            )
            return all(results)
    with cluster() as server, tempfile.TemporaryDirectory() as name:
        house = Installation(Path(name) / "instance", free_port(), server.url)
        house.consult("init")
        while_open, after, _last = attack(house, server, runs)
        results = (
            report("postgres, open: backup and pages", while_open, runs),
            report("postgres, closed: with pg_wal, tables and indexes", after, runs),
        )
        return all(results)
