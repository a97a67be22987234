"""What a codebook can begin from: a shipped template, or the accepted themes of another question or consultation."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consult.consultations.models import Consultation
from consult.review.codebook_file import Entry
from consult.review.models import TEXTS, Theme
from consult.review.scope import Scope


@dataclass(frozen=True, slots=True)
class Template:
    """A codebook that comes with the program. `names` and `definitions` of each theme: language → text."""

    key: str
    title: Mapping[str, str]
    themes: Sequence[tuple[Mapping[str, str], Mapping[str, str]]]


@dataclass(frozen=True, slots=True)
class Beginning:
    """A question elsewhere that has accepted themes, and how many."""

    consultation: Consultation
    question_id: str
    count: int


@cache
def templates() -> tuple[Template, ...]:
    """Every template, as the data file beside this module has them."""
    data = resources.files("consult.review").joinpath("codebook_templates.json").read_text("utf-8")
    return tuple(
        Template(
            key=one["key"],
            title=one["title"],
            themes=tuple((theme["name"], theme["definition"]) for theme in one["themes"]),
        )
        for one in json.loads(data)
    )


def template_entries(template: Template, languages: Sequence[str]) -> list[Entry]:
    """A template's themes, named in these languages and defined in the first of them."""
    return [
        Entry(names={code: names[code] for code in languages}, definition=definitions[languages[0]])
        for names, definitions in template.themes
    ]


def beginnings(session: Session, consultations: Iterable[Consultation], *, but: Scope) -> list[Beginning]:
    """The questions of these consultations that have accepted themes, `but` one, in the order given."""
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    for consultation_id, question_id, count in session.execute(
        select(Theme.consultation_id, Theme.question_id, func.count())
        .where(Theme.status == "accepted", Theme.question_id.is_not(None))
        .group_by(Theme.consultation_id, Theme.question_id)
        .order_by(Theme.consultation_id, Theme.question_id)
    ):
        counts[consultation_id][str(question_id)] = count
    return [
        Beginning(consultation, question_id, count)
        for consultation in consultations
        for question_id, count in counts[consultation.id].items()
        if (consultation.id, question_id) != (but.consultation_id, but.question_id)
    ]


def accepted_entries(session: Session, scope: Scope) -> list[Entry]:
    """The accepted themes of a question, each remembering where it comes from. Their examples stay behind: these may be
    what people wrote, and are kept no longer than the answers."""
    found = session.scalars(
        select(Theme).where(scope.themes, Theme.status == "accepted").order_by(Theme.position, Theme.id)
    ).all()
    places = {theme.id: place for place, theme in enumerate(found)}
    return [
        Entry(
            names=dict(theme.name),
            parent=places.get(theme.parent_id) if theme.parent_id else None,
            copied_from_id=theme.id,
            mark=theme.mark,
            **{key: getattr(theme, key) for key in TEXTS if key != "example"},
        )
        for theme in found
    ]
