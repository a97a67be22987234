"""What a reviewer does to themes. Every verb flushes and leaves one entry in the log of changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from consult.evidence.models import Excerpt
from consult.review import errors
from consult.review.changes import recorded
from consult.review.codebook_file import Entry
from consult.review.coding import set_codings
from consult.review.lineage import above
from consult.review.models import REVIEWER, TEXTS, Coding, Theme


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
    """A theme of the reviewer's own: accepted from the start. Raises ReviewError without a name."""
    theme = Theme(
        consultation_id=consultation_id,
        question_id=question_id,
        name=_clean_name(name),
        definition=definition.strip(),
        include=include.strip(),
        exclude=exclude.strip(),
        example=example.strip(),
        parent_id=parent.id if parent else None,
        origin=REVIEWER,
        status="accepted",
        is_edited=True,
        position=_next_position(session, consultation_id, question_id),
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
    return theme


def theme_named(
    session: Session, consultation_id: int, question_id: str | None, name: Mapping[str, str], *, by_id: int
) -> Theme:
    """The theme in use that is called so in any language, or a new one of the reviewer's own."""
    words = {text.casefold() for text in _clean_name(name).values()}
    here = _in_use(consultation_id, question_id).order_by(Theme.position, Theme.id)
    for theme in session.scalars(here):
        if words & {text.casefold() for text in theme.name.values()}:
            return theme
    return add_theme(
        session, consultation_id=consultation_id, question_id=question_id, name=name, by_id=by_id
    )


def add_themes(
    session: Session,
    *,
    consultation_id: int,
    question_id: str | None,
    entries: Sequence[Entry],
    by_id: int,
) -> tuple[int, int]:
    """Take a codebook over as accepted themes; returns (how many are new, how many were there by name already).

    What is there stays as it is; new themes may stand under it.
    """
    place = _next_position(session, consultation_id, question_id)
    here = session.scalars(_in_use(consultation_id, question_id).order_by(Theme.id.desc()))
    known = {name.casefold(): theme for theme in here for name in theme.name.values()}
    made: list[Theme] = []
    taken: list[Theme] = []
    with recorded(
        session, consultation_id=consultation_id, question_id=question_id, kind="import", by_id=by_id
    ) as recording:
        for entry in entries:
            theme = next((known[n.casefold()] for n in entry.names.values() if n.casefold() in known), None)
            if theme is None:
                theme = Theme(
                    consultation_id=consultation_id,
                    question_id=question_id,
                    name=_clean_name(entry.names),
                    **{key: getattr(entry, key) for key in TEXTS},
                    copied_from_id=entry.copied_from_id,
                    origin=REVIEWER,
                    status="accepted",
                    is_edited=True,
                    position=place + len(made),
                )
                session.add(theme)
                made.append(theme)
            taken.append(theme)
        session.flush()
        for entry, theme in zip(entries, taken, strict=True):
            if theme in made and entry.parent is not None:
                theme.parent_id = taken[entry.parent].id
        recording.params["count"] = len(made)
    return len(made), len(entries) - len(made)


def rename_theme(session: Session, theme: Theme, *, name: Mapping[str, str], by_id: int) -> None:
    """Give a theme other names; languages that `name` does not mention lose theirs."""
    new = _clean_name(name)
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
            setattr(theme, key, value.strip())
        if description is not None:
            theme.description = {code: text.strip() for code, text in description.items() if text.strip()}
        if session.is_modified(theme):
            theme.is_edited = True


def place_under(session: Session, theme: Theme, *, parent: Theme | None, by_id: int) -> None:
    """Make a theme a part of another one, or (None) a theme of its own. Raises ReviewError for a circle."""
    if parent is not None:
        _same_scope(theme, parent)
        if theme in (parent, *above(session, parent)):
            raise errors.same_theme()
    with _change(session, theme, "parent", by_id, to=dict(parent.name) if parent else None):
        if theme.parent_id != (parent.id if parent else None):
            theme.parent_id = parent.id if parent else None
            theme.is_edited = True
        if theme.status == "accepted":
            _accept_above(session, theme)


def accept_theme(session: Session, theme: Theme, *, by_id: int) -> None:
    """Vouch for a theme and the broader ones over it: they may be published, and the machine no longer moves them
    or what is in them.
    """
    if theme.status == "retired":
        raise errors.theme_is_retired()
    with _change(session, theme, "accept", by_id):
        theme.status = "accepted"
        _accept_above(session, theme)


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
    return len(themes)


def retire_theme(session: Session, theme: Theme, *, by_id: int) -> None:
    """Take a theme out of use. Its codings stay, uncounted; answers with no other theme become "other"."""
    with _change(session, theme, "retire", by_id):
        theme.status = "retired"


def restore_theme(session: Session, theme: Theme, *, by_id: int) -> None:
    """Take a retired theme back into use, as accepted."""
    with _change(session, theme, "restore", by_id):
        theme.status = "accepted"
        theme.merged_into_id = None
        _accept_above(session, theme)


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
        for source in sources:
            _move_codings(session, source, target)
            for child in session.scalars(select(Theme).where(Theme.parent_id == source.id)):
                child.parent_id = None if child.id == target.id else target.id
            source.status = "retired"
            source.merged_into_id = target.id
        target.is_edited = True


def split_theme(
    session: Session, theme: Theme, *, excerpts: Sequence[Excerpt], name: Mapping[str, str], by_id: int
) -> Theme:
    """Take some excerpts out of a theme into a new one of the same question; returns the new theme."""
    if not excerpts:
        raise errors.nothing_chosen()
    _refuse_strangers(session, theme, excerpts)
    part = Theme(
        consultation_id=theme.consultation_id,
        question_id=theme.question_id,
        name=_clean_name(name),
        parent_id=theme.parent_id,
        origin=REVIEWER,
        status="accepted",
        is_edited=True,
        position=_next_position(session, theme.consultation_id, theme.question_id),
    )
    with _change(session, theme, "split", by_id, to=part.name, count=len(excerpts)):
        session.add(part)
        session.flush()
        _accept_above(session, part)
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


def _clean_name(name: Mapping[str, str]) -> dict[str, str]:
    clean = {code: " ".join(text.split()) for code, text in name.items() if text.strip()}
    if not clean:
        raise errors.name_needed()
    return clean


def _same_scope(one: Theme, other: Theme) -> None:
    if (one.consultation_id, one.question_id) != (other.consultation_id, other.question_id):
        raise errors.other_scope()


def _accept_above(session: Session, theme: Theme) -> None:
    """Broader themes that are only suggested are accepted with a theme below, else it would be published alone."""
    for broader in above(session, theme):
        if broader.status == "suggested":
            broader.status = "accepted"


def _in_use(consultation_id: int, question_id: str | None) -> Select[Theme]:
    """The themes of a question that are not retired, in no order yet."""
    return select(Theme).where(
        Theme.consultation_id == consultation_id, Theme.question_id == question_id, Theme.status != "retired"
    )


def _next_position(session: Session, consultation_id: int, question_id: str | None) -> int:
    last = session.scalar(
        select(func.max(Theme.position)).where(
            Theme.consultation_id == consultation_id, Theme.question_id == question_id
        )
    )
    return 0 if last is None else last + 1
