"""What a slot holds: one document, padded to the size of all others. Pure.

The document has the answer, its receipt, and short hashes of the forms that were sent with the code before, so that
a form that arrives late changes nothing.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from surveys.ids import ALPHABET
from surveys.questions.room import compact_json

LENGTH = 4
OVERHEAD = 640
"""Bytes of a slot beside the answers themselves."""
MOST_OLD_KEYS = 48
"""How often an answer can be changed or withdrawn. No key is ever let go, or an old form could come back to life."""
KEY_HASH = 6
RECEIPT_LENGTH = 10


@dataclass(frozen=True, slots=True)
class Ballot:
    """An answer as a slot keeps it. `key` is the hash of the form that brought it, `old_keys` those before it."""

    answers: Mapping[str, Any] = field(default_factory=dict)
    language: str = ""
    quote_consent: bool = False
    receipt: str = ""
    key: str = ""
    old_keys: tuple[str, ...] = ()


def size_for(room: int) -> int:
    """The size of a slot for answers of at most `room` bytes."""
    return LENGTH + OVERHEAD + room


def packed(ballot: Ballot, size: int) -> bytes:
    """The ballot as exactly `size` bytes. Raises ValueError when it does not fit."""
    document = compact_json(
        {
            "a": dict(ballot.answers),
            "k": ballot.key,
            "l": ballot.language,
            "o": list(ballot.old_keys),
            "q": ballot.quote_consent,
            "r": ballot.receipt,
        }
    )
    if LENGTH + len(document) > size:
        raise ValueError("the answer does not fit into its slot")
    return (len(document).to_bytes(LENGTH, "big") + document).ljust(size, b"\0")


def empty(size: int) -> bytes:
    """A slot that nobody has used."""
    return bytes(size)


def unpacked(payload: bytes) -> Ballot:
    """The inverse of `packed`; an unused slot is an empty ballot."""
    length = int.from_bytes(payload[:LENGTH], "big")
    if not length:
        return Ballot()
    document = json.loads(payload[LENGTH : LENGTH + length])
    return Ballot(
        answers=document["a"],
        language=document["l"],
        quote_consent=document["q"],
        receipt=document["r"],
        key=document["k"],
        old_keys=tuple(document["o"]),
    )


def key_hash(key: str) -> str:
    """How the key of a form is stored: 48 bits of a hash, so that many fit."""
    digest = hashlib.sha256(f"form|{key}".encode()).digest()[:KEY_HASH]
    return base64.urlsafe_b64encode(digest).decode()


def receipt_of(answers: Mapping[str, Any], language: str, quote_consent: bool, nonce: bytes) -> str:
    """The receipt of an answer: 50 bits of the SHA-256 of a nonce and the answer as it is stored.

    Without the nonce, which only the form carries, nobody can tell which answer a receipt belongs to.
    """
    stored = compact_json({"a": dict(answers), "l": language, "q": quote_consent})
    bits = int.from_bytes(hashlib.sha256(nonce + stored).digest()[:8], "big")
    code = "".join(ALPHABET[bits >> (5 * place) & 31] for place in range(RECEIPT_LENGTH))
    return f"{code[:5]}-{code[5:]}"
