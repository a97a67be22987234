"""Who may answer where there is a roll, in confidence: by a personal code, once, on as many devices as she likes.

The device holds a code drawn from her place on the roll and from the code that was typed, so that two devices go on
with the same draft, and there is one submission key, one response and one receipt. A code that is replaced shuts its
devices out; what was sent is shown again only where it was sent. In an anonymous consultation nothing of this happens.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from flask import Response, render_template, request

from consult.access.brake import too_many_wrong_codes
from consult.consultations.asked import Asked
from consult.consultations.inputs import SEEN
from consult.extensions import current_session
from consult.stakeholders import codes, participation
from consult.stakeholders.codes import CodeHolder, Device
from surveys.questions import type_of
from surveys.questions.base import Value
from surveys.rules import Flow, known_answers
from surveys.versions import Version


class CodeTrouble(StrEnum):
    """Why a code did not open the questions: nothing tells whether it was never given, used or replaced."""

    WRONG = "wrong"
    TOO_MANY = "too_many"


def asks_for_code(asked: Asked) -> bool:
    """Whether a personal code is needed."""
    return asked.access == "roll" and asked.privacy == "confidential"


def holder_of(asked: Asked, device_code: str) -> tuple[CodeHolder, Device] | None:
    """Who the code that a device holds belongs to; None when it was not made here, she left the roll, or her code
    was replaced since."""
    device = codes.read_device(asked, device_code)
    holder = codes.holder_of_place(current_session(), asked, device.ref) if device else None
    if holder is None or device is None or holder.issue != device.issue:
        return None
    return holder, device


def enter(asked: Asked, typed: str, *, held: str = "") -> tuple[str, CodeTrouble | None]:
    """(what the device is to hold, None) for a code that may answer; ("", what is wrong) for any other.

    Where a code was replaced, the draft goes on only on a device that holds (`held`) an older code of hers: who knows
    the new one alone, as does whoever made it, begins anew. A right code is never held up; the failures are counted,
    for this consultation and in all.
    """
    holder = codes.participant_of_code(current_session(), asked, typed)
    if holder is not None and not holder.has_answered:
        before = codes.read_device(asked, held)
        begun = before.begun if before and before.ref == holder.ref else holder.issue
        return codes.device_code(asked, Device(holder.ref, holder.issue, begun)), None
    return "", CodeTrouble.TOO_MANY if too_many_wrong_codes(asked.id) else CodeTrouble.WRONG


def seen_mark(version: Version, answers: Mapping[str, Value], flow: Flow) -> str:
    """What the page for checking carries of the answers that it shows, so that nobody sends others than she saw."""
    return _mark(version, known_answers(version.definition, answers, flow))


def was_sent_otherwise(version: Version, submitted: Mapping[str, Value]) -> bool:
    """Whether this form showed other answers than those that were sent, from another page or device."""
    seen = request.form.get(SEEN)
    return bool(seen) and seen != _mark(version, submitted)


def differs(
    version: Version, answers: Mapping[str, Value], flow: Flow, submitted: Mapping[str, Value]
) -> bool:
    """Whether these answers are others than those that were sent."""
    return seen_mark(version, answers, flow) != _mark(version, submitted)


def _mark(version: Version, document: Mapping[str, Any]) -> str:
    """Of what people gave: what is worked out, such as the time, differs each time."""
    kinds = {question.id: type_of(question) for question in version.definition.questions()}
    given = {name for name, kind in kinds.items() if kind.takes_answer and kind.asks}
    rounds = {section.id for section in version.definition.sections if section.repeat}
    kept = {
        key: [{name: one[name] for name in sorted(given & one.keys())} for one in value]
        if key in rounds
        else value
        for key, value in document.items()
        if key in given or key in rounds
    }
    text = json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def sent_already(asked: Asked, *, shows_copy: bool) -> Response:
    """What happened, in words, to who sends answers where others were sent already."""
    page = render_template("answer/sent_already.html", asked=asked, shows_copy=shows_copy)
    return Response(page, 409, content_type="text/html; charset=utf-8")


def tie(place_id: int, response_id: int) -> None:
    """One response a participant. Raises DomainError when she has another."""
    participation.tie_response(current_session(), place_id, response_id)
