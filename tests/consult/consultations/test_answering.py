"""Answering from the start page to the receipt, and what people do on the way."""

from __future__ import annotations

import re
from functools import partial

import pytest
from sqlalchemy import select

from consult.consultations import progress
from consult.consultations.visit import submission_key
from consult.extensions import db
from surveys import services as survey_services
from surveys.drafts import begin_draft
from surveys.models import Answer, Response
from surveys.queries import latest_version
from tests.consult.consultations.members import ANSWERS, FIRST_PAGE, SECOND_PAGE, SLUG, Member, at_once, place
from tests.support import inputs_of, on_both_databases, text_of


@on_both_databases
def test_from_the_start_page_to_the_receipt(member: Member, stored) -> None:
    start = member.get()
    assert (start.status_code, stored()) == (200, ([], []))
    method, action = re.search(r'<form method="(\w+)" action="/c/members([^"]*)"', start.text).groups()
    assert (method, "Set-Cookie" in start.headers) == ("get", False)
    first = member.get(f"{action}?action=continue")
    assert "Section 1 of 2" in first.text and "<title>Section 1 of 2" in first.text
    assert stored() == ([], []), "opening a page stored something"
    assert place(member.post("/1", **FIRST_PAGE, action="continue")) == "/2"
    assert place(member.post("/2", **SECOND_PAGE, action="continue")) == "/check"
    check = text_of(member.get("/check").text)
    assert [words in check for words in ("Amman", "More meetings", "25", "Women", "Training", "Yes")] == [
        True
    ] * 6
    assert 'id="receipt"' not in member.get("/check").text
    assert place(member.submit()) == "/receipt"
    assert stored() == ([], [ANSWERS])
    response = db.session.scalars(select(Response)).one()
    assert member.receipt == response.receipt
    assert (response.language, response.channel, response.is_test, response.quote_consent) == (
        "en", "online", False, True,
    )  # fmt: skip


def test_the_start_page_is_short_and_says_what_one_must_know(member: Member) -> None:
    page = member.get().text
    words = text_of(page[page.index("<main") : page.index("</main>")])
    assert len(words.split()) <= 120
    assert "about 3 minutes" in words and "Privacy" in words and "Our promise" in words


@pytest.mark.parametrize("path", ["", "/1", "/2", "/check", "/receipt", "/copy", "/saved", "/background"])
def test_no_page_stores_anything_on_opening(member: Member, stored, path: str) -> None:
    member.get(path)
    member.begin()
    response = member.get(path)
    assert response.status_code in (200, 302)
    assert response.headers["Cache-Control"] == "no-store"
    assert stored() == ([], [])


def test_pages_out_of_reach_lead_to_the_start(member: Member) -> None:
    paths = ("/0", "/2", "/99", "/check", "/receipt", "/copy", "/saved")
    assert [place(member.get(path)) for path in paths] == [""] * 7
    assert place(member.post("/1", **FIRST_PAGE)) == ""
    assert place(member.submit()) == ""
    assert member.client.get("/c/no-such-consultation").status_code == 404


@on_both_databases
def test_submitting_twice_gives_one_response_and_the_same_receipt(member: Member, stored) -> None:
    member.fill_in()
    assert place(member.submit()) == "/receipt"
    first = member.receipt
    assert place(member.submit()) == "/receipt"
    assert (member.receipt, stored()) == (first, ([], [ANSWERS]))


@on_both_databases
def test_submitting_many_times_at_the_same_moment(app, member: Member, stored) -> None:
    member.fill_in()
    tabs = [Member(app).like(member) for _ in range(8)]
    results = at_once(*(tab.submit for tab in tabs))
    assert [place(result) for result in results] == ["/receipt"] * 8
    assert len({tab.receipt for tab in tabs}) == 1
    assert stored() == ([], [ANSWERS])
    answered = db.session.execute(select(Answer.question_id)).scalars().all()
    assert sorted(answered) == ["a1", "i1", "m1", "m1", "o1", "t1", "t2"]


@on_both_databases
def test_sending_the_first_page_many_times_at_the_same_moment(app, member: Member, stored) -> None:
    member.begin()
    tabs = [Member(app).like(member) for _ in range(8)]
    results = at_once(*(partial(tab.post, "/1", **FIRST_PAGE, action="continue") for tab in tabs))
    assert [place(result) for result in results] == ["/2"] * 8
    assert stored() == ([{"t1": "Amman", "t2": "More meetings", "i1": 25}], [])


