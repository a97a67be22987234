"""The public page of results."""

from __future__ import annotations

import pytest

from consult.consultations import services
from consult.evidence.models import EvidenceSource, Excerpt
from consult.extensions import db
from consult.reports.published import published_results
from consult.review.models import Coding, Theme
from surveys import services as survey_services
from surveys.definition import Definition, Option, Question, Section
from surveys.models import Response
from surveys.queries import latest_version
from surveys.questions import question_types
from tests.support import on_both_databases, text_of


def _definition() -> Definition:
    def words(text: str) -> dict[str, str]:
        return {"en": text, "ar": text}

    options = tuple(Option(id=n, name=n, label=words(n.capitalize())) for n in ("north", "south", "west"))
    kinds = question_types
    questions = (
        Question(
            "where",
            "where",
            "select_one",
            words("Where?"),
            config=kinds["select_one"].Config(options=options),
        ),
        Question("why", "why", "long_text", words("Why?"), config=kinds["long_text"].Config()),
    )
    return Definition(words("Trial"), ("en", "ar"), "en", (Section("s", "s", questions=questions),))


@pytest.fixture
def consultation(app):
    """Open, with 40 responses: 25 north, 12 south, 3 west; each with a text that may be quoted when even."""
    session = db.session()
    made = services.create_consultation(
        session, slug="trial", title={"en": "Trial"}, languages=["en", "ar"], definition=_definition()
    )
    services.open_consultation(session, made)
    version = latest_version(session, made.survey_id)
    for number in range(40):
        where = "north" if number < 25 else "south" if number < 37 else "west"
        survey_services.submit_response(
            session,
            version=version,
            submission_key=f"{number:064}",
            answers={"where": where, "why": f"Because of reason {number}, call 0790123456"},
            language="en",
            quote_consent=number % 2 == 0,
        )
    session.commit()
    return made


def _theme(session, consultation, name: str, numbers: range, status: str = "accepted") -> Theme:
    source = EvidenceSource(consultation_id=consultation.id, kind="online_consultation", title=name)
    theme = Theme(
        consultation_id=consultation.id, question_id="why", name={"en": name}, origin="machine", status=status
    )
    session.add_all([source, theme])
    session.flush()
    responses = session.query(Response).order_by(Response.id).all()
    for number in numbers:
        response = responses[number]
        excerpt = session.query(Excerpt).filter_by(response_id=response.id).one_or_none() or Excerpt(
            consultation_id=consultation.id,
            source_id=source.id,
            response_id=response.id,
            question_id="why",
            text=response.answers["why"],
            language="en",
            text_hash=f"{number}",
            quote_consent=response.quote_consent,
            end_offset=len(response.answers["why"]),
        )
        session.add(excerpt)
        session.flush()
        session.add(
            Coding(excerpt_id=excerpt.id, theme_id=theme.id, origin="machine", score=1 - number / 100)
        )
    session.commit()
    return theme


def test_nothing_is_public_before_it_is_published(client, consultation):
    assert client.get("/c/trial/results").status_code == 302
    services.close_consultation(db.session(), consultation)
    db.session.commit()
    assert client.get("/c/trial/results").status_code == 302


@on_both_databases
def test_small_cells_and_unaccepted_themes_stay_inside(app, client, consultation):
    session = db.session()
    _theme(session, consultation, "Accepted and large", range(28))
    _theme(session, consultation, "Accepted and small", range(28, 34))
    _theme(session, consultation, "Only suggested", range(34, 40), status="suggested")
    services.close_consultation(session, consultation)
    services.publish_consultation(session, consultation)
    session.commit()
    page = text_of(client.get("/c/trial/results").text)
    assert "40 people" in page
    assert "Accepted and large 28 70%" in page
    assert "Accepted and small not shown" in page
    assert "Only suggested" not in page
    west = page[page.index("West") : page.index("West") + 30]
    south = page[page.index("South") : page.index("South") + 30]
    assert "3" not in west and "12" not in south, "the small cell, and the one that would give it away"


def test_no_words_of_a_participant_are_public(app, client, consultation):
    session = db.session()
    _theme(session, consultation, "Large", range(1, 28))
    services.close_consultation(session, consultation)
    services.publish_consultation(session, consultation)
    session.commit()
    assert "Because of reason" not in client.get("/c/trial/results").text


def test_the_machines_description_is_made_of_answers_and_stays_inside(app, consultation):
    session = db.session()
    found = _theme(session, consultation, "Found", range(15))
    written = _theme(session, consultation, "Written", range(15, 30))
    found.description = written.description = {"en": "“Because of reason 1”"}
    written.origin = "reviewer"
    session.flush()
    themes = published_results(session, consultation, language="en").questions[1].themes
    told = {theme.name["en"]: theme.description for theme in themes}
    assert told == {"Found": {}, "Written": written.description}


@pytest.mark.parametrize(
    ("second", "status", "count"),
    [(range(15, 30), "accepted", 30), (range(15, 19), "accepted", None), (range(15, 30), "suggested", None)],
)
def test_a_broader_theme_is_counted_only_where_those_below_it_are(app, consultation, second, status, count):
    session = db.session()
    above = _theme(session, consultation, "Above", range(0))
    _theme(session, consultation, "First", range(15)).parent_id = above.id
    _theme(session, consultation, "Second", second, status=status).parent_id = above.id
    session.flush()
    themes = published_results(session, consultation, language="en").questions[1].themes
    assert [(theme.name["en"], theme.depth) for theme in themes][:2] == [("Above", 0), ("First", 1)]
    assert themes[0].count == count


def test_fewer_than_ten_answers_publish_nothing(app, client):
    session = db.session()
    made = services.create_consultation(
        session, slug="few", title={"en": "Few"}, languages=["en"], definition=_definition()
    )
    services.open_consultation(session, made)
    version = latest_version(session, made.survey_id)
    for number in range(9):
        survey_services.submit_response(
            session,
            version=version,
            submission_key=f"{number:064}",
            answers={"where": "north"},
            language="en",
        )
    services.close_consultation(session, made)
    services.publish_consultation(session, made)
    session.commit()
    page = text_of(client.get("/c/few/results").text)
    assert "fewer than 10 people" in page and "North" not in page
