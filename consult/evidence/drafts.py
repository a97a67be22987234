"""Material on its way in: how it is cut is seen and corrected first; nothing becomes evidence before that."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from consult import jobs
from consult.access import audit
from consult.analysis.language import UNKNOWN, detect_languages
from consult.config import LANGUAGES
from consult.errors import DomainError
from consult.evidence.cutting import cut_text, likely_way, short_enough
from consult.evidence.indexing import announce
from consult.evidence.models import (
    GATHERED,
    MOST_LEAD,
    MOST_STATION,
    MOST_VOICE,
    EvidenceDraft,
    EvidenceSource,
    Excerpt,
    excerpt_groups,
)
from consult.evidence.services import hash_of
from consult.i18n import LANGUAGE_NAMES
from consult.stakeholders.models import StakeholderGroup
from consult.stakeholders.names import group_key
from consult.tabular import Table
from consult.transaction import writing
from surveys.i18n import N_
from surveys.models import utc_now
from surveys.numbers import western_digits
from surveys.text import is_safe_label

PIECES_ON_A_PAGE = 40
MOST_PIECES = 5_000
MOST_CHARACTERS = 1_000_000
KEPT = timedelta(days=1)
_DATE = re.compile(r"^(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})$")
_BLANK_LINE = re.compile(r"\n[ \t]*\n\s*")
Piece = dict[str, Any]
Voice = tuple[str, int | None]
"""Of what kind a speaker is: in words, and a group of the roll."""


def begin_text(
    session: Session, source: EvidenceSource, *, text: str, name: str, staff_id: int, way: str | None = None
) -> EvidenceDraft:
    """A draft of a text, cut in the given way or in the likeliest. Raises DomainError for none, or too much of it."""
    if not text.strip():
        raise DomainError("no_text", N_("Type or paste a text, or choose a file."))
    if len(text) > MOST_CHARACTERS:
        raise DomainError(
            "text_too_long",
            N_("This text has %(length)s characters; at most %(limit)s can be brought in at once."),
            length=len(text),
            limit=MOST_CHARACTERS,
        )
    draft = EvidenceDraft(source_id=source.id, staff_id=staff_id, name=name[:200], content={"text": text})
    cut_again(draft, way or likely_way(text))
    session.add(draft)
    session.flush()
    return draft


def begin_table(
    session: Session, source: EvidenceSource, *, table: Table, name: str, staff_id: int
) -> EvidenceDraft:
    """A draft of a table, of which the columns are chosen next."""
    kept = {"columns": list(table.columns), "rows": [list(row) for row in table.rows]}
    draft = EvidenceDraft(
        source_id=source.id, staff_id=staff_id, name=name[:200], content={"table": kept, "pieces": []}
    )
    session.add(draft)
    session.flush()
    return draft


def cut_again(draft: EvidenceDraft, way: str) -> None:
    """Cut the text as it came in another way; what was corrected by hand is cut anew too."""
    pieces = [
        _piece(cut.text, speaker=cut.speaker, is_frame=cut.is_frame, station=cut.station)
        for cut in cut_text(draft.content["text"], way)
    ]
    _put(draft, pieces, way=way, voices={})


def choose_columns(
    draft: EvidenceDraft,
    groups: Sequence[StakeholderGroup],
    *,
    text: str,
    language: str = "",
    date: str = "",
    group: str = "",
    voice: str = "",
    station: str = "",
) -> dict[str, list[str]]:
    """Make each row with a text a piece; returns column → values that were not understood (a few of them).

    Raises DomainError where no row has a text.
    """
    kept = draft.content["table"]
    table = Table(tuple(kept["columns"]), tuple(map(tuple, kept["rows"])), tuple(range(len(kept["rows"]))))
    texts = table.column(text)
    empty = [""] * len(texts)
    by_key = {key: found.id for found in groups for key in (found.key, *map(group_key, found.name.values()))}
    readers = {
        "language": (language, _language_of),
        "said_on": (date, _iso_date),
        "group": (group, lambda value: by_key.get(group_key(value))),
        "voice": (voice, lambda value: label_words(value, MOST_VOICE)),
        "station": (station, lambda value: label_words(value, MOST_STATION)),
    }
    read: dict[str, list[Any]] = {}
    unknown: dict[str, list[str]] = {}
    for name, (column, reader) in readers.items():
        values = table.column(column) if column else empty
        read[name] = [reader(value.strip()) if value.strip() else None for value in values]
        missed = [
            v.strip() for v, found in zip(values, read[name], strict=True) if v.strip() and found is None
        ]
        if missed:
            unknown[column] = list(dict.fromkeys(missed))[:5]
    pieces = [
        _piece(part, **{name: values[n] for name, values in read.items() if values[n] is not None})
        for n, value in enumerate(texts)
        for part in (cut.text for cut in cut_text(value, "whole"))
    ]
    if not pieces:
        raise DomainError("no_text_in_column", N_("The column “%(column)s” holds no text."), column=text)
    _put(draft, pieces)
    return unknown


def likely_columns(table: Mapping[str, Any]) -> dict[str, str]:
    """The columns that their names and contents suggest: the longest texts, and what is called a language, date, group,
    speaker or table in one of the four languages."""
    columns, rows = table["columns"], table["rows"][:200]
    lengths = [sum(len(row[n]) for row in rows) for n in range(len(columns))]
    found = {"text": columns[max(range(len(columns)), key=lengths.__getitem__)]}
    for name, words in _COLUMN_NAMES.items():
        match = next((column for column in columns if column.strip().casefold() in words), "")
        if match != found["text"]:
            found[name] = match
    return found


_COLUMN_NAMES = {
    "language": {"language", "lang", "langue", "idioma", "اللغة", "لغة"},
    "date": {"date", "day", "fecha", "jour", "التاريخ", "تاريخ"},
    "group": {"group", "groups", "groupe", "grupo", "المجموعة", "مجموعة", "الفئة"},
    "voice": {
        "speaker",
        "who",
        "who spoke",
        "informant",
        "intervenant",
        "quién",
        "المتحدث",
        "المتحدثة",
        "من",
    },
    "station": {"table", "flip chart", "flipchart", "mesa", "rotafolio", "الطاولة", "طاولة", "اللوحة"},
}


def correct(
    draft: EvidenceDraft,
    *,
    first: int,
    texts: Sequence[str],
    frames: Collection[int] = (),
    stations: Sequence[str] = (),
    voices: Mapping[int, Voice] | None = None,
) -> None:
    """Take over some pieces as they were corrected, the first of them at place `first`: their words, which places are
    `frames`, at which table they were said; and of what kind the speakers are. Pieces left empty stay in their places
    until the draft is saved."""
    pieces = draft.content["pieces"]
    for place, (piece, text) in enumerate(
        zip(pieces[first : first + len(texts)], texts, strict=False), start=first
    ):
        piece["text"] = text.replace("\r\n", "\n").strip()
        piece["is_frame"] = place in frames
        if len(stations) == len(texts):
            piece["station"] = label_words(stations[place - first], MOST_STATION)
    told = {str(number): {"voice": label_words(words, MOST_VOICE), "group": group}
            for number, (words, group) in (voices or {}).items()}  # fmt: skip
    _put(draft, pieces, voices={**draft.content.get("voices", {}), **told})


def label_words(value: str, most: int) -> str:
    """A short label as it was typed, on one line. Raises DomainError for hidden signs that turn the writing round."""
    words = " ".join(value.split())[:most]
    if not is_safe_label(words):
        raise DomainError(
            "hidden_signs",
            N_("This text has hidden signs that change the direction of writing. Please type it again."),
        )
    return words


def speakers_of(draft: EvidenceDraft) -> list[int]:
    """The numbers of those who speak in a draft and are not only there to ask."""
    return sorted(
        {
            piece["speaker"]
            for piece in draft.content["pieces"]
            if piece["speaker"] and not piece.get("is_frame")
        }
    )


def excerpt_count(draft: EvidenceDraft) -> int:
    """How many pieces would be saved as excerpts."""
    return sum(not piece.get("is_frame") for piece in draft.content["pieces"])


def join(draft: EvidenceDraft, place: int) -> None:
    """Put a piece to the one before it."""
    pieces = draft.content["pieces"]
    if 0 < place < len(pieces):
        gone = pieces.pop(place)
        kept = pieces[place - 1]
        kept["text"] = "\n".join(filter(None, (kept["text"], gone["text"])))
        kept["is_frame"] = bool(kept.get("is_frame") and gone.get("is_frame"))
        _put(draft, pieces)


def split(draft: EvidenceDraft, place: int) -> None:
    """Cut a piece at its blank lines, or else at the ends of its lines."""
    pieces = draft.content["pieces"]
    if 0 <= place < len(pieces):
        whole = pieces[place]
        parts = [part for part in _BLANK_LINE.split(whole["text"]) if part.strip()]
        parts = parts if len(parts) > 1 else [part for part in whole["text"].splitlines() if part.strip()]
        pieces[place : place + 1] = [{**whole, "text": part.strip()} for part in parts] or [whole]
        _put(draft, pieces)


def drop(draft: EvidenceDraft, place: int) -> None:
    """Leave a piece out."""
    pieces = draft.content["pieces"]
    if 0 <= place < len(pieces):
        del pieces[place]
        _put(draft, pieces)


def ready_rows(draft: EvidenceDraft, source: EvidenceSource, *, fallback: str) -> list[Piece]:
    """The pieces as they are to be saved, each with its language: told, or seen by its words, or the source's, or
    `fallback`; with who spoke, and what frames it. Takes seconds for thousands; writes nothing. Raises DomainError
    where nothing is left, or a piece was made too long."""
    pieces = _led([piece for piece in draft.content["pieces"] if piece["text"].strip()])
    if not pieces:
        raise DomainError("no_pieces", N_("Nothing is left to save."))
    voices = draft.content.get("voices", {})
    pieces = [_spoken(piece, voices.get(str(piece["speaker"]), {})) for piece in pieces]
    pieces = [
        {**piece, "text": text, "lead": "" if number else piece["lead"]}
        for piece in pieces
        for number, text in enumerate(short_enough(piece["text"]))
    ]
    prior = source.language or fallback
    seen = detect_languages([piece["text"] for piece in pieces], priors=[prior] * len(pieces))
    return [
        {**piece, "language": piece["language"] or (prior if code == UNKNOWN else code)}
        for piece, code in zip(pieces, seen, strict=True)
    ]


def _led(pieces: Sequence[Piece]) -> list[Piece]:
    """What is evidence, each piece with the frames before it as its `lead`. The name of the table stands beside it
    already."""
    led: list[Piece] = []
    frames: list[str] = []
    for piece in _framing(pieces):
        if piece.get("is_frame"):
            frames += [piece["text"]] if piece["text"].strip(" :：") != piece.get("station") else []
        else:
            led.append({**piece, "lead": "\n".join(frames)})
            frames = []
    return led


def _framing(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces with only those as frames that have something to frame: the last piece is evidence
    itself, and so are frames that are too many, or too long, for one excerpt. No words are lost."""
    made: list[Piece] = []
    room = 0  # characters that may still stand before the excerpt that follows
    for piece in reversed(pieces):
        length = len(piece["text"]) + 1
        is_frame = bool(piece.get("is_frame")) and length <= room
        if piece["text"].strip():
            room = room - length if is_frame else MOST_LEAD
        made.append({**piece, "is_frame": is_frame})
    return made[::-1]


