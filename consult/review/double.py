"""Double coding: a sample given blind to several coders, how far they agree, and what they settle.

What a coder says blind counts as a coding like any other and is kept beside it for the agreement, which no later
change of mind touches. The machine is compared with people, never counted among them.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consult.access.models import Staff
from consult.analysis.agreement import AgreementResult, CodingsError, coder_agreement
from consult.evidence.models import Excerpt
from consult.review import coding, errors
from consult.review.double_models import BlindCoding, DoubleCoding
from consult.review.models import MACHINE, ChangeLog, Coding, Theme
from consult.review.scope import Scope
from consult.review.snapshots import batches
from surveys.models import utc_now
from surveys.statements import insert_once

SIZES = (20, 50, 100, 0)
"""How many answers a round may have; 0 for all."""
SETTLE = "settle"
_chance = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class Round:
    """A round with its coders: how many of its `total` excerpts each of them has coded, by name."""

    round: DoubleCoding
    total: int
    done: Mapping[str, int]
    own: int
    agreement: AgreementResult | None
    with_machine: float | None


@dataclass(frozen=True, slots=True)
class Dispute:
    """An excerpt on which coders differ: what each said (name → themes), and what the machine did."""

    excerpt: Excerpt
    said: Mapping[str, Sequence[Theme]]
    machine: Sequence[Theme]
    settled: Sequence[Theme] | None
    """What was agreed on since, None where nothing was."""


def begin_round(session: Session, scope: Scope, *, size: int, by_id: int) -> DoubleCoding:
    """Draw answers at random, first of those that no round had yet. Raises ReviewError without answers or themes."""
    whole = select(Excerpt.id).where(scope.excerpts, Excerpt.part_of_id.is_(None)).order_by(Excerpt.id)
    everything = list(session.scalars(whole))
    if not everything:
        raise errors.nothing_to_code()
    if session.scalar(select(Theme.id).where(scope.themes, Theme.status != "retired").limit(1)) is None:
        raise errors.no_themes_yet()
    had = {number for one in rounds_of(session, scope) for number in one.excerpt_ids}
    fresh = [number for number in everything if number not in had]
    _chance.shuffle(fresh)
    again = [number for number in everything if number in had]
    _chance.shuffle(again)
    drawn = (fresh + again)[: size or len(everything)]
    made = DoubleCoding(
        consultation_id=scope.consultation_id,
        question_id=scope.question_id,
        excerpt_ids=drawn,
        made_by_id=by_id,
    )
    session.add(made)
    session.flush()
    return made


def rounds_of(session: Session, scope: Scope) -> Sequence[DoubleCoding]:
    """The rounds of a question, newest first."""
    mine = (
        DoubleCoding.consultation_id == scope.consultation_id,
        DoubleCoding.question_id == scope.question_id,
    )
    return session.scalars(select(DoubleCoding).where(*mine).order_by(DoubleCoding.id.desc())).all()


def round_with(session: Session, scope: Scope, round_id: int) -> DoubleCoding | None:
    """A round of this question."""
    return next((one for one in rounds_of(session, scope) if one.id == round_id), None)


def has_begun(session: Session, one: DoubleCoding) -> bool:
    """Whether anybody has coded in a round."""
    return session.scalar(select(BlindCoding.id).where(BlindCoding.round_id == one.id).limit(1)) is not None


def next_blind(
    session: Session, one: DoubleCoding, *, coder_id: int, after: int | None = None
) -> Excerpt | None:
    """The next excerpt of a round that this coder has not coded; beyond the last the first skipped one."""
    done = set(
        session.scalars(
            select(BlindCoding.excerpt_id).where(
                BlindCoding.round_id == one.id, BlindCoding.coder_id == coder_id
            )
        )
    )
    start = one.excerpt_ids.index(after) + 1 if after in one.excerpt_ids else 0
    for number in [*one.excerpt_ids[start:], *one.excerpt_ids[:start]]:  # `after` itself comes last
        excerpt = session.get(Excerpt, number) if number not in done else None
        if excerpt is not None:
            return excerpt
    return None


def code_blind(
    session: Session, one: DoubleCoding, excerpt: Excerpt, *, themes: Sequence[Theme], by_id: int
) -> None:
    """Keep what a coder says blind, once: what was said first stays for the agreement. Raises ReviewError."""
    if excerpt.id not in settled_in(session, one):  # who comes late does not undo what was agreed on
        coding.code_excerpt(session, excerpt, themes=themes, by_id=by_id)
    said = {
        "round_id": one.id,
        "excerpt_id": excerpt.id,
        "coder_id": by_id,
        "theme_ids": sorted(theme.id for theme in themes),
        "coded_at": utc_now(),
    }
    insert_once(session, BlindCoding, said)


def round_figures(session: Session, one: DoubleCoding, *, coder_id: int) -> Round:
    """How far a round is, and how far its coders agree so far."""
    said = said_in(session, one)
    names = names_of(session, {coder for coder, _excerpt in said})
    done: dict[int, int] = defaultdict(int)
    for coder, _excerpt in said:
        done[coder] += 1
    own, total = how_far(session, one, coder_id=coder_id)
    return Round(
        round=one,
        total=total,
        done={names[coder]: done[coder] for coder in sorted(done, key=lambda c: names[c])},
        own=own,
        agreement=agreement_of({(str(coder), excerpt): themes for (coder, excerpt), themes in said.items()}),
        with_machine=_with_machine(session, said),
    )


def disputes_of(session: Session, one: DoubleCoding, *, coder_id: int) -> list[Dispute]:
    """Excerpts on which coders differ, in the order of the round. Who codes in it sees those only that she has coded
    herself: the others stay blind."""
    said = said_in(session, one)
    is_coder = any(coder == coder_id for coder, _excerpt in said)
    names = names_of(session, {coder for coder, _excerpt in said})
    by_excerpt: dict[int, dict[int, frozenset[int]]] = defaultdict(dict)
    for (coder, excerpt), themes in said.items():
        by_excerpt[excerpt][coder] = themes
    themes_by_id = {theme.id: theme for theme in session.scalars(select(Theme).where(_scope(one).themes))}
    machine = machine_said(session, by_excerpt)
    settled = settled_in(session, one)
    alive = _alive(session, one)

    def named(ids: Iterable[int]) -> list[Theme]:
        found = [themes_by_id[i] for i in ids if i in themes_by_id]
        return sorted(found, key=lambda theme: (theme.position, theme.id))

    return [
        Dispute(
            excerpt=alive[number],
            said={names[coder]: named(ids) for coder, ids in sorted(who.items(), key=lambda p: names[p[0]])},
            machine=named(machine.get(number, ())),
            settled=named(settled[number]) if number in settled else None,
        )
        for number in one.excerpt_ids
        if number in alive
        and len(set((who := by_excerpt[number]).values())) > 1
        and (not is_coder or coder_id in who)
    ]


def settle(session: Session, excerpt: Excerpt, *, themes: Sequence[Theme], by_id: int) -> None:
    """What coders have agreed on counts from now on, and is told in the log of changes."""
    coding.code_excerpt(session, excerpt, themes=themes, by_id=by_id, kind=SETTLE)


def said_in(session: Session, one: DoubleCoding) -> dict[tuple[int, int], frozenset[int]]:
    """(coder, excerpt) → themes, those that were merged since under the theme that they went into."""
    present = _present(session, one)
    rows = session.execute(
        select(BlindCoding.coder_id, BlindCoding.excerpt_id, BlindCoding.theme_ids)
        .where(BlindCoding.round_id == one.id)
        .order_by(BlindCoding.id)
    )
    return {(coder, excerpt): frozenset(map(present, ids)) for coder, excerpt, ids in rows}


def _present(session: Session, one: DoubleCoding) -> Callable[[int], int]:
    """Gives the theme that a theme has gone into, itself where it was not merged."""
    merged = select(Theme.id, Theme.merged_into_id).where(
        _scope(one).themes, Theme.merged_into_id.is_not(None)
    )
    into = {row.id: row.merged_into_id for row in session.execute(merged)}

    def present(theme_id: int) -> int:
        seen = set()
        while theme_id in into and theme_id not in seen:
            seen.add(theme_id)
            theme_id = into[theme_id] or theme_id
        return theme_id

    return present


def agreement_of(said: Mapping[tuple[str, int], frozenset[int]]) -> AgreementResult | None:
    """Of (coder, excerpt) → themes; None where no two coders saw the same or no theme was given. Themes go by their
    ids as text."""
    rows = [
        (str(excerpt), coder, str(theme or ""))
        for (coder, excerpt), themes in sorted(said.items())
        for theme in (sorted(themes) or [0])
    ]
    try:
        return coder_agreement(*map(list, zip(*rows, strict=True))) if rows else None
    except CodingsError:
        return None


def _with_machine(session: Session, said: Mapping[tuple[int, int], frozenset[int]]) -> float | None:
    """α of the machine and people taken together in pairs: the mean over people."""
    machine = machine_said(session, {excerpt for _coder, excerpt in said})
    found = []
    for person in sorted({coder for coder, _excerpt in said}):
        pair: dict[tuple[str, int], frozenset[int]] = {}
        for (coder, excerpt), themes in said.items():
            if coder == person and excerpt in machine:
                pair["person", excerpt] = themes
                pair["machine", excerpt] = machine[excerpt]
        result = agreement_of(pair)
        if result is not None and result.alpha is not None:
            found.append(result.alpha)
    return sum(found) / len(found) if found else None


def machine_said(session: Session, excerpts: Iterable[int]) -> dict[int, frozenset[int]]:
    """What the machine said of these excerpts; those that it has not looked at are absent."""
    found: dict[int, set[int]] = defaultdict(set)
    rows = session.execute(
        select(Coding.excerpt_id, Coding.theme_id).where(
            Coding.origin == MACHINE, Coding.excerpt_id.in_(sorted(excerpts))
        )
    )
    for excerpt, theme in rows:
        found[excerpt] |= set() if theme is None else {theme}
    return {excerpt: frozenset(themes) for excerpt, themes in found.items()}


def _scope(one: DoubleCoding) -> Scope:
    """The question that a round is about."""
    return Scope(one.consultation_id, one.question_id)


def settled_in(session: Session, one: DoubleCoding) -> dict[int, list[int]]:
    """Excerpt → the themes that it was settled on, as the log of changes tells it."""
    rows = session.scalars(
        select(ChangeLog.params)
        .where(
            ChangeLog.consultation_id == one.consultation_id,
            ChangeLog.question_id == one.question_id,
            ChangeLog.kind == SETTLE,
            ChangeLog.undone_at.is_(None),
        )
        .order_by(ChangeLog.id)
    )
    present = _present(session, one)
    return {params["excerpt_id"]: list(dict.fromkeys(map(present, params["theme_ids"]))) for params in rows}


def _alive(session: Session, one: DoubleCoding) -> dict[int, Excerpt]:
    """The excerpts of a round that are still there: answers may have been erased."""
    found: dict[int, Excerpt] = {}
    for some in batches(one.excerpt_ids):
        found |= {
            excerpt.id: excerpt for excerpt in session.scalars(select(Excerpt).where(Excerpt.id.in_(some)))
        }
    return found


def how_far(session: Session, one: DoubleCoding, *, coder_id: int) -> tuple[int, int]:
    """(how many excerpts of a round this coder has coded, how many there are)."""
    mine = (BlindCoding.round_id == one.id, BlindCoding.coder_id == coder_id)
    own = session.scalar(select(func.count()).where(*mine)) or 0
    total = 0
    for some in batches(one.excerpt_ids):
        total += session.scalar(select(func.count()).where(Excerpt.id.in_(some))) or 0
    return own, total


def names_of(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """Staff id → a name that nobody else among them has: the address where two share theirs."""
    people = session.execute(select(Staff.id, Staff.name, Staff.email).where(Staff.id.in_(sorted(ids)))).all()
    common = Counter(name for _number, name, _email in people)
    return {number: name if name and common[name] == 1 else email for number, name, email in people}
