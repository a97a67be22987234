"""The figures of a summary as they may be shown to who may not read single answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from consult.analysis import disclosure
from consult.analysis.columns import shown_cells
from consult.analysis.crossing import suppress_parts
from consult.analysis.disclosure import may_show
from consult.summary.content import GroupFigure, SummaryContent, SummaryTheme


@dataclass(frozen=True, slots=True)
class ShownTheme:
    """A theme with its figures under control: `count` and `share` are None where withheld, `groups` and `stance` hold
    only what may be shown. `base` is None where few answered."""

    theme: SummaryTheme
    count: int | None
    share: float | None
    groups: tuple[GroupFigure, ...]
    stance: Mapping[str, int]
    base: int | None = None

    def withheld(self) -> ShownTheme:
        """The same without a figure."""
        return replace(self, count=None, share=None, groups=(), stance={})


def shown_themes(content: SummaryContent, k: int = disclosure.PUBLIC) -> list[ShownTheme]:
    """The themes of a summary with no figure of 1 to k-1 in them, and none from which one follows."""
    below = _below([*content.themes, *content.narrower])
    safe = {theme.theme_id for theme in content.themes if _is_safe(theme, below, k)}
    alone = [theme for theme in content.themes if theme.theme_id in safe and not below[theme.theme_id]]
    groups = shown_groups(alone, k)
    stances = {theme.theme_id: _shown_stance(theme, k) for theme in alone}
    return [
        ShownTheme(
            theme=theme,
            count=theme.count if theme.theme_id in safe else None,
            share=theme.share if theme.theme_id in safe else None,
            groups=groups.get(theme.theme_id, ()),
            stance=stances.get(theme.theme_id, {}),
            base=None if 0 < theme.base < k else theme.base,
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


def _below(themes: Sequence[SummaryTheme]) -> dict[int, list[SummaryTheme]]:
    found: dict[int, list[SummaryTheme]] = defaultdict(list)
    for theme in themes:
        if theme.parent_id is not None and theme.parent_id != theme.theme_id:
            found[theme.parent_id].append(theme)
    return found


def _is_safe(theme: SummaryTheme, below: Mapping[int, list[SummaryTheme]], k: int) -> bool:
    """A broader theme is shown only where everything below it is, and where neither what is between it and one of these
    nor what is between it and all of them is small."""
    if not may_show(theme.count, theme.base, k):
        return False
    parts = below[theme.theme_id]
    if not parts:
        return True
    every = _everything_below(theme, below)
    leaves = [one.count for one in every if not below[one.theme_id]]
    return (
        all(may_show(one.count, one.base, k) for one in every)
        and all(not 0 < abs(theme.count - one.count) < k for one in every)
        and disclosure.union_may_show(theme.count, [part.count for part in parts], k)
        and disclosure.union_may_show(theme.count, leaves, k)
        and all(_is_safe(part, below, k) for part in parts)
    )


def _everything_below(theme: SummaryTheme, below: Mapping[int, list[SummaryTheme]]) -> list[SummaryTheme]:
    found: list[SummaryTheme] = []
    waiting = list(below[theme.theme_id])
    while waiting:
        found.append(waiting.pop())
        waiting += below[found[-1].theme_id]
    return found


def shown_groups(themes: Sequence[SummaryTheme], k: int) -> dict[int, tuple[GroupFigure, ...]]:
    """Theme → the groups whose figures may stand beside its own.

    The groups of one dimension are one table for all themes of a question, because every row of it shows the same
    bases: `consult.analysis.columns`.
    """
    if k <= 1:
        return {theme.theme_id: theme.groups for theme in themes}
    found: dict[int, list[GroupFigure]] = defaultdict(list)
    tables: dict[tuple[str | None, str], list[SummaryTheme]] = defaultdict(list)
    for theme in themes:
        for dimension in dict.fromkeys(group.dimension for group in theme.groups):
            tables[theme.question_id, dimension].append(theme)
    for (_question, dimension), some in tables.items():
        rows = [[group for group in theme.groups if group.dimension == dimension] for theme in some]
        if not _is_one_table(some, rows):
            continue
        shown = shown_cells(
            [[group.count for group in row] for row in rows],
            [theme.count for theme in some],
            [group.base for group in rows[0]],
            some[0].base,
            k,
        )
        for theme, row, flags in zip(some, rows, shown, strict=True):
            found[theme.theme_id] += [group for group, is_shown in zip(row, flags, strict=True) if is_shown]
    return {theme_id: tuple(groups) for theme_id, groups in found.items()}


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
