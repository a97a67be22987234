"""What every answer carries: security headers, caching, compression, and errors in words."""

from __future__ import annotations

import gzip
import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, g, make_response, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.routing import IntegerConverter, Map

from consult.errors import DomainError, SurveyError
from consult.extensions import db
from surveys.i18n import N_

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
WITH_FRAME = f"{POLICY}; frame-src 'self'"
"""The policy of a page that shows another page of ours in a frame, and of the page that stands in it."""
IN_FRAME = POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
# Shared devices: the back button must not show another person's answers.
UNSTORED = (("Cache-Control", "no-store"), ("Vary", "Accept-Language, Cookie"))
COMPRESSIBLE = ("text/", "application/json", "image/svg+xml", "application/javascript")
SMALLEST_COMPRESSED = 600
RETRY_SECONDS = 5


class DatabaseNumber(IntegerConverter):
    """A number in an address that fits into a database's integer; a larger one is no address."""

    def __init__(self, map: Map, *args: object, **kwargs: object) -> None:
        kwargs.setdefault("max", 2**31 - 1)
        super().__init__(map, *args, **kwargs)  # type: ignore[arg-type]


def init_app(app: Flask, *, is_https: bool) -> None:
    """Attach headers, compression and error pages."""
    _static_addresses(app)
    app.url_map.converters["int"] = DatabaseNumber
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(OperationalError, _busy)
    app.register_error_handler(DataError, _unreadable)
    app.register_error_handler(IntegrityError, _collided)
    app.register_error_handler(SurveyError, _refused)

    headers = tuple(HEADERS.items())
    if is_https:
        headers += (("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),)

    @app.after_request
    def finish(response: Response) -> Response:
        for feature in g.get("device_features", ()):
            allowed = HEADERS["Permissions-Policy"].replace(f"{feature}=()", f"{feature}=(self)")
            response.headers["Permissions-Policy"] = allowed
        # To ask for one header after the other whether it is there costs more than a query.
        there = {name.lower() for name, _ in response.headers}
        for name, value in headers if request.endpoint == "static" else (*headers, *UNSTORED):
            if name.lower() not in there:
                response.headers.add(name, value)
        if "vary" in there and request.endpoint != "static":
            response.vary.update(("Accept-Language", "Cookie"))
        return _compressed(response)


def _compressed(response: Response) -> Response:
    if (
        "gzip" not in request.accept_encodings
        or response.status_code in (204, 206, 304)
        or response.content_encoding
        # A file of any length would have to be read whole; those of our own are small, and packed once.
        or (response.is_streamed and request.endpoint != "static")
        or not (response.mimetype or "").startswith(COMPRESSIBLE)
    ):
        return response
    response.direct_passthrough = False
    body = response.get_data()
    response.vary.add("Accept-Encoding")
    if len(body) < SMALLEST_COMPRESSED:
        return response
    packed = _pack_once(body) if request.endpoint == "static" else gzip.compress(body, 5, mtime=0)
    response.set_data(packed)
    response.content_encoding = "gzip"
    return response


@lru_cache(maxsize=64)
def _pack_once(body: bytes) -> bytes:
    return gzip.compress(body, 9, mtime=0)


def _static_addresses(app: Flask) -> None:
    """Give each static file an address with its content's hash, so that it can be kept for a year."""

    @lru_cache(maxsize=256)
    def digest(filename: str) -> str:
        path = Path(app.static_folder or "") / filename
        return hashlib.sha256(path.read_bytes()).hexdigest()[:8] if path.is_file() else ""

    @lru_cache(maxsize=256)
    def static_url(filename: str) -> str:
        """The address of a static file; it is the same for the life of the process."""
        return url_for("static", filename=filename)

    app.jinja_env.globals["static_url"] = static_url

    @app.url_defaults
    def add_version(endpoint: str, values: dict) -> None:
        if endpoint == "static" and values.get("filename"):
            values.setdefault("v", digest(values["filename"]))


def _http_error(error: HTTPException) -> Response | HTTPException:
    if error.code is None or error.code < 400 or isinstance(error, SecurityError):
        return error  # a page for a host that is not ours would have no addresses to link to
    page = make_response(render_template("layout/error.html", code=error.code), error.code)
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):  # such as Allow of a 405
            page.headers[name] = value
    return page


def _stale_form(error: CSRFError) -> tuple[str, int]:
    return render_template("layout/error.html", code=400, is_stale_form=True), 400


def _refused(error: SurveyError) -> tuple[str, int]:
    db.session.rollback()
    return render_template("layout/error.html", code=409, refusal=error), 409


def _collided(error: IntegrityError) -> tuple[str, int]:
    """Two did the same at the same moment, and a constraint let one through: not a fault of the program."""
    current_app.logger.warning("refused by a constraint: %s", type(error.orig).__name__)
    return _refused(
        DomainError(
            "same_moment", N_("Somebody else did the same at the same moment. Go back and look at it again.")
        )
    )


def _unreadable(error: DataError) -> tuple[str, int]:
    """A NUL or a number that no database takes, in an address or a form."""
    db.session.rollback()
    return render_template("layout/error.html", code=400), 400


def _busy(error: OperationalError) -> tuple[str, int, dict[str, str]]:
    db.session.rollback()
    page = render_template("layout/error.html", code=503)
    return page, 503, {"Retry-After": str(RETRY_SECONDS)}
