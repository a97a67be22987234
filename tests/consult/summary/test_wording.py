"""Wording that another program proposes: a real server that behaves well and badly, and what is not taken from it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sqlalchemy import select

from consult.config import WritingSettings
from consult.consultations.models import Consultation
from consult.extensions import db
from consult.review.models import Theme
from consult.summary.errors import SummaryError
from consult.summary.queries import draft_of
from consult.summary.wording import Material, checked
from consult.transaction import commits
from tests.consult.review.answers import QUESTION
from tests.consult.summary.test_pages import BASE, PART, inputs, send, sign, summary
from tests.support import text_of

MATERIAL = Material(
    language="en",
    facts="Of 132 answers, 41 (31%) speak about “Water”. Where they stand: in favour 20.",
    names=["Water", "ماء"],
    quotes=["We walk two hours for clean water, every day.", "نريد ماءً نظيفًا لكل قرية"],
)


@pytest.mark.parametrize(
    "words",
    [
        "Nearly a third of the answers (41 of 132, 31%) are about “Water”.",
        "٤١ من 132 إجابة تناولت «ماء»: «نريد ماءً نظيفًا».",
        'One wrote: "We walk two hours for clean water".',
        "They say ‘clean water, every day’ and it’s people’s wish.",
    ],
)
def test_what_was_sent_may_be_said(words: str) -> None:
    assert checked(f"  {words}\r\n", MATERIAL) == words


@pytest.mark.parametrize(
    "words, code",
    [
        ("42 of 132 answers are about it.", "own_figure"),
        ("About ٣٣٪ of them.", "own_figure"),
        ("31.5% of them.", "own_figure"),
        ("One wrote: “We walk three hours for clean water”.", "not_verbatim"),
        ("One wrote: «نريد ماء نظيفا لكل مدينة».", "not_verbatim"),
        ("One wrote: “lean water”.", "not_verbatim"),
        ("They are 'very angry'.", "not_verbatim"),
        ("", "no_wording"),
        ("Water. " * 1000, "no_wording"),
        ("Water \u202e.", "no_wording"),
    ],
)
def test_what_was_not_sent_may_not(words: str, code: str) -> None:
    with pytest.raises(SummaryError) as refused:
        checked(words, MATERIAL)
    assert refused.value.code == code


class Server(ThreadingHTTPServer):
    """Answers as a program that writes does; `says`: a text, or a status."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.says: str | int | bytes = ""
        self.asked: list[dict] = []


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        assert self.path == "/v1/chat/completions"
        self.server.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        says = self.server.says
        if isinstance(says, int):
            self.send_response(says)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if isinstance(says, str):
            says = json.dumps({"choices": [{"message": {"content": says}}]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(says)))
        self.end_headers()
        self.wfile.write(says)

    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture
def writer(app) -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        app.config["WRITING"] = WritingSettings(
            address=f"http://127.0.0.1:{running.server_address[1]}/v1", model="small"
        )
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def begun(reviewed: Consultation, reviewer):
    reviewer.post(f"{BASE}begin")
    return reviewer


def first() -> str:
    return f"theme-{db.session.scalars(select(Theme.id).order_by(Theme.id)).first()}-en"


def test_it_is_off_by_default(begun) -> None:
    assert "Ask for a wording" not in begun.get(PART).text
    before = draft_of(db.session(), summary()).draft
    assert send(begun, propose=first()).status_code == 303
    assert draft_of(db.session(), summary()).draft == before
    assert "No program that proposes wording is set up here." in text_of(begun.get(PART).text)


def test_a_proposal_is_marked_until_a_person_edits_or_confirms_it(begun, writer: Server) -> None:
    writer.says = "A third of the answers, 15 of 45, go into this."
    name = first()
    drafted = draft_of(db.session(), summary()).draft.drafted[name]
    assert "Ask for a wording" in begun.get(PART).text
    send(begun, propose=name)
    assert draft_of(db.session(), summary()).draft.text(name) == writer.says
    assert "proposed by another program" in begun.get(PART).text
    answer = sign(begun, QUESTION)
    assert answer.status_code == 409 and "nobody has edited or confirmed: 1" in text_of(answer.text)
    said = json.loads(writer.asked[0]["messages"][1]["content"])
    assert said["facts"] == drafted and said["quotes"] == [] and writer.asked[0]["model"] == "small"
    send(begun, confirm=name)
    assert "proposed by another program" not in begun.get(PART).text
    assert sign(begun, QUESTION).status_code == 303


def test_what_a_person_wrote_stays_before_the_proposal(begun, writer: Server) -> None:
    writer.says = "15 of 45."
    send(begun, **{first(): "My words.", "propose": first()})
    assert draft_of(db.session(), summary()).draft.text(first()) == "My words.\n\n15 of 45."
    send(begun, **{first(): "My words, and 15 of 45."})
    assert draft_of(db.session(), summary()).draft.proposed == {}


@pytest.mark.parametrize(
    "says, message",
    [
        ("99 of 45.", "it names the figure 99"),
        ("“Never said.”", "it quotes words that nobody said so"),
        (500, "refused: status 500"),
        (302, "refused: status 302"),
        (b"{}", "did not send a text"),
        (b'{"choices": [{"message": {"content": null}}]}', "did not send a text"),
        (b"\xff", "did not send a text"),
    ],
)
def test_what_goes_wrong_is_said_and_changes_nothing(begun, writer: Server, says, message: str) -> None:
    writer.says = says
    before = draft_of(db.session(), summary()).draft
    send(begun, propose=first())
    assert message in text_of(begun.get(PART).text)
    assert draft_of(db.session(), summary()).draft == before


def test_only_quotes_that_may_be_published_are_sent(begun, writer: Server) -> None:
    theme = first().split("-")[1]
    quote = inputs(begun.get(PART).text)[f"offered-{theme}"][0]
    writer.says = "15 of 45."
    send(begun, **{f"quote-{theme}": quote, "propose": first()})
    said = json.loads(writer.asked[0]["messages"][1]["content"])
    assert said["quotes"] == [next(q.text for q in draft_of(db.session(), summary()).draft.content.quotes)]


def test_nothing_of_an_anonymous_consultation_is_sent(begun, writer: Server, app) -> None:
    @commits
    def hide() -> None:
        consultation = db.session.scalars(select(Consultation)).one()
        consultation.access, consultation.privacy = "roll", "anonymous"

    hide()
    send(begun, propose=first())
    assert writer.asked == []
    assert "is not sent to another server" in text_of(begun.get(PART).text)


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert WritingSettings.load().destination is None
    monkeypatch.setenv("CONSULT_WRITING", "endpoint:https://key@models.example.org/v1")
    monkeypatch.setenv("CONSULT_WRITING_ANONYMOUS", "allowed")
    found = WritingSettings.load()
    assert (found.destination, found.anonymous_may_leave) == ("models.example.org", True)
