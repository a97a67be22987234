"""What closing an anonymous consultation does: answers become responses, in random order, and slots are forgotten.

`count_answers` is part of the transaction that closes, so that either both are done or neither; `wipe` rewrites the
files afterwards and is safe to repeat.
"""

from __future__ import annotations

import secrets
from collections import Counter
from datetime import datetime, time
from typing import Any, cast

from sqlalchemy import Table, delete, insert, select, update
from sqlalchemy.orm import Session

from consult.ballots.models import Slot, SlotSet
from consult.ballots.payload import Ballot
from consult.ballots.slots import STEP, slot_set_of, used_slots
from consult.stakeholders.asking import Asking
from surveys.models import Response
from surveys.queries import latest_version
from surveys.rules import Flow, known_answers
from surveys.services import rebuild_projection
from surveys.versions import Version

_RESPONSES = cast(Table, Response.__table__)
_BATCH = 500


def count_answers(session: Session, asking: Asking) -> int:
    """Make a response of every used slot, keep the receipts apart, sorted, and delete the slots; how many there were.

    Responses bear the day of closing and no receipt of their own: whoever knows a member's receipt must not find her
    answer by it. Flushes; safe to repeat.
    """
    slot_set = slot_set_of(session, asking.id)
    if slot_set is None or slot_set.receipts is not None:
        return 0
    version = latest_version(session, asking.survey_id)
    assert version is not None and asking.closed_at is not None  # it was open
    day = datetime.combine(asking.closed_at.date(), time(), tzinfo=asking.closed_at.tzinfo)
    receipts: list[str] = []
    rows: list[dict[str, Any]] = []
    common = _common_languages(session, asking.id)
    default = version.definition.default_language
    for ballot in used_slots(session, asking.id):
        receipts.append(ballot.receipt)
        language = ballot.language if ballot.language in common else default
        rows.append(_response(ballot, version, day) | {"language": language})
        if len(rows) == _BATCH:
            session.connection().execute(insert(_RESPONSES), rows)
            rows = []
    if rows:
        session.connection().execute(insert(_RESPONSES), rows)
    rebuild_projection(session, survey_id=asking.survey_id)
    session.execute(delete(Slot).where(Slot.consultation_id == asking.id))
    slot_set.receipts = sorted(receipts)
    session.flush()
    return len(receipts)


def _common_languages(session: Session, consultation_id: int) -> set[str]:
    """Languages in which at least k people answered: the roll says who reads what, and the only one who answered
    in a language would be known by it. Answers in the others are kept as in the default language."""
    counts = Counter(ballot.language for ballot in used_slots(session, consultation_id))
    return {language for language, count in counts.items() if count >= STEP}


def _response(ballot: Ballot, version: Version, day: datetime) -> dict[str, Any]:
    answers = known_answers(version.definition, ballot.answers, Flow(version.logic, ballot.answers))
    return {
        "public_id": secrets.token_hex(8),
        "survey_id": version.survey_id,
        "version_id": version.id,
        "submission_key": secrets.token_hex(32),
        "channel": "online",
        "language": ballot.language,
        "is_test": False,
        "quote_consent": ballot.quote_consent,
        "answers": dict(answers) | dict(ballot.answers),
        "receipt": "",
        "started_at": None,
        "submitted_at": day,
    }


def sets_to_wipe(session: Session) -> list[int]:
    """Consultations that are closed and whose slots may still be read from the files of the database."""
    return list(
        session.scalars(
            select(SlotSet.consultation_id).where(SlotSet.receipts.is_not(None), SlotSet.is_wiped.is_(False))
        )
    )


def mark_wiped(session: Session, consultation_ids: list[int]) -> None:
    """Remember that the files were rewritten after these were closed."""
    session.execute(
        update(SlotSet).where(SlotSet.consultation_id.in_(consultation_ids)).values(is_wiped=True)
    )


def has_open_slots(session: Session) -> bool:
    """Whether any slots wait for answers."""
    found = session.scalar(select(SlotSet.consultation_id).where(SlotSet.receipts.is_(None)).limit(1))
    return found is not None
