"""Letters to the people on a roll: who gets one, and what became of each.

A letter is noted as attempted before it leaves and as sent after; one that was attempted and never noted as sent is
doubtful, and a person decides. No table holds a letter's text, its address or a code.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, func, insert, or_, select, update
from sqlalchemy.orm import Session, joinedload

from consult import outbox
from consult.access import audit
from consult.analysis.disclosure import INSIDE
from consult.errors import DomainError
from consult.stakeholders.asking import Asking, has_codes, is_anonymous
from consult.stakeholders.entitlement import (
    Letter,
    LetterKind,
    LetterState,
    Mailing,
    Participation,
)
from consult.stakeholders.models import Participant, RollPlace, participant_groups
from consult.stakeholders.people import new_ref
from surveys.i18n import N_
from surveys.models import utc_now

DOUBTFUL_AFTER = timedelta(minutes=2)
BETWEEN_REMINDERS = timedelta(hours=24)
AGAIN_AFTER = timedelta(minutes=10)
"""How long a letter rests that the mail server did not want yet."""
GIVEN_UP_AFTER = timedelta(hours=24)
_REF = re.compile(r"(?<![0-9a-z])[0-9abcdefghjkmnpqrstvwxyz]{16}(?![0-9a-z])")


def recipients(
    asking: Asking, kind: str, *, group_id: int | None = None, now: datetime | None = None
) -> Select:
    """Ids of the places that a letter of this kind goes to now, by name.

    An invitation goes once to each who has an address. A reminder goes, in confidence, to who has not answered, else
    to all; and to nobody twice in a day.
    """
    query = (
        select(RollPlace.id)
        .join(Participant, Participant.id == RollPlace.participant_id)
        .where(RollPlace.consultation_id == asking.id, Participant.email.is_not(None))
        .order_by(RollPlace.name_key, RollPlace.id)
    )
    had = (
        select(Letter.place_id)
        .join(Mailing, Mailing.id == Letter.mailing_id)
        .where(Mailing.consultation_id == asking.id, Letter.state.in_(["waiting", "attempted", "sent"]))
    )
    if kind == LetterKind.INVITATION:
        query = query.where(RollPlace.id.not_in(had.where(Mailing.kind == LetterKind.INVITATION)))
    else:
        since = (now or utc_now()) - BETWEEN_REMINDERS
        query = query.where(RollPlace.id.not_in(had.where(Mailing.made_at > since)))
        if has_codes(asking):
            answered = select(Participation.place_id).where(Participation.response_id.is_not(None))
            query = query.where(RollPlace.id.not_in(answered))
        bounced = select(Letter.place_id).where(Letter.state.in_(["refused", "bounced"]))
        query = query.where(RollPlace.id.not_in(bounced))
    if group_id is not None:
        in_group = select(participant_groups.c.participant_id).where(
            participant_groups.c.group_id == group_id
        )
        query = query.where(RollPlace.participant_id.in_(in_group))
    return query


def count_recipients(session: Session, asking: Asking, kind: str, *, group_id: int | None = None) -> int:
    """How many a letter of this kind would go to now."""
    query = recipients(asking, kind, group_id=group_id).order_by(None)
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0


def start_mailing(
    session: Session, asking: Asking, *, kind: str, made_by: str, group_id: int | None = None
) -> int:
    """Ask for letters to all who are to get one now; how many. They leave after the commit, in a job.

    Raises DomainError when there is nobody to write to, or people cannot answer now.
    """
    if asking.status != "open":
        raise DomainError("not_open", N_("This consultation is not open."))
    if is_anonymous(asking) and kind == LetterKind.INVITATION:
        raise DomainError(
            "anonymous_letters", N_("The codes of an anonymous consultation leave once, when they are made.")
        )
    if kind == LetterKind.REMINDER and has_codes(asking) and group_id is not None:
        _check_group(session, asking, group_id)
    places = session.scalars(recipients(asking, kind, group_id=group_id)).all()
    if not places:
        raise DomainError("nobody_to_write_to", N_("There is nobody to write to now."))
    mailing = Mailing(consultation_id=asking.id, kind=LetterKind(kind), made_by=made_by)
    session.add(mailing)
    session.flush()
    session.execute(
        insert(Letter),
        [
            {"mailing_id": mailing.id, "place_id": place, "ref": new_ref(), "state": "waiting", "reason": ""}
            for place in places
        ],
    )
    audit.record(
        session,
        "letters.asked_for",
        consultation_slug=asking.slug,
        kind=kind,
        **({} if shows_who_answered(asking, kind) else {"count": len(places)}),
    )
    outbox.emit(session, "letters.asked_for", {"mailing_id": mailing.id})
    return len(places)


def _check_group(session: Session, asking: Asking, group_id: int) -> None:
    """A reminder goes to who has not answered: to a very small group it would tell who that is."""
    size = session.scalar(
        select(func.count())
        .select_from(RollPlace)
        .join(participant_groups, participant_groups.c.participant_id == RollPlace.participant_id)
        .where(RollPlace.consultation_id == asking.id, participant_groups.c.group_id == group_id)
    )
    if (size or 0) < INSIDE:
        raise DomainError(
            "group_too_small",
            N_(
                "Fewer than %(k)s people of this group are on the roll. A reminder to them alone would show who has "
                "not answered. Send it to everybody."
            ),
            k=INSIDE,
        )


def shows_who_answered(asking: Asking, kind: str) -> bool:
    """Whether it says who has not answered that somebody gets a letter of this kind: then no name stands beside it, and
    its numbers are shown in steps."""
    return kind == LetterKind.REMINDER and has_codes(asking)


def waiting_mailings(session: Session) -> Sequence[int]:
    """Mailings with letters that have not been tried."""
    return session.scalars(
        select(Letter.mailing_id).where(Letter.state == "waiting").distinct().order_by(Letter.mailing_id)
    ).all()


def claim(session: Session, mailing_id: int) -> int | None:
    """Note the next waiting letter as attempted, for this process alone; its id, None when none waits for now."""
    rested = or_(Letter.attempted_at.is_(None), Letter.attempted_at < utc_now() - AGAIN_AFTER)
    following = (
        select(Letter.id)
        .where(Letter.mailing_id == mailing_id, Letter.state == "waiting", rested)
        .order_by(Letter.id)
        .limit(1)
        .scalar_subquery()
    )
    return session.scalar(
        update(Letter)
        .where(Letter.id == following, Letter.state == "waiting")
        .values(state="attempted", attempted_at=utc_now())
        .returning(Letter.id)
        .execution_options(synchronize_session=False)
    )


def note(session: Session, letter_id: int, state: LetterState, *, reason: str = "") -> None:
    """What became of an attempted letter. `reason` names a kind of error: never an address or a text. One that the mail
    server did not want yet (WAITING) is tried for a day."""
    if state is LetterState.WAITING:
        since = utc_now() - GIVEN_UP_AFTER
        made_at = select(Mailing.made_at).join(Letter).where(Letter.id == letter_id)
        if session.scalars(made_at).one() < since:
            state = LetterState.REFUSED
    session.execute(
        update(Letter)
        .where(Letter.id == letter_id, Letter.state == "attempted")
        .values(state=state, reason=reason[:80])
        .execution_options(synchronize_session=False)
    )


def drop_waiting(session: Session, mailing_id: int) -> None:
    """The consultation is over: what has not left does not leave any more."""
    session.execute(
        update(Letter)
        .where(Letter.mailing_id == mailing_id, Letter.state == "waiting")
        .values(state="dropped")
    )


def doubtful(session: Session, consultation_id: int, *, now: datetime | None = None) -> Sequence[Letter]:
    """Letters of which nobody knows whether they left: tried, and the end never noted."""
    return session.scalars(
        select(Letter)
        .join(Mailing, Mailing.id == Letter.mailing_id)
        .where(
            Mailing.consultation_id == consultation_id,
            Letter.state == "attempted",
            Letter.attempted_at < (now or utc_now()) - DOUBTFUL_AFTER,
        )
        .order_by(Letter.id)
        .options(joinedload(Letter.place).joinedload(RollPlace.participant), joinedload(Letter.mailing))
    ).all()


def decide(session: Session, asking: Asking, letter_id: int, *, again: bool) -> None:
    """What a person decides about a doubtful letter: send it again, or take it as sent."""
    mine = select(Mailing.id).where(Mailing.consultation_id == asking.id)
    if again and is_anonymous(asking):  # the code that stood in an invitation is gone
        mine = mine.where(Mailing.kind != LetterKind.INVITATION)
    decided = session.execute(
        update(Letter)
        .where(
            Letter.id == letter_id,
            Letter.state == "attempted",
            Letter.mailing_id.in_(mine),
            Letter.attempted_at < utc_now() - DOUBTFUL_AFTER,
        )
        .values(state="waiting" if again else "sent", attempted_at=None if again else Letter.attempted_at)
        .returning(Letter.mailing_id)
        .execution_options(synchronize_session=False)
    ).scalar()
    if decided is None:
        return
    audit.record(session, "letter.decided", consultation_slug=asking.slug, letter=letter_id, again=again)
    if again:
        outbox.emit(session, "letters.asked_for", {"mailing_id": decided})


def note_bounces(session: Session, asking: Asking, text: str) -> int:
    """Mark the letters whose refs stand in `text` (what a mail server sent back) as come back; how many."""
    refs = set(_REF.findall(text[:1_000_000].lower()))
    found = 0
    mine = select(Mailing.id).where(Mailing.consultation_id == asking.id)
    for ref in sorted(refs)[:20_000]:
        found += session.execute(
            update(Letter)
            .where(Letter.ref == ref, Letter.mailing_id.in_(mine), Letter.state.in_(["sent", "attempted"]))
            .values(state="bounced")
            .execution_options(synchronize_session=False)
        ).rowcount  # type: ignore[attr-defined]
    if found:
        audit.record(session, "letters.bounced", consultation_slug=asking.slug, count=found)
    return found


def mailings(session: Session, asking: Asking) -> list[tuple[Mailing, dict[str, int]]]:
    """The mailings of a consultation, newest first, each with its letters counted by state, those of reminders in steps
    where they say how many have answered."""
    consultation_id = asking.id
    rows = session.execute(
        select(Letter.mailing_id, Letter.state, func.count())
        .join(Mailing, Mailing.id == Letter.mailing_id)
        .where(Mailing.consultation_id == consultation_id)
        .group_by(Letter.mailing_id, Letter.state)
    )
    counts: dict[int, dict[str, int]] = {}
    for mailing_id, state, count in rows:
        counts.setdefault(mailing_id, {})[state] = count
    found = session.scalars(
        select(Mailing).where(Mailing.consultation_id == consultation_id).order_by(Mailing.id.desc())
    )
    return [(mailing, _shown(asking, mailing, counts.get(mailing.id, {}))) for mailing in found]


def _shown(asking: Asking, mailing: Mailing, counts: dict[str, int]) -> dict[str, int]:
    if not shows_who_answered(asking, mailing.kind):
        return counts
    return {state: number // INSIDE * INSIDE for state, number in counts.items()}
