"""What a reviewer does to themes. Every verb flushes and leaves one entry in the log of changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.evidence.models import Excerpt
from consult.review import errors
from consult.review.changes import recorded
from consult.review.coding import set_codings
from consult.review.lineage import above
from consult.review.marks import clean_mark, keep_marks, mark_key, shown_marks
from consult.review.models import REVIEWER, TEXTS, Coding, Theme
from consult.review.naming import all_themes, clean_name, in_use, name_key, next_position, refuse_taken


def add_theme(
    session: Session,
    *,
    consultation_id: int,
    question_id: str | None,
    name: Mapping[str, str],
    by_id: int,
    definition: str = "",
    include: str = "",
    exclude: str = "",
    example: str = "",
    parent: Theme | None = None,
) -> Theme:
    """A theme of the reviewer's own: accepted from the start. Raises ReviewError without a name, for a name that a
    theme has already, and for a third level.
    """
    names = clean_name(name)
    refuse_taken(session, consultation_id, question_id, names)
    if parent is not None and parent.parent_id is not None:
        raise errors.two_levels()
    texts = {"definition": definition, "include": include, "exclude": exclude, "example": example}
    theme = Theme(
        consultation_id=consultation_id,
        question_id=question_id,
        name=names,
        **{key: clean_text(text) for key, text in texts.items()},
        parent_id=parent.id if parent else None,
        origin=REVIEWER,
        status="accepted",
        is_edited=True,
        position=next_position(session, consultation_id, question_id),
    )
    with recorded(
        session,
        consultation_id=consultation_id,
        question_id=question_id,
        kind="add",
        by_id=by_id,
        params={"theme": theme.name},
    ):
        session.add(theme)
        session.flush()
        _keep_mark(session, theme)
    return theme


def theme_named(
    session: Session, consultation_id: int, question_id: str | None, name: Mapping[str, str], *, by_id: int
) -> Theme:
    """The theme in use that is called so in any language, or a new one of the reviewer's own."""
    keys = {name_key(text) for text in clean_name(name).values()}
    for theme in session.scalars(in_use(consultation_id, question_id)):
        if keys & {name_key(text) for text in theme.name.values()}:
            return theme
    return add_theme(
        session, consultation_id=consultation_id, question_id=question_id, name=name, by_id=by_id
    )


def rename_theme(session: Session, theme: Theme, *, name: Mapping[str, str], by_id: int) -> None:
    """Give a theme other names; languages that `name` does not mention lose theirs."""
    new = clean_name(name)
    other = {code: text for code, text in new.items() if theme.name.get(code) != text}
    refuse_taken(session, theme.consultation_id, theme.question_id, other, but=theme)
    with _change(session, theme, "rename", by_id, to=new):
        if new != theme.name:
            theme.name = new
            theme.is_edited = True


def describe_theme(
    session: Session,
    theme: Theme,
    *,
    by_id: int,
    description: Mapping[str, str] | None = None,
    **texts: str,
) -> None:
    """Write the codebook's entry: the description, and any of `TEXTS` by keyword."""
    unknown = set(texts) - set(TEXTS)
    if unknown:
        raise TypeError(f"a theme has no {', '.join(sorted(unknown))}")
    with _change(session, theme, "describe", by_id):
        for key, value in texts.items():
            setattr(theme, key, clean_text(value))
        if description is not None:
            theme.description = {code: text.strip() for code, text in description.items() if text.strip()}
        if session.is_modified(theme):
            theme.is_edited = True


def mark_theme(session: Session, theme: Theme, *, mark: str, by_id: int) -> None:
    """Give a theme a mark of its own, or (empty) a number. Raises ReviewError for what is no mark, and for one that
    another theme in use shows."""
    mark = clean_mark(mark)
    themes = session.scalars(all_themes(theme.consultation_id, theme.question_id)).all()
    shown = shown_marks(themes)
    if mark and mark_key(mark) == mark_key(shown[theme.id]):
        mark = theme.mark  # the number that it shows anyway
    for other in themes:
        is_other = other is not theme and other.status != "retired"
        if mark != theme.mark and is_other and mark_key(shown[other.id]) == mark_key(mark):
            raise errors.mark_taken(mark, next(iter(other.name.values()), ""))
    with _change(session, theme, "mark", by_id, to=mark) as recording:
        if theme.mark != mark:
            theme.mark = mark
            _keep_mark(session, theme)
            theme.is_edited = True
            recording.params["to"] = theme.mark


