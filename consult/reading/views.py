"""Reading a question: themes by group, language, source, stance and time; together; one against another; weighted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import render_template, request, url_for
from flask_babel import gettext as _

from consult.access.permissions import Right
from consult.consultations.access import load_consultation, may
from consult.consultations.models import Access, Consultation, Privacy
from consult.evidence.labels import KINDS
from consult.evidence.models import GATHERED
from consult.extensions import current_session
from consult.i18n import person_text
from consult.reading import breakdown, comparing, cooccurrence, triangulation
from consult.reading import weighted as weighting
from consult.reading.blueprint import blueprint
from consult.reading.breakdown import Column, dimensions_of
from consult.reading.presentation import heat_map as shown_map
from consult.reading.presentation import stance_bar
from consult.review.column_names import column_name, dimension_name
from consult.review.dimensions import NO_COLUMN, STANCE, Dimension
from consult.review.models import Theme
from consult.review.requests import is_readable
from consult.review.scope import Scope
from consult.review.views import asked_question, log_reading, readable_questions
from surveys.elements import Question

FEW_PAIRS = 40


@dataclass(frozen=True, slots=True)
class Visit:
    """Who reads which question: somebody who may read single answers."""

    consultation: Consultation
    asked: Question
    scope: Scope


def visit(slug: str, question_id: str) -> Visit:
    """The question of a page. That exact counts were seen is recorded."""
    log_reading(slug, question=question_id, table=str(request.endpoint).rpartition(".")[2])
    consultation = load_consultation(slug)
    asked = asked_question(consultation, question_id)
    return Visit(consultation, asked, Scope(consultation.id, question_id))


@blueprint.get("/question/<question_id>/by")
def heat_map(slug: str, question_id: str) -> str:
    """Themes by one dimension, the one that the address names or the first there is."""
    here = visit(slug, question_id)
    session = current_session()
    dimensions = dimensions_of(session, here.consultation, question_id)
    chosen = chosen_dimension(dimensions)
    found = breakdown.theme_breakdown(session, here.scope, chosen)
    table = shown_map(found, _address(slug, chosen))
    return render_template(
        "reading/heat_map.html",
        here=here,
        consultation=here.consultation,
        question_id=question_id,
        label=here.asked.label,
        dimensions=[(one.key, dimension_name(one), one.key == chosen.key) for one in dimensions],
        chosen=chosen,
        name=dimension_name(chosen),
        table=table,
        bars=[stance_bar(row, table.columns) for row in table.rows] if chosen.kind == STANCE else [],
    )


def chosen_dimension(dimensions: list[Dimension]) -> Dimension:
    """The dimension in the address; the first one where it names none of them."""
    asked = request.args.get("by")
    return next((one for one in dimensions if one.key == asked), dimensions[0])


def _address(slug: str, dimension: Dimension) -> Callable[[Theme, Column], str]:
    """Gives the answers behind a cell; what is the same in all of a column's addresses is built once."""
    ends: dict[str, tuple[str, str]] = {}

    def address(theme: Theme, column: Column) -> str:
        if column.key not in ends:
            whole = url_for("review.theme", slug=slug, theme_id=0, by=dimension.key, column=column.key)
            before, _zero, after = whole.partition("/theme/0")
            ends[column.key] = (before, after)
        before, after = ends[column.key]
        return f"{before}/theme/{theme.id}{after}"

    return address


@blueprint.get("/question/<question_id>/together")
def together(slug: str, question_id: str) -> str:
    """Which themes are said together more often than chance would have it."""
    here = visit(slug, question_id)
    found = cooccurrence.pairs_of(current_session(), here.scope)
    pairs = [pair for pair in found.pairs if pair.both]
    is_whole = request.args.get("show") == "all"
    return render_template(
        "reading/together.html",
        consultation=here.consultation,
        here=here,
        question_id=question_id,
        label=here.asked.label,
        found=found,
        pairs=pairs[: None if is_whole else FEW_PAIRS],
        more=0 if is_whole else max(0, len(pairs) - FEW_PAIRS),
    )


