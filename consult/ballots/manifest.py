"""The signed list of receipts that is published after closing."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

FORMAT = "mashura receipts 1"


def signing_key(secret: str) -> Ed25519PrivateKey:
    """The key that belongs to the installation's secret of that name."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(secret.encode()).digest())


def signed_text(*, consultation: str, closed_on: date, receipts: list[str]) -> str:
    """What is signed: lines of plain text, so that it can be checked with any tool."""
    head = [
        FORMAT,
        f"consultation {consultation}",
        f"closed {closed_on.isoformat()}",
        f"count {len(receipts)}",
    ]
    return "\n".join([*head, *sorted(receipts)]) + "\n"


def make_manifest(
    key: Ed25519PrivateKey, *, consultation: str, closed_on: date, receipts: list[str]
) -> dict[str, Any]:
    """The manifest as JSON: sorted receipts, their number, and an Ed25519 signature (base64) of `signed_text`."""
    signed = signed_text(consultation=consultation, closed_on=closed_on, receipts=receipts)
    return {
        "format": FORMAT,
        "consultation": consultation,
        "closed": closed_on.isoformat(),
        "count": len(receipts),
        "receipts": sorted(receipts),
        "algorithm": "Ed25519",
        "public_key": base64.b64encode(key.public_key().public_bytes_raw()).decode(),
        "signature": base64.b64encode(key.sign(signed.encode())).decode(),
    }


def is_genuine(manifest: Mapping[str, Any], public_key: str) -> bool:
    """Whether the signature fits the list, for a public key that is known from elsewhere (base64)."""
    try:
        signed = signed_text(
            consultation=manifest["consultation"],
            closed_on=date.fromisoformat(manifest["closed"]),
            receipts=list(manifest["receipts"]),
        )
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key))
        public.verify(base64.b64decode(manifest["signature"]), signed.encode())
    except (InvalidSignature, KeyError, ValueError, TypeError):
        return False
    return manifest["count"] == len(manifest["receipts"])
