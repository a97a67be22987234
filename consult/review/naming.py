"""Names of themes: what a name may be, and that no two themes of a question have the same one."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from consult.analysis.arabic import drop_marks, fold_letters
from consult.consultations.models import Consultation
from consult.review import errors
from consult.review.models import MOST_NAME, Theme
from surveys.numbers import western_digits
from surveys.text import clean_words, is_safe_label

IN_USE = ("suggested", "accepted")


def clean_name(name: Mapping[str, str]) -> dict[str, str]:
    """Names as they are stored: on one line, without empty ones. Raises ReviewError for none, one that is too long, and
    one with signs that make it read as another."""
    for text in name.values():
        if not is_safe_label(text):
            raise errors.hidden_signs()
    clean = {code: " ".join(clean_words(text).split()) for code, text in name.items()}
    clean = {code: text for code, text in clean.items() if name_key(text)}
    if not clean:
        raise errors.name_needed()
    longest = max(map(len, clean.values()))
    if longest > MOST_NAME:
        raise errors.name_too_long(longest, MOST_NAME)
    return clean


def name_key(name: str) -> str:
    """In what form two names are compared: without case, short vowels, tatweel, signs without width and kinds of space;
    the forms of alef, ya and ta marbuta as one. Empty where nothing is to be seen."""
    plain = drop_marks(unicodedata.normalize("NFKC", western_digits(clean_words(name))))
    plain = "".join(sign for sign in plain if unicodedata.category(sign) != "Cf")
    return " ".join(fold_letters(plain).casefold().split())


def keys_of(names: Mapping[str, str]) -> set[tuple[str, str]]:
    """(language, key) of each name."""
    return {(code, name_key(text)) for code, text in names.items()}


def taken_name(
    names: Mapping[str, str], themes: Iterable[Theme], *, but: Theme | None = None
) -> tuple[str, Theme] | None:
    """The first of `names` that another of these themes has in the same language, with that theme."""
    keys = {(code, name_key(text)): text for code, text in names.items()}
    for theme in themes:
        if theme is not but:
            for key in keys_of(theme.name):
                if key in keys:
                    return keys[key], theme
    return None


def refuse_taken(
    session: Session,
    consultation_id: int,
    question_id: str | None,
    names: Mapping[str, str],
    *,
    but: Theme | None = None,
) -> None:
    """Raises ReviewError when another theme in use has one of these names in the same language.

    Older databases may hold two of one name, so no index keeps them apart: who writes names goes one at a time.
    """
    one_at_a_time(session, consultation_id)
    found = taken_name(names, session.scalars(in_use(consultation_id, question_id)), but=but)
    if found is not None:
        raise errors.name_taken(found[0])


def one_at_a_time(session: Session, consultation_id: int) -> None:
    """Whoever writes names of this consultation's themes waits for the one before."""
    session.execute(select(Consultation.id).where(Consultation.id == consultation_id).with_for_update())


def is_erased(session: Session, consultation_id: int) -> bool:
    """Whether the answers are erased, as the database has it now: ask after `one_at_a_time`."""
    erased = select(Consultation.answers_erased_at).where(Consultation.id == consultation_id)
    return session.scalar(erased) is not None


def in_use(consultation_id: int, question_id: str | None) -> Select[Theme]:
    """The themes of a question that are not retired, by their places."""
    return all_themes(consultation_id, question_id).where(Theme.status.in_(IN_USE))


def all_themes(consultation_id: int, question_id: str | None) -> Select[Theme]:
    """The themes of a question, retired ones too, by their places."""
    mine = (Theme.consultation_id == consultation_id, Theme.question_id == question_id)
    return select(Theme).where(*mine).order_by(Theme.position, Theme.id)


def next_position(session: Session, consultation_id: int, question_id: str | None) -> int:
    """The place after the last theme of a question."""
    mine = (Theme.consultation_id == consultation_id, Theme.question_id == question_id)
    last = session.scalar(select(func.max(Theme.position)).where(*mine))
    return 0 if last is None else last + 1


def doubles(themes: Sequence[Theme]) -> Iterator[tuple[Theme, str]]:
    """The themes whose name one before them has in the same language, each with that name."""
    seen: set[tuple[str, str]] = set()
    for theme in themes:
        for code, text in theme.name.items():
            if (code, name_key(text)) in seen:
                yield theme, text
                break
        seen |= keys_of(theme.name)
