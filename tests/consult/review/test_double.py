"""Double coding: rounds, blindness, agreement as published, and what coders settle."""

from __future__ import annotations

import re

import pytest
from flask_babel import force_locale
from sqlalchemy import func, select

from consult.access.models import AuditEntry, Staff
from consult.analysis.agreement import coder_agreement
from consult.consultations.models import Consultation
from consult.evidence.models import Excerpt
from consult.extensions import db
from consult.review import changes, double, log, services
from consult.review.blind_codings import blind_rows
from consult.review.double_models import BlindCoding, DoubleCoding
from consult.review.errors import ReviewError
from consult.review.machine_agreement import machine_agreement
from consult.review.models import ChangeLog, Coding, Theme
from consult.review.rounds import over_time
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


def test_rounds_stand_beside_one_another_with_their_bases(house: House, scope: Scope) -> None:
    first = begun(house, scope)
    say(house, first, house.ana, (0,), (0,), (1,), (1,))
    say(house, first, house.badr, (0,), (1,), (1,), (0,))
    second = begun(house, scope)
    say(house, second, house.ana, (0,), (0,), (1,), (1,), (0,), ())
    say(house, second, house.badr, (0,), (0,), (1,), (1,), (0,))
    third = begun(house, scope)  # nobody has coded in it: nothing to compare
    rounds = [double.round_figures(house.session, one, coder_id=house.ana) for one in (first, second, third)]
    found = over_time(rounds, house.themes)
    assert found.numbers == [1, 2]
    whole, one, *_others = found.lines
    assert (whole.theme, one.theme) == (None, house.themes[0])
    assert [cell.found.items for cell in whole.cells] == [4, 5] == [cell.found.items for cell in one.cells]
    assert [cell.found.alpha for cell in whole.cells] == [rounds[0].agreement.alpha, 1.0]
    assert [cell.turn for cell in whole.cells] == ["", "up"] == [cell.turn for cell in one.cells]
    assert [line.theme for line in found.lines[1:]] == house.themes[:2], (
        "a theme that nobody gave has no line"
    )


def test_the_machine_beside_each_coder_and_what_they_agreed_on(house: House, scope: Scope) -> None:
    one = begun(house, scope)
    say(house, one, house.ana, (0,), (0,), (0,), (1,), (1,), (0, 1))  # as the machine said
    say(house, one, house.badr, (0,), (0,), (0,), (1,), (0,), (0,))
    found = machine_agreement(house.session, one)
    assert {name: each.alpha for name, each in found.with_each.items()}["Ana"] == 1.0
    assert found.with_each["Badr"].alpha < 1.0 and found.with_each["Badr"].items == 6
    assert (found.with_people.alpha, found.with_people.items) == (1.0, 4), "they said the same of four"
    double.settle(house.session, house.excerpts[4], themes=[house.themes[0]], by_id=house.ana)
    settled = machine_agreement(house.session, one).with_people
    assert settled.items == 5 and settled.themes[str(house.themes[0].id)].alpha < 1.0
    assert double.round_figures(house.session, one, coder_id=house.ana).agreement.coders == 2


def test_codings_taken_out_give_the_agreement_of_the_page(house: House, scope: Scope) -> None:
    one = begun(house, scope)
    say(house, one, house.ana, (0,), (0,), (1,), (1,), (0,), ())
    say(house, one, house.badr, (0,), (0,), (1,), (0,), (0, 1))
    rows = blind_rows(house.session, one, language="en")
    assert {coder for _item, coder, _theme in rows} == {"coder 1", "coder 2"}
    assert (str(house.excerpts[5].id), "coder 1", "") in rows
    again = coder_agreement(*zip(*rows, strict=True))
    page = double.round_figures(house.session, one, coder_id=house.ana).agreement
    assert (again.alpha, again.interval, again.items, again.coders) == (page.alpha, page.interval, 5, 2)
    assert sorted(t.alpha for t in again.themes.values()) == sorted(t.alpha for t in page.themes.values())
    named = blind_rows(house.session, one, language="en", has_names=True, reader_id=house.badr)
    assert {coder for _item, coder, _theme in named} == {"Ana", "Badr"}
    assert str(house.excerpts[5].id) not in {item for item, _coder, _theme in named}, (
        "she has not coded it yet"
    )


