"""Anonymous consultations to visit: one that is open, and one that is over with its receipts."""

from __future__ import annotations

from consult.ballots.handing_out import make_codes
from consult.config import LANGUAGES
from consult.consultations import services
from consult.extensions import db
from consult.stakeholders import people
from tests.surveys.samples import ONE, SHORT, survey

TITLE = {
    "ar": "ما الذي نغيّره في مجلس الإدارة؟", "en": "What should the board change?",
    "fr": "Que doit changer le conseil ?", "es": "¿Qué debe cambiar la junta?",
}  # fmt: skip
PURPOSE = {
    "ar": "نريد أن نسمع رأيكم في عمل المجلس بلا خوف.",
    "en": "We want to hear what you think of the board, without fear.",
    "fr": "Nous voulons savoir, sans crainte, ce que vous pensez du conseil.",
    "es": "Queremos saber sin temor qué piensa usted de la junta.",
}  # fmt: skip


def make_quiet() -> str:
    """All of them; a code of the open one."""
    for slug in ("quiet", "quiet-over", "quiet-soon", "quiet-made"):
        consultation = services.create_consultation(
            db.session(),
            slug=slug,
            title=TITLE,
            languages=list(LANGUAGES),
            access="roll",
            privacy="anonymous",
            definition=survey(SHORT, ONE, languages=LANGUAGES),
            purpose=PURPOSE,
            asker={"ar": "لجنة الأعضاء", "en": "The members' committee"},
        )
        if slug == "quiet-soon":
            values = {"name": "منى خليل", "organisation": "", "email": None, "email_key": None, "phone": None,
                      "language": "ar", "region": "", "has_vote": True}  # fmt: skip
            people.add_participant(db.session(), consultation, values=values, group_ids=())
            continue
        codes = make_codes(db.session(), consultation, 30)
        if slug == "quiet-made":
            continue
        services.open_consultation(db.session(), consultation, allow_missing_translations=True)
        if slug == "quiet":
            code = codes[0]
        elif slug == "quiet-over":
            services.close_consultation(db.session(), consultation)
    return code
