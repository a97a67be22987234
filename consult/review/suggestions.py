"""What the machine proposes for one question: pure, from texts and existing themes to proposals.

Reading the material and writing the proposals are `consult.review.machine`'s.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from consult.analysis.embedding import Cancelled, Embedder, Progress, VectorCache, use_embedder
from consult.analysis.placer import Placer
from consult.analysis.placing import Chunks, place
from consult.analysis.themes import ThemeOptions, engine_names, find_themes
from consult.analysis.values import Assignment, Parent
from consult.review.material import Material, Proposal, ProposedTheme

MOST_BACKGROUND = 2_000
FEWEST = 2
"""Free answers that a new suggestion needs."""
FEWEST_BELOW = 2
"""Themes that a new broader theme needs."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What the analysis is given: an embedder, one that may read beside it, a cache of vectors, who is told how far it
    is, and who places very many answers, given the ids of all of them (`consult.review.placing_chunks`)."""

    embedder: Embedder | None = None
    vectors: VectorCache | None = None
    progress: Progress | None = None
    cancelled: Cancelled | None = None
    carry: Callable[[Sequence[int], Placer, Chunks], list[list[Assignment]]] | None = None
    second: Embedder | None = None

    def chosen(self) -> Embedder:
        return self.embedder or use_embedder()


def place_new(material: Material, tools: Tools) -> Proposal:
    """Put answers into the existing themes; what fits nowhere is "other".

    Raises AnalysisCancelledError when told to stop.
    """
    found = _place(material, tools)
    stances = {excerpt_id: item.stance for excerpt_id, item in found.items()}
    return _proposal(material, (), _themes_of(found), stances, engine_names(tools.chosen()))


def suggest(material: Material, options: ThemeOptions, tools: Tools) -> Proposal:
    """Find themes among all answers, and propose those that are not there yet.

    Answers that are held in themes take part, so that the rest is seen against the whole. Where more than
    half of a group already belongs to one existing theme, its free answers join that. A theme that has no
    answers yet (a reviewer's new one) draws those that fit it best; the others take only answers that are
    in no group, so that a theme does not grow with every run. Raises AnalysisCancelledError.
    """
    texts = material.texts
    found = find_themes(
        [text.text for text in texts],
        languages=[text.language for text in texts],
        options=options,
        embedder=tools.chosen(),
        second=tools.second,
        vectors=tools.vectors,
        progress=tools.progress,
        cancelled=tools.cancelled,
    )
    placed = _themes_of(_place(material, tools))
    groups: dict[str, list[tuple[int, float]]] = {theme.id: [] for theme in found.themes}
    for item in found.assignments:
        for scored in item.themes:
            groups[scored.id].append((texts[item.row].id, scored.score))
    free = {text.id for text in material.free}
    movable = free | {text.id for text in material.placeable}
    held = {text.id: themes for text, themes in material.held}
    called = {excerpt_id for excerpt_id, themes in placed.items() if themes[0][0] in material.empty}
    proposed: dict[str, ProposedTheme] = {}
    for theme in found.themes:
        members = groups[theme.id]
        home = _home(members, held)
        if home is not None:
            placed |= {i: ((home, score),) for i, score in members if i in movable and i not in placed}
            continue
        mine = [(i, s) for i, s in members if i in free and i not in called]
        if len(mine) >= FEWEST:
            for excerpt_id, _score in mine:
                placed.pop(excerpt_id, None)
            proposed[theme.id] = ProposedTheme(
                name=dict(theme.label),
                description=dict(theme.description),
                keywords=tuple(theme.keywords),
                codings=tuple(mine),
                quotes=tuple(i for i in (texts[q.row].id for q in theme.quotes) if i in dict(mine)),
            )
    stances = {texts[item.row].id: item.stance for item in found.assignments}
    broader = under_broader(found.parents, proposed, groups, material.under)
    return _proposal(material, tuple(proposed.values()), placed, stances, dict(found.engine), broader)


def under_broader(
    parents: Sequence[Parent],
    proposed: dict[str, ProposedTheme],
    groups: Mapping[str, Sequence[tuple[int, float]]],
    under: Mapping[int, int],
) -> tuple[Mapping[str, str], ...]:
    """Put the proposed themes under broader ones; returns the names of those to make.

    Where most answers of a broader theme stand under an existing one, its new themes join that. A new one
    needs two new themes; nothing that exists is put under it.
    """
    made: list[Mapping[str, str]] = []
    for parent in parents:
        new = [child for child in parent.children if child in proposed]
        answers = {excerpt_id for child in parent.children for excerpt_id, _score in groups[child]}
        existing = _home(
            [(excerpt_id, 0.0) for excerpt_id in sorted(answers)],
            {excerpt_id: frozenset({above}) for excerpt_id, above in under.items()},
        )
        if existing is None and len(new) < FEWEST_BELOW:
            continue
        for child in new:
            proposed[child] = replace(
                proposed[child], parent=existing, broader=len(made) if existing is None else None
            )
        if existing is None:
            made.append(dict(parent.label))
    return tuple(made)


def _home(members: Sequence[tuple[int, float]], held: Mapping[int, frozenset[int]]) -> int | None:
    """The existing theme that holds more than half of a group."""
    counts = Counter(theme_id for excerpt_id, _score in members for theme_id in held.get(excerpt_id, ()))
    best = min(counts, key=lambda theme_id: (-counts[theme_id], theme_id), default=None)
    return best if best is not None and 2 * counts[best] > len(members) else None


def _proposal(
    material: Material,
    themes: tuple[ProposedTheme, ...],
    placed: Mapping[int, tuple[tuple[int, float], ...]],
    stances: Mapping[int, str | None],
    engine: Mapping[str, str],
    broader: tuple[Mapping[str, str], ...] = (),
) -> Proposal:
    coded = {excerpt_id for theme in themes for excerpt_id, _score in theme.codings} | set(placed)
    other = [text.id for text in (*material.free, *material.placeable) if text.id not in coded]
    return Proposal(
        themes=themes, placed=placed, other=tuple(other), stances=stances, engine=engine, broader=broader
    )


def _place(material: Material, tools: Tools) -> dict[int, Assignment]:
    """What the machine says of each answer that may be moved, by excerpt id."""
    texts = [*material.free, *material.placeable]
    if not texts or not material.themes:
        return {}
    found = place(
        [text.text for text in texts],
        material.themes,
        languages=[text.language for text in texts],
        background=[text.text for text, _themes in material.held[:MOST_BACKGROUND]],
        embedder=tools.chosen(),
        vectors=tools.vectors,
        progress=tools.progress,
        cancelled=tools.cancelled,
        carry=partial(tools.carry, [text.id for text in texts]) if tools.carry else None,
    )
    return {texts[item.row].id: item for item in found}


def _themes_of(found: Mapping[int, Assignment]) -> dict[int, tuple[tuple[int, float], ...]]:
    return {
        excerpt_id: tuple((int(theme.id), theme.score) for theme in item.themes)
        for excerpt_id, item in found.items()
        if item.themes
    }
