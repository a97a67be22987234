"""`python -m tests.bench.reading [NUMBER]`: the pages that read a question with many answers (100,000), 40 themes and
12 groups, as a reviewer gets them over HTTP, on SQLite and on PostgreSQL.

Cold: the first such page of a fresh process, on a fresh connection. Warm: the median and the 95th percentile of the
pages after it. Beside them the least that the same database can do: to count the codings.
"""

from __future__ import annotations

import random
import uuid
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from consult.access.models import Role, Staff
from consult.config import Settings
from consult.consultations import services
from consult.consultations.models import Consultation
from consult.evidence.models import SURVEY, EvidenceSource, Excerpt
from consult.evidence.services import hash_of
from consult.extensions import db
from consult.review.models import MACHINE, REVIEWER, STANCES, Coding, Stance, Theme
from consult.stakeholders.entitlement import Participation
from consult.stakeholders.models import Participant, RollPlace, StakeholderGroup, participant_groups
from surveys import queries as survey_queries
from surveys.models import Answer, Response
from tests.surveys.samples import LONG, ONE, survey

BAR_WARM, BAR_COLD = 300, 3_000
THEMES, BROADER, GROUPS, ROUNDS = 40, 4, 12, 15
BATCH = 5_000
LANGUAGES = ("ar", "en", "fr", "es")
WORDS = (
    ["نريد", "مدارس", "أقرب", "إلى", "البيوت", "وطرقا", "آمنة", "وماء", "نظيفا", "وعملا", "للشباب", "في", "القرى", "والمدن", "البعيدة", "عن", "العاصمة"]
)


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
                rows[Coding].append({"excerpt_id": i, "theme_id": theme_id, "score": 0.5, **coder})
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
