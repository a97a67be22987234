"""Which themes stand under which: broader themes with the themes below them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.review.models import Theme
from consult.review.scope import Scope

T = TypeVar("T")


class Lineage:
    """The tree of some themes. A theme whose broader theme is not among them stands for itself."""

    def __init__(self, themes: Iterable[Theme]) -> None:
        self._themes = {theme.id: theme for theme in themes}
        self._children: dict[int, list[Theme]] = defaultdict(list)
        for theme in self._themes.values():
            if theme.parent_id in self._themes:
                self._children[theme.parent_id].append(theme)

    @property
    def broader(self) -> list[Theme]:
        """The themes that have others below them."""
        return [self._themes[theme_id] for theme_id in self._children]

    def below(self, theme: Theme) -> list[Theme]:
        """The themes directly below one."""
        return self._children.get(theme.id, [])

    def with_below(self, theme: Theme) -> list[int]:
        """Ids of a theme and of all below it, at any depth."""
        ids, waiting = [], [theme]
        while waiting:
            one = waiting.pop()
            ids.append(one.id)
            waiting += self.below(one)
        return sorted(ids)

    def depth(self, theme: Theme) -> int:
        """How many themes stand above one."""
        steps = 0
        while theme.parent_id in self._themes:
            theme = self._themes[theme.parent_id]
            steps += 1
        return steps

    def in_order(self, items: Sequence[T], *, key: Callable[[T], Theme]) -> list[T]:
        """The items with those below a theme right after it, otherwise in the order given."""
        groups: dict[int | None, list[T]] = defaultdict(list)
        for item in items:
            above = key(item).parent_id
            groups[above if above in self._themes else None].append(item)
        out: list[T] = []
        waiting = groups[None][::-1]
        while waiting:
            item = waiting.pop()
            out.append(item)
            waiting += groups[key(item).id][::-1]
        return out


def theme_ids_below(session: Session, scope: Scope, theme_id: int) -> list[int]:
    """Ids of the themes in use below a theme, at any depth."""
    themes = session.scalars(select(Theme).where(scope.themes, Theme.status != "retired")).all()
    lineage = Lineage(themes)
    own = next((theme for theme in themes if theme.id == theme_id), None)
    return [i for i in lineage.with_below(own) if i != theme_id] if own else []


def above(session: Session, theme: Theme) -> Iterator[Theme]:
    """The broader themes over a theme, from the nearest on."""
    broader = session.get(Theme, theme.parent_id) if theme.parent_id else None
    while broader is not None:
        yield broader
        broader = session.get(Theme, broader.parent_id) if broader.parent_id else None
