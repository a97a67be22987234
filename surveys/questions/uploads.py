"""A file. The application keeps it; the answer says which one it is.

The application puts two things into the submitted form: under the question's name the JSON of a `Kept` file,
and under ``name-problem`` why a file that was sent could not be kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from surveys.elements import Config, Question
from surveys.errors import AnswerError
from surveys.i18n import N_
from surveys.questions.base import Problem, Projected, QuestionType, Raw, Setting, Tally, first
from surveys.questions.field import Field
from surveys.questions.registry import register
from surveys.questions.rows import Cells, Row
from surveys.text import is_safe_label

MEGABYTE = 1024 * 1024
MOST_MEGABYTES = 5
LONGEST_NAME = 120
HEAD_BYTES = 64
GROUPS = ("images", "documents", "sound", "video")
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_TEXT = b""
# Suffix → group, and how such a file begins: (offset, bytes), one of them; a text may begin in any way.
_KNOWN: dict[str, tuple[str, tuple[tuple[int, bytes], ...]]] = {
    "jpg": ("images", ((0, b"\xff\xd8\xff"),)),
    "jpeg": ("images", ((0, b"\xff\xd8\xff"),)),
    "png": ("images", ((0, b"\x89PNG\r\n\x1a\n"),)),
    "gif": ("images", ((0, b"GIF8"),)),
    "webp": ("images", ((8, b"WEBP"),)),
    "heic": ("images", ((4, b"ftyp"),)),
    "pdf": ("documents", ((0, b"%PDF-"),)),
    "docx": ("documents", ((0, _ZIP),)),
    "xlsx": ("documents", ((0, _ZIP),)),
    "pptx": ("documents", ((0, _ZIP),)),
    "odt": ("documents", ((0, _ZIP),)),
    "ods": ("documents", ((0, _ZIP),)),
    "doc": ("documents", ((0, _OLE),)),
    "xls": ("documents", ((0, _OLE),)),
    "rtf": ("documents", ((0, b"{\\rtf"),)),
    "txt": ("documents", ((0, _TEXT),)),
    "csv": ("documents", ((0, _TEXT),)),
    "mp3": ("sound", ((0, b"ID3"), (0, b"\xff\xfb"), (0, b"\xff\xf3"), (0, b"\xff\xf2"))),
    "m4a": ("sound", ((4, b"ftyp"),)),
    "ogg": ("sound", ((0, b"OggS"),)),
    "opus": ("sound", ((0, b"OggS"),)),
    "oga": ("sound", ((0, b"OggS"),)),
    "wav": ("sound", ((8, b"WAVE"),)),
    "amr": ("sound", ((0, b"#!AMR"),)),
    "mp4": ("video", ((4, b"ftyp"),)),
    "mov": ("video", ((4, b"ftyp"), (4, b"moov"), (4, b"wide"), (4, b"mdat"))),
    "3gp": ("video", ((4, b"ftyp"),)),
    "webm": ("video", ((0, b"\x1a\x45\xdf\xa3"),)),
}

REFUSALS = {
    "file_too_large": N_("This file is too large. Largest allowed: %(limit)s MB."),
    "file_empty": N_("This file is empty."),
    "file_kind": N_("A file of this kind cannot be sent. Allowed: %(allowed)s."),
    "file_no_room": N_("There is no room for this file just now. Send a smaller one, or go on without it."),
    "file_false": N_("This file is not what its name says. Allowed: %(allowed)s."),
}


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that the application keeps: its id there, the name it came with, its size in bytes."""

    file: str
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class UploadConfig(Config):
    images: bool = True
    documents: bool = True
    sound: bool = False
    video: bool = False
    megabytes: int = MOST_MEGABYTES


