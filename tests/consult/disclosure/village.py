"""A small consultation whose every answer is known to the test, and the same made by the services in a database."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.access.models import Staff
from consult.consultations import services
from consult.consultations.models import Consultation
from consult.evidence.models import Excerpt
from consult.review import requests
from consult.review.models import REVIEWER, Coding, Stance, Theme
from consult.review.scope import Scope
from consult.stakeholders.entitlement import Participation
from consult.stakeholders.models import Participant, RollPlace, StakeholderGroup
from consult.summary import services as summaries
from surveys import queries as survey_queries
from surveys import services as survey_services
from tests.consult.review.answers import make_consultation
from tests.surveys.samples import LONG, ONE, survey

LANGUAGES = {"ar": "Arabic", "en": "English", "fr": "French", "es": "Spanish"}
STANCES = ("support", "oppose", "mixed", "neutral")
OPTIONS = ("women", "youth", "academia")
WHOLE = None
"""The question of the summary of the whole."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on the roll. `has_answered` the survey; `has_said` something to its free question."""

    groups: frozenset[str]
    region: str
    language: str
    option: str = ""
    themes: frozenset[str] = frozenset()
    stance: str = ""
    has_answered: bool = True
    has_said: bool = True


@dataclass(frozen=True, slots=True)
class Village:
    """`parents`: theme → the one above it. Only themes with none below are carried directly. `suggested`: themes that
    no person has accepted."""

    people: tuple[Person, ...]
    parents: dict[str, str | None]
    suggested: frozenset[str] = frozenset()

    @property
    def leaves(self) -> list[str]:
        above = set(self.parents.values())
        return [name for name in self.parents if name not in above]

    def leaves_of(self, theme: str) -> frozenset[str]:
        below = [name for name, parent in self.parents.items() if parent == theme]
        return frozenset().union(*(self.leaves_of(name) for name in below)) if below else frozenset([theme])


def is_broader(theme: str) -> bool:
    """By their names: the narrowest themes are T0, T1, and so on."""
    return not theme.startswith("T")


def drawn(seed: int) -> Village:
    """A village of 20 to 60 answers; kinds of codings, of groups and of gaps vary with the seed."""
    chance = random.Random(seed)
    leaves = [f"T{n}" for n in range(chance.randint(2, 4))]
    parents: dict[str, str | None] = dict.fromkeys(leaves)
    if chance.random() < 0.6:
        for name in leaves[: chance.randint(2, len(leaves))]:
            parents[name] = "P"
        parents["P"] = None
        if len(leaves) > 3 and chance.random() < 0.3:
            parents |= {leaves[0]: "Q", leaves[1]: "Q", "Q": "P"}
    groups = [f"G{n}" for n in range(chance.randint(2, 3))]
    several, none = chance.choice((0, 0, 0.2, 0.5)), chance.choice((0, 0, 0.1, 0.3))
    overlap, silent = chance.choice((0, 0.2)), chance.choice((0, 0.15, 0.4))
    skips = chance.choice((0, 0, 0.1))
    weights = [chance.choice((1, 2, 6, 12)) for _ in leaves]
    people = []
    wanted = chance.randint(20, 60)
    while sum(person.has_answered for person in people) < wanted:
        carried = {chance.choices(leaves, weights)[0]} if chance.random() >= none else set()
        if carried and chance.random() < several:
            carried.add(chance.choices(leaves, weights)[0])
        own = {chance.choices(groups, (12, 8, 2)[: len(groups)])[0]} if chance.random() < 0.9 else set()
        if own and chance.random() < overlap:
            own.add(chance.choice(groups))
        has_said = chance.random() >= skips
        people.append(
            Person(
                groups=frozenset(own),
                region=chance.choices(("North", "South", "West", ""), (8, 6, 2, 1))[0],
                language=chance.choices(list(LANGUAGES), (10, 7, 2, 1))[0],
                option=chance.choices(OPTIONS, (6, 5, 1))[0],
                themes=frozenset(carried) if has_said else frozenset(),
                stance=chance.choice(("", "", *STANCES[:3])) if carried and has_said else "",
                has_answered=chance.random() >= silent,
                has_said=has_said,
            )
        )
    suggested = frozenset(name for name in leaves if chance.random() < 0.1)
    return Village(tuple(people), parents, suggested)


