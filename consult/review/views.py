"""Reading: the figures of every question, its themes, and the answers behind each number."""

from __future__ import annotations

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from werkzeug.wrappers import Response

from consult.access import audit
from consult.access.permissions import Right
from consult.consultations.access import load_consultation, may
from consult.consultations.models import Consultation, Status
from consult.evidence.models import GATHERED
from consult.evidence.queries import feedback_channel
from consult.evidence.services import free_text_questions
from consult.extensions import current_session
from consult.i18n import language, pick
from consult.review import codebook_versions, log, queries, redaction_queries, requests, runs, tallies
from consult.review.blueprint import blueprint
from consult.review.filter_links import chosen_links, filter_lists
from consult.review.forms import NewThemeForm, ThemeForm
from consult.review.learned import learned_from
from consult.review.models import Theme
from consult.review.presentation import (
    QuestionBlock,
    address_of,
    filters_from,
    page_number,
    theme_table,
)
from consult.review.scope import Scope
from consult.transaction import writing
from surveys import queries as survey_queries
from surveys.elements import Question

PROGRESS_SECONDS = 3


@blueprint.get("/")
def overview(slug: str) -> str:
    can_read = log_quotes(slug)
    consultation = load_consultation(slug)
    session = current_session()
    results, counted = tallies.closed_questions(session, consultation, language=language())
    working = runs.latest_runs(session, consultation_id=consultation.id)
    free = readable_questions(consultation)
    ids = {question.id for question in free}
    blocks = []
    order = tallies.question_order(session, consultation.survey_id)
    for question in [*order, *(q for q in free if q.id not in {o.id for o in order})]:
        if question.id in results:
            blocks.append(QuestionBlock(question.id, dict(question.label), result=results[question.id]))
        elif question.id in ids and may_see_free(consultation, can_read, question.id):
            figures = queries.question_figures(session, Scope(consultation.id, question.id))
            blocks.append(
                QuestionBlock(
                    question.id,
                    dict(question.label),
                    table=theme_table(figures, can_read=can_read),
                    run=working.get(question.id),
                )
            )
    return render_template(
        "review/overview.html",
        consultation=consultation,
        reworded=survey_queries.reworded_questions(session, consultation.survey_id),
        blocks=blocks,
        counted=counted,
        is_readable=requests.is_readable(consultation),
        can_read=can_read,
        can_edit=may(consultation, Right.REVIEW_EDIT),
    )


@blueprint.get("/question/<question_id>")
def question(slug: str, question_id: str) -> str:
    consultation = load_consultation(slug)
    return question_page(consultation, question_id)


def question_page(consultation: Consultation, question_id: str, *, form: NewThemeForm | None = None) -> str:
    """The page of a free-text question; `form` is a new theme's that was not accepted."""
    can_read = log_quotes(consultation.slug)
    if not may_see_free(consultation, can_read, question_id):
        abort(403)
    asked = asked_question(consultation, question_id)
    figures = queries.question_figures(current_session(), Scope(consultation.id, question_id))
    run = runs.latest_runs(current_session(), consultation_id=consultation.id).get(question_id)
    block = QuestionBlock(
        question_id, dict(asked.label), table=theme_table(figures, can_read=can_read), run=run
    )
    return render_template(
        "review/question.html",
        consultation=consultation,
        block=block,
        form=form or NewThemeForm.bound(consultation.languages)(formdata=None),
        learned=learned_from(current_session(), Scope(consultation.id, question_id)) if can_read else None,
        since=_since_version(consultation, question_id) if can_read else None,
        sent_to=current_app.config["EMBEDDING"].destination,
        can_read=can_read,
        can_edit=may(consultation, Right.REVIEW_EDIT),
    )


def _since_version(consultation: Consultation, question_id: str) -> tuple[int, int] | None:
    """(number of the newest version of the codebook, how many themes differ since then); None without a version."""
    session, scope = current_session(), Scope(consultation.id, question_id)
    newest = codebook_versions.newest_version(session, scope)
    if newest is None:
        return None
    return newest.number, codebook_versions.changes_since(
        newest, codebook_versions.current_themes(session, scope)
    ).count


@blueprint.get("/question/<question_id>/progress")
def progress(slug: str, question_id: str) -> Response | str | tuple[str, dict[str, str]]:
    """How far the machine is. The page asks again by itself; there is nothing to lose on it."""
    consultation = load_consultation(slug)
    if not may_see_free(consultation, may(consultation, Right.RESPONSES_READ), question_id):
        abort(403)
    asked = asked_question(consultation, question_id)
    run = runs.latest_runs(current_session(), consultation_id=consultation.id).get(question_id)
    if run is None or run.status not in runs.ACTIVE:
        if run is not None and run.status == "done":
            flash(_("The themes are ready."))
        return redirect(url_for("review.question", slug=slug, question_id=question_id))
    page = render_template(
        "review/progress.html",
        consultation=consultation,
        label=asked.label,
        question_id=question_id,
        run=run,
        can_edit=may(consultation, Right.REVIEW_EDIT),
    )
    return page, {"Refresh": str(PROGRESS_SECONDS)}


@blueprint.get("/theme/<int:theme_id>")
def theme(slug: str, theme_id: int) -> str:
    consultation = load_consultation(slug)
    return theme_page(consultation, theme_id)


