"""The figures of a summary as they may be shown to who may not read single answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace

from consult.analysis import disclosure
from consult.analysis.columns import shown_cells
from consult.analysis.crossing import suppress_parts
from consult.analysis.partitions import Columns, beside_broader
from consult.analysis.trees import Node, shown_in_tree
from consult.summary.content import GroupFigure, SummaryContent, SummaryTheme


@dataclass(frozen=True, slots=True)
class ShownTheme:
    """A theme with its figures under control: `count` and `share` are None where withheld, `groups` and `stance` hold
    only what may be shown. `base` is None where few answered. `is_broader`: if it is withheld nothing is said of its
    size, not even that it is small, as the themes below it would tell of one another."""

    theme: SummaryTheme
    count: int | None
    share: float | None
    groups: tuple[GroupFigure, ...]
    stance: Mapping[str, int]
    base: int | None = None
    is_broader: bool = False

    def withheld(self) -> ShownTheme:
        """The same without a figure."""
        return replace(self, count=None, share=None, groups=(), stance={})


def shown_themes(content: SummaryContent, k: int = disclosure.PUBLIC) -> list[ShownTheme]:
    """The themes of a summary with no figure of 1 to k-1 in them, and none from which one follows."""
    every = [*content.themes, *content.narrower]
    nodes = [Node(one.theme_id, one.parent_id, one.count, one.base) for one in every]
    safe = shown_in_tree(nodes, k)
    broader = {node.parent_id for node in nodes if node.parent_id != node.id}
    alone = [one for one in content.themes if one.theme_id in safe and one.theme_id not in broader]
    groups = shown_groups(alone, k, every=every, nodes=nodes, told=safe)
    stances = {theme.theme_id: _shown_stance(theme, k) for theme in alone}
    return [
        ShownTheme(
            theme=theme,
            count=theme.count if theme.theme_id in safe else None,
            share=theme.share if theme.theme_id in safe else None,
            groups=groups.get(theme.theme_id, ()),
            stance=stances.get(theme.theme_id, {}),
            base=None if 0 < theme.base < k else theme.base,
            is_broader=theme.theme_id in broader,
        )
        for theme in content.themes
    ]


def beside_questions(
    whole: Sequence[ShownTheme], questions: Mapping[str, Sequence[ShownTheme]]
) -> list[ShownTheme]:
    """The themes of the summary of the whole beside the summaries of questions that are shown too: what one of these
    withholds, or counted on another day, is withheld here."""
    found = []
    for line in whole:
        theme = line.theme
        others = questions.get(theme.question_id or "", ())
        own = next((other for other in others if other.theme.theme_id == theme.theme_id), None)
        is_above = any(other.theme.parent_id == theme.theme_id for other in others)
        if own is None:
            found.append(line.withheld() if is_above else line)
        elif (own.count, own.theme.base) != (line.count, theme.base):
            found.append(line.withheld())
        else:
            found.append(replace(line, groups=own.groups, stance=own.stance))
    return found


def shown_groups(
    themes: Sequence[SummaryTheme],
    k: int,
    *,
    every: Sequence[SummaryTheme] = (),
    nodes: Sequence[Node] = (),
    told: Set[int] = frozenset(),
) -> dict[int, tuple[GroupFigure, ...]]:
    """Theme → the groups whose figures may stand beside its own and beside those of the broader ones that are `told`.

    The groups of one dimension are one table for all themes of a question, because every row of it shows the same
    bases: `consult.analysis.columns`, `consult.analysis.partitions`. `every`: the themes with their figures; `nodes`:
    how they stand in the tree.
    """
    if k <= 1:
        return {theme.theme_id: theme.groups for theme in themes}
    found: dict[int, list[GroupFigure]] = defaultdict(list)
    tables: dict[tuple[str | None, str], list[SummaryTheme]] = defaultdict(list)
    for theme in themes:
        for dimension in dict.fromkeys(group.dimension for group in theme.groups):
            tables[theme.question_id, dimension].append(theme)
    for (_question, dimension), some in tables.items():
        rows = {theme.theme_id: _row(theme, dimension) for theme in (*some, *every)}
        own = [rows[theme.theme_id] for theme in some]
        if not _is_one_table(some, own):
            continue
        bases, whole = [group.base for group in own[0]], some[0].base
        counts = {theme_id: [group.count for group in row] for theme_id, row in rows.items()}
        flags = shown_cells(
            [counts[theme.theme_id] for theme in some], [theme.count for theme in some], bases, whole, k
        )
        shown = {theme.theme_id: own for theme, own in zip(some, flags, strict=True)}
        shown = beside_broader(nodes, told, Columns(counts, shown, bases, whole), k)
        for theme_id, kept in shown.items():
            found[theme_id] += [g for g, is_shown in zip(rows[theme_id], kept, strict=True) if is_shown]
    return {theme_id: tuple(groups) for theme_id, groups in found.items()}


def _row(theme: SummaryTheme, dimension: str) -> list[GroupFigure]:
    return [group for group in theme.groups if group.dimension == dimension]


def _is_one_table(themes: Sequence[SummaryTheme], rows: Sequence[Sequence[GroupFigure]]) -> bool:
    """Whether all rows have the same columns; figures of several days have not, and then none of them is shown."""
    columns = [[(sorted(group.name.items()), group.base) for group in row] for row in rows]
    return len({theme.base for theme in themes}) == 1 and all(own == columns[0] for own in columns)


def _shown_stance(theme: SummaryTheme, k: int) -> dict[str, int]:
    """The answers of each stance, beside those whose stance is not known; where one stands on two sides, beside one
    another."""
    rest = max(0, theme.count - sum(theme.stance.values()))
    cells = suppress_parts([*theme.stance.values(), rest], theme.count, k)
    return {
        value: cell.shown for value, cell in zip(theme.stance, cells, strict=False) if cell.shown is not None
    }
