"""Puts the demonstration's content into a fresh installation."""

from __future__ import annotations

import hashlib
import json
import random
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import current_app
from flask_security import hash_password
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from consult.access.models import Role, Staff
from consult.config import LANGUAGES, Settings
from consult.consultations import services
from consult.consultations.models import Consultation
from consult.extensions import db
from consult.jobs import finish_waiting
from consult.transaction import commits
from surveys import queries as survey_queries
from surveys import services as survey_services
from surveys.definition import Definition
from surveys.models import Response, utc_now

CONTENT = Path(__file__).parent / "content"
PASSWORD = "mashura-demo"
ACCOUNTS = {
    "facilitator": "facilitator@example.org",
    "reviewer": "reviewer@example.org",
    "admin": "admin@example.org",
}
MARK = "demonstration.json"
CONSULTATIONS = (
    ("review.json", "responses.jsonl", True),
    ("next-strategy.json", "next-strategy-responses.jsonl", False),
)


def load_demonstration(settings: Settings) -> None:
    """Make the accounts and the two consultations unless they are there. Needs an application context."""
    mark = settings.instance / MARK
    if mark.exists():
        return
    _add_accounts()
    for content, responses, is_over in CONSULTATIONS:
        if _consultation(_read(content), _lines(responses), is_over=is_over):
            finish_waiting()
    mark.write_text(
        json.dumps({"alliance": _read("alliance.json"), "accounts": ACCOUNTS, "password": PASSWORD})
    )


@commits
def _add_accounts() -> None:
    session = db.session()
    datastore = current_app.extensions["security"].datastore
    for role, email in ACCOUNTS.items():
        if session.scalar(select(Staff).where(Staff.email == email)) is None:
            person = datastore.create_user(
                email=email, name=role.capitalize(), password=hash_password(PASSWORD)
            )
            person.roles = [session.scalars(select(Role).where(Role.name == role)).one()]


@commits
def _consultation(content: dict[str, Any], responses: list[dict[str, Any]], *, is_over: bool) -> bool:
    """Returns whether it was made now."""
    session = db.session()
    if session.scalar(select(Consultation.id).where(Consultation.slug == content["slug"])):
        return False
    facilitator = session.scalars(select(Staff).where(Staff.email == ACCOUNTS["facilitator"])).one()
    now = utc_now()
    consultation = services.create_consultation(
        session,
        slug=content["slug"],
        title=content["title"],
        languages=content["languages"],
        default_language=content["default_language"],
        definition=Definition.from_json(content["survey"]),
        creator=facilitator,
        purpose=content["purpose"],
        asker=content["asker"],
        use_of_answers=content["use_of_answers"],
        background=_background(content["background"]) if "background" in content else {},
        iap2_level=content["iap2_level"],
        timezone="Asia/Amman",
        closes_at=None
        if is_over
        else (now + timedelta(days=60)).replace(hour=18, minute=0, second=0, microsecond=0),
    )
    services.open_consultation(session, consultation)
    _answer(session, consultation, responses, ended_days_ago=6 if is_over else 0)
    if is_over:
        consultation.opened_at = now - timedelta(days=20)
        services.close_consultation(session, consultation, now=now - timedelta(days=6))
    return True


def _answer(
    session: Session, consultation: Consultation, responses: list[dict[str, Any]], *, ended_days_ago: int
) -> None:
    version = survey_queries.latest_version(session, consultation.survey_id)
    assert version is not None
    dice = random.Random(20261122)
    end = utc_now() - timedelta(days=ended_days_ago, hours=1)
    times = sorted(end - timedelta(minutes=dice.randrange(14 * 24 * 60)) for _ in responses)
    for number, (response, at) in enumerate(zip(responses, times, strict=True)):
        submission = survey_services.submit_response(
            session,
            version=version,
            submission_key=hashlib.sha256(f"{consultation.slug}|{number}".encode()).hexdigest(),
            answers=response["answers"],
            language=response["language"],
            quote_consent=response["quote_consent"],
        )
        session.execute(update(Response).where(Response.id == submission.response_id).values(submitted_at=at))


def _background(parts: dict[str, Any]) -> dict[str, str]:
    """The parts of the background as one Markdown text a language."""
    texts = {}
    for code in LANGUAGES:
        lines = [parts["intro"][code], ""]
        for name in ("evidence", "findings", "priorities", "recommendations"):
            lines += [f"## {_HEADINGS[name][code]}", ""]
            for item in parts[name]:
                words = [item[key][code] for key in ("label", "text") if key in item]
                lines.append(f"- **{words[0]}** {words[1]}" if len(words) > 1 else f"- {words[0]}")
            lines.append("")
        texts[code] = "\n".join(lines)
    return texts


_HEADINGS = {
    "evidence": {
        "ar": "ما قرأناه وسمعناه",
        "en": "What we read and heard",
        "fr": "Ce que nous avons lu et entendu",
        "es": "Lo que leímos y escuchamos",
    },
    "findings": {
        "ar": "النتائج الأولية",
        "en": "First findings",
        "fr": "Premiers constats",
        "es": "Primeros hallazgos",
    },
    "priorities": {
        "ar": "الأولويات الخمس",
        "en": "The five priorities",
        "fr": "Les cinq priorités",
        "es": "Las cinco prioridades",
    },
    "recommendations": {
        "ar": "مسودة التوصيات",
        "en": "Draft recommendations",
        "fr": "Projet de recommandations",
        "es": "Borrador de recomendaciones",
    },
}


def _read(name: str) -> dict[str, Any]:
    return json.loads((CONTENT / name).read_text("utf-8"))


def _lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (CONTENT / name).read_text("utf-8").splitlines() if line]