def theme_page(consultation: Consultation, theme_id: int, *, form: ThemeForm | None = None) -> str:
    """A theme with everything in it; `form` is the codebook entry that was not accepted.

    403 without the right to read single answers, whatever brought one here.
    """
    if not may(consultation, Right.RESPONSES_READ):
        abort(403)
    log_reading(consultation.slug, theme=theme_id, page=page_number(request))
    found = queries.theme_with(current_session(), consultation.id, theme_id)
    if found is None or found.question_id is None:
        abort(404)
    if form is None:
        form = ThemeForm.bound(_languages_of(consultation, found.name))(formdata=None, obj=found)
        form.parent.data = str(found.parent_id or "")
        form.mark.data = queries.marks_of(current_session(), Scope(consultation.id, found.question_id))[
            found.id
        ]
    return _listing(consultation, found.question_id, theme=found, form=form)


@blueprint.get("/question/<question_id>/answers")
def answers(slug: str, question_id: str) -> str:
    """The answers to a question: all, those without a theme, of one language, decided or not."""
    consultation = load_consultation(slug)
    log_reading(slug, question=question_id, page=page_number(request))
    return _listing(consultation, question_id)


@blueprint.get("/changes")
def changes(slug: str) -> str:
    """What reviewers changed. It moves with the answers: who may not read them sees it when they are all there, and
    nothing in it about a single one."""
    consultation = load_consultation(slug)
    can_read = may(consultation, Right.RESPONSES_READ)
    if not may_see_free(consultation, can_read, ""):
        abort(403)
    return render_template(
        "review/changes.html",
        consultation=consultation,
        page=log.page_of(
            current_session(),
            consultation.id,
            number=page_number(request),
            can_read=can_read,
            reader_id=current_user.id,
        ),
        can_edit=may(consultation, Right.REVIEW_EDIT),
        can_code=can_read and may(consultation, Right.REVIEW_EDIT) and requests.is_readable(consultation),
    )


def _listing(consultation: Consultation, question_id: str, *, theme=None, form=None) -> str:
    asked = asked_question(consultation, question_id)
    scope = Scope(consultation.id, question_id)
    session = current_session()
    filters = filters_from(request.args, theme_id=theme.id if theme else None)
    filters = queries.with_dimension(session, scope, filters)
    languages = queries.language_counts(session, scope, filters)
    total = languages.get(filters.language, 0) if filters.language else sum(languages.values())
    page = queries.excerpt_page(session, scope, filters, number=page_number(request), total=total)
    figures = queries.question_figures(session, scope, has_quotes=False)
    themes = [item.theme for item in figures.themes]
    address = address_of(filters)
    if theme:
        address.pop("theme")  # stands in the path
    line = next((item for item in figures.themes if theme and item.theme.id == theme.id), None)
    parent_id = theme.parent_id if theme else None
    if form is not None:
        form.offer([(one.id, _told(one)) for one in queries.broader_choices(session, scope, theme)])
    return render_template(
        "review/answers.html",
        above=next((item.theme for item in figures.themes if item.theme.id == parent_id), None),
        below=[item for item in figures.themes if theme and item.theme.parent_id == theme.id],
        consultation=consultation,
        question_id=question_id,
        label=asked.label,
        theme=theme,
        line=line,
        marks=queries.marks_of(session, scope),
        form=form,
        page=page,
        figures=figures,
        pieces=redaction_queries.pieces_of(session, [item.excerpt for item in page.items]),
        languages=languages,
        filters=filters,
        also=next((item.theme for item in figures.themes if item.theme.id == filters.also_id), None),
        chosen_filters=chosen_links(session, scope, filters, is_of_theme=theme is not None),
        lists=filter_lists(
            session, consultation, scope, filters, [] if theme else themes, is_of_theme=theme is not None
        )
        if asks_for_filters()
        else None,
        address=address,
        can_edit=may(consultation, Right.REVIEW_EDIT),
    )


def _told(theme: Theme) -> str:
    """A theme's name in a list; whether it is retired stands with it."""
    return f"{pick(theme.name)} ({_('retired')})" if theme.status == "retired" else pick(theme.name)


def asks_for_filters() -> bool:
    """Whether everything is asked for by which answers can be told apart: to list it is to go through all of them."""
    return request.args.get("filters") == "open"


def asked_question(consultation: Consultation, question_id: str) -> Question:
    """A question that is coded, or what was said elsewhere; 404 for another one, and while answers may not be read."""
    free = readable_questions(consultation)
    return next((asked for asked in free if asked.id == question_id), None) or abort(404)


def readable_questions(consultation: Consultation) -> list[Question]:
    """The free-text questions while answers may be read, and what was said elsewhere as if it were one."""
    session = current_session()
    ids = requests.questions_to_code(session, consultation)
    free = {question.id: question for question in free_text_questions(session, consultation.survey_id)}
    if GATHERED in ids:
        label = {language(): _("Interviews, notes, documents and feedback")}
        free[GATHERED] = Question(GATHERED, GATHERED, "long_text", label)
    return [free[question_id] for question_id in ids]


def _languages_of(consultation: Consultation, name: dict[str, str]) -> list[str]:
    return list(dict.fromkeys([*consultation.languages, *name]))


def may_see_free(consultation: Consultation, can_read: bool, question_id: str) -> bool:
    """Figures of free answers move with every answer, so while people answer, or while the feedback channel is open for
    what is gathered, they are for who may read the answers themselves."""
    if can_read:
        return True
    if question_id == GATHERED:
        channel = feedback_channel(current_session(), consultation.id)
        if channel is not None and channel.is_open:
            return False
    return consultation.status != Status.OPEN


def log_quotes(slug: str) -> bool:
    """Whether quotes may be shown to who asks; that they were is recorded."""
    can_read = may(load_consultation(slug), Right.RESPONSES_READ)
    if can_read:
        log_reading(slug, quotes=True)
    return can_read


def log_reading(slug: str, **details: object) -> None:
    """Single answers are shown: that is a right of its own, and recorded, before anything is read."""
    with writing() as session:
        audit.record(session, "responses.read", consultation_slug=slug, **details)
