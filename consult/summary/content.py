"""What a summary says: themes in the reviewer's order with their figures, texts and quotes. Plain values, no database.

A text is a mapping from language to what the reviewer wrote in it, paragraphs apart by an empty line. Figures are
exact; who shows them to people that may not read single answers passes them through `consult.summary.disclosed`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

Text = Mapping[str, str]
"""Language → text."""
TEXTS = ("introduction", "dissent", "limits")
"""The texts of a summary beside those of its themes, as the fields of SummaryContent are called."""


@dataclass(frozen=True, slots=True)
class SummaryQuote:
    """The words of an excerpt as they may be published, with a reviewer's translations beside them.

    `is_erased`: the answer is gone since the summary was signed; then no words of it are left, translated ones neither.
    """

    excerpt_id: int
    text: str
    language: str
    translations: Text
    is_erased: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "excerpt_id": self.excerpt_id,
            "text": self.text,
            "language": self.language,
            "translations": dict(self.translations),
            "is_erased": self.is_erased,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> SummaryQuote:
        return cls(
            excerpt_id=data["excerpt_id"],
            text=data["text"],
            language=data["language"],
            translations=dict(data["translations"]),
            is_erased=data.get("is_erased", False),
        )


@dataclass(frozen=True, slots=True)
class GroupFigure:
    """A theme in one group: of its `base` answers `count` carry the theme. `dimension` is by what answers were told
    apart, such as "group" or "language"; groups of one dimension may overlap."""

    name: Text
    base: int
    count: int
    dimension: str = "group"

    def as_json(self) -> dict[str, Any]:
        return {
            "name": dict(self.name),
            "base": self.base,
            "count": self.count,
            "dimension": self.dimension,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> GroupFigure:
        return cls(dict(data["name"]), data["base"], data["count"], data["dimension"])


@dataclass(frozen=True, slots=True)
class SummaryTheme:
    """A theme as the summary has it. `share` is of `base`, the answers to the question that it belongs to.

    `stance`: support, oppose, mixed, neutral → answers, of those where it is known; `stance_origin` tells whether a
    person said so ("reviewer"), the machine guessed ("machine"), both ("mixed"), or nobody did (""). `by_person`: in
    how many of the answers a person put the theme. `depth`: how many themes of the summary stand above it.
    """

    theme_id: int
    name: Text
    text: Text
    count: int
    share: float
    groups: tuple[GroupFigure, ...] = ()
    stance: Mapping[str, int] = field(default_factory=dict)
    stance_origin: str = ""
    depth: int = 0
    quotes: tuple[SummaryQuote, ...] = ()
    question_id: str | None = None
    base: int = 0
    by_person: int = 0
    parent_id: int | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "theme_id": self.theme_id,
            "name": dict(self.name),
            "text": dict(self.text),
            "count": self.count,
            "share": self.share,
            "groups": [group.as_json() for group in self.groups],
            "stance": dict(self.stance),
            "stance_origin": self.stance_origin,
            "depth": self.depth,
            "quotes": [quote.as_json() for quote in self.quotes],
            "question_id": self.question_id,
            "base": self.base,
            "by_person": self.by_person,
            "parent_id": self.parent_id,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> SummaryTheme:
        return cls(
            **{
                **data,
                "name": dict(data["name"]),
                "text": dict(data["text"]),
                "stance": dict(data["stance"]),
                "groups": tuple(GroupFigure.from_json(group) for group in data["groups"]),
                "quotes": tuple(SummaryQuote.from_json(quote) for quote in data["quotes"]),
            }
        )


@dataclass(frozen=True, slots=True)
class SummaryContent:
    """A summary of one question, or of the whole consultation (`question_id` None).

    `base`: answers to the question; for the whole, responses. `reviewed`: about how many of them a person has decided.
    `counted_on`: the day of the figures. `grave`: dissenting, or rare and grave, voices, in a place of their own.
    `narrower`: themes with their figures alone that are not shown here, but of which figures stand elsewhere, so that
    what may be shown of a broader theme depends on them: those below the themes of the whole, those that are only
    suggested, and those that are left out.
    """

    question_id: str | None
    base: int
    counted_on: date
    introduction: Text
    dissent: Text
    limits: Text
    themes: tuple[SummaryTheme, ...] = ()
    grave: tuple[SummaryQuote, ...] = ()
    reviewed: int = 0
    narrower: tuple[SummaryTheme, ...] = ()

    @property
    def quotes(self) -> Iterator[SummaryQuote]:
        """All quotes: those of the themes in order, then the grave voices."""
        for theme in self.themes:
            yield from theme.quotes
        yield from self.grave

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages in which anything is written, in the order in which they come."""
        texts = [*(theme.text for theme in self.themes), self.introduction, self.dissent, self.limits]
        return tuple(dict.fromkeys(code for text in texts for code, words in text.items() if words))

    def with_quotes(self, quotes: Mapping[int, SummaryQuote]) -> SummaryContent:
        """The same with each quote replaced by that of its excerpt; one whose excerpt is not there is marked erased."""

        def found(some: tuple[SummaryQuote, ...]) -> tuple[SummaryQuote, ...]:
            return tuple(quotes.get(quote.excerpt_id) or _erased(quote) for quote in some)

        themes = tuple(replace(theme, quotes=found(theme.quotes)) for theme in self.themes)
        return replace(self, themes=themes, grave=found(self.grave))

    def as_json(self) -> dict[str, Any]:
        return {
            "question_id": self.question_id,
            "base": self.base,
            "counted_on": self.counted_on.isoformat(),
            **{name: dict(getattr(self, name)) for name in TEXTS},
            "themes": [theme.as_json() for theme in self.themes],
            "grave": [quote.as_json() for quote in self.grave],
            "reviewed": self.reviewed,
            "narrower": [theme.as_json() for theme in self.narrower],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> SummaryContent:
        return cls(
            question_id=data["question_id"],
            base=data["base"],
            counted_on=date.fromisoformat(data["counted_on"]),
            **{name: dict(data[name]) for name in TEXTS},
            themes=tuple(SummaryTheme.from_json(theme) for theme in data["themes"]),
            grave=tuple(SummaryQuote.from_json(quote) for quote in data["grave"]),
            reviewed=data.get("reviewed", 0),
            narrower=tuple(SummaryTheme.from_json(theme) for theme in data.get("narrower", ())),
        )


def _erased(quote: SummaryQuote) -> SummaryQuote:
    return replace(quote, text="", translations={}, is_erased=True)
