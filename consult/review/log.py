"""The log of changes as a reviewer reads it: who, when, what in a sentence, and whether it can be undone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased, defer

from consult.access.models import Staff
from consult.evidence.models import Excerpt
from consult.i18n import pick, shown_digits
from consult.review.blindness import awaited_anywhere
from consult.review.models import ChangeLog
from surveys.i18n import N_

PAGE = 50
SENTENCES = {
    "add": N_("Added the theme “%(theme)s”"),
    "mark": N_("Gave the theme “%(theme)s” the mark %(to)s"),
    "rename": N_("Renamed “%(theme)s” to “%(to)s”"),
    "describe": N_("Described the theme “%(theme)s”"),
    "parent": N_("Moved the theme “%(theme)s” in the codebook"),
    "accept": N_("Accepted the theme “%(theme)s”"),
    "accept_all": N_("Accepted all suggested themes (%(count)s)"),
    "retire": N_("Retired the theme “%(theme)s”"),
    "restore": N_("Took the theme “%(theme)s” back into use"),
    "merge": N_("Merged “%(merged)s” into “%(theme)s”"),
    "move": N_("Moved an answer from “%(theme)s” to “%(to)s”"),
    "also": N_("Put an answer into “%(to)s” too"),
    "remove": N_("Took an answer out of “%(theme)s”"),
    "code": N_("Said what an answer is about: “%(themes)s”"),
    "passage": N_("Said what a part of an answer is about: “%(themes)s”"),
    "drop_passage": N_("Took the themes off a part of an answer"),
    "settle": N_("Settled what an answer is about: “%(themes)s”"),
    "none": N_("Said that an answer fits no theme"),
    "stance": N_("Said where an answer stands"),
    "mask": N_("Masked words that tell of a person (%(count)s)"),
    "keep": N_("Let words stand that might tell of a person (%(count)s)"),
    "settle_redaction": N_("Said that nothing more in an answer has to be masked"),
    "reopen_redaction": N_("Flagged an answer for masking again"),
}
_ABOUT = N_("Said what an answer is about")
_LOOKED = N_("Looked in an answer for what tells of a person")
SENTENCES_IN_SHORT = {
    **dict.fromkeys(
        ("move", "also", "remove", "code", "passage", "drop_passage", "settle", "none", "stance"), _ABOUT
    ),
    **dict.fromkeys(("mask", "keep", "settle_redaction", "reopen_redaction"), _LOOKED),
    "split": N_("Moved answers from “%(theme)s” into the new theme “%(to)s”"),
    "machine": N_("The machine read the answers and suggested themes"),
}
"""For who may not read single answers: neither what one of them says, nor how many do."""
UNDONE = N_("Undone: %(change)s")
REDONE = N_("Done again: %(change)s")


@dataclass(frozen=True, slots=True)
class LogEntry:
    """A line of the log. `by` is empty for the machine."""

    id: int
    at: datetime
    by: str
    sentence: str
    undone_at: datetime | None
    undone_by: str
    can_undo: bool
    excerpt: tuple[int, str] | None = None
    """The answer that it is about, with its question: for a link."""


@dataclass(frozen=True, slots=True)
class LogPage:
    """A page of the log, newest first."""

    items: Sequence[LogEntry]
    total: int
    number: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


def page_of(
    session: Session, consultation_id: int, *, number: int, can_read: bool, reader_id: int
) -> LogPage:
    """The changes of a consultation, newest first; `can_read`: whoever asks may read single answers. Of answers that
    the reader still has to code blind it is neither said which they are nor what they are about."""
    mine = ChangeLog.consultation_id == consultation_id
    total = session.scalar(select(func.count()).select_from(ChangeLog).where(mine)) or 0
    number = min(max(1, number), max(1, -(-total // PAGE)))
    undoer = aliased(Staff)
    rows = session.execute(
        select(ChangeLog, Staff.name, Staff.email, undoer.name, undoer.email)
        .options(defer(ChangeLog.before), defer(ChangeLog.after))
        .outerjoin(Staff, Staff.id == ChangeLog.by_id)
        .outerjoin(undoer, undoer.id == ChangeLog.undone_by_id)
        .where(mine)
        .order_by(ChangeLog.id.desc())
        .limit(PAGE)
        .offset((number - 1) * PAGE)
    ).all()
    answers = _answers(session, [change for change, *_names in rows]) if can_read else {}
    wholes = {whole_id for whole_id, _question in answers.values()}
    awaited = awaited_anywhere(session, consultation_id, wholes, coder_id=reader_id)
    blind = {number for number, (whole_id, _question) in answers.items() if whole_id in awaited}
    items = [
        LogEntry(
            id=change.id,
            at=change.created_at,
            by=name or email or "",
            sentence=sentence(change.kind, change.params, can_read=can_read and _about(change) not in blind),
            undone_at=change.undone_at,
            undone_by=undoer_name or undoer_email or "",
            can_undo=change.undone_at is None and change.kind != "machine",
            excerpt=None if _about(change) in blind else answers.get(_about(change)),
        )
        for change, name, email, undoer_name, undoer_email in rows
    ]
    return LogPage(items, total, number)


def _about(change: ChangeLog) -> Any:
    """The id of the excerpt that a change is about, if it is about one."""
    return change.params.get("excerpt_id")


def sentence(kind: str, params: Mapping[str, Any], *, can_read: bool = True) -> str:
    """What a change did, in the page's language; for who may not read single answers, without figures and themes."""
    if kind in ("undo", "redo"):
        done = sentence(params.get("kind", ""), {**params, "kind": ""}, can_read=can_read)
        return _(UNDONE if kind == "undo" else REDONE) % {"change": done}
    words = {key: _words(value) for key, value in params.items()}
    words.setdefault("theme", _("other"))
    if not words["theme"]:
        words["theme"] = _("other")
    if kind == "mark" and words.get("to", "").isdecimal():
        words["to"] = shown_digits(words["to"])
    if kind in COUNTED and (can_read or kind not in SENTENCES_IN_SHORT):
        return COUNTED[kind](params, words)
    template = SENTENCES.get(kind) if can_read else SENTENCES_IN_SHORT.get(kind, SENTENCES.get(kind))
    return _(template) % words if template else kind


