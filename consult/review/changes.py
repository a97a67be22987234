"""The log of reversible changes.

`recorded` wraps a verb: it notes every row of a reversible table before the session first writes it, and
again at the end, and keeps both in one `ChangeLog` row. `undo_change` puts the rows back as they were.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import delete, event, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import ORMExecuteState, Session, scoped_session

from consult.review import errors, snapshots
from consult.review.marks import mark_key
from consult.review.models import ChangeLog, Coding, Theme
from consult.review.naming import in_use, taken_name
from consult.review.redaction_models import PersonalMark, PersonalReading
from consult.review.snapshots import REVERSIBLE, TABLES, Rows, batches
from surveys.models import utc_now


class Recording:
    """What a verb touches while it runs; `change` is its log entry in the end, None if nothing changed."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.before: Rows = {name: {} for name in TABLES}
        self.seen: dict[str, set[int]] = {name: set() for name in TABLES}
        self.params: dict[str, Any] = {}
        self.change: ChangeLog | None = None

    def touch(self, model: type[Any], ids: Iterable[int]) -> None:
        """Note rows that are about to be written past the session (bulk statements)."""
        self._note(model.__tablename__, ids)

    def _note(self, name: str, ids: Iterable[int]) -> None:
        new = set(ids) - self.seen[name]
        if new:
            self.before[name] |= snapshots.read(self.session.connection(), TABLES[name], new)
            self.seen[name] |= new

    def before_flush(self, session: Session, *_: object) -> None:
        for name, ids in _by_table([*session.dirty, *session.deleted]).items():
            self._note(name, ids)

    def after_flush(self, session: Session, *_: object) -> None:
        # A row made in this flush was not there before: seen, and absent from `before`.
        for name, ids in _by_table(session.new).items():
            self.seen[name] |= ids

    def refuse_bulk(self, state: ORMExecuteState) -> None:
        if (state.is_update or state.is_delete) and state.bind_mapper:
            name = state.bind_mapper.local_table.description
            if name in TABLES and not state.execution_options.get("touched"):
                raise RuntimeError(f"a bulk statement on {name} would escape the log of changes")

    def changed(self) -> tuple[Rows, Rows]:
        """The rows that differ: as they were, and as they are."""
        connection = self.session.connection()
        before: Rows = {}
        after: Rows = {}
        for name, seen in self.seen.items():
            now = snapshots.read(connection, TABLES[name], seen)
            differing = [i for i in sorted(seen) if now.get(i) != self.before[name].get(i)]
            before[name] = {i: self.before[name][i] for i in differing if i in self.before[name]}
            after[name] = {i: now[i] for i in differing if i in now}
        return before, after


@contextmanager
def recorded(
    session: Session | scoped_session[Session],
    *,
    consultation_id: int,
    kind: str,
    by_id: int | None,
    question_id: str | None = None,
    params: Mapping[str, Any] | None = None,
    undoes_id: int | None = None,
    is_told: bool = False,
) -> Iterator[Recording]:
    """Record what the body does to themes, codings and stances as one change that can be undone.

    Flushes at the start and at the end. Nothing is logged when no row differs afterwards, unless it `is_told` all the
    same.
    """
    session = session() if isinstance(session, scoped_session) else session
    session.flush()
    recording = Recording(session)
    recording.params = dict(params or {})
    listeners = (
        ("before_flush", recording.before_flush),
        ("after_flush", recording.after_flush),
        ("do_orm_execute", recording.refuse_bulk),
    )
    for name, listener in listeners:
        event.listen(session, name, listener)
    try:
        yield recording
        session.flush()
    finally:
        for name, listener in listeners:
            event.remove(session, name, listener)
    before, after = recording.changed()
    if not any(before.values()) and not any(after.values()) and not is_told:
        return
    recording.change = ChangeLog(
        consultation_id=consultation_id,
        question_id=question_id,
        kind=kind,
        params=recording.params,
        by_id=by_id,
        before=snapshots.pack(before),
        after=snapshots.pack(after),
        undoes_id=undoes_id,
    )
    session.add(recording.change)
    session.flush()


def undo_change(session: Session, change: ChangeLog, *, by_id: int) -> ChangeLog:
    """Put every row that `change` touched back as it was; returns the new log entry, which can be undone too.

    Raises UndoError when it was undone already, has no rows, or when any of its rows is no longer as
    the change left it.
    """
    if change.undone_at is not None:
        raise errors.already_undone()
    before, after = snapshots.unpack(change.before), snapshots.unpack(change.after)
    if not any(before.values()) and not any(after.values()):
        raise errors.not_reversible()
    session.flush()
    _refuse_if_changed(session, change, before, after)
    try:
        with (
            session.begin_nested(),
            recorded(
                session,
                consultation_id=change.consultation_id,
                question_id=change.question_id,
                kind="redo" if change.kind == "undo" else "undo",
                by_id=by_id,
                params={"kind": change.kind, **change.params},
                undoes_id=change.id,
            ) as recording,
        ):
            for name in TABLES:
                recording._note(name, {*before[name], *after[name]})
            _drop_machine_codings(session, recording, set(after["theme"]) - set(before["theme"]))
            snapshots.restore(session.connection(), before, after)
            session.expire_all()
            _refuse_doubles(session, before, after)
            _refuse_third_level(session, before, after)
    except IntegrityError as error:
        raise errors.changed_since(_in_the_way(session, change, before, after)) from error
    except errors.UndoError:
        session.expire_all()
        raise
    _read_anew(session, before, after)
    session.expire_all()
    _mark(session, change, by_id)
    session.flush()
    assert recording.change is not None
    return recording.change


