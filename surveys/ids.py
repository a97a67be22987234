"""Identifiers and codes: Crockford's base 32, which has no letters that look like digits."""

from __future__ import annotations

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def random_code(length: int) -> str:
    """`length` random characters, 5 bits each."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def new_id() -> str:
    """An id for a question, section or option: 8 characters, stable for the life of the thing."""
    return random_code(8).lower()


def new_receipt() -> str:
    """A receipt a person can read out: two groups of five characters (50 bits)."""
    code = random_code(10)
    return f"{code[:5]}-{code[5:]}"


def normal_code(text: str) -> str:
    """A typed code in its stored form: capitals, no separators, O read as 0 and I and L as 1."""
    return text.strip().upper().translate(_LOOKALIKES)
