"""Headings, tables and flip charts, and who asks: told apart from what was said, and never for good."""

from __future__ import annotations

from io import BytesIO

import pytest
from sqlalchemy import select

from consult.evidence import drafts
from consult.evidence.cutting import cut_text, likely_way
from consult.evidence.models import EvidenceDraft, EvidenceSource, Excerpt, excerpt_groups
from consult.extensions import db
from tests.consult.evidence.house import BASE, W, bring, docx, make_source, paragraph, press
from tests.support import text_of

LONG = "We need a road to the school that is safe in winter."
TALK = """Interviewer: How is the road?
A woman: Bad.
Interviewer: Thank you. Who else
Rana: I say so too.
A woman: Very bad, and far.
Interviewer: And the water?"""


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"Workshop\n\n{LONG}", [(LONG, "")]),
        (f"Workshop\n\nRoads\n\n{LONG}\n\nRoads\n\n{LONG}", [(LONG, ""), (LONG, "")]),
        (f"Roads first\n\nWater\n\nSchools\n\n{LONG}",
         [("Roads first", ""), ("Water", ""), ("Schools", ""), (LONG, "")]),
        ("Roads.\n\n" + LONG, [("Roads.", ""), (LONG, "")]),
        ("Only this", [("Only this", "")]),
        (f"# Findings\n\nShort.\n\n#1 matters\n\n{LONG}", [("Short.", ""), (LONG, "")]),
        (f"Flip chart 2:\n\n{LONG}\n\nطاولة ٣\n\n{LONG}", [(LONG, "Flip chart 2"), (LONG, "طاولة ٣")]),
        (f"الطاولة الأولى\n\n{LONG}", [(LONG, "الطاولة الأولى")]),
        ("Table 1\nmore roads\nwater\nTable 2\nschools",
         [("more roads", "Table 1"), ("water", "Table 1"), ("schools", "Table 2")]),
        ("Table\tSaid\n1\tWe need roads to the school\n2\tWater comes once a week",
         [("We need roads to the school", "Table 1"), ("Water comes once a week", "Table 2")]),
        ("Need\tWhy\nRoads to every school\tThe bus does not come in winter\nWater\tOnce a week is too little",
         [("Need: Roads to every school\nWhy: The bus does not come in winter", ""),
          ("Need: Water\nWhy: Once a week is too little", "")]),
        ("a\tb\nc\td", [("a – b", ""), ("c – d", "")]),
        (TALK, [("Bad.", ""), ("Rana: I say so too.", ""), ("Very bad, and far.", "")]),
        ("س: متى؟\nج: أمس\nس: أين؟\nج: هنا", [("أمس", ""), ("هنا", "")]),
        ("ر: متى؟\nج: أمس\nر: أين؟\nج: هنا", [("أمس", ""), ("هنا", "")]),
        ("المُيسّر: أهلا\nج: أمس\nالمُيسّر: تفضل\nج: هنا", [("أمس", ""), ("هنا", "")]),
        ("ر: أهلا\nج: أمس؟\nر: تفضل\nج: هنا", [("أهلا", ""), ("أمس؟", ""), ("تفضل", ""), ("هنا", "")]),
    ],
)  # fmt: skip
def test_what_only_frames_the_evidence_is_told_apart(text: str, kept: list) -> None:
    cuts = cut_text(text, likely_way(text))
    assert [(cut.text, cut.station) for cut in cuts if not cut.is_frame] == kept


def test_frames_are_ticked_out_and_stand_beside_what_follows(facilitator, consultation) -> None:
    source = make_source(consultation.id)
    preview = bring(facilitator, source.id, text=TALK)
    page = facilitator.get(preview).text
    assert page.count('name="frame"') == 6 and page.count("checked") == 2, (
        "the last question has nothing behind it"
    )
    assert "Save 4 excerpts" in text_of(page)
    press(facilitator, preview, "save")
    rows = db.session.scalars(select(Excerpt).order_by(Excerpt.position)).all()
    assert [(row.text, row.lead) for row in rows] == [
        ("Bad.", "How is the road?"),
        ("Rana: I say so too.", "Thank you. Who else"),
        ("Very bad, and far.", ""),
        ("And the water?", ""),
    ]


