"""What may be published of an excerpt: consent, what waits, and what is masked."""

from __future__ import annotations

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from consult.evidence.models import Excerpt
from consult.evidence.services import hash_of
from consult.review import coding, redaction
from consult.review.redaction_models import PersonalMark, PersonalReading, Settlement
from tests.consult.review.conftest import QUESTION, House

CALL = "Call me on 0790123456 or write to me."


def written(
    house: House, text: str, *, language: str = "en", consent: bool = True, **columns: object
) -> Excerpt:
    """One more answer."""
    excerpt = Excerpt(
        consultation_id=house.consultation_id,
        source_id=house.excerpts[0].source_id,
        question_id=QUESTION,
        text=text,
        text_hash=hash_of(text),
        language=language,
        quote_consent=consent,
        **columns,
    )
    house.session.add(excerpt)
    house.session.flush()
    return excerpt


def mark(
    house: House, excerpt: Excerpt, words: str, *, kind: str = "name", status: str = "masked"
) -> PersonalMark:
    start = excerpt.text.index(words)
    made = PersonalMark(
        excerpt_id=excerpt.id, start_offset=start, end_offset=start + len(words), kind=kind, origin="reviewer",
        status=status, decided_by_id=None if status == "found" else house.ana,
    )  # fmt: skip
    house.session.add(made)
    read(house, excerpt)
    return made


def read(house: House, excerpt: Excerpt, **columns: object) -> None:
    """The finder has read it."""
    values = {"version": redaction.VERSION, "text_hash": excerpt.text_hash} | columns
    house.session.merge(PersonalReading(excerpt_id=excerpt.id, **values))
    house.session.flush()


def test_without_consent_nothing_is_quoted(house: House) -> None:
    excerpt = written(house, "Roads are bad.", consent=False)
    assert redaction.quotable(house.session, excerpt) is None
    assert redaction.quotables(house.session, [excerpt.id])[excerpt.id].hindrance == redaction.NO_CONSENT


@pytest.mark.parametrize("is_read", [False, True])
def test_what_tells_of_nobody_may_be_quoted(house: House, is_read: bool) -> None:
    excerpt = written(house, "الطريق سيئ منذ ٢٠١٥")
    if is_read:
        read(house, excerpt)
    assert redaction.quotable(house.session, excerpt) == excerpt.text


def test_what_nobody_has_read_yet_waits_where_something_would_be_found(house: House) -> None:
    excerpt = written(house, CALL)
    assert redaction.quotables(house.session, [excerpt.id])[excerpt.id].hindrance == redaction.WAITS
    read(house, excerpt)  # by today's rules, and nothing is marked: somebody may have kept it
    assert redaction.quotable(house.session, excerpt) == CALL
    read(house, excerpt, version=redaction.VERSION - 1)  # by older rules: a person has to look at what is new
    assert redaction.quotable(house.session, excerpt) is None


def test_what_is_found_waits_what_is_masked_is_gone_what_is_kept_stands(house: House) -> None:
    excerpt = written(house, CALL)
    made = mark(house, excerpt, "0790123456", kind="phone", status="found")
    assert redaction.quotable(house.session, excerpt) is None
    made.status, made.decided_by_id = "masked", house.ana
    assert redaction.quotable(house.session, excerpt) == "Call me on [phone number] or write to me."
    made.status = "kept"
    assert redaction.quotable(house.session, excerpt) == CALL


def test_the_label_is_in_the_language_of_the_words(house: House) -> None:
    excerpt = written(house, "قال سعيد إن الطريق سيئ", language="ar")
    mark(house, excerpt, "سعيد")
    assert redaction.quotable(house.session, excerpt) == "قال [الاسم] إن الطريق سيئ"


def test_a_flag_blocks_until_somebody_has_settled_it(house: House) -> None:
    excerpt = written(house, "The mayor's brother did it.")
    coding.note_excerpt(house.session, excerpt, memo="", needs_redaction=True, by_id=house.badr)
    assert redaction.quotable(house.session, excerpt) is None
    house.session.add(Settlement(excerpt_id=excerpt.id, settled_by_id=house.ana))
    house.session.flush()
    assert redaction.quotable(house.session, excerpt) == excerpt.text


def test_words_that_were_changed_under_the_marks_wait(house: House) -> None:
    excerpt = written(house, "Ali said so.")
    mark(house, excerpt, "Ali")
    excerpt.text = "So said Ali."
    excerpt.text_hash = hash_of(excerpt.text)
    house.session.flush()
    assert redaction.quotable(house.session, excerpt) is None


def test_a_part_is_masked_as_its_whole_is(house: House) -> None:
    whole = written(house, "Roads are bad. Ali Hassan said so. Ali is right.")
    mark(house, whole, "Ali Hassan")
    part = written(house, "Hassan said so.", part_of_id=whole.id, start_offset=whole.text.index("Hassan"))
    assert redaction.quotable(house.session, part) == "[name] said so."
    elsewhere = written(house, "Hassan said so!", part_of_id=whole.id, start_offset=0)
    assert redaction.quotable(house.session, elsewhere) is None
    whole.quote_consent = False
    assert redaction.quotable(house.session, part) is None


def test_many_are_read_in_a_handful_of_queries(house: House) -> None:
    several = [written(house, f"Ali said {number}.") for number in range(40)]
    for excerpt in several:
        mark(house, excerpt, "Ali")
    house.session.flush()
    house.session.expunge_all()
    counted = 0

    def count(*_: object) -> None:
        nonlocal counted
        counted += 1

    bind = house.session.get_bind()
    event.listen(bind, "before_cursor_execute", count)
    try:
        found = redaction.quotable_texts(house.session, [excerpt.id for excerpt in several])
    finally:
        event.remove(bind, "before_cursor_execute", count)
    assert sorted(found.values()) == sorted(f"[name] said {number}." for number in range(40))
    assert counted <= 6


def test_marks_go_with_their_excerpt(house: House) -> None:
    excerpt = written(house, "Ali said so.")
    mark(house, excerpt, "Ali")
    house.session.add(Settlement(excerpt_id=excerpt.id, settled_by_id=house.ana))
    house.session.flush()
    _delete(house.session, excerpt)
    for table in (PersonalMark, PersonalReading, Settlement):
        assert house.session.query(table).count() == 0


def _delete(session: Session, excerpt: Excerpt) -> None:
    session.delete(excerpt)
    session.flush()
    session.expire_all()
