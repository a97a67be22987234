"""Coding one answer after the other: the order, what is offered, what is kept, and what is refused."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select

from consult.access.models import Staff
from consult.consultations.models import Consultation
from consult.evidence.models import Excerpt
from consult.extensions import db
from consult.review import coding, queue
from consult.review.models import MACHINE, REVIEWER, Coding, ExcerptNote, Stance, Theme
from consult.review.queries import Filters
from consult.review.scope import Scope
from tests.consult.review.answers import QUESTION
from tests.consult.review.conftest import QUESTION as OWN
from tests.consult.review.conftest import House
from tests.support import text_of

PAGE = f"/manage/agm/review/question/{QUESTION}/code"


def _scope(house: House) -> Scope:
    return Scope(house.consultation_id, OWN)


def test_each_answer_comes_once_and_what_was_skipped_comes_again(house: House) -> None:
    seen, after = [], None
    for _ in house.excerpts:
        after = queue.next_excerpt(house.session, _scope(house), Filters(decided="open"), after=after)
        seen.append(after)
    assert seen == house.excerpts
    assert queue.next_excerpt(house.session, _scope(house), Filters(decided="open"), after=after) == seen[0]
    for excerpt in seen[:-1]:
        coding.code_excerpt(house.session, excerpt, themes=[], by_id=house.ana)
    left = queue.next_excerpt(house.session, _scope(house), Filters(decided="open"), after=seen[0])
    assert left == seen[-1]
    coding.code_excerpt(house.session, left, themes=house.themes[:1], by_id=house.badr)
    assert queue.next_excerpt(house.session, _scope(house), Filters(decided="open"), after=left) is None
    assert queue.progress(house.session, _scope(house), Filters(decided="open")) == queue.Progress(0, 6, 6)


def test_what_the_machine_is_surest_of_is_offered_first(house: House) -> None:
    money, time, trust = house.themes
    house.session.add(Coding(excerpt_id=house.excerpts[0].id, theme_id=trust.id, origin=MACHINE, score=0.9))
    house.session.flush()
    task = queue.task_of(house.session, _scope(house), house.excerpts[0], coder_id=house.ana)
    assert [(o.theme, o.score, o.is_mine) for o in task.offers] == [
        (trust, 0.9, False), (money, pytest.approx(1 / 3), False), (time, None, False),
    ]  # fmt: skip
    assert (task.is_coded, task.is_none, task.before) == (False, False, None)
    trust.status = "retired"
    task = queue.task_of(house.session, _scope(house), house.excerpts[3], coder_id=house.ana)
    assert [o.theme for o in task.offers] == [time, money]
    assert task.before == house.excerpts[2].id


def test_a_coder_sees_her_own_codings_and_not_anothers(house: House) -> None:
    first = house.excerpts[0]
    coding.code_excerpt(house.session, first, themes=house.themes[1:2], by_id=house.badr)
    coding.note_excerpt(house.session, first, memo="mine", needs_redaction=False, by_id=house.badr)
    task = queue.task_of(house.session, _scope(house), first, coder_id=house.ana)
    assert not task.is_coded and task.note is None
    task = queue.task_of(house.session, _scope(house), first, coder_id=house.badr)
    assert [o.theme for o in task.offers if o.is_mine] == house.themes[1:2]
    assert task.note.memo == "mine"


def test_unsure_are_those_with_low_scores_and_without_a_theme(house: House) -> None:
    for coded in house.session.scalars(select(Coding).where(Coding.excerpt_id == house.excerpts[1].id)):
        coded.score = 0.8
    house.session.flush()
    unsure, after = [], None
    for _ in range(5):
        after = queue.next_excerpt(house.session, _scope(house), Filters(is_unsure=True), after=after)
        unsure.append(after)
    assert unsure == [e for e in house.excerpts if e is not house.excerpts[1]]


def test_a_note_is_one_a_coder_and_goes_when_it_is_empty(house: House) -> None:
    first = house.excerpts[0]
    for memo in ("one", " two ", "x" * 9000):
        coding.note_excerpt(house.session, first, memo=memo, needs_redaction=True, by_id=house.ana)
    coding.note_excerpt(house.session, first, memo="other", needs_redaction=False, by_id=house.badr)
    assert house.session.scalar(select(func.count()).select_from(ExcerptNote)) == 2
    assert len(queue.note_of(house.session, first, house.ana).memo) == 4000
    flagged = queue.progress(house.session, _scope(house), Filters(is_flagged=True))
    assert flagged.left == 1
    coding.note_excerpt(house.session, first, memo="  ", needs_redaction=False, by_id=house.ana)
    assert queue.note_of(house.session, first, house.ana) is None
    assert queue.progress(house.session, _scope(house), Filters(is_flagged=True)).left == 0


def _first(page: str) -> int:
    return int(re.search(r'name="excerpt" value="(\d+)"', page)[1])


def _themes() -> list[Theme]:
    db.session.rollback()
    return list(db.session.scalars(select(Theme).order_by(Theme.position, Theme.id)))


def test_saving_goes_on_with_the_next_one(closed: Consultation, reviewer) -> None:
    page = reviewer.get(f"{PAGE}?decided=open").text
    assert page.count('name="theme"') == 3 and "45 answers here" in text_of(page)
    first = _first(page)
    two = _themes()[:2]
    sent = {"excerpt": first, "theme": [t.id for t in two], "stance": "oppose",
            "memo": "ask again", "needs_redaction": "yes", "action": "save"}  # fmt: skip
    answer = reviewer.post(f"{PAGE}?decided=open", data=sent)
    assert answer.status_code == 303
    following = reviewer.get(answer.location).text
    assert _first(following) != first and "44 answers here" in text_of(following)
    db.session.rollback()
    mine = select(Coding.theme_id).where(
        Coding.excerpt_id == first, Coding.origin == REVIEWER, Coding.is_current
    )
    assert sorted(db.session.scalars(mine)) == sorted(t.id for t in two)
    assert db.session.scalars(select(Stance.value)).one() == "oppose"
    note = db.session.scalars(select(ExcerptNote)).one()
    assert (note.memo, note.needs_redaction) == ("ask again", True)
    again = reviewer.get(f"{PAGE}?excerpt={first}").text
    assert again.count(" checked") == 4 and "ask again" in again  # two themes, the stance, the flag
    assert reviewer.post(PAGE, data=sent).status_code == 303  # sent twice
    assert len(db.session.scalars(mine).all()) == 2


def test_a_new_theme_is_made_once(closed: Consultation, reviewer) -> None:
    page = reviewer.get(PAGE).text
    for name in ("Roads", " roads  "):
        sent = {"excerpt": _first(page), "new_theme": name}
        assert reviewer.post(PAGE, data=sent).status_code == 303
    made = [theme for theme in _themes() if theme.origin == REVIEWER]
    assert [(theme.name, theme.status) for theme in made] == [({"en": "Roads"}, "accepted")]


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"none": "yes", "new_theme": "Roads"},
        {"new_theme": "x" * 201},
        {"new_theme": "a\u202eb"},
        {"none": "yes", "memo": "x" * 4001},
        {"theme": "999999999"},
    ],
)
def test_what_cannot_be_saved_stays_in_the_form(closed: Consultation, reviewer, sent) -> None:
    first = _first(reviewer.get(PAGE).text)
    answer = reviewer.post(PAGE, data={"excerpt": first, "memo": "kept", **sent})
    assert answer.status_code == 422
    assert _first(answer.text) == first and sent.get("memo", "kept") in answer.text
    assert db.session.scalar(select(func.count()).where(Coding.origin == REVIEWER)) == 0


def test_nothing_left_is_said(closed: Consultation, reviewer) -> None:
    assert "Nothing is left here" in reviewer.get(f"{PAGE}?only=flagged").text


def test_who_may_not_read_answers_does_not_code(closed: Consultation, client, sign_in) -> None:
    sign_in(client, "facilitator")
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, data={"excerpt": 1, "none": "yes"}).status_code == 403


def test_only_answers_to_this_question(closed: Consultation, reviewer) -> None:
    other = Excerpt(
        consultation_id=closed.id,
        source_id=db.session.scalar(select(Excerpt.source_id).limit(1)),
        question_id="another", text="x", language="en", text_hash="0" * 64,
    )  # fmt: skip
    db.session.add(other)
    db.session.commit()
    assert reviewer.post(PAGE, data={"excerpt": other.id, "none": "yes"}).status_code == 404
    assert reviewer.post(PAGE, data={"excerpt": "9" * 30, "none": "yes"}).status_code == 404


def test_coding_themes_leaves_anothers_stance(house: House, session) -> None:
    first = house.excerpts[0]
    coding.set_stance(session, first, value="oppose", by_id=house.ana)
    assert queue.own_stance(session, first, house.badr) is None
    coding.set_stance(session, first, value="support", by_id=house.badr)
    coding.set_stance(session, first, value=None, by_id=house.badr)  # taken back: Ana's word counts again
    current = select(Stance.value).where(Stance.excerpt_id == first.id, Stance.is_current)
    assert session.scalars(current).all() == ["oppose"]


def test_saving_themes_alone_keeps_the_stance_of_another_coder(closed: Consultation, client, sign_in) -> None:
    ana = sign_in(client, "reviewer")
    first = _first(client.get(PAGE).text)
    client.post(PAGE, data={"excerpt": first, "none": "yes", "stance": "oppose"})
    badr = Staff(email="b@example.org", fs_uniquifier="b", name="Badr", roles=list(ana.roles))
    db.session.add(badr)
    db.session.commit()
    sign_in(client, person=badr)
    client.post(PAGE, data={"excerpt": first, "none": "yes", "stance": ""})
    db.session.rollback()
    assert db.session.scalars(select(Stance.value).where(Stance.is_current)).all() == ["oppose"]