@on_both_databases
def test_pages_sent_from_two_tabs_at_the_same_moment_lose_nothing(app, member: Member, stored) -> None:
    for _ in range(5):
        member.post("/finish")
        member.begin()
        member.post("/1", change="First thought", action="save")
        results = at_once(
            partial(Member(app).like(member).post, "/1", **FIRST_PAGE, action="continue"),
            partial(Member(app).like(member).post, "/2", **SECOND_PAGE, action="continue"),
        )
        assert [place(result) for result in results] == ["/2", "/check"]
    assert stored() == ([ANSWERS] * 5, [])


@on_both_databases
def test_a_page_saved_while_another_tab_submits(app, member: Member, stored) -> None:
    for _ in range(5):
        member.post("/finish")
        member.fill_in()
        first, *others = [Member(app).like(member) for _ in range(4)]
        results = at_once(
            first.submit, *(partial(tab.post, "/2", **SECOND_PAGE, action="continue") for tab in others)
        )
        assert place(results[0]) == "/receipt"
        assert {place(result) for result in results[1:]} <= {"/check", "/receipt"}
    assert stored() == ([], [ANSWERS] * 5)


def test_the_back_button_after_submitting_changes_nothing(member: Member, stored) -> None:
    member.fill_in()
    member.submit()
    receipt = member.receipt
    late = member.post("/1", place="Cairo", change="Something else", action="continue")
    assert late.status_code == 409
    assert "Answers were sent already" in late.text  # nobody is left to think that the change was taken
    assert member.post("/1", place="Amman", action="continue").status_code == 409
    assert place(member.post("/1", **FIRST_PAGE, action="continue")) == "/receipt"
    assert place(member.post("/2", **SECOND_PAGE, action="continue")) == "/receipt"
    assert [place(member.get(path)) for path in ("/1", "/2", "/check")] == ["/receipt"] * 3
    assert (member.receipt, stored()) == (receipt, ([], [ANSWERS]))


def test_the_start_page_after_submitting_offers_the_receipt_and_a_new_person(member: Member, stored) -> None:
    member.fill_in()
    member.submit()
    start = member.get()
    assert "Answers were sent from this device already." in text_of(start.text)
    first_form = re.search(r"<form.*?</form>", start.text, re.S)[0]
    assert 'action="/c/members/begin"' in first_form and 'value="continue"' in first_form
    assert place(member.post("/begin", action="continue")) == "/1"
    assert member.get("/1").status_code == 200
    assert place(member.post("/1", **FIRST_PAGE, action="continue")) == "/2"
    assert stored() == ([{"t1": "Amman", "t2": "More meetings", "i1": 25}], [ANSWERS])


def test_beginning_anew_after_submitting_is_a_second_response(member: Member, stored) -> None:
    member.fill_in()
    member.submit()
    first = member.receipt
    member.fill_in()
    member.submit()
    assert member.receipt != first
    assert stored() == ([], [ANSWERS, ANSWERS])


def test_two_tabs_share_one_draft(app, member: Member, stored) -> None:
    member.begin()
    other = Member(app).like(member)
    member.post("/1", **FIRST_PAGE, action="continue")
    other.post("/2", **SECOND_PAGE, action="continue")
    assert stored() == ([ANSWERS], [])
    assert place(other.submit()) == "/receipt"
    assert place(member.submit()) == "/receipt"
    assert member.receipt == other.receipt


@on_both_databases
def test_two_devices_with_one_return_code(app, member: Member, stored) -> None:
    member.begin()
    assert place(member.post("/1", **FIRST_PAGE, action="save")) == "/saved"
    code = re.search(r'class="receipt">([^<]+)<', member.get("/saved").text)[1].strip()
    phone = Member(app)
    assert place(phone.come_back(f" {code.lower()} ")) == "/1"
    assert inputs_of(phone.get("/1").text)["place"] == ["Amman"]
    assert place(phone.post("/2", **SECOND_PAGE, action="continue")) == "/check"
    assert place(phone.submit()) == "/receipt"
    assert place(member.submit()) == "/receipt"
    assert (member.receipt, stored()) == (phone.receipt, ([], [ANSWERS]))


@pytest.mark.parametrize(
    "code", ["", "ABCD", "no such code at all", "\x00", "\u202eABCD\u202c", "A" * 100_000]
)
def test_a_wrong_return_code_is_refused_in_words(member: Member, code: str, stored) -> None:
    response = member.come_back(code)
    assert response.status_code == 422
    assert "No saved answers were found with this code." in text_of(response.text)
    assert stored() == ([], [])


