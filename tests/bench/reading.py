"""`python -m tests.bench.reading [NUMBER]`: the pages that read a question with many answers (100,000), 40 themes and
12 groups, as a reviewer gets them over HTTP, on SQLite and on PostgreSQL.

Cold: the first such page of a fresh process, on a fresh connection, nothing read before. Warm: the median and the 95th
percentile of the pages after it. Beside them the least that the same database can do: to count the codings.
"""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from consult.access.models import Role, Staff
from consult.application import build
from consult.config import Settings
from consult.consultations import services
from consult.consultations.models import Consultation
from consult.evidence.models import SURVEY, EvidenceSource, Excerpt
from consult.evidence.services import hash_of
from consult.extensions import db
from consult.installation import initialise
from consult.review.models import MACHINE, REVIEWER, STANCES, Coding, Stance, Theme
from consult.stakeholders.entitlement import Participation
from consult.stakeholders.models import Participant, RollPlace, StakeholderGroup, participant_groups
from surveys import queries as survey_queries
from surveys.models import Answer, Response
from tests.bench.searching import times
from tests.postgres import server_url
from tests.surveys.samples import LONG, ONE, survey

BAR_WARM, BAR_COLD = 300, 3_000
THEMES, BROADER, GROUPS, ROUNDS = 40, 4, 12, 15
BATCH = 5_000
LANGUAGES = ("ar", "en", "fr", "es")
SENTENCE = "نريد مدارس أقرب إلى البيوت وطرقا آمنة وماء نظيفا وعملا للشباب في القرى والمدن البعيدة عن العاصمة"
WORDS = SENTENCE.split()


def settings_of(folder: Path, url: str | None) -> Settings:
    return Settings(
        instance=folder, database_url=url or f"sqlite:///{folder / 'mashura.sqlite3'}", base_url="http://localhost",
        jobs_url="memory://", digits="latn", pepper_file=folder / "keys" / "pepper",
    )  # fmt: skip


def fill(session: Session, number: int) -> Consultation:
    """A closed confidential consultation for the people on a roll, every one of whom has answered."""
    consultation = services.create_consultation(
        session, slug="read", title={"ar": "مشورة كبيرة"}, languages=["ar", "en"], default_language="ar",
        definition=survey(LONG, ONE),
    )  # fmt: skip
    services.open_consultation(session, consultation, allow_missing_translations=True)
    services.close_consultation(session, consultation)
    consultation.access = "roll"  # its people come below, without codes and letters
    source = EvidenceSource(
        consultation_id=consultation.id, survey_id=consultation.survey_id, kind=SURVEY, title="مشورة"
    )
    themes = [
        Theme(consultation_id=consultation.id, question_id=LONG.id, name={"ar": f"المحور {n}"}, origin=MACHINE,
              status="accepted", position=n)
        for n in range(THEMES)
    ]  # fmt: skip
    groups = [StakeholderGroup(key=f"g{n}", name={"ar": f"المجموعة {n}"}) for n in range(GROUPS)]
    reviewer = Staff(
        email="reader@example.org", fs_uniquifier=uuid.uuid4().hex, password="$argon2id$never-used"
    )
    reviewer.roles = [session.query(Role).filter_by(name="reviewer").one()]
    session.add_all([source, reviewer, *themes, *groups])
    session.flush()
    for n, theme in enumerate(themes[BROADER : 3 * BROADER]):
        theme.parent_id = themes[n % BROADER].id
    session.commit()
    version = survey_queries.latest_version(session, consultation.survey_id)
    assert version is not None
    chance = random.Random(11)
    weights = list(accumulate(1 / (n + 4) for n in range(THEMES - BROADER)))
    own = [theme.id for theme in themes[BROADER:]]
    began = datetime(2026, 1, 1, tzinfo=UTC)
    for start in range(0, number, BATCH):
        ids = range(start + 1, min(start + BATCH, number) + 1)
        rows: dict[Any, list[dict[str, Any]]] = {
            table: [] for table in (
                Participant, RollPlace, Response, Participation, participant_groups, Answer, Excerpt, Coding, Stance
            )
        }  # fmt: skip
        for i in ids:
            words = " ".join(chance.choices(WORDS, k=chance.randint(8, 40)))
            language = chance.choices(LANGUAGES, (60, 25, 10, 5))[0]
            option = chance.choice(ONE.config.options).id
            rows[Participant].append(
                {"id": i, "name": f"عضو {i}", "name_key": f"عضو {i}", "language": language,
                 "region": f"المنطقة {chance.randint(1, 9)}", "email": f"m{i}@example.org", "search_key": f"عضو {i}"}
            )  # fmt: skip
            rows[RollPlace].append(
                {"id": i, "consultation_id": consultation.id, "participant_id": i, "ref": f"r{i}",
                 "name_key": f"عضو {i}"}
            )  # fmt: skip
            rows[Response].append(
                {"id": i, "public_id": f"p{i}", "survey_id": consultation.survey_id, "version_id": version.id,
                 "submission_key": f"k{i}", "language": language, "answers": {LONG.id: words, ONE.id: option},
                 "receipt": "0" * 16, "submitted_at": began + timedelta(minutes=i)}
            )  # fmt: skip
            rows[Participation].append({"place_id": i, "response_id": i})
            for group in chance.sample(groups, chance.choices((1, 2), (4, 1))[0]):
                rows[participant_groups].append({"participant_id": i, "group_id": group.id})
            for question_id, chosen in ((LONG.id, None), (ONE.id, option)):
                rows[Answer].append(
                    {"response_id": i, "survey_id": consultation.survey_id, "question_id": question_id,
                     "option_id": chosen, "number": None, "text": words if chosen is None else None}
                )  # fmt: skip
            rows[Excerpt].append(
                {"id": i, "consultation_id": consultation.id, "source_id": source.id, "response_id": i,
                 "question_id": LONG.id, "text": words, "text_hash": hash_of(words), "language": language,
                 "position": i, "end_offset": len(words)}
            )  # fmt: skip
            is_person = i % 5 == 0
            coder = {
                "origin": REVIEWER if is_person else MACHINE,
                "coder_id": reviewer.id if is_person else None,
            }
            for theme_id in set(
                chance.choices(own, cum_weights=weights, k=chance.choices((0, 1, 2, 3), (10, 60, 20, 10))[0])
            ):
                rows[Coding].append(
                    {"excerpt_id": i, "theme_id": theme_id, "score": chance.random(), **coder}
                )
            if i % 3:
                rows[Stance].append({"excerpt_id": i, "value": chance.choice(STANCES), **coder})
        for table, values in rows.items():
            session.execute(insert(table), values)
        session.commit()
    if session.get_bind().dialect.name == "postgresql":
        for table in ("excerpt", "coding", "stance", "participant", "participation", "response"):
            session.execute(text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {10 * number})"))
        session.commit()
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    return consultation


