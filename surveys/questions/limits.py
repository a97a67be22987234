"""Simple limits as XLSForm constraints: the few forms that this product writes, and reads back."""

from __future__ import annotations

import re

_NUMBER = r"-?\d+(?:\.\d+)?"


def written_limits(subject: str, least: float | None, most: float | None) -> str:
    """``. >= 1 and . <= 9`` for the subject ``.``; ``""`` without limits."""
    parts = [f"{subject} >= {least}"] if least is not None else []
    parts += [f"{subject} <= {most}"] if most is not None else []
    return " and ".join(parts)


def read_limits(
    subject: str, constraint: str, *, whole: bool = True
) -> tuple[float | None, float | None] | None:
    """The inclusive limits of `subject` that a constraint states; None when it says anything else.

    Strict signs are read for `whole` numbers, where ``. > 0`` is ``. >= 1``.
    """
    least = most = None
    pattern = re.compile(rf"\s*{re.escape(subject)}\s*(<=|>=|<|>)\s*({_NUMBER})\s*")
    for part in re.split(r"\band\b", constraint):
        match = pattern.fullmatch(part)
        if match is None:
            return None
        sign, written = match.groups()
        number = float(written) if "." in written else int(written)
        if sign in {"<", ">"} and not (whole and isinstance(number, int)):
            return None
        if sign in {">", ">="} and least is None:
            least = number + (sign == ">")
        elif sign in {"<", "<="} and most is None:
            most = number - (sign == "<")
        else:
            return None
    return least, most
