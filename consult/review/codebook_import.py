"""Taking a codebook over: what would come, change and be left out is worked out first, shown, and then done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from consult import jobs
from consult.review.changes import recorded
from consult.review.codebook_file import Entry
from consult.review.codebook_models import CodebookDraft
from consult.review.errors import ReviewError, mark_taken
from consult.review.marks import clean_mark, free_number, mark_key, shown_marks
from consult.review.models import MOST_NAME, REVIEWER, TEXTS, Theme
from consult.review.naming import (
    all_themes,
    clean_name,
    is_erased,
    keys_of,
    name_key,
    next_position,
    one_at_a_time,
)
from consult.review.scope import Scope
from consult.transaction import writing
from surveys.models import utc_now

KEPT = timedelta(days=1)
NEW, CHANGE, SAME, TWICE = "new", "change", "same", "twice"


@dataclass(frozen=True, slots=True)
class Planned:
    """What becomes of an entry: `NEW`; `CHANGE`: the theme is there and the file says something else of it; `SAME`: it
    is there and nothing differs; `TWICE`: the theme stands in the file already, at place `again`.

    `theme` is the one that is there. `names`, `mark` and `texts` are what would be written. `above` is the place of the
    entry that it would stand under. `refused` says why the mark in the file is left out.
    """

    entry: Entry
    kind: str
    theme: Theme | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    mark: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)
    above: int | None = None
    again: int | None = None
    refused: ReviewError | None = None

    @property
    def fields(self) -> list[str]:
        """What would change of the theme: "name", "mark", those of TEXTS, "parent"."""
        told = (("name", self.names), ("mark", self.mark))
        found = [key for key, value in told if value] + list(self.texts)
        return [*found, "parent"] if self.above is not None else found


class Taken(NamedTuple):
    """How many themes are new, were there by name already (or twice in the file), and of those were changed."""

    new: int
    known: int
    changed: int = 0


def plan(themes: Sequence[Theme], entries: Sequence[Entry]) -> list[Planned]:
    """What would become of each entry beside these themes of the question (retired ones too)."""
    there = [theme for theme in themes if theme.status != "retired"]
    names = {key: theme.id for theme in there for key in keys_of(theme.name)}
    matched, places = _matched(there, entries)
    marks = _planned_marks(themes, entries, matched)
    planned: list[Planned] = []
    for entry, (theme, again), (mark, refused) in zip(entries, matched, marks, strict=True):
        if again is not None:
            planned.append(Planned(entry, TWICE, theme=theme, again=again))
        elif theme is None:
            texts = {key: text for key in TEXTS if (text := getattr(entry, key).strip())}
            clean = clean_name({code: text[:MOST_NAME] for code, text in entry.names.items()})
            planned.append(Planned(entry, NEW, names=clean, mark=mark, texts=texts, refused=refused))
            names |= dict.fromkeys(keys_of(clean), -1)
        else:
            planned.append(replace(_compared(entry, theme, mark, names), refused=refused))
            names |= dict.fromkeys(keys_of(planned[-1].names), theme.id)
    return list(_with_parents(planned, {theme.id: theme for theme in there}, places))


def _matched(
    there: Sequence[Theme], entries: Sequence[Entry]
) -> tuple[list[tuple[Theme | None, int | None]], dict[object, int]]:
    """For each entry the theme that is there by name and the place where it stands in the file already; and the places
    of themes by id, of entries by the keys of their names."""
    known = {name_key(name): theme for theme in reversed(there) for name in theme.name.values()}
    places: dict[object, int] = {}
    matched: list[tuple[Theme | None, int | None]] = []
    for place, entry in enumerate(entries):
        keys = [name_key(name) for name in entry.names.values()]
        theme = next((known[key] for key in keys if key in known), None)
        again = places.get(theme.id) if theme else next((places[key] for key in keys if key in places), None)
        if again is None:
            places |= dict.fromkeys(keys, place) | ({theme.id: place} if theme else {})
        matched.append((theme, again))
    return matched, places


def _planned_marks(
    themes: Sequence[Theme], entries: Sequence[Entry], matched: Sequence[tuple[Theme | None, int | None]]
) -> list[tuple[str, ReviewError | None]]:
    """For each entry the mark that would be written, "" for none, and why the one in the file is left out.

    Marks that other themes give up for one of their own are free for the themes that are there, so that two may
    exchange theirs. A new theme takes none of them: it comes even where nothing that is there is changed.
    """
    shown = shown_marks(themes)
    there = {mark_key(shown[theme.id]): theme for theme in themes if theme.status != "retired"}
    wanted: dict[int, str] = {}
    refused: dict[int, ReviewError] = {}
    holders: dict[str, str] = {}
    for place, (entry, (theme, again)) in enumerate(zip(entries, matched, strict=True)):
        try:
            mark = clean_mark(entry.mark) if again is None else ""
        except ReviewError as error:
            refused[place] = error
            continue
        key = mark_key(mark)
        if not mark or (theme is not None and key == mark_key(shown[theme.id])):
            continue
        if key in holders or (theme is None and key in there):
            refused[place] = mark_taken(mark, holders.get(key) or _first(there[key].name))
        else:
            wanted[place] = mark
            holders[key] = _first(theme.name if theme else entry.names)
    while stays := _in_place(wanted, matched, there):
        for place, holder in stays:
            refused[place] = mark_taken(wanted.pop(place), _first(holder.name))
    return [(wanted.get(place, ""), refused.get(place)) for place in range(len(entries))]


def _in_place(
    wanted: Mapping[int, str],
    matched: Sequence[tuple[Theme | None, int | None]],
    there: Mapping[str, Theme],
) -> list[tuple[int, Theme]]:
    """The entries whose mark belongs to a theme that gives it up for no other, each with that theme."""
    moving = {theme.id for place in wanted if (theme := matched[place][0]) is not None}
    held = ((place, there.get(mark_key(mark))) for place, mark in wanted.items())
    return [(place, holder) for place, holder in held if holder is not None and holder.id not in moving]


def _first(names: Mapping[str, str]) -> str:
    return next(iter(names.values()), "")


def _compared(entry: Entry, theme: Theme, mark: str, taken: Mapping[tuple[str, str], int]) -> Planned:
    """What a file says otherwise of a theme that is there. What it does not say stays."""
    names = {
        code: text
        for code, text in clean_name({code: text[:MOST_NAME] for code, text in entry.names.items()}).items()
        if theme.name.get(code) != text and taken.get((code, name_key(text)), theme.id) == theme.id
    }
    texts = {
        key: text for key in TEXTS if (text := getattr(entry, key).strip()) and text != getattr(theme, key)
    }
    kind = CHANGE if names or texts or mark else SAME
    return Planned(entry, kind, theme=theme, names=names, mark=mark, texts=texts)


def _with_parents(
    planned: Sequence[Planned], there: Mapping[int, Theme], places: Mapping[object, int]
) -> Iterator[Planned]:
    """Each with the entry that it would stand under: the topmost, since there are two levels."""
    has_below = {theme.parent_id for theme in there.values()}
    for place, one in enumerate(planned):
        above = _top(planned, place)
        if one.kind == TWICE or above is None:
            yield one
        elif one.theme is None:
            yield replace(one, above=above)
        else:
            broader = planned[above].theme
            now = places.get(one.theme.parent_id) if one.theme.parent_id in there else None
            is_there = broader is not None and one.theme.parent_id == broader.id
            if (
                is_there
                or now == above
                or one.theme.id in has_below
                or (broader and broader.parent_id in there)
            ):
                yield one
            else:
                yield replace(one, above=above, kind=CHANGE)


def _top(planned: Sequence[Planned], place: int) -> int | None:
    """The place of the topmost entry over one; None for an entry under none."""
    above = planned[place].entry.parent
    seen = {place}
    while above is not None and above not in seen:
        seen.add(above)
        again = planned[above].again
        above = above if again is None else again
        following = planned[above].entry.parent
        if following is None:
            return above if above != place else None
        above = following
    return None


def add_themes(
    session: Session,
    *,
    consultation_id: int,
    question_id: str | None,
    entries: Sequence[Entry],
    by_id: int,
    is_replacing: bool = False,
) -> Taken:
    """Take a codebook over as accepted themes, as one change.

    What is there by name stays as it is, unless `is_replacing`: then it becomes what the file says, where it says
    anything. New themes may stand under what is there.
    """
    one_at_a_time(session, consultation_id)
    themes = session.scalars(all_themes(consultation_id, question_id)).all()
    planned = plan(themes, entries)
    shown = shown_marks(themes)
    taken = {mark_key(mark) for mark in shown.values()} | {mark_key(one.mark) for one in planned if one.mark}
    position = next_position(session, consultation_id, question_id)
    made: dict[int, Theme] = {}
    with recorded(
        session, consultation_id=consultation_id, question_id=question_id, kind="import", by_id=by_id
    ) as recording:
        for place, one in enumerate(planned):
            if one.kind == NEW:
                mark = one.mark or free_number(taken)
                taken.add(mark_key(mark))
                made[place] = _new(one, consultation_id, question_id, mark, position + len(made))
                session.add(made[place])
        session.flush()
        changed = [one for one in planned if is_replacing and one.kind == CHANGE]
        for one in changed:
            _write(one)
        for place, one in enumerate(planned):
            if one.above is not None and (one.kind == NEW or one in changed):
                _put_under(
                    session, made.get(place) or one.theme, made.get(one.above) or planned[one.above].theme
                )
        recording.params |= {"count": len(made), "changed": len(changed)}
    return Taken(len(made), len(entries) - len(made), len(changed))


def _new(one: Planned, consultation_id: int, question_id: str | None, mark: str, position: int) -> Theme:
    return Theme(
        consultation_id=consultation_id,
        question_id=question_id,
        name=dict(one.names),
        **{key: one.texts.get(key, "") for key in TEXTS},
        mark=mark,
        copied_from_id=one.entry.copied_from_id,
        origin=REVIEWER,
        status="accepted",
        is_edited=True,
        position=position,
    )


def _write(one: Planned) -> None:
    theme = one.theme
    assert theme is not None
    theme.name = {**theme.name, **one.names}
    for key, text in one.texts.items():
        setattr(theme, key, text)
    theme.mark = one.mark or theme.mark
    theme.is_edited = True


def _put_under(session: Session, theme: Theme | None, broader: Theme | None) -> None:
    """Two levels: under the topmost, and nothing that has themes below it itself."""
    while broader is not None and broader.parent_id is not None:
        broader = session.get(Theme, broader.parent_id)
    if theme is None or broader is None or broader is theme:
        return
    session.flush()
    below = select(Theme.id).where(Theme.parent_id == theme.id, Theme.status != "retired")
    if session.scalars(below).first() is None:
        theme.parent_id = broader.id
        if broader.status == "suggested" and theme.status == "accepted":
            broader.status = "accepted"


def keep_draft(
    session: Session, scope: Scope, *, entries: Sequence[Entry], name: str, staff_id: int
) -> CodebookDraft:
    """Keep what a file says until somebody has seen what it would do; once the answers are erased, without examples."""
    one_at_a_time(session, scope.consultation_id)
    if is_erased(session, scope.consultation_id):
        entries = [replace(entry, example="") for entry in entries]
    draft = CodebookDraft(
        consultation_id=scope.consultation_id,
        question_id=scope.question_id,
        staff_id=staff_id,
        name=name[:200],
        content={"entries": [asdict(entry) | {"names": dict(entry.names)} for entry in entries]},
    )
    session.add(draft)
    session.flush()
    return draft


def draft_with(session: Session, scope: Scope, draft_id: int, *, staff_id: int) -> CodebookDraft | None:
    """A draft of this question that this person has sent; locked, so that it is taken over once."""
    mine = (CodebookDraft.consultation_id == scope.consultation_id, CodebookDraft.staff_id == staff_id)
    return session.scalar(
        select(CodebookDraft)
        .where(CodebookDraft.id == draft_id, CodebookDraft.question_id == scope.question_id, *mine)
        .with_for_update()
    )


def entries_of(draft: CodebookDraft) -> list[Entry]:
    """What the file said."""
    return [_entry(row) for row in draft.content["entries"]]


def _entry(row: Mapping[str, Any]) -> Entry:
    return Entry(**row)


@jobs.job("review.forget_codebook_drafts", every_minutes=60)
def forget_codebook_drafts() -> None:
    """What nobody took over is not kept."""
    with writing() as session:
        session.execute(delete(CodebookDraft).where(CodebookDraft.made_at < utc_now() - KEPT))


def drop_draft(session: Session, draft: CodebookDraft) -> None:
    """It was taken over, or thrown away."""
    session.execute(delete(CodebookDraft).where(CodebookDraft.id == draft.id))