def _answers(session: Session, changes: Sequence[ChangeLog]) -> dict[Any, tuple[int, str]]:
    """Excerpt id → (id of the whole answer, its question), of what changes are about and is still there."""
    ids = {change.params["excerpt_id"] for change in changes if "excerpt_id" in change.params}
    whole = aliased(Excerpt)
    found = session.execute(
        select(Excerpt.id, whole.id, whole.question_id)
        .join(whole, whole.id == func.coalesce(Excerpt.part_of_id, Excerpt.id))
        .where(Excerpt.id.in_(ids), whole.question_id.is_not(None))
    )
    return {excerpt_id: (whole_id, str(question_id)) for excerpt_id, whole_id, question_id in found}


def _said_import(params: Mapping[str, Any], words: Mapping[str, str]) -> str:
    new, changed = _number(params.get("count")), _number(params.get("changed"))
    said = ngettext(
        "Took a codebook over: %(count)s new theme",
        "Took a codebook over: %(count)s new themes",
        new,
        count=shown_digits(new),
    )
    if changed:
        said += " · " + ngettext(
            "%(count)s theme changed", "%(count)s themes changed", changed, count=shown_digits(changed)
        )
    return said


def _said_split(params: Mapping[str, Any], words: Mapping[str, str]) -> str:
    count = _number(params.get("count"))
    return ngettext(
        "Moved %(count)s answer from “%(theme)s” into the new theme “%(to)s”",
        "Moved %(count)s answers from “%(theme)s” into the new theme “%(to)s”",
        count,
        count=shown_digits(count),
        theme=words.get("theme", ""),
        to=words.get("to", ""),
    )


def _said_machine(params: Mapping[str, Any], words: Mapping[str, str]) -> str:
    answers, themes = _number(params.get("answers")), _number(params.get("themes"))
    read = ngettext(
        "The machine read %(count)s answer.",
        "The machine read %(count)s answers.",
        answers,
        count=shown_digits(answers),
    )
    suggested = ngettext(
        "It suggested %(count)s theme.",
        "It suggested %(count)s themes.",
        themes,
        count=shown_digits(themes),
    )
    return f"{read} {suggested}"


COUNTED: dict[str, Callable[[Mapping[str, Any], Mapping[str, str]], str]] = {
    "import": _said_import,
    "split": _said_split,
    "machine": _said_machine,
}
"""Sentences with a count, which languages say in other words for one, two, a few."""


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _words(value: Any) -> str:
    if isinstance(value, Mapping):
        return pick(value)
    if isinstance(value, list):
        return " · ".join(_words(item) for item in value)
    return "" if value is None else str(value)


__all__ = ["LogEntry", "LogPage", "page_of", "sentence"]
