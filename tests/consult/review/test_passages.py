"""A part of an answer is coded by itself, and the answer is counted once."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from consult.access.models import AuditEntry
from consult.consultations.models import Consultation
from consult.evidence import sources
from consult.evidence.models import Excerpt
from consult.extensions import db
from consult.review import changes, passages, queries
from consult.review.errors import ReviewError
from consult.review.models import ChangeLog, Coding, Theme
from consult.review.scope import Scope
from tests.consult.review.answers import QUESTION
from tests.consult.review.conftest import QUESTION as OWN
from tests.consult.review.conftest import House
from tests.support import text_of

LONG = "Fees are  too high.\nThe board is honest with us! نريد تمويلًا ثابتًا. Meetings end too late?"


@given(
    st.text("ab .\n؟ي", max_size=30),
    st.text("ab؟ي .\n", min_size=1, max_size=30),
    st.text("ab .\n", max_size=30),
)
def test_any_words_of_a_text_are_found_in_it(before: str, words: str, behind: str) -> None:
    text, words = before + words + behind, words.strip()
    assume(words)
    found = passages.span_of(text, f"  {words}\t")
    assert found is not None and text[slice(*found)].split() == words.split()
    assert found[0] <= text.index(words)


@given(st.text("ab .!؟ي\n", max_size=80))
def test_sentences_stand_in_the_text_in_order(text: str) -> None:
    spans = passages.sentence_spans(text)
    assert all(one[1] <= other[0] for one, other in zip(spans, spans[1:], strict=False))
    assert all(text[start:end].strip() for start, end in spans)


def test_what_is_ticked_must_stand_together() -> None:
    assert LONG[slice(*passages.ticked_span(LONG, [1, 0]))].startswith("Fees are  too high.\nThe board")
    for numbers, code in (([], "passage_needed"), ([0, 2], "sentences_apart"), ([3, 4], "sentences_apart")):
        with pytest.raises(ReviewError) as refused:
            passages.ticked_span(LONG, numbers)
        assert refused.value.code == code


def _counts(house: House) -> list[int]:
    figures = queries.question_figures(house.session, Scope(house.consultation_id, OWN))
    return [line.count for line in sorted(figures.themes, key=lambda line: line.theme.position)]


def test_a_part_counts_for_its_whole_once_and_is_undone(house: House) -> None:
    whole = house.excerpts[3]  # carries the second theme
    assert _counts(house) == [4, 3, 0]
    span = passages.typed_span(whole.text, "too long.")
    part = passages.code_passage(house.session, whole, span, themes=house.themes[1:], by_id=house.ana)
    assert (part.text, part.part_of_id, part.start_offset) == ("too long.", whole.id, whole.text.index("too"))
    assert _counts(house) == [4, 3, 1]
    again = passages.code_passage(house.session, whole, span, themes=house.themes[:1], by_id=house.ana)
    assert again is part and _counts(house) == [5, 3, 0]
    assert [(p.excerpt, p.themes) for p in passages.passages_of(house.session, whole)] == [
        (part, house.themes[:1])
    ]
    passages.drop_passage(house.session, part, by_id=house.badr)
    assert _counts(house) == [4, 3, 0] and passages.passages_of(house.session, whole) == []
    for counts in ([5, 3, 0], [4, 3, 1], [4, 3, 0]):
        open_ones = (ChangeLog.undone_at.is_(None), ChangeLog.undoes_id.is_(None))
        last = house.session.scalars(
            select(ChangeLog).where(*open_ones).order_by(ChangeLog.id.desc())
        ).first()
        changes.undo_change(house.session, last, by_id=house.ana)
        assert _counts(house) == counts


def test_the_whole_and_no_theme_are_refused(house: House) -> None:
    whole, themes = house.excerpts[0], house.themes[:1]
    for span, chosen, code in (((0, len(whole.text)), themes, "whole_text"), ((0, 3), [], "theme_needed")):
        with pytest.raises(ReviewError) as refused:
            passages.code_passage(house.session, whole, span, themes=chosen, by_id=house.ana)
        assert refused.value.code == code


def test_on_the_page(closed: Consultation, reviewer) -> None:
    theme = db.session.scalars(select(Theme).where(Theme.question_id == QUESTION)).first()
    whole = db.session.scalars(select(Excerpt).where(Excerpt.question_id == QUESTION)).first()
    whole.text, whole.end_offset = LONG, len(LONG)
    db.session.commit()
    page = f"/manage/agm/review/excerpt/{whole.id}/parts"
    assert reviewer.get(page).text.count('name="sentence"') == 4
    refused = reviewer.post(page, data={"words": "nowhere \u202e", "theme": theme.id})
    assert refused.status_code == 422
    assert "These words do not stand so in the text" in text_of(refused.text) and "nowhere" in refused.text
    assert "Tick a theme." in text_of(reviewer.post(page, data={"sentence": ["1"]}).text)
    for _press in range(2):
        saved = reviewer.post(page, data={"sentence": ["2"], "theme": theme.id}, follow_redirects=True)
        assert "Saved." in text_of(saved.text)
    db.session.rollback()
    part = db.session.scalars(select(Excerpt).where(Excerpt.part_of_id == whole.id)).one()
    assert (part.text, part.quote_consent) == ("نريد تمويلًا ثابتًا.", whole.quote_consent)
    assert reviewer.get(f"/manage/agm/review/excerpt/{part.id}/parts").status_code == 404
    assert reviewer.post(f"/manage/agm/review/excerpt/{whole.id + 1}/parts/{part.id}/drop").status_code == 404
    reviewer.post(f"{page}/{part.id}/drop")
    db.session.rollback()
    assert db.session.scalars(select(Coding).where(Coding.excerpt_id == part.id)).all() == []
    reviewer.get("/manage/agm/review/changes").text.index("Took the themes off a part of an answer")


def test_the_list_of_a_theme_tells_passages_from_answers(house: House) -> None:
    whole, scope = house.excerpts[3], Scope(house.consultation_id, OWN)
    for words in ("too long.", "Meetings take"):
        span = passages.typed_span(whole.text, words)
        passages.code_passage(house.session, whole, span, themes=house.themes[2:], by_id=house.ana)
    page = queries.excerpt_page(house.session, scope, queries.Filters(theme_id=house.themes[2].id))
    assert (page.total, page.answers, _counts(house)[2]) == (2, 1, 1)
    everything = queries.excerpt_page(house.session, scope, queries.Filters())
    assert (everything.total, everything.answers) == (6, 6)


def test_one_part_stands_in_one_place(house: House) -> None:
    """Two that look at the same moment both find none: the table says no to the second."""
    whole = house.excerpts[3]
    span = passages.typed_span(whole.text, "too long.")
    part = passages.code_passage(house.session, whole, span, themes=house.themes[:1], by_id=house.ana)
    columns = {c.name: getattr(part, c.name) for c in Excerpt.__table__.columns if c.name != "id"}
    with pytest.raises(IntegrityError), house.session.begin_nested():
        house.session.add(Excerpt(**columns))
        house.session.flush()
    # A whole text is no part: any number of them begin at 0.
    house.session.add(Excerpt(**columns | {"part_of_id": None}))
    house.session.flush()


def test_parts_stay_with_their_words_when_these_are_corrected(house: House) -> None:
    whole = house.excerpts[0]
    consultation = house.session.get(Consultation, house.consultation_id)
    text = "Roads are bad. Fees are high. Roads are bad. Boards are slow."
    sources.change_excerpt(house.session, consultation, whole, text=text, language="en")
    second = text.rindex("Roads")
    spans = {"first": (0, 14), "second": (second, second + 14), "slow": (text.index("Boards"), len(text))}
    parts = {
        name: passages.code_passage(house.session, whole, span, themes=house.themes[:1], by_id=house.ana)
        for name, span in spans.items()
    }
    for corrected, places in (
        ("Well! " + text, [6, second + 6]),
        (text, [0, second]),
        (text.replace("high", "much too high"), [0, second + 9]),
    ):
        assert sources.change_excerpt(house.session, consultation, whole, text=corrected, language="en") == 0
        assert [parts[name].start_offset for name in ("first", "second")] == places
        assert all(whole.text[p.start_offset : p.end_offset] == p.text for p in parts.values())
    corrected = "Roads are bad. Fees are high. Roads are good."
    assert sources.change_excerpt(house.session, consultation, whole, text=corrected, language="en") == 2
    left = house.session.scalars(select(Excerpt).where(Excerpt.part_of_id == whole.id)).all()
    assert left == [parts["first"]] and parts["first"].start_offset == 0
    entry = house.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry.details["lost_parts"] == 2
