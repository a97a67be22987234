"""A summary while it is worked on: its content, what is left out, and what programs proposed. Plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from consult.summary.content import TEXTS, SummaryContent, SummaryTheme
from consult.summary.order import in_tree

MOST_OF_THE_WHOLE = 3
"""How many themes of each question a new summary of the whole takes in; the others are offered, left out."""


@dataclass(frozen=True, slots=True)
class Draft:
    """`content` holds all accepted themes, also those in `left_out`, with the figures as they were last taken.

    Texts go by the names of their inputs: `introduction-ar`, `theme-12-ar`. `drafted`: what the figures say, by name;
    `proposed`: what another program wrote, by name, until a person edits or confirms it.
    """

    content: SummaryContent
    left_out: frozenset[int] = frozenset()
    drafted: Mapping[str, str] = field(default_factory=dict)
    proposed: Mapping[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """The text of an input; empty where there is none."""
        key, _dash, code = name.rpartition("-")
        return _texts(self.content).get(key, {}).get(code, "")

    def names(self, languages: Iterable[str]) -> list[str]:
        """The inputs of all texts in these languages."""
        return [f"{key}-{code}" for key in _texts(self.content) for code in languages]

    def with_texts(self, texts: Mapping[str, str]) -> Draft:
        """The same with these texts in place; a text that was proposed and reads differently now is a person's."""
        found = {key: dict(text) for key, text in _texts(self.content).items()}
        for name, words in texts.items():
            key, _dash, code = name.rpartition("-")
            if key in found:
                found[key].pop(code, None)
                if words:
                    found[key][code] = words
        themes = tuple(replace(theme, text=found[_key(theme)]) for theme in self.content.themes)
        content = replace(
            self.content,
            themes=themes,
            introduction=found["introduction"],
            dissent=found["dissent"],
            limits=found["limits"],
        )
        changed = replace(self, content=content)
        proposed = {name: words for name, words in self.proposed.items() if changed.text(name) == words}
        return replace(changed, proposed=proposed)

    def to_sign(self) -> SummaryContent:
        """What would be signed: the content without what is left out, of which other pages show figures."""
        kept = [theme for theme in self.content.themes if theme.theme_id not in self.left_out]
        out = [theme for theme in self.content.themes if theme.theme_id in self.left_out]
        figures = [replace(theme, text={}, quotes=()) for theme in out]
        return replace(self.content, themes=in_tree(kept), narrower=(*self.content.narrower, *figures))

    def as_json(self) -> dict[str, Any]:
        themes = tuple(replace(theme, quotes=()) for theme in self.content.themes)
        return {
            "content": replace(self.content, themes=themes, grave=()).as_json(),
            "left_out": sorted(self.left_out),
            "drafted": dict(self.drafted),
            "proposed": dict(self.proposed),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Draft:
        return cls(
            content=SummaryContent.from_json(data["content"]),
            left_out=frozenset(data["left_out"]),
            drafted=dict(data["drafted"]),
            proposed=dict(data["proposed"]),
        )


def begun(counted: SummaryContent, drafted: Mapping[str, str]) -> Draft:
    """A first draft: every theme with what its figures say."""
    empty = Draft(content=counted, drafted=dict(drafted), left_out=_beyond(counted))
    return empty.with_texts(drafted)


def with_figures(old: Draft, counted: SummaryContent, drafted: Mapping[str, str]) -> Draft:
    """The draft with new figures. What a person wrote stays; a factual draft that stood unchanged is drafted anew.

    New themes come last among their like. A theme that is no longer accepted leaves, but if it has words of a person
    or quotes that somebody chose it stays, left out, so that nothing is lost.
    """
    now = {theme.theme_id: theme for theme in counted.themes}
    before = {theme.theme_id: theme for theme in old.content.themes}
    themes: list[SummaryTheme] = []
    gone = set()
    for theme in old.content.themes:
        if theme.theme_id in now:
            themes.append(replace(now[theme.theme_id], text=theme.text, quotes=theme.quotes))
        elif theme.quotes or _has_own_words(theme, old):
            themes.append(theme)
            gone.add(theme.theme_id)
    themes += [theme for theme in counted.themes if theme.theme_id not in before]
    content = replace(
        counted,
        themes=in_tree(themes),
        grave=old.content.grave,
        **{name: getattr(old.content, name) for name in TEXTS},
    )
    new = {theme_id for theme_id in now if theme_id not in before}
    left_out = (old.left_out & (set(now) | gone)) | gone | (_beyond(counted) & new)
    changed = replace(old, content=content, left_out=frozenset(left_out), drafted=dict(drafted))
    stood = {
        name: words
        for name, words in drafted.items()
        if changed.text(name) == old.drafted.get(name, "") and name not in old.proposed
    }
    return changed.with_texts(stood)


def _has_own_words(theme: SummaryTheme, draft: Draft) -> bool:
    return any(
        words and words != draft.drafted.get(f"{_key(theme)}-{code}") for code, words in theme.text.items()
    )


def _beyond(counted: SummaryContent) -> frozenset[int]:
    """The themes of each question that a summary of the whole leaves out at first."""
    if counted.question_id is not None:
        return frozenset()
    by_question: dict[str | None, list[SummaryTheme]] = {}
    for theme in counted.themes:
        by_question.setdefault(theme.question_id, []).append(theme)
    return frozenset(
        theme.theme_id for themes in by_question.values() for theme in _by_size(themes)[MOST_OF_THE_WHOLE:]
    )


def _by_size(themes: Sequence[SummaryTheme]) -> list[SummaryTheme]:
    return sorted(themes, key=lambda theme: (-theme.count, theme.theme_id))


def _key(theme: SummaryTheme) -> str:
    return f"theme-{theme.theme_id}"


def _texts(content: SummaryContent) -> dict[str, Mapping[str, str]]:
    return {
        "introduction": content.introduction,
        **{_key(theme): theme.text for theme in content.themes},
        "dissent": content.dissent,
        "limits": content.limits,
    }
