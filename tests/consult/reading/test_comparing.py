"""Groups and waves against one another, and weights: the figures are those of the answers."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from consult.analysis.differences import two_shares
from consult.reading.breakdown import dimensions_of, read_question
from consult.reading.comparing import compare_columns, compare_waves
from consult.reading.weighted import margins_of, weighted_themes
from consult.stakeholders.entitlement import Participation
from consult.stakeholders.models import Participant, RollPlace
from tests.consult.reading.house import House, furnish
from tests.support import on_both_databases

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
    _same_people(session, house, before)
    both = compare_waves(session, read, before.scope, is_paired=True)
    assert both is not None and both.is_paired and both.bases == (50, 50)
    assert {line.found.test for line in both.themes if line.found} == {"mcnemar"}
    trust = next(line for line in both.themes if line.theme.id == house.themes[4].id)
    counts = tuple(sum(one.themes[4].id in said.themes for said in one.said[:50]) for one in (house, before))
    assert trust.counts == counts


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
    for n in range(30):
        person = Participant(name=f"s{n}", name_key=f"s{n}", language="en", region="South")
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
