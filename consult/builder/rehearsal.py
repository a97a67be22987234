"""The answers with which somebody looks through a survey in the making: they travel in the address, and are stored
nowhere. Of a file only its name and size are known.

So a preview in another language, at another width or of another page is a link, and leads to what a person with
these answers meets there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app, request
from itsdangerous import BadData, URLSafeSerializer

from consult.consultations.models import Consultation
from consult.consultations.sent import questions_in_form
from surveys.definition import Definition
from surveys.elements import Question, option_lists
from surveys.presentation import SectionView
from surveys.questions import type_of
from surveys.questions.field import Raw, first
from surveys.questions.uploads import HEAD_BYTES, Kept, Upload, shown_name
from surveys.rules import Flow, Logic

SEED = "preview"
LONGEST = 2400
"""Characters that the answers may take up in an address; servers refuse longer lines than about 4,000."""
CUTS = (None, 300, 80, 20, 1)
"""To how many characters texts are cut, one after the other, until all answers fit."""
ID = "~"
"""Begins what stands for an id: its place among all of the survey, which takes less room."""


def packed(definition: Definition, answers: Mapping[str, Any]) -> str:
    """The answers as one word for an address; long texts are cut where they take too much room, and where even that
    is not enough ``""``, as for no answers."""
    if not answers:
        return ""
    serializer = _serializer(definition)
    short = {known: f"{ID}{place}" for place, known in enumerate(_ids(definition))}
    for most in CUTS:
        word = str(serializer.dumps(_shortened(_cut(answers, most), short)))
        if len(word) <= LONGEST:
            return word
    return ""


def unpacked(definition: Definition, word: str) -> dict[str, Any]:
    """The answers in an address; none where it holds none that came from here."""
    try:
        return dict(_whole(_serializer(definition).loads(word), _ids(definition))) if word else {}
    except (BadData, LookupError, TypeError, ValueError):
        return {}


def _ids(definition: Definition) -> list[str]:
    """All ids that answers may hold, each once, in the order of the survey."""
    found: dict[str, None] = {}
    for section in definition.sections:
        found[section.id] = None
        for question in section.questions:
            found[question.id] = None
            for options in option_lists(question.config).values():
                found |= dict.fromkeys(option.id for option in options)
    return list(found)


def _shortened(value: Any, short: Mapping[str, str]) -> Any:
    """Ids as their places; a text that begins with `ID` itself gets another one before it."""
    if isinstance(value, Mapping):
        return {_shortened(key, short): _shortened(part, short) for key, part in value.items()}
    if isinstance(value, list):
        return [_shortened(part, short) for part in value]
    if not isinstance(value, str):
        return value
    return short.get(value) or (f"{ID}{value}" if value.startswith(ID) else value)


def _whole(value: Any, ids: list[str]) -> Any:
    """The inverse of `_shortened`."""
    if isinstance(value, Mapping):
        return {_whole(key, ids): _whole(part, ids) for key, part in value.items()}
    if isinstance(value, list):
        return [_whole(part, ids) for part in value]
    if not isinstance(value, str) or not value.startswith(ID):
        return value
    rest = value.removeprefix(ID)
    return ids[int(rest)] if rest.isascii() and rest.isdigit() else rest


def sent_form(section: SectionView, flow: Flow) -> Raw:
    """The form as the types read it. A file that came is looked at as it would be, and thrown away."""
    form = request.form.to_dict(flat=False)
    for question in questions_in_form(section, flow, form):
        kind = type_of(question)
        if isinstance(kind, Upload):
            form |= _file(kind, question, form)
    return form


def _file(kind: Upload, question: Question, form: Raw) -> dict[str, list[str]]:
    name = question.name
    sent = request.files.get(name)
    if sent is None or not sent.filename:
        size, _, own = first(form, f"{name}-kept").partition(" ")
        is_kept = (
            own and size.isascii() and size.isdigit() and len(size) < 12 and f"{name}-remove" not in form
        )
        kept = Kept(f"{size} {shown_name(own)}", shown_name(own), int(size)) if is_kept else None
        return {name: [json.dumps(asdict(kept))] if kept else [], f"{name}-problem": []}
    head = sent.stream.read(HEAD_BYTES)
    length = sent.stream.seek(0, 2)
    problem = kind.refusal(question, name=sent.filename, size=length, head=head)
    if problem:
        return {name: [], f"{name}-problem": [problem]}
    shown = shown_name(sent.filename)
    return {name: [json.dumps(asdict(Kept(f"{length} {shown}", shown, length)))], f"{name}-problem": []}


def flow_for(
    consultation: Consultation, definition: Definition, answers: Mapping[str, Any], language: str
) -> Flow:
    """The survey as a person with these answers meets it."""
    now = datetime.now(UTC).astimezone(ZoneInfo(consultation.timezone))
    return Flow(Logic(definition), answers, now=now, seed=SEED, language=language)


def _serializer(definition: Definition) -> URLSafeSerializer:
    # Signed, so that only what these very questions have accepted ever comes back.
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=f"preview {definition.fingerprint()}")


def _cut(value: Any, most: int | None) -> Any:
    if isinstance(value, Mapping):
        return {key: _cut(part, most) for key, part in value.items()}
    if isinstance(value, list):
        return [_cut(part, most) for part in value]
    # What has no spaces may be a code, and stays whole.
    return value[:most] if isinstance(value, str) and " " in value else value
