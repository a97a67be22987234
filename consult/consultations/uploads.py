"""Files that people send with their answers, kept in the instance folder, far from what the web server serves.

A file lies in the folder of its survey and of the visit that sent it, under a random name, with the name that
the person gave it beside it. No table knows of it: it belongs to whoever holds the visit's code, it lives as
long as the draft or the response that names it, and `sweep` takes away what neither names.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import Table, select
from werkzeug.datastructures import FileStorage

from consult import jobs, outbox
from consult.consultations.models import Consultation
from consult.extensions import current_session
from surveys.elements import Question
from surveys.models import DraftResponse, Response, utc_now
from surveys.questions import type_of
from surveys.questions.base import Value
from surveys.questions.field import first
from surveys.questions.uploads import HEAD_BYTES, Kept, Upload, shown_name

FOLDER = "uploads"
LARGEST_REQUEST = 40 * 1024 * 1024
"""More than any file that is allowed, so that one too large is refused beside its question, with all that
was typed still there, and not by an error page."""
MOST_PER_VISIT = 200 * 1024 * 1024
"""Bytes of all files that one person sends."""
KEPT_FREE = 512 * 1024 * 1024
"""Bytes of the disk that files leave free: answers need room too."""
GRACE = timedelta(hours=6)
"""How long a file may lie that no answer names: its page may be open yet."""
_FILE = re.compile(r"[0-9a-f]{32}")
Form = dict[str, list[str]]


def receive(
    questions: Iterable[Question],
    form: Form,
    files: Mapping[str, FileStorage],
    *,
    survey_id: int,
    visit: str,
    answers: Mapping[str, Value],
) -> Form:
    """The form as the types read it: each file that came or was kept already under its question's name.

    `visit` is the submission key of the person's visit; files of other visits are not found. However often a page is
    sent and refused, the visit keeps what its stored `answers` name and what this page brought last, no more.
    """
    asked = [question for question in questions if type_of(question).takes_file]
    if not asked:
        return form
    own = _visit_folder(survey_id, visit)
    read = dict(form)
    here: set[str] = set()
    for question in asked:
        name = question.name
        read.pop(f"{name}-problem", None)
        kept = _kept(own, first(form, f"{name}-kept"))
        if kept and f"{name}-remove" in form:
            kept = None
        sent = files.get(name)
        if sent is not None and sent.filename:
            problem = _refusal(question, sent, own)
            if problem:
                read[f"{name}-problem"] = [problem]
            else:
                kept = _keep(own, sent)
        read[name] = [json.dumps(asdict(kept), ensure_ascii=False)] if kept else []
        if kept:
            here.add(kept.file)
    _delete_others(own, here | set(files_in(answers.values())))
    return read


def _refusal(question: Question, sent: FileStorage, own: Path) -> str | None:
    kind = type_of(question)
    assert isinstance(kind, Upload)
    head = sent.stream.read(HEAD_BYTES)
    size = sent.stream.seek(0, 2)
    sent.stream.seek(0)
    refusal = kind.refusal(question, name=sent.filename or "", size=size, head=head)
    return refusal or (None if _has_room(own, size) else "file_no_room")


def _has_room(own: Path, size: int) -> bool:
    """Whether a visit may keep this many bytes more, and the disk has them to spare."""
    held = sum(path.stat().st_size for path in own.iterdir()) if own.is_dir() else 0
    free = shutil.disk_usage(current_app.instance_path).free
    return held + size <= MOST_PER_VISIT and free - size >= KEPT_FREE


def _keep(own: Path, sent: FileStorage) -> Kept:
    own.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = secrets.token_hex(16)
    path = own / file
    with path.open("xb") as target:
        path.chmod(0o600)
        shutil.copyfileobj(sent.stream, target)
        target.flush()
        os.fsync(target.fileno())  # on the disk before the answer that names it
    name = shown_name(sent.filename or "")
    (own / f"{file}.name").write_text(name, "utf-8")
    return Kept(file, name, path.stat().st_size)


def _kept(own: Path, file: str) -> Kept | None:
    path = own / file
    if not _FILE.fullmatch(file) or not path.is_file():
        return None
    return Kept(file, (own / f"{file}.name").read_text("utf-8"), path.stat().st_size)


def keep_only(answers: Mapping[str, Value], *, survey_id: int, visit: str) -> None:
    """Delete the files of a visit that none of its answers names (any more)."""
    _delete_others(_visit_folder(survey_id, visit), set(files_in(answers.values())))


def _delete_others(own: Path, named: set[str]) -> None:
    if not own.is_dir():
        return
    for path in own.iterdir():
        if path.name.removesuffix(".name") not in named:
            path.unlink(missing_ok=True)
    if not named:
        own.rmdir()


def files_in(values: Iterable[Value]) -> Iterator[str]:
    """The files that answers name, those of rounds of a repeat too."""
    for value in values:
        if isinstance(value, Mapping):
            if isinstance(value.get("file"), str) and _FILE.fullmatch(value["file"]):
                yield value["file"]
            yield from files_in(part for part in value.values() if isinstance(part, Mapping | list))
        elif isinstance(value, list):
            yield from files_in(part for part in value if isinstance(part, Mapping))


def path_of(file: str, *, survey_id: int) -> Path | None:
    """Where a file of a survey lies, None when it is not there."""
    if not _FILE.fullmatch(file):
        return None
    return next(_survey_folder(survey_id).glob(f"*/{file}"), None)


def erase(*, survey_id: int) -> None:
    """Delete all files of a survey."""
    shutil.rmtree(_survey_folder(survey_id), ignore_errors=True)


@jobs.job("uploads.sweep", every_minutes=30)
def sweep() -> None:
    """Delete the files of visits that have neither a draft nor a response: given up, erased, tried out."""
    root = Path(current_app.instance_path) / FOLDER
    long_ago = (utc_now() - GRACE).timestamp()
    for survey in root.iterdir() if root.is_dir() else ():
        if not survey.name.isdecimal():
            continue
        alive = _alive(int(survey.name))
        for own in survey.iterdir():
            if own.name not in alive and own.stat().st_mtime < long_ago:
                shutil.rmtree(own, ignore_errors=True)


@outbox.on_event("consultation.closed")
def forget_unsent(payload: dict[str, Any]) -> None:
    """Closing erases the drafts; the files of visits that sent nothing go with them, at once."""
    survey_id = _survey_of(payload["consultation_id"])
    folder = _survey_folder(survey_id)
    if folder.is_dir():
        alive = _alive(survey_id)
        for own in folder.iterdir():
            if own.name not in alive:
                shutil.rmtree(own, ignore_errors=True)


def _survey_of(consultation_id: int) -> int:
    consultation = current_session().get(Consultation, consultation_id)
    return consultation.survey_id if consultation else 0


def _alive(survey_id: int) -> set[str]:
    """Folder names of the visits that have a draft or a response."""
    found: set[str] = set()
    for model in (DraftResponse, Response):
        table = model.__table__
        assert isinstance(table, Table)
        keys = current_session().scalars(select(table.c.submission_key).where(table.c.survey_id == survey_id))
        found |= {_folder_name(key) for key in keys}
    return found


def _survey_folder(survey_id: int) -> Path:
    return Path(current_app.instance_path) / FOLDER / str(survey_id)


def _visit_folder(survey_id: int, visit: str) -> Path:
    return _survey_folder(survey_id) / _folder_name(visit)


def _folder_name(visit: str) -> str:
    return visit[:32]