def test_a_frame_is_ticked_in_and_a_piece_ticked_out(facilitator, consultation) -> None:
    source = make_source(consultation.id)
    preview = bring(facilitator, source.id, text=f"Workshop\n\n{LONG}\n\nOn buses.\n\n{LONG}")
    press(facilitator, preview, "save", frame=["2"])
    rows = db.session.scalars(select(Excerpt.text).order_by(Excerpt.position)).all()
    assert rows == ["Workshop", LONG, LONG]


@pytest.mark.parametrize(
    ("pieces", "kept"),
    [
        ("#head|said|#thanks|#bye", [("said", "head"), ("bye", "thanks")]),
        ("#head|said|#thanks||", [("said", "head"), ("thanks", "")]),
        ("#head|#more", [("more", "head")]),
        (f"#{6_000 * 'a'}|#{6_000 * 'b'}|said", [(6_000 * "a", ""), ("said", 6_000 * "b")]),
        (f"#{4_000 * 'a'}|#{4_000 * 'b'}|said", [("said", f"{4_000 * 'a'}\n{4_000 * 'b'}")]),
    ],
)
def test_no_words_are_lost_that_frame_nothing(session, pieces: str, kept: list) -> None:
    draft, parts = EvidenceDraft(content={}), pieces.split("|")
    texts = [part.lstrip("#") for part in parts]
    draft.content = {"pieces": [{"speaker": None, "language": "en", "group": None} for _part in parts]}
    frames = {place for place, part in enumerate(parts) if part.startswith("#")}
    drafts.correct(draft, first=0, texts=texts, frames=frames)
    rows = drafts.ready_rows(draft, EvidenceSource(), fallback="en")
    assert [(row["text"], row["lead"]) for row in rows] == kept
    assert drafts.excerpt_count(draft) == len(kept) + texts.count("")


def test_a_speaker_has_a_group_or_a_label_and_a_piece_its_table(facilitator, consultation, youth) -> None:
    source = make_source(consultation.id, kind="workshop")
    preview = bring(facilitator, source.id, text="A: Roads.\nB: Water.\nA: Schools.\nB: Buses.", way="turn")
    page = facilitator.get(preview).text
    assert "Speaker 1" in text_of(page) and page.count('name="station"') == 4
    sent = {
        "voice-1": " women  farmers,\nIrbid ",
        "group-2": str(youth.id),
        "station": ["", "Table 2", "", ""],
    }
    press(facilitator, preview, "keep", **sent)
    press(facilitator, preview, "save")
    rows = db.session.scalars(select(Excerpt).order_by(Excerpt.position)).all()
    assert [(row.voice, row.station) for row in rows] == [
        ("women farmers, Irbid", ""), ("", "Table 2"), ("women farmers, Irbid", ""), ("", ""),
    ]  # fmt: skip
    assert db.session.scalars(select(excerpt_groups.c.excerpt_id)).all() == [rows[1].id, rows[3].id]
    page = text_of(facilitator.get(f"{BASE}/{source.id}").text)
    assert "women farmers, Irbid" in page and "Table 2" in page


def test_hidden_signs_in_a_label_are_refused(facilitator, consultation) -> None:
    source = make_source(consultation.id)
    preview = bring(facilitator, source.id, text="A: Roads.\nB: Water.\nA: Schools.\nB: Buses.", way="turn")
    answer = press(facilitator, preview, "save", **{"voice-1": "a\u202eb"})
    assert "hidden signs" in text_of(facilitator.get(answer.location).text)
    assert db.session.scalars(select(Excerpt)).all() == []


