"""Versions of a codebook: what somebody fixed, and what differs between two of them or from the codebook as it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consult.access.models import Staff
from consult.review import errors
from consult.review.codebook_file import Entry
from consult.review.codebook_models import CodebookVersion
from consult.review.marks import shown_marks
from consult.review.models import MOST_TEXT, TEXTS
from consult.review.naming import all_themes, is_erased, one_at_a_time
from consult.review.scope import Scope
from surveys.diff import Span, compared_words

CURRENT = 0
"""Stands for the codebook as it is where two states are compared."""
COMPARED = (*TEXTS, "description")


@dataclass(frozen=True, slots=True)
class FixedTheme:
    """A theme as a codebook has it. `parent_id`: the broader theme, if that is in use too; `mark` as it is shown."""

    id: int
    name: Mapping[str, str]
    mark: str
    definition: str
    include: str
    exclude: str
    example: str
    description: Mapping[str, str]
    parent_id: int | None
    status: str
    origin: str
    position: int


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version in a list."""

    number: int
    note: str
    fixed_by: str
    fixed_at: datetime


@dataclass(frozen=True, slots=True)
class FixedVersion(VersionLine):
    """A version with its themes. `is_bare`: examples and descriptions were taken out of it."""

    themes: Sequence[FixedTheme]
    is_bare: bool = False

    @property
    def has_words(self) -> bool:
        """Whether it holds an example or a description, which may be people's own words."""
        return any(theme.example or theme.description for theme in self.themes)


@dataclass(frozen=True, slots=True)
class TextChange:
    """A text that reads differently. `key`: "name", "mark", one of COMPARED; `language` of a name or description."""

    key: str
    language: str
    spans: Sequence[Span]


