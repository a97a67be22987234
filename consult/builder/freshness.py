"""Which translations are stale: made from a source that has become another one. Functions flush, never commit.

A row of `TextSource` is only there for a translation whose source changed under it. All is kept by hashes of
words, so undoing and doing again need no care here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.builder.models import TextSource
from surveys.definition import Definition
from surveys.text import Text
from surveys.translations import Place, texts_of

Known = Mapping[tuple[str, str, str], TextSource]
"""(key of the text, language, hash of the translation) → the row that says what it was made from."""


def words_hash(words: str) -> str:
    """SHA-256 of a text, in hex."""
    return hashlib.sha256(words.encode()).hexdigest()


def note_sources(session: Session, *, survey_id: int, before: Definition, after: Definition) -> None:
    """Remember what translations were made from, where a change of the survey touched only their source.

    A translation that was itself changed was made from the source as it stands now.
    """
    old = {place.key: place.text for place in texts_of(before)}
    source = after.default_language
    known: Known | None = None
    for place in texts_of(after):
        was, now = old.get(place.key), place.text
        if was is None or was == now or not now.get(source):
            continue
        known = _known(session, survey_id) if known is None else known
        for code, words in now.items():
            row = known.get((place.key, code, words_hash(words)))
            if code == source:
                continue
            if was.get(code) != words:
                _confirm(row, now[source])
            elif row is None and was.get(source) and was[source] != now[source]:
                _add(session, survey_id, place.key, code, words, words_hash(was[source]))
    session.flush()


def stale_in(session: Session, survey_id: int, definition: Definition) -> dict[str, tuple[Place, ...]]:
    """Language → the texts whose translation was made from another source; only languages that have any."""
    known = _known(session, survey_id)
    found: dict[str, list[Place]] = {}
    for place in texts_of(definition) if known else ():
        for code in definition.languages:
            if _is_stale(place, code, definition.default_language, known):
                found.setdefault(code, []).append(place)
    return {code: tuple(places) for code, places in found.items()}


def confirm(
    session: Session, *, survey_id: int, definition: Definition, language: str, keys: Iterable[str]
) -> None:
    """Say that these translations fit the source as it stands."""
    known, wanted = _known(session, survey_id), set(keys)
    for place in texts_of(definition):
        if place.key in wanted and place.text.get(language):
            row = known.get((place.key, language, words_hash(place.text[language])))
            _confirm(row, place.text.get(definition.default_language, ""))
    session.flush()


def note_source(
    session: Session, *, survey_id: int, key: str, language: str, words: str, source_hash: str
) -> None:
    """Say that a translation was made from the source of this hash, whatever the source is now."""
    row = _known(session, survey_id).get((key, language, words_hash(words)))
    if row is None:
        _add(session, survey_id, key, language, words, source_hash)
    else:
        row.source_hash = source_hash
    session.flush()


def _known(session: Session, survey_id: int) -> Known:
    rows = session.scalars(select(TextSource).where(TextSource.survey_id == survey_id))
    return {(row.key, row.language, row.words_hash): row for row in rows}


def _confirm(row: TextSource | None, source: str) -> None:
    if row is not None:
        row.source_hash = words_hash(source)


def _add(session: Session, survey_id: int, key: str, language: str, words: str, source_hash: str) -> None:
    session.add(
        TextSource(
            survey_id=survey_id,
            key=key,
            language=language,
            words_hash=words_hash(words),
            source_hash=source_hash,
        )
    )


def _is_stale(place: Place, language: str, default_language: str, known: Known) -> bool:
    text: Text = place.text
    if language == default_language or not text.get(language) or not text.get(default_language):
        return False
    row = known.get((place.key, language, words_hash(text[language])))
    return row is not None and row.source_hash != words_hash(text[default_language])