def _spoken(piece: Piece, told: Mapping[str, Any]) -> Piece:
    """A piece with what was told of its speaker, where nothing was told of it alone."""
    return {
        **piece,
        "voice": piece.get("voice") or told.get("voice", ""),
        "group": piece["group"] if piece["group"] is not None else told.get("group"),
    }


def ready_language(text: str, prior: str) -> str:
    """The language of one text by its words; `prior` where they do not tell."""
    (code,) = detect_languages([text], priors=[prior])
    return prior if code == UNKNOWN else code


def save(
    session: Session, source: EvidenceSource, draft: EvidenceDraft, rows: Sequence[Piece], *, slug: str
) -> int:
    """Make the pieces excerpts of the source and end the draft; returns how many."""
    last = session.scalar(select(func.max(Excerpt.position)).where(Excerpt.source_id == source.id))
    start = 0 if last is None else last + 1
    ids = session.scalars(
        insert(Excerpt).returning(Excerpt.id, sort_by_parameter_order=True),
        [_row(source, piece, start + n) for n, piece in enumerate(rows)],
    ).all()
    tied = [
        {"excerpt_id": excerpt_id, "group_id": piece["group"]}
        for excerpt_id, piece in zip(ids, rows, strict=True)
        if piece["group"] is not None and session.get(StakeholderGroup, piece["group"]) is not None
    ]
    if tied:
        session.execute(insert(excerpt_groups), tied)
    session.execute(delete(EvidenceDraft).where(EvidenceDraft.id == draft.id))
    audit.record(session, "evidence.excerpts_added", consultation_slug=slug, source=source.id, count=len(ids))
    announce(session, gathered_for=source.consultation_id)
    return len(ids)


