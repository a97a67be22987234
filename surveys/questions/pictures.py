"""Pictures by their names; the application keeps them and shows them."""

from __future__ import annotations

import re

_KEPT = re.compile(r"[0-9a-f]{32}\.webp")


def is_kept(image: str) -> bool:
    """Whether a picture's name is one that the application gave; an imported form names files of its own."""
    return bool(_KEPT.fullmatch(image))
