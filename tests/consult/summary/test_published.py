"""What of a signed summary everybody may see."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from consult.consultations import services as consultations
from consult.consultations.models import Consultation
from consult.evidence.models import Excerpt
from consult.extensions import db
from consult.review.models import Coding, Theme
from consult.summary.models import SummaryVersion
from consult.transaction import commits
from tests.consult.review.answers import QUESTION
from tests.consult.summary.test_pages import BASE, PART, inputs, send, sign
from tests.support import text_of

RESULTS = "/c/agm/results"


def first() -> Theme:
    return db.session.scalars(select(Theme).order_by(Theme.id)).first()


@commits
def publish() -> None:
    consultations.publish_consultation(db.session(), db.session.scalars(select(Consultation)).one())


@commits
def change(statement) -> None:
    db.session.execute(statement)


@pytest.fixture
def quoted(reviewed: Consultation, reviewer) -> int:
    """A signed summary with a text of its own, a quote with a translation and a theme that is left out."""
    reviewer.post(f"{BASE}begin")
    ids = [theme.id for theme in db.session.scalars(select(Theme).order_by(Theme.id))]
    quote = inputs(reviewer.get(PART).text)[f"offered-{ids[0]}"][0]
    send(
        reviewer,
        **{
            f"theme-{ids[0]}-en": "In the reviewer’s words.",
            f"quote-{ids[0]}": quote,
            f"translation-{quote}-ar": "ترجمة المراجع",
            f"out-{ids[2]}": "yes",
        },
    )
    assert sign(reviewer, QUESTION).status_code == 303
    return int(quote)


def test_a_signed_summary_stands_in_place_of_the_themes(quoted: int, client) -> None:
    assert client.get(RESULTS).status_code == 302
    publish()
    page = client.get(RESULTS).text
    text = text_of(page)
    words = db.session.get(Excerpt, quoted).text
    assert "In the reviewer’s words." in text and words in text and "ترجمة المراجع" in text
    assert "15 33%" in text and "Signed by reviewer@example.org on" in text
    left_out = db.session.scalars(select(Theme).order_by(Theme.id.desc())).first()
    assert f"<bdi>{left_out.name['en']}</bdi>" not in page
    assert page.count(f"<bdi>{first().name['en']}</bdi>") == 2  # in the table and above its text


def test_who_may_not_read_answers_sees_the_version_as_it_may_be_published(
    quoted: int, client, sign_in
) -> None:
    words = db.session.get(Excerpt, quoted).text
    sign_in(client, "facilitator")
    page = text_of(client.get(f"{PART}/version/1").text)
    assert words in page and "of 45 answers" in page
    change(update(Excerpt).where(Excerpt.id == quoted).values(quote_consent=False))
    version = db.session.scalars(select(SummaryVersion)).one()
    themes = [{**theme, "base": 3, "count": 2} for theme in version.content["themes"]]
    change(update(SummaryVersion).values(content={**version.content, "themes": themes}))
    page = text_of(client.get(f"{PART}/version/1").text)
    assert words not in page and "ترجمة المراجع" not in page and "of 3 answers" not in page


def test_a_draft_that_is_not_signed_is_not_published(reviewed: Consultation, reviewer, client) -> None:
    reviewer.post(f"{BASE}begin")
    send(reviewer, **{"introduction-en": "Not signed."})
    publish()
    assert "Not signed." not in client.get(RESULTS).text


def test_consent_that_is_taken_back_takes_the_quote_back(quoted: int, client) -> None:
    words = db.session.get(Excerpt, quoted).text
    change(update(Excerpt).where(Excerpt.id == quoted).values(quote_consent=False))
    publish()
    text = text_of(client.get(RESULTS).text)
    assert words not in text and "ترجمة المراجع" not in text and "In the reviewer’s words." in text


def test_few_answers_are_not_counted_in_public(quoted: int, reviewer, client) -> None:
    kept = select(Coding.id).where(Coding.theme_id == first().id).order_by(Coding.id).limit(9)
    ids = list(db.session.scalars(kept))
    others = select(Theme.id).where(Theme.id != first().id).order_by(Theme.id).limit(1).scalar_subquery()
    change(update(Coding).where(Coding.theme_id == first().id, Coding.id.not_in(ids)).values(theme_id=others))
    send(reviewer, action="figures")
    sign(reviewer, QUESTION)
    publish()
    text = text_of(client.get(RESULTS).text)
    assert f"{first().name['en']} not shown" in text and "In the reviewer’s words." in text
    assert " 9 20%" not in text
