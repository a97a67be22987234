"""What a reviewer can be told no about when working on a summary."""

from __future__ import annotations

from consult.errors import DomainError
from surveys.i18n import N_


class SummaryError(DomainError):
    """A rule of summaries was not met."""


class ConflictError(SummaryError):
    """Somebody else has saved since the page was made."""


def saved_meanwhile() -> ConflictError:
    return ConflictError(
        "saved_meanwhile", N_("Somebody else has saved this summary since you opened the page.")
    )


def cannot_sign() -> SummaryError:
    return SummaryError("cannot_sign", N_("This cannot be signed yet. What is missing stands beside it."))


def nothing_to_sign() -> SummaryError:
    return SummaryError("nothing_to_sign", N_("Tick what you want to sign."))


def nothing_new() -> SummaryError:
    return SummaryError("nothing_new", N_("Nothing has changed since this was signed."))


def not_readable_yet() -> SummaryError:
    return SummaryError(
        "not_readable_yet", N_("The answers to an anonymous consultation can be read after it has closed.")
    )
