"""What coders said blind as a table that `consult agreement` reads: one row for each theme of each answer."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.config import LANGUAGES
from consult.review.blindness import awaited_in
from consult.review.double import names_of, said_in
from consult.review.double_models import DoubleCoding
from consult.review.models import Theme
from consult.review.scope import Scope
from surveys.exports.csv import safe_cell

COLUMNS = ("item", "coder", "theme")
Row = tuple[str, str, str]


def blind_rows(
    session: Session,
    one: DoubleCoding,
    *,
    language: str,
    has_names: bool = False,
    reader_id: int | None = None,
) -> list[Row]:
    """(item, coder, theme), an empty theme where a coder saw the answer and gave none. Items are the ids of excerpts in
    the order of the round, coders `coder 1`, `coder 2` … unless their names are asked for; of themes that share a
    name each has its id behind it. Answers that `reader_id` still has to code stay blind (`consult.review.blindness`).
    """
    said = said_in(session, one)
    people = sorted({coder for coder, _excerpt in said})
    if reader_id is not None:
        blind = awaited_in(session, one, one.excerpt_ids, coder_id=reader_id)
        said = {key: themes for key, themes in said.items() if key[1] not in blind}
    named = (
        names_of(session, people) if has_names else {c: f"coder {n}" for n, c in enumerate(people, start=1)}
    )
    themes = _theme_names(session, Scope(one.consultation_id, one.question_id), language)
    places = {excerpt: place for place, excerpt in enumerate(one.excerpt_ids)}
    in_order = sorted(said, key=lambda key: (places.get(key[1], len(places)), key[0]))
    return [
        (str(excerpt), named[coder], themes.get(theme, str(theme)) if theme else "")
        for coder, excerpt in in_order
        for theme in (sorted(said[coder, excerpt]) or [0])
    ]


def _theme_names(session: Session, scope: Scope, language: str) -> dict[int, str]:
    found: dict[int, str] = {}
    for theme in session.scalars(select(Theme).where(scope.themes)):
        codes = (language, *LANGUAGES, *theme.name)
        name = next((theme.name[code] for code in codes if theme.name.get(code, "").strip()), str(theme.id))
        found[theme.id] = " ".join(name.split())
    shared = Counter(found.values())
    return {number: name if shared[name] == 1 else f"{name} ({number})" for number, name in found.items()}


def as_csv(rows: Sequence[Row]) -> bytes:
    """UTF-8 with a byte order mark; nothing in it is taken for a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")