@blueprint.get("/question/<question_id>/compare")
def compare(slug: str, question_id: str) -> str:
    """Two columns of a dimension, or this wave and another one."""
    here = visit(slug, question_id)
    session = current_session()
    read = breakdown.read_question(session, here.scope)
    dimensions = dimensions_of(session, here.consultation, question_id)
    chosen = chosen_dimension(dimensions)
    table = breakdown.theme_breakdown(session, here.scope, chosen, read=read)
    choices = [(c.key, column_name(chosen, c.key, c.label), c.base) for c in table.columns]
    waves = _waves(here)
    wave = next((one for one in waves if one.slug == request.args.get("wave")), None)
    can_pair = wave is not None and comparing.may_pair(here.consultation, wave)
    found = None
    sides: tuple[str, str] | None = None
    if wave is not None:
        found = _against_wave(here, read, wave, is_paired=_asked_people())
        sides = (person_text(here.consultation.title), person_text(wave.title))
    elif request.args.get("one") and request.args.get("other"):
        one, other = (request.args.get(name, "") for name in ("one", "other"))
        names = {key: name for key, name, _base in choices}
        if one in names and other in names:
            found = comparing.compare_columns(session, read, chosen, one, other)
            sides = (names[one], names[other])
    return render_template(
        "reading/compare.html",
        here=here,
        consultation=here.consultation,
        question_id=question_id,
        label=here.asked.label,
        dimensions=[(one.key, dimension_name(one), one.key == chosen.key) for one in dimensions],
        chosen=chosen,
        choices=choices,
        asked=request.args,
        waves=waves,
        wave=wave,
        can_pair=can_pair,
        found=found,
        sides=sides,
    )


def _waves(here: Visit) -> list[Consultation]:
    """Other consultations with this question whose answers may be read by who asks, and may be read now."""
    if here.scope.question_id == GATHERED:
        return []
    return [
        other
        for other in comparing.earlier_waves(current_session(), here.consultation, here.asked)
        if may(other, Right.RESPONSES_READ) and is_readable(other)
    ]


def _asked_people() -> bool | None:
    """Whether only those who answered both waves are asked for; None where the address does not say."""
    return {"same": True, "all": False}.get(request.args.get("people", ""))


def _against_wave(
    here: Visit, read: breakdown.Read, wave: Consultation, *, is_paired: bool | None
) -> comparing.Comparison | None:
    session = current_session()
    matched = comparing.matching_question(session, wave, here.asked)
    log_reading(wave.slug, question=matched, table="compare")
    assert matched is not None
    return comparing.compare_waves(session, read, Scope(wave.id, matched), is_paired=is_paired)


@blueprint.get("/question/<question_id>/weighted")
def weighted(slug: str, question_id: str) -> str:
    """Unweighted beside weighted, where the roll is known and people are not promised to be anonymous."""
    here = visit(slug, question_id)
    session = current_session()
    consultation = here.consultation
    is_named = consultation.privacy == Privacy.CONFIDENTIAL and consultation.access == Access.ROLL
    is_named = is_named and question_id != GATHERED
    margins = weighting.margins_of(session, consultation.id) if is_named else []
    asked = [name for name in request.args.getlist("margin") if name in margins] or margins
    found = None
    if margins:
        found = weighting.weighted_themes(session, breakdown.read_question(session, here.scope), asked)
    return render_template(
        "reading/weighted.html",
        here=here,
        consultation=consultation,
        question_id=question_id,
        label=here.asked.label,
        is_named=is_named,
        margins=[(name, dimension_name(Dimension(name, {})), name in asked) for name in margins],
        empty=[
            (dimension_name(Dimension(one.margin, {})), _value_of(one), one.on_roll) for one in found.empty
        ]
        if found
        else [],
        missed=[
            (dimension_name(Dimension(one.margin, {})), _value_of(one), one.wanted, one.reached)
            for one in found.missed
        ]
        if found
        else [],
        found=found,
        largest=weighting.LARGEST,
    )


def _value_of(one: weighting.Empty | weighting.Missed) -> str:
    if one.key == weighting.OUTSIDE:
        return _("everybody else")
    return column_name(Dimension(one.margin, {}), one.key or NO_COLUMN, one.label)


@blueprint.get("/sources")
def sources(slug: str) -> str:
    """Themes by kind of source, over the whole consultation."""
    log_reading(slug, table="sources")
    consultation = load_consultation(slug)
    ids = [question.id for question in readable_questions(consultation)]
    found = triangulation.matrix_of(current_session(), consultation.id, ids)
    return render_template(
        "reading/sources.html",
        consultation=consultation,
        found=found,
        kinds=KINDS,
        unread=[KINDS[kind] for kind, one in found.kinds.items() if one.is_unread],
    )