def place_under(session: Session, theme: Theme, *, parent: Theme | None, by_id: int) -> None:
    """Make a theme a part of another one, or (None) a theme of its own. Raises ReviewError for a circle, for a retired
    one and for a third level."""
    if parent is not None:
        _same_scope(theme, parent)
        if theme in (parent, *above(session, parent)):
            raise errors.same_theme()
        if parent.id != theme.parent_id:
            _refuse_third_level(session, theme, parent)
    with _change(session, theme, "parent", by_id, to=dict(parent.name) if parent else None):
        if theme.parent_id != (parent.id if parent else None):
            theme.parent_id = parent.id if parent else None
            theme.is_edited = True
        if theme.status == "accepted":
            _accept_above(session, theme)


def _refuse_third_level(session: Session, theme: Theme, parent: Theme) -> None:
    if parent.status == "retired":
        raise errors.theme_is_retired()
    below = in_use(theme.consultation_id, theme.question_id).where(Theme.parent_id == theme.id)
    if parent.parent_id is not None or session.scalars(below).first() is not None:
        raise errors.two_levels()


def accept_theme(session: Session, theme: Theme, *, by_id: int) -> None:
    """Vouch for a theme and the broader ones over it: they may be published, and the machine no longer moves them
    or what is in them.
    """
    if theme.status == "retired":
        raise errors.theme_is_retired()
    with _change(session, theme, "accept", by_id):
        theme.status = "accepted"
        _accept_above(session, theme)
        _keep_mark(session, theme)


def accept_all(session: Session, *, consultation_id: int, question_id: str | None, by_id: int) -> int:
    """Accept every suggested theme of a question; returns how many."""
    themes = session.scalars(
        select(Theme)
        .where(
            Theme.consultation_id == consultation_id,
            Theme.question_id == question_id,
            Theme.status == "suggested",
        )
        .order_by(Theme.id)
    ).all()
    with recorded(
        session,
        consultation_id=consultation_id,
        question_id=question_id,
        kind="accept_all",
        by_id=by_id,
        params={"count": len(themes)},
    ):
        for theme in themes:
            theme.status = "accepted"
        keep_marks(session.scalars(all_themes(consultation_id, question_id)).all(), of=themes)
    return len(themes)


def retire_theme(session: Session, theme: Theme, *, by_id: int) -> None:
    """Take a theme out of use. Its codings stay, uncounted; answers with no other theme become "other"."""
    with _change(session, theme, "retire", by_id):
        theme.status = "retired"


def restore_theme(session: Session, theme: Theme, *, by_id: int) -> None:
    """Take a retired theme back into use, as accepted. Raises ReviewError when another theme has its name by now; a
    mark that another one has gives way to a number."""
    if theme.status == "retired":
        refuse_taken(session, theme.consultation_id, theme.question_id, theme.name, but=theme)
    themes = session.scalars(in_use(theme.consultation_id, theme.question_id)).all()
    taken = {mark_key(other.mark) for other in themes if other is not theme and other.mark}
    with _change(session, theme, "restore", by_id):
        theme.status = "accepted"
        theme.merged_into_id = None
        broader = next(above(session, theme), None)
        if broader is not None and broader.parent_id is not None:
            theme.parent_id = broader.parent_id
        if mark_key(theme.mark) in taken:
            theme.mark = ""
        _accept_above(session, theme)
        _keep_mark(session, theme)


