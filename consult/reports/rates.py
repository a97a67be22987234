"""Who was asked and who answered: AAPOR's response rates and what a margin of error may be said of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from consult.analysis.columns import shown_cells
from consult.analysis.disclosure import Hidden
from consult.analysis.weighting import share_interval
from consult.consultations.models import Access, Consultation
from consult.reports.consultation_report import Figure, RateLine, ResponseRates, Text
from consult.reports.controlled import part, total
from consult.stakeholders import kept_figures, queries
from consult.stakeholders.asking import has_codes
from consult.stakeholders.heard import Heard, Line, heard

GROUP, REGION, LANGUAGE = "group", "region", "language"


def response_rates(session: Session, consultation: Consultation, *, responses: int, k: int) -> ResponseRates:
    """Rates against the roll; the number of responses alone where anyone could answer."""
    if consultation.access != Access.ROLL:
        return ResponseRates(total(responses, k))
    on_roll = queries.roll_size(session, consultation.id)
    if not has_codes(consultation):  # anonymous: nothing but the total is known
        answered = part(responses, on_roll, k) if on_roll >= responses else total(responses, k)
        return _with_rates(_beside_bases(ResponseRates(answered, on_roll=on_roll or None)))
    counted = heard(session, consultation.id, timezone=consultation.timezone, is_over=True)
    found = kept_figures.as_released(session, consultation.id, counted)
    names = {str(group.id): dict(group.name) for group in queries.groups(session)}
    tables = (
        (GROUP, _lines(list(found.by_group.values()), found, k, names)),
        (REGION, _lines(found.by_region, found, k, None)),
        (LANGUAGE, _lines(found.by_language, found, k, None)),
    )
    rates = ResponseRates(
        responses=part(found.complete, found.on_roll, k) if found.on_roll else total(found.complete, k),
        on_roll=found.on_roll or None,
        invited=found.invited if _may_stand_beside(found.invited, found.complete, k) else None,
        delivered=found.delivered if _may_stand_beside(found.delivered, found.complete, k) else None,
        begun=found.begun if _may_stand_beside(found.begun, found.complete, k) else None,
        tables=tuple((kind, lines) for kind, lines in tables if len(lines) > 1),
    )
    return _with_rates(_beside_bases(rates))


def _beside_bases(rates: ResponseRates) -> ResponseRates:
    """Where few did not answer nothing of the roll is shown: how many answers a question has stands elsewhere."""
    return rates if rates.responses.hidden != Hidden.WITHHELD else ResponseRates(rates.responses)


def _may_stand_beside(count: int, complete: int, k: int) -> bool:
    return not 0 < abs(count - complete) < k


def _with_rates(rates: ResponseRates) -> ResponseRates:
    complete, on_roll = rates.responses.count, rates.on_roll
    if complete is None or not on_roll or complete > on_roll:
        return rates
    low, high = share_interval(0.5, complete, population=on_roll)
    return ResponseRates(
        responses=rates.responses,
        on_roll=on_roll,
        invited=rates.invited,
        delivered=rates.delivered,
        begun=rates.begun,
        rr1=complete / on_roll,
        rr2=rates.begun / on_roll if rates.begun is not None else None,
        margin=(high - low) / 2 if complete else None,
        tables=rates.tables,
    )


def _lines(
    lines: Sequence[Line], found: Heard, k: int, names: Mapping[str, Text] | None
) -> tuple[RateLine, ...]:
    """The lines as they were released inside, hidden further where this edition asks for more, as is a line of a few
    people whether or not they answered. Empty where what is hidden could still be worked out."""
    shown = [line for line in lines if line.complete.shown is not None]
    counts = [line.complete.shown or 0 for line in shown]
    bases = [line.on_roll for line in shown]
    if any(not 0 <= count <= base for count, base in zip(counts, bases, strict=True)):
        return ()
    (flags,) = shown_cells([counts], [found.complete], bases, found.on_roll, k)
    kept = {line.key for line, is_shown in zip(shown, flags, strict=True) if is_shown}
    hidden = found.on_roll - sum(line.on_roll for line in lines if line.key in kept)
    answered = found.complete - sum(line.complete.shown or 0 for line in lines if line.key in kept)
    # Of groups that are hidden and of which nobody or everybody answered each is known; of those that overlap none is
    # shown unless all are.
    if not kept or (len(kept) < len(lines) and (answered in (0, hidden) or hidden < 0)):
        return ()
    if len(kept) < len(lines) and sum(line.on_roll for line in lines) > found.on_roll:
        return ()
    return tuple(
        RateLine(
            name=names.get(line.key, {}) if names is not None else {"": line.key or ""},
            on_roll=line.on_roll if line.key in kept else None,
            complete=_figure(line) if line.key in kept else Figure(None, None, Hidden.WITHHELD),
        )
        for line in lines
    )


def _figure(line: Line) -> Figure:
    answered = line.complete.shown
    return Figure(answered, answered / line.on_roll if answered is not None and line.on_roll else None)