def one_page(folder: Path, name: str) -> dict[str, float]:
    """In a process of its own: the first page, then the others, in milliseconds."""
    url = (folder / "url").read_text() if (folder / "url").exists() else None
    application = build(settings_of(folder, url), WTF_CSRF_ENABLED=False)
    with application.app_context():
        session = db.session()
        reviewer = session.scalars(select(Staff.fs_uniquifier)).one()
        largest = (
            select(Theme.id)
            .join(Coding, Coding.theme_id == Theme.id)
            .group_by(Theme.id)
            .order_by(func.count().desc(), Theme.id)
        )
        addresses = {
            "question page": f"/manage/read/review/question/{LONG.id}",
            "theme page": f"/manage/read/review/theme/{session.scalars(largest).first()}",
            "heat map": f"/manage/read/review/question/{LONG.id}/by?by=group",
        }
        db.session.remove()
        db.engine.dispose()
    client = application.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = reviewer, True

    def page() -> None:
        answer = client.get(addresses[name])
        assert answer.status_code == 200, answer.status

    (cold,) = times([page])
    warm = times([page] * ROUNDS)
    with application.app_context():
        least = statistics.median(
            times([lambda: db.session.scalar(select(func.count()).select_from(Coding))] * 5)
        )
    return {
        "cold": cold,
        "median": statistics.median(warm),
        "p95": warm[int(0.95 * len(warm))],
        "least": least,
    }


PAGES = ("question page", "theme page", "heat map")


@contextmanager
def databases() -> Iterator[dict[str, str | None]]:
    """A file, and a new database on the PostgreSQL server where there is one: name → address."""
    address = server_url()
    if address is None:
        yield {"SQLite": None}
        return
    name = f"mashura_bench_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(address, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        url = f"{address.rsplit('/', 1)[0]}/{name}".replace("postgresql://", "postgresql+psycopg://")
        try:
            yield {"SQLite": None, "PostgreSQL": url}
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def main(number: int) -> None:
    print(f"{number} answers, {THEMES} themes, {GROUPS} groups; bars: {BAR_COLD} ms cold, {BAR_WARM} ms warm")
    print(f"{'':36s}{'cold':>8s} {'median':>8s} {'p95':>8s} {'ratio':>6s}")
    with databases() as found:
        for database, url in found.items():
            with tempfile.TemporaryDirectory() as made:
                folder = Path(made)
                if url is not None:
                    (folder / "url").write_text(url)
                with initialise(settings_of(folder, url)).app_context():
                    fill(db.session(), number)
                    db.session.remove()
                    db.engine.dispose()
                measure(database, folder)


def measure(database: str, folder: Path) -> None:
    """Every page of a filled database; `ratio`: the median through counting the codings."""
    for page in PAGES:
        command = [sys.executable, "-m", "tests.bench.reading", "page", str(folder), page]
        found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        ratio = found["median"] / found["least"]
        print(
            f"{database:12s} {page:22s} {found['cold']:8.0f} {found['median']:8.0f} {found['p95']:8.0f} {ratio:6.1f}",
            flush=True,
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["page"]:
        print(json.dumps(one_page(Path(sys.argv[2]), sys.argv[3])))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
