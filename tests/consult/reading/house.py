"""A closed consultation for the people on a roll, whose answers a reviewer has coded by hand; and what was coded, to be
counted again in the plainest way."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from consult.consultations import services
from consult.consultations.models import Consultation
from consult.evidence.models import Excerpt
from consult.evidence.services import hash_of
from consult.review import requests
from consult.review.models import MACHINE, REVIEWER, Coding, Stance, Theme
from consult.review.scope import Scope
from consult.stakeholders.entitlement import Participation
from consult.stakeholders.models import Participant, RollPlace, StakeholderGroup
from surveys.models import Response
from tests.consult.review.answers import answer, make_consultation
from tests.surveys.samples import LONG

BEGAN = datetime(2026, 1, 5, 12, tzinfo=UTC)  # a Monday
REGIONS = ("North", "South", "")
WORDS = ("The road is long and", "نريد مدارس أقرب", "Il faut un budget", "Las reuniones son largas")
LANGUAGES = ("en", "ar", "fr", "es")


@dataclass(slots=True)
class Said:
    """One answer, as the tests know it."""

    excerpt_id: int
    groups: frozenset[int]
    region: str
    language: str
    option: str
    week: int
    themes: set[int] = field(default_factory=set)
    stance: str | None = None


@dataclass(slots=True)
class House:
    """`themes`: two under the first, and others; ids in the order in which they were made."""

    consultation: Consultation
    scope: Scope
    themes: list[Theme]
    groups: list[StakeholderGroup]
    said: list[Said]
    coder: int

    def below(self, theme: Theme) -> set[int]:
        return {theme.id} | {other.id for other in self.themes if other.parent_id == theme.id}


def furnish(
    session: Session, coder: int, *, number: int = 60, seed: int = 3, slug: str = "agm", groups: Sequence = ()
) -> House:
    """A house with so many answers; what is drawn depends on the seed alone."""
    chance = random.Random(seed)
    consultation = make_consultation(session, slug=slug)
    groups = list(groups) or [
        StakeholderGroup(key=f"{slug}-{name}", name={"en": name, "ar": f"«{name}»"})
        for name in ("Women", "Youth", "Donors")
    ]
    session.add_all(groups)
    session.flush()
    said = []
    for n in range(number):
        said.append(_person(session, consultation, groups, chance, n))
    services.close_consultation(session, consultation)
    consultation.access = "roll"
    requests.gather(session, consultation)
    session.flush()
    scope = Scope(consultation.id, LONG.id)
    excerpts = session.scalars(select(Excerpt).where(scope.excerpts).order_by(Excerpt.position)).all()
    themes = [
        Theme(consultation_id=consultation.id, question_id=LONG.id, name={"en": name, "ar": f"«{name}»"},
              origin=REVIEWER, status="accepted", position=n)
        for n, name in enumerate(("Money", "Fees", "Grants", "Time", "Trust", "Nothing yet"))
    ]  # fmt: skip
    session.add_all(themes)
    session.flush()
    for theme in themes[1:3]:
        theme.parent_id = themes[0].id
    house = House(consultation, scope, themes, groups, said, coder)
    for one, excerpt in zip(said, excerpts, strict=True):
        one.excerpt_id = excerpt.id
        excerpt.language = one.language
        carried = chance.sample(themes[1:5], chance.choice((0, 1, 1, 2)))
        code(session, house, one, carried)
        stand(session, house, one, chance.choice((None, "support", "oppose", "mixed")), origin=MACHINE)
    session.flush()
    return house


def _person(session: Session, consultation: Consultation, groups, chance: random.Random, n: int) -> Said:
    name = f"Person {n}"
    person = Participant(
        name=name, name_key=name.lower(), language="en", region=chance.choice(REGIONS),
        groups=chance.sample(groups, chance.choice((0, 1, 1, 2))),
    )  # fmt: skip
    session.add(person)
    session.flush()
    place = RollPlace(
        consultation_id=consultation.id, participant_id=person.id, ref=f"{consultation.slug}{n}", name_key="x"
    )
    session.add(place)
    session.flush()
    language = chance.randrange(4)
    words = f"{WORDS[language]} {n}{'!' * chance.randrange(2)}"
    week = n // 15
    response = answer(session, consultation, words, key=str(n), language="en")
    session.execute(
        update(Response).where(Response.id == response).values(submitted_at=BEGAN + timedelta(weeks=week))
    )
    session.add(Participation(place_id=place.id, response_id=response))
    option = ("id-women", "id-youth")[len(words) % 2]
    ids = frozenset(group.id for group in person.groups)
    return Said(0, ids, person.region, LANGUAGES[language], option, week)


def code(session: Session, house: House, one: Said, themes: Sequence[Theme]) -> None:
    """A person puts an answer into themes."""
    for theme in themes:
        session.add(
            Coding(excerpt_id=one.excerpt_id, theme_id=theme.id, origin=REVIEWER, coder_id=house.coder)
        )
        one.themes.add(theme.id)
    if not themes:
        session.add(Coding(excerpt_id=one.excerpt_id, theme_id=None, origin=REVIEWER, coder_id=house.coder))


def stand(session: Session, house: House, one: Said, value: str | None, *, origin: str = REVIEWER) -> None:
    """What an answer says to its question."""
    coder = house.coder if origin == REVIEWER else None
    if value:
        session.add(Stance(excerpt_id=one.excerpt_id, value=value, origin=origin, coder_id=coder))
    one.stance = value


def part_of(session: Session, house: House, one: Said, themes: Sequence[Theme]) -> Excerpt:
    """A part of an answer that is coded by itself."""
    whole = session.get(Excerpt, one.excerpt_id)
    assert whole is not None
    text = whole.text[:5]
    part = Excerpt(
        consultation_id=whole.consultation_id, source_id=whole.source_id, response_id=whole.response_id,
        question_id=whole.question_id, part_of_id=whole.id, start_offset=0, end_offset=5, text=text,
        text_hash=hash_of(text), language=whole.language, position=whole.position,
    )  # fmt: skip
    session.add(part)
    session.flush()
    for theme in themes:
        session.add(Coding(excerpt_id=part.id, theme_id=theme.id, origin=REVIEWER, coder_id=house.coder))
        one.themes.add(theme.id)
    session.flush()
    return part
