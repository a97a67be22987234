"""Signing: one page lists what is missing, shows what would be signed, and takes a name for all that is ticked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_security import current_user
from werkzeug.wrappers import Response

from consult.access import audit
from consult.consultations.access import load_consultation
from consult.consultations.models import Consultation
from consult.extensions import current_session
from consult.i18n import error_text, is_language_switch
from consult.summary import errors, services
from consult.summary.blueprint import blueprint
from consult.summary.checks import (
    OUTDATED,
    OUTDATED_LIMITS,
    Finding,
    can_sign,
    findings,
    has_outdated_figures,
)
from consult.summary.comparison import compare
from consult.summary.content import SummaryContent
from consult.summary.disclosed import ShownTheme, shown_themes
from consult.summary.errors import SummaryError
from consult.summary.figures import counted
from consult.summary.forms import problem_of
from consult.summary.models import Summary
from consult.summary.parts import Part, begun_part, check_may_read, load_readable, parts_of, today_in
from consult.summary.queries import SignedSummary, draft_of, last_signed
from consult.transaction import commits


@dataclass(frozen=True, slots=True)
class SignLine:
    """A summary on the page of signing. `content`: what would be signed."""

    part: Part
    summary: Summary
    content: SummaryContent
    findings: Sequence[Finding]
    signed: SignedSummary | None
    is_changed: bool
    shown: Sequence[ShownTheme]

    @property
    def is_outdated(self) -> bool:
        """Whether the figures of now would change it."""
        return has_outdated_figures(self.findings)

    @property
    def can_sign(self) -> bool:
        return self.is_changed and can_sign(self.findings)


@blueprint.get("/sign")
def signing(slug: str) -> str:
    """What can be signed now, and what is missing elsewhere."""
    consultation = load_readable(slug)
    return _page(consultation)


def _page(consultation: Consultation, problem: str = "") -> str:
    return render_template(
        "summary/sign.html",
        consultation=consultation,
        lines=_lines(consultation),
        labels={one.question_id: one.label for one in parts_of(consultation)},
        outdated=(OUTDATED, OUTDATED_LIMITS),
        asked=request.values.get("part"),
        note=request.form.get("note", ""),
        problem=problem,
        name=current_user.name or current_user.email,
    )


def _lines(consultation: Consultation) -> list[SignLine]:
    session, found = current_session(), []
    for part in parts_of(consultation):
        if part.summary is None:
            continue
        working = draft_of(session, part.summary)
        current = counted(session, consultation, part.question_id, today=today_in(consultation))
        signed = last_signed(session, part.summary.id)
        content = working.draft.to_sign()
        found.append(
            SignLine(
                part=part,
                summary=part.summary,
                content=content,
                findings=findings(session, consultation, working, current),
                signed=signed,
                is_changed=signed is None or not compare(signed.content, content).is_empty,
                shown=shown_themes(content, 1),
            )
        )
    return found


@blueprint.post("/sign")
@commits
def sign(slug: str) -> Response | str | tuple[str, int]:
    """Sign what is ticked: all of it or, where something stands in the way, nothing."""
    consultation = load_consultation(slug)
    check_may_read(consultation)
    if is_language_switch():
        return _page(consultation)
    note = request.form.get("note", "").replace("\r\n", "\n").strip()
    ticked = set(request.form.getlist("part"))
    try:
        if message := problem_of(note):
            return _page(consultation, message), 422
        lines = [line for line in _lines(consultation) if line.part.key in ticked]
        if not lines:
            raise errors.nothing_to_sign()
        if not all(_is_pressed_twice(line) for line in lines):
            with current_session().begin_nested():
                for line in lines:
                    _sign(slug, line, note)
    except SummaryError as error:
        current_session().expire_all()  # the first of two presses may have been quicker
        lines = [line for line in _lines(consultation) if line.part.key in ticked]
        if lines and all(_is_pressed_twice(line) for line in lines):
            return redirect(url_for("summary.listing", slug=slug), 303)
        return _page(consultation, error_text(error)), 409
    flash(ngettext("Signed: %(num)s summary.", "Signed: %(num)s summaries.", len(lines)))
    return redirect(url_for("summary.listing", slug=slug), 303)


@blueprint.post("/part/<part>/figures")
@commits
def take_figures(slug: str, part: str) -> Response | str | tuple[str, int]:
    """Take the figures of now into a draft from the page of signing, limits and all. What somebody wrote stays."""
    consultation = load_consultation(slug)
    check_may_read(consultation)
    found, summary = begun_part(consultation, part)
    if is_language_switch():
        return _page(consultation)
    try:
        with current_session().begin_nested():
            services.take_figures(
                current_session(),
                summary,
                consultation,
                revision=_sent_revision(found.key),
                by_id=current_user.id,
                today=today_in(consultation),
            )
    except SummaryError as error:
        current_session().expire_all()
        return _page(load_consultation(slug), error_text(error)), 409
    audit.record(current_session(), "summary.saved", consultation_slug=slug, part=part)
    flash(_("Saved, with the figures of now."))
    return _page(consultation)


def _is_pressed_twice(line: SignLine) -> bool:
    """Whether who presses now has signed exactly this with the same page already."""
    if line.signed is None or line.is_changed or line.signed.signed_by_id != current_user.id:
        return False
    return _revision(line) == line.summary.revision - 1


def _revision(line: SignLine) -> int:
    return _sent_revision(line.part.key)


def _sent_revision(key: str) -> int:
    sent = request.form.get(f"revision-{key}", "")
    return int(sent) if sent.isdecimal() and len(sent) < 10 else -1


def _sign(slug: str, line: SignLine, note: str) -> None:
    if not can_sign(line.findings):
        raise errors.cannot_sign()
    version = services.sign(
        current_session(),
        line.summary,
        revision=_revision(line),
        note=note,
        by=current_user._get_current_object(),
    )
    audit.record(
        current_session(),
        "summary.signed",
        consultation_slug=slug,
        part=line.part.key,
        version=version.number,
    )
