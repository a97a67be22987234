"""Beginning a consultation from a whole survey: choose a template, give it a name, and look at it."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from consult.access.permissions import Right
from consult.builder import library
from consult.config import LANGUAGES
from consult.consultations import services
from consult.consultations.forms import NewConsultationForm
from consult.consultations.queries import consultation_by_slug
from consult.errors import SurveyError
from consult.extensions import current_session
from consult.i18n import error_text, language
from consult.transaction import commits
from surveys.definition import Definition
from surveys.models import utc_now

blueprint = Blueprint("gallery", __name__, url_prefix="/manage/templates")
PERMISSIONS = {f"gallery.{name}": Right.CONSULTATION_CREATE for name in ("listing", "template", "begin")}


@blueprint.get("")
def listing() -> str:
    return render_template("builder/gallery.html", templates=list(library.templates().values()))


@blueprint.get("/<key>")
def template(key: str) -> str:
    found = _template(key)
    form = NewConsultationForm(
        title=found.title.get(language(), ""),
        slug=_free_address(found),
        languages=list(dict.fromkeys([language(), LANGUAGES[0]])),
    )
    return render_template("builder/template.html", template=found, form=form)


@blueprint.post("/<key>")
@commits
def begin(key: str) -> Response | tuple[str, int]:
    """A draft consultation with the template's survey; its title in all languages unless it was changed."""
    found = _template(key)
    form = NewConsultationForm()
    if form.validate_on_submit():
        chosen = form.languages.data or []
        first = language() if language() in chosen else chosen[0]
        typed = form.title.data or ""
        title = {first: typed}
        if typed in found.title.values():
            title = {code: found.title[code] for code in chosen}
        definition = Definition(title=title, languages=tuple(chosen), default_language=first)
        try:
            consultation = services.create_consultation(
                current_session(),
                slug=form.slug.data or "",
                title=title,
                languages=chosen,
                default_language=first,
                definition=library.with_template(definition, found),
                creator=current_user,
                timezone=request.form.get("timezone", ""),
            )
        except SurveyError as error:
            form.slug.errors = [error_text(error)]
        else:
            return redirect(url_for("builder.survey", slug=consultation.slug), 303)
    return render_template("builder/template.html", template=found, form=form), 422


def _template(key: str) -> library.Template:
    found = library.templates().get(key)
    if found is None:
        abort(404)
    return found


def _free_address(template: library.Template) -> str:
    """The template's key and the year, numbered when it is taken."""
    stem = f"{template.key}-{utc_now().year}"
    number, wanted = 1, stem
    while consultation_by_slug(current_session(), wanted) is not None:
        number += 1
        wanted = f"{stem}-{number}"
    return wanted
