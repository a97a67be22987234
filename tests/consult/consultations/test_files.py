"""Files with answers and pictures in questions: kept out of reach, given back only as they should be."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from flask import current_app
from flask_security import hash_password
from PIL import Image
from sqlalchemy import select

from consult import jobs
from consult.consultations import pictures, services, uploads
from consult.consultations.queries import consultation_by_slug
from consult.errors import DomainError
from consult.extensions import db
from surveys.definition import Definition, Question, Section
from surveys.models import Response
from surveys.questions.silent import HiddenConfig
from surveys.questions.texts import ShortTextConfig
from surveys.questions.uploads import UploadConfig
from tests.support import sent_by, text_of

PDF = b"%PDF-1.7 report"
FORM = Definition(
    {"en": "Files"},
    ("en",),
    "en",
    (
        Section(
            "s1",
            "page1",
            questions=(
                Question("u1", "report", "upload", {"en": "Your report"}, config=UploadConfig(megabytes=1)),
                Question(
                    "t1", "place", "short_text", {"en": "Where?"}, required=True, config=ShortTextConfig()
                ),
                Question(
                    "h1", "source", "hidden", {"en": "source"}, config=HiddenConfig("none", by_link=True)
                ),
            ),
        ),
        Section("s2", "page2", questions=(Question("t2", "more", "short_text", {"en": "More?"}),)),
    ),
)
PASSWORD = "a long password"


@pytest.fixture
def person(client):
    """Somebody on the first page of an open consultation that asks for a file."""
    services.create_consultation(
        db.session(), slug="files", title={"en": "Files"}, languages=["en"], definition=FORM
    )
    db.session.commit()
    found = consultation_by_slug(db.session(), "files")
    services.open_consultation(db.session(), found)
    db.session.commit()
    return client


def send(client, page: int = 1, *, query: str = "", **sent):
    """Send a page with what stands in its form, and more."""
    address = f"/c/files/{page}{query}"
    form = sent_by(client.get(address).text) | {"action": "continue"} | sent
    return client.post(address, data=form, content_type="multipart/form-data")


def send_again(client, html: str, **sent):
    """Send a page that came back."""
    return client.post("/c/files/1", data=sent_by(html) | {"action": "continue"} | sent)


def submit(client):
    return client.post(
        "/c/files/check", data=sent_by(client.get("/c/files/check").text) | {"action": "submit"}
    )


def file(data: bytes = PDF, name: str = "report.pdf"):
    return (BytesIO(data), name)


def lying() -> list[Path]:
    root = Path(current_app.instance_path) / "uploads"
    return sorted(path for path in root.rglob("*") if path.is_file() and not path.name.endswith(".name"))


def answers() -> list[dict]:
    return list(db.session.scalars(select(Response.answers)))


def test_a_file_is_kept_while_something_else_is_wrong_and_comes_with_the_response(person):
    wrong = send(person, report=file(name="../../تقرير\u202eexe.pdf"), place="")
    assert wrong.status_code == 422
    assert "Please answer this question" in wrong.text
    assert "تقريرexe.pdf" in wrong.text
    assert len(lying()) == 1
    kept = sent_by(wrong.text)["report-kept"]
    assert send_again(person, wrong.text, place="Amman").status_code == 303
    assert sent_by(person.get("/c/files/1").text)["report-kept"] == kept
    assert send(person, 2, action="back").status_code == 303
    assert send(person).status_code == 303
    check = person.get("/c/files/check").text
    assert "تقريرexe.pdf" in check
    assert submit(person).status_code == 303
    (answer,) = answers()
    assert answer["u1"] == {"file": kept[0], "name": "تقريرexe.pdf", "size": len(PDF)}
    assert answer["h1"] == "none"
    assert person.post("/manage/files/files", data={"file": kept[0]}).status_code in (302, 401, 403)


def test_staff_take_a_file_out_and_no_browser_shows_it(person, app, sign_in):
    send(person, report=file(b"%PDF-<script>"), place="Amman")
    send(person, 2)
    submit(person)
    kept = answers()[0]["u1"]["file"]
    staff = app.test_client()
    sign_in(staff, "facilitator").password = hash_password(PASSWORD)
    db.session.commit()
    listed = text_of(staff.get("/manage/files/files").text)
    assert "report.pdf" in listed and "Your report" in listed
    for wrong in ({}, {"password": "wrong"}):
        refused = staff.post("/manage/files/files", data={"file": kept, **wrong})
        assert refused.status_code == 422 and b"<script>" not in refused.data
    with staff.post("/manage/files/files", data={"file": kept, "password": PASSWORD}) as taken:
        assert (taken.data, taken.mimetype) == (b"%PDF-<script>", "application/octet-stream")
        assert taken.headers["Content-Disposition"] == "attachment; filename=report.pdf"
        assert taken.headers["X-Content-Type-Options"] == "nosniff"
        assert taken.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert taken.headers["Cache-Control"] == "no-store"
    sent = {"file": "0" * 32, "password": PASSWORD}
    assert staff.post("/manage/files/files", data=sent).status_code == 404
    assert staff.get(f"/manage/files/files/{kept}").status_code == 404


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"MZ\x90\x00", "virus.exe", "A file of this kind cannot be sent"),
        (b"<html>", "report.pdf", "is not what its name says"),
        (b"%PDF-" + b"x" * 100_000, "large.pdf", "too large. Largest allowed: 1 MB"),
        (b"", "empty.pdf", "This file is empty"),
    ],
)
def test_what_is_not_taken_says_why_and_keeps_what_was_typed(person, monkeypatch, data, name, words):
    monkeypatch.setattr("surveys.questions.uploads.MEGABYTE", 100_000)
    refused = send(person, report=file(data, name), place="Amman")
    assert refused.status_code == 422
    assert words in text_of(refused.text)
    assert 'value="Amman"' in refused.text
    assert lying() == []


def test_a_file_is_removed_replaced_and_forgotten(person):
    send(person, report=file(), place="Amman")
    first = lying()
    send(person, report=file(b"%PDF-2"), place="Amman")
    assert len(lying()) == 1 and lying() != first
    send(person, **{"report-remove": "yes"})
    assert lying() == []
    assert "report-kept" not in sent_by(person.get("/c/files/1").text)


def test_pages_that_are_refused_over_and_over_fill_no_disk(person):
    for number in range(4):
        wrong = send(person, report=file(b"%PDF-" + b"x" * number), place="")
        assert wrong.status_code == 422
    (last,) = lying()
    assert last.stat().st_size == 8
    assert send_again(person, wrong.text, place="Amman").status_code == 303
    send(person, report=file(b"%PDF-new"), place="")
    assert len(lying()) == 2, "what the draft names stays until the page is right"


@pytest.mark.parametrize("limit", ["MOST_PER_VISIT", "KEPT_FREE"])
def test_where_there_is_no_room_it_says_so(person, monkeypatch, limit):
    monkeypatch.setattr(uploads, limit, {"MOST_PER_VISIT": 3, "KEPT_FREE": 2**60}[limit])
    refused = send(person, report=file(), place="Amman")
    assert refused.status_code == 422 and "There is no room for this file" in text_of(refused.text)
    assert lying() == []


def test_nobody_takes_another_persons_file(person, app):
    send(person, report=file(), place="Amman")
    (path,) = lying()
    other = app.test_client()
    other.get("/c/files/1")
    send(other, **{"report-kept": path.name, "place": "Irbid"})
    assert "report-kept" not in sent_by(other.get("/c/files/1").text)


def test_what_no_draft_and_no_response_names_is_swept(person, monkeypatch):
    wrong = send(person, report=file(), place="")
    assert wrong.status_code == 422 and len(lying()) == 1
    uploads.sweep()
    assert len(lying()) == 1, "its page may still be open"
    monkeypatch.setattr(uploads, "GRACE", -uploads.GRACE)
    uploads.sweep()
    assert lying() == []


def test_closing_takes_away_what_was_not_sent(person, app):
    send(person, report=file(), place="Amman")
    send(person, 2)
    submit(person)
    sent = lying()
    other = app.test_client()
    other.get("/c/files/1")
    send(other, report=file(), place="Irbid")
    assert len(lying()) == 2
    services.close_consultation(db.session(), consultation_by_slug(db.session(), "files"))
    db.session.commit()
    jobs.finish_waiting()
    assert lying() == sent


def test_a_link_brings_a_hidden_value_along(person):
    start = person.get("/c/files?source=letter&other=x")
    assert 'name="source" value="letter"' in start.text and "other" not in sent_by(start.text)
    send(person, query="?source=letter", place="Amman")
    send(person, 2)
    submit(person)
    assert [answer["h1"] for answer in answers()] == ["letter"]


def picture(size=(40, 30), kind="PNG", **options) -> BytesIO:
    out = BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **options)
    out.seek(0)
    return out


def test_a_picture_is_written_anew_and_shown_to_everybody(app, client):
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    name = pictures.keep_picture(picture((3000, 2000), "JPEG", exif=exif))
    with client.get(f"/pictures/{name}") as shown:
        seen = shown.data
    assert (shown.status_code, shown.mimetype) == (200, "image/webp")
    assert (
        "immutable" in shown.headers["Cache-Control"] and shown.headers["X-Content-Type-Options"] == "nosniff"
    )
    assert b"secret place" not in seen
    assert max(Image.open(BytesIO(seen)).size) == pictures.LONGEST_SIDE
    assert pictures.keep_picture(picture((3000, 2000), "JPEG", exif=exif)) == name
    assert client.get("/pictures/..%2f..%2fkeys%2fsession").status_code == 404
    assert client.get(f"/pictures/{'0' * 32}.webp").status_code == 404


@pytest.mark.parametrize(
    "data", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\x89PNG\r\n\x1a\nbroken", b"GIF89a"]
)
def test_what_is_no_picture_is_refused(app, data):
    with pytest.raises(DomainError):
        pictures.keep_picture(BytesIO(data))
