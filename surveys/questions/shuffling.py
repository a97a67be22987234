"""Options in another order for each person: the settings that several types share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from surveys.elements import Option, Question
from surveys.i18n import N_
from surveys.questions.base import Problem, Setting
from surveys.questions.rows import Row

EXCLUSIVE = "exclusive"
"""The attribute of an option that cannot be chosen together with others: "none of these"."""

SHUFFLE_SETTINGS = (
    Setting("shuffle", "boolean", N_("Show them in a different order to each person")),
    Setting(
        "pinned",
        "integer",
        N_("How many at the end keep their place"),
        hint=N_("For example 1, if the last one is “none of these”."),
        minimum=0,
    ),
)


def is_exclusive(option: Option) -> bool:
    """Whether the option stands alone when it is chosen."""
    return option.attributes.get(EXCLUSIVE, "").casefold() in {"yes", "true", "1"}


def pinned_of(config: Any, options: Sequence[Option], *, other: bool = False) -> int | None:
    """How many of the last choices stay where they are, "other" among them; None without shuffling.

    Options that stand alone at the end stay there in any case.
    """
    if not config.shuffle:
        return None
    alone = next((n for n, option in enumerate(reversed(options)) if not is_exclusive(option)), len(options))
    return min(max(config.pinned or 0, alone), len(options)) + other


def check_pinned(question: Question, options: Sequence[Option], pinned: int | None) -> Iterable[Problem]:
    """A warning where shuffling moves nothing."""
    if pinned is not None and len(options) - pinned < 2:
        yield Problem(
            "nothing_to_shuffle",
            N_("Fewer than two answers are left to be shown in a different order."),
            question_id=question.id,
            is_warning=True,
        )


def shuffle_of_row(row: Row) -> dict[str, Any]:
    """The settings as an XLSForm row has them: ``randomize=true``, and how many stay in our own column."""
    found: dict[str, Any] = {}
    if "true" in (row.parameters.get("randomize"), row.own.get("shuffle")):
        found["shuffle"] = True
    if row.own.get("pinned", "").isdecimal():
        found["pinned"] = int(row.own["pinned"])
    return found


def shuffle_cells(config: Any, *, in_parameters: bool = True) -> tuple[str, dict[str, str]]:
    """The inverse: what stands among the parameters, and our own columns."""
    own = {"pinned": str(config.pinned)} if config.pinned else {}
    if not config.shuffle:
        return "", own
    return ("randomize=true", own) if in_parameters else ("", own | {"shuffle": "true"})
