"""The filters of a list of answers as links: what there is to choose from, and what was chosen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.consultations.models import Consultation
from consult.evidence.labels import KINDS
from consult.evidence.models import GATHERED, EvidenceSource, Excerpt, excerpt_groups, source_groups
from consult.i18n import person_text
from consult.review.column_names import column_name, dimension_name, named_column
from consult.review.columns import labels_of, members
from consult.review.dimensions import (
    GROUP,
    KIND,
    LANGUAGE,
    NO_COLUMN,
    REGION,
    SOURCE,
    VOICE,
    Dimension,
    dimensions_of,
)  # fmt: skip
from consult.review.models import Theme
from consult.review.presentation import address_of
from consult.review.queries import Filters, dimension_of
from consult.review.scope import Scope
from consult.stakeholders.models import Participant, RollPlace, participant_groups

Address = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class FilterLink:
    """`address`: the arguments of the page with this filter, or without it where it is chosen already."""

    name: str
    address: Address
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class FilterList:
    """One way of choosing, with everything that can be chosen by it."""

    name: str
    links: Sequence[FilterLink]


def filter_lists(
    session: Session,
    consultation: Consultation,
    scope: Scope,
    filters: Filters,
    themes: Sequence[Theme],
    *,
    is_of_theme: bool = False,
) -> list[FilterList]:
    """What the answers to a question can be kept to: themes, kinds of source, sources, and the columns of every
    dimension. Lists of one thing are left out. `is_of_theme`: on the page of a theme, which stands in its path."""
    lists = []
    filters = replace(filters, theme_id=None) if is_of_theme else filters
    if themes:
        of_themes = [
            _link(filters, person_text(theme.name), theme=str(theme.id))
            for theme in sorted(themes, key=lambda theme: (theme.position, theme.id))
        ]
        lists.append(
            FilterList(_("Theme"), [*of_themes, _link(filters, _("without a theme"), theme="other")])
        )
    for dimension in dimensions_of(session, consultation, scope.question_id):
        if dimension.kind != LANGUAGE:  # has a line of its own
            keys = _keys(session, dimension, scope)
            labels = labels_of(session, dimension, keys, consultation_id=scope.consultation_id)
            links = [
                _link(filters, column_name(dimension, key, labels.get(key)), **_arguments(dimension, key))
                for key in keys
            ]
            lists.append(FilterList(dimension_name(dimension), links))
    return [one for one in lists if len(one.links) > 1]


def chosen_links(
    session: Session, scope: Scope, filters: Filters, *, is_of_theme: bool = False
) -> list[FilterLink]:
    """The chosen themes, sources and columns, each with the address of the page without it."""
    filters = replace(filters, theme_id=None) if is_of_theme else filters
    address = address_of(filters)

    def without(name: str, *gone: str) -> FilterLink:
        return FilterLink(name, {**address, **dict.fromkeys(gone)}, is_chosen=True)

    return [without(name, *gone) for name, *gone in _chosen_names(session, scope, filters) if name]


def _chosen_names(session: Session, scope: Scope, filters: Filters) -> Iterator[tuple[str, ...]]:
    if filters.is_other:
        yield _("without a theme"), "theme"
    # The ids come from the address: of another consultation, or another question, nothing is told.
    theme = session.scalars(select(Theme).where(Theme.id == filters.theme_id, scope.themes)).first()
    if theme is not None:
        yield Markup("{}: {}").format(_("Theme"), person_text(theme.name)), "theme"
    if filters.kind:
        yield str(KINDS[filters.kind]), "kind"
    mine = EvidenceSource.consultation_id == scope.consultation_id
    source = session.scalars(
        select(EvidenceSource).where(EvidenceSource.id == filters.source_id, mine)
    ).first()
    if source is not None:
        yield _source_name(source), "source"
    if filters.by and filters.column:
        dimension = dimension_of(session, scope, filters)
        if dimension is not None:
            yield (
                named_column(session, dimension, filters.column, consultation_id=scope.consultation_id),
                "by",
                "column",
            )


def _source_name(source: EvidenceSource) -> str:
    return Markup("<bdi>{}</bdi>").format(source.title) if source.title else str(KINDS[source.kind])


def _arguments(dimension: Dimension, key: str) -> dict[str, str]:
    """Kinds and sources have arguments of their own, so that a group can be chosen beside them."""
    if dimension.kind in (KIND, SOURCE):
        return {dimension.kind: key}
    return {"by": dimension.key, "column": key}


def _link(filters: Filters, name: str, **arguments: str) -> FilterLink:
    address = address_of(filters)
    is_chosen = all(address.get(argument) == value for argument, value in arguments.items())
    changed = dict.fromkeys(arguments) if is_chosen else arguments
    return FilterLink(name, {**address, **changed}, is_chosen)


def _keys(session: Session, dimension: Dimension, scope: Scope) -> list[str]:
    """The columns of a dimension that can hold anything, without going through the answers."""
    if dimension.order:
        return list(dimension.order)
    found = {
        KIND: lambda: select(EvidenceSource.kind).where(_gathered(scope)),
        SOURCE: lambda: select(EvidenceSource.id).where(_gathered(scope)),
        REGION: lambda: (
            select(Participant.region).join(RollPlace).where(_on_roll(scope), Participant.region != "")
        ),
        GROUP: lambda: _groups(scope),
        VOICE: lambda: select(members(dimension, scope).subquery().c[0]),
    }[dimension.kind]()
    keys = [str(key) for key in sorted(session.scalars(found.distinct()).all())]
    return [*keys, NO_COLUMN] if dimension.kind in (GROUP, REGION, VOICE) else keys


def _gathered(scope: Scope):
    """Condition: a source with anything that was gathered, not the survey."""
    excerpts = select(Excerpt.id).where(
        Excerpt.source_id == EvidenceSource.id, Excerpt.question_id == GATHERED
    )
    return (EvidenceSource.consultation_id == scope.consultation_id) & excerpts.exists()


def _on_roll(scope: Scope):
    return RollPlace.consultation_id == scope.consultation_id


def _groups(scope: Scope):
    if scope.question_id != GATHERED:
        return (
            select(participant_groups.c.group_id)
            .join(RollPlace, RollPlace.participant_id == participant_groups.c.participant_id)
            .where(_on_roll(scope))
        )
    of_sources = select(source_groups.c.group_id).join(
        EvidenceSource, EvidenceSource.id == source_groups.c.source_id
    )
    of_excerpts = select(excerpt_groups.c.group_id).join(Excerpt, Excerpt.id == excerpt_groups.c.excerpt_id)
    both = of_sources.where(EvidenceSource.consultation_id == scope.consultation_id).union(
        of_excerpts.where(Excerpt.consultation_id == scope.consultation_id)
    )
    return select(both.subquery().c[0])
