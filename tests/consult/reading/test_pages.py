"""The reading pages: numbers that open the answers behind them, and what is kept from whom."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from consult.access.models import AuditEntry
from consult.consultations import services
from consult.evidence import sources
from consult.evidence.models import GATHERED, EvidenceSource, Excerpt
from consult.evidence.services import hash_of
from consult.extensions import db
from consult.review import requests
from consult.review.models import REVIEWER, Coding, Stance, Theme
from consult.stakeholders.models import Participant, RollPlace
from surveys import queries as survey_queries
from surveys import services as survey_services
from tests.consult.reading.house import House, furnish
from tests.consult.review.answers import make_consultation
from tests.support import on_both_databases, text_of
from tests.surveys.samples import LONG, SCALE, survey

AT = "/manage/agm/review"
ASKED = f"{AT}/question/t2"
PAGES = ("by", "by?by=stance", "by?by=time", "by?by=question:o1", "together", "compare", "weighted")


def links(html: str, start: str) -> list[tuple[str, str]]:
    """(address, words) of the links in tables whose address begins so."""
    return [(unescape(a), words) for a, words in re.findall(rf'<a href="({start}[^"]*)">(\d+)</a>', html)]


@on_both_databases
def test_every_number_opens_as_many_answers(house: House, reviewer: FlaskClient) -> None:
    for way in ("group", "region", "language", "question:o1", "stance", "time"):
        page = reviewer.get(f"{ASKED}/by?by={way}").text
        found = links(page, f"{AT}/theme/")
        assert len(found) > 5
        for address, number in found[:: max(1, len(found) // 4)]:
            answers = text_of(reviewer.get(address).text)
            assert f" {number} answer" in answers, (way, address)


@on_both_databases
def test_a_pair_opens_the_answers_that_carry_both(house: House, reviewer: FlaskClient) -> None:
    for address, number in links(reviewer.get(f"{ASKED}/together").text, f"{AT}/theme/")[:4]:
        assert f" {number} answer" in text_of(reviewer.get(address).text)


@pytest.mark.parametrize("page", PAGES)
def test_pages_answer_in_every_language(house: House, reviewer: FlaskClient, page: str) -> None:
    for language in ("ar", "en", "fr", "es"):
        joint = "&" if "?" in page else "?"
        assert reviewer.get(f"{ASKED}/{page}{joint}lang={language}").status_code == 200


def test_reading_exact_counts_is_recorded(house: House, reviewer: FlaskClient) -> None:
    before = db.session.scalar(select(func.count()).select_from(AuditEntry))
    reviewer.get(f"{ASKED}/by")
    assert db.session.scalar(select(func.count()).select_from(AuditEntry)) == before + 1


def test_who_may_not_read_answers_sees_none_of_it(house: House, client: FlaskClient, sign_in) -> None:
    """Neither the pages nor links to them: their many tables would give one another's small cells away."""
    sign_in(client, "facilitator")
    for page in PAGES:
        assert client.get(f"{ASKED}/{page}").status_code == 403
    assert client.get(f"{AT}/sources").status_code == 403
    for page in (client.get(f"{AT}/"), client.get(ASKED)):
        assert page.status_code == 200
        assert "/by" not in page.text and "/together" not in page.text and "/sources" not in page.text


def test_an_unknown_dimension_and_column_are_no_error(house: House, reviewer: FlaskClient) -> None:
    assert reviewer.get(f"{ASKED}/by?by=nonsense").status_code == 200
    theme = house.themes[1].id
    for column in ("x", "٣", "9" * 300, "2026-99-99", "\u202e"):
        for way in ("group", "time", "question:o1", "nonsense"):
            address = f"{AT}/theme/{theme}"
            found = reviewer.get(address, query_string={"by": way, "column": column})
            assert found.status_code == 200, (way, column)


def test_two_groups_are_compared(house: House, reviewer: FlaskClient) -> None:
    one, other = house.groups[:2]
    page = text_of(reviewer.get(f"{ASKED}/compare?by=group&one={one.id}&other={other.id}").text)
    assert "The difference may be chance." in page and "Fisher" in page
    shared = sum({one.id, other.id} <= said.groups for said in house.said)
    assert f"{shared} answers stand on both sides and are left out" in page


def test_a_column_against_itself_is_told(house: House, reviewer: FlaskClient) -> None:
    page = reviewer.get(f"{ASKED}/compare?by=language&one=ar&other=ar").text
    assert "cannot be compared" in page


