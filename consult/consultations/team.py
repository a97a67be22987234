"""Who of the staff works on a consultation, and what each may do in it beyond the role."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.access import audit
from consult.access.models import Staff
from consult.access.permissions import Right
from consult.consultations.models import Consultation, ConsultationStaff
from consult.errors import DomainError
from surveys.i18n import N_

GRANTABLE = {
    Right.CONSULTATION_EDIT: _("change the texts and the survey"),
    Right.CONSULTATION_MANAGE: _("open, close and publish"),
    Right.EVIDENCE_EDIT: _("bring in interviews, notes, documents and feedback"),
    Right.ROLL_MANAGE: _("keep the roll and write to the people on it"),
    Right.FIGURES_READ: _("see the figures"),
    Right.RESPONSES_READ: _("read single answers"),
    Right.RESPONSES_EXPORT: _("take all responses out as a file"),
    Right.REVIEW_READ: _("see the themes"),
    Right.REVIEW_EDIT: _("work on the themes"),
}


def add_member(
    session: Session,
    consultation: Consultation,
    *,
    email: str,
    rights: Sequence[str],
    giver_rights: Collection[Right],
) -> None:
    """Let a member of staff work here, with these rights beside the role's; again: change the rights.

    Nobody gives a right that they do not have here themselves (`giver_rights`). Raises DomainError for
    that, when nobody has this address, and for a right that cannot be given.
    """
    person = session.scalar(select(Staff).where(Staff.email == email.strip().lower()))
    if person is None:
        raise DomainError("no_such_staff", N_("No member of staff has this e-mail address."))
    membership = next((m for m in consultation.members if m.staff_id == person.id), None)
    new = set(rights) - set(membership.rights if membership else ())
    if not set(rights) <= set(GRANTABLE) or not new <= {str(right) for right in giver_rights}:
        raise DomainError("right_not_grantable", N_("This right cannot be given here."))
    if membership is None:
        membership = ConsultationStaff(staff_id=person.id)
        consultation.members.append(membership)
    membership.rights = sorted(set(rights))
    session.flush()
    audit.record(
        session,
        "team.added",
        consultation_slug=consultation.slug,
        staff=person.email,
        rights=membership.rights,
    )


def remove_member(session: Session, consultation: Consultation, *, membership_id: int) -> None:
    """End a membership. Raises DomainError for the last one of a consultation that only members see."""
    membership = next((m for m in consultation.members if m.id == membership_id), None)
    if membership is None:
        return
    if consultation.is_restricted and len(consultation.members) == 1:
        raise DomainError(
            "last_member", N_("Somebody must stay: only its members can see this consultation.")
        )
    audit.record(session, "team.removed", consultation_slug=consultation.slug, staff=membership.staff.email)
    consultation.members.remove(membership)
    session.flush()
