"""Guessing becomes slow, for all processes together; mistyping does not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_security import hash_password
from sqlalchemy import func, select

from consult.access import brake
from consult.access.models import Attempts, Staff
from consult.extensions import db
from tests.consult.consultations.members import at_once
from tests.support import on_both_databases

SAID = "Too many wrong passwords"
CODES = "Too many wrong codes for this account"
PASSWORD = "a long password"


class Clock:
    time = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def pass_(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(brake, "now", made)
    return made


@pytest.fixture
def person(app: Flask, staff) -> Staff:
    made = staff("admin")
    made.password = hash_password(PASSWORD)
    db.session.commit()
    return made


def rows() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Attempts))


@on_both_databases
def test_the_waiting_doubles_up_to_a_minute_and_is_forgotten(app, clock: Clock) -> None:
    def waits(number: int) -> Iterator[float]:
        for _ in range(number):
            while left := brake.sign_in.attempt("a"):
                yield left.total_seconds()
                clock.pass_(left.total_seconds())

    assert list(waits(brake.FREE + 8)) == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]
    assert not brake.sign_in.attempt("b") and not brake.own_password.attempt("a")
    clock.pass_(15 * 60 + 1)
    assert not brake.sign_in.attempt("a")
    clock.pass_(-3600)  # a clock that was set back keeps nobody out
    assert not brake.sign_in.attempt("a")
    clock.pass_(26 * 3600)
    brake.forget()
    assert rows() == 0


@on_both_databases
def test_guesses_at_the_same_moment_are_all_counted(app) -> None:
    def guess() -> bool:
        with app.app_context():
            return bool(brake.own_password.attempt("a"))

    assert at_once(*[guess] * 12).count(False) == brake.FREE


def test_another_process_knows_what_was_counted_here(app, instance, clock: Clock) -> None:
    for _ in range(brake.FREE):
        brake.sign_in.attempt("a")
    assert brake.Waiting("sign-in").attempt("a") == timedelta(seconds=1)
    for _ in range(60):
        assert not brake.too_many_wrong_codes(1)
    app.extensions.pop("brakes", None)  # what a process remembers by itself
    assert brake.too_many_wrong_codes(1)
    assert not brake.too_many_wrong_codes(2)
    clock.pass_(61)
    assert not brake.too_many_wrong_codes(1)


def test_beyond_the_limit_a_guess_costs_the_database_nothing(app, clock: Clock) -> None:
    for _ in range(61):
        brake.too_many_wrong_codes(1)
    before = db.session.scalars(select(Attempts.count).order_by(Attempts.count)).all()
    assert brake.too_many_wrong_codes(1)
    db.session.rollback()
    after = db.session.scalars(select(Attempts.count).order_by(Attempts.count)).all()
    assert before == [61, 61] and after == [61, 62]


def test_no_name_is_stored(app) -> None:
    brake.sign_in.attempt("mona@example.org")
    assert "mona" not in db.session.scalars(select(Attempts.name)).one()


def test_guessing_is_slowed_for_known_and_unknown_accounts_alike(
    client: FlaskClient, person: Staff, clock: Clock
) -> None:
    def send(email: str, password: str):
        return client.post("/login", data={"email": email, "password": password})

    for email in (person.email, "nobody@example.org"):
        for _ in range(brake.FREE):
            assert SAID not in send(email, "wrong").text
        assert SAID in send(f" {email.upper()} ", PASSWORD).text
    clock.pass_(2)
    assert send(person.email, PASSWORD).status_code == 302
    assert client.get("/manage/").status_code == 200


def test_a_mistyped_password_costs_nothing(client: FlaskClient, person: Staff, clock: Clock) -> None:
    client.post("/login", data={"email": person.email, "password": "mistyped"})
    assert client.post("/login", data={"email": person.email, "password": PASSWORD}).status_code == 302
    assert rows() == 0


def test_the_old_password_is_not_guessed_when_it_is_changed(client, person, sign_in, clock) -> None:
    sign_in(client, person=person)
    new = {"new_password": "another long one", "new_password_confirm": "another long one"}
    for _ in range(brake.FREE):
        assert SAID not in client.post("/change", data={"password": "wrong", **new}).text
    assert SAID in client.post("/change", data={"password": PASSWORD, **new}).text
    clock.pass_(2)
    assert client.post("/change", data={"password": PASSWORD, **new}).status_code == 302


def test_two_new_passwords_that_differ_are_no_guess(client, person, sign_in, clock) -> None:
    sign_in(client, person=person)
    for _ in range(brake.FREE + 2):
        answer = client.post(
            "/change",
            data={"password": PASSWORD, "new_password": "x" * 12, "new_password_confirm": "y" * 12},
        )
        assert SAID not in answer.text


def test_the_password_asked_for_once_more_is_not_guessed(client, person, sign_in, clock) -> None:
    sign_in(client, person=person)
    for _ in range(brake.FREE):
        assert SAID not in client.post("/verify", data={"password": "wrong"}).text
    assert SAID in client.post("/verify", data={"password": PASSWORD}).text


@pytest.mark.filterwarnings("ignore:Passing SelectField choices")  # the library that asks for the factor
@pytest.mark.parametrize("address", ["/tf-validate", "/mf-recovery"])
def test_the_second_factor_is_not_guessed(client, person, clock, address) -> None:
    totp = client.application.extensions["security"].totp_factory
    person.tf_primary_method, person.tf_totp_secret = "authenticator", totp.generate_totp_secret()
    person.mf_recovery_codes = ["aaaa-bbbb-cccc"]
    db.session.commit()
    entered = client.post("/login", data={"email": person.email, "password": PASSWORD})
    assert entered.status_code == 302
    for _ in range(brake.FREE):
        assert CODES not in client.post(address, data={"code": "000000"}).text
    assert CODES in client.post(address, data={"code": "aaaa-bbbb-cccc"}).text
