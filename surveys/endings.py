"""Quotas and screen-outs: who is not asked any further, and how many places are taken. Flushes, never commits.

Of people who were screened out nothing is kept but their number. A place of a quota is taken by the statement
that counts it, so of two people at the same moment only one gets the last one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session

from surveys.drafts import Draft
from surveys.elements import Quota, ScreenOut
from surveys.errors import SurveyError
from surveys.i18n import N_
from surveys.models import DraftResponse, EndingCount, Response
from surveys.rules import Flow, known_answers
from surveys.statements import insert_once
from surveys.versions import Version

QUOTA, SCREEN_OUT = "quota", "screen_out"
_COUNTS = cast(Table, EndingCount.__table__)
_DRAFTS = cast(Table, DraftResponse.__table__)
_TAKE = (
    update(_COUNTS)
    .where(_COUNTS.c.key == bindparam("of_key"), _COUNTS.c.number < bindparam("below"))
    .values(number=_COUNTS.c.number + 1)
)
_END = (
    update(_DRAFTS)
    .where(_DRAFTS.c.id == bindparam("draft_id"), _DRAFTS.c.ended_by.is_(None))
    .values(ended_by=bindparam("item"))
)
_EMPTY = update(_DRAFTS).where(_DRAFTS.c.id == bindparam("draft_id")).values(answers={})
_NO_LIMIT = 2**31 - 1


class QuotaFullError(SurveyError):
    """No place is left for answers like these. Nothing of them may be kept as a response."""

    def __init__(self, quota: Quota) -> None:
        super().__init__("quota_full", N_("All places for answers like yours are taken."))
        self.quota = quota


def screen_out_of(flow: Flow) -> ScreenOut | None:
    """The first screen-out whose condition holds for these answers."""
    screen_outs = flow.logic.definition.screen_outs
    return next((item for item in screen_outs if item.condition and flow.holds(item.condition)), None)


def end_draft(session: Session, *, draft: Draft, screen_out: ScreenOut) -> bool:
    """Screen somebody out: the answers are forgotten, and one is counted, once a draft.

    Test drafts are not counted. Returns whether it was counted now.
    """
    connection = session.connection()
    connection.execute(_EMPTY, {"draft_id": draft.id})
    ended = connection.execute(_END, {"draft_id": draft.id, "item": screen_out.id}).rowcount == 1
    if ended and not draft.is_test:
        _add(session, draft.survey_id, SCREEN_OUT, screen_out.id)
    return ended and not draft.is_test


def full_quota_of(session: Session, *, survey_id: int, flow: Flow) -> Quota | None:
    """The first quota that these answers belong to and that has no place left.

    To spare people the rest of the questions; `take_places` decides.
    """
    matching = quotas_of(flow)
    if not matching:
        return None
    taken = counts_of(session, survey_id)
    return next((quota for quota in matching if taken.get((QUOTA, quota.id), 0) >= quota.limit), None)


def take_places(session: Session, *, survey_id: int, flow: Flow) -> None:
    """Count a response in every quota that it belongs to.

    Raises QuotaFullError when one is full; the caller rolls back, so that no other place stays taken.
    """
    for quota in sorted(
        quotas_of(flow), key=lambda quota: quota.id
    ):  # one order, so that nobody waits in a circle
        if not _add(session, survey_id, QUOTA, quota.id, below=quota.limit):
            raise QuotaFullError(quota)


def governing(version: Version, newest: Version | None, flow: Flow) -> Flow:
    """The flow that decides about quotas: those of the newest version hold for all, also for answers on an older
    one. A trial has its own."""
    if newest is None or newest.id == version.id or version.number < 1:
        return flow
    return flow.under(newest.logic, known_answers(version.definition, flow.answers, flow))


def quotas_of(flow: Flow) -> list[Quota]:
    """The quotas that these answers belong to. One without a condition counts every response."""
    return [
        quota for quota in flow.logic.definition.quotas if not quota.condition or flow.holds(quota.condition)
    ]


def counts_of(session: Session, survey_id: int) -> dict[tuple[str, str], int]:
    """(QUOTA or SCREEN_OUT, its id) → how many; without those that nobody belonged to yet."""
    rows = session.execute(
        select(EndingCount.kind, EndingCount.item_id, EndingCount.number).where(
            EndingCount.survey_id == survey_id, EndingCount.number > 0
        )
    )
    return {(kind, item): number for kind, item, number in rows}


def recount_quotas(session: Session, *, version: Version, before: Iterable[Quota]) -> None:
    """Count anew from the responses what is new in `version` or has another condition than `before`."""
    known = {quota.id: quota.condition for quota in before}
    changed = [quota for quota in version.definition.quotas if known.get(quota.id) != quota.condition]
    if not changed:
        return
    for quota in changed:  # whoever submits from now on waits for this transaction
        _row(session, version.survey_id, QUOTA, quota.id)
        session.connection().execute(_lock(version.survey_id, quota.id))
    numbers = dict.fromkeys((quota.id for quota in changed), 0)
    for answers in _documents(session, version.survey_id):
        for quota in quotas_of(Flow(version.logic, answers, is_sent=True)):
            if quota.id in numbers:
                numbers[quota.id] += 1
    for quota_id, number in numbers.items():
        session.connection().execute(
            update(_COUNTS)
            .where(_COUNTS.c.key == _key(version.survey_id, QUOTA, quota_id))
            .values(number=number)
        )


def _documents(session: Session, survey_id: int) -> Iterable[Mapping[str, Any]]:
    return session.execute(
        select(Response.answers)
        .where(Response.survey_id == survey_id, Response.is_test.is_(False))
        .execution_options(yield_per=500)
    ).scalars()


def _lock(survey_id: int, item_id: str) -> Any:
    return (
        update(_COUNTS)
        .where(_COUNTS.c.key == _key(survey_id, QUOTA, item_id))
        .values(number=_COUNTS.c.number)
    )


def _add(session: Session, survey_id: int, kind: str, item_id: str, *, below: int = _NO_LIMIT) -> bool:
    """Count one more while there are fewer than `below`; returns whether it was counted."""
    _row(session, survey_id, kind, item_id)
    values = {"of_key": _key(survey_id, kind, item_id), "below": below}
    return session.connection().execute(_TAKE, values).rowcount == 1


def _row(session: Session, survey_id: int, kind: str, item_id: str) -> None:
    key = _key(survey_id, kind, item_id)
    values = {"key": key, "survey_id": survey_id, "kind": kind, "item_id": item_id, "number": 0}
    insert_once(session, EndingCount, values)


def _key(survey_id: int, kind: str, item_id: str) -> str:
    return f"{survey_id} {kind} {item_id}"