@pytest.mark.parametrize(("origin", "is_taken"), [
    (None, True), ("http://localhost", True), ("http://evil.example", False), ("null", False),
    ("http://localhost.evil.example", False), ("https://localhost:8443", False),
])  # fmt: skip
def test_no_other_site_can_make_a_device_hold_its_code(app, member: Member, origin, is_taken: bool) -> None:
    """Otherwise it could read, with that code, what a member writes on the device afterwards."""
    member.begin()
    member.post("/1", **FIRST_PAGE, action="continue")
    victim = Member(app)
    response = victim.client.post(
        f"/c/{SLUG}/return", data={"return_code": member.code}, headers={"Origin": origin} if origin else {}
    )
    assert (response.status_code, victim.code) == ((303, member.code) if is_taken else (400, ""))


def test_change_on_the_check_page_returns_to_it(member: Member, stored) -> None:
    member.fill_in()
    links = re.findall(rf'href="/c/{SLUG}(/1\?then=check)#([^"]+)"', member.get("/check").text)
    assert links
    address, anchor = links[0]
    page = member.get(address)
    assert f'id="{anchor}"' in page.text
    assert inputs_of(page.text)["place"] == ["Amman"]
    changed = {**FIRST_PAGE, "place": "Cairo"}
    assert place(member.post(address, **changed, action="continue")) == "/check"
    assert stored() == ([ANSWERS | {"t1": "Cairo"}], [])


def test_emptying_an_answer_takes_it_away(member: Member, stored) -> None:
    member.fill_in()
    member.post("/1", place="", change="More meetings", staff="", action="continue")
    member.post("/2", trust="yes", action="continue")
    assert stored() == ([{"t2": "More meetings", "a1": "id-yes"}], [])
    assert text_of(member.get("/check").text).count("Not provided") == 4


def test_a_required_answer_that_is_missing(member: Member, stored) -> None:
    member.begin()
    response = member.post("/1", place="Amman", change=" \u200b ", action="continue")
    assert response.status_code == 422
    assert "<title>Error:" in response.text
    link = re.search(r'class="summary".*?href="#([^"]+)"', response.text, re.S)[1]
    assert re.search(rf'<textarea[^>]*id="{re.escape(link)}"[^>]*aria-invalid="true"', response.text)
    assert inputs_of(response.text)["place"] == ["Amman"]
    assert stored() == ([], [])


def test_what_is_required_may_wait_when_saving_but_not_when_sending(member: Member, stored) -> None:
    member.begin()
    assert place(member.post("/1", place="Amman", action="save")) == "/saved"
    assert stored() == ([{"t1": "Amman"}], [])
    assert place(member.post("/2", kind="women", action="back")) == "/1"
    refused = member.submit()
    assert refused.status_code == 422
    assert "Some questions still need an answer" in text_of(refused.text)
    assert refused.text.count('<a href="/c/members/') >= 2
    assert stored() == ([{"t1": "Amman", "o1": "id-women"}], [])


def test_an_answer_over_the_limit_is_sent_back_with_its_count(member: Member, stored) -> None:
    member.begin()
    typed = "م" * 201
    response = member.post("/1", **{**FIRST_PAGE, "change": typed}, action="continue")
    assert response.status_code == 422
    assert "Characters written: 201. Most allowed: 200." in text_of(response.text)
    assert typed in response.text
    assert inputs_of(response.text)["place"] == ["Amman"]
    assert stored() == ([], [])
    huge = member.post("/1", **{**FIRST_PAGE, "change": "م" * 100_000}, action="save")
    assert (huge.status_code, "100000" in huge.text) == (422, True)


def test_a_limit_counts_a_line_end_once(member: Member, stored) -> None:
    """A browser sends line ends as two characters; the limit that people see counts them as one."""
    member.begin()
    assert place(member.post("/1", change="\r\n".join(["a"] * 100) + "b", action="continue")) == "/2"
    assert stored()[0] == [{"t2": "\n".join(["a"] * 100) + "b"}]


@pytest.mark.parametrize("typed", ["25", "٢٥", "۲۵", " ٢٥ ", "\u200f٢٥", "25.0", "٢٥٫٠"])
def test_numbers_in_every_kind_of_digit(member: Member, stored, typed: str) -> None:
    member.begin()
    member.post("/1", **{**FIRST_PAGE, "staff": typed}, action="continue")
    assert stored()[0] == [{"t1": "Amman", "t2": "More meetings", "i1": 25}]


