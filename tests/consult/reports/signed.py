"""A closed consultation with 40 answers, accepted themes and a signed summary of its one free question."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from consult.access.models import Staff
from consult.consultations import services
from consult.consultations.models import Consultation
from consult.evidence.models import Excerpt
from consult.review.models import REVIEWER, Coding, Theme
from consult.review.requests import gather
from consult.summary import services as summaries
from consult.summary.models import SummaryVersion
from surveys.models import Response
from tests.consult.review.answers import QUESTION, answer, make_consultation

MOMENT = datetime(2026, 3, 9, 12, tzinfo=UTC)
ODD = "=1+1 \u202eneerg\u202c 😀 نريد الماء and SMS"
LARGE, SMALL = range(28), range(28, 34)


def signed_consultation(session: Session) -> Consultation:
    """40 answers: 28 under "Water", 6 under "Roads", all with consent but every third; times are fixed."""
    consultation = make_consultation(session, purpose={"en": "To hear you.", "ar": "لنسمعكم."})
    for number in range(40):
        words = ODD if number == 1 else f"We need water, says voice {number}"
        answer(session, consultation, words, key=str(number), quote_consent=number % 3 > 0)
    services.close_consultation(session, consultation)
    session.execute(update(Response).values(submitted_at=MOMENT))
    consultation.opened_at = consultation.closed_at = consultation.created_at = MOMENT
    gather(session, consultation)
    reviewer = Staff(email="rim@example.org", fs_uniquifier="rim", name="Rim", active=True)
    session.add(reviewer)
    session.flush()
    excerpts = session.scalars(select(Excerpt).order_by(Excerpt.position, Excerpt.id)).all()
    for name, numbers in (("Water", LARGE), ("Roads", SMALL)):
        theme = Theme(
            consultation_id=consultation.id, question_id=QUESTION, name={"en": name, "ar": f"محور {name}"},
            origin=REVIEWER, status="accepted", definition=f"All about {name}",
        )  # fmt: skip
        session.add(theme)
        session.flush()
        session.add_all(
            Coding(excerpt_id=excerpts[n].id, theme_id=theme.id, origin=REVIEWER, coder_id=reviewer.id)
            for n in numbers
        )
    session.flush()
    _sign(session, consultation, reviewer, [excerpts[1].id, excerpts[2].id])
    return consultation


def _sign(session: Session, consultation: Consultation, reviewer: Staff, quoted: list[int]) -> None:
    summary = summaries.begin(session, consultation, QUESTION, by_id=reviewer.id, today=date(2026, 3, 10))
    water = session.scalars(select(Theme.id).order_by(Theme.id)).first()
    summaries.add_quotes(session, summary, water, quoted, by_id=reviewer.id)
    version = summaries.sign(session, summary, revision=summary.revision, note="Read twice.", by=reviewer)
    session.execute(update(SummaryVersion).where(SummaryVersion.id == version.id).values(signed_at=MOMENT))
    session.flush()
    session.expire_all()
