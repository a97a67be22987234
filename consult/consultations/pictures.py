"""Pictures that facilitators put into questions, kept outside the web root and shown to everybody.

What was sent is never what is shown: every picture is decoded and written anew as WebP, which leaves nothing
in it but pixels: no script, no place where it was taken. That is why it may stand in a page. Its name comes
from its content, so the same one is kept once and a browser may keep it for good.
"""

from __future__ import annotations

import hashlib
import os
import re
from io import BytesIO
from pathlib import Path
from typing import IO

from flask import Blueprint, abort, current_app, send_file
from PIL import Image, ImageOps, UnidentifiedImageError
from werkzeug.wrappers import Response

from consult.access.permissions import Right
from consult.errors import DomainError
from surveys.i18n import N_

blueprint = Blueprint("images", __name__, url_prefix="/pictures")
PERMISSIONS = {"images.picture": Right.PUBLIC}
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
LONGEST_SIDE = 960
MOST_PIXELS = 50_000_000
MOST_BYTES = 5 * 1024 * 1024
QUALITY = 80
_NAME = re.compile(r"[0-9a-f]{32}\.webp")


@blueprint.get("/<name>")
def picture(name: str) -> Response:
    """A picture by the name under which it is kept."""
    path = folder() / name
    if not _NAME.fullmatch(name) or not path.is_file():
        abort(404)
    response = send_file(path, "image/webp", max_age=31_536_000)
    response.cache_control.public = True
    response.cache_control.immutable = True
    return response


def folder() -> Path:
    return Path(current_app.instance_path) / "pictures"


def keep_picture(sent: IO[bytes]) -> str:
    """Keep a picture; returns its name. Raises DomainError when it is none that can be read."""
    data = sent.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise DomainError(
            "picture_too_large", N_("This picture is too large. Largest allowed: %(limit)s MB."), limit=5
        )
    made = _anew(data)
    name = f"{hashlib.sha256(made).hexdigest()[:32]}.webp"
    path = folder() / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_once(path, made)
    return name


def write_once(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, readable by the owner alone."""
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    beside.replace(path)


def _anew(data: bytes) -> bytes:
    """The picture as WebP, upright, no side longer than LONGEST_SIDE."""
    refused = DomainError(
        "not_a_picture", N_("This file cannot be read as a picture. JPEG, PNG and WebP can.")
    )
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise refused
            upright = ImageOps.exif_transpose(image)
            plain = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise refused from None
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    out = BytesIO()
    plain.save(out, "WEBP", quality=QUALITY, method=4)
    return out.getvalue()
