"""A server that takes and gives JSON, spoken to with care.

What is sent leaves the house. No text is ever logged or put into an error; the key comes from a file and goes to the
one address alone, so redirects are not followed; without TLS only this machine is spoken to.
"""

from __future__ import annotations

import time
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from consult.encoders.errors import EncoderError
from surveys.i18n import N_

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


class JsonServer:
    """A server at an address such as `https://models.example.org/v1`; `messages` are what its user is told, by code."""

    messages = {
        "no_tls": NO_TLS,
        "no_key": NO_KEY,
        "refused": REFUSED,
        "unreachable": UNREACHABLE,
        "nonsense": NONSENSE,
    }
    timeout: float = TIMEOUT

    def __init__(self, address: str, path: str, *, key_file: Path | None = None) -> None:
        try:
            parts = urlsplit(address)
            host = parts.hostname
        except ValueError:
            raise EncoderError("no_tls", self.messages["no_tls"]) from None
        if not host or (parts.scheme != "https" and (parts.scheme, host in _HERE) != ("http", True)):
            raise EncoderError("no_tls", self.messages["no_tls"])
        self.host = parts.netloc.rpartition("@")[2]
        self.place = f"{self.host}{parts.path.rstrip('/')}"
        self._address = address.rstrip("/") + path
        self._key = self._read_key(key_file)
        self._opener = build_opener(_NoRedirect)
        self.pauses: tuple[float, ...] = PAUSES

    def answer(self, body: bytes) -> bytes:
        """What the server says to `body`. Raises EncoderError."""
        for pause in (*self.pauses, None):
            try:
                with self._opener.open(self._request(body), timeout=self.timeout) as answer:
                    read = answer.read(LARGEST + 1)
                if len(read) > LARGEST:
                    raise self.error("nonsense")
                return read
            except HTTPError as error:
                error.close()
                if error.code not in _AGAIN or pause is None:
                    raise self.error("refused", status=error.code) from None
                time.sleep(max(pause, _asked_pause(error)))
            except (URLError, OSError, HTTPException):
                if pause is None:
                    raise self.error("unreachable") from None
                time.sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    def error(self, code: str, **params: object) -> EncoderError:
        return EncoderError(code, self.messages[code], host=self.host, **params)

    def _request(self, body: bytes) -> Request:
        headers = {"Content-Type": "application/json", "User-Agent": "mashura"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        return Request(self._address, data=body, headers=headers, method="POST")

    def _read_key(self, path: Path | None) -> str:
        if path is None:
            return ""
        try:
            return path.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise EncoderError("no_key", self.messages["no_key"], file=str(path)) from None


def _asked_pause(error: HTTPError) -> float:
    """The seconds that the server asks to wait, at most `LONGEST_PAUSE`; 0 where it does not say."""
    asked = error.headers.get("Retry-After", "") if error.headers else ""
    return min(float(asked), LONGEST_PAUSE) if asked.isascii() and asked.isdecimal() else 0.0
