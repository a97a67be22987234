"""The machine proposes, and never touches what a person decided."""

from __future__ import annotations

import random

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.analysis.themes import ThemeOptions
from consult.consultations.models import Consultation
from consult.evidence.models import Excerpt
from consult.extensions import db
from consult.review import coding, machine, queries, requests, services
from consult.review.models import MACHINE, ChangeLog, Coding, Theme, ThemeRun
from consult.review.scope import Scope
from consult.review.suggestions import Tools, place_new, suggest
from tests.consult.review.answers import QUESTION, WordEmbedder, answer, answer_all, make_consultation
from tests.support import on_both_databases


def prepared(session: Session) -> Scope:
    consultation = make_consultation(session)
    answer_all(session, consultation)
    requests.gather(session, consultation)
    return Scope(consultation.id, QUESTION)


def full_run(session: Session, scope: Scope) -> None:
    material = machine.material_for(session, scope, kind=machine.FULL)
    proposal = suggest(material, ThemeOptions(), Tools(WordEmbedder()))
    machine.apply_theme_result(session, scope, proposal=proposal, kind=machine.FULL)


def placing_run(session: Session, scope: Scope) -> None:
    material = machine.material_for(session, scope, kind=machine.PLACE)
    proposal = place_new(material, Tools(WordEmbedder()))
    machine.apply_theme_result(session, scope, proposal=proposal, kind=machine.PLACE)


def texts_by_theme(session: Session, scope: Scope) -> dict[str, set[str]]:
    """First English word of the name → texts that currently carry the theme."""
    rows = session.execute(
        select(Theme.id, Excerpt.text)
        .join(Coding, Coding.theme_id == Theme.id)
        .join(Excerpt, Excerpt.id == Coding.excerpt_id)
        .where(scope.themes, Coding.is_current)
    )
    found: dict[int, set[str]] = {}
    for theme_id, text in rows:
        found.setdefault(theme_id, set()).add(text)
    return {str(i): texts for i, texts in found.items()}


def reviewer(session: Session, make) -> int:
    return make("reviewer").id


@on_both_databases
def test_answers_on_one_matter_come_into_one_theme_marked_as_the_machines(app: Flask) -> None:
    session = db.session()
    scope = prepared(session)
    full_run(session, scope)
    themes = queries.themes_in(session, scope)
    assert {(t.origin, t.status, t.is_edited) for t in themes} == {(MACHINE, "suggested", False)}
    groups = list(texts_by_theme(session, scope).values())
    assert sorted(len(group) for group in groups) == [15, 15, 15]
    for group in groups:
        matters = {
            frozenset(text.split()[:2]) & {"money", "budget", "pay", "funding"} != set() for text in group
        }
        assert len(matters) == 1, group
    assert {c.origin for c in session.scalars(select(Coding))} == {MACHINE}


@on_both_databases
def test_the_same_run_twice_gives_the_same_rows_but_for_their_ids(app: Flask) -> None:
    session = db.session()
    scope = prepared(session)
    full_run(session, scope)
    first = [(t.name, t.position, t.quotes) for t in queries.themes_in(session, scope)]
    counted = sorted(map(len, texts_by_theme(session, scope).values()))
    full_run(session, scope)
    assert [(t.name, t.position, t.quotes) for t in queries.themes_in(session, scope)] == first
    assert sorted(map(len, texts_by_theme(session, scope).values())) == counted
    assert len(session.scalars(select(Theme)).all()) == len(first)


def decided_rows(session: Session, kept: set[int]) -> tuple[list, list]:
    """What a run must leave alone: `kept` themes, every person's codings, and the machine's in those themes."""
    columns = Theme.__table__.columns
    themes = session.execute(select(*columns).where(Theme.id.in_(kept)).order_by(Theme.id)).all()
    codings = session.execute(
        select(*Coding.__table__.columns)
        .where(Coding.coder_id.is_not(None) | Coding.theme_id.in_(kept))
        .order_by(Coding.id)
    ).all()
    return [tuple(row) for row in themes], [tuple(row) for row in codings]


@on_both_databases
def test_a_rerun_never_moves_what_a_person_decided(app: Flask, staff) -> None:
    session = db.session()
    by_id = reviewer(session, staff)
    scope = prepared(session)
    full_run(session, scope)
    kept: set[int] = set()
    for seed in range(6):
        dice = random.Random(seed)
        themes = [t for t in queries.themes_in(session, scope) if t.status != "retired"]
        excerpts = session.scalars(select(Excerpt).where(scope.excerpts).order_by(Excerpt.id)).all()
        one, other = dice.sample(themes, 2)
        deed = seed % 6
        if deed == 0:
            services.accept_theme(session, one, by_id=by_id)
        elif deed == 1:
            services.rename_theme(session, one, name={"en": f"Renamed {seed}"}, by_id=by_id)
        elif deed == 2:
            coding.move_excerpt(session, excerpts[seed], source=None, target=other, by_id=by_id)
        elif deed == 3:
            coding.code_excerpt(session, excerpts[seed + 20], themes=[], by_id=by_id)
        elif deed == 4:
            services.merge_themes(session, sources=[one], target=other, by_id=by_id)
        else:
            services.retire_theme(session, one, by_id=by_id)
        kept |= {2: {other.id}, 3: set(), 4: {one.id, other.id}}.get(deed, {one.id})
        before = decided_rows(session, kept)
        full_run(session, scope)
        after = decided_rows(session, kept)
        assert after == before, deed
        placing_run(session, scope)
        assert decided_rows(session, kept) == before, deed
        if len([t for t in queries.themes_in(session, scope) if t.status != "retired"]) < 2:
            break
    else:
        seed = 6
    assert seed >= 4, "the test ran out of themes before it tried enough"


