"""The workshop's pages, as a reviewer's browser gets them."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from consult.access.models import AuditEntry
from consult.consultations.models import Consultation, ConsultationStaff, Status
from consult.evidence.models import Excerpt
from consult.extensions import db
from consult.i18n import pick
from consult.review.changes import undo_change
from consult.review.coding import code_excerpt
from consult.review.models import ChangeLog, Coding, Theme, ThemeRun
from consult.transaction import commits
from tests.consult.review.answers import QUESTION, make_consultation
from tests.support import text_of

BASE = "/manage/agm/review/"


def themes() -> list[Theme]:
    db.session.rollback()
    return list(db.session.scalars(select(Theme).order_by(Theme.position, Theme.id)))


def count(theme: Theme) -> int:
    carried = select(func.count()).where(Coding.theme_id == theme.id, Coding.is_current)
    return db.session.scalar(carried)


def post(client: FlaskClient, address: str, **data: object) -> str:
    answer = client.post(BASE + address, data=data, follow_redirects=True)
    assert answer.status_code == 200, answer.status_code
    return answer.text


def test_the_overview_shows_tallies_themes_shares_and_quotes(closed: Consultation, reviewer) -> None:
    page = reviewer.get(BASE).text
    text = text_of(page)
    assert "What kind?" in text and "What would you change?" in text
    for theme in themes():
        row = re.search(
            rf'<a href="{BASE}theme/{theme.id}">{count(theme)}</a></td>\s*<td class="number">33%', page
        )
        assert row, theme.name
    assert page.count("suggested by the machine") == 3
    assert page.count('<blockquote class="quote"') == 6


def test_every_number_of_the_table_opens_that_many_answers(closed: Consultation, reviewer) -> None:
    page = reviewer.get(f"{BASE}question/{QUESTION}").text
    links = re.findall(rf'<a href="({BASE}theme/[^"]+)">(\d+)</a>', page)
    assert len(links) == 3
    for address, number in links:
        assert f"{number} answers" in text_of(reviewer.get(address).text)
        assert reviewer.get(address).text.count('class="excerpt"') == int(number)


def test_reading_answers_is_a_right_of_its_own_and_recorded(closed: Consultation, client, sign_in) -> None:
    sign_in(client, "facilitator")
    page = client.get(BASE).text
    assert "blockquote" not in page and "suggested by the machine" in page
    assert client.get(f"{BASE}theme/{themes()[0].id}").status_code == 403
    assert client.get(f"{BASE}question/{QUESTION}/answers").status_code == 403
    assert not db.session.scalars(select(AuditEntry).where(AuditEntry.action == "responses.read")).all()
    sign_in(client, "reviewer")
    client.get(f"{BASE}question/{QUESTION}/answers")
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "responses.read")).all()
    assert [(e.actor, e.consultation_slug, e.details) for e in entries] == [
        ("reviewer@example.org", "agm", {"question": QUESTION, "page": 1})
    ]


def test_working_on_themes_does_not_open_the_answers(closed: Consultation, client, sign_in) -> None:
    person = sign_in(client, "facilitator")
    db.session.add(ConsultationStaff(consultation_id=closed.id, staff_id=person.id, rights=["review.edit"]))
    db.session.commit()
    address = f"{BASE}theme/{themes()[0].id}/name"
    assert client.post(address, data={"page:language": "en"}).status_code == 403


def test_while_people_answer_free_figures_are_for_readers_of_answers(
    closed: Consultation, client, sign_in
) -> None:
    closed.status = "open"
    closed.closed_at = None
    db.session.commit()
    sign_in(client, "facilitator")
    assert "What would you change?" not in text_of(client.get(BASE).text)
    assert client.get(f"{BASE}question/{QUESTION}").status_code == 403
    sign_in(client, "reviewer")
    assert "What would you change?" in text_of(client.get(BASE).text)


def test_small_themes_are_withheld_from_who_may_not_read_answers(
    closed: Consultation, client, sign_in
) -> None:
    first = themes()[0]
    for coding in db.session.scalars(select(Coding).where(Coding.theme_id == first.id)).all()[3:]:
        db.session.delete(coding)
    db.session.commit()
    sign_in(client, "facilitator")
    page = text_of(client.get(BASE).text)
    assert count(first) == 3
    assert "fewer than 5" in page
    sign_in(client, "reviewer")
    assert re.search(rf'theme/{first.id}">3</a>', client.get(BASE).text)


def test_accept_rename_merge_retire_and_undo_all(closed: Consultation, reviewer) -> None:
    first, second, third = themes()
    before = [(t.id, t.name, t.status, count(t)) for t in themes()]
    post(reviewer, f"theme/{first.id}/decide", action="accept")
    post(
        reviewer, f"theme/{second.id}/name", **{"name-en": "Trust in the board", "definition": "Who decides"}
    )
    post(reviewer, f"question/{QUESTION}/change", action="merge", theme=[second.id], into=first.id)
    post(reviewer, f"theme/{third.id}/decide", action="retire")
    now = {t.id: (t.name.get("en"), t.status, count(t)) for t in themes()}
    assert now[first.id][1:] == ("accepted", 30)
    assert now[second.id] == ("Trust in the board", "retired", 0)
    assert now[third.id][1:] == ("retired", 15)
    page = reviewer.get(f"{BASE}question/{QUESTION}").text
    assert "Other: fits no theme" in page and "suggested by the machine" not in page
    log = reviewer.get(f"{BASE}changes").text
    assert "Merged “Trust in the board” into" in text_of(log)
    for change in db.session.scalars(select(ChangeLog.id).order_by(ChangeLog.id.desc())).all():
        reviewer.post(f"{BASE}changes/{change}/undo")
    assert [(t.id, t.name, t.status, count(t)) for t in themes()] == before


def test_an_undo_that_cannot_be_says_why(closed: Consultation, reviewer) -> None:
    first, *_ = themes()
    for name in ("One", "Two"):
        post(reviewer, f"theme/{first.id}/name", **{"name-en": name})
    one, two = db.session.scalars(
        select(ChangeLog.id).where(ChangeLog.kind == "rename").order_by(ChangeLog.id)
    ).all()
    page = post(reviewer, f"changes/{one}/undo")
    assert f"change {two} came later" in text_of(page)


def test_moving_an_answer_keeps_the_place_in_the_list(closed: Consultation, reviewer) -> None:
    first, second, _third = themes()
    excerpt = db.session.scalars(
        select(Excerpt).join(Coding).where(Coding.theme_id == first.id).order_by(Excerpt.id)
    ).first()
    answer = reviewer.post(
        f"{BASE}excerpt/{excerpt.id}",
        data={"action": "move", "from": first.id, "into": second.id, "language": "en", "page": "1"},
    )
    assert answer.location == f"{BASE}theme/{first.id}?language=en&page=1"
    assert (count(first), count(second)) == (14, 16)
    page = reviewer.get(f"{BASE}theme/{second.id}?decided=person").text
    assert page.count('class="excerpt"') == 1 and excerpt.text in page


def test_also_not_here_and_none(closed: Consultation, reviewer) -> None:
    first, second, _third = themes()
    excerpt_id = db.session.scalar(select(Coding.excerpt_id).where(Coding.theme_id == first.id).limit(1))
    post(reviewer, f"excerpt/{excerpt_id}", action="also", into=second.id, **{"from": first.id})
    assert (count(first), count(second)) == (15, 16)
    post(reviewer, f"excerpt/{excerpt_id}", action="remove", **{"from": first.id})
    assert (count(first), count(second)) == (14, 16)
    post(reviewer, f"excerpt/{excerpt_id}", action="none")
    assert (count(first), count(second)) == (14, 15)
    page = reviewer.get(f"{BASE}question/{QUESTION}/answers?theme=other").text
    assert page.count('class="excerpt"') == 1 and f'id="excerpt-{excerpt_id}"' in page


def test_splitting_takes_the_ticked_answers(closed: Consultation, reviewer) -> None:
    first, *_ = themes()
    ids = db.session.scalars(select(Coding.excerpt_id).where(Coding.theme_id == first.id).limit(4)).all()
    data = {"excerpt": ids, "name": "A part", "name-language": "en"}
    post(reviewer, f"theme/{first.id}/split", **data)
    part = themes()[-1]
    assert (part.name, part.origin, part.status, count(part), count(first)) == (
        {"en": "A part"},
        "reviewer",
        "accepted",
        4,
        11,
    )


def test_a_new_theme_needs_a_name(closed: Consultation, reviewer) -> None:
    refused = reviewer.post(f"{BASE}question/{QUESTION}/themes", data={"name-en": " "})
    assert refused.status_code == 422
    assert "<title>Error:" in refused.text and "Type a name" in refused.text
    page = post(reviewer, f"question/{QUESTION}/themes", **{"name-ar": "الشفافية"})
    assert "الشفافية" in page


def test_filters_are_chips_that_can_be_removed(closed: Consultation, reviewer) -> None:
    page = reviewer.get(f"{BASE}question/{QUESTION}/answers?decided=machine&language=en").text
    assert page.count('class="chip"') == 2
    assert f'href="{BASE}question/{QUESTION}/answers?decided=machine"' in page
    assert "45 answers" in text_of(page) and "Page 1 of 2" in text_of(page)


def test_the_machine_is_asked_to_look_again(closed: Consultation, reviewer) -> None:
    page = post(reviewer, f"question/{QUESTION}/run", action="start", grain="more")
    assert "The themes are ready." in page
    run = db.session.scalars(select(ThemeRun).order_by(ThemeRun.id.desc())).first()
    assert (run.status, run.options) == ("done", {"resolution": 1.7})


def test_a_run_in_progress_is_shown_and_can_be_stopped(closed: Consultation, reviewer) -> None:
    run = db.session.scalars(select(ThemeRun)).one()
    run.status, run.done = "running", 12
    db.session.commit()
    answer = reviewer.get(f"{BASE}question/{QUESTION}/progress")
    assert answer.headers["Refresh"] == "3" and "12 of 45 answers read" in text_of(answer.text)
    assert "12 of 45" in text_of(reviewer.get(BASE).text)
    post(reviewer, f"question/{QUESTION}/run", action="cancel")
    db.session.rollback()
    assert db.session.scalars(select(ThemeRun.status)).all() == ["cancelled"]


@pytest.mark.parametrize("address", ["theme/999", "question/nope", "question/nope/answers"])
def test_what_is_not_there_is_not_found(closed: Consultation, reviewer, address: str) -> None:
    assert reviewer.get(BASE + address).status_code == 404


def test_another_consultations_themes_cannot_be_reached(closed: Consultation, reviewer) -> None:
    theme = themes()[0]

    @commits
    def other() -> None:
        make_consultation(db.session(), slug="other")

    other()
    assert reviewer.get(f"/manage/other/review/theme/{theme.id}").status_code == 404
    assert (
        reviewer.post(f"/manage/other/review/theme/{theme.id}/decide", data={"action": "accept"}).status_code
        == 404
    )
    change = db.session.scalar(select(ChangeLog.id))
    assert reviewer.post(f"/manage/other/review/changes/{change}/undo").status_code == 404


def test_changes_tell_who_may_not_read_answers_nothing_about_single_ones(
    closed: Consultation, client, sign_in
) -> None:
    person = sign_in(client, "reviewer")
    session, by_id = db.session(), person.id
    first, second, _third = themes()
    excerpts = session.scalars(select(Excerpt).where(Excerpt.question_id == QUESTION).limit(3)).all()
    code_excerpt(session, excerpts[0], themes=[first], by_id=by_id)
    undo_change(
        session, session.scalars(select(ChangeLog).order_by(ChangeLog.id.desc())).first(), by_id=by_id
    )
    code_excerpt(session, excerpts[1], themes=[], by_id=by_id)
    code_excerpt(session, excerpts[2], themes=[second], by_id=by_id)
    session.commit()
    names = [pick(theme.name) for theme in themes()]
    sign_in(client, "facilitator")
    page = text_of(client.get(f"{BASE}changes").text)
    assert page.count("Said what an answer is about") == 4 and "Undone: Said" in page
    assert "The machine read the answers and suggested themes" in page
    assert (
        not any(name in page for name in names) and "fits no theme" not in page and "45 answers" not in page
    )
    db.session.get(Consultation, closed.id).status = Status.OPEN
    db.session.commit()
    assert client.get(f"{BASE}changes").status_code == 403
    assert client.get(f"{BASE}question/{QUESTION}/progress").status_code == 403
    assert f"{BASE}changes" not in client.get(BASE).text
    sign_in(client, person=person)
    page = text_of(client.get(f"{BASE}changes").text)
    assert names[1] in page and "fits no theme" in page and "45 answers" in page