def test_two_waves_are_compared(house: House, reviewer: FlaskClient) -> None:
    furnish(db.session(), house.coder, slug="agm-before", seed=8, groups=house.groups)
    db.session.commit()
    page = text_of(reviewer.get(f"{ASKED}/compare?wave=agm-before").text)
    assert "Money" in page and "60 answers" in page
    same = reviewer.get(f"{ASKED}/compare?wave=agm-before&people=same")
    assert same.status_code == 200 and "The same people at both times: 0 answers" in text_of(same.text)


def test_the_same_people_of_two_waves_are_paired_unless_everybody_is_asked_for(
    house: House, reviewer: FlaskClient
) -> None:
    before = furnish(db.session(), house.coder, slug="agm-before", seed=8, groups=house.groups, number=20)
    page = f"{ASKED}/compare?wave=agm-before"
    db.session.commit()
    assert "Nobody answered both times." in text_of(reviewer.get(page).text)
    places = select(RollPlace).order_by(RollPlace.id)
    now = db.session.scalars(places.filter_by(consultation_id=house.scope.consultation_id)).all()
    then = db.session.scalars(places.filter_by(consultation_id=before.scope.consultation_id)).all()
    for later, earlier in zip(now, then, strict=False):
        earlier.participant_id = later.participant_id
    db.session.commit()
    assert "The same people at both times: 20 answers" in text_of(reviewer.get(page).text)
    everybody = text_of(reviewer.get(f"{page}&people=all").text)
    assert "20 people answered both times; each is taken for two different people." in everybody
    before.consultation.access = "open"
    db.session.commit()
    assert "Nobody knows who answered both times" in text_of(reviewer.get(page).text)


def test_a_scale_of_few_is_shown_without_an_interval(app: Flask, reviewer: FlaskClient) -> None:
    """Two languages, three answers in each, wholly apart."""
    session = db.session()
    consultation = make_consultation(session, definition=survey(LONG, SCALE))
    version = survey_queries.latest_version(session, consultation.survey_id)
    low, *_others, high = SCALE.config.points
    for n in range(6):
        answers = {LONG.id: f"Money {n}", SCALE.id: (high if n % 2 else low).id}
        survey_services.submit_response(
            session, version=version, submission_key=f"k{n}", answers=answers, language="en"
        )
    services.close_consultation(session, consultation)
    requests.gather(session, consultation)
    for n, excerpt in enumerate(session.scalars(select(Excerpt).order_by(Excerpt.id))):
        excerpt.language = ("en", "ar")[n % 2]
    session.commit()
    page = text_of(reviewer.get(f"{ASKED}/compare?by=language&one=ar&other=en").text)
    line = page.partition("Questions with a scale")[2]
    assert "1.00 no interval" in line and "p = 0.100" in line


def test_a_roll_that_is_not_reached_is_told(house: House, reviewer: FlaskClient) -> None:
    """Two of sixty are of the east, and forty of the roll's ninety-eight."""
    session = db.session()
    ids = session.scalars(select(RollPlace.participant_id).order_by(RollPlace.id)).all()
    session.execute(update(Participant).values(region="West"))
    session.execute(update(Participant).where(Participant.id.in_(ids[:2])).values(region="East"))
    for n in range(38):
        person = Participant(name=f"e{n}", name_key=f"e{n}", language="en", region="East")
        session.add(person)
        session.flush()
        place = {"participant_id": person.id, "ref": f"e{n}", "name_key": "e"}
        session.add(RollPlace(consultation_id=house.scope.consultation_id, **place))
    session.commit()
    page = text_of(reviewer.get(f"{ASKED}/weighted?margin=region").text)
    assert "no weight may be larger than 5" in page and "2 weights were cut to 5" in page
    assert "40.8% of the roll, 16.7% after weighting" in page


def test_weights_are_refused_with_the_reason(house: House, reviewer: FlaskClient) -> None:
    house.consultation.privacy = "anonymous"
    db.session.commit()
    assert "cannot be weighted, and never will be" in reviewer.get(f"{ASKED}/weighted").text
    house.consultation.privacy, house.consultation.access = "confidential", "open"
    db.session.commit()
    assert "did not come from the people on a roll" in reviewer.get(f"{ASKED}/weighted").text


