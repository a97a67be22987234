"""Figures of participation as they were released: kept until k more answers have come.

Groups, regions and languages are what is held about people now. If figures were counted anew each time, whoever moves
one person from one group to another would read from them whether she has answered. So what is shown of the answers is
what was counted when the last step of k was full, and after closing what was counted then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from consult.analysis.disclosure import Cell, Hidden
from consult.stakeholders.entitlement import KeptFigures
from consult.stakeholders.heard import Heard, Line

TABLES = ("by_group", "by_region", "by_language")


def is_outdated(session: Session, consultation_id: int, counted: Heard, *, is_over: bool) -> bool:
    """Whether what was counted now may take the place of what is kept."""
    kept = session.get(KeptFigures, consultation_id)
    if kept is None:
        return True
    return not kept.is_final and (is_over or counted.complete > kept.complete)


def keep(session: Session, consultation_id: int, counted: Heard, *, is_over: bool) -> None:
    """Let what was counted now be what is shown, unless it may not be yet. Flushes."""
    if not is_outdated(session, consultation_id, counted, is_over=is_over):
        return
    kept = session.get(KeptFigures, consultation_id) or KeptFigures(consultation_id=consultation_id)
    kept.complete, kept.begun, kept.is_final = counted.complete, counted.begun, is_over
    kept.figures = {
        "days": [[first.isoformat(), last.isoformat(), number] for first, last, number in counted.days],
        **{name: {line.key: _written(line) for line in _lines(getattr(counted, name))} for name in TABLES},
    }
    session.add(kept)
    session.flush()


def as_released(session: Session, consultation_id: int, counted: Heard) -> Heard:
    """What was counted now of the roll and the letters, with what was kept of the answers."""
    kept = session.get(KeptFigures, consultation_id)
    if kept is None:
        return counted
    tables: dict[str, Any] = {}
    for name in TABLES:
        lines = getattr(counted, name)
        shown = [_as_kept(line, kept.figures[name].get(line.key)) for line in _lines(lines)]
        tables[name] = {line.key: line for line in shown} if isinstance(lines, Mapping) else shown
    days = [
        (date.fromisoformat(first), date.fromisoformat(last), number)
        for first, last, number in kept.figures["days"]
    ]
    share = min(1.0, kept.complete / counted.on_roll) if counted.on_roll else None
    return replace(counted, complete=kept.complete, begun=kept.begun, share=share, days=days, **tables)


def _lines(lines: Mapping[str, Line] | Sequence[Line]) -> Sequence[Line]:
    return list(lines.values()) if isinstance(lines, Mapping) else lines


def _written(line: Line) -> list[Any]:
    return [line.complete.shown, line.share]


def _as_kept(line: Line, kept: list[Any] | None) -> Line:
    """Who came into view since then has no figure yet."""
    shown, share = kept or (None, None)
    return replace(line, complete=Cell(shown, None if shown is not None else Hidden.WITHHELD), share=share)