@dataclass(frozen=True, slots=True)
class ThemeChange:
    """A theme that is in both states and differs. `moved`: (name of the theme above before, after), each empty for
    none; `status`: (before, after)."""

    theme: FixedTheme
    texts: Sequence[TextChange]
    moved: tuple[Mapping[str, str], Mapping[str, str]] | None
    status: tuple[str, str] | None

    @property
    def is_renamed(self) -> bool:
        return any(change.key == "name" for change in self.texts)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two states: themes that came, went, and changed."""

    came: Sequence[FixedTheme]
    went: Sequence[FixedTheme]
    changed: Sequence[ThemeChange]

    @property
    def is_empty(self) -> bool:
        return not (self.came or self.went or self.changed)

    @property
    def count(self) -> int:
        """How many themes differ."""
        return len(self.came) + len(self.went) + len(self.changed)


@dataclass(frozen=True, slots=True)
class CodebookState:
    """The newest version of a codebook and whether the codebook still is that: for the note on the method."""

    number: int
    fixed_at: datetime
    is_unchanged: bool


def current_themes(session: Session, scope: Scope) -> list[FixedTheme]:
    """The themes in use as they are now, by place."""
    # What another transaction wrote while this one waited for its turn is read anew.
    mine = all_themes(scope.consultation_id, scope.question_id).execution_options(populate_existing=True)
    found = session.scalars(mine).all()
    shown = shown_marks(found)
    there = {theme.id for theme in found if theme.status != "retired"}
    return [
        FixedTheme(
            id=theme.id,
            name=dict(theme.name),
            mark=shown[theme.id],
            **{key: getattr(theme, key) for key in TEXTS},
            description=dict(theme.description),
            parent_id=theme.parent_id if theme.parent_id in there else None,
            status=theme.status,
            origin=theme.origin,
            position=theme.position,
        )
        for theme in found
        if theme.id in there
    ]


def fix_version(session: Session, scope: Scope, *, note: str, by: Staff) -> FixedVersion:
    """Fix the codebook as its next version. Raises ReviewError for one without themes, for a note that is too long, and
    where nothing has changed since the newest version. Once the answers are erased it holds no examples and
    descriptions."""
    one_at_a_time(session, scope.consultation_id)
    themes = current_themes(session, scope)
    if is_erased(session, scope.consultation_id):
        themes = bare(themes)
    if not themes:
        raise errors.no_themes_to_fix()
    if len(note) > MOST_TEXT:
        raise errors.note_too_long(len(note), MOST_TEXT)
    newest = newest_version(session, scope)
    if newest is not None and changes_since(newest, themes).is_empty:
        raise errors.nothing_new_to_fix(newest.number)
    row = CodebookVersion(
        consultation_id=scope.consultation_id,
        question_id=scope.question_id,
        number=newest.number + 1 if newest else 1,
        content={"themes": [asdict(theme) for theme in themes]},
        note=note.strip(),
        fixed_by=(by.name or by.email)[:200],
        fixed_by_id=by.id,
    )
    session.add(row)
    session.flush()
    return _read(row)


def take_words_out(session: Session, scope: Scope, number: int) -> bool:
    """Take examples and descriptions out of a version for good; whether there were any. False without that version."""
    one_at_a_time(session, scope.consultation_id)
    mine = select(CodebookVersion).where(*_mine(scope), CodebookVersion.number == number)
    row = session.scalar(mine.execution_options(populate_existing=True))
    if row is None or not _read(row).has_words:
        return False
    row.content = without_words_of_answers(row.content)
    session.flush()
    return True


def versions_of(session: Session, scope: Scope) -> list[VersionLine]:
    """All versions, the newest first, without what is in them."""
    rows = session.execute(
        select(
            CodebookVersion.number, CodebookVersion.note, CodebookVersion.fixed_by, CodebookVersion.fixed_at
        )
        .where(*_mine(scope))
        .order_by(CodebookVersion.number.desc())
    )
    return [VersionLine(*row) for row in rows]


def version_with(session: Session, scope: Scope, number: int) -> FixedVersion | None:
    """One version with its themes."""
    row = session.scalar(select(CodebookVersion).where(*_mine(scope), CodebookVersion.number == number))
    return None if row is None else _read(row)


def newest_version(session: Session, scope: Scope) -> FixedVersion | None:
    """The version that was fixed last."""
    last = session.scalar(select(func.max(CodebookVersion.number)).where(*_mine(scope)))
    return None if last is None else version_with(session, scope, last)


def codebook_version(session: Session, scope: Scope) -> CodebookState | None:
    """Which version the codebook of a question is, or comes from; None where none was fixed."""
    newest = newest_version(session, scope)
    if newest is None:
        return None
    is_unchanged = changes_since(newest, current_themes(session, scope)).is_empty
    return CodebookState(newest.number, newest.fixed_at, is_unchanged)


def entries_of(themes: Sequence[FixedTheme]) -> list[Entry]:
    """The themes as a file has them."""
    places = {theme.id: place for place, theme in enumerate(themes)}
    return [
        Entry(
            names=dict(theme.name),
            **{key: getattr(theme, key) for key in TEXTS},
            parent=places.get(theme.parent_id) if theme.parent_id is not None else None,
            mark=theme.mark,
        )
        for theme in themes
    ]


def compare(old: Sequence[FixedTheme], new: Sequence[FixedTheme]) -> Comparison:
    """From one state of a codebook to another; themes are told by their ids. Of a state with itself nothing.

    Where a theme stands in the list, and who made it, are no difference.
    """
    before, after = {theme.id: theme for theme in old}, {theme.id: theme for theme in new}
    changed = []
    for theme_id, theme in after.items():
        if theme_id in before:
            change = _change(before[theme_id], theme, before, after)
            if change.texts or change.moved or change.status:
                changed.append(change)
    return Comparison(
        came=[theme for theme in new if theme.id not in before],
        went=[theme for theme in old if theme.id not in after],
        changed=changed,
    )


def changes_since(version: FixedVersion, now: Sequence[FixedTheme]) -> Comparison:
    """From a version to what is now. That words were taken out of the version is no difference."""
    return compare(version.themes, bare(now) if version.is_bare else now)


def bare(themes: Sequence[FixedTheme]) -> list[FixedTheme]:
    """Themes without examples and descriptions."""
    return [replace(theme, example="", description={}) for theme in themes]


def _change(
    was: FixedTheme, now: FixedTheme, before: Mapping[int, FixedTheme], after: Mapping[int, FixedTheme]
) -> ThemeChange:
    moved = None
    if was.parent_id != now.parent_id:
        moved = (_name_of(before, was.parent_id), _name_of(after, now.parent_id))
    status = (was.status, now.status) if was.status != now.status else None
    return ThemeChange(now, tuple(_text_changes(was, now)), moved, status)


def _name_of(themes: Mapping[int, FixedTheme], theme_id: int | None) -> Mapping[str, str]:
    found = themes.get(theme_id) if theme_id is not None else None
    return found.name if found else {}


def _text_changes(was: FixedTheme, now: FixedTheme) -> Iterator[TextChange]:
    pairs = [
        ("name", code, was.name.get(code, ""), now.name.get(code, "")) for code in {**now.name, **was.name}
    ]
    pairs.append(("mark", "", was.mark, now.mark))
    pairs += [(key, "", getattr(was, key), getattr(now, key)) for key in TEXTS]
    pairs += [
        ("description", code, was.description.get(code, ""), now.description.get(code, ""))
        for code in {**now.description, **was.description}
    ]
    for key, code, old, new in pairs:
        if old != new:
            yield TextChange(key, code, tuple(compared_words(old, new)))


def without_words_of_answers(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a version without examples and descriptions, for when the answers are erased or somebody takes
    these words back."""
    themes = [{**theme, "example": "", "description": {}} for theme in content["themes"]]
    return {"themes": themes, "is_bare": True}


def _mine(scope: Scope) -> tuple[Any, ...]:
    return (
        CodebookVersion.consultation_id == scope.consultation_id,
        CodebookVersion.question_id == scope.question_id,
    )


def _read(row: CodebookVersion) -> FixedVersion:
    themes = [FixedTheme(**theme) for theme in row.content["themes"]]
    is_bare = bool(row.content.get("is_bare"))
    return FixedVersion(row.number, row.note, row.fixed_by, row.fixed_at, themes, is_bare)
