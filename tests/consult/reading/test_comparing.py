"""Groups and waves against one another, and weights: the figures are those of the answers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from consult.analysis.differences import two_distributions, two_shares
from consult.reading.breakdown import dimensions_of, read_question
from consult.reading.comparing import compare_columns, compare_waves, earlier_waves, matching_question
from consult.reading.weighted import margins_of, weighted_themes
from consult.stakeholders.entitlement import Participation
from consult.stakeholders.models import Participant, RollPlace
from surveys.definition import Definition, Section
from surveys.elements import Question
from tests.consult.reading.house import House, furnish
from tests.consult.review.answers import make_consultation
from tests.support import on_both_databases
from tests.surveys.samples import LONG

pytestmark = on_both_databases


def test_two_groups(session, house: House) -> None:
    one, other = house.groups[:2]
    read = read_question(session, house.scope)
    by_group = dimensions_of(session, house.consultation, house.scope.question_id)[0]
    found = compare_columns(session, read, by_group, str(one.id), str(other.id))
    assert found is not None
    sides = [
        [said for said in house.said if said.groups & {one.id, other.id} == {group.id}]
        for group in (one, other)
    ]
    assert found.bases == tuple(map(len, sides))
    for line in found.themes:
        below = house.below(line.theme)
        counts = tuple(sum(bool(said.themes & below) for said in side) for side in sides)
        assert line.counts == counts
        assert line.found == two_shares(counts[0], len(sides[0]), counts[1], len(sides[1]))
        assert line.p >= line.found.p
    options = sorted({said.option for said in house.said})
    (line,) = found.choices
    spread = [[sum(said.option == option for said in side) for option in options] for side in sides]
    assert line.counts == tuple(map(sum, spread))
    assert line.found == two_distributions(*spread) and line.p >= line.found.p


def test_two_waves_of_other_people_and_of_the_same(session, house: House) -> None:
    before = furnish(session, house.coder, slug="before", seed=9, groups=house.groups, number=50)
    read = read_question(session, house.scope)
    found = compare_waves(session, read, before.scope, is_paired=False)
    assert found is not None and found.bases == (60, 50)
    money = next(line for line in found.themes if line.theme.id == house.themes[0].id)
    assert money.counts == tuple(
        sum(bool(said.themes & one.below(one.themes[0])) for said in one.said) for one in (house, before)
    )
    nobody = compare_waves(session, read, before.scope, is_paired=True)
    assert nobody is not None and nobody.bases == (0, 0)
    by_default = compare_waves(session, read, before.scope)
    assert by_default is not None and not by_default.is_paired and by_default.in_both == 0
    _same_people(session, house, before)
    everybody = compare_waves(session, read, before.scope, is_paired=False)
    assert everybody is not None and (everybody.bases, everybody.in_both) == ((60, 50), 50)
    by_default = compare_waves(session, read, before.scope)
    assert by_default is not None and by_default.is_paired and by_default.in_both == 50
    both = compare_waves(session, read, before.scope, is_paired=True)
    assert both is not None and both.is_paired and both.bases == (50, 50)
    assert {line.found.test for line in both.themes if line.found} == {"mcnemar"}
    trust = next(line for line in both.themes if line.theme.id == house.themes[4].id)
    counts = tuple(sum(one.themes[4].id in said.themes for said in one.said[:50]) for one in (house, before))
    assert trust.counts == counts


def test_people_are_not_paired_where_nobody_may_know_them(session, house: House) -> None:
    before = furnish(session, house.coder, slug="before", seed=9, groups=house.groups, number=50)
    _same_people(session, house, before)
    before.consultation.access = "open"
    session.flush()
    found = compare_waves(session, read_question(session, house.scope), before.scope, is_paired=True)
    assert found is not None and not found.is_paired and found.in_both is None


def test_the_same_question_is_known_by_its_id_and_not_by_the_builders_numbers(session, app) -> None:
    """The builder calls the first question of every survey q1."""
    asked = replace(LONG, id="one", name="q1", label={"en": "What would you change?", "ar": "ماذا تغيّر؟"})
    others = {
        "copy": (replace(asked, id="other", label={"en": "x"}), replace(asked, name="q2")),
        "unlike": (replace(asked, id="other", label={"en": "What do you like?", "ar": "ما الذي يعجبك؟"}),),
        "again": (replace(asked, id="new", label={"en": "What  would you CHANGE?", "ar": "ماذا؟"}),),
        "renamed": (replace(asked, id="new", name="q7"),),
    }
    one = make_consultation(session, slug="one", definition=_survey(asked))
    made = {
        slug: make_consultation(session, slug=slug, definition=_survey(*asks))
        for slug, asks in others.items()
    }
    found = {slug: matching_question(session, made[slug], asked) for slug in others}
    assert found == {"copy": "one", "unlike": None, "again": "new", "renamed": None}
    assert {wave.slug for wave in earlier_waves(session, one, asked)} == {"copy", "again"}


def _survey(*questions: Question) -> Definition:
    section = Section("s", "all", {"en": "All"}, {}, questions)
    return Definition({"en": "Survey"}, ("en",), "en", (section,))


def _same_people(session, house: House, before: House) -> None:
    """The people of the earlier roll are the first ones of the later one."""
    now = (
        session.query(RollPlace).filter_by(consultation_id=house.scope.consultation_id).order_by(RollPlace.id)
    )
    then = (
        session.query(RollPlace)
        .filter_by(consultation_id=before.scope.consultation_id)
        .order_by(RollPlace.id)
    )
    for later, earlier in zip(now, then, strict=False):
        earlier.participant_id = later.participant_id
    session.flush()


def test_weights_meet_the_roll(session, house: House) -> None:
    """Half of the roll is in the south, and only some of the south has answered: its answers count for more."""
    places = (
        session.query(RollPlace).filter_by(consultation_id=house.scope.consultation_id).order_by(RollPlace.id)
    )
    ids = [place.participant_id for place in places]
    session.execute(update(Participant).where(Participant.id.in_(ids[:45])).values(region="North"))
    session.execute(update(Participant).where(Participant.id.in_(ids[45:])).values(region="South"))
    _more_on_the_roll(session, house, "South", 30)
    assert margins_of(session, house.scope.consultation_id) == ["group", "region"]
    found = weighted_themes(session, read_question(session, house.scope), ["region"])
    assert (found.answers, found.on_roll, list(found.empty)) == (60, 90, [])
    for line in found.lines:
        below = house.below(line.theme)
        carries = [bool(said.themes & below) for said in house.said]
        expected = sum(carries[:45]) / 45 * 0.5 + sum(carries[45:]) / 15 * 0.5
        assert line.weighted == pytest.approx(expected)
        assert line.share == pytest.approx(sum(carries) / 60)
    assert found.effective < 60


def test_a_roll_that_weights_do_not_reach_is_told(session, house: House) -> None:
    """Of the north one has answered, and half of the roll is there."""
    ids = [place.participant_id for place in session.query(RollPlace).order_by(RollPlace.id)]
    session.execute(update(Participant).values(region="South"))
    session.execute(update(Participant).where(Participant.id == ids[0]).values(region="North"))
    _more_on_the_roll(session, house, "North", 58)
    found = weighted_themes(session, read_question(session, house.scope), ["region"])
    assert found.lines and found.trimmed == 1
    assert [(one.key, one.wanted) for one in found.missed] == [("North", 0.5), ("South", 0.5)]
    assert [one.reached for one in found.missed] == pytest.approx([5 / 60, 55 / 60])


def test_a_roll_that_no_weights_meet_gives_none(session, house: House) -> None:
    """Everybody who answered is in one of two groups; most of the roll is in both."""
    women, youth = house.groups[:2]
    people = session.scalars(select(Participant).join(RollPlace).order_by(RollPlace.id)).all()
    for n, person in enumerate(people):
        person.groups = [women if n < 30 else youth]
    session.flush()
    _more_on_the_roll(session, house, "", 60, women, youth)
    found = weighted_themes(session, read_question(session, house.scope), ["group"])
    assert not found.lines and not found.fails
    assert str(women.id) in {one.key for one in found.missed}
    assert {one.wanted for one in found.missed} == {0.75}


def _more_on_the_roll(session, house: House, region: str, number: int, *groups) -> None:
    """People who have not answered."""
    for n in range(number):
        person = Participant(
            name=f"s{n}", name_key=f"s{n}", language="en", region=region, groups=list(groups)
        )
        session.add(person)
        session.flush()
        session.add(
            RollPlace(
                consultation_id=house.scope.consultation_id,
                participant_id=person.id,
                ref=f"s{n}",
                name_key="s",
            )
        )
    session.flush()


def test_a_region_of_which_nobody_answered_is_named(session, house: House) -> None:
    person = Participant(name="x", name_key="x", language="en", region="East")
    session.add(person)
    session.flush()
    session.add(
        RollPlace(
            consultation_id=house.scope.consultation_id, participant_id=person.id, ref="x", name_key="x"
        )
    )
    session.flush()
    found = weighted_themes(session, read_question(session, house.scope), ["region"])
    assert [(one.key, one.on_roll) for one in found.empty] == [("East", 1)] and not found.lines


def test_nobody_who_answered_is_on_the_roll(session, house: House) -> None:
    session.query(Participation).delete()
    found = weighted_themes(session, read_question(session, house.scope), ["region"])
    assert not found.lines and (found.fails or found.empty)
