"""Which themes an excerpt carries, and who says so.

`is_current` marks the codings that count. As soon as a person decides about an excerpt, that person's
codings are the current ones; what the machine or another coder said stays in the table beside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import and_, delete, select, update
from sqlalchemy.orm import Session

from consult.evidence.models import Excerpt
from consult.review import errors, queries
from consult.review.changes import recorded
from consult.review.models import MOST_TEXT, REVIEWER, STANCES, Coding, ExcerptNote, Stance, Theme
from consult.review.redacting import reopen
from surveys.models import utc_now
from surveys.statements import insert_once


def ticked_themes(session: Session, consultation_id: int, ids: Sequence[int]) -> list[Theme]:
    """The themes that were ticked on a page. Raises ReviewError when one of them is not there any more: the machine has
    looked for themes anew since the page was made."""
    found = [queries.theme_with(session, consultation_id, theme_id) for theme_id in ids]
    themes = [theme for theme in found if theme is not None]
    if len(themes) < len(found):
        raise errors.theme_is_gone()
    return themes


def code_excerpt(
    session: Session, excerpt: Excerpt, *, themes: Sequence[Theme], by_id: int, kind: str = ""
) -> None:
    """Say that an excerpt carries exactly these themes; none of them: "fits no theme". `kind` names the change, which
    is then told even where it changes no row."""
    for theme in themes:
        _usable(excerpt, theme)
    said = {"themes": [theme.name for theme in themes], "theme_ids": [theme.id for theme in themes]}
    with _change(session, excerpt, kind or ("code" if themes else "none"), by_id, is_told=bool(kind), **said):
        _write(session, excerpt, {theme.id for theme in themes}, by_id)


def move_excerpt(
    session: Session, excerpt: Excerpt, *, source: Theme | None, target: Theme, by_id: int
) -> None:
    """Move an excerpt from one theme (None: from "other") to another; its further themes stay."""
    _usable(excerpt, target)
    if source is not None and source.id == target.id:
        raise errors.same_theme()
    with _change(session, excerpt, "move", by_id, theme=source.name if source else None, to=target.name):
        remove = {source.id} if source else set()
        set_codings(session, excerpt, remove=remove, add={target.id}, by_id=by_id)


def add_to_theme(session: Session, excerpt: Excerpt, *, theme: Theme, by_id: int) -> None:
    """Say that an excerpt carries this theme too."""
    _usable(excerpt, theme)
    with _change(session, excerpt, "also", by_id, to=theme.name):
        set_codings(session, excerpt, remove=set(), add={theme.id}, by_id=by_id)


def remove_from_theme(session: Session, excerpt: Excerpt, *, theme: Theme, by_id: int) -> None:
    """Say that an excerpt does not carry this theme; without another one it becomes "other"."""
    with _change(session, excerpt, "remove", by_id, theme=theme.name):
        set_codings(session, excerpt, remove={theme.id}, add=set(), by_id=by_id)


def set_stance(session: Session, excerpt: Excerpt, *, value: str | None, by_id: int) -> None:
    """Say how an excerpt stands to its question: one of `STANCES`, or None to take one's own word back, if there
    is one: then that of another person counts, the latest, or the machine's."""
    if value is not None and value not in STANCES:
        raise ValueError(value)
    stances = session.scalars(select(Stance).where(Stance.excerpt_id == excerpt.id).order_by(Stance.id)).all()
    with _change(session, excerpt, "stance", by_id, value=value):
        own = next((stance for stance in stances if stance.coder_id == by_id), None)
        if value is None and own is None:
            return
        if value is None and own is not None:
            session.delete(own)
        others = [stance for stance in stances if stance is not own]
        latest = max(others, key=lambda s: (s.coder_id is not None, s.id), default=None)
        for stance in stances:
            stance.is_current = stance is (latest if value is None else own)
        if value is not None and own is not None:
            own.value = value
        elif value is not None:
            session.add(Stance(excerpt_id=excerpt.id, value=value, coder_id=by_id, origin=REVIEWER))


def note_excerpt(session: Session, excerpt: Excerpt, *, memo: str, needs_redaction: bool, by_id: int) -> None:
    """Keep a coder's memo and flag; empty and without a flag the note goes. Notes are no part of the log of changes:
    they decide nothing. A new flag makes a settled excerpt wait again."""
    mine = and_(ExcerptNote.excerpt_id == excerpt.id, ExcerptNote.coder_id == by_id)
    was_flagged = session.scalar(select(ExcerptNote.needs_redaction).where(mine))
    if needs_redaction and not was_flagged:
        reopen(session, excerpt, by_id=by_id)
    memo = memo.strip()[:MOST_TEXT]
    if not memo and not needs_redaction:
        session.execute(delete(ExcerptNote).where(mine))
        return
    insert_once(
        session,
        ExcerptNote,
        {
            "excerpt_id": excerpt.id,
            "coder_id": by_id,
            "memo": "",
            "needs_redaction": False,
            "updated_at": utc_now(),
        },
    )
    session.execute(
        update(ExcerptNote)
        .where(mine)
        .values(memo=memo, needs_redaction=needs_redaction, updated_at=utc_now())
    )


def set_codings(
    session: Session, excerpt: Excerpt, *, remove: set[int], add: Iterable[int], by_id: int
) -> None:
    """Decide about an excerpt: its current themes, less `remove`, with `add`. Belongs inside `recorded`."""
    current = session.scalars(
        select(Coding.theme_id)
        .join(Theme, Theme.id == Coding.theme_id)
        .where(Coding.excerpt_id == excerpt.id, Coding.is_current, Theme.status != "retired")
    )
    _write(session, excerpt, (set(current) - remove) | set(add), by_id)


def _write(session: Session, excerpt: Excerpt, theme_ids: set[int | None], by_id: int) -> None:
    """Make the coder's own codings exactly these (or the empty one) and the only current ones."""
    wanted: set[int | None] = theme_ids or {None}
    codings = session.scalars(select(Coding).where(Coding.excerpt_id == excerpt.id).order_by(Coding.id)).all()
    for coding in codings:
        if coding.coder_id != by_id:
            coding.is_current = False
        elif coding.theme_id in wanted:
            coding.is_current = True
        else:
            session.delete(coding)
    have = {coding.theme_id for coding in codings if coding.coder_id == by_id}
    for theme_id in sorted(wanted - have, key=lambda i: i or 0):
        session.add(Coding(excerpt_id=excerpt.id, theme_id=theme_id, coder_id=by_id, origin=REVIEWER))


def _usable(excerpt: Excerpt, theme: Theme) -> None:
    if theme.consultation_id != excerpt.consultation_id or theme.question_id not in (
        None,
        excerpt.question_id,
    ):
        raise errors.other_scope()
    if theme.status == "retired":
        raise errors.theme_is_retired()


def _change(
    session: Session, excerpt: Excerpt, kind: str, by_id: int, *, is_told: bool = False, **params: object
):
    return recorded(
        session,
        consultation_id=excerpt.consultation_id,
        question_id=excerpt.question_id,
        kind=kind,
        by_id=by_id,
        params={"excerpt_id": excerpt.id, **params},
        is_told=is_told,
    )
