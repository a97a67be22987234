"""What must not be lost, or come back: translations, a colleague's work, quotes of a theme that is out of use."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import delete, select
from werkzeug.datastructures import MultiDict

from consult.access.models import Staff
from consult.analysis.personal_data import VERSION
from consult.consultations.models import Consultation
from consult.evidence.models import Excerpt
from consult.extensions import db
from consult.review import redacting
from consult.review.models import Theme
from consult.review.redaction_models import PersonalReading
from consult.summary import services
from consult.summary.checks import OUTDATED_WORDS, findings
from consult.summary.figures import counted
from consult.summary.forms import sent_edit
from consult.summary.models import ChosenQuote, Summary, SummaryVersion
from consult.summary.presentation import edit_page
from consult.summary.queries import Working, draft_of, publishable_summaries
from tests.consult.reports.signed import signed_consultation
from tests.consult.review.answers import QUESTION
from tests.consult.summary.test_pages import BASE, inputs

TODAY = date(2026, 3, 11)


@pytest.fixture
def consultation(app) -> Consultation:
    made = signed_consultation(db.session())
    db.session.commit()
    return made


def summary() -> Summary:
    return db.session.scalars(select(Summary)).one()


def rim() -> Staff:
    return db.session.scalars(select(Staff).where(Staff.name == "Rim")).one()


def voice(number: int) -> Excerpt:
    return db.session.scalars(select(Excerpt).where(Excerpt.text.endswith(f"voice {number}"))).one()


def form_of(working: Working, **changes: str) -> MultiDict:
    """The page of a summary as a browser sends it, in words enough."""
    form = MultiDict({"was-out": ""})
    page = edit_page(working, changes=[], accepted=set(), offers={})
    for line in page.lines:
        number = line.theme.theme_id
        form[f"place-{number}"], form[f"was-place-{number}"] = line.place, str(line.was_place)
    form.setlist("was-out", ["", *map(str, page.left_out)])
    for number in page.left_out:
        form[f"out-{number}"] = "yes"
    for key, quotes in page.kept.items():
        form.setlist(f"was-quote-{key}", ["", *(str(quote.excerpt_id) for quote in quotes)])
        form.setlist(f"quote-{key}", [str(quote.excerpt_id) for quote in quotes])
        for quote in quotes:
            for code, words in quote.translations.items():
                form[f"was-translation-{quote.excerpt_id}-{code}"] = words
                form.add(f"translation-{quote.excerpt_id}-{code}", words)
    form.update(changes)
    return form


def save(form: MultiDict) -> None:
    found = summary()
    edit = sent_edit(form, draft_of(db.session(), found).draft, ["en", "ar"]).edit
    services.save(
        db.session(),
        found,
        replace(edit, revision=found.revision),
        by_id=rim().id,
    )


def translate(number: int, words: str) -> None:
    db.session.flush()
    form = form_of(draft_of(db.session(), summary()))
    form.add(f"translation-{number}-ar", words)
    save(form)


def test_a_translation_of_masked_words_is_not_signed_again(consultation) -> None:
    session, excerpt = db.session(), voice(2)
    translate(excerpt.id, "قالت ليلى حداد")
    services.sign(session, summary(), revision=summary().revision, note="", by=rim())
    session.execute(delete(PersonalReading).where(PersonalReading.excerpt_id == excerpt.id))
    session.add(PersonalReading(excerpt_id=excerpt.id, version=VERSION, text_hash=excerpt.text_hash))
    session.flush()
    redacting.mask_words(session, excerpt, "voice", kind="other", by_id=rim().id)
    session.flush()
    session.expire_all()
    working = draft_of(session, summary())
    current = counted(session, consultation, QUESTION, today=TODAY)
    assert OUTDATED_WORDS in [one.message for one in findings(session, consultation, working, current)]
    services.sign(session, summary(), revision=summary().revision, note="", by=rim())
    public = [
        quote for one in publishable_summaries(session, consultation.id) for quote in one.content.quotes
    ]
    assert all(quote.translations == {} for quote in public)
    translate(excerpt.id, "ترجمة جديدة")
    working = draft_of(session, summary())
    assert not working.outdated
    assert {"ar": "ترجمة جديدة"} in [quote.translations for quote in working.draft.content.quotes]


def test_a_translation_typed_in_one_of_two_places_counts(consultation) -> None:
    excerpt = voice(2)
    translate(excerpt.id, "القديم")
    for place in (["القديم", "الجديد"], ["الجديد", "القديم"]):
        form = form_of(draft_of(db.session(), summary()))
        form.setlist(f"translation-{excerpt.id}-ar", place)
        form[f"was-translation-{excerpt.id}-ar"] = "القديم"
        edit = sent_edit(form, draft_of(db.session(), summary()).draft, ["en", "ar"]).edit
        assert edit.translations == {excerpt.id: {"ar": "الجديد"}}


def test_a_second_save_after_a_conflict_keeps_the_colleagues_work(consultation) -> None:
    session = db.session()
    first, second = session.scalars(select(Theme.id).order_by(Theme.id))
    mine = form_of(draft_of(session, summary()), **{"introduction-en": "Mine."})
    mine.add(f"quote-{second}", str(voice(7).id))
    theirs = services.Edit(
        summary().revision,
        places={second: 1},
        left_out=frozenset({first}),
        quotes={first: [voice(2).id], None: [voice(5).id]},
        translations={voice(2).id: {"ar": "ترجمتها"}},
    )
    services.save(session, summary(), theirs, by_id=rim().id)
    working = draft_of(session, summary())
    sent = sent_edit(mine, working.draft, ["en", "ar"])
    page = edit_page(
        working, changes=[], accepted=set(), offers={}, typed=(sent.edit, sent.typed_places), is_conflict=True
    )
    assert [choice.is_chosen for choice in page.grave] == [True]
    assert [(line.theme.theme_id, line.place, line.is_out) for line in page.lines] == [
        (second, "1", False), (first, "2", True),
    ]  # fmt: skip
    save(mine)
    draft = draft_of(session, summary()).draft
    assert [theme.theme_id for theme in draft.content.themes] == [second, first]
    assert draft.left_out == {first} and draft.text("introduction-en") == "Mine."
    chosen = {theme.theme_id: [q.excerpt_id for q in theme.quotes] for theme in draft.content.themes}
    assert chosen == {first: [voice(2).id], second: [voice(7).id]}
    assert [quote.excerpt_id for quote in draft.content.grave] == [voice(5).id]
    assert {"ar": "ترجمتها"} in [quote.translations for quote in draft.content.quotes]


def test_a_retired_theme_keeps_its_quotes(consultation) -> None:
    session = db.session()
    theme = session.scalars(select(Theme).order_by(Theme.id)).first()
    before = [
        q.excerpt_id for q in session.scalars(select(ChosenQuote).where(ChosenQuote.theme_id == theme.id))
    ]
    theme.status = "retired"
    session.flush()
    take = {"by_id": rim().id, "today": TODAY}
    services.take_figures(session, summary(), consultation, revision=summary().revision, **take)
    assert theme.id in draft_of(session, summary()).draft.left_out
    services.save(session, summary(), services.Edit(summary().revision, quotes={None: []}), by_id=rim().id)
    theme.status = "accepted"
    session.flush()
    services.take_figures(session, summary(), consultation, revision=summary().revision, **take)
    (found,) = [one for one in draft_of(session, summary()).draft.content.themes if one.theme_id == theme.id]
    assert before and [quote.excerpt_id for quote in found.quotes] == before


def test_a_second_press_on_signing_is_no_error(consultation, client, sign_in) -> None:
    sign_in(client, "reviewer")
    draft = dict(summary().draft)
    summary().draft = {**draft, "content": {**draft["content"], "introduction": {"en": "New", "ar": "جديد"}}}
    db.session.commit()
    data = {"part": QUESTION, f"revision-{QUESTION}": str(summary().revision)}
    db.session.rollback()
    assert [client.post(f"{BASE}sign", data=data).status_code for _turn in range(3)] == [303, 303, 303]
    assert len(db.session.scalars(select(SummaryVersion)).all()) == 2
    assert inputs(client.get(f"{BASE}part/{QUESTION}").text)["was-out"] == [""]