@pytest.mark.parametrize("typed", ["1.250", "many", "25.5", "-1", "5001", "²", "٢٥a", "9" * 400])
def test_numbers_that_are_asked_again(member: Member, stored, typed: str) -> None:
    member.begin()
    response = member.post("/1", **{**FIRST_PAGE, "staff": typed}, action="continue")
    assert response.status_code == 422
    assert inputs_of(response.text)["staff"] == [typed]
    assert stored() == ([], [])


@on_both_databases
def test_signs_that_turn_the_direction_of_writing_are_kept_and_isolated(member: Member, stored) -> None:
    member.begin()
    typed = "abc \u202etxet\u202c שלום مرحبا"
    member.post("/1", **{**FIRST_PAGE, "change": typed}, action="continue")
    member.post("/2", **SECOND_PAGE, action="continue")
    assert stored()[0] == [ANSWERS | {"t2": typed}]
    assert re.search(rf'<dd dir="auto"[^>]*>{typed}</dd>', member.get("/check").text)


ODD = {
    "nul": b"place=A%00B&change=x",
    "lone surrogate": b"place=%ED%A0%80&change=x",
    "broken UTF-8": b"place=%FF%FE&change=%C3",
    "raw bytes": b"\xff\xfe\x00place=\x00&&&==&change",
    "many fields": b"&".join(b"f%d=1" % n for n in range(2000)),
    "unknown option": b"change=x&place=y&kind=none-of-these",
    "twice": b"place=a&place=b&change=x&change=y",
    "unknown action": b"place=a&change=b&action=%F0%9F%92%A5",
}


@on_both_databases
@pytest.mark.parametrize("body", ODD.values(), ids=ODD.keys())
def test_odd_bytes_are_refused_in_words_or_stored_clean(member: Member, body: bytes, stored) -> None:
    member.begin()
    for path in ("/1", "/2", "/check", "/return", "/begin", "/finish"):
        response = member.client.post(
            f"/c/{SLUG}{path}", data=body, content_type="application/x-www-form-urlencoded"
        )
        assert response.status_code in (200, 302, 303, 400, 422), path
        assert "Traceback" not in response.text
    texts = [answers.get("t1", "") for answers in stored()[0]]
    assert not any("\x00" in text or any("\ud800" <= sign <= "\udfff" for sign in text) for text in texts)


ODD_ADDRESSES = ("/c/%00", "/c/%ED%A0%80", "/c/members%00/1", "/c/a%00/check", f"/c/members/{10**30}")


@on_both_databases
@pytest.mark.parametrize("path", ODD_ADDRESSES)
def test_odd_addresses_are_not_found(member: Member, path: str) -> None:
    response = member.client.get(path)
    assert response.status_code in (400, 404)
    assert "To the front page" in text_of(response.text)


@on_both_databases
@pytest.mark.parametrize("query", ["lang=%00", "lang=%ED%A0%80", "then=%00", "x=%FF"])
def test_odd_queries_do_no_harm(member: Member, query: str) -> None:
    member.begin()
    assert [member.get(f"{path}?{query}").status_code for path in ("", "/1")] == [200, 200]


@pytest.mark.parametrize("cookie", ["", "x", "%00", "ü" * 10, "A" * 4000])
def test_odd_cookies_open_nothing(app, consultation, stored, cookie: str) -> None:
    headers = {"Cookie": f"answer={cookie}; lang={cookie}; session={cookie}".encode().decode("latin-1")}
    client = app.test_client()
    pages = [
        client.get(f"/c/{SLUG}{path}", headers=headers).status_code
        for path in ("", "/1", "/check", "/receipt")
    ]
    assert pages[0] == 200 and pages[2:] == [302, 302] and pages[1] in (200, 302)
    assert stored() == ([], [])


def test_switching_language_keeps_the_page_and_what_was_typed(member: Member, stored) -> None:
    member.begin()
    typed = {"place": "Amman", "change": "x" * 300, "staff": "many"}
    response = member.post("/1", **typed, **{"page:language": "ar"})
    assert response.status_code == 200
    assert '<html lang="ar" dir="rtl">' in response.text and "ماذا تغيّر؟" in response.text
    fields = inputs_of(response.text)
    assert (fields["place"], fields["staff"], "x" * 300 in response.text) == (["Amman"], ["many"], True)
    assert 'aria-invalid="true"' not in response.text, "a switch is not yet a submission"
    assert stored() == ([], [])
    assert '<html lang="ar"' in member.get("/1").text, "the choice is remembered"