def merge_themes(session: Session, *, sources: Sequence[Theme], target: Theme, by_id: int) -> None:
    """Put everything that `sources` hold into `target` and retire them.

    An excerpt that the same coder gave both keeps one coding, current if either was.
    Raises ReviewError for themes of another question, for a retired target, and for a merge with itself.
    """
    if not sources or target in sources:
        raise errors.same_theme()
    if target.status == "retired":
        raise errors.theme_is_retired()
    for source in sources:
        _same_scope(source, target)
    names = [source.name for source in sources]
    with _change(session, target, "merge", by_id, merged=names):
        _lift_out(session, target, sources)
        for source in sources:
            _move_codings(session, source, target)
            for child in session.scalars(select(Theme).where(Theme.parent_id == source.id)):
                child.parent_id = None if child.id == target.id else target.parent_id or target.id
            source.status = "retired"
            source.merged_into_id = target.id
        target.is_edited = True


def _lift_out(session: Session, target: Theme, sources: Sequence[Theme]) -> None:
    """A target that stands under one of the sources comes to stand where that one stood."""
    ids = {source.id for source in sources}
    if target.parent_id in ids:
        target.parent_id = next((one.id for one in above(session, target) if one.id not in ids), None)
        session.flush()


def split_theme(
    session: Session, theme: Theme, *, excerpts: Sequence[Excerpt], name: Mapping[str, str], by_id: int
) -> Theme:
    """Take some excerpts out of a theme into a new one of the same question; returns the new theme."""
    if not excerpts:
        raise errors.nothing_chosen()
    _refuse_strangers(session, theme, excerpts)
    names = clean_name(name)
    refuse_taken(session, theme.consultation_id, theme.question_id, names)
    part = Theme(
        consultation_id=theme.consultation_id,
        question_id=theme.question_id,
        name=names,
        parent_id=theme.parent_id,
        origin=REVIEWER,
        status="accepted",
        is_edited=True,
        position=next_position(session, theme.consultation_id, theme.question_id),
    )
    with _change(session, theme, "split", by_id, to=part.name, count=len(excerpts)):
        session.add(part)
        session.flush()
        _accept_above(session, part)
        _keep_mark(session, part)
        theme.is_edited = True
        for excerpt in excerpts:
            set_codings(session, excerpt, remove={theme.id}, add={part.id}, by_id=by_id)
    return part


def _refuse_strangers(session: Session, theme: Theme, excerpts: Sequence[Excerpt]) -> None:
    """Raises ReviewError when an excerpt does not stand in the theme: of another question, or moved meanwhile."""
    there = select(Coding.excerpt_id).where(Coding.theme_id == theme.id, Coding.is_current)
    if not {excerpt.id for excerpt in excerpts} <= set(session.scalars(there)):
        raise errors.not_in_theme()


def _move_codings(session: Session, source: Theme, target: Theme) -> None:
    taken = {
        (coding.excerpt_id, coding.coder_id): coding
        for coding in session.scalars(select(Coding).where(Coding.theme_id == target.id))
    }
    for coding in session.scalars(select(Coding).where(Coding.theme_id == source.id).order_by(Coding.id)):
        other = taken.get((coding.excerpt_id, coding.coder_id))
        if other is None:
            coding.theme_id = target.id
        else:
            other.is_current = other.is_current or coding.is_current
            session.delete(coding)


def _change(session: Session, theme: Theme, kind: str, by_id: int, **params: Any) -> Any:
    return recorded(
        session,
        consultation_id=theme.consultation_id,
        question_id=theme.question_id,
        kind=kind,
        by_id=by_id,
        params={"theme": dict(theme.name), "theme_id": theme.id, **params},
    )


def clean_text(text: str) -> str:
    """A text of the codebook as it is stored: without white space around it, with one kind of line end."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _keep_mark(session: Session, theme: Theme) -> None:
    """What a person vouches for keeps the number that it shows. Belongs inside `recorded`."""
    if not theme.mark:
        themes = session.scalars(all_themes(theme.consultation_id, theme.question_id)).all()
        theme.mark = shown_marks(themes)[theme.id]


def _same_scope(one: Theme, other: Theme) -> None:
    if (one.consultation_id, one.question_id) != (other.consultation_id, other.question_id):
        raise errors.other_scope()


def _accept_above(session: Session, theme: Theme) -> None:
    """Broader themes that are only suggested are accepted with a theme below, else it would be published alone."""
    for broader in above(session, theme):
        if broader.status == "suggested":
            broader.status = "accepted"