@dataclass(slots=True)
class Built:
    """The village in a database."""

    village: Village
    consultation: Consultation
    scope: Scope
    coder: Staff
    themes: dict[str, Theme] = field(default_factory=dict)
    excerpts: dict[int, Excerpt] = field(default_factory=dict)


def built(session: Session, village: Village, *, slug: str, coder: Staff) -> Built:
    """A closed consultation on the roll, coded by a person."""
    definition = survey(replace(LONG, required=False), ONE)
    consultation = make_consultation(session, slug=slug, definition=definition)
    groups = {
        name: StakeholderGroup(key=f"{slug}-{name}", name={"en": name})
        for name in sorted({name for person in village.people for name in person.groups})
    }
    session.add_all(groups.values())
    session.flush()
    responses = _answers(session, consultation, village, groups)
    services.close_consultation(session, consultation)
    consultation.access = "roll"
    requests.gather(session, consultation)
    session.flush()
    scope = Scope(consultation.id, LONG.id)
    made = Built(village, consultation, scope, coder)
    excerpts = {e.response_id: e for e in session.scalars(select(Excerpt).where(scope.excerpts))}
    made.excerpts = {n: excerpts[response] for n, response in responses.items() if response in excerpts}
    _themes(session, made)
    _codings(session, made)
    return made


def _answers(
    session: Session, consultation: Consultation, village: Village, groups: dict[str, StakeholderGroup]
) -> dict[int, int]:
    """Number of a person → her response."""
    version = survey_queries.latest_version(session, consultation.survey_id)
    people = [
        Participant(
            name=f"P{n}", name_key=f"p{n}", language=person.language, region=person.region,
            groups=[groups[name] for name in sorted(person.groups)],
        )
        for n, person in enumerate(village.people)
    ]  # fmt: skip
    session.add_all(people)
    session.flush()
    places = [
        RollPlace(
            consultation_id=consultation.id,
            participant_id=one.id,
            ref=f"{consultation.slug}-{n}",
            name_key=one.name_key,
        )
        for n, one in enumerate(people)
    ]
    session.add_all(places)
    session.flush()
    found = {}
    for n, person in enumerate(village.people):
        if not person.has_answered:
            continue
        answers = {ONE.id: f"id-{person.option}"}
        if person.has_said:
            answers[LONG.id] = f"These are words, number {n}"
        found[n] = survey_services.submit_response(
            session,
            version=version,
            submission_key=f"{consultation.slug}-{n}",
            language="en",
            answers=answers,
        ).response_id
        session.add(Participation(place_id=places[n].id, response_id=found[n]))
    return found


def _themes(session: Session, made: Built) -> None:
    for position, name in enumerate(made.village.parents):
        status = "suggested" if name in made.village.suggested else "accepted"
        made.themes[name] = Theme(
            consultation_id=made.consultation.id,
            question_id=LONG.id,
            name={"en": name},
            origin=REVIEWER,
            status=status,
            position=position,
        )
    session.add_all(made.themes.values())
    session.flush()
    for name, parent in made.village.parents.items():
        made.themes[name].parent_id = made.themes[parent].id if parent else None


def _codings(session: Session, made: Built) -> None:
    for n, excerpt in made.excerpts.items():
        person = made.village.people[n]
        excerpt.language = person.language
        for name in sorted(person.themes) or [None]:
            theme_id = made.themes[name].id if name else None
            session.add(
                Coding(excerpt_id=excerpt.id, theme_id=theme_id, origin=REVIEWER, coder_id=made.coder.id)
            )
        if person.stance:
            session.add(
                Stance(excerpt_id=excerpt.id, value=person.stance, origin=REVIEWER, coder_id=made.coder.id)
            )
    session.flush()


def signed(session: Session, made: Built, *, day: date = date(2026, 3, 10)) -> None:
    """Sign the summary of the question and that of the whole, as they are drafted."""
    for question_id in (LONG.id, WHOLE):
        summary = summaries.begin(session, made.consultation, question_id, by_id=made.coder.id, today=day)
        if summary.revision:
            summaries.take_figures(
                session, summary, made.consultation, revision=summary.revision, by_id=made.coder.id, today=day
            )
        summaries.sign(session, summary, revision=summary.revision, note="", by=made.coder)
    session.flush()
    session.expire_all()