def test_switching_language_on_the_check_page_sends_nothing(member: Member, stored) -> None:
    member.fill_in()
    response = member.post("/check", **{"page:language": "ar", "page:quote_consent": "yes"})
    assert response.status_code == 200 and '<html lang="ar"' in response.text
    assert re.search(r'name="page:quote_consent"[^>]*checked', response.text)
    assert stored() == ([ANSWERS], [])
    member.submit()
    assert db.session.scalars(select(Response.language)).all() == ["ar"]


def test_finish_on_this_device_leaves_nothing_behind(member: Member, stored) -> None:
    member.fill_in()
    code = member.code
    member.submit()
    member.get("/receipt")
    assert place(member.post("/finish")) == ""
    assert member.code == ""
    assert [place(member.get(path)) for path in ("/receipt", "/copy", "/check", "/2")] == [""] * 4
    assert inputs_of(member.get("/1").text)["place"] == [""]
    assert "Answers were sent from this device already." not in text_of(member.get().text)
    assert code not in member.get().text


def test_finish_before_sending_keeps_the_draft_for_its_code(app, member: Member, stored) -> None:
    member.begin()
    member.post("/1", **FIRST_PAGE, action="continue")
    code = member.code
    member.post("/finish")
    assert inputs_of(member.get("/1").text)["place"] == [""]
    assert place(member.come_back(code)) == "/1"
    assert inputs_of(member.get("/1").text)["place"] == ["Amman"]


def test_the_code_alone_opens_a_draft_and_stands_nowhere(member: Member) -> None:
    member.fill_in()
    code = member.code
    assert code and len(code) >= 12
    for path in ("", "/1", "/2", "/check"):
        assert code not in member.get(path).text
    cookie = member.client.get_cookie("answer", path=f"/c/{SLUG}")
    assert (cookie.http_only, cookie.same_site, cookie.expires) == (True, "Lax", None)


def test_the_copy_shows_what_was_sent(member: Member) -> None:
    member.fill_in()
    member.submit()
    copy = text_of(member.get("/copy").text)
    assert [words in copy for words in (member.receipt, "Amman", "More meetings", "25", "Women")] == [
        True
    ] * 5


@pytest.mark.parametrize("town", ["Amman", "Irbid"])
def test_a_page_that_comes_while_another_device_sends(
    member: Member, consultation, stored, town: str
) -> None:
    """Its draft is begun after the response was stored: nothing is acknowledged that was not sent."""
    member.fill_in()
    member.submit()
    receipt = member.receipt
    begin_draft(
        db.session(),
        version=latest_version(db.session(), consultation.survey_id),
        submission_key=submission_key(member.code),
        language="en",
        answers=ANSWERS | {"t1": town},
        token=member.code,
    )
    db.session.commit()
    late = member.submit()
    if town == ANSWERS["t1"]:
        assert place(late) == "/receipt"
    else:
        assert late.status_code == 409 and "Answers were sent already" in text_of(late.text)
    assert stored() == ([], [ANSWERS]) and member.receipt == receipt


def test_test_responses_are_left_out(member: Member, consultation, stored) -> None:
    member.fill_in()
    member.submit()
    version = latest_version(db.session(), consultation.survey_id)
    for key in ("a", "b"):
        survey_services.submit_response(
            db.session(), version=version, submission_key=key, answers=ANSWERS, language="en", is_test=True
        )
    begin_draft(
        db.session(), version=version, submission_key="c", language="en", answers=ANSWERS, is_test=True
    )
    db.session.commit()
    count = progress.counts_of(db.session(), [consultation])[consultation.id]
    assert (count.submitted, count.unfinished) == (0, 0)  # in steps of five
    assert len(db.session.scalars(select(Answer.response_id).distinct()).all()) == 1


def test_text_is_shown_as_text(member: Member) -> None:
    member.begin()
    typed = '<script>alert("1")</script>{{ 7*7 }} %(x)s </textarea><b>'
    refused = member.post("/1", place=typed, action="continue")
    member.post("/1", place="x", change=typed, action="continue")
    for page in (refused.text, member.get("/1").text, member.get("/check").text):
        assert "<script" not in page and "<b>" not in page and "&lt;script&gt;" in page
        assert "{{ 7*7 }} %(x)s" in page
