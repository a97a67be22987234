"""Coding what was gathered elsewhere: its order, what stands beside it, the filters, and placing after publishing."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import event, select

from consult import jobs
from consult.access.models import Staff
from consult.consultations.models import Consultation
from consult.evidence import feedback
from consult.evidence.models import GATHERED, Excerpt, excerpt_groups
from consult.extensions import db
from consult.review import coding, double, machine, passages, queries, queue
from consult.review.filter_links import filter_lists
from consult.review.models import Coding, Theme, ThemeRun
from consult.review.queries import Filters
from consult.review.scope import Scope
from consult.stakeholders import groups
from consult.transaction import commits
from tests.consult.evidence.house import make_source
from tests.consult.review.answers import QUESTION, make_consultation
from tests.consult.review.conftest import House
from tests.support import on_both_databases, text_of

PAGE = f"/manage/agm/review/question/{GATHERED}/code"
TWO = ("money budget again", "long meeting hours")


@commits
def _theme(consultation_id: int, name: str, *texts: str) -> int:
    """An accepted theme of what was gathered, with these texts as its examples; its id."""
    session = db.session()
    theme = Theme(consultation_id=consultation_id, question_id=GATHERED, name={"en": name}, origin="reviewer",
                  status="accepted", example=" ".join(texts), definition=" ".join(texts))  # fmt: skip
    session.add(theme)
    session.flush()
    return theme.id


@pytest.mark.parametrize("status", ["draft", "published"])
@on_both_databases
def test_evidence_is_placed_in_whatever_state_the_consultation_is(closed, app, status) -> None:
    _theme(closed.id, "Money", "money budget funding")
    scope = Scope(closed.id, GATHERED)

    @commits
    def tell() -> None:
        consultation = db.session.get(Consultation, closed.id)
        consultation.status = status
        feedback.take_feedback(db.session(), consultation, text="money budget funding", language="en", key="1",
                               today=date(2027, 3, 7))  # fmt: skip

    tell()
    jobs.finish_waiting()
    db.session.rollback()
    assert machine.unseen_count(db.session(), scope) == 0
    runs = db.session.execute(select(ThemeRun.kind, ThemeRun.status).where(ThemeRun.question_id == GATHERED))
    assert [tuple(run) for run in runs] == [("place", "done")]


def test_the_sweep_places_what_no_event_told_of_after_publishing(closed) -> None:
    from consult.review import work

    _theme(closed.id, "Money", "money budget funding")
    make_source(closed.id, "money budget funding", language="en")
    db.session.get(Consultation, closed.id).status = "published"
    db.session.commit()
    work.sweep()
    jobs.finish_waiting()
    db.session.rollback()
    assert machine.unseen_count(db.session(), Scope(closed.id, GATHERED)) == 0


@pytest.fixture
def two_sources(closed) -> list[int]:
    """An interview of three turns and a workshop of two notes; ids of all excerpts, source by source."""
    women = groups.save_group(db.session(), None, {"name": {"en": "Women"}, "category": "women", "influence": None,
                              "interest": None, "expected_size": None, "note": ""})  # fmt: skip
    make_source(closed.id, "first turn", "second turn", "third turn", language="en", informant="board member",
                date=date(2027, 3, 7), groups=[women])  # fmt: skip
    make_source(closed.id, "note one", "note two", language="en", kind="workshop", title="Workshop in Irbid")
    rows = db.session.scalars(
        select(Excerpt).where(Excerpt.question_id == GATHERED).order_by(Excerpt.source_id, Excerpt.position)
    ).all()
    rows[1].lead = "What was hardest?"
    rows[3].voice, rows[3].station = "women farmers, Irbid", "Table 1"
    rows[4].voice = "board member"
    db.session.commit()
    return [row.id for row in rows]


def test_evidence_comes_source_by_source(two_sources, closed) -> None:
    session, scope = db.session(), Scope(closed.id, GATHERED)
    seen, after = [], None
    for _ in two_sources:
        after = queue.next_excerpt(session, scope, Filters(), after=after)
        seen.append(after.id)
    assert seen == two_sources
    task = queue.task_of(session, scope, session.get(Excerpt, two_sources[3]), coder_id=1)
    assert task.before == two_sources[2]
    assert [item.excerpt.id for item in queries.excerpt_page(session, scope, Filters()).items] == two_sources


def test_its_source_and_the_turns_around_it_stand_beside_it(two_sources, reviewer) -> None:
    page = text_of(reviewer.get(f"{PAGE}?excerpt={two_sources[1]}").text)
    for words in ("interview", "Interview 1", "board member", "7 March 2027", "Women"):
        assert words in page
    order = ["first turn", "What was hardest?", "second turn", "third turn"]
    places = [page.index(words) for words in order]
    assert places == sorted(places) and "note one" not in page
    page = text_of(reviewer.get(f"{PAGE}?excerpt={two_sources[3]}").text)
    assert "women farmers, Irbid" in page and "Table 1" in page and "third turn" not in page


def test_messages_have_no_neighbours(closed, reviewer) -> None:
    for number in range(2):
        feedback.take_feedback(db.session(), closed, text=f"message {number}", language="en", key=str(number),
                               today=date(2027, 3, 7))  # fmt: skip
    db.session.commit()
    page = text_of(reviewer.get(PAGE).text)
    assert ("message 0" in page) != ("message 1" in page)


def test_the_question_stands_beside_an_answer(closed, reviewer) -> None:
    page = reviewer.get(f"/manage/agm/review/question/{QUESTION}/code").text
    asked = re.search(r'<p class="asked">(.*?)</p>', page)[1]
    assert text_of(asked) and text_of(asked) in text_of(page)


def test_every_filter_is_a_link_and_lets_through_what_it_says(two_sources, closed, reviewer) -> None:
    theme_id = _theme(closed.id, "Roads")
    db.session.add(Coding(excerpt_id=two_sources[4], theme_id=theme_id, origin="machine", score=0.9))
    women = db.session.scalars(select(excerpt_groups.c.group_id)).all()
    assert not women
    db.session.commit()
    page = reviewer.get(PAGE).text
    assert "more-filters" not in page and "filters=open" in page, "listed only when asked for"
    page = reviewer.get(f"{PAGE}?filters=open").text
    links = {text_of(name): address.replace("&amp;", "&") for address, name in re.findall(
        r'<a href="([^"]+)"[^>]*>(.*?)</a>', page.split('class="quiet more-filters"')[1].split("</details>")[0]
    )}  # fmt: skip

    def left(name: str) -> list[int]:
        found = re.search(r"(\d+) answers? here", text_of(reviewer.get(links[name]).text))
        return int(found[1]) if found else 0

    counts = {"Roads": 1, "interview": 3, "Interview 1": 3, "Workshop in Irbid": 2, "Women": 3, "in no group": 2,
              "women farmers, Irbid": 1, "board member": 4}  # fmt: skip
    assert {name: left(name) for name in counts} == counts
    both = reviewer.get(f"{PAGE}?kind=interview&by=group&column=-").text
    assert "Nothing is left here" in both
    answers = f"/manage/agm/review/question/{GATHERED}/answers"
    assert reviewer.get(f"{answers}?theme={theme_id}").text.count('class="excerpt"') == 1
    assert any(name.startswith("What") or "?" in name for name in links)  # another question


def test_a_theme_is_a_filter_of_the_queue_also_where_a_part_carries_it(house: House, session) -> None:
    scope = Scope(house.consultation_id, "q1")
    whole = house.excerpts[3]
    part = passages.code_passage(session, whole, (0, 8), themes=house.themes[2:], by_id=house.ana)
    assert part is not None
    filters = Filters(theme_id=house.themes[2].id)
    assert queue.next_excerpt(session, scope, filters, after=None) == whole
    assert queue.progress(session, scope, filters).left == 1


@on_both_databases
def test_a_person_has_decided_about_as_many_answers_on_every_page(app, closed) -> None:
    session, scope = db.session(), Scope(closed.id, QUESTION)
    ana = Staff(email="ana@example.org", fs_uniquifier="ana", name="Ana")
    session.add(ana)
    session.flush()
    excerpts = session.scalars(select(Excerpt).where(scope.excerpts).order_by(Excerpt.id)).all()
    theme = session.scalars(select(Theme).where(scope.themes)).first()
    coding.code_excerpt(session, excerpts[0], themes=[theme], by_id=ana.id)
    passages.code_passage(session, excerpts[1], (0, 5), themes=[theme], by_id=ana.id)
    session.flush()
    progress = queue.progress(session, scope, Filters(decided="open"))
    figures = queries.question_figures(session, scope)
    page = queries.excerpt_page(session, scope, Filters(decided="person"))
    assert (figures.reviewed, progress.decided, page.total, progress.left) == (2, 2, 2, 43)
    assert [item.is_decided for item in page.items] == [True, True]
    assert queries.excerpt_page(session, scope, Filters(decided="nobody")).total == figures.unseen
    assert queries.excerpt_page(session, scope, Filters(is_other=True)).total == figures.other


def test_the_memos_of_others_are_shown_but_not_who_still_codes_blind(house: House, session) -> None:
    scope, first = Scope(house.consultation_id, "q1"), house.excerpts[0]

    def seen_by(coder_id: int) -> list[tuple[str, str]]:
        return [(memo.by, memo.words) for memo in queue.memos_of_others(session, scope, first, coder_id)]

    coding.note_excerpt(session, first, memo="ask again", needs_redaction=False, by_id=house.badr)
    assert (seen_by(house.ana), seen_by(house.badr)) == ([("Badr", "ask again")], [])
    one = double.begin_round(session, scope, size=0, by_id=house.ana)
    assert seen_by(house.ana) == []
    double.code_blind(session, one, first, themes=house.themes[:1], by_id=house.badr)
    assert seen_by(house.ana) == []
    double.code_blind(session, one, first, themes=house.themes[:1], by_id=house.ana)
    assert seen_by(house.ana) == [("Badr", "ask again")]
    third = Staff(email="c@example.org", fs_uniquifier="c", name="Chadi")
    session.add(third)
    session.flush()
    assert seen_by(third.id) == [("Badr", "ask again")]  # two have coded it, and it waits for nobody
    other = next(excerpt for excerpt in house.excerpts if excerpt is not first)
    double.code_blind(session, one, other, themes=[], by_id=third.id)
    assert seen_by(third.id) == []  # takes part now


def test_memos_of_others_stand_on_the_page_and_ones_own_in_the_form(closed, reviewer, client) -> None:
    excerpt = db.session.scalars(select(Excerpt).where(Excerpt.question_id == QUESTION)).first()
    badr = Staff(email="b@example.org", fs_uniquifier="b", name="Badr")
    db.session.add(badr)
    db.session.flush()
    coding.note_excerpt(db.session(), excerpt, memo="ask <again>", needs_redaction=False, by_id=badr.id)
    db.session.commit()
    page = reviewer.get(f"/manage/agm/review/question/{QUESTION}/code?excerpt={excerpt.id}").text
    assert "Badr" in text_of(page) and "ask &lt;again&gt;" in page
    assert re.search(r'<textarea id="memo"[^>]*></textarea>', page)


def test_sources_can_be_told_apart_by_who_spoke(two_sources, app, closed) -> None:
    with app.test_request_context():
        lists = filter_lists(db.session(), closed, Scope(closed.id, GATHERED), Filters(), [])
    columns = {
        link.address["by"]: len(one.links) for one in lists for link in one.links if "by" in link.address
    }
    assert columns == {"group": 2, "voice": 3}  # a group, two kinds of speakers, and whose is not said


def test_an_address_tells_nothing_of_another_consultation(two_sources, closed, reviewer) -> None:
    other = make_consultation(db.session(), slug="secret")
    db.session.commit()
    source_id = make_source(other.id, "their words", title="Interview with the whistleblower").id
    theme_id = _theme(other.id, "Their secret theme", "their words")
    own_theme = _theme(closed.id, "Roads")
    base = f"/manage/agm/review/question/{GATHERED}"
    for page in (f"{base}/code", f"{base}/answers", f"/manage/agm/review/theme/{own_theme}"):
        for filters in (f"source={source_id}", f"by=source&column={source_id}", f"theme={theme_id}"):
            answer = reviewer.get(f"{page}?{filters}")
            assert answer.status_code == 200, page
            assert "whistleblower" not in answer.text and "secret theme" not in answer.text, (page, filters)
    own = db.session.get(Excerpt, two_sources[3]).source_id
    assert reviewer.get(f"{base}/code?by=source&column={own}").text.count("Workshop in Irbid") > 1


def test_what_answers_are_told_apart_by_is_looked_up_once_for_a_page(two_sources, closed, reviewer) -> None:
    ranges: list[str] = []

    def heard(_connection, _cursor, statement: str, *_more: object) -> None:
        if "min(coalesce(excerpt.said_on" in statement:
            ranges.append(statement)

    event.listen(db.engine, "before_cursor_execute", heard)
    try:
        for page in (PAGE, PAGE.replace("/code", "/answers")):
            for filters, most in (("", 0), ("?by=voice&column=board+member", 1)):
                ranges.clear()
                assert reviewer.get(page + filters).status_code == 200
                assert len(ranges) == most, (page, filters)
    finally:
        event.remove(db.engine, "before_cursor_execute", heard)
