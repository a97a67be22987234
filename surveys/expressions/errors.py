"""What can be wrong with an expression as it is written."""

from __future__ import annotations

from surveys.errors import SurveyError
from surveys.i18n import N_


class ExpressionError(SurveyError):
    """An expression cannot be used; the message says why, to the person who wrote it."""


def not_understood(near: str) -> ExpressionError:
    return ExpressionError(
        "not_understood", N_("This cannot be understood near “%(near)s”."), near=near.strip()[:40]
    )


def unfinished() -> ExpressionError:
    return ExpressionError("unfinished", N_("This condition or calculation is not finished."))


def unknown_function(name: str) -> ExpressionError:
    return ExpressionError("unknown_function", N_("There is no function “%(name)s”."), name=name)


def unused_function(name: str) -> ExpressionError:
    return ExpressionError("unused_function", N_("The function “%(name)s” is not supported here."), name=name)


def wrong_arguments(name: str) -> ExpressionError:
    return ExpressionError(
        "wrong_arguments", N_("The function “%(name)s” needs other values in its brackets."), name=name
    )


def bad_pattern(pattern: str) -> ExpressionError:
    return ExpressionError(
        "bad_pattern", N_("This pattern cannot be used: %(pattern)s"), pattern=pattern[:80]
    )


def too_long() -> ExpressionError:
    return ExpressionError("expression_too_long", N_("This condition or calculation is too long."))


def too_deep() -> ExpressionError:
    return ExpressionError("expression_too_deep", N_("This has too many brackets inside one another."))