@register
class Upload(QuestionType):
    """The answer is a dict ``{"file": id, "name": the person's name for it, "size": bytes}``."""

    name = "upload"
    label = N_("File")
    example = N_("Send us a photo or a document, for example your organisation's last report.")
    Config = UploadConfig
    settings = (
        Setting("images", "boolean", N_("Pictures")),
        Setting("documents", "boolean", N_("Documents and tables")),
        Setting("sound", "boolean", N_("Sound recordings")),
        Setting("video", "boolean", N_("Video")),
        Setting("megabytes", "integer", N_("Largest size, in megabytes"), minimum=1, maximum=MOST_MEGABYTES),
    )
    takes_file = True
    xlsform_types = frozenset({"photo", "image", "audio", "video", "file"})
    xlsform_parameters = frozenset({"max-pixels", "quality"})

    def input_names(self, question: Question) -> tuple[str, ...]:
        """The file itself; the id of one that is kept already; whether to take that out."""
        return (question.name, f"{question.name}-kept", f"{question.name}-remove")

    def field(self, question: Question, *, language: str, default_language: str) -> Field:
        field = super().field(question, language=language, default_language=default_language)
        return replace(field, accept=",".join(f".{suffix}" for suffix in self.suffixes(question.config)))

    def suffixes(self, config: UploadConfig) -> tuple[str, ...]:
        """The allowed suffixes without their point, in the order of the groups."""
        allowed = {group for group in GROUPS if getattr(config, group)}
        return tuple(suffix for suffix, (group, _) in _KNOWN.items() if group in allowed)

    def refusal(self, question: Question, *, name: str, size: int, head: bytes) -> str | None:
        """Why a file is not taken, a key of `REFUSALS`; None if it is. `head`: its first bytes."""
        suffix = PurePosixPath(name).suffix.lstrip(".").casefold()
        if suffix not in self.suffixes(question.config):
            return "file_kind"
        if size > question.config.megabytes * MEGABYTE:
            return "file_too_large"
        if not size:
            return "file_empty"
        if not any(head[offset:].startswith(begin) for offset, begin in _KNOWN[suffix][1]):
            return "file_false"
        return None

    def parse(self, question: Question, raw: Raw) -> dict[str, Any] | None:
        problem = first(raw, f"{question.name}-problem")
        if problem in REFUSALS:
            config = question.config
            allowed = ", ".join(self.suffixes(config))
            raise AnswerError(problem, REFUSALS[problem], limit=config.megabytes, allowed=allowed)
        written = first(raw, question.name)
        return asdict(_kept(written)) if written else None

    def form_data(self, question: Question, value: dict[str, Any] | None) -> dict[str, list[str]]:
        return {question.name: [json.dumps(value, ensure_ascii=False)]} if value else {}

    def is_empty(self, value: dict[str, Any] | None) -> bool:
        return not value

    def text(
        self, question: Question, value: dict[str, Any] | None, *, language: str, default_language: str
    ) -> str:
        return str(value["name"]) if value else ""

    def check(self, question: Question) -> Iterable[Problem]:
        if not self.suffixes(question.config):
            yield Problem("no_kinds", N_("Allow at least one kind of file."), question_id=question.id)
        if not 1 <= question.config.megabytes <= MOST_MEGABYTES:
            message = N_("The largest size of a file is from 1 to %(limit)s megabytes.")
            yield Problem("bad_size", message, {"limit": MOST_MEGABYTES}, question.id)

    def project(self, question: Question, value: dict[str, Any] | None) -> tuple[Projected, ...]:
        return (Projected(text=str(value["name"])),) if value else ()

    def tally_counts(self, question: Question, counts: Any, *, answered: int, base: int) -> Tally:
        return Tally(base=base, answered=answered)

    def export_columns(self, question: Question) -> tuple[str, ...]:
        return (question.name, f"{question.name}-file")

    def column_words(self, question: Question) -> dict[str, str]:
        return {f"{question.name}-file": N_("code of the file")}

    def export(self, question: Question, value: dict[str, Any] | None) -> dict[str, Any]:
        """The name that the person gave the file, and the id under which staff can download it."""
        return {question.name: value["name"], f"{question.name}-file": value["file"]} if value else {}

    def config_from_row(self, row: Row) -> UploadConfig:
        groups = set(row.own.get("kinds", "").split()) or _GROUPS_OF.get(row.type, {"images", "documents"})
        size = row.own.get("megabytes", "")
        return UploadConfig(
            **{group: group in groups for group in GROUPS},
            megabytes=min(int(size), MOST_MEGABYTES) if size.isdecimal() else MOST_MEGABYTES,
        )

    def row_of(self, question: Question) -> Cells:
        groups = {group for group in GROUPS if getattr(question.config, group)}
        kind = next((name for name, own in _WRITTEN.items() if own == groups), "file")
        own = {} if kind != "file" else {"kinds": " ".join(group for group in GROUPS if group in groups)}
        if question.config.megabytes != MOST_MEGABYTES:
            own["megabytes"] = str(question.config.megabytes)
        return Cells(kind, own=own)


_WRITTEN = {"image": {"images"}, "audio": {"sound"}, "video": {"video"}}
_GROUPS_OF = _WRITTEN | {"photo": {"images"}, "file": set(GROUPS)}


def _kept(written: str) -> Kept:
    """The file that a form names. Raises AnswerError when it names none."""
    try:
        data = json.loads(written)
    except ValueError:
        data = None
    if (
        not isinstance(data, Mapping)
        or not isinstance(data.get("file"), str)
        or not isinstance(data.get("name"), str)
        or type(data.get("size")) is not int
    ):
        raise AnswerError("no_file", N_("The file did not arrive. Please choose it again."))
    return Kept(data["file"], data["name"], data["size"])


def shown_name(name: str) -> str:
    """The name of a sent file as it is kept: without folders and signs that could make it read as another."""
    last = name.replace("\\", "/").rpartition("/")[2]
    clean = "".join(sign for sign in last if sign.isprintable() and is_safe_label(sign)).strip()
    stem, dot, suffix = clean.rpartition(".")
    return f"{stem[: LONGEST_NAME - len(suffix) - 1]}{dot}{suffix}" if dot else clean[:LONGEST_NAME]
