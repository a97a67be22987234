"""Changes are logged whole and undone to the byte."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from consult.access.models import Staff
from consult.review import codebook_import, codebook_versions, coding, services
from consult.review.changes import recorded, undo_change
from consult.review.codebook_file import Entry
from consult.review.errors import UndoError
from consult.review.models import MACHINE, ChangeLog, Coding, Theme
from consult.review.scope import Scope
from tests.consult.review.conftest import QUESTION, House, build_house

TABLES = ("theme", "coding", "stance")


def stored(session: Session) -> dict[str, list[tuple]]:
    """Every reversible row as the database holds it, JSON as text."""
    session.flush()
    as_text = "CAST({} AS TEXT)"
    rows = {}
    for table in TABLES:
        columns = [c.name for c in Theme.metadata.tables[table].columns]
        selected = ", ".join(as_text.format(f'"{column}"') for column in columns)
        rows[table] = [tuple(r) for r in session.execute(text(f"SELECT {selected} FROM {table} ORDER BY id"))]
    return rows


def changes(session: Session) -> list[ChangeLog]:
    return list(session.scalars(select(ChangeLog).order_by(ChangeLog.id)))


def merge(house: House) -> None:
    services.merge_themes(house.session, sources=[house.themes[1]], target=house.themes[0], by_id=house.ana)


def test_a_merge_is_one_change_and_is_undone_to_the_byte(house: House) -> None:
    before = stored(house.session)
    merge(house)
    assert [
        (c.kind, c.by_id, c.params["theme"]["en"], c.params["merged"][0]["en"])
        for c in changes(house.session)
    ] == [("merge", house.ana, "Money", "Time")]
    assert stored(house.session) != before
    undo_change(house.session, changes(house.session)[0], by_id=house.badr)
    assert stored(house.session) == before


def test_a_verb_that_changes_nothing_is_not_logged(house: House) -> None:
    services.rename_theme(house.session, house.themes[0], name=dict(house.themes[0].name), by_id=house.ana)
    assert changes(house.session) == []


def test_undoing_the_undo_does_it_again(house: House) -> None:
    merge(house)
    merged = stored(house.session)
    first = changes(house.session)[0]
    undo = undo_change(house.session, first, by_id=house.ana)
    redo = undo_change(house.session, undo, by_id=house.ana)
    assert stored(house.session) == merged
    assert [(c.kind, c.undone_at is None) for c in (first, undo, redo)] == [
        ("merge", True),
        ("undo", False),
        ("redo", True),
    ]


def test_a_change_is_undone_once(house: House) -> None:
    merge(house)
    change = changes(house.session)[0]
    undo_change(house.session, change, by_id=house.ana)
    with pytest.raises(UndoError) as refusal:
        undo_change(house.session, change, by_id=house.ana)
    assert refusal.value.code == "already_undone"


def test_a_later_change_of_the_same_rows_stands_in_the_way(house: House) -> None:
    theme = house.themes[0]
    services.rename_theme(house.session, theme, name={"en": "Funding"}, by_id=house.ana)
    services.rename_theme(house.session, theme, name={"en": "Finance"}, by_id=house.badr)
    first, second = changes(house.session)
    with pytest.raises(UndoError) as refusal:
        undo_change(house.session, first, by_id=house.ana)
    assert (refusal.value.code, refusal.value.change_id) == ("changed_since", second.id)
    undo_change(house.session, second, by_id=house.ana)
    undo_change(house.session, first, by_id=house.ana)
    assert house.session.get(Theme, theme.id).name == {"en": "Money", "ar": "موضوع 0"}


def test_changes_of_other_rows_do_not_stand_in_the_way(house: House) -> None:
    merge(house)
    services.rename_theme(house.session, house.themes[2], name={"en": "Honesty"}, by_id=house.ana)
    undo_change(house.session, changes(house.session)[0], by_id=house.ana)
    names = house.session.scalars(select(Theme.status).order_by(Theme.id)).all()
    assert (names, house.session.get(Theme, house.themes[2].id).name) == (
        ["suggested"] * 3,
        {"en": "Honesty"},
    )


def test_what_the_machine_replaced_since_cannot_be_brought_back_in_part(house: House) -> None:
    services.rename_theme(house.session, house.themes[2], name={"en": "Honesty"}, by_id=house.ana)
    house.session.delete(house.themes[2])
    house.session.flush()
    with pytest.raises(UndoError) as refusal:
        undo_change(house.session, changes(house.session)[0], by_id=house.ana)
    assert (refusal.value.code, refusal.value.change_id) == ("changed_since", None)


def test_undoing_a_new_theme_takes_the_machines_codings_along_but_not_a_persons(house: House) -> None:
    session, excerpt = house.session, house.excerpts[0]
    theme = services.add_theme(
        session,
        consultation_id=house.consultation_id,
        question_id=QUESTION,
        name={"en": "New"},
        by_id=house.ana,
    )
    before, theme_id = stored(session), theme.id
    session.add(Coding(excerpt_id=house.excerpts[2].id, theme_id=theme.id, origin=MACHINE))
    session.flush()
    with_machine = stored(session)
    coding.add_to_theme(session, excerpt, theme=theme, by_id=house.badr)
    added, coded = changes(session)
    with pytest.raises(UndoError) as refusal:
        undo_change(session, added, by_id=house.ana)
    assert refusal.value.change_id == coded.id
    undo_change(session, coded, by_id=house.ana)
    assert stored(session) == with_machine
    undo = undo_change(session, added, by_id=house.ana)
    assert theme_id not in session.scalars(select(Theme.id)).all()
    undo_change(session, undo, by_id=house.ana)
    assert stored(session) == with_machine != before


def test_a_bulk_statement_must_not_escape_the_log(house: House) -> None:
    with (
        pytest.raises(RuntimeError, match="escape the log"),
        recorded(house.session, consultation_id=house.consultation_id, kind="x", by_id=house.ana),
    ):
        house.session.execute(update(Theme).values(position=1))


VERBS: dict[str, Callable[[House, int, int, int], None]] = {
    "rename": lambda h, a, b, e: services.rename_theme(
        h.session, theme(h, a), name={"fr": f"Nom {b}", "en": f"Name {e}"}, by_id=h.ana
    ),
    "describe": lambda h, a, b, e: services.describe_theme(
        h.session, theme(h, a), definition=f"D{e}", description={"ar": f"وصف {b}"}, by_id=h.ana
    ),
    "parent": lambda h, a, b, e: services.place_under(
        h.session, theme(h, a), parent=theme(h, b) if e % 3 else None, by_id=h.ana
    ),
    "merge": lambda h, a, b, e: services.merge_themes(
        h.session, sources=[theme(h, a)], target=theme(h, b), by_id=h.badr
    ),
    "split": lambda h, a, b, e: services.split_theme(
        h.session,
        theme(h, a),
        excerpts=[h.excerpts[e % 6], h.excerpts[(e + 1) % 6]],
        name={"en": f"Part {b}"},
        by_id=h.ana,
    ),
    "move": lambda h, a, b, e: coding.move_excerpt(
        h.session, excerpt(h, e), source=theme(h, a), target=theme(h, b), by_id=h.ana
    ),
    "also": lambda h, a, b, e: coding.add_to_theme(h.session, excerpt(h, e), theme=theme(h, a), by_id=h.badr),
    "remove": lambda h, a, b, e: coding.remove_from_theme(
        h.session, excerpt(h, e), theme=theme(h, a), by_id=h.badr
    ),
    "code": lambda h, a, b, e: coding.code_excerpt(
        h.session, excerpt(h, e), themes=[theme(h, a)] if b % 3 else [], by_id=h.ana
    ),
    "stance": lambda h, a, b, e: coding.set_stance(
        h.session, excerpt(h, e), value=("support", "mixed", None)[b % 3], by_id=(h.ana, h.badr)[a % 2]
    ),
    "accept": lambda h, a, b, e: services.accept_theme(h.session, theme(h, a), by_id=h.ana),
    "accept_all": lambda h, a, b, e: services.accept_all(
        h.session, consultation_id=h.consultation_id, question_id=QUESTION, by_id=h.ana
    ),
    "retire": lambda h, a, b, e: services.retire_theme(h.session, theme(h, a), by_id=h.ana),
    "restore": lambda h, a, b, e: services.restore_theme(h.session, theme(h, a), by_id=h.badr),
    "mark": lambda h, a, b, e: services.mark_theme(
        h.session, theme(h, a), mark=("A", "7", "★", "", str(e))[b % 5], by_id=h.ana
    ),
    "import": lambda h, a, b, e: codebook_import.add_themes(
        h.session,
        consultation_id=h.consultation_id,
        question_id=QUESTION,
        entries=[
            Entry({"en": f"Name {a}"}, definition=f"D{b}", mark="A"),
            Entry({"en": f"Name {e}", "ar": f"اسم {b}"}, example=f"E{e}", parent=0),
        ],
        by_id=h.badr,
        is_replacing=bool(e % 2),
    ),
    "fix": lambda h, a, b, e: codebook_versions.fix_version(
        h.session, Scope(h.consultation_id, QUESTION), note=f"V{e}", by=h.session.get(Staff, h.ana)
    ),
    "add": lambda h, a, b, e: services.add_theme(
        h.session,
        consultation_id=h.consultation_id,
        question_id=QUESTION,
        name={"es": f"Nuevo {b}"},
        by_id=h.ana,
        parent=theme(h, a) if e % 2 else None,
    ),
}


def theme(house: House, number: int) -> Theme:
    themes = house.session.scalars(select(Theme).order_by(Theme.id)).all()
    return themes[number % len(themes)]


def excerpt(house: House, number: int):
    return house.session.merge(house.excerpts[number % len(house.excerpts)])


steps = st.lists(
    st.tuples(st.sampled_from(sorted(VERBS)), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)),
    min_size=1,
    max_size=9,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_any_sequence_undone_backwards_gives_the_state_before_and_redone_the_state_after(
    session: Session, steps: list[tuple[str, int, int, int]]
) -> None:
    point = session.begin_nested()
    try:
        _there_and_back(session, steps)
    finally:
        point.rollback()
        session.expunge_all()


def fixed(session: Session) -> list[tuple]:
    """Every version of the codebook as the database holds it."""
    return list(
        session.execute(text("SELECT number, note, CAST(content AS TEXT) FROM codebook_version ORDER BY id"))
    )


def _there_and_back(session: Session, steps: list[tuple[str, int, int, int]]) -> None:
    house = build_house(session)
    states = [stored(session)]
    for verb, a, b, e in steps:
        count = len(changes(session))
        try:
            with session.begin_nested():
                VERBS[verb](house, a, b, e)
        except services.errors.ReviewError:
            session.expire_all()
        if len(changes(session)) > count:
            states.append(stored(session))
        else:
            assert stored(session) == states[-1], "what is not logged must change nothing"
    done, versions = changes(session), fixed(session)
    undone = []
    for change, state in zip(reversed(done), reversed(states[:-1]), strict=True):
        undone.append(undo_change(session, change, by_id=house.ana))
        assert stored(session) == state
    for undo, state in zip(reversed(undone), states[1:], strict=True):
        undo_change(session, undo, by_id=house.badr)
        assert stored(session) == state
    assert fixed(session) == versions