def test_columns_say_who_spoke_at_which_table(facilitator, consultation) -> None:
    source = make_source(consultation.id)
    content = b"Speaker,Table,Words\nwomen farmers,Table 1,We need roads\n,,Water comes once a week\n"
    columns = bring(facilitator, source.id, file=(BytesIO(content), "n.csv"))
    answer = facilitator.post(columns, data={"text": "Words", "voice": "Speaker", "station": "Table"})
    press(facilitator, answer.location, "save")
    rows = db.session.scalars(select(Excerpt).order_by(Excerpt.position)).all()
    assert [(row.text, row.voice, row.station) for row in rows] == [
        ("We need roads", "women farmers", "Table 1"), ("Water comes once a week", "", ""),
    ]  # fmt: skip


def test_headings_of_a_document_are_seen_by_their_style(facilitator, consultation) -> None:
    def styled(style: str, text: str) -> str:
        return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>'

    level = '<w:p><w:pPr><w:outlineLvl w:val="1"/></w:pPr><w:r><w:t>Of a level.</w:t></w:r></w:p>'
    names = f'<w:styles {W}><w:style w:styleId="a3"><w:name w:val="heading 2"/></w:style></w:styles>'
    body = (
        styled("Heading1", "Is it one?") + paragraph("Short.") + styled("a3", "One, too.") + paragraph("So.")
    )
    source = make_source(consultation.id)
    file = docx(body + level + paragraph("End."), **{"word/styles.xml": names})
    press(facilitator, bring(facilitator, source.id, file=(file, "n.docx")), "save")
    rows = db.session.scalars(select(Excerpt).order_by(Excerpt.position)).all()
    assert [(row.text, row.lead) for row in rows] == [
        ("Short.", "Is it one?"), ("So.", "One, too."), ("End.", "Of a level."),
    ]  # fmt: skip


def test_who_spoke_and_where_is_corrected_afterwards(facilitator, consultation) -> None:
    source = make_source(consultation.id, "Roads")
    number = db.session.scalars(select(Excerpt.id)).one()
    address = f"{BASE}/excerpts/{number}"
    assert (
        facilitator.post(
            address, data={"text": "Roads", "voice": " farmers ", "station": "Table 1"}
        ).status_code
        == 303
    )
    page = facilitator.get(address).text
    assert 'value="farmers"' in page and 'value="Table 1"' in page
    assert facilitator.post(address, data={"text": "Roads", "voice": "a\u202eb"}).status_code == 422
    facilitator.post(address, data={"text": "Roads."})
    db.session.rollback()
    row = db.session.get(Excerpt, number)
    assert (row.text, row.voice, row.station, row.source_id) == ("Roads.", "farmers", "Table 1", source.id)


def test_what_stands_before_an_excerpt_is_corrected_and_not_shown_beside_masked_words(
    facilitator, consultation
) -> None:
    source = make_source(consultation.id, "She said so.", language="en")
    row = db.session.scalars(select(Excerpt)).one()
    row.lead = "And what did Rana Haddad say?"
    row.redacted_text = "[name] said so."
    db.session.commit()
    number = row.id
    shown = f"{BASE}/{source.id}"
    assert "Rana" not in facilitator.get(shown).text
    address = f"{BASE}/excerpts/{number}"
    assert "Rana Haddad" in facilitator.get(address).text
    facilitator.post(address, data={"text": "She said so.", "lead": "And what did [name] say?\r\nTell us. "})
    page = text_of(facilitator.get(shown).text)
    assert "And what did [name] say?" in page and "Rana" not in page
    assert facilitator.post(address, data={"text": "x", "lead": 10_001 * "a"}).status_code == 422
    facilitator.post(address, data={"text": "She said so."})
    db.session.rollback()
    assert db.session.get(Excerpt, number).lead == "And what did [name] say?\nTell us."
    facilitator.post(address, data={"text": "She said so.", "lead": ""})
    db.session.rollback()
    assert db.session.get(Excerpt, number).lead == ""
