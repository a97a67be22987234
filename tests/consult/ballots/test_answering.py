"""Answering anonymously: nothing on the server before submitting, and one answer a code after it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from consult.ballots import payload, slots
from consult.ballots.handing_out import make_codes
from consult.ballots.models import Slot
from consult.ballots.payload import unpacked
from consult.ballots.slots import Outcome, slot_for, slot_set_of, store_answer
from consult.consultations import services
from consult.errors import DomainError
from consult.extensions import db
from surveys.definition import Question, Repeat, Section
from surveys.elements import Quota, ScreenOut
from surveys.questions import question_types
from surveys.questions.texts import LongTextConfig
from tests.consult.ballots.house import DEFINITION, OPINION, PLACE, SLUG, Member, make, named, opened, stored
from tests.support import on_both_databases, sent_by, text_of
from tests.surveys.samples import LONG, SHORT, survey

FILE = Question("f", "file", "upload", {"en": "File"}, config=question_types["upload"].Config())


@pytest.fixture
def member(client) -> Member:
    return Member(client)


def answers() -> list[dict]:
    """What the used slots hold."""
    payloads = db.session.scalars(select(Slot.payload).where(Slot.is_used.is_(True)))
    found = [dict(unpacked(payload).answers) for payload in payloads]
    db.session.rollback()
    return found


@on_both_databases
def test_a_member_answers_and_nothing_is_kept_before_she_sends(app, member):
    codes = opened()
    before = stored()
    page = member.client.get(f"/c/{SLUG}")
    assert 'name="code"' in page.text and 'name="action" value="continue"' in page.text
    first = member.enter(codes[0].lower())
    assert (first.status, first.heading) == (200, "About you")
    second = member.send(first, {**PLACE, **OPINION}, action="continue")
    assert second.heading == "Our work"
    check = member.send(second, OPINION, action="continue")
    assert check.heading == "Check your answers" and "مزيد من التدريب" in check.html
    assert stored() == before and answers() == []
    assert not member.client._cookies
    done = member.send(check, {"page:quote_consent": "yes"}, action="submit")
    assert done.status == 200 and len(done.receipt) == 11
    assert answers() == [{"t1": "غزة", "t2": "مزيد من التدريب", "a1": "id-yes"}]
    assert stored() == before and not member.client._cookies
    assert "مزيد" not in done.html  # nothing shows the answer back


def test_back_change_and_language_keep_what_was_typed(app, member):
    code = opened()[0]
    check = member.to_check(code)
    changing = member.send(check, action="change-1")
    assert changing.heading == "About you" and sent_by(changing.html)["place"] == ["غزة"]
    checked = member.send(changing, {"place": "رفح"}, action="continue")
    assert checked.heading == "Check your answers" and "رفح" in checked.html
    arabic = member.send(checked, **{"page:language": "ar", "page:quote_consent": "yes"})
    assert arabic.heading != "Check your answers" and sent_by(arabic.html)["page:quote_consent"] == ["yes"]
    first = member.enter(code)
    second = member.send(first, {**PLACE, **OPINION}, action="continue")
    back = member.send(second, {"trust": "no"}, action="back")
    assert back.heading == "عنكم" and sent_by(back.html)["place"] == ["غزة"]
    switched = member.send(back, {"place": "نابلس"}, **{"page:language": "ar"})
    assert sent_by(switched.html)["place"] == ["نابلس"]


def test_errors_stand_on_the_page_with_what_was_typed(app, member):
    first = member.enter(opened()[0])
    wrong = member.send(first, {"place": "x" * 21, "change": "y"}, action="continue")
    assert wrong.status == 422 and "Characters written: 21" in text_of(wrong.html)
    assert sent_by(wrong.html)["place"] == ["x" * 21]
    wide = member.send(wrong, {"place": "🙂" * 20, "change": "y"}, action="continue")
    assert wide.status == 422 and "82 bytes, and 42 fit" in text_of(wide.html)
    assert member.send(wide, {"place": "ok", "change": "y"}, action="continue").status == 200


def test_the_longest_answers_that_are_allowed_fit(app, member):
    long = replace(LONG, config=LongTextConfig(max_length=4000))
    code = opened(2, survey(SHORT, long))[0]
    first = member.enter(code)
    second = member.send(first, {"place": "ع" * 20}, action="continue")
    check = member.send(second, {"change": "ك" * 4000}, action="continue")
    assert member.send(check, action="submit").receipt
    assert answers()[0]["t2"] == "ك" * 4000


@on_both_databases
def test_a_resent_form_gives_the_same_receipt_and_another_one_replaces(app, member):
    code = opened()[0]
    done = member.answer(code)
    address, data = member.sent[-1]
    again = member.post(address, data)
    assert (again.status, again.receipt) == (200, done.receipt)
    assert "took" not in again.html and "before. It is gone" not in text_of(again.html)
    newer = member.answer(code, change="شيء آخر")
    assert newer.receipt != done.receipt and "before. It is gone" in text_of(newer.html)
    assert [one["t2"] for one in answers()] == ["شيء آخر"]
    late = member.post(address, data)
    assert (late.status, late.receipt) == (409, "")
    assert [one["t2"] for one in answers()] == ["شيء آخر"]


def test_no_form_of_long_ago_comes_back_to_life(app, member):
    code = opened()[0]
    member.answer(code, change="الأول")
    first = member.sent[-1]
    slot_set, rid = slot_set_of(db.session(), named().id), slot_for(db.session(), named(), code)
    outcomes = []
    for number in range(payload.MOST_OLD_KEYS + 2):
        stored = store_answer(
            db.session(), slot_set=slot_set, rid=rid, definition=DEFINITION, answers={"t2": f"{number:02}"},
            language="ar", quote_consent=False, key=f"key {number}", nonce=b"n" * 16,
        )  # fmt: skip
        outcomes.append(stored.outcome)
    db.session.commit()
    assert outcomes[-3:] == [Outcome.SPENT] * 3 and set(outcomes[:-3]) == {Outcome.REPLACED}
    last = [{"t2": f"{payload.MOST_OLD_KEYS - 2:02}"}]
    assert member.post(*first).status == 409 and answers() == last
    spent = member.answer(code, change="الأخير")
    assert spent.status == 409 and "changed so often" in spent.html and answers() == last
    assert member.post(f"/c/{SLUG}/withdraw", {"code": code}).status == 200 and answers() == []
    assert member.post(*first).status == 409 and answers() == []


@on_both_databases
def test_withdrawing_empties_the_slot_and_old_forms_do_not_fill_it_again(app, member):
    code = opened()[0]
    done = member.answer(code)
    address, data = member.sent[-1]
    gone = member.post(f"/c/{SLUG}/withdraw", {"page:sealed": sent_by(done.html)["page:sealed"][0]})
    assert (gone.status, gone.heading, answers()) == (200, "Withdrawn", [])
    assert member.post(address, data).status == 409 and answers() == []
    assert member.answer(code).receipt and len(answers()) == 1
    assert member.post(f"/c/{SLUG}/withdraw", {"code": code}).status == 200 and answers() == []
    unused = member.post(f"/c/{SLUG}/withdraw", {"code": code})
    assert unused.heading == "Withdrawn"
    assert member.post(f"/c/{SLUG}/withdraw", {"code": "0" * 12}).status == 422


def test_used_and_unused_codes_open_the_same_page(app, member):
    codes = opened()
    member.answer(codes[0])
    pages = [member.enter(code) for code in codes[:2]]
    hidden = [
        replace(page, html=page.html.replace(sent_by(page.html)["page:sealed"][0], "")) for page in pages
    ]
    assert hidden[0] == hidden[1]
    wrong = [member.enter(code) for code in ("0" * 12, "no", "؟" * 300, codes[0] + "0")]
    assert {page.status for page in wrong} == {422}
    assert len({text_of(page.html) for page in wrong}) == 1


def test_codes_are_read_however_they_are_typed(app, member):
    code = opened()[0]
    eastern = code.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    for typed in (f" {code[:4]}-{code[4:8]} {code[8:]} ", code.lower(), eastern, code.replace("0", "O")):
        assert member.enter(typed).status == 200


def test_a_code_of_another_consultation_opens_nothing(app, member):
    codes = opened()
    opened(3, slug="other")
    member.slug = "other"
    assert member.enter(codes[0]).status == 422


def test_seals_cannot_be_made_changed_or_moved(app, member):
    code = opened()[0]
    opened(3, slug="other")
    check = member.to_check(code)
    sealed = sent_by(check.html)["page:sealed"][0]
    for broken in ("", "1", "x" * 50, sealed[:-4] + "AAAA", "2" + sealed[1:], "1" + "ع" * 9):
        page = member.post(check.action, {"page:sealed": broken, "action": "submit"})
        assert (page.status, page.heading) == (400, "This page is too old")
    assert member.post("/c/other/answers/check", {"page:sealed": sealed}).status == 400
    assert answers() == []


def test_the_pages_of_other_modes_lead_to_the_start(app, member):
    opened()
    member.client.set_cookie("answer", "ABCDEFGHJKMN", path=f"/c/{SLUG}")
    for address in ("1", "check", "saved", "receipt", "copy", "ended"):
        found = member.client.get(f"/c/{SLUG}/{address}")
        assert (found.status_code, found.location) == (303, f"/c/{SLUG}")
    for address in ("begin", "1", "check", "return"):
        found = member.client.post(f"/c/{SLUG}/{address}", data={"return_code": "x", "place": "y"})
        assert (found.status_code, found.location) == (303, f"/c/{SLUG}")
    for address in ("enter", "answers/1", "answers/check", "withdraw"):
        assert member.client.get(f"/c/{SLUG}/{address}").status_code == 302


def test_closing_while_somebody_writes(app, member):
    code = opened()[0]
    check = member.to_check(code)
    services.close_consultation(db.session(), named())
    db.session.commit()
    assert member.send(check, action="submit").status == 410
    assert {member.enter(typed).status for typed in (code, "0" * 12)} == {410}
    assert member.post(f"/c/{SLUG}/withdraw", {"code": code}).status == 410


def test_pages_open_and_repeat_by_the_answers(app, member):
    children = Section("s2", "child", {"en": "Child"}, {}, (replace(SHORT, id="t9", name="name"),))
    children = replace(children, relevant="${place} = 'yes'", repeat=Repeat(maximum=4))
    definition = replace(
        survey(SHORT), sections=(Section("s1", "you", {"en": "About you"}, {}, (SHORT,)), children)
    )
    code = opened(3, definition)[0]
    assert member.send(member.enter(code), {"place": "no"}, action="continue").heading == "Check your answers"
    rounds = member.send(member.enter(code), {"place": "yes"}, action="continue")
    two = member.send(rounds, {"child-0-name": "Amal"}, action="add")
    check = member.send(two, {"child-0-name": "Amal", "child-1-name": "Sami"}, action="continue")
    assert member.send(check, action="submit").receipt
    assert answers() == [{"t1": "yes", "s2": [{"t9": "Amal"}, {"t9": "Sami"}]}]


def test_who_is_screened_out_leaves_no_trace(app, member):
    definition = replace(
        survey(SHORT, LONG), screen_outs=(ScreenOut("x", "${place} = 'far'", {"en": "Not for you."}),)
    )
    code = opened(3, definition)[0]
    before = stored()
    ended = member.send(member.enter(code), {"place": "far"}, action="continue")
    assert "Not for you." in ended.html and stored() == before and answers() == []


def test_codes_are_made_once_and_fix_the_survey(app, session):
    consultation = make()
    with pytest.raises(DomainError) as refused:
        services.open_consultation(session, consultation)
    assert refused.value.code == "codes_missing"
    with pytest.raises(DomainError) as refused:
        make_codes(session, consultation)
    assert refused.value.code == "bad_number"
    codes = make_codes(session, consultation, 7)
    assert len(set(codes)) == 7 and {len(code) for code in codes} == {12}
    session.commit()
    with pytest.raises(DomainError) as refused:
        make_codes(session, consultation, 7)
    assert refused.value.code == "codes_made"
    with pytest.raises(DomainError) as refused:
        services.choose_mode(session, consultation, access="roll", privacy="confidential")
    assert refused.value.code == "codes_made"
    consultation.survey.draft = survey(SHORT, replace(LONG, label={"en": "Reworded"})).to_json()
    with pytest.raises(DomainError) as refused:
        services.open_consultation(session, consultation)
    assert refused.value.code == "survey_fixed"
    reworded = [
        replace(LONG, label={"en": "Reworded"}) if one is LONG else one for one in DEFINITION.questions()
    ]
    consultation.survey.draft = survey(*reworded).to_json()
    services.open_consultation(session, consultation, allow_missing_translations=True)


@pytest.mark.parametrize(
    ("definition", "code"),
    [
        (survey(FILE), "files_in_anonymous"),
        (replace(survey(SHORT), quotas=(Quota("q", {"en": "Q"}, "${place} = 'a'", 3),)), "quotas_in_anonymous"),
        (
            survey(*[
                replace(LONG, id=f"t{n}", name=f"t{n}", config=LongTextConfig(max_length=20_000)) for n in range(40)
            ]),
            "survey_too_large",
        ),
    ],
)  # fmt: skip
def test_surveys_that_cannot_be_anonymous_are_refused(app, session, definition, code):
    with pytest.raises(DomainError) as refused:
        make_codes(session, make(definition), 3)
    assert refused.value.code == code


def test_the_number_of_answers_moves_in_steps(app, session, member):
    codes = opened(12)
    shown = []
    for code in codes:
        member.answer(code)
        shown.append(slots.shown_number(session, named().id))
        session.rollback()
    assert shown == [0, 0, 0, 0, 5, 5, 5, 5, 5, 10, 10, 10]
