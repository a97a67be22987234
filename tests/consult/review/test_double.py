"""Double coding: rounds, blindness, agreement as published, and what coders settle."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from consult.access.models import Staff
from consult.consultations.models import Consultation
from consult.extensions import db
from consult.review import changes, double, services
from consult.review.double_models import BlindCoding, DoubleCoding
from consult.review.errors import ReviewError
from consult.review.models import ChangeLog, Coding
from consult.review.scope import Scope
from tests.consult.review.answers import QUESTION
from tests.consult.review.conftest import QUESTION as OWN
from tests.consult.review.conftest import House
from tests.support import text_of

PAGE = f"/manage/agm/review/question/{QUESTION}/double"


@pytest.fixture
def scope(house: House) -> Scope:
    return Scope(house.consultation_id, OWN)


def begun(house: House, scope: Scope, size: int = 0) -> DoubleCoding:
    return double.begin_round(house.session, scope, size=size, by_id=house.ana)


def say(house: House, one: DoubleCoding, coder: int, *themes: tuple[int, ...]) -> None:
    """What a coder says of the six excerpts, as numbers of themes."""
    for excerpt, numbers in zip(house.excerpts, themes, strict=False):
        chosen = [house.themes[number] for number in numbers]
        double.code_blind(house.session, one, excerpt, themes=chosen, by_id=coder)


def test_a_round_draws_at_random_what_no_round_had_yet(house: House, scope: Scope) -> None:
    rounds = [begun(house, scope, 2) for _ in range(4)]
    drawn = [number for one in rounds[:3] for number in one.excerpt_ids]
    assert sorted(drawn) == sorted(excerpt.id for excerpt in house.excerpts)
    assert len(set(rounds[3].excerpt_ids)) == 2
    assert len(begun(house, scope).excerpt_ids) == 6


def test_nothing_to_draw_is_said(house: House, scope: Scope) -> None:
    with pytest.raises(ReviewError) as refused:
        double.begin_round(house.session, Scope(house.consultation_id, "q9"), size=5, by_id=house.ana)
    assert refused.value.code == "nothing_to_code"
    for theme in house.themes:
        services.retire_theme(house.session, theme, by_id=house.ana)
    with pytest.raises(ReviewError) as refused:
        begun(house, scope)
    assert refused.value.code == "no_themes_yet"


def test_each_coder_gets_each_excerpt_once(house: House, scope: Scope) -> None:
    one = begun(house, scope)
    for coder in (house.ana, house.badr):
        seen, after = [], None
        while (excerpt := double.next_blind(house.session, one, coder_id=coder, after=after)) is not None:
            if excerpt.id in seen:
                double.code_blind(house.session, one, excerpt, themes=[], by_id=coder)
            seen.append(excerpt.id)
            after = excerpt.id
        assert seen == one.excerpt_ids * 2  # skipped once, and come again
    assert house.session.scalar(select(func.count()).select_from(BlindCoding)) == 12


def test_agreement_is_that_of_the_blind_codings_and_of_nothing_later(house: House, scope: Scope) -> None:
    one = begun(house, scope)
    say(house, one, house.ana, (0,), (0,), (1,), (1,), (0,), ())
    say(house, one, house.badr, (0,), (0,), (1,), (0,), (0, 1), ())
    figures = double.round_figures(house.session, one, coder_id=house.ana)
    assert (figures.done, figures.own, figures.total) == ({"Ana": 6, "Badr": 6}, 6, 6)
    found = figures.agreement
    money = found.themes[str(house.themes[0].id)]
    # Ana 110010, Badr 110110: one of six differs; 7 ones and 5 zeros among 12: 1 - 11 * 2 / (2 * 7 * 5) = .686
    assert money.alpha == pytest.approx(0.686, abs=0.001)
    assert money.kappa == pytest.approx(2 / 3, abs=0.001)  # chance .5, agreed 5/6
    say(house, one, house.badr, (0,), (0,), (1,), (1,), (0,), ())  # a change of mind, also sent twice
    again = double.round_figures(house.session, one, coder_id=house.ana)
    assert again.agreement == found
    services.merge_themes(house.session, sources=house.themes[1:2], target=house.themes[0], by_id=house.ana)
    merged = double.round_figures(house.session, one, coder_id=house.ana).agreement
    assert list(merged.themes) == [str(house.themes[0].id)]
    assert merged.alpha == 1.0


def test_the_machine_is_compared_and_not_counted(house: House, scope: Scope) -> None:
    one = begun(house, scope)
    say(house, one, house.ana, (0,), (0,), (0,), (1,), (1,), (0, 1))  # as the machine said
    figures = double.round_figures(house.session, one, coder_id=house.ana)
    assert (figures.agreement, figures.with_machine, len(figures.done)) == (None, 1.0, 1)


def test_differences_are_settled_and_the_settlement_can_be_undone(house: House, scope: Scope) -> None:
    one = begun(house, scope)
    say(house, one, house.ana, (0,), (0,))
    say(house, one, house.badr, (0,), (1,))
    (dispute,) = double.disputes_of(house.session, one, coder_id=house.ana)
    assert dispute.excerpt == house.excerpts[1]
    assert {name: [t.id for t in said] for name, said in dispute.said.items()} == {
        "Ana": [house.themes[0].id], "Badr": [house.themes[1].id],
    }  # fmt: skip
    assert [t.id for t in dispute.machine] == [house.themes[0].id] and dispute.settled is None
    double.settle(house.session, house.excerpts[1], themes=[house.themes[2]], by_id=house.ana)
    (dispute,) = double.disputes_of(house.session, one, coder_id=house.badr)
    assert [t.id for t in dispute.settled] == [house.themes[2].id]
    change = house.session.scalars(select(ChangeLog).where(ChangeLog.kind == "settle")).one()
    changes.undo_change(house.session, change, by_id=house.badr)
    (dispute,) = double.disputes_of(house.session, one, coder_id=house.badr)
    assert dispute.settled is None


def test_who_still_codes_sees_no_difference_in_what_is_before_her(house: House, scope: Scope) -> None:
    third = Staff(email="cora@example.org", fs_uniquifier="c", name="Ana")  # a name that two have
    house.session.add(third)
    house.session.flush()
    one = begun(house, scope)
    say(house, one, house.ana, (0,), (0,))
    say(house, one, house.badr, (1,), (1,))
    say(house, one, third.id, (2,))
    assert len(double.disputes_of(house.session, one, coder_id=third.id)) == 1
    assert len(double.disputes_of(house.session, one, coder_id=house.ana)) == 2


def _first(page: str) -> int:
    return int(re.search(r'name="excerpt" value="(\d+)"', page)[1])


def _theme_ids(page: str) -> list[str]:
    return re.findall(r'name="theme" value="(\d+)"', page)


def test_two_reviewers_through_the_pages(closed: Consultation, client, sign_in) -> None:
    ana, badr = sign_in(client, "reviewer"), Staff(email="b@example.org", fs_uniquifier="b", name="Badr")
    badr.roles = list(ana.roles)
    db.session.add(badr)
    db.session.commit()
    assert "Double coding" in text_of(client.get(f"/manage/agm/review/question/{QUESTION}").text)
    for _ in range(2):  # pressed twice: one round
        assert client.post(PAGE, data={"size": "20"}).status_code == 303
    one = db.session.scalars(select(DoubleCoding)).one()
    assert len(one.excerpt_ids) == 20
    blind = f"{PAGE}/{one.id}/code"
    for number, person in enumerate((ana, badr)):
        sign_in(client, person=person)
        page = client.get(blind).text
        assert "proposed" not in page and 'name="stance"' not in page
        for turn in range(3):
            chosen = _theme_ids(page)[number if turn == 0 else 0]
            sent = {"excerpt": _first(page), "theme": chosen}
            answer = client.post(blind, data=sent)
            assert answer.status_code == 303
            page = client.get(answer.location).text
        assert "You have coded 3 of 20" in text_of(page)
    assert client.post(blind, data={"excerpt": _first(page)}).status_code == 422
    assert client.post(blind, data={"excerpt": 999999, "none": "yes"}).status_code == 404
    page = client.get(f"{PAGE}/{one.id}").text
    assert page.count('id="dispute-') == 1 and "κ" in page
    assert "α" in client.get(PAGE).text
    settled = {"excerpt": _first(page[page.index('id="dispute-') :]), "none": "yes"}
    assert client.post(f"{PAGE}/{one.id}/settle", data=settled).status_code == 303
    assert "Settle it again" in client.get(f"{PAGE}/{one.id}").text
    current = select(Coding.theme_id).where(Coding.excerpt_id == settled["excerpt"], Coding.is_current)
    assert db.session.scalars(current).all() == [None]
    assert client.get(f"{PAGE}/999").status_code == 404
    assert client.post(PAGE, data={"size": "7"}).status_code == 400


def test_who_may_not_read_answers_does_not_code_blind(closed: Consultation, client, sign_in) -> None:
    sign_in(client, "facilitator")
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, data={"size": "20"}).status_code == 403


def test_settling_for_who_coded_last_is_told_and_stays_when_a_third_codes_late(
    house: House, scope: Scope
) -> None:
    cora = Staff(email="cora@example.org", fs_uniquifier="c", name="Cora")
    house.session.add(cora)
    one = begun(house, scope)
    say(house, one, house.ana, (0,))
    say(house, one, house.badr, (1,))
    first = house.excerpts[0]
    double.settle(house.session, first, themes=[house.themes[1]], by_id=house.badr)  # changes no row
    say(house, one, cora.id, (2,))
    (dispute,) = double.disputes_of(house.session, one, coder_id=house.ana)
    assert [t.id for t in dispute.settled] == [house.themes[1].id] and len(dispute.said) == 3
    current = select(Coding.theme_id).where(Coding.excerpt_id == first.id, Coding.is_current)
    assert house.session.scalars(current).all() == [house.themes[1].id]


def test_a_number_of_five_thousand_digits_is_no_theme(closed: Consultation, reviewer) -> None:
    reviewer.post(PAGE, data={"size": "20"})
    one = db.session.scalars(select(DoubleCoding)).one()
    sent = {"excerpt": one.excerpt_ids[0], "theme": "9" * 5000}
    assert reviewer.post(f"{PAGE}/{one.id}/code", data=sent).status_code == 422
