"""Asking another program for the wording of one text. Nobody holds the database while it thinks."""

from __future__ import annotations

from flask import current_app, flash
from flask_babel import gettext as _
from flask_security import current_user

from consult.access import audit
from consult.config import WritingSettings
from consult.consultations.access import load_consultation
from consult.consultations.models import Consultation, Privacy
from consult.encoders.errors import EncoderError
from consult.extensions import current_session
from consult.i18n import error_text
from consult.summary import services
from consult.summary.draft import Draft
from consult.summary.errors import SummaryError
from consult.summary.parts import begun_part
from consult.summary.queries import draft_of
from consult.summary.wording import Material, checked
from consult.summary.writer import Writer
from consult.transaction import writing
from surveys.i18n import N_

OFF = N_("No program that proposes wording is set up here.")
STAYS = N_(
    "What was said in an anonymous consultation is not sent to another server. Whoever runs this one can allow it."
)
NOTHING_TO_SAY = N_("The figures say nothing here that a wording could be made of.")


def propose_text(slug: str, part: str, name: str) -> None:
    """Put a proposed wording into a text, marked, or say why not. What stood there stays before it."""
    consultation = load_consultation(slug)
    settings: WritingSettings = current_app.config["WRITING"]
    _found, summary = begun_part(consultation, part)
    draft, revision = draft_of(current_session(), summary).draft, summary.revision
    try:
        if name not in draft.names(consultation.languages):
            return
        material = _material(consultation, settings, draft, name)
        current_session().rollback()
        words = checked(Writer(settings).wording(material), material)
        typed = draft.text(name)
        is_own = typed and typed != draft.drafted.get(name) and typed != draft.proposed.get(name)
        with writing() as session:
            audit.record(
                session, "summary.wording_asked", consultation_slug=slug, part=part, host=settings.destination
            )
            _part, summary = begun_part(load_consultation(slug), part)
            services.propose(
                session,
                summary,
                name,
                f"{typed}\n\n{words}" if is_own else words,
                revision=revision,
                by_id=current_user.id,
            )
    except (EncoderError, SummaryError) as error:
        flash(error_text(error))
        return
    flash(_("A wording was proposed. It is marked until you edit it or take it over."))


def _material(consultation: Consultation, settings: WritingSettings, draft: Draft, name: str) -> Material:
    if not settings.destination:
        raise SummaryError("no_writer", OFF)
    if consultation.privacy == Privacy.ANONYMOUS and not settings.anonymous_may_leave:
        raise SummaryError("answers_stay", STAYS)
    key, _dash, code = name.rpartition("-")
    facts = draft.drafted.get(name, "")
    theme = next((one for one in draft.content.themes if f"theme-{one.theme_id}" == key), None)
    quotes = theme.quotes if theme else draft.content.grave if key == "dissent" else ()
    if not facts and not quotes:
        raise SummaryError("nothing_to_say", NOTHING_TO_SAY)
    themes = (theme,) if theme else draft.to_sign().themes
    named = [words for one in themes for words in one.name.values()]
    groups = [
        words for one in themes for group in one.groups for words in group.name.values() if words in facts
    ]
    texts = [quote.text for quote in quotes if quote.text]
    return Material(code, facts, list(dict.fromkeys([*named, *groups])), texts)
