"""Printing the survey on paper, and keying paper forms in."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from consult.access.permissions import Right
from consult.consultations import paper
from consult.consultations.access import load_consultation
from consult.consultations.inputs import INCOMPLETE, QUOTE_CONSENT
from consult.consultations.models import Consultation
from consult.consultations.paper import SheetCode
from consult.errors import SurveyError
from consult.extensions import current_session
from consult.i18n import direction, error_text, is_language_switch, language
from consult.places import Place
from consult.transaction import commits
from surveys.numbers import parse_number
from surveys.paper import KeyedForm, form_id, keyed_form, new_serial, paper_form, read_sheet_code
from surveys.queries import draft_definition, latest_version, version_with
from surveys.versions import Version

blueprint = Blueprint("paper", __name__, url_prefix="/manage/<slug>/paper")
PERMISSIONS = {f"paper.{name}": Right.CONSULTATION_EDIT for name in ("overview", "print_form", "key", "keep")}
PLACES = (
    Place(key="paper", label=_l("Paper"), endpoint="paper.overview", right=Right.CONSULTATION_EDIT, order=50),
)
MOST_COPIES = 100
OWN = {part: f"paper:{part}" for part in ("version", "photocopy", "language")}
"""The keying page's own inputs. No question's input is called so: there is no colon in a name."""


@blueprint.get("")
def overview(slug: str) -> str:
    consultation = load_consultation(slug)
    return render_template(
        "consultations/paper.html",
        consultation=consultation,
        channels=paper.channels_of(current_session(), consultation),
        version=latest_version(current_session(), consultation.survey_id),
        refusal=_refusal(consultation),
        most_copies=MOST_COPIES,
    )


@blueprint.get("/form")
def print_form(slug: str) -> str:
    """The form in the language `show_in`, `copies` times, each with a number of its own."""
    consultation = load_consultation(slug)
    version = latest_version(current_session(), consultation.survey_id)
    definition = version.definition if version else draft_definition(consultation.survey)
    wanted = request.args.get("show_in") or language()
    shown = wanted if wanted in consultation.languages else consultation.default_language
    form = form_id(definition.fingerprint())
    with force_locale(shown):
        return render_template(
            "consultations/paper_form.html",
            consultation=consultation,
            form=paper_form(definition, shown, say=_),
            copies=[_codes(form, new_serial()) for _copy in range(_copies())],
            is_draft=version is None,
            has_free_text=version is None or _has_words(keyed_form(version, shown)),
            language=shown,
            direction=direction(shown),
        )


def _codes(form: str, serial: str) -> Any:
    return lambda sheet: str(SheetCode(form, serial, sheet))


def _copies() -> int:
    try:
        number = parse_number(request.args.get("copies", ""))
    except SurveyError:
        return 1
    return max(1, min(MOST_COPIES, int(number or 1)))


@blueprint.get("/key")
def key(slug: str) -> str:
    consultation = load_consultation(slug)
    version = latest_version(current_session(), consultation.survey_id)
    if version is None:
        abort(404)
    return _page(consultation, keyed_form(version, _keyed_language(consultation)))


@blueprint.post("/key")
@commits
def keep(slug: str) -> Response | str | tuple[str, int]:
    """Store a keyed form, or show it again with what is to be looked at."""
    consultation = load_consultation(slug)
    form = keyed_form(_shown_version(consultation), _keyed_language(consultation))
    raw = request.form.to_dict(flat=False)
    if is_language_switch() or request.form.get("action") == "language":
        return _page(consultation, form, raw=raw)
    try:
        paper.check_keying(consultation)
        code = _code()
        version = paper.version_of_sheet(current_session(), consultation, code)
    except SurveyError as error:
        return _page(consultation, form, raw=raw, code_error=error_text(error)), 422
    if version.id != form.version.id:
        form = keyed_form(version, form.language)
        words = _(
            "This sheet was printed from version %(number)s. Its questions stand below: look and send again.",
            number=version.number,
        )
        return _page(consultation, form, raw=raw, code_error=words), 422
    keyed = form.read(raw)
    is_accepted = request.form.get(INCOMPLETE) == "yes"
    if keyed.errors or (keyed.lacking and not is_accepted):
        return _page(consultation, form, raw=raw, keyed=keyed), 422
    return _stored(consultation, form, raw, keyed, code)


def _stored(
    consultation: Consultation, form: KeyedForm, raw: dict[str, list[str]], keyed: Any, code: SheetCode
) -> Response | tuple[str, int]:
    slug = consultation.slug
    try:
        submission = paper.store_paper(
            current_session(),
            consultation,
            version=form.version,
            code=code,
            keyed=keyed,
            language=form.language,
            quote_consent=request.form.get(QUOTE_CONSENT) == "yes",
        )
    except SurveyError as error:
        current_session().rollback()
        return _page(load_consultation(slug), form, raw=raw, code_error=error_text(error)), 422
    if submission is None:
        flash(_("Not kept: whoever answers so is asked no further. It was counted. The next form, please."))
    elif _is_photocopy():
        flash(_("Keyed in. Write this code on the sheet: %(code)s", code=str(code)))
    else:
        flash(_("Keyed in: %(code)s. The next form, please.", code=str(code)))
    return redirect(url_for("paper.key", slug=slug, paper_language=form.language), 303)


def _code() -> SheetCode:
    """The code as typed; that of a photocopy gets a number of its own."""
    code = read_sheet_code(request.form.get("code", ""))
    return SheetCode(code.form, new_serial()) if _is_photocopy() else code


def _is_photocopy() -> bool:
    return request.form.get(OWN["photocopy"]) == "yes"


def _shown_version(consultation: Consultation) -> Version:
    """The version whose questions the form showed."""
    sent = request.form.get(OWN["version"], "")
    shown = (
        version_with(current_session(), int(sent))
        if sent.isascii() and sent.isdigit() and len(sent) < 10
        else None
    )
    if shown is None or shown.survey_id != consultation.survey_id:
        shown = latest_version(current_session(), consultation.survey_id)
    if shown is None:
        abort(404)
    return shown


def _keyed_language(consultation: Consultation) -> str:
    wanted = request.form.get(OWN["language"]) or request.args.get("paper_language") or language()
    return wanted if wanted in consultation.languages else consultation.default_language


def _refusal(consultation: Consultation) -> str:
    try:
        paper.check_keying(consultation)
    except SurveyError as error:
        return error_text(error)
    return ""


def _has_words(form: KeyedForm) -> bool:
    return any(part.has_free_text for part in form.parts)


def _page(
    consultation: Consultation,
    form: KeyedForm,
    *,
    raw: dict[str, list[str]] | None = None,
    keyed: Any = None,
    code_error: str = "",
) -> str:
    errors = {**keyed.lacking, **keyed.errors} if keyed else {}
    parts = form.bind(raw or {}, errors)
    return render_template(
        "consultations/paper_key.html",
        consultation=consultation,
        form=form,
        parts=parts,
        problems=[field for _part, fields in parts for field in fields if field.error],
        only_lacks=bool(keyed and keyed.lacking and not keyed.errors),
        code=(raw or {}).get("code", [""])[0],
        code_error=code_error,
        is_photocopy=OWN["photocopy"] in (raw or {}),
        own=OWN,
        has_free_text=_has_words(form),
        typed=raw or {},
        channels=paper.channels_of(current_session(), consultation),
        refusal=_refusal(consultation),
    )
