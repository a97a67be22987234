"""What the page of a summary shows: small values made ready, no queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from consult.evidence.services import hash_of
from consult.summary.comparison import FigureChange
from consult.summary.content import SummaryQuote, SummaryTheme
from consult.summary.draft import Draft
from consult.summary.forms import GRAVE
from consult.summary.order import places
from consult.summary.queries import Working
from consult.summary.services import Edit


@dataclass(frozen=True, slots=True)
class Choice:
    """A quote that is offered. `is_quotable`: its words may be published; a chosen one may have lost that; `hash`: that
    of the words to which the translations belong."""

    quote: SummaryQuote
    is_chosen: bool
    is_quotable: bool = True
    hash: str = ""


@dataclass(frozen=True, slots=True)
class ThemeLine:
    """A theme on the page: its place among its like, and the quotes to choose from, the chosen ones first."""

    theme: SummaryTheme
    place: str
    was_place: int
    of: int
    is_out: bool
    is_accepted: bool
    choices: Sequence[Choice]


@dataclass(frozen=True, slots=True)
class EditPage:
    """Everything on the page. `theirs`: what was saved meanwhile, by input, where it differs from what is typed;
    `left_out`, `kept`: what is kept now, the quotes by the key of their inputs, for telling later what was changed."""

    draft: Draft
    lines: Sequence[ThemeLine]
    grave: Sequence[Choice]
    changes: Sequence[FigureChange]
    theirs: Mapping[str, str] = field(default_factory=dict)
    chosen: Sequence[int] = ()
    left_out: Sequence[int] = ()
    kept: Mapping[str, Sequence[SummaryQuote]] = field(default_factory=dict)


def edit_page(
    working: Working,
    *,
    changes: Sequence[FigureChange],
    accepted: set[int],
    offers: Mapping[int | None, Sequence[SummaryQuote]],
    typed: tuple[Edit, Mapping[int, str]] | None = None,
    is_conflict: bool = False,
) -> EditPage:
    """The page of the draft as it is kept; with what was `typed` in it, where that could not be saved."""
    draft, ticked, said = working.draft, None, {}
    if typed is not None:
        edit, said = typed[0], dict(typed[1])
        draft = draft.with_texts(edit.texts)
        ticked = edit
    where = places(draft.content.themes)
    lines = [
        ThemeLine(
            theme=theme,
            place=said.get(theme.theme_id) or str(where[theme.theme_id][0]),
            was_place=where[theme.theme_id][0],
            of=where[theme.theme_id][1],
            is_out=theme.theme_id in (ticked.left_out if ticked else draft.left_out),
            is_accepted=theme.theme_id in accepted,
            choices=_choices(theme.quotes, offers.get(theme.theme_id, ()), working, ticked, theme.theme_id),
        )
        for theme in draft.content.themes
    ]
    theirs = {}
    if is_conflict and typed is not None:
        kept = {name: working.draft.text(name) for name in typed[0].texts}
        theirs = {name: words for name, words in kept.items() if words and words != typed[0].texts[name]}
        theirs |= _their_translations(working, typed[0])
    return EditPage(
        draft=draft,
        lines=lines,
        grave=_choices(draft.content.grave, offers.get(None, ()), working, ticked, None),
        changes=changes,
        theirs=theirs,
        left_out=sorted(draft.left_out),
        kept={
            **{str(theme.theme_id): theme.quotes for theme in draft.content.themes},
            GRAVE: draft.content.grave,
        },
        chosen=sorted({quote.excerpt_id for quote in working.draft.content.quotes}),
    )


def _their_translations(working: Working, edit: Edit) -> dict[str, str]:
    found = {}
    for quote in working.draft.content.quotes:
        for code, words in edit.translations.get(quote.excerpt_id, {}).items():
            kept = quote.translations.get(code)
            if kept and kept != words:
                found[f"translation-{quote.excerpt_id}-{code}"] = kept
    return found


def _choices(
    chosen: Sequence[SummaryQuote],
    offered: Sequence[SummaryQuote],
    working: Working,
    ticked: Edit | None,
    key: int | None,
) -> list[Choice]:
    known = {quote.excerpt_id for quote in chosen}
    everything = [*chosen, *(quote for quote in offered if quote.excerpt_id not in known)]
    if ticked is None:
        return [
            Choice(
                quote,
                quote.excerpt_id in known,
                quote.excerpt_id not in working.unquotable,
                hash_of(quote.text),
            )
            for quote in everything
        ]
    wanted = set(ticked.quotes.get(key, ()))
    return [
        Choice(
            SummaryQuote(
                quote.excerpt_id,
                quote.text,
                quote.language,
                {**quote.translations, **ticked.translations.get(quote.excerpt_id, {})},
            ),
            quote.excerpt_id in wanted,
            quote.excerpt_id not in working.unquotable,
            _typed_hash(ticked, quote),
        )
        for quote in everything
    ]


def _typed_hash(edit: Edit, quote: SummaryQuote) -> str:
    now = hash_of(quote.text)
    return edit.hashes.get(quote.excerpt_id, now) if quote.excerpt_id in edit.translations else now
