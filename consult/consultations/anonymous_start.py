"""The start page of an anonymous consultation: the promise, and the field for the code."""

from __future__ import annotations

from flask import render_template

from consult.consultations.asked import Asked, start_texts
from consult.consultations.labels import IAP2_PROMISES
from consult.consultations.survey_pages import minutes_of
from consult.extensions import current_session, db
from consult.i18n import language


def start_page(asked: Asked, *, trouble: str = "", withdrawing: bool = False) -> str:
    """`trouble` is ``wrong``, ``too_many`` or ``""``; `withdrawing` says which of the two forms it belongs to."""
    assert asked.version is not None
    texts = start_texts(current_session(), asked)
    return render_template(
        "answer/anonymous/start.html",
        consultation=asked,
        texts=texts,
        minutes=minutes_of(asked.version.view(language())),
        promise=IAP2_PROMISES[texts.iap2_level],
        keeps_versions=db.engine.dialect.name != "sqlite",
        trouble=trouble,
        withdrawing=withdrawing,
    )
