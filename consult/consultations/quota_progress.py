"""How far the quotas of a survey are, and how many people were screened out, for the staff's overview."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from consult.analysis.disclosure import INSIDE
from consult.consultations.models import Consultation, Privacy, Status
from consult.consultations.progress import shown_number
from surveys.elements import Quota
from surveys.endings import QUOTA, SCREEN_OUT, counts_of
from surveys.queries import latest_version

K = INSIDE
"""No number below this is shown, while people answer only multiples of it, and in an anonymous consultation none before
closing."""
_OVER = (Status.CLOSED, Status.PUBLISHED, Status.ARCHIVED)


@dataclass(frozen=True, slots=True)
class Taken:
    """A quota with its number; None where it is too small to be shown. That it is full everybody may know."""

    quota: Quota
    number: int | None
    is_full: bool = False

    @property
    def share(self) -> float:
        """From 0 to 1, 0 where the number is not shown."""
        return min((self.number or 0) / self.quota.limit, 1.0) if self.quota.limit else 1.0


@dataclass(frozen=True, slots=True)
class QuotaProgress:
    """`screened_out` is None where no screen-out is asked for, or its number may not be shown."""

    taken: tuple[Taken, ...] = ()
    screened_out: int | None = None


def quota_progress(session: Session, consultation: Consultation) -> QuotaProgress:
    """The quotas of the newest version. Nothing of an anonymous consultation before it is closed."""
    version = latest_version(session, consultation.survey_id)
    is_anonymous = consultation.privacy == Privacy.ANONYMOUS
    if version is None or (is_anonymous and consultation.status not in _OVER):
        return QuotaProgress()
    definition = version.definition
    if not (definition.quotas or definition.screen_outs):
        return QuotaProgress()
    numbers = counts_of(session, consultation.survey_id)

    def shown(number: int) -> int | None:
        return None if 0 < number < K else shown_number(consultation, number)

    def taken(quota: Quota) -> Taken:
        number = numbers.get((QUOTA, quota.id), 0)
        is_full = number >= quota.limit
        return Taken(quota, quota.limit if is_full else shown(number), is_full)

    screened_out = sum(number for (kind, _), number in numbers.items() if kind == SCREEN_OUT)
    return QuotaProgress(
        tuple(taken(quota) for quota in definition.quotas),
        shown(screened_out) if definition.screen_outs else None,
    )
