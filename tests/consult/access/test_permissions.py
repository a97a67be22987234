"""Every route against every role."""

from __future__ import annotations

import pytest
from flask import Flask

from consult.access.permissions import PERMISSIONS, ROLES, Right
from consult.consultations import services
from consult.extensions import db
from tests.support import arguments_of


def _paths(app: Flask) -> list[tuple[str, str, str]]:
    """(endpoint, method, path) of every route, with arguments filled in."""
    arguments = {"slug": "trial", "number": 1, "filename": "icon.svg", "token": "x", "code": "ar"}
    found = []
    for rule in app.url_map.iter_rules():
        values = arguments_of(rule, arguments)
        with app.test_request_context():
            path = app.url_for(rule.endpoint, **values)
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            found.append((rule.endpoint, method, path))
    return found


def test_every_route_is_in_the_table_and_every_entry_has_a_route(app):
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    unlisted = {
        name
        for name in endpoints
        if name not in PERMISSIONS and name not in {"security.static", "security.tf_select"}
    }
    assert unlisted == set()


def test_a_route_without_a_permission_is_refused(app, client):
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    assert client.get("/forgotten").status_code == 403


@pytest.mark.parametrize("role", [None, *sorted(ROLES)])
def test_sweep(app, client, sign_in, role):
    services.create_consultation(
        db.session(), slug="trial", title={"en": "Trial"}, languages=["en"], default_language="en"
    )
    db.session.commit()
    if role:
        person = sign_in(client, role)
        rights = ROLES[role]
    for endpoint, method, path in _paths(app):
        if endpoint.startswith("security.") or endpoint == "static":
            continue
        if role:
            with client.session_transaction() as cookie:  # a POST may have signed out
                cookie["_user_id"] = person.fs_uniquifier
        right = PERMISSIONS[endpoint]
        status = client.open(path, method=method).status_code
        if right is Right.PUBLIC or (role and right in rights):
            assert status not in (401, 403), f"{role} should enter {method} {path}: {status}"
        elif role is None:
            assert status == (302 if method == "GET" else 403), f"{method} {path}: {status}"
        else:
            assert status == 403, f"{role} must not enter {method} {path}: {status}"


@pytest.mark.parametrize("role", ["facilitator", "reviewer"])
def test_a_restricted_consultation_opens_to_its_members_alone(app, client, sign_in, staff, role):
    member = staff(role, "member@example.org")
    services.create_consultation(
        db.session(),
        slug="trial",
        title={"en": "Trial"},
        languages=["en"],
        creator=member,
        is_restricted=True,
    )
    db.session.commit()
    stranger = sign_in(client, role)
    rules = [
        (endpoint, method, path)
        for endpoint, method, path in _paths(app)
        if "trial" in path and PERMISSIONS[endpoint] is not Right.PUBLIC
    ]
    assert len(rules) > 20
    for endpoint, method, path in rules:
        response = client.open(path, method=method, data={"action": "remove", "name": "x", "title": "x"})
        assert response.status_code in (403, 404), f"{endpoint}: {method} {path}: {response.status_code}"
    own_rights = ROLES[role]
    sign_in(client, person=member)
    entered = {
        client.get(path).status_code
        for endpoint, method, path in rules
        if method == "GET" and PERMISSIONS[endpoint] in own_rights and endpoint == "manage.overview"
    }
    assert (entered, stranger.email != member.email) == ({200}, True)
