"""Making a consultation: whose time it keeps."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from consult.consultations.models import Consultation
from consult.extensions import db

FORM = {"title": "Meeting", "languages": "en", "mode": "open"}


def zone_of(slug: str) -> str:
    db.session.expire_all()
    return db.session.scalar(select(Consultation.timezone).where(Consultation.slug == slug))


@pytest.mark.parametrize("page", ["/manage/new", "/manage/templates/member-consultation"])
def test_it_keeps_the_time_of_the_browser_or_else_of_the_last_one(building, page):
    browser = building()
    assert zone_of("review") == "UTC"
    for slug, sent, zone in (
        ("one", "Asia/Amman", "Asia/Amman"),
        ("two", "", "Asia/Amman"),
        ("three", "../../etc/passwd", "Asia/Amman"),
        ("four", "Africa/Tunis", "Africa/Tunis"),
    ):
        assert browser.post(page, data={**FORM, "slug": slug, "timezone": sent}).status_code in (302, 303)
        assert zone_of(slug) == zone
