"""Answers on their way, sealed into the form: the server keeps nothing of them, and nobody can change or read them.

A seal is AES-256-GCM over compressed JSON, under a key derived from the server's secret, the consultation and what
the seal is for. Its first letter is the version of this format.
"""

from __future__ import annotations

import base64
import json
import os
import zlib
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from surveys.questions.room import compact_json

VERSION = "1"
NONCE = 12
MOST_LETTERS = 1_600_000
"""Longer than any seal that we make: see `structure.MOST_SIZE`."""


class BrokenSealError(Exception):
    """Not ours, of another consultation, too old, or changed on the way."""


def seal(state: dict[str, Any], *, secret: str, consultation_id: int) -> str:
    """The state as letters for a hidden input."""
    nonce = os.urandom(NONCE)
    hidden = _cipher(secret, consultation_id).encrypt(
        nonce, zlib.compress(compact_json(state), 6), VERSION.encode()
    )
    return VERSION + base64.urlsafe_b64encode(nonce + hidden).decode()


def unseal(sealed: str, *, secret: str, consultation_id: int) -> dict[str, Any]:
    """The inverse of `seal`. Raises BrokenSealError."""
    if not sealed.startswith(VERSION) or len(sealed) > MOST_LETTERS or not sealed.isascii():
        raise BrokenSealError()
    try:
        raw = base64.urlsafe_b64decode(sealed[len(VERSION) :])
        opened = _cipher(secret, consultation_id).decrypt(raw[:NONCE], raw[NONCE:], VERSION.encode())
    except (InvalidTag, ValueError) as error:
        raise BrokenSealError() from error
    state: dict[str, Any] = json.loads(zlib.decompress(opened))
    return state


@lru_cache(maxsize=64)
def _cipher(secret: str, consultation_id: int) -> AESGCM:
    info = f"answers sealed into a form|{consultation_id}".encode()
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret.encode()))
