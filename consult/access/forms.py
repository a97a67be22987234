"""Forms of the staff's own account."""

from __future__ import annotations

from typing import Any

from flask import current_app
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_security import (
    ChangePasswordForm,
    LoginForm,
    MfRecoveryForm,
    TwoFactorVerifyCodeForm,
    VerifyForm,
    current_user,
)
from wtforms import Field, PasswordField, StringField, SubmitField

from consult.access import brake
from consult.access.brake import Waiting
from consult.i18n import is_language_switch
from surveys.i18n import N_

WRONG_CODES = N_("Too many wrong codes for this account. Wait a minute, then try again.")


class StaffLoginForm(LoginForm):
    """The staff's sign-in form in the words of the house, with a brake on guessing."""

    email = StringField(_("E-mail address"), render_kw={"autocomplete": "username", "dir": "ltr"})
    password = PasswordField(_("Password"), render_kw={"autocomplete": "current-password", "dir": "ltr"})
    submit = SubmitField(_("Sign in"))
    must_wait = False

    def validate_on_submit(self, extra_validators=None) -> bool:
        return not is_language_switch() and super().validate_on_submit(extra_validators)

    def validate(self, **kwargs: Any) -> bool:
        name = _account(self.email.data or "")
        if brake.sign_in.attempt(name):
            self.must_wait = True  # in words of its own on the page: it says nothing about the password
            self.form_errors.append(gettext(brake.MUST_WAIT))
            return False
        is_right = super().validate(**kwargs)
        if is_right:
            brake.sign_in.succeeded(name)
        return is_right


class _Guarded:
    """A form by which a member of staff shows to be who she is. Every attempt is counted before it is looked at."""

    guesses: Waiting
    field: str
    words = brake.MUST_WAIT

    def validate(self, **kwargs: Any) -> bool:
        typed: Field = self[self.field]  # type: ignore[index]
        name = str(self._person().fs_uniquifier)
        if typed.data and self.guesses.attempt(name):
            typed.errors = [gettext(self.words)]
            return False
        is_right = super().validate(**kwargs)  # type: ignore[misc]
        if is_right:
            self.guesses.succeeded(name)
        elif typed.data and not typed.errors:
            self.guesses.not_tried(name)  # something else on the page is wrong
        return bool(is_right)

    def _person(self) -> Any:
        return self.user  # type: ignore[attr-defined]


class StaffVerifyForm(_Guarded, VerifyForm):
    """The password once more."""

    guesses, field = brake.own_password, "password"


class StaffChangePasswordForm(_Guarded, ChangePasswordForm):
    """The old password, and a new one."""

    guesses, field = brake.own_password, "password"

    def _person(self) -> Any:
        return current_user


class StaffSecondFactorForm(_Guarded, TwoFactorVerifyCodeForm):
    """The six digits that an app shows."""

    guesses, field, words = brake.second_factor, "code", WRONG_CODES


class StaffRecoveryForm(_Guarded, MfRecoveryForm):
    """A recovery code in place of these."""

    guesses, field, words = brake.second_factor, "code", WRONG_CODES


def _account(email: str) -> str:
    """The address as accounts are looked up by, so that no other spelling of it gets guesses of its own."""
    try:
        return str(current_app.extensions["security"]._mail_util.normalize(email.strip())).casefold()
    except ValueError:
        return email.strip().casefold()
