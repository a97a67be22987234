"""All texts of a survey side by side: the words of one language, and a field for those of another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from consult.access.permissions import Right
from consult.builder import freshness
from consult.builder.places import heading_of, part_of
from consult.builder.services import definition_of, save_survey
from consult.builder.settings import HIDDEN_SIGNS
from consult.consultations.access import load_consultation
from consult.consultations.models import Consultation
from consult.errors import SurveyError
from consult.extensions import current_session
from consult.i18n import is_language_switch
from consult.transaction import commits
from surveys.definition import Definition
from surveys.text import is_safe_label, pick
from surveys.translations import Place, texts_of, with_texts

blueprint = Blueprint("translate", __name__, url_prefix="/manage/<slug>/survey/translate")
PERMISSIONS = {"translate.page": Right.CONSULTATION_EDIT, "translate.save": Right.CONSULTATION_EDIT}


@dataclass(frozen=True, slots=True)
class Line:
    """One text: `name` of its input, `heading` where it belongs, the words to read and the words typed."""

    name: str
    heading: str
    part: str
    source: str
    source_language: str
    typed: str
    is_wrong: bool = False
    is_stale: bool = False


@blueprint.get("/<code>")
def page(slug: str, code: str) -> str:
    consultation = load_consultation(slug)
    return _page(consultation, _known(consultation, code))


@blueprint.post("/<code>")
@commits
def save(slug: str, code: str) -> Response | tuple[str, int]:
    consultation = load_consultation(slug)
    _known(consultation, code)
    if is_language_switch():
        return _page(consultation, code, request.form), 200
    typed = {key.removeprefix("t:"): words for key, words in request.form.items() if key.startswith("t:")}
    if any(not is_safe_label(words) for words in typed.values()):
        return _page(consultation, code, request.form, error=HIDDEN_SIGNS), 422
    definition = with_texts(
        definition_of(consultation),
        {key: {code: words.replace("\r\n", "\n")} for key, words in typed.items() if key != "title"},
    )
    try:
        save_survey(
            current_session(),
            consultation=consultation,
            definition=definition,
            draft_revision=_revision(consultation),
            change=f"translation {code}",
        )
    except SurveyError as error:
        return _page(consultation, code, request.form, refusal=error), 422
    freshness.confirm(
        current_session(),
        survey_id=consultation.survey_id,
        definition=definition_of(consultation),
        language=code,
        keys=(key.removeprefix("ok:") for key in request.form if key.startswith("ok:")),
    )
    flash(_("Saved."))
    return redirect(url_for("builder.survey", slug=slug), 303)


def _known(consultation: Consultation, code: str) -> str:
    if code not in consultation.languages:
        abort(404)
    return code


def _revision(consultation: Consultation) -> int:
    sent = request.form.get("revision", "")
    return int(sent) if sent.isascii() and sent.isdigit() else consultation.survey.draft_revision


def _page(
    consultation: Consultation,
    code: str,
    sent: Mapping[str, str] | None = None,
    *,
    error: str = "",
    refusal: SurveyError | None = None,
) -> str:
    definition = definition_of(consultation)
    late = freshness.stale_in(current_session(), consultation.survey_id, definition).get(code, ())
    lines = _lines(definition, code, sent or {}, stale={place.key for place in late})
    only_open = request.args.get("show") == "open"
    return render_template(
        "builder/translate.html",
        consultation=consultation,
        code=code,
        lines=[line for line in lines if not only_open or line.is_stale or not line.typed.strip()],
        only_open=only_open,
        stale=len(late),
        missing=sum(1 for line in lines if not line.typed.strip()),
        revision=_revision(consultation),
        error=error,
        refusal=refusal,
    )


def _lines(definition: Definition, code: str, sent: Mapping[str, str], *, stale: set[str]) -> list[Line]:
    lines = []
    for place in texts_of(definition):
        source = _source_language(definition, place, code)
        if source is None or place.key == "title":
            continue
        name = f"t:{place.key}"
        typed = sent.get(name, place.text.get(code, ""))
        lines.append(
            Line(
                name=name,
                heading=heading_of(place, definition),
                part=part_of(place),
                source=pick(place.text, source, source),
                source_language=source,
                typed=typed,
                is_wrong=not is_safe_label(typed),
                is_stale=place.key in stale,
            )
        )
    return lines


def _source_language(definition: Definition, place: Place, code: str) -> str | None:
    """The language to translate from: the default one, else any that has words; None when none has."""
    order = [definition.default_language, *definition.languages]
    others = [language for language in order if language != code and place.text.get(language)]
    return others[0] if others else (code if place.text.get(code) else None)
