"""Secrets of a consultation: what is stored of a code or a person that the database alone must not tell."""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

from consult.stakeholders.asking import Keyed


def pepper() -> bytes:
    """The installation's secret that is in no database and no backup."""
    return _read(current_app.config["PEPPER_FILE"])


@lru_cache(maxsize=4)
def _read(path: str) -> bytes:
    return Path(path).read_bytes().strip()


def secret_of(asking: Keyed) -> bytes:
    """The consultation's own secret: HKDF of the pepper with its salt. What is known of one opens no other.

    Consultations from before there were salts have none, and the pepper itself.
    """
    return _derived(pepper(), asking.salt) if asking.salt else pepper()


@lru_cache(maxsize=256)
def _derived(secret: bytes, salt: str) -> bytes:
    kdf = HKDF(algorithm=SHA256(), length=32, salt=salt.encode(), info=b"codes of one consultation")
    return kdf.derive(secret)


def keyed(asking: Keyed, *parts: object) -> bytes:
    """What only this installation can work out of these words: HMAC-SHA256, 32 bytes."""
    words = "|".join(map(str, parts)).encode("utf-8", "replace")
    return hmac.new(secret_of(asking), words, hashlib.sha256).digest()
