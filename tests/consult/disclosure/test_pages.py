"""What may be seen of a consultation, taken together, tells of no 1 to k-1 answers.

Readers: everybody, of the published results and the report; and staff who may see summaries but no single answers, of
the signed summaries, the tables of themes and participation, beside what everybody sees. What they see is read from the
values that the pages are made of (`sights`), what follows is worked out (`solver`), and a cell that `sights.promised`
lists may not be among it. Not in the promise: that a figure is *somewhere* among 1 to k-1, as the pages say of many
themselves; three themes at once; quotes, and what people write into texts; how many of the whole roll did not answer,
which staff see, and what follows for who manages a roll of which everybody answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from consult.access.models import Staff
from consult.analysis.disclosure import INSIDE, PUBLIC
from consult.consultations.models import Status
from consult.errors import DomainError
from consult.extensions import db
from consult.review import presentation
from consult.summary import disclosed
from consult.summary.models import Summary
from consult.summary.queries import signed_version, versions_of
from surveys.models import Response
from tests.consult.disclosure import sights
from tests.consult.disclosure.solver import SILENT, Cell, Fact, determined
from tests.consult.disclosure.village import Built, Village, built, drawn, signed
from tests.surveys.samples import LONG

FOUND = (3, 15, 20, 36, 44, 58, 83, 84)
"""Villages in which something small followed before all tables of a page were controlled together."""


def published(session: Session, seed: int, coder: Staff) -> Built:
    made = built(session, drawn(seed), slug=f"village-{seed}", coder=coder)
    signed(session, made)
    made.consultation.status = Status.PUBLISHED
    session.flush()
    return made


def of_everybody(session: Session, made: Built) -> list[Fact]:
    facts = sights.results(session, made)
    try:
        return facts + sights.report(session, made)
    except DomainError:  # of fewer than ten there is none
        return facts


def of_staff(session: Session, made: Built) -> list[Fact]:
    return sights.versions(session, made) + sights.tables(session, made)


def told(village: Village, facts: Sequence[Fact], k: int) -> list[Cell]:
    """The small cells that follow; that every figure is true is asked first."""
    facts = list(dict.fromkeys(facts))
    assert sights.unsaid(village, facts) == []
    found, undecided = determined(sights.shape_of(village), facts, sights.promised(village, k))
    assert undecided == []
    return found


def readings(session: Session, made: Built) -> Iterator[tuple[str, list[Cell], list[Fact]]]:
    """(reader, what follows for her, what she sees)."""
    everybody, staff = of_everybody(session, made), of_staff(session, made)
    yield "everybody", told(made.village, everybody, PUBLIC), everybody
    yield "staff", told(made.village, everybody + staff, INSIDE), staff
    silent = [person for person in made.village.people if not person.has_answered]
    if silent:
        every = everybody + staff + sights.participation(session, made)
        found = [cell for cell in told(made.village, every, INSIDE) if cell != Cell(of=SILENT)]
        yield "staff with the roll", found, every


def test_nothing_small_follows_from_all_that_a_reader_sees(app, staff) -> None:
    session, coder = db.session(), staff("admin", "coder@example.org")
    cells = {"everybody": 0, "staff": 0}
    for seed in FOUND:
        for reader, found, facts in readings(session, published(session, seed, coder)):
            assert (seed, reader, found) == (seed, reader, [])
            if reader in cells:
                cells[reader] += sum(bool(f.cell.having) and f.low == f.high for f in set(facts))
    assert cells["everybody"] > 15 and cells["staff"] > 70  # it is no use hiding everything


def test_what_is_left_open_on_purpose_is_found(app, staff, monkeypatch) -> None:
    session, coder = db.session(), staff("admin", "coder@example.org")
    made = published(session, 83, coder)
    monkeypatch.setattr(presentation, "rest_tells_of_few", lambda *_: False)
    found = told(made.village, of_everybody(session, made) + of_staff(session, made), INSIDE)
    assert Cell(("T0",), (sights.LANGUAGE, "Arabic")) in found
    made = published(session, 36, coder)
    monkeypatch.setattr(disclosed, "beside_broader", lambda _nodes, _told, columns, _k: columns.shown)
    found = told(made.village, of_everybody(session, made) + of_staff(session, made), INSIDE)
    assert Cell((), (sights.REGION, "North"), lacking=("P",)) in found


def test_two_versions_beside_one_another_would_tell_what_one_person_said(app, staff, client, sign_in) -> None:
    """So who may not read single answers sees the newest alone."""
    session, coder = db.session(), staff("admin", "coder@example.org")
    made = published(session, 36, coder)
    gone = next(
        n for n, person in enumerate(made.village.people) if person.themes == {"T0"} and n in made.excerpts
    )
    session.execute(delete(Response).where(Response.id == made.excerpts[gone].response_id))
    session.expire_all()
    signed(session, made, day=date(2026, 3, 11))
    session.commit()
    summary = session.query(Summary).filter_by(question_id=LONG.id).one()
    assert [version.number for version in versions_of(session, summary.id)] == [2, 1]
    before, after = (
        list(sights.shown_facts(signed_version(session, summary.id, number).content)) for number in (1, 2)
    )
    stays = [
        replace(f, cell=replace(f.cell, column=("stays", "yes"))) for f in after if f.cell.column is None
    ]
    shape = sights.shape_of(made.village)
    shape = replace(shape, columns={**shape.columns, "stays": ("yes",)})
    said = Cell(("T0",), ("stays", "yes"), outside=True)
    facts = [*(f for f in before if f.cell.column is None), *stays]
    assert determined(shape, facts, {said: 1}) == ([said], [])
    sign_in(client, "facilitator")
    addresses = [f"/manage/{made.consultation.slug}/summary/part/{LONG.id}/version/{n}" for n in (1, 2)]
    assert [client.get(address).status_code for address in addresses] == [403, 200]
    assert addresses[0] not in client.get(addresses[1]).text


@pytest.mark.sweep
@pytest.mark.slow
@pytest.mark.parametrize("part", range(10))
def test_nothing_small_follows_in_many_villages(app, staff, part: int) -> None:
    session, coder = db.session(), staff("admin", "coder@example.org")
    for seed in range(part * 100, part * 100 + 100):
        for reader, found, _facts in readings(session, published(session, seed, coder)):
            assert (seed, reader, found) == (seed, reader, [])
