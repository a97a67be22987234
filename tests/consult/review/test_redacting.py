"""Redaction as people work on it: the finder's reading, decisions, further words, flags, undo, and the pages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from consult.access.models import AuditEntry
from consult.analysis.masking import masked
from consult.consultations.models import Access, Consultation
from consult.evidence.models import Excerpt
from consult.evidence.services import hash_of
from consult.extensions import db
from consult.review import changes, coding, log, personal_reading, redacting, redaction
from consult.review.errors import ReviewError, UndoError
from consult.review.models import ChangeLog
from consult.review.redaction_models import FOUND, KEPT, MASKED, PersonalMark, PersonalReading
from consult.review.redaction_queries import PersonalFilters, in_pieces, personal_page, personal_progress
from consult.stakeholders import people
from tests.consult.review.conftest import House
from tests.consult.review.test_redaction import CALL, written
from tests.support import text_of

PAGE = "/manage/agm/review/personal"


def _marks(house: House, excerpt: Excerpt) -> list[tuple[str, str, str]]:
    marks = redacting.marks_in(house.session, excerpt.id)
    return [(excerpt.text[m.start_offset : m.end_offset], m.kind, m.status) for m in marks]


def _last(house: House) -> ChangeLog:
    return house.session.scalars(select(ChangeLog).order_by(ChangeLog.id.desc()).limit(1)).one()


def test_the_finder_reads_each_text_once(house: House) -> None:
    excerpt = written(house, CALL)
    assert personal_reading.unread_count(house.session, house.consultation_id) == 7
    assert personal_reading.read_some(house.session, most=5) == 5
    assert personal_reading.read_some(house.session) == 2
    assert personal_reading.read_some(house.session) == 0
    assert personal_reading.unread_count(house.session, house.consultation_id) == 0
    assert _marks(house, excerpt) == [("0790123456", "phone", FOUND)]


def test_names_on_the_roll_are_found_where_answers_are_confidential(house: House) -> None:
    consultation = house.session.get(Consultation, house.consultation_id)
    consultation.access = Access.ROLL
    values = {"name": "Zdenek Oost", "organisation": "", "email": None, "email_key": None, "phone": None,
              "language": "en", "region": "", "has_vote": True}  # fmt: skip
    people.add_participant(house.session, consultation, values=values, group_ids=[])
    excerpt = written(house, "We know that zdenek oost did it.")
    personal_reading.read_some(house.session)
    assert _marks(house, excerpt) == [("zdenek oost", "name", FOUND)]


def test_what_a_person_decided_outlives_new_rules(house: House) -> None:
    excerpt = written(house, CALL)
    personal_reading.read_some(house.session)
    redacting.decide_all(house.session, excerpt, status=KEPT, by_id=house.ana)
    house.session.get(PersonalReading, excerpt.id).version = 0
    house.session.flush()
    assert personal_reading.read_some(house.session) == 1
    assert _marks(house, excerpt) == [("0790123456", "phone", KEPT)]


def test_changed_words_lose_their_marks_and_wait_for_a_person(house: House) -> None:
    excerpt = written(house, "The tall one said so.")
    personal_reading.read_some(house.session)
    redacting.mask_words(house.session, excerpt, "tall one", kind="other", by_id=house.ana)
    excerpt.text = "So said the tall one."
    excerpt.text_hash = hash_of(excerpt.text)
    house.session.flush()
    personal_reading.read_some(house.session)
    assert _marks(house, excerpt) == []
    assert redaction.quotables(house.session, [excerpt.id])[excerpt.id].hindrance == redaction.WAITS
    redacting.settle(house.session, excerpt, by_id=house.badr)
    assert redaction.quotable(house.session, excerpt) == excerpt.text


def test_deciding_and_undoing(house: House) -> None:
    excerpt = written(house, "Mr Karim Haddad: call 0790123456.")
    personal_reading.read_some(house.session)
    name, phone = redacting.marks_in(house.session, excerpt.id)
    redacting.decide_mark(house.session, excerpt, name.id, status=MASKED, by_id=house.ana)
    assert redaction.quotable(house.session, excerpt) is None
    redacting.decide_mark(house.session, excerpt, phone.id, status=KEPT, by_id=house.badr)
    assert redaction.quotable(house.session, excerpt) == "Mr [name]: call 0790123456."
    changes.undo_change(house.session, _last(house), by_id=house.ana)
    assert redaction.quotable(house.session, excerpt) is None
    assert [m.status for m in redacting.marks_in(house.session, excerpt.id)] == [MASKED, FOUND]
    assert "Karim" not in str(
        [(c.params, c.before, c.after) for c in house.session.scalars(select(ChangeLog))]
    )


def test_further_words_are_masked_wherever_they_stand(house: House) -> None:
    excerpt = written(house, "زقزق قال: لزقزق بيت. وزقزق  بندق أخوه، وزقزقه دين.", language="ar")
    personal_reading.read_some(house.session)
    assert redacting.mask_words(house.session, excerpt, "زقزق", kind="name", by_id=house.ana) == 3
    assert (
        redaction.quotable(house.session, excerpt)
        == "[الاسم] قال: ل[الاسم] بيت. و[الاسم]  بندق أخوه، وزقزقه دين."
    )
    assert redacting.mask_words(house.session, excerpt, " زقزق بندق ", kind="nonsense", by_id=house.ana) == 1
    assert (
        redacting.mask_words(house.session, excerpt, "زقزق", kind="name", by_id=house.badr) == 3
    )  # pressed twice
    for words in ("", "  ", "قزق", "نعم", "x" * 2_000):
        with pytest.raises(ReviewError, match="words_not_there|not in the text"):
            redacting.mask_words(house.session, excerpt, words, kind="name", by_id=house.ana)


def test_words_in_too_many_places_are_refused(house: House) -> None:
    excerpt = written(house, "a " * 300)
    with pytest.raises(ReviewError, match="too many"):
        redacting.mask_words(house.session, excerpt, "a", kind="name", by_id=house.ana)


def test_masking_more_decides_what_lies_inside(house: House) -> None:
    excerpt = written(house, "Mr Karim Haddad, the baker, said so.")
    personal_reading.read_some(house.session)
    redacting.mask_words(house.session, excerpt, "Mr Karim Haddad, the baker", kind="other", by_id=house.ana)
    assert redaction.quotable(house.session, excerpt) == "[masked], said so."


def test_a_flag_is_settled_and_a_new_one_opens_it_again(house: House) -> None:
    excerpt = written(house, "The mayor's brother did it.")
    coding.note_excerpt(house.session, excerpt, memo="who?", needs_redaction=True, by_id=house.badr)
    redacting.settle(house.session, excerpt, by_id=house.ana)
    redacting.settle(house.session, excerpt, by_id=house.ana)
    coding.note_excerpt(house.session, excerpt, memo="still", needs_redaction=True, by_id=house.badr)
    assert redaction.quotable(house.session, excerpt) == excerpt.text  # the same flag, saved again
    coding.note_excerpt(house.session, excerpt, memo="", needs_redaction=True, by_id=house.ana)
    assert redaction.quotable(house.session, excerpt) is None
    redacting.settle(house.session, excerpt, by_id=house.ana)
    settled = _last(house)
    changes.undo_change(house.session, settled, by_id=house.ana)
    assert redaction.quotable(house.session, excerpt) is None
    with pytest.raises(UndoError):
        changes.undo_change(house.session, settled, by_id=house.ana)


def test_the_list_and_how_far_it_is(house: House) -> None:
    one, two = written(house, CALL), written(house, "Mr Karim Haddad came.", consent=False)
    personal_reading.read_some(house.session)

    def listed(**filters: object) -> list[int]:
        page = personal_page(
            house.session, house.consultation_id, PersonalFilters(**filters), number=1, is_readable=True
        )
        return [item.excerpt.id for item in page.items]

    def far() -> tuple[int, int]:
        found = personal_progress(house.session, house.consultation_id, is_readable=True)
        return found.decided, found.total

    assert (listed(), far()) == ([one.id], (0, 1))
    assert listed(with_silent=True) == [one.id, two.id]
    assert listed(with_silent=True, kind="name") == [two.id] and listed(kind="name") == []
    redacting.decide_all(house.session, one, status=MASKED, by_id=house.ana)
    assert (listed(), listed(show="decided"), far()) == ([], [one.id], (1, 1))
    hidden = personal_page(
        house.session, house.consultation_id, PersonalFilters(show="all"), number=9, is_readable=False
    )
    assert hidden.items == [] and hidden.number == 1


@given(st.text(max_size=30), st.lists(st.tuples(st.integers(0, 35), st.integers(1, 10)), max_size=6))
def test_the_pieces_of_a_text_are_the_text(text: str, spans: list[tuple[int, int]]) -> None:
    marks = [PersonalMark(start_offset=start, end_offset=start + length) for start, length in spans]
    assert "".join(piece.text for piece in in_pieces(text, marks)) == text


@pytest.fixture
def told(closed: Consultation) -> Excerpt:
    """An answer of the closed consultation that tells of a person and may be quoted."""
    excerpt = db.session.scalars(select(Excerpt).order_by(Excerpt.id).limit(1)).one()
    excerpt.text = "<b>Mr Karim Haddad</b> & co: call 0790123456 or 0790123456."
    excerpt.text_hash, excerpt.quote_consent = hash_of(excerpt.text), True
    db.session.commit()
    personal_reading.read_all()
    return excerpt


def test_the_page_shows_marks_and_takes_decisions(told: Excerpt, reviewer) -> None:
    page = reviewer.get(PAGE).text
    assert page.count('<mark class="personal found">') == 3 and "&lt;b&gt;" in page
    assert "[perhaps personal: Karim Haddad" in text_of(page)
    answer = reviewer.post(
        f"/manage/agm/review/excerpt/{told.id}/personal", data={"mask": "all", "show": "all"}
    )
    assert answer.status_code == 303 and "show=all" in answer.location
    after = text_of(reviewer.get(answer.location).text)
    assert "<b>Mr [name]</b> & co: call [phone number] or [phone number]." in after
    log_page = text_of(reviewer.get("/manage/agm/review/changes").text)
    assert "Masked words that tell of a person (3)" in log_page
    db.session.rollback()
    assert db.session.scalars(select(AuditEntry).where(AuditEntry.action == "responses.read")).all()


def test_what_cannot_be_masked_is_said_and_kept(told: Excerpt, reviewer) -> None:
    address = f"/manage/agm/review/excerpt/{told.id}/personal"
    answer = reviewer.post(address, data={"action": "words", "words": "ليس هنا", "kind": "name"})
    assert answer.status_code == 422
    assert 'value="ليس هنا"' in answer.text and "not in the text" in text_of(answer.text)
    assert reviewer.post(address, data={"mask": "999999"}).status_code == 422
    assert reviewer.post(address, data={"keep": "٣" * 30}).status_code == 422
    assert reviewer.post("/manage/agm/review/excerpt/999999/personal", data={}).status_code == 404


def test_marks_are_seen_where_answers_are_read_and_coded(told: Excerpt, reviewer) -> None:
    start = f"/manage/agm/review/question/{told.question_id}"
    for address in (f"{start}/answers", f"{start}/code?excerpt={told.id}"):
        page = reviewer.get(address).text
        assert page.count('<mark class="personal found">') == 3
        assert f"/personal?excerpt={told.id}" in page


def test_every_sentence_of_the_log_is_written(app) -> None:
    with app.test_request_context():
        for kind in ("mask", "keep", "settle_redaction", "reopen_redaction"):
            assert log.sentence(kind, {"count": 2}) != kind


def test_what_a_mark_covered_waits_again_when_it_is_undone(house: House) -> None:
    excerpt = written(house, CALL)
    redacting.mask_words(house.session, excerpt, "Call me on 0790123456", kind="phone", by_id=house.ana)
    while personal_reading.read_some(house.session):
        pass
    masking = _last(house)
    changes.undo_change(house.session, masking, by_id=house.ana)
    assert redaction.quotable(house.session, excerpt) is None
    assert personal_reading.read_some(house.session) == 1
    assert _marks(house, excerpt) == [("0790123456", "phone", FOUND)]
    assert redaction.quotable(house.session, excerpt) is None
    changes.undo_change(house.session, _last(house), by_id=house.ana)
    assert "0790" not in (redaction.quotable(house.session, excerpt) or "")


def test_names_that_come_onto_the_roll_later_are_looked_for(house: House) -> None:
    consultation = house.session.get(Consultation, house.consultation_id)
    consultation.access = Access.ROLL
    excerpt = written(house, "We know that zdenek oost did it.")
    while personal_reading.read_some(house.session):
        pass
    assert redaction.quotable(house.session, excerpt) == excerpt.text
    values = {"name": "Zdenek Oost", "organisation": "", "email": None, "email_key": None, "phone": None,
              "language": "en", "region": "", "has_vote": True}  # fmt: skip
    people.add_participant(house.session, consultation, values=values, group_ids=[])
    assert redaction.quotable(house.session, excerpt) is None
    assert personal_reading.unread_count(house.session, house.consultation_id) == 7
    assert personal_reading.read_some(house.session) == 7
    assert personal_reading.read_some(house.session) == 0
    assert _marks(house, excerpt) == [("zdenek oost", "name", FOUND)]


@pytest.mark.parametrize(
    ("text", "words", "published"),
    [
        ("قال مُحمّد الزعبوط كلامًا ثم عاد محمد الزعبوط غاضبًا", "محمد الزعبوط", "قال [الاسم] كلامًا ثم عاد [الاسم] غاضبًا"),
        ("قال محمد الزعبوط وإيمان، ولإيمانَ رأي", "ايمان", "قال محمد الزعبوط و[الاسم]، ول[الاسم] رأي"),
        ("كتبت مـحـمـد هنا", "مُحمّدٌ", "كتبت [الاسم] هنا"),
        ("Zdenék Oöst and Zdene\u0301k Oo\u0308st, ＺＤＥＮＥＫ oost", "Zdenek Oost", "[name] and [name], [name]"),
        ("Write to zo\u200be@exam\u200bple.org", "zoe@example.org", "Write to [name]"),
        ("A zoe, a Zoé!", "zoé", "A [name], a [name]!"),
        ("A pause … here", ".", "A pause [name] here"),
    ],
)  # fmt: skip
def test_words_are_masked_in_every_writing(house: House, text: str, words: str, published: str) -> None:
    excerpt = written(house, text, language="ar" if "م" in text else "en")
    redacting.mask_words(house.session, excerpt, words, kind="name", by_id=house.ana)
    marks = redaction.spans_of(redacting.marks_in(house.session, excerpt.id))
    assert masked(text, marks, excerpt.language) == published
