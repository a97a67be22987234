"""Evidence for the tests: made directly, or through the pages."""

from __future__ import annotations

import re
from io import BytesIO
from zipfile import ZipFile

from flask.testing import FlaskClient
from sqlalchemy import select

from consult.evidence.models import GATHERED, EvidenceSource, Excerpt
from consult.evidence.services import hash_of
from consult.extensions import db
from tests.support import sent_by

BASE = "/manage/agm/evidence"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def make_source(consultation_id: int, *texts: str, language: str = "ar", **values: object) -> EvidenceSource:
    """A source with an excerpt of each text, not read into the index yet."""
    given = {"kind": "interview", "title": "Interview 1", "consultation_id": consultation_id} | values
    source = EvidenceSource(**given)
    db.session.add(source)
    db.session.flush()
    for position, text in enumerate(texts):
        db.session.add(
            Excerpt(
                consultation_id=consultation_id, source_id=source.id, question_id=GATHERED, text=text,
                text_hash=hash_of(text), language=language, position=position, end_offset=len(text),
            )
        )  # fmt: skip
    db.session.commit()
    return source


def excerpts() -> list[tuple]:
    """(text, language, speaker) of every excerpt, in reading order."""
    db.session.rollback()
    rows = db.session.scalars(select(Excerpt).order_by(Excerpt.source_id, Excerpt.position, Excerpt.id))
    return [(row.text, row.language, row.speaker) for row in rows]


def bring(client: FlaskClient, source_id: int, **data: object) -> str:
    """Send a text or a file; the address to which that leads."""
    answer = client.post(f"{BASE}/{source_id}/add", data=data)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def press(client: FlaskClient, address: str, action: str, **changes: object):
    """Press a button of the preview as a browser would, with everything that stands on the page."""
    sent = sent_by(client.get(address).text) | {"action": [action]} | changes
    sent["piece"] = re.findall(r'name="piece"[^>]*>\n?(.*?)</textarea>', client.get(address).text, re.DOTALL)
    return client.post(address.split("?")[0].split("#")[0], data=sent | changes)


def docx(body: str, **more: str) -> BytesIO:
    """A DOCX with this body, and more parts by their names."""
    made = BytesIO()
    with ZipFile(made, "w") as archive:
        archive.writestr("word/document.xml", f"<w:document {W}><w:body>{body}</w:body></w:document>")
        for name, content in more.items():
            archive.writestr(name, content)
    made.seek(0)
    return made


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"
