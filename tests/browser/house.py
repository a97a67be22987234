"""A house to visit: the demonstration, and consultations in every other state.

`python -m tests.browser.house` makes it in CONSULT_INSTANCE and prints what pages need in their addresses.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO

from PIL import Image
from sqlalchemy import select

from consult.access.models import Staff
from consult.config import LANGUAGES, Settings
from consult.consultations import services
from consult.consultations.models import Consultation
from consult.consultations.pictures import keep_picture
from consult.consultations.queries import consultation_by_slug
from consult.demo.loader import load_demonstration
from consult.evidence import drafts, feedback, indexing, sources
from consult.evidence.models import Excerpt
from consult.extensions import db
from consult.installation import initialise
from consult.review import (
    codebook_import,
    codebook_versions,
    coding,
    double,
    passages,
    personal_reading,
    redacting,
)
from consult.review import services as services_of_review
from consult.review.codebook_file import Entry
from consult.review.models import Theme
from consult.review.scope import Scope
from consult.stakeholders import groups, people
from consult.summary.offers import offered, offered_grave
from consult.summary.queries import question_labels
from consult.summary.services import Edit, begin, sign
from consult.summary.services import save as save_summary
from consult.tabular import Table
from surveys import queries as survey_queries
from surveys.definition import Definition
from surveys.elements import Quota, ScreenOut
from surveys.models import utc_now
from tests.browser.quiet import make_quiet
from tests.surveys.kinds import survey_of_every_type
from tests.surveys.samples import ONE, SHORT, survey, with_logic

TITLES = {
    "making": {"ar": "قيد الإعداد", "en": "In the making", "fr": "En préparation", "es": "En preparación"},
    "empty": {"en": "Nothing yet"},
    "later": {"ar": "قريبًا", "en": "Soon", "fr": "Bientôt", "es": "Pronto"},
    "screening": {"ar": "فرز", "en": "Screening", "fr": "Filtrage", "es": "Filtro"},
    "roll": {"ar": "للأعضاء", "en": "For members", "fr": "Pour les membres", "es": "Para miembros"},
    "over": {"ar": "انتهت", "en": "Over", "fr": "Terminée", "es": "Terminada"},
}
TELLING = (
    "اسمي كريم حداد، وأسكن في شارع النيل رقم ١٢. قال الدكتور الطراونة إن العيادة مغلقة؛ كلموني على ٠٧٩٠١٢٣٤٥٦.",
    "أخو المدير أخذ الأرض، وكل الناس يعرفون ذلك.",
    "قالت وفاء إن الحافلة لا تصل إلى المدرسة.",
)
"""What tells of a person: found by the machine, flagged by a coder, masked by one."""


def furnish() -> dict[str, object]:
    """Consultations in the states that the demonstration does not show; what pages need in their addresses."""
    for slug, title in TITLES.items():
        _make(slug, title)
    services.create_consultation(
        db.session(), slug="logic", languages=list(LANGUAGES),
        title={"ar": "شروط", "en": "Conditions", "fr": "Conditions", "es": "Condiciones"},
        definition=replace(with_logic(), languages=LANGUAGES),
    )  # fmt: skip
    _make_every_type()
    later = _named("later")
    later.opens_at = utc_now() + timedelta(days=9)
    services.schedule_consultation(db.session(), later)
    services.open_consultation(db.session(), _named("over"), allow_missing_translations=True)
    services.open_consultation(db.session(), _named("screening"), allow_missing_translations=True)
    services.close_consultation(db.session(), _named("over"))
    participant, group = _with_roll(_named("roll"))
    themes = db.session.scalars(select(Theme).where(Theme.status == "suggested").order_by(Theme.id)).all()
    for theme in themes[::2]:
        theme.status = "accepted"
    db.session.commit()
    _summed_up(_named("mid-term-review"), themes[0])
    services.publish_consultation(db.session(), _named("mid-term-review"))
    db.session.commit()
    definition = survey_queries.draft_definition(_named("making").survey)
    quiet = make_quiet()
    evidence = _with_evidence(_named("mid-term-review"), group)
    db.session.commit()
    return {
        **evidence,
        "quiet": quiet,
        "section": definition.sections[0].id,
        "question": next(question.id for question in definition.questions() if question.type == "select_one"),
        "theme": themes[0].id,
        "participant": participant,
        "group": group,
        "asked": themes[0].question_id,
        "round": _coded_blind(themes[0]),
        "answer": _coded_in_part(themes[0]),
        "codebook": _codebook(themes[0]),
        "pages": len(survey_queries.draft_definition(_named("next-strategy").survey).sections),
    }


def _coded_in_part(theme: Theme) -> int:
    """An answer of several sentences, one of which is coded by itself."""
    session = db.session()
    scope = Scope(theme.consultation_id, str(theme.question_id))
    coder = session.scalars(select(Staff).order_by(Staff.id)).first()
    arabic = select(Excerpt).where(scope.excerpts, Excerpt.language == "ar").order_by(Excerpt.id)
    for excerpt in session.scalars(arabic):
        spans = passages.sentence_spans(excerpt.text)
        if len(spans) > 2:
            passages.code_passage(session, excerpt, spans[1], themes=[theme], by_id=coder.id)
            session.commit()
            return excerpt.id
    raise LookupError("an answer of three sentences")


def _codebook(theme: Theme) -> int:
    """A version of the codebook that has changed since, and a file that waits to be taken over."""
    session, scope = db.session(), Scope(theme.consultation_id, str(theme.question_id))
    reviewer = session.scalars(select(Staff).where(Staff.email == "reviewer@example.org")).one()
    codebook_versions.fix_version(session, scope, note="قبل الترميز", by=reviewer)
    services_of_review.describe_theme(session, theme, by_id=reviewer.id, definition="ما يخص الطريق")
    entries = [
        Entry({"ar": "المكتبات", "en": "Libraries"}, definition="أماكن للقراءة", mark="م"),
        Entry({"ar": "كتب الأطفال"}, parent=0),
        Entry(dict(theme.name), definition="تعريف آخر"),
        Entry({"ar": "المكتبات"}),
    ]
    draft = codebook_import.keep_draft(session, scope, entries=entries, name="دليل.csv", staff_id=reviewer.id)
    session.commit()
    return draft.id


def _summed_up(consultation: Consultation, theme: Theme) -> None:
    """Drafts of all summaries; that of one question is signed with quotes, and its draft changed since."""
    session = db.session()
    reviewer = session.scalars(select(Staff).order_by(Staff.id)).first()
    today = date(2026, 3, 7)
    questions = [None, *question_labels(session, consultation)]
    begun = {
        question: begin(session, consultation, question, by_id=reviewer.id, today=today)
        for question in questions
    }
    summary = begun[theme.question_id]
    quotes = [quote.excerpt_id for quote in offered(session, consultation.id, [theme.id])[theme.id][:2]]
    grave = [quote.excerpt_id for quote in offered_grave(session, consultation.id, [theme.question_id])[:1]]
    translations = {number: {"en": "A reviewer’s translation.", "ar": "ترجمة مراجع."} for number in quotes}
    edit = Edit(summary.revision, quotes={theme.id: quotes, None: grave}, translations=translations)
    save_summary(session, summary, edit, by_id=reviewer.id)
    sign(session, summary, revision=summary.revision, note="", by=reviewer)
    edit = Edit(
        summary.revision,
        texts={"dissent-ar": "قال بعضهم غير ذلك.", "dissent-en": "Some said otherwise."},
        quotes={theme.id: quotes, None: grave},
    )
    save_summary(session, summary, edit, by_id=reviewer.id)
    session.commit()


def _coded_blind(theme: Theme) -> int:
    """A round of double coding in which two have begun, and differ in one answer."""
    session, scope = db.session(), Scope(theme.consultation_id, str(theme.question_id))
    coders = session.scalars(select(Staff).order_by(Staff.id)).all()[:2]
    one = double.begin_round(session, scope, size=20, by_id=coders[0].id)
    for place, number in enumerate(one.excerpt_ids[:6]):
        excerpt = session.get(Excerpt, number)
        for coder in coders:
            agreed = [] if place == 5 and coder is coders[1] else [theme] if place % 2 else []
            double.code_blind(session, one, excerpt, themes=agreed, by_id=coder.id)
    session.commit()
    return one.id


def _with_roll(consultation: Consultation) -> tuple[int, int]:
    """An open consultation for the people on a roll; one of them, and a stakeholder group."""
    women = groups.save_group(
        db.session(),
        None,
        {"name": {"ar": "النساء", "en": "Women"}, "category": "women", "influence": 4, "interest": 5,
         "expected_size": 300, "note": ""},
    )  # fmt: skip
    services.choose_mode(db.session(), consultation, access="roll", privacy="confidential")
    first = 0
    for number, name in enumerate(("منى خليل", "مني خليل", "Karim Saad", "Léa Martin", "José Núñez")):
        email = f"member{number}@example.org"
        values = {"name": name, "organisation": "جمعية النور", "email": email, "email_key": email, "phone": None,
                  "language": "ar", "region": "الأردن" if number % 2 else "", "has_vote": True}  # fmt: skip
        person = people.add_participant(db.session(), consultation, values=values, group_ids=[women.id])
        first = first or person.id
    services.open_consultation(db.session(), consultation, allow_missing_translations=True)
    return first, women.id


def _with_evidence(consultation: Consultation, group_id: int) -> dict[str, int]:
    """An interview that is kept, a workshop whose notes are being cut, a table whose columns are being chosen, and an
    open feedback channel; the ids of all."""
    session = db.session()
    values = {"kind": "interview", "title": "مقابلة 7", "informant": "عضو جمعية صغيرة", "date": date(2026, 3, 7),
              "place": "عمّان", "participants_count": 1, "language": "ar", "quote_consent": True}  # fmt: skip
    source = sources.save_source(session, consultation, None, values, [group_id])
    notes = {
        **values,
        "kind": "workshop",
        "title": "Workshop notes",
        "informant": "",
        "participants_count": 100,
    }
    workshop = sources.save_source(session, consultation, None, notes, [])
    staff_id = session.scalars(select(Staff.id).order_by(Staff.id)).first()
    assert staff_id is not None
    talk = "س: ما أهم ما يشغلكم؟\nج: التعليم أولًا، ثم الطرق إلى المدارس.\nس: ولماذا؟\nج: لأن الطريق خطر."
    draft = drafts.begin_text(session, source, text=talk, name="", staff_id=staff_id)
    rows = drafts.ready_rows(draft, source, fallback="ar")
    drafts.save(session, source, draft, rows, slug=consultation.slug)
    cutting = drafts.begin_text(session, workshop, text=talk, name="notes.txt", staff_id=staff_id)
    table = Table(("Text", "Date"), (("نريد مدارس أقرب", "2026-03-07"), ("Roads first", "")), (2, 3))
    choosing = drafts.begin_table(session, workshop, table=table, name="notes.xlsx", staff_id=staff_id)
    channel = feedback.open_channel(session, consultation, is_open=True)
    feedback.take_feedback(
        session, consultation, text="الحافلات لا تأتي.", language="ar", key="1", today=date(2026, 3, 8)
    )
    for key, text in enumerate(TELLING, start=2):
        feedback.take_feedback(
            session,
            consultation,
            text=text,
            language="ar",
            key=str(key),
            today=date(2026, 3, 9),
            quote_consent=True,
        )
    session.commit()
    indexing.read_all()
    personal_reading.read_all()
    telling = session.scalars(select(Excerpt).where(Excerpt.text.in_(TELLING)).order_by(Excerpt.id)).all()
    redacting.mask_words(session, telling[2], "وفاء", kind="name", by_id=staff_id)
    coding.note_excerpt(session, telling[1], memo="أخو المدير معروف", needs_redaction=True, by_id=staff_id)
    session.commit()
    kept = session.scalars(select(Excerpt.id).where(Excerpt.source_id == source.id)).first()
    return {
        "source": source.id, "workshop": workshop.id, "cutting": cutting.id, "choosing": choosing.id,
        "channel": channel.id, "excerpt": kept or 0, "personal": telling[0].id,
    }  # fmt: skip


def _make_every_type() -> None:
    """An open consultation with a question of every type, and pictures to choose from."""
    images = []
    for colour in ("#2e6f73", "#b4540a", "#5a3d7a", "#235f33"):
        drawn = BytesIO()
        Image.new("RGB", (640, 480), colour).save(drawn, "PNG")
        drawn.seek(0)
        images.append(keep_picture(drawn))
    definition = survey_of_every_type(tuple(images))
    services.create_consultation(
        db.session(),
        slug="kinds",
        title=dict(definition.title),
        languages=list(definition.languages),
        definition=definition,
    )
    services.open_consultation(db.session(), _named("kinds"), allow_missing_translations=True)


def _make(slug: str, title: dict[str, str]) -> None:
    definition = survey(languages=LANGUAGES)
    if slug == "empty":
        definition = Definition(title=title, languages=("en",), default_language="en", sections=())
    if slug == "screening":
        everybody = ScreenOut("s1", "true()", {"ar": "شكرًا لاهتمامكم.", "en": "Thank you for your interest."})
        quota = Quota("q1", {"ar": "النساء", "en": "Women"}, "${kind} = 'women'", 40)
        definition = replace(
            survey(SHORT, ONE, languages=LANGUAGES), screen_outs=(everybody,), quotas=(quota,)
        )
    services.create_consultation(
        db.session(), slug=slug, title=title, languages=list(definition.languages), definition=definition
    )


def _named(slug: str) -> Consultation:
    found = consultation_by_slug(db.session(), slug)
    assert found is not None
    return found


def main() -> None:
    settings = Settings.load()
    with initialise(settings).app_context():
        load_demonstration(settings)
        print(json.dumps(furnish()))


if __name__ == "__main__":
    main()