def _refuse_if_changed(session: Session, change: ChangeLog, before: Rows, after: Rows) -> None:
    connection = session.connection()
    for name, table in TABLES.items():
        ids = {*before[name], *after[name]}
        if snapshots.read(connection, table, ids) != after[name]:
            raise errors.changed_since(_in_the_way(session, change, before, after))
    made = set(after["theme"]) - set(before["theme"])
    for some in batches(made):
        others = session.scalars(
            select(Coding.id).where(Coding.theme_id.in_(some), Coding.coder_id.is_not(None))
        ).all()
        children = session.scalars(
            select(Theme.id).where(Theme.parent_id.in_(some) | Theme.merged_into_id.in_(some))
        ).all()
        if not set(others) <= set(after["coding"]) or not set(children) <= {*after["theme"]}:
            raise errors.changed_since(_in_the_way(session, change, before, after, themes=made))


def _refuse_doubles(session: Session, before: Rows, after: Rows) -> None:
    """Raises UndoError where a theme that is put back would have the name or the mark of another one in use."""
    at = {column.name: place for place, column in enumerate(TABLES["theme"].columns)}
    for theme_id, row in before["theme"].items():
        theme = session.get(Theme, theme_id)
        if theme is None or theme.status == "retired":
            continue
        left = after["theme"].get(theme_id)
        is_back = left is not None and left[at["status"]] == "retired"
        others = session.scalars(in_use(theme.consultation_id, theme.question_id).where(Theme.id != theme_id))
        themes = others.all()
        found = taken_name(theme.name, themes)
        if found is not None and (is_back or left is None or row[at["name"]] != left[at["name"]]):
            raise errors.name_taken_since(found[0])
        same = [other for other in themes if theme.mark and mark_key(other.mark) == mark_key(theme.mark)]
        if same and (is_back or left is None or row[at["mark"]] != left[at["mark"]]):
            raise errors.mark_taken_since(theme.mark, next(iter(same[0].name.values()), ""))


def _refuse_third_level(session: Session, before: Rows, after: Rows) -> None:
    """Raises UndoError where a theme that is put back would stand under one that stands under another, or stands under
    one and has others under it."""
    at = {column.name: place for place, column in enumerate(TABLES["theme"].columns)}
    for theme_id, row in before["theme"].items():
        theme, left = session.get(Theme, theme_id), after["theme"].get(theme_id)
        if theme is None or theme.status == "retired" or theme.parent_id is None:
            continue
        is_back = left is None or left[at["status"]] == "retired"
        if not is_back and left is not None and row[at["parent_id"]] == left[at["parent_id"]]:
            continue
        broader = session.get(Theme, theme.parent_id)
        below = in_use(theme.consultation_id, theme.question_id).where(Theme.parent_id == theme_id)
        if (broader and broader.parent_id is not None) or session.scalars(below).first() is not None:
            raise errors.two_levels_since()


def _in_the_way(
    session: Session, change: ChangeLog, before: Rows, after: Rows, themes: set[int] | None = None
) -> int | None:
    """The latest later change, still in effect, that touched the same rows (or codings of `themes`)."""
    ours = {name: {*before[name], *after[name]} for name in TABLES}
    theme_at = [column.name for column in Coding.__table__.columns].index("theme_id")
    for later in session.scalars(
        select(ChangeLog)
        .where(
            ChangeLog.consultation_id == change.consultation_id,
            ChangeLog.id > change.id,
            ChangeLog.undone_at.is_(None),
        )
        .order_by(ChangeLog.id.desc())
    ):
        theirs = (snapshots.unpack(later.before), snapshots.unpack(later.after))
        if any(ours[name] & {*rows[name]} for rows in theirs for name in TABLES):
            return later.id
        if themes and any(row[theme_at] in themes for rows in theirs for row in rows["coding"].values()):
            return later.id
    return None


def _drop_machine_codings(session: Session, recording: Recording, themes: set[int]) -> None:
    """A theme that is about to vanish takes along what only the machine has put into it since."""
    for some in batches(themes):
        ids = session.scalars(
            select(Coding.id).where(Coding.theme_id.in_(some), Coding.coder_id.is_(None))
        ).all()
        recording.touch(Coding, ids)
        session.execute(
            delete(Coding)
            .where(Coding.theme_id.in_(some), Coding.coder_id.is_(None))
            .execution_options(touched=True, synchronize_session=False)
        )


def _read_anew(session: Session, before: Rows, after: Rows) -> None:
    """Where marks are gone or back, the finder looks again: nothing that it would find is quoted undecided."""
    at = [column.name for column in PersonalMark.__table__.columns].index("excerpt_id")
    rows = [*before["personal_mark"].values(), *after["personal_mark"].values()]
    for some in batches({row[at] for row in rows}):
        again = update(PersonalReading).where(PersonalReading.excerpt_id.in_(some)).values(version=0)
        session.execute(again.execution_options(synchronize_session=False))


def _mark(session: Session, change: ChangeLog, by_id: int) -> None:
    """`change` is undone; if it undid another one, that is in effect again, and so on down the chain."""
    undone = True
    link: ChangeLog | None = change
    while link is not None:
        link.undone_at = utc_now() if undone else None
        link.undone_by_id = by_id if undone else None
        link = session.get(ChangeLog, link.undoes_id) if link.undoes_id else None
        undone = not undone


def _by_table(objects: Iterable[object]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for item in objects:
        if isinstance(item, REVERSIBLE):
            found.setdefault(item.__tablename__, set()).add(item.id)
    return found