def _row(source: EvidenceSource, piece: Mapping[str, Any], position: int) -> dict[str, Any]:
    said_on = piece["said_on"]
    return {
        "consultation_id": source.consultation_id,
        "source_id": source.id,
        "question_id": GATHERED,
        "start_offset": 0,
        "end_offset": len(piece["text"]),
        "text": piece["text"],
        "text_hash": hash_of(piece["text"]),
        "language": piece["language"],
        "quote_consent": source.quote_consent,
        "position": position,
        "said_on": dt.date.fromisoformat(said_on) if said_on else None,
        "speaker": piece["speaker"],
        "voice": piece["voice"],
        "station": piece.get("station", ""),
        "lead": piece["lead"],
    }


def _piece(
    text: str,
    *,
    speaker: int | None = None,
    language: str | None = None,
    said_on: str | None = None,
    group: int | None = None,
    voice: str = "",
    station: str = "",
    is_frame: bool = False,
) -> Piece:
    return {
        "text": text, "speaker": speaker, "language": language, "said_on": said_on, "group": group,
        "voice": voice, "station": station, "is_frame": is_frame,
    }  # fmt: skip


def _put(draft: EvidenceDraft, pieces: list[Piece], **more: Any) -> None:
    if len(pieces) > MOST_PIECES:
        raise DomainError(
            "too_many_pieces",
            N_("That would be %(count)s excerpts; at most %(limit)s can be brought in at once."),
            count=len(pieces),
            limit=MOST_PIECES,
        )
    draft.content = {**draft.content, "pieces": _framing(pieces), **more}
    flag_modified(draft, "content")
    draft.revision = (draft.revision or 0) + 1


def _language_of(value: str) -> str | None:
    folded = value.casefold()
    names = {name.casefold(): code for code, name in LANGUAGE_NAMES.items()}
    code = names.get(folded, folded.replace("_", "-").split("-")[0])
    return code if code in LANGUAGES else None


def _iso_date(value: str) -> str | None:
    """A date typed as 2027-03-07 or 7/3/2027, in any digits."""
    value = western_digits(value).split("T")[0].split(" ")[0]
    found = _DATE.match(value)
    try:
        if found:
            return dt.date(int(found[3]), int(found[2]), int(found[1])).isoformat()
        return dt.date.fromisoformat(value).isoformat()
    except ValueError:
        return None


@jobs.job("evidence.forget_drafts", every_minutes=60)
def forget_drafts() -> None:
    """Material that nobody saved is not kept."""
    with writing() as session:
        session.execute(delete(EvidenceDraft).where(EvidenceDraft.made_at < utc_now() - KEPT))
