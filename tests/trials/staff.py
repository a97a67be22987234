"""A member of staff with a browser: signed in by the installation's own key, without the ceremony of a password."""

from __future__ import annotations

import uuid

from sqlalchemy import select

from consult.access.models import Role, Staff
from consult.application import build
from consult.config import Settings
from consult.extensions import db
from tests.bench.participant import Participant
from tests.trials.installation import Installation
from tests.trials.members import Persistent


def signed_in(house: Installation, role: str = "admin") -> Participant:
    """A browser of somebody new in this role, at the installation's server."""
    app = build(settings(house))
    with app.app_context():
        person = Staff(
            email=f"{uuid.uuid4().hex[:8]}@staff.example.org",
            fs_uniquifier=uuid.uuid4().hex,
            password="$argon2id$never-used",
            roles=[db.session.execute(select(Role).filter_by(name=role)).scalar_one()],
        )
        db.session.add(person)
        db.session.commit()
        signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        cookie = signer.dumps({"_user_id": person.fs_uniquifier, "_fresh": True})
        db.session.remove()
        db.engine.dispose()
    browser = Persistent(house.port)
    browser.cookies["session"] = cookie
    return browser


def settings(house: Installation) -> Settings:
    """What the installation's own programs read from the environment."""
    return Settings(
        instance=house.folder,
        database_url=house.url,
        base_url=f"http://127.0.0.1:{house.port}",
        jobs_url=f"sqlite:///{house.folder / 'jobs.sqlite3'}",
        digits="latn",
        pepper_file=house.folder / "keys" / "pepper",
    )
