"""What the rooms below need to know of a consultation."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from consult.errors import DomainError
from surveys.i18n import N_

ANONYMOUS = "anonymous"
CONFIDENTIAL = "confidential"
BEFORE_OPENING = ("draft", "scheduled")


class Promising(Protocol):
    """Whatever knows what was promised."""

    @property
    def privacy(self) -> str: ...


class Keyed(Protocol):
    """A consultation, as far as its codes go. `salt` makes of the installation's pepper one of its own."""

    @property
    def id(self) -> int: ...
    @property
    def salt(self) -> str: ...


class Asking(Keyed, Promising, Protocol):
    """A consultation."""

    is_roll_fixed: bool

    @property
    def slug(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def access(self) -> str: ...
    @property
    def survey_id(self) -> int: ...
    @property
    def closed_at(self) -> datetime | None: ...


def is_anonymous(asking: Promising) -> bool:
    return asking.privacy == ANONYMOUS


def has_codes(asking: Asking) -> bool:
    """Whether everybody on the roll has a personal code."""
    return asking.access == "roll" and asking.privacy == CONFIDENTIAL


def has_fixed_roll(asking: Asking) -> bool:
    """Whether the roll of an anonymous consultation is what its codes were made for, and stays so."""
    return is_anonymous(asking) and (asking.is_roll_fixed or asking.status not in BEFORE_OPENING)


def can_change_roll(asking: Asking) -> bool:
    """Whether somebody can still come onto this roll or leave it."""
    return not has_fixed_roll(asking) and asking.status in (*BEFORE_OPENING, "open")


def check_open_roll(asking: Asking) -> None:
    """Raises DomainError when nobody can come onto this roll or leave it any more.

    The codes of an anonymous consultation are made once for those who are on its roll then; a confidential one takes
    more people until it closes.
    """
    if has_fixed_roll(asking):
        raise DomainError(
            "roll_fixed",
            N_(
                "The codes of this anonymous consultation are made, one for each person on its roll. So nobody can "
                "come onto the roll or leave it any more."
            ),
        )
    if not can_change_roll(asking):
        raise DomainError("roll_closed", N_("This consultation is over: nobody can come onto its roll."))
