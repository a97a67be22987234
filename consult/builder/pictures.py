"""Pictures that come with the builder's forms: kept first, so that the settings only hold their names."""

from __future__ import annotations

from collections.abc import Mapping

from flask import request

from consult.consultations.pictures import keep_picture
from consult.errors import DomainError

REFUSED = "-refused"


def sent_form() -> Mapping[str, str]:
    """The form as the settings read it: beside each picture's input its name, or why it was not taken."""
    form = request.form.to_dict()
    for name, file in request.files.items():
        if name.startswith("set-") and name.endswith("-picture") and file.filename:
            try:
                form[name.removesuffix("-picture") + "-image"] = keep_picture(file.stream)
            except DomainError as error:
                form[name + REFUSED] = error.message % error.params
    return form