@on_both_databases
def test_a_full_run_replaces_only_what_nobody_touched(app: Flask, staff) -> None:
    session = db.session()
    by_id = reviewer(session, staff)
    scope = prepared(session)
    full_run(session, scope)
    accepted, untouched, renamed = queries.themes_in(session, scope)
    services.accept_theme(session, accepted, by_id=by_id)
    services.rename_theme(session, renamed, name={"en": "Mine"}, by_id=by_id)
    ids = (accepted.id, untouched.id, renamed.id)
    full_run(session, scope)
    now = queries.themes_in(session, scope)
    assert {ids[0], ids[2]} <= {theme.id for theme in now}
    assert ids[1] not in {theme.id for theme in now}
    assert len(now) == 3, "the untouched one was found again"


def test_an_accepted_theme_does_not_grow_with_every_run(app: Flask, staff) -> None:
    session = db.session()
    by_id = reviewer(session, staff)
    scope = prepared(session)
    full_run(session, scope)
    accepted, *_ = queries.themes_in(session, scope)
    services.accept_theme(session, accepted, by_id=by_id)
    before = texts_by_theme(session, scope)[str(accepted.id)]
    for _turn in range(3):
        full_run(session, scope)
    assert texts_by_theme(session, scope)[str(accepted.id)] == before


@on_both_databases
def test_a_retired_theme_is_not_suggested_again(app: Flask, staff) -> None:
    session = db.session()
    by_id = reviewer(session, staff)
    scope = prepared(session)
    full_run(session, scope)
    themes = queries.themes_in(session, scope)
    for theme in themes[1:]:
        services.accept_theme(session, theme, by_id=by_id)
    services.retire_theme(session, themes[0], by_id=by_id)
    full_run(session, scope)
    assert [t.id for t in queries.themes_in(session, scope)] == [t.id for t in themes]


@on_both_databases
def test_a_new_answer_is_placed_and_one_that_fits_nowhere_is_other(app: Flask, staff) -> None:
    session = db.session()
    scope = prepared(session)
    full_run(session, scope)
    before = texts_by_theme(session, scope)
    consultation = session.get(Consultation, scope.consultation_id)
    answer(session, consultation, "budget money funding again", key="new-1")
    answer(session, consultation, "zebra xylophone quartz", key="new-2")
    requests.gather(session, consultation)
    assert machine.unseen_count(session, scope) == 2
    placing_run(session, scope)
    after = texts_by_theme(session, scope)
    grown = {key for key in after if after[key] != before[key]}
    assert [after[key] - before[key] for key in grown] == [{"budget money funding again"}]
    assert any("money" in text for key in grown for text in before[key])
    other = session.scalars(
        select(Excerpt.text).join(Coding).where(Coding.theme_id.is_(None), Coding.is_current)
    ).all()
    assert other == ["zebra xylophone quartz"]
    assert machine.unseen_count(session, scope) == 0


@on_both_databases
def test_a_persons_decision_while_the_machine_computes_counts(app: Flask, staff) -> None:
    session = db.session()
    by_id = reviewer(session, staff)
    scope = prepared(session)
    full_run(session, scope)
    material = machine.material_for(session, scope, kind=machine.FULL)
    proposal = suggest(material, ThemeOptions(), Tools(WordEmbedder()))
    excerpt = session.scalars(select(Excerpt).where(scope.excerpts).order_by(Excerpt.id)).first()
    coding.code_excerpt(session, excerpt, themes=[], by_id=by_id)
    machine.apply_theme_result(session, scope, proposal=proposal, kind=machine.FULL)
    current = session.execute(
        select(Coding.theme_id, Coding.coder_id).where(Coding.excerpt_id == excerpt.id, Coding.is_current)
    ).all()
    assert [tuple(row) for row in current] == [(None, by_id)]


@on_both_databases
def test_a_run_is_told_in_the_log_but_not_undone(app: Flask) -> None:
    session = db.session()
    scope = prepared(session)
    full_run(session, scope)
    log = session.scalars(select(ChangeLog)).all()
    assert [(c.kind, c.by_id, c.params, c.before) for c in log] == [
        ("machine", None, {"themes": 3, "answers": 45}, {})
    ]
    assert session.scalars(select(ThemeRun)).all() == []
