"""The front page, and the answer to whoever asks whether the house stands."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template
from sqlalchemy import text

from consult.access.permissions import Right
from consult.consultations import queries
from consult.extensions import current_session
from consult.transaction import writing

blueprint = Blueprint("site", __name__)
PERMISSIONS = {"site.front": Right.PUBLIC, "site.healthz": Right.PUBLIC}


@blueprint.get("/")
def front() -> str:
    """What is being asked now, and what came of earlier consultations."""
    return render_template(
        "site/front.html",
        listing=queries.public_consultations(current_session()),
        demonstration=current_app.config.get("DEMONSTRATION"),
    )


@blueprint.get("/healthz")
def healthz() -> tuple[str, int, dict[str, str]]:
    """200 when the database can be written; 503 (by the error handler) when not."""
    with writing() as session:  # committed: a full disk shows only then
        session.execute(text("UPDATE role SET name = name WHERE name = 'admin'"))
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8"}
