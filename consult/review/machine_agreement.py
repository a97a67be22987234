"""How far the machine agrees with people in a round of double coding. It stands beside them, never among them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from consult.analysis.agreement import AgreementResult
from consult.review.double import agreement_of, machine_said, names_of, said_in, settled_in
from consult.review.double_models import DoubleCoding

Themes = frozenset[int]


@dataclass(frozen=True, slots=True)
class MachineAgreement:
    """`with_people`: of the machine and what people agreed on, the one coder being all of them; `with_each`: of the
    machine and each coder by name. Items are those that the machine has looked at."""

    with_people: AgreementResult | None
    with_each: Mapping[str, AgreementResult]

    @property
    def is_empty(self) -> bool:
        return self.with_people is None and not self.with_each

    def says_of(self, theme_id: int) -> bool:
        """Whether any of it is about a theme."""
        found = [*self.with_each.values(), *([self.with_people] if self.with_people else [])]
        return any(str(theme_id) in one.themes for one in found)


def machine_agreement(session: Session, one: DoubleCoding) -> MachineAgreement:
    """By theme and over all themes, from what the coders said blind and what they settled."""
    said = said_in(session, one)
    names = names_of(session, {coder for coder, _excerpt in said})
    machine = machine_said(session, {excerpt for _coder, excerpt in said})
    by_coder: dict[int, dict[int, Themes]] = defaultdict(dict)
    for (coder, excerpt), themes in said.items():
        by_coder[coder][excerpt] = themes
    each = {
        names[coder]: found
        for coder in sorted(by_coder, key=lambda number: names[number])
        if (found := _beside(by_coder[coder], machine)) is not None
    }
    settled = {excerpt: frozenset(themes) for excerpt, themes in settled_in(session, one).items()}
    return MachineAgreement(_beside(agreed_on(said, settled), machine), each)


def agreed_on(said: Mapping[tuple[int, int], Themes], settled: Mapping[int, Themes]) -> dict[int, Themes]:
    """Excerpt → what people settled on, else what all of two coders or more said alike; others are left out."""
    by_excerpt: dict[int, list[Themes]] = defaultdict(list)
    for (_coder, excerpt), themes in said.items():
        by_excerpt[excerpt].append(themes)
    alike = {
        excerpt: voices[0]
        for excerpt, voices in by_excerpt.items()
        if len(voices) > 1 and len(set(voices)) == 1
    }
    return alike | {excerpt: themes for excerpt, themes in settled.items() if excerpt in by_excerpt}


def _beside(people: Mapping[int, Themes], machine: Mapping[int, Themes]) -> AgreementResult | None:
    pair: dict[tuple[str, int], Themes] = {}
    for excerpt, themes in people.items():
        if excerpt in machine:
            pair["people", excerpt] = themes
            pair["machine", excerpt] = machine[excerpt]
    return agreement_of(pair)
