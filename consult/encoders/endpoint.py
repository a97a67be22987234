"""Vectors from a server that speaks OpenAI's embeddings interface (`POST …/embeddings`).

Answers leave the house. No text is ever logged or put into an error; the key comes from a file and goes to the
one address alone, so redirects are not followed; without TLS only this machine is spoken to.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from functools import cached_property
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import numpy as np

from consult.analysis.graph import unit_rows
from consult.encoders.errors import EncoderError
from surveys.i18n import N_

BATCH = 64
TIMEOUT = 60
"""Seconds without a byte before an attempt counts as failed."""
PAUSES = (1.0, 3.0, 10.0)
"""Seconds before the second, third and fourth attempt."""
LONGEST_PAUSE = 30.0
LARGEST = 64 * 1024 * 1024
"""Bytes of an answer that are read at most."""
_HERE = ("127.0.0.1", "localhost", "::1")
_AGAIN = (408, 409, 425, 429, 500, 502, 503, 504)

NO_TLS = N_("The address of the encoder must begin with https:// (http:// only on this machine).")
NO_KEY = N_("The file with the encoder’s key cannot be read: %(file)s.")
REFUSED = N_("The encoder at %(host)s refused: status %(status)s.")
UNREACHABLE = N_("The encoder at %(host)s cannot be reached.")
NONSENSE = N_("The encoder at %(host)s did not send one vector for each text.")


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


class Endpoint:
    """An encoder behind an address such as `https://models.example.org/v1`."""

    def __init__(self, address: str, *, model: str = "", key_file: Path | None = None) -> None:
        parts = urlsplit(address)
        if not parts.hostname or (
            parts.scheme != "https" and (parts.scheme, parts.hostname in _HERE) != ("http", True)
        ):
            raise EncoderError("no_tls", NO_TLS)
        self.host = parts.netloc.rpartition("@")[2]
        self.name = f"endpoint/{self.host}{parts.path.rstrip('/')}/{model}"
        self._address = address.rstrip("/") + "/embeddings"
        self._model = model
        self._key = _key(key_file)
        self._opener = build_opener(_NoRedirect)
        self.pauses = PAUSES

    @cached_property
    def dimensions(self) -> int:
        """Asked of the server once, with a word that is nobody's answer."""
        return self._asked(["word"]).shape[1]

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Vectors of `texts`, shape (n, dimensions), of length 1; zero rows for empty texts, which are not sent."""
        out = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        some = [i for i, text in enumerate(texts) if text]
        for start in range(0, len(some), BATCH):
            rows = some[start : start + BATCH]
            found = self._asked([texts[i] for i in rows])
            if found.shape[1] != self.dimensions:
                raise self._error("nonsense", NONSENSE)
            out[rows] = found
        return out

    def _asked(self, texts: list[str]) -> np.ndarray:
        body = json.dumps({"model": self._model, "input": texts, "encoding_format": "float"}).encode()
        try:
            sent = json.loads(self._answer(body))["data"]
            rows = {int(item["index"]): item["embedding"] for item in sent}
            found = np.array([rows[i] for i in range(len(texts))], dtype=np.float32)
        except (ValueError, KeyError, TypeError, OverflowError):
            # Without the cause: it may hold what was sent.
            raise self._error("nonsense", NONSENSE) from None
        if len(sent) != len(texts) or found.ndim != 2 or not found.shape[1] or not np.isfinite(found).all():
            raise self._error("nonsense", NONSENSE)
        return unit_rows(found)

    def _answer(self, body: bytes) -> bytes:
        for pause in (*self.pauses, None):
            try:
                with self._opener.open(self._request(body), timeout=TIMEOUT) as answer:
                    read = answer.read(LARGEST + 1)
                if len(read) > LARGEST:
                    raise self._error("nonsense", NONSENSE)
                return read
            except HTTPError as error:
                error.close()
                if error.code not in _AGAIN or pause is None:
                    raise self._error("refused", REFUSED, status=error.code) from None
                time.sleep(max(pause, _asked_pause(error)))
            except (URLError, OSError, HTTPException):
                if pause is None:
                    raise self._error("unreachable", UNREACHABLE) from None
                time.sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    def _request(self, body: bytes) -> Request:
        headers = {"Content-Type": "application/json", "User-Agent": "mashura"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        return Request(self._address, data=body, headers=headers, method="POST")

    def _error(self, code: str, message: str, **params: object) -> EncoderError:
        return EncoderError(code, message, host=self.host, **params)


def _key(path: Path | None) -> str:
    if path is None:
        return ""
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise EncoderError("no_key", NO_KEY, file=str(path)) from None


def _asked_pause(error: HTTPError) -> float:
    """The seconds that the server asks to wait, at most `LONGEST_PAUSE`; 0 where it does not say."""
    asked = error.headers.get("Retry-After", "") if error.headers else ""
    return min(float(asked), LONGEST_PAUSE) if asked.isascii() and asked.isdecimal() else 0.0
