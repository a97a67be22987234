"""Summaries as a reviewer’s browser gets them: from the drafts to a signed version, and when something is wrong."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from consult.access.models import AuditEntry, Staff
from consult.consultations.models import Consultation
from consult.evidence.models import Excerpt
from consult.extensions import db
from consult.review import double
from consult.review.models import Coding, Theme
from consult.review.scope import Scope
from consult.summary.models import ChosenQuote, SignedQuote, Summary, SummaryVersion
from consult.summary.queries import draft_of, signed_summaries
from consult.transaction import commits
from tests.consult.review.answers import QUESTION, answer_all, make_consultation
from tests.support import text_of

BASE = "/manage/agm/summary/"
PART = f"{BASE}part/{QUESTION}"


def inputs(page: str) -> dict[str, object]:
    """What a browser would send of the page as it stands."""
    found: dict[str, object] = {}
    form = page[page.index('class="summary-form"') :]
    for tag in re.findall(r"<input[^>]*>", form):
        name = re.search(r'name="([^"]+)"', tag)
        value = unescape((re.search(r'value="([^"]*)"', tag) or [None, ""])[1])
        if name and not ("checkbox" in tag and " checked" not in tag):
            found.setdefault(name[1], []).append(value)  # type: ignore[union-attr]
    for name, words in re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.S):
        found.setdefault(name, []).append(unescape(words))  # type: ignore[union-attr]
    return found


@pytest.fixture
def begun(reviewed: Consultation, reviewer: FlaskClient) -> FlaskClient:
    assert reviewer.post(f"{BASE}begin").status_code == 302
    return reviewer


def summary(question_id: str | None = QUESTION) -> Summary:
    db.session.rollback()
    db.session.expire_all()
    same = Summary.question_id.is_(None) if question_id is None else Summary.question_id == question_id
    return db.session.scalars(select(Summary).where(same)).one()


def send(client: FlaskClient, address: str = PART, **changes: object):
    return client.post(address, data={**inputs(client.get(address).text), **changes})


def themes() -> list[Theme]:
    return list(db.session.scalars(select(Theme).order_by(Theme.id)))


def test_the_list_offers_to_begin_and_then_shows_every_summary(reviewed, reviewer) -> None:
    assert "Write the drafts" in reviewer.get(BASE).text
    reviewer.post(f"{BASE}begin")
    page = text_of(reviewer.get(BASE).text)
    assert "The whole consultation" in page and page.count("draft, not signed") == 2
    assert "Write the drafts" not in page
    reviewer.post(f"{BASE}begin")
    assert len(db.session.scalars(select(Summary)).all()) == 2


def test_the_draft_says_what_the_figures_say_in_each_language(begun) -> None:
    draft = draft_of(db.session(), summary()).draft
    theme = draft.content.themes[0]
    assert draft.text("introduction-en").startswith("45 answers were given to this question.")
    assert draft.text(f"theme-{theme.theme_id}-en").startswith("Of 45 answers, 15 (33%) speak about “")
    assert set(theme.text) == {"ar", "en"} and "45 إجابة" in theme.text["ar"]


def test_everything_on_the_page_is_saved_with_one_button(begun) -> None:
    first, second, third = (
        theme.theme_id for theme in draft_of(db.session(), summary()).draft.content.themes
    )
    page = begun.get(PART).text
    quote = re.search(rf'name="quote-{first}" value="(\d+)"', page)[1]
    words = "كلمات المراجع " * 700
    answer = send(
        begun,
        **{
            f"theme-{first}-ar": words.strip()[:10_000],
            f"out-{third}": "yes",
            f"place-{first}": "٢",
            f"quote-{first}": quote,
            f"translation-{quote}-ar": "ترجمة",
        },
    )
    assert answer.status_code == 303
    draft = draft_of(db.session(), summary()).draft
    assert [theme.theme_id for theme in draft.content.themes] == [second, first, third]
    moved = draft.content.themes[1]
    assert moved.text["ar"] == words.strip()[:10_000].strip()
    assert [(q.excerpt_id, q.translations) for q in moved.quotes] == [(int(quote), {"ar": "ترجمة"})]
    assert draft.left_out == {third}
    assert [theme.theme_id for theme in draft.to_sign().themes] == [second, first]
    assert inputs(begun.get(PART).text)[f"quote-{first}"] == [quote]


def test_who_translates_a_quote_wants_it(begun) -> None:
    page = begun.get(PART).text
    first = draft_of(db.session(), summary()).draft.content.themes[0].theme_id
    quote = re.search(rf'name="quote-{first}" value="(\d+)"', page)[1]
    send(begun, **{f"translation-{quote}-ar": "ترجمة"})
    assert [q.excerpt_id for q in db.session.scalars(select(ChosenQuote))] == [int(quote)]
    data = inputs(begun.get(PART).text)
    del data[f"quote-{first}"]
    begun.post(PART, data=data)
    assert db.session.scalars(select(ChosenQuote)).all() == []


@pytest.mark.parametrize("way, expected", [("down", [1, 0, 2]), ("up", [0, 1, 2])])
def test_buttons_move_a_theme(begun, way: str, expected: list[int]) -> None:
    before = [theme.theme_id for theme in draft_of(db.session(), summary()).draft.content.themes]
    answer = send(begun, move=f"{before[0]}:{way}")
    assert answer.headers["Location"].endswith(f"#theme-{before[0]}")
    after = [theme.theme_id for theme in draft_of(db.session(), summary()).draft.content.themes]
    assert after == [before[i] for i in expected]


@pytest.mark.parametrize(
    "name, value, says",
    [
        ("introduction-en", "x" * 10_001, "This text has 10001 characters"),
        ("limits-ar", "نص \u202e مقلوب", "hidden signs"),
        ("place-{theme}", "first", "Type a place such as 1, 2 or 3."),
        ("place-{theme}", "-1", "Type a place such as 1, 2 or 3."),
    ],
)
def test_what_cannot_be_saved_is_said_and_kept_on_the_page(begun, name: str, value: str, says: str) -> None:
    name = name.format(theme=themes()[0].id)
    answer = send(begun, **{name: value, "dissent-en": "Some disagree."})
    assert answer.status_code == 422 and says in text_of(answer.text)
    kept = inputs(answer.text)
    assert kept[name] == [value] and kept["dissent-en"] == ["Some disagree."]
    assert draft_of(db.session(), summary()).draft.text("dissent-en") == ""


def test_two_reviewers_do_not_overwrite_each_other(begun) -> None:
    mine = inputs(begun.get(PART).text)
    send(begun, **{"introduction-en": "Theirs."})
    answer = begun.post(PART, data={**mine, "introduction-en": "Mine."})
    assert answer.status_code == 409
    page = text_of(answer.text)
    assert "Saved meanwhile by somebody else:" in page and "Theirs." in page
    assert inputs(answer.text)["introduction-en"] == ["Mine."]
    assert draft_of(db.session(), summary()).draft.text("introduction-en") == "Theirs."
    begun.post(PART, data={**inputs(answer.text), "introduction-en": "Both."})
    assert draft_of(db.session(), summary()).draft.text("introduction-en") == "Both."


def test_new_figures_are_taken_when_asked_and_leave_a_persons_words(begun) -> None:
    first, second = draft_of(db.session(), summary()).draft.content.themes[:2]
    send(begun, **{f"theme-{first.theme_id}-en": "My own words."})

    @commits
    def move() -> None:
        coded = select(Coding).where(Coding.theme_id == first.theme_id).order_by(Coding.id)
        for coding in db.session.scalars(coded).all()[:3]:
            coding.theme_id = second.theme_id

    move()
    page = text_of(begun.get(PART).text)
    assert "The figures have changed" in page
    assert draft_of(db.session(), summary()).draft.content.themes[0].count == 15
    send(begun, action="figures")
    draft = draft_of(db.session(), summary()).draft
    assert {theme.theme_id: theme.count for theme in draft.content.themes[:2]} == {
        first.theme_id: 12, second.theme_id: 18,
    }  # fmt: skip
    assert draft.text(f"theme-{first.theme_id}-en") == "My own words."
    assert "18 (40%)" in draft.text(f"theme-{second.theme_id}-en")
    assert "The figures have changed" not in begun.get(PART).text


def test_the_factual_draft_is_put_behind_what_is_typed(begun) -> None:
    name = f"theme-{themes()[0].id}-en"
    drafted = draft_of(db.session(), summary()).draft.drafted[name]
    send(begun, **{name: "Mine.", "use": name})
    assert draft_of(db.session(), summary()).draft.text(name) == f"Mine.\n\n{drafted}"


def test_suggested_themes_are_accepted_on_the_page(closed, reviewer) -> None:
    reviewer.post(f"{BASE}begin")
    assert draft_of(db.session(), summary()).draft.content.themes == ()
    ids = [theme.id for theme in themes()]
    send(reviewer, action="accept", accept=ids[:2], **{"introduction-en": "Kept."})
    draft = draft_of(db.session(), summary()).draft
    assert {theme.theme_id for theme in draft.content.themes} == set(ids[:2])
    assert draft.text("introduction-en") == "Kept."
    assert [theme.status for theme in themes()] == ["accepted", "accepted", "suggested"]


def sign(client: FlaskClient, *parts: str, **more: object):
    page = client.get(f"{BASE}sign").text
    revisions = dict(re.findall(r'name="(revision-[^"]+)" value="(\d+)"', page))
    return client.post(f"{BASE}sign", data={"part": list(parts), **revisions, **more})


def test_signing_makes_a_version_that_stays(begun) -> None:
    assert sign(begun, QUESTION, "whole-consultation", note="First.").status_code == 303
    whole, question = signed_summaries(db.session(), summary().consultation_id)
    assert (whole.content.question_id, question.content.question_id) == (None, QUESTION)
    assert (question.version, question.signed_by, question.note) == (1, "reviewer@example.org", "First.")
    assert [entry.details for entry in db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "summary.signed").order_by(AuditEntry.id)
    )] == [{"part": part, "version": 1} for part in ("whole-consultation", QUESTION)]  # fmt: skip
    send(begun, **{"introduction-en": "Another word."})
    assert "changed since version 1 was signed" in text_of(begun.get(PART).text)
    compared = begun.get(f"{PART}/compare").text
    assert "<ins>" in compared and "<del>" in compared
    sign(begun, QUESTION)
    first, second = db.session.scalars(
        select(SummaryVersion)
        .where(SummaryVersion.summary_id == summary().id)
        .order_by(SummaryVersion.number)
    )
    assert first.content["introduction"]["en"].startswith("45 answers")
    assert second.content["introduction"]["en"] == "Another word."
    assert "Another word." not in begun.get(f"{PART}/version/1").text
    assert "Another word." in begun.get(f"{PART}/version/2").text
    assert "The two are the same." in begun.get(f"{PART}/compare?from=2&to=2").text


def test_signing_the_same_twice_makes_one_version(begun) -> None:
    sign(begun, QUESTION)
    page = begun.get(f"{BASE}sign").text
    assert "nothing has changed since" in page
    answer = sign(begun, QUESTION)
    assert answer.status_code == 409 and "Nothing has changed" in text_of(answer.text)
    assert len(db.session.scalars(select(SummaryVersion)).all()) == 1


def test_what_is_signed_is_what_was_read(begun) -> None:
    stale = {f"revision-{QUESTION}": "0", "part": QUESTION}
    send(begun, **{"introduction-en": "Saved after the page was opened."})
    assert begun.post(f"{BASE}sign", data=stale).status_code == 409
    assert db.session.scalars(select(SummaryVersion)).all() == []


def _code_twice() -> None:
    """Two people code the same answers apart from each other."""
    scope = Scope(summary().consultation_id, QUESTION)
    ids = [theme.id for theme in themes()[:2]]

    @commits
    def code() -> None:
        session = db.session()
        people = [Staff(email=f"{n}@example.org", fs_uniquifier=f"double-{n}", active=True) for n in "ab"]
        session.add_all(people)
        session.flush()
        one = double.begin_round(session, scope, size=20, by_id=people[0].id)
        first, second = (session.get_one(Theme, number) for number in ids)
        for number, excerpt_id in enumerate(one.excerpt_ids):
            for person in people:
                about = [first] if number % 2 else [second]
                excerpt = session.get(Excerpt, excerpt_id)
                double.code_blind(session, one, excerpt, themes=about, by_id=person.id)

    code()


def test_limits_that_are_out_of_date_are_told_at_signing_and_can_be_taken_anew(begun) -> None:
    told = "What the limits of the data rest on has changed since they were drafted"
    assert told not in text_of(begun.get(f"{BASE}sign").text)
    assert "No answers were coded by two people" in summary().draft["content"]["limits"]["en"]
    sign(begun, QUESTION)
    _code_twice()
    page = begun.get(f"{BASE}sign").text
    assert told in text_of(page) and "Take the figures and limits of now" in page
    revisions = dict(re.findall(r'name="(revision-[^"]+)" value="(\d+)"', page))
    stale = {f"revision-{QUESTION}": "0", "note": "Kept while I look."}
    refused = begun.post(f"{PART}/figures", data=stale)
    assert refused.status_code == 409 and "Kept while I look." in refused.text
    taken = begun.post(f"{PART}/figures", data={**revisions, "note": "Kept while I look."})
    assert taken.status_code == 200 and "Kept while I look." in taken.text
    limits = summary().draft["content"]["limits"]["en"]
    assert "Krippendorff's α 1.00" in limits and "No answers were coded by two people" not in limits
    assert sign(begun, QUESTION).status_code == 303
    assert signed_summaries(db.session(), summary().consultation_id)[-1].version == 2


def test_limits_in_a_persons_words_stay_when_figures_are_taken_anew(begun) -> None:
    send(begun, **{"limits-en": "Only those came who had a bus."})
    _code_twice()
    assert "What the limits of the data rest on has changed" in text_of(begun.get(PART).text)
    page = begun.get(f"{BASE}sign").text
    revisions = dict(re.findall(r'name="(revision-[^"]+)" value="(\d+)"', page))
    assert begun.post(f"{PART}/figures", data=revisions).status_code == 200
    assert summary().draft["content"]["limits"]["en"] == "Only those came who had a bus."
    assert "Krippendorff's α 1.00" in summary().draft["drafted"]["limits-en"]
    assert "What the limits of the data rest on has changed" not in text_of(begun.get(PART).text)


def refusals(client: FlaskClient) -> str:
    assert sign(client, QUESTION).status_code == 409
    assert db.session.scalars(select(SummaryVersion)).all() == []
    return text_of(client.get(f"{BASE}sign").text)


def test_a_theme_that_is_not_accepted_is_not_signed(begun) -> None:
    @commits
    def retire() -> None:
        db.session.execute(update(Theme).where(Theme.id == themes()[0].id).values(status="retired"))

    retire()
    assert "not accepted any more" in refusals(begun)
    send(begun, **{f"out-{themes()[0].id}": "yes"})
    assert sign(begun, QUESTION).status_code == 303


def test_nothing_is_signed_with_a_quote_that_may_not_be_published(begun) -> None:
    quote = re.search(rf'name="quote-{themes()[0].id}" value="(\d+)"', begun.get(PART).text)[1]
    send(begun, **{f"quote-{themes()[0].id}": quote})

    @commits
    def withdraw() -> None:
        db.session.execute(update(Excerpt).where(Excerpt.id == int(quote)).values(quote_consent=False))

    withdraw()
    assert "Quotes that may not be published" in refusals(begun)
    assert "This quote may not be published now" in begun.get(PART).text


def test_a_summary_without_words_is_not_signed(begun) -> None:
    empty = {name: "" for name in inputs(begun.get(PART).text) if name.endswith("-en") and "-" in name}
    send(begun, **empty)
    assert "Nothing is written in English." in refusals(begun)


def test_nothing_is_signed_while_people_answer(app, reviewer) -> None:
    @commits
    def prepare() -> None:
        consultation = make_consultation(db.session())
        answer_all(db.session(), consultation)

    prepare()
    reviewer.post(f"{BASE}begin")
    send(reviewer, **{"introduction-en": "So far."})
    assert "has not closed yet" in refusals(reviewer)


def test_words_of_an_erased_answer_are_gone_everywhere(begun) -> None:
    quote = int(re.search(rf'name="quote-{themes()[0].id}" value="(\d+)"', begun.get(PART).text)[1])
    send(begun, **{f"quote-{themes()[0].id}": quote, f"translation-{quote}-ar": "ترجمة"})
    sign(begun, QUESTION)
    text = db.session.get(Excerpt, quote).text
    assert text in begun.get(f"{PART}/version/1").text

    @commits
    def erase() -> None:
        db.session.delete(db.session.get(Excerpt, quote))

    erase()
    page = begun.get(f"{PART}/version/1").text
    assert text not in page and "ترجمة" not in page
    assert "A quote stood here." in page
    assert db.session.scalars(select(SignedQuote)).all() == []
    assert db.session.scalars(select(ChosenQuote)).all() == []
    (signed,) = signed_summaries(db.session(), summary().consultation_id)
    assert [(q.is_erased, q.text, q.translations) for q in signed.content.quotes] == [(True, "", {})]


def test_more_quotes_are_chosen_on_a_page_of_their_own(begun) -> None:
    theme = themes()[0]
    answer = send(begun, more=str(theme.id))
    page = begun.get(answer.headers["Location"]).text
    offered = re.findall(r'name="quote" value="(\d+)"', page)
    assert len(offered) == 15
    data = {"theme": theme.id, "quote": [*offered[-2:], offered[-1], "999999"]}
    begun.post(f"{PART}/quotes", data=data)
    chosen = db.session.scalars(select(ChosenQuote).order_by(ChosenQuote.position)).all()
    assert [(q.theme_id, q.excerpt_id) for q in chosen] == [(theme.id, int(i)) for i in offered[-2:]]
    begun.post(f"{PART}/quotes", data=data)
    assert len(db.session.scalars(select(ChosenQuote)).all()) == 2
    everything = begun.get(f"{PART}/quotes?theme=grave").text
    assert len(re.findall(r'name="quote" value="\d+"', everything)) == 30


def test_writing_needs_the_right_to_read_answers(begun, client, sign_in) -> None:
    sign(begun, QUESTION)
    sign_in(client, "facilitator")
    assert client.get(PART).status_code == 403
    assert client.get(f"{BASE}sign").status_code == 403
    assert client.get(f"{PART}/compare").status_code == 403
    assert client.post(f"{BASE}begin").status_code == 403
    page = client.get(f"{PART}/version/1")
    assert page.status_code == 200 and "Signed by" in text_of(page.text)


@pytest.mark.parametrize("address", ["part/nothing", "part/nothing/version/1", f"part/{QUESTION}/version/9"])
def test_what_is_not_there_is_not_found(begun, address: str) -> None:
    assert begun.get(f"{BASE}{address}").status_code == 404


def test_answers_to_an_anonymous_consultation_wait_until_it_has_closed(app, reviewer) -> None:
    @commits
    def prepare() -> None:
        consultation = make_consultation(db.session())
        consultation.access, consultation.privacy = "roll", "anonymous"

    prepare()
    page = text_of(reviewer.get(BASE).text)
    assert "can be read after it has closed" in page and "Write the drafts" not in page
    assert reviewer.post(f"{BASE}begin").status_code == 302
    assert db.session.scalars(select(Summary)).all() == []


def test_reading_quotes_is_recorded(begun) -> None:
    begun.get(PART)
    read = select(AuditEntry).where(AuditEntry.action == "responses.read")
    assert db.session.scalars(read).all()[-1].details == {"summary": True, "part": QUESTION}
