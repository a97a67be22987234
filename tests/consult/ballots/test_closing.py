"""Closing: answers become responses in random order, receipts are published, and nothing of the slots is left."""

from __future__ import annotations

import base64
import json
import sqlite3

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import func, select

from consult.ballots import files, keeping
from consult.ballots.manifest import is_genuine
from consult.ballots.models import Slot, SlotSet
from consult.ballots.slots import rid_of
from consult.cli import consult
from consult.consultations import export, services
from consult.consultations.receipt_views import manifest_of
from consult.errors import DomainError
from consult.extensions import db
from consult.transaction import writing
from consult.verification import find_faults
from surveys.models import Answer, Response
from tests.consult.ballots.house import SLUG, Member, make, named, opened
from tests.support import on_both_databases


@pytest.fixture
def member(client) -> Member:
    return Member(client)


def close() -> None:
    with writing() as session:
        services.close_consultation(session, named())
    db.session.remove()


@on_both_databases
def test_answers_become_responses_and_the_slots_go(app, member):
    codes = opened(8)
    receipts = [member.answer(code, change=f"رأي {number}").receipt for number, code in enumerate(codes[:6])]
    member.post(f"/c/{SLUG}/withdraw", {"code": codes[5]})
    with pytest.raises(DomainError):
        export.responses_of(db.session(), named())
    close()
    session = db.session()
    responses = session.scalars(select(Response)).all()
    assert sorted(one.answers["t2"] for one in responses) == [f"رأي {number}" for number in range(5)]
    assert {one.submitted_at.time().isoformat() for one in responses} == {"00:00:00"}
    assert {one.started_at for one in responses} == {None} and {one.receipt for one in responses} == {""}
    assert session.scalar(select(func.count()).select_from(Answer)) == 15
    assert session.scalars(select(Slot)).all() == []
    assert find_faults(session)[0] == []
    slot_set = session.scalars(select(SlotSet)).one()
    assert slot_set.receipts == sorted(receipts[:5]) and slot_set.is_wiped
    close()
    assert db.session.scalar(select(func.count()).select_from(Response)) == 5


@on_both_databases
@pytest.mark.parametrize("step", ["wipe", "mark"])
def test_a_crash_in_the_middle_of_closing_is_made_good_by_the_job(app, member, monkeypatch, step):
    codes = opened(6)
    for code in codes:
        member.answer(code)

    def crash(*_args: object, **_options: object) -> None:
        raise RuntimeError("power cut")

    with monkeypatch.context() as patch:
        if step == "wipe":
            patch.setattr(files, "wipe", crash)
        else:
            patch.setattr(keeping.closing, "mark_wiped", crash)
        close()
    assert db.session.scalar(select(func.count()).select_from(Response)) == 6
    assert not db.session.scalars(select(SlotSet)).one().is_wiped
    db.session.remove()
    keeping.keep()
    assert db.session.scalars(select(SlotSet)).one().is_wiped
    assert db.session.scalar(select(func.count()).select_from(Response)) == 6


def test_a_crash_before_the_commit_leaves_it_open(app, member, monkeypatch):
    code = opened(3)[0]
    member.answer(code)
    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr(services.audit, "record", lambda *_a, **_o: (_ for _ in ()).throw(RuntimeError()))
        close()
    db.session.remove()
    assert named().status == "open" and db.session.scalars(select(Response)).all() == []
    assert member.answer(code).receipt


def test_nothing_of_the_slots_is_left_in_the_files(app, instance, member):
    codes = opened(8)
    rids = [rid_of(named(), code) for code in codes]
    for code in codes[:6]:
        member.answer(code)
    before = (instance / "mashura.sqlite3").read_bytes()
    assert all(rid in before for rid in rids)
    close()
    left = b"".join(path.read_bytes() for path in instance.glob("mashura.sqlite3*"))
    assert not any(rid in left for rid in rids)
    assert not any(code.encode() in left for code in codes)
    with sqlite3.connect(instance / "mashura.sqlite3") as connection:
        assert connection.execute("PRAGMA freelist_count").fetchone() == (0,)


def test_the_list_is_signed_and_public(app, client, member, tmp_path):
    codes = opened(8)
    receipts = [member.answer(code).receipt for code in codes[:6]]
    assert client.get(f"/c/{SLUG}/receipts").status_code == 404
    with pytest.raises(DomainError):
        manifest_of(named())
    close()
    page = client.get(f"/c/{SLUG}/receipts").text
    assert all(receipt in page for receipt in receipts)
    manifest = json.loads(client.get(f"/c/{SLUG}/receipts.json").data)
    assert manifest["receipts"] == sorted(receipts) and manifest["count"] == 6
    text = client.get(f"/c/{SLUG}/receipts.txt").data
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(manifest["public_key"]))
    public.verify(base64.b64decode(manifest["signature"]), text)
    assert is_genuine(manifest, manifest["public_key"])
    for change in (
        {"count": 5},
        {"receipts": sorted(receipts)[1:]},
        {"closed": "2020-01-01"},
        {"signature": "AA"},
    ):
        assert not is_genuine(manifest | change, manifest["public_key"])


def test_many_receipts_are_shown_by_their_first_sign(app, client, session):
    opened(3)
    close()
    found = [f"{sign}{number:04}-00000" for sign in "0AZ" for number in range(400)]
    with writing() as session:
        session.scalars(select(SlotSet)).one().receipts = found
    page = client.get(f"/c/{SLUG}/receipts").text
    assert "A0001-00000" not in page and "first=Z" in page
    page = client.get(f"/c/{SLUG}/receipts?first=a").text
    assert "A0399-00000" in page and "Z0001" not in page


def test_the_commands_from_the_codes_to_the_manifest(app, instance, member, tmp_path, monkeypatch):
    monkeypatch.setenv("CONSULT_INSTANCE", str(instance))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    make()
    db.session.remove()
    run = CliRunner()
    out = tmp_path / "codes.csv"

    def call(*words: str):
        return run.invoke(consult, list(words))

    def refused(*words: str) -> str:
        result = call(*words)
        assert result.exit_code == 1
        return result.output

    assert "must be made before" in refused("open", SLUG)
    assert "Bring in the roll first" in refused("codes", SLUG, "--out", str(out))
    assert call("codes", SLUG, "--out", str(out), "--count", "9").exit_code == 0
    lines = out.read_text().splitlines()
    assert lines[0] == "code,link" and len(lines) == 10
    code, link = lines[1].split(",")
    assert link.endswith(f"/c/{SLUG}#{code}") and len(code) == 12
    assert "cannot be made again" in refused("codes", SLUG, "--out", str(out), "--count", "9")
    assert call("open", SLUG).exit_code == 0
    receipt = member.answer(code).receipt
    manifest = tmp_path / "manifest.json"
    assert "only after it is closed" in refused("manifest", SLUG, "--out", str(manifest))
    answers = tmp_path / "answers.json"
    assert "only after it is closed" in refused("export", SLUG, "--format", "json", "--out", str(answers))
    assert call("close", SLUG).exit_code == 0
    assert call("manifest", SLUG, "--out", str(manifest)).exit_code == 0
    assert json.loads(manifest.read_text())["receipts"] == [receipt]
    assert call("export", SLUG, "--format", "json", "--out", str(answers)).exit_code == 0
    assert [one["answers"]["change"] for one in json.loads(answers.read_text())["responses"]] == [
        "مزيد من التدريب"
    ]
