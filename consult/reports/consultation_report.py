"""What the report of a consultation says: plain values, the same for every file that is made of them.

Every figure in here may be shown: it went through disclosure control for its edition.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from surveys.presentation import ResultView

PUBLIC, INTERNAL = "public", "internal"
EDITIONS = (PUBLIC, INTERNAL)

Text = Mapping[str, str]
"""Language → words."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A count as it may be shown and its share of what it is counted in; `hidden` says why there is no count."""

    count: int | None
    share: float | None = None
    hidden: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a participant with a reviewer's translations. `is_erased`: the answer was erased after signing."""

    text: str
    language: str
    translations: Text
    is_erased: bool = False


@dataclass(frozen=True, slots=True)
class GroupShare:
    """A theme in one group: `base` answers of the group, and how many of them carry it. `asked`: the other question to
    which `name` is the answer, where the group is one of these."""

    name: Text
    dimension: str
    base: Figure
    figure: Figure
    asked: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ThemePart:
    """A theme as it stands in the report. `depth`: how many of its themes stand above it."""

    name: Text
    text: Text
    figure: Figure
    depth: int = 0
    groups: tuple[GroupShare, ...] = ()
    stance: tuple[tuple[str, Figure], ...] = ()
    stance_origin: str = ""
    quotes: tuple[Quote, ...] = ()
    is_suggested: bool = False


@dataclass(frozen=True, slots=True)
class ThemeTable:
    """The themes of one question with its `base`, in the summary of the whole."""

    label: Text
    is_gathered: bool
    base: Figure
    themes: tuple[ThemePart, ...]


@dataclass(frozen=True, slots=True)
class Signature:
    """Who stands for a summary, and since when."""

    version: int
    name: str
    day: date
    note: str


@dataclass(frozen=True, slots=True)
class SummaryPart:
    """A summary of a question or of the whole; without a signature the present figures alone. `tables`: the themes
    of the whole by question, because each has the base of its own.
    """

    base: Figure
    themes: tuple[ThemePart, ...] = ()
    introduction: Text = None  # type: ignore[assignment]
    dissent: Text = None  # type: ignore[assignment]
    limits: Text = None  # type: ignore[assignment]
    grave: tuple[Quote, ...] = ()
    signature: Signature | None = None
    counted_on: date | None = None
    tables: tuple[ThemeTable, ...] = ()


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far people who coded the same answers apart from each other agree (Krippendorff's α). `items`: the answers
    that two or more of them saw; `day`: that of the last of these codings."""

    alpha: float
    interval: tuple[float, float] | None
    items: Figure
    coders: int
    day: date | None = None


@dataclass(frozen=True, slots=True)
class CodebookEdition:
    """A fixed version of a codebook, and whether the codebook is still what it was then."""

    number: int
    fixed_on: date
    is_unchanged: bool


@dataclass(frozen=True, slots=True)
class Coding:
    """How the answers to one question were coded: of `base` answers a person decided about `by_person`, nobody has
    looked at `unseen`; `changes`: how often the codebook or a coding was changed; `engine`: what the machine was;
    `codebook`: the newest fixed version of the codebook, if there is one."""

    base: int
    by_person: int
    unseen: int
    changes: int
    engine: Mapping[str, str]
    agreement: Agreement | None = None
    codebook: CodebookEdition | None = None


@dataclass(frozen=True, slots=True)
class QuestionPart:
    """A question: a closed one has a `result`, a free one a `summary` (None: nothing of it is shown)."""

    label: Text
    result: ResultView | None = None
    is_scale: bool = False
    summary: SummaryPart | None = None
    coding: Coding | None = None
    reworded: tuple[int, ...] = ()
    is_gathered: bool = False


@dataclass(frozen=True, slots=True)
class RateLine:
    """A group, region or language of the roll: entitled, and who answered. `on_roll` is None beside a figure that is
    withheld: how many answered a question stands in other tables."""

    name: Text
    on_roll: int | None
    complete: Figure


@dataclass(frozen=True, slots=True)
class ResponseRates:
    """Who was asked and who answered. With a roll: AAPOR's RR1 (complete) and RR2 (with partials) as shares of 1;
    `margin` is half of Wilson's interval at one half, with the correction for a finite roll."""

    responses: Figure
    on_roll: int | None = None
    invited: int | None = None
    delivered: int | None = None
    begun: int | None = None
    rr1: float | None = None
    rr2: float | None = None
    margin: float | None = None
    tables: tuple[tuple[str, tuple[RateLine, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class SourcePart:
    """How much evidence of one kind (named in the report's language) there is beside the survey."""

    kind: str
    sources: int
    excerpts: Figure


@dataclass(frozen=True, slots=True)
class CodebookEntry:
    """A theme with its rules. Texts are as the reviewers wrote them, in whatever language."""

    name: Text
    definition: str
    include: str
    exclude: str
    example: str
    depth: int
    is_suggested: bool


@dataclass(frozen=True, slots=True)
class ThemeExcerpts:
    """Excerpts under one theme: (words, language). `left_out`: how many more there are that are not printed."""

    name: Text
    excerpts: tuple[tuple[str, str], ...]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Appendix:
    """What belongs to one free question: its codebook and the excerpts by theme."""

    label: Text
    is_gathered: bool
    codebook: tuple[CodebookEntry, ...]
    excerpts: tuple[ThemeExcerpts, ...]


@dataclass(frozen=True, slots=True)
class ConsultationReport:
    """The report in one language. `dated`: the day of the last thing in it, so that the same data give the same report.
    `promises`: what was promised to who answered, in words."""

    language: str
    edition: str
    k: int
    slug: str
    dated: date
    title: Text
    purpose: Text
    asker: Text
    use_of_answers: Text
    iap2_level: str
    promises: tuple[str, ...]
    languages: tuple[str, ...]
    access: str
    privacy: str
    opened: date | None
    closed: date | None
    rates: ResponseRates
    whole: SummaryPart | None
    questions: tuple[QuestionPart, ...]
    sources: tuple[SourcePart, ...]
    appendices: tuple[Appendix, ...]
    software: str

    @property
    def is_internal(self) -> bool:
        return self.edition == INTERNAL
