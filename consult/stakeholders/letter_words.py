"""The words of letters: what they are until somebody writes others, what can be filled in, and what is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from consult.access import audit
from consult.errors import DomainError
from consult.stakeholders.asking import Asking, has_codes, is_anonymous
from consult.stakeholders.entitlement import LetterKind, LetterText
from surveys.i18n import N_
from surveys.text import is_safe_label

PLACEHOLDERS = ("name", "organisation", "title", "link", "code", "closes", "asker")
LONGEST_SUBJECT, LONGEST_BODY = 150, 5000
_PLACE = re.compile(r"\{([^{}\n]{0,60})\}")


def default_text(kind: str, language: str) -> tuple[str, str]:
    """(subject, body) that a letter has until somebody writes another."""
    with force_locale(language):
        if kind == LetterKind.REMINDER:
            subject = _("A reminder: {title}")
            body = _(
                "Dear {name},\n\nWe asked for your views on “{title}” and have not heard from you yet. "
                "Your answer still counts. {closes}\n\n{link}\n\nThe link is yours alone; please do not pass it on.\n\n"
                "{asker}"
            )
        else:
            subject = _("Your views, please: {title}")
            body = _(
                "Dear {name},\n\nWe would like to know what you think about “{title}”. {closes}\n\n"
                "Answer here:\n{link}\n\nIf the page asks for a code, it is {code}. "
                "The link and the code are yours alone; please do not pass them on.\n\n{asker}"
            )
    return subject, body


def carries_code(asking: Asking, kind: str) -> bool:
    """Whether a letter of this kind has a code in it: every one in confidence, and the one with which the codes of an
    anonymous consultation leave."""
    return has_codes(asking) or (is_anonymous(asking) and kind == LetterKind.INVITATION)


def default_anonymous_text(language: str) -> tuple[str, str]:
    """The same for the letter that brings a code which belongs to nobody."""
    with force_locale(language):
        subject = _("Your views, please: {title}")
        body = _(
            "Dear {name},\n\nWe would like to know what you think about “{title}”. {closes}\n\n"
            "Answer here:\n{link}\n\nIf the page asks for a code, it is {code}. Nobody keeps who was given which "
            "code, so nobody can tell what you answered. For the same reason a lost code cannot be made again: keep "
            "this letter, and do not pass it on.\n\n{asker}"
        )
    return subject, body


def default_open_text(kind: str, language: str) -> tuple[str, str]:
    """The same where nobody has a code of their own: everybody gets it, also who has answered."""
    with force_locale(language):
        subject = (
            _("A reminder: {title}") if kind == LetterKind.REMINDER else _("Your views, please: {title}")
        )
        body = _(
            "Dear {name},\n\nWe would like to know what you think about “{title}”. {closes}\n\nAnswer here:\n{link}\n\n"
            "If you have answered already, thank you: there is nothing more to do.\n\n{asker}"
        )
    return subject, body


def closing_words(moment: str) -> str:
    """A sentence that says until when people can answer; empty where nobody has set it."""
    return _("You can answer until %(moment)s.", moment=moment) if moment else ""


def check_text(asking: Asking, *, kind: str, subject: str, body: str) -> None:
    """Raises DomainError for a placeholder that does not exist or cannot be filled in here, for a letter without the
    link, and for hidden signs."""
    if not subject.strip() or "\n" in subject or len(subject) > LONGEST_SUBJECT:
        raise DomainError(
            "bad_subject",
            N_("The subject is one line of at most %(limit)s characters."),
            limit=LONGEST_SUBJECT,
        )
    if len(body) > LONGEST_BODY:
        raise DomainError(
            "long_body", N_("The letter has more than %(limit)s characters."), limit=LONGEST_BODY
        )
    if not is_safe_label(subject) or not is_safe_label(body):
        raise DomainError(
            "hidden_signs",
            N_("This text has hidden signs that change the direction of writing. Please type it again."),
        )
    known = placeholders(asking, kind)
    for text in (subject, body):
        unknown = [name for name in _PLACE.findall(text) if name not in known]
        if unknown or re.search(r"[{}]", _PLACE.sub("", text)):
            raise DomainError(
                "unknown_placeholder",
                N_("“%(name)s” cannot be filled in. What can: %(known)s."),
                name=f"{{{unknown[0]}}}" if unknown else "{ }",
                known=" ".join(f"{{{name}}}" for name in known),
            )
    if "{link}" in subject or "{code}" in subject:
        raise DomainError(
            "code_in_subject", N_("A link or code does not belong in the subject: others see it.")
        )
    if "{link}" not in body:
        raise DomainError("no_link", N_("The letter needs {link}, the address at which people answer."))


def placeholders(asking: Asking, kind: str) -> list[str]:
    """What can be filled in in a letter of this kind."""
    return [name for name in PLACEHOLDERS if name != "code" or carries_code(asking, kind)]


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders filled in; what people wrote is not read for placeholders again."""
    return _PLACE.sub(lambda found: values.get(found[1], found[0]), text)


def text_of(session: Session, asking: Asking, kind: str, language: str) -> tuple[str, str, bool]:
    """(subject, body, whether somebody wrote it for this consultation)."""
    own = session.execute(_own_text(asking, kind, language)).first()
    if own is not None:
        return own.subject, own.body, True
    if is_anonymous(asking) and kind == LetterKind.INVITATION:
        subject, body = default_anonymous_text(language)
    else:
        subject, body = (default_text if has_codes(asking) else default_open_text)(kind, language)
    return subject, body, False


def _own_text(asking: Asking, kind: str, language: str) -> Select:
    return select(LetterText.subject, LetterText.body).where(
        LetterText.consultation_id == asking.id, LetterText.kind == kind, LetterText.language == language
    )


def save_text(session: Session, asking: Asking, *, kind: str, language: str, subject: str, body: str) -> None:
    """Keep the words of a letter in one language. Raises DomainError, see `check_text`."""
    body = body.replace("\r\n", "\n").strip()
    check_text(asking, kind=kind, subject=subject.strip(), body=body)
    found = session.scalar(
        select(LetterText).where(
            LetterText.consultation_id == asking.id, LetterText.kind == kind, LetterText.language == language
        )
    )
    if found is None:
        found = LetterText(consultation_id=asking.id, kind=LetterKind(kind), language=language)
        session.add(found)
    found.subject, found.body = subject.strip(), body
    session.flush()
    audit.record(session, "letter.written", consultation_slug=asking.slug, kind=kind, language=language)