def test_bases_and_the_table_of_codings_on_the_pages(closed: Consultation, client, sign_in) -> None:
    ana, badr = sign_in(client, "reviewer"), Staff(email="b@example.org", fs_uniquifier="b", name="Badr")
    badr.roles = list(ana.roles)
    db.session.add(badr)
    db.session.commit()
    ana_id, badr_id = ana.id, badr.id
    client.get(f"/manage/agm/review/question/{QUESTION}")
    client.post(PAGE, data={"size": "20"})
    one = db.session.scalars(select(DoubleCoding)).one()
    first, second = (db.session.get(Excerpt, number) for number in one.excerpt_ids[:2])
    theme, other = db.session.scalars(select(Theme).order_by(Theme.id)).all()[:2]
    for coder, about in ((ana_id, theme), (badr_id, theme)):
        double.code_blind(db.session(), one, first, themes=[about], by_id=coder)
    for coder, about in ((ana_id, other), (badr_id, theme)):
        double.code_blind(db.session(), one, second, themes=[about], by_id=coder)
    db.session.commit()
    number = one.id
    page = client.get(f"{PAGE}/{number}").text
    assert "Two or more people coded 2 answers of it." in text_of(page)
    assert re.search(r'class="number">2</td>', page), "the base of each theme"
    assert "The machine beside people" in page
    assert "Agreement from round to round" in client.get(PAGE).text
    table = client.get(f"{PAGE}/{number}/codings.csv").data.decode("utf-8-sig").splitlines()
    assert table[0] == "item,coder,theme" and len(table) == 5 and "Badr" not in "".join(table)
    assert "Badr" in client.get(f"{PAGE}/{number}/codings.csv?coders=names").text
    taken = select(func.count()).where(AuditEntry.action == "blind_codings.exported")
    assert db.session.scalar(taken) == 2
    assert client.get(f"{PAGE}/999/codings.csv").status_code == 404
    sign_in(client, "facilitator")
    assert client.get(f"{PAGE}/{number}/codings.csv").status_code == 403


def test_nothing_is_taken_out_by_who_still_has_to_code_it(house: House, scope: Scope) -> None:
    one = begun(house, scope)
    say(house, one, house.ana, (0,), (1,), (0,))
    assert blind_rows(house.session, one, language="en", reader_id=house.badr) == [], "she has not begun"
    assert len(blind_rows(house.session, one, language="en", reader_id=house.ana)) == 3
    say(house, one, house.badr, (0,))
    seen = blind_rows(house.session, one, language="en", reader_id=house.badr)
    assert {item for item, _coder, _theme in seen} == {str(house.excerpts[0].id)} and len(seen) == 2
    third = Staff(email="c@example.org", fs_uniquifier="c", name="Chadi")
    house.session.add(third)
    house.session.flush()
    outside = blind_rows(house.session, one, language="en", reader_id=third.id)
    assert len(outside) == 2, "two have coded the first, which waits for nobody outside; the others wait"
    assert len(blind_rows(house.session, one, language="en")) == 4


def test_the_log_leads_to_no_answer_that_waits_for_whoever_reads_it(house: House, scope: Scope, app) -> None:
    one = begun(house, scope)

    def lines(reader_id: int) -> list[tuple[str, object]]:
        with app.test_request_context(), force_locale("en"):
            page = log.page_of(
                house.session, house.consultation_id, number=1, can_read=True, reader_id=reader_id
            )
        return [(entry.sentence, entry.excerpt and entry.excerpt[0]) for entry in page.items]

    say(house, one, house.badr, (0,), (1,))
    first, second = house.excerpts[:2]
    assert lines(house.ana) == [("Said what an answer is about", None)] * 2
    assert [number for _sentence, number in lines(house.badr)] == [second.id, first.id]
    say(house, one, house.ana, (0,))
    assert [number for _sentence, number in lines(house.ana)] == [first.id, None, first.id]
    assert "Money" in lines(house.ana)[2][0] and "Time" not in lines(house.ana)[1][0]
