"""Who was asked and who answered: AAPOR's response rates and what a margin of error may be said of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from consult.analysis.disclosure import INSIDE, Hidden, suppress_table
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
        return _with_rates(ResponseRates(answered, on_roll=on_roll or None))
    counted = heard(session, consultation.id, timezone=consultation.timezone, is_over=True)
    found = kept_figures.as_released(session, consultation.id, counted)
    names = {str(group.id): dict(group.name) for group in queries.groups(session)}
    tables = (
        (GROUP, _lines(list(found.by_group.values()), found, k, names, adds_up=False)),
        (REGION, _lines(found.by_region, found, k, None, adds_up=True)),
        (LANGUAGE, _lines(found.by_language, found, k, None, adds_up=True)),
    )
    rates = ResponseRates(
        responses=part(found.complete, found.on_roll, k) if found.on_roll else total(found.complete, k),
        on_roll=found.on_roll or None,
        invited=found.invited,
        delivered=found.delivered,
        begun=found.begun if _may_stand_beside(found.begun, found.complete, k) else None,
        tables=tuple((kind, lines) for kind, lines in tables if len(lines) > 1),
    )
    return _with_rates(rates)


def _may_stand_beside(begun: int, complete: int, k: int) -> bool:
    return not 0 < begun - complete < k


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
    lines: Sequence[Line], found: Heard, k: int, names: Mapping[str, Text] | None, *, adds_up: bool
) -> tuple[RateLine, ...]:
    """The lines as they were released inside, hidden further where this edition asks for more. Those that were hidden
    already stand in the control as one line, because together they are known from the total."""
    shown = [line for line in lines if line.complete.shown is not None]
    rows = [[line.complete.shown or 0, line.on_roll - (line.complete.shown or 0)] for line in shown]
    hidden_size = sum(line.on_roll for line in lines) - sum(line.on_roll for line in shown)
    hidden_complete = found.complete - sum(row[0] for row in rows)
    if adds_up and len(shown) < len(lines) and 0 <= hidden_complete <= hidden_size:
        rows.append([hidden_complete, hidden_size - hidden_complete])
    if k == INSIDE or any(min(row) < 0 for row in rows):
        figures = {line.key: _as_released(line) for line in lines}
    else:
        cells = suppress_table(rows, k, column_totals=adds_up).cells if rows else ()
        figures = {line.key: Figure(None, None, Hidden.WITHHELD) for line in lines}
        for line, (own, _rest) in zip(shown, cells, strict=False):
            share = own.shown / line.on_roll if own.shown is not None and line.on_roll else None
            figures[line.key] = Figure(own.shown, share, own.reason or "")
    return tuple(
        RateLine(
            name=names.get(line.key, {}) if names is not None else {"": line.key or ""},
            on_roll=line.on_roll,
            complete=figures[line.key],
        )
        for line in lines
    )


def _as_released(line: Line) -> Figure:
    share = line.share if line.complete.shown is not None else None
    return Figure(line.complete.shown, share, line.complete.reason or "")