@on_both_databases
def test_sources_are_laid_beside_one_another(house: House, reviewer: FlaskClient) -> None:
    session, scope = db.session(), house.scope
    source = sources.save_source(
        session, house.consultation, None,
        {"kind": "interview", "title": "Interview 1", "informant": "", "date": None, "place": None,
         "participants_count": 1, "language": "en", "quote_consent": False}, [],
    )  # fmt: skip
    theme = Theme(
        consultation_id=scope.consultation_id, question_id=GATHERED, name={"fr": "Trésorerie", "en": " MONEY "},
        origin=REVIEWER, status="accepted",
    )  # fmt: skip
    session.add(theme)
    session.flush()
    for n in range(3):
        text = f"Nothing of it is read {n}"
        session.add(Excerpt(
            consultation_id=scope.consultation_id, source_id=_unread(house), question_id=GATHERED, text=text,
            text_hash=hash_of(text), language="en", position=n, end_offset=len(text),
        ))  # fmt: skip
        text = f"Money matters {n}"
        excerpt = Excerpt(
            consultation_id=scope.consultation_id, source_id=source.id, question_id=GATHERED, text=text,
            text_hash=hash_of(text), language="en", position=n, end_offset=len(text),
        )  # fmt: skip
        session.add(excerpt)
        session.flush()
        session.add(Coding(excerpt_id=excerpt.id, theme_id=theme.id, origin=REVIEWER, coder_id=house.coder))
        session.add(Stance(excerpt_id=excerpt.id, value="oppose", origin=REVIEWER, coder_id=house.coder))
    session.commit()
    page = text_of(reviewer.get(f"{AT}/sources").text)
    assert "Money" in page and "MONEY" not in page
    line = page.partition(" Money ")[2].partition(" Fees ")[0]
    assert "against 3" in line and "Raised by 2 kinds of source" in line
    assert "3 of 3 stances noted by people" in line and "not read yet" in line
    trust = page.partition(" Trust ")[2]
    assert "silent" in trust and "Only one kind of source raises it so far; others are not read yet." in trust
    assert "read: 0 of 3" in page and "read: 3 of 3 · by people: 3" in page
    assert "Not read yet: document review." in page


def _unread(house: House) -> int:
    """The source of what nobody has coded."""
    found = db.session.scalars(
        select(EvidenceSource.id).where(EvidenceSource.kind == "document_review")
    ).first()
    return found or sources.save_source(
        db.session(), house.consultation, None,
        {"kind": "document_review", "title": "Report", "informant": "", "date": None, "place": None,
         "participants_count": None, "language": "en", "quote_consent": False}, [],
    ).id  # fmt: skip


@on_both_databases
def test_what_was_gathered_is_told_apart_by_kind(house: House, reviewer: FlaskClient) -> None:
    session = db.session()
    for kind in ("interview", "workshop", "interview"):
        source = EvidenceSource(consultation_id=house.scope.consultation_id, kind=kind, title=kind)
        session.add(source)
        session.flush()
        session.add(
            Excerpt(
                consultation_id=source.consultation_id, source_id=source.id, question_id=GATHERED, text=kind,
                text_hash=hash_of(kind), language="en", position=0, end_offset=len(kind),
            )
        )  # fmt: skip
    session.commit()
    for way in ("kind", "source", "language"):
        assert reviewer.get(f"{AT}/question/{GATHERED}/by?by={way}").status_code == 200


def test_figures_of_what_is_gathered_do_not_move_with_the_feedback(
    house: House, client: FlaskClient, sign_in
) -> None:
    """One more message would tell of the person who sent it."""
    session = db.session()
    channel = EvidenceSource(
        consultation_id=house.scope.consultation_id, kind="feedback_channel", title="Feedback", is_open=True
    )
    session.add(channel)
    session.flush()
    session.add(
        Excerpt(
            consultation_id=channel.consultation_id, source_id=channel.id, question_id=GATHERED, text="x",
            text_hash=hash_of("x"), language="en", position=0, end_offset=1,
        )
    )  # fmt: skip
    session.commit()
    sign_in(client, "facilitator")
    assert client.get(f"{AT}/question/{GATHERED}").status_code == 403
    assert "Interviews, notes" not in client.get(f"{AT}/").text
    channel.is_open = False
    session.commit()
    assert client.get(f"{AT}/question/{GATHERED}").status_code == 200
