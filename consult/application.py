"""Puts the rooms together into one Flask application."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_login.utils import _user_context_processor
from flask_security import SQLAlchemyUserDatastore, current_user

from consult import database, http, i18n, jobs, places, site
from consult.access import permissions
from consult.access.forms import (
    StaffChangePasswordForm,
    StaffLoginForm,
    StaffRecoveryForm,
    StaffSecondFactorForm,
    StaffVerifyForm,
)
from consult.access.models import Role, Staff
from consult.ballots import keeping  # noqa: F401 - registers its job
from consult.builder import (
    endings,
    gallery,
    library_views,
    list_views,
    preview,
    sheet_views,
    testing,
    translate,
    versions,
)
from consult.builder import views as builder
from consult.config import PACKAGE, Settings, asset_folder
from consult.consultations import (  # noqa: F401 - clock registers its job
    anonymous_views,
    answering,
    clock,
    export_views,
    file_views,
    labels,
    lifecycle_views,
    paper_views,
    pictures,
    receipt_views,
    team_views,
)
from consult.consultations.access import may
from consult.evidence import feedback_views
from consult.evidence import room as evidence
from consult.extensions import csrf, db, mail, migrate, security
from consult.markdown import render_markdown
from consult.outreach import (
    confirming,  # noqa: F401 - sends what an event asks for
    group_views,
    heard_views,
    import_views,
    letter_views,
    own_views,
    roll_views,
)
from consult.reports import report_views, results
from consult.review import room as review
from consult.summary import room as summary
from consult.transaction import let_go
from surveys.questions.pictures import is_kept

ROOMS = (
    site,
    answering,
    anonymous_views,
    receipt_views,
    lifecycle_views,
    export_views,
    file_views,
    paper_views,
    pictures,
    team_views,
    builder,
    endings,
    gallery,
    library_views,
    list_views,
    preview,
    sheet_views,
    testing,
    translate,
    versions,
    group_views,
    roll_views,
    import_views,
    letter_views,
    heard_views,
    own_views,
    evidence,
    feedback_views,
    review,
    summary,
    results,
    report_views,
)


class Sessions(SecureCookieSessionInterface):
    """Flask's sessions in a signed cookie."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Who answers has no such cookie: then nothing is made ready to read one."""
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)


class Application(Flask):
    """Flask, all of whose views and hooks are plain functions."""

    session_interface = Sessions()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself: Flask would ask on every call whether it is a coroutine."""
        return func


def build(settings: Settings | None = None, **overrides: object) -> Flask:
    """See `consult.create_app`."""
    settings = settings or Settings.load()
    app = Application(
        "consult",
        root_path=str(PACKAGE),
        static_folder=str(asset_folder("static")),
        instance_path=str(settings.instance),
    )
    app.config.from_mapping(settings.flask())
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = database.engine_options(settings.database_url)
    mark = settings.instance / "demonstration.json"
    app.config["DEMONSTRATION"] = json.loads(mark.read_text("utf-8")) if mark.exists() else None
    app.config.update(overrides)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    db.init_app(app)
    with app.app_context():
        database.prepare_engine(db.engine)
    # Before the extension does it: an error would take the place of the answer.
    app.teardown_appcontext(lambda _error: let_go())
    migrate.init_app(app, db, directory=str(PACKAGE / "migrations"), compare_type=True)
    csrf.init_app(app)
    mail.init_app(app)
    i18n.init_app(app, settings.digits)
    security.init_app(
        app,
        SQLAlchemyUserDatastore(db, Staff, Role),
        login_form=StaffLoginForm,
        verify_form=StaffVerifyForm,
        change_password_form=StaffChangePasswordForm,
        two_factor_verify_code_form=StaffSecondFactorForm,
        mf_recovery_form=StaffRecoveryForm,
    )
    _load_staff_only_when_asked(app)
    permissions.init_app(app)
    jobs.init_app(app, settings.jobs_url)
    http.init_app(app, is_https=settings.is_https)
    places.init_app(app, ROOMS, may)
    app.jinja_env.globals |= {"status_name": labels.status_name, "role_name": labels.role_name}
    app.jinja_env.filters["markdown"] = render_markdown
    app.jinja_env.tests["kept_picture"] = is_kept
    for room in ROOMS:
        app.register_blueprint(room.blueprint)
        permissions.grant(room.PERMISSIONS)
    return app


def _load_staff_only_when_asked(app: Flask) -> None:
    """Give templates `current_user` as the proxy it is: Flask-Login's own way loads the member of staff for
    every page, those of participants too."""
    processors = app.template_context_processors[None]
    processors.remove(_user_context_processor)
    app.jinja_env.globals["current_user"] = current_user
