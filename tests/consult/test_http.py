"""What every answer of the server carries, and what it refuses before any view runs."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from flask_security import hash_password

from consult.access.permissions import PERMISSIONS
from consult.ballots.files import empty_log
from consult.consultations import services
from consult.extensions import db
from tests.support import arguments_of, token
from tests.surveys.samples import survey


@pytest.fixture
def consultation(app: Flask):
    made = services.create_consultation(
        db.session(), slug="members", title={"en": "Members"}, languages=["en", "ar"], definition=survey()
    )
    services.open_consultation(db.session(), made)
    db.session.commit()
    return made


@pytest.fixture
def guarded(app: Flask) -> Flask:
    """The application with its guard against forged forms, as it is served."""
    app.config["WTF_CSRF_ENABLED"] = True
    return app


def test_forms_without_the_token_are_refused(guarded: Flask, client: FlaskClient, consultation) -> None:
    for path in ("begin", "1", "check", "finish"):
        response = client.post(f"/c/members/{path}", data={"action": "continue"})
        assert (response.status_code, "This form is too old" in response.text) == (400, True), path
    client.get("/c/members/1")
    assert client.post("/c/members/1", data={"csrf_token": "forged"}).status_code == 400


def test_the_token_belongs_to_one_browser(guarded: Flask, client: FlaskClient, consultation) -> None:
    own = token(client.get("/c/members/1").text)
    other = guarded.test_client()
    other.get("/c/members/1")
    assert other.post("/c/members/begin", data={"csrf_token": own}).status_code == 400
    assert client.post("/c/members/begin", data={"csrf_token": own}).status_code == 303


def test_every_posting_route_wants_the_token(
    guarded: Flask, client: FlaskClient, consultation, sign_in
) -> None:
    sign_in(client, "admin")
    tried, open_ones = 0, []
    for rule in guarded.url_map.iter_rules():
        for method in {"POST", "PUT", "PATCH", "DELETE"} & (rule.methods or set()):
            values = arguments_of(rule, {"slug": "members", "code": "ar"})
            with guarded.test_request_context():
                address = guarded.url_for(rule.endpoint, **values)
            response = client.open(address, method=method, data={"csrf_token": "forged"})
            tried += 1
            if response.status_code not in (400, 401, 403):
                open_ones.append((rule.endpoint, method, response.status_code))
    assert tried > 10
    # Flask-Security shows its own form again, with the token's error in it: nothing is done either.
    # Coming back with a code looks at where the form was instead, see test_answering.
    # Anonymous forms carry a seal and a participant's own page the code instead, see their own tests.
    others = [
        row
        for row in open_ones
        if not row[0].startswith(("security.", "anonymous.", "own.")) and row[0] != "answering.come_back"
    ]
    assert others == []


def test_signing_in_wants_the_token(guarded: Flask, client: FlaskClient, staff) -> None:
    person = staff("reviewer")
    refused = client.post("/login", data={"email": person.email, "password": "whatever"})
    assert refused.status_code in (200, 400)
    assert client.get("/manage/").status_code == 302


@pytest.mark.parametrize("path", ["/", "/c/members", "/login", "/nothing-here", "/static/css/mashura.css"])
def test_headers(client: FlaskClient, consultation, path: str) -> None:
    with client.get(path) as response:
        headers = response.headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "*" not in policy
    assert (headers["X-Content-Type-Options"], headers["Referrer-Policy"]) == ("nosniff", "same-origin")
    assert ("no-store" in headers.get("Cache-Control", "")) == (not path.startswith("/static/"))
    assert "Strict-Transport-Security" not in headers, "plain HTTP must not promise HTTPS"


def test_pages_need_nothing_from_elsewhere_and_nothing_inline(
    client: FlaskClient, consultation, sign_in
) -> None:
    client.post("/c/members/begin")
    sign_in(client)
    for path in (
        "/",
        "/c/members",
        "/c/members/1",
        "/login",
        "/manage/",
        "/manage/new",
        "/manage/members/settings",
    ):
        page = client.get(path).text
        assert re.findall(r'(?:src|href|action)="(?:https?:)?//(?!localhost)', page) == [], path
        assert re.findall(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", page) == [], path


def test_pages_are_compressed_where_the_browser_can(client: FlaskClient, consultation) -> None:
    plain = client.get("/c/members", headers={"Accept-Encoding": "identity"})
    packed = client.get("/c/members", headers={"Accept-Encoding": "gzip"})
    assert (plain.content_encoding, packed.content_encoding) == (None, "gzip")
    assert gzip.decompress(packed.data).count(b"</html>") == plain.data.count(b"</html>") == 1
    assert len(packed.data) < len(plain.data) * 0.6


def test_a_form_that_is_too_large_is_refused_in_words(client: FlaskClient, consultation) -> None:
    client.post("/c/members/begin")
    response = client.post("/c/members/check", data={"change": "x" * (8 * 1024 * 1024)})
    assert (response.status_code, "This is too large" in response.text) == (413, True)


def test_a_strange_host_is_refused(client: FlaskClient) -> None:
    assert client.get("/", base_url="http://evil.example").status_code == 400


@pytest.mark.parametrize(
    "to", ["https://evil.example/", "//evil.example", "\\\\evil.example", "/\\evil.example"]
)
def test_signing_in_leads_nowhere_else(client: FlaskClient, app: Flask, staff, to: str) -> None:

    person = staff("reviewer")
    person.password = hash_password("a long password")
    db.session.commit()
    response = client.post(
        "/login", query_string={"next": to}, data={"email": person.email, "password": "a long password"}
    )
    assert response.status_code in (200, 302, 303)
    there = urljoin("http://localhost/login", response.headers.get("Location", ""))
    assert urlsplit(there).netloc == "localhost"
    assert "\\" not in there, "some browsers take a backslash for a slash"


def test_healthz_commits_something(app: Flask, client: FlaskClient, instance: Path) -> None:
    assert empty_log(db.engine, wait=True)
    assert client.get("/healthz").status_code == 200
    assert (instance / "mashura.sqlite3-wal").stat().st_size > 0


@pytest.mark.postgres
@pytest.mark.parametrize("app", ["postgres"], indirect=True)
def test_a_connection_that_is_lost_after_the_answer_does_not_replace_it(app: Flask) -> None:
    @app.after_request
    def cut(response: Response) -> Response:
        own = db.session.connection().exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        with db.engine.connect() as other:
            other.exec_driver_sql(f"SELECT pg_terminate_backend({own}, 5000)")
        return response

    client = app.test_client()
    assert [client.get("/").status_code for _ in range(2)] == [200, 200]


def test_healthz(client: FlaskClient) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.text) == (200, "ok\n")


@pytest.mark.filterwarnings("ignore:Passing SelectField choices as tuples")  # Flask-Security's own form
def test_every_public_get_page_answers(client: FlaskClient, app: Flask, consultation) -> None:
    """No page of the public falls over when it is opened without having been where it follows on."""
    for rule in app.url_map.iter_rules():
        if (
            PERMISSIONS.get(rule.endpoint) != "public"
            or "GET" not in (rule.methods or ())
            or rule.endpoint == "static"
        ):
            continue
        values = {name: "members" if name == "slug" else 1 for name in rule.arguments}
        with app.test_request_context():
            address = app.url_for(rule.endpoint, **values)
        assert client.get(address).status_code in (200, 302, 303, 400, 404), rule.endpoint
