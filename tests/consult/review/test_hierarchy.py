"""Broader themes in the review room: made by the machine, shown as a tree, never moved once decided."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.analysis.values import Parent
from consult.evidence.models import Excerpt
from consult.extensions import db
from consult.review import changes, machine, queries, requests, services
from consult.review.material import Proposal, ProposedTheme
from consult.review.models import ChangeLog, Theme
from consult.review.presentation import theme_table
from consult.review.queries import Filters, excerpt_page, question_figures
from consult.review.scope import Scope
from consult.review.suggestions import under_broader
from tests.consult.review.answers import QUESTION, answer_all, make_consultation
from tests.support import on_both_databases


def proposed(name: str, codings: list[int], **above: int | None) -> ProposedTheme:
    return ProposedTheme({"en": name}, {}, (), tuple((i, 0.5) for i in codings), (), **above)


def prepared(session: Session) -> tuple[Scope, list[int]]:
    consultation = make_consultation(session)
    answer_all(session, consultation)
    requests.gather(session, consultation)
    scope = Scope(consultation.id, QUESTION)
    return scope, list(session.scalars(select(Excerpt.id).where(scope.excerpts).order_by(Excerpt.id)))


def suggest_tree(session: Session, scope: Scope, ids: list[int]) -> None:
    """Pay (0–11) and Budget (6–17) under Money, ten answers in Trust alone."""
    proposal = Proposal(
        themes=(
            proposed("Pay", ids[:12], broader=0),
            proposed("Budget", ids[6:18], broader=0),
            proposed("Trust", ids[20:30]),
        ),
        broader=({"en": "Money"},),
    )
    machine.apply_theme_result(session, scope, proposal=proposal, kind=machine.FULL)


def named(session: Session, scope: Scope) -> dict[str, Theme]:
    return {theme.name["en"]: theme for theme in queries.themes_in(session, scope)}


@on_both_databases
def test_a_broader_theme_counts_the_answers_below_it_once_and_stands_before_them(app: Flask) -> None:
    session = db.session()
    scope, ids = prepared(session)
    suggest_tree(session, scope, ids)
    figures = question_figures(session, scope)
    shown = [(item.theme.name["en"], item.count, item.depth, item.below) for item in figures.themes]
    assert shown == [("Money", 18, 0, 2), ("Pay", 12, 1, 0), ("Budget", 12, 1, 0), ("Trust", 10, 0, 0)]
    money = named(session, scope)["Money"]
    assert excerpt_page(session, scope, Filters(theme_id=money.id)).total == 18
    assert all(line.is_safe for line in theme_table(figures, can_read=False).lines)


@on_both_databases
def test_few_answers_in_two_themes_below_hide_the_count_from_who_may_not_read(app: Flask) -> None:
    session = db.session()
    scope, ids = prepared(session)
    proposal = Proposal(
        themes=(proposed("Pay", ids[:12], broader=0), proposed("Budget", ids[10:22], broader=0)),
        broader=({"en": "Money"},),
    )
    machine.apply_theme_result(session, scope, proposal=proposal, kind=machine.FULL)
    lines = theme_table(question_figures(session, scope), can_read=False).lines
    assert [(line.figures.theme.name["en"], line.is_safe) for line in lines][0] == ("Money", False)


@on_both_databases
def test_a_run_replaces_an_untouched_tree_whole_and_keeps_what_stands_over_an_accepted_theme(
    app: Flask, staff
) -> None:
    session = db.session()
    by_id = staff("reviewer").id
    scope, ids = prepared(session)
    suggest_tree(session, scope, ids)
    first = {theme.id for theme in queries.themes_in(session, scope)}
    suggest_tree(session, scope, ids)
    again = named(session, scope)
    assert len(again) == 4 and not first & {theme.id for theme in again.values()}
    services.accept_theme(session, again["Pay"], by_id=by_id)
    kept = (again["Pay"].id, again["Money"].id)
    suggest_tree(session, scope, ids)
    pay = session.get(Theme, kept[0])
    assert (pay.parent_id, pay.status) == (kept[1], "accepted")
    assert session.get(Theme, kept[1]).status == "accepted"
    assert [theme.name["en"] for theme in machine.kept_themes(session, scope)] == ["Pay", "Money"]


@on_both_databases
def test_a_broader_theme_draws_no_answers_and_says_where_its_answers_are(app: Flask, staff) -> None:
    session = db.session()
    by_id = staff("reviewer").id
    scope, ids = prepared(session)
    suggest_tree(session, scope, ids)
    money = named(session, scope)["Money"]
    services.accept_theme(session, money, by_id=by_id)
    material = machine.material_for(session, scope, kind=machine.FULL)
    assert [theme.id for theme in material.themes] == []
    assert dict(material.under) == dict.fromkeys(ids[:18], money.id)


def test_new_themes_join_an_existing_broader_theme_that_holds_most_of_their_answers() -> None:
    themes = {name: proposed(name, list(ids)) for name, ids in (("t1", range(6)), ("t2", range(6, 10)))}
    groups = {name: list(theme.codings) for name, theme in themes.items()}
    parents = [Parent("p1", {"en": "Money"}, ("t1", "t2"), 10, 1.0)]
    joined = dict(themes)
    assert under_broader(parents, joined, groups, dict.fromkeys(range(6), 77)) == ()
    assert {(theme.parent, theme.broader) for theme in joined.values()} == {(77, None)}
    fresh = dict(themes)
    assert under_broader(parents, fresh, groups, dict.fromkeys(range(5), 77)) == ({"en": "Money"},)
    assert {(theme.parent, theme.broader) for theme in fresh.values()} == {(None, 0)}
    alone = {"t1": themes["t1"]}
    assert under_broader(parents, alone, groups, {}) == ()
    assert alone["t1"].broader is None


@on_both_databases
@pytest.mark.parametrize("verb", [services.accept_theme, services.restore_theme])
def test_a_broader_theme_is_accepted_with_a_theme_below_it_and_both_are_undone_at_once(
    app: Flask, staff, verb
) -> None:
    session = db.session()
    by_id = staff("reviewer").id
    scope, ids = prepared(session)
    suggest_tree(session, scope, ids)
    verb(session, named(session, scope)["Pay"], by_id=by_id)
    after = {name: theme.status for name, theme in named(session, scope).items()}
    assert after == {"Money": "accepted", "Pay": "accepted", "Budget": "suggested", "Trust": "suggested"}
    change = session.scalars(select(ChangeLog).order_by(ChangeLog.id.desc())).first()
    changes.undo_change(session, change, by_id=by_id)
    assert {theme.status for theme in queries.themes_in(session, scope)} == {"suggested"}


@on_both_databases
def test_an_accepted_theme_put_under_a_suggested_one_or_split_there_brings_it_along(
    app: Flask, staff
) -> None:
    session = db.session()
    by_id = staff("reviewer").id
    scope, ids = prepared(session)
    suggest_tree(session, scope, ids)
    themes = named(session, scope)
    services.accept_theme(session, themes["Trust"], by_id=by_id)
    assert themes["Money"].status == "suggested"
    services.place_under(session, themes["Trust"], parent=themes["Money"], by_id=by_id)
    assert themes["Money"].status == "accepted"
    themes["Money"].status = "suggested"
    some = [session.get(Excerpt, ids[14])]
    services.split_theme(session, themes["Budget"], excerpts=some, name={"en": "Debt"}, by_id=by_id)
    assert themes["Money"].status == "accepted"


@on_both_databases
def test_a_retired_broader_theme_stays_retired(app: Flask, staff) -> None:
    session = db.session()
    by_id = staff("reviewer").id
    scope, ids = prepared(session)
    suggest_tree(session, scope, ids)
    themes = named(session, scope)
    services.retire_theme(session, themes["Money"], by_id=by_id)
    services.accept_theme(session, themes["Pay"], by_id=by_id)
    assert themes["Money"].status == "retired"


@on_both_databases
def test_moving_a_theme_under_another_is_undone(app: Flask, staff) -> None:
    session = db.session()
    by_id = staff("reviewer").id
    scope, ids = prepared(session)
    suggest_tree(session, scope, ids)
    themes = named(session, scope)
    services.place_under(session, themes["Trust"], parent=themes["Money"], by_id=by_id)
    assert question_figures(session, scope).themes[0].count == 28
    change = session.scalars(select(ChangeLog).order_by(ChangeLog.id.desc())).first()
    changes.undo_change(session, change, by_id=by_id)
    session.expire_all()
    assert question_figures(session, scope).themes[0].count == 18
    assert named(session, scope)["Trust"].parent_id is None


@pytest.mark.parametrize("tools", [True, False])
def test_the_page_shows_the_tree(app: Flask, closed, reviewer, tools: bool) -> None:
    scope = Scope(closed.id, QUESTION)
    session = db.session()
    ids = list(session.scalars(select(Excerpt.id).where(scope.excerpts).order_by(Excerpt.id)))
    suggest_tree(session, scope, ids)
    session.commit()
    page = reviewer.get(f"/manage/agm/review/question/{QUESTION}" if tools else "/manage/agm/review/").text
    assert page.count('class="broader"') == 1
    assert page.count('class="below"') == 2
    money = named(session, scope)["Money"]
    own = reviewer.get(f"/manage/agm/review/theme/{money.id}").text
    assert "Under it:" in own and own.count('class="excerpt"') == 18
    assert 'id="split"' not in own and 'name="from"' not in own
    below = named(session, scope)["Pay"]
    assert "Part of:" in reviewer.get(f"/manage/agm/review/theme/{below.id}").text
