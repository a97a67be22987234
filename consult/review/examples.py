"""What shows the machine what belongs into a theme: its words, and answers that are in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.analysis.references import ThemeReference
from consult.evidence.models import Excerpt
from consult.review.material import MOST_EXAMPLES, Text
from consult.review.models import REVIEWER, Coding, Theme


def reference_of(
    theme: Theme,
    codings: dict[int, set[int | None]],
    texts: dict[int, Text],
    decided: set[int],
    lent: Mapping[int, Sequence[str]],
) -> ThemeReference:
    """A theme's words and examples; answers that a person put there come first, those of the theme that it was taken
    over from last."""
    members = [i for i in codings if theme.id in codings[i] and i in texts]
    members.sort(key=lambda i: (i not in decided, i))
    words = (*theme.name.values(), theme.definition, theme.include, theme.example)
    return ThemeReference(
        id=str(theme.id),
        words=tuple(word for word in words if word),
        examples=(*(texts[i].text for i in members), *lent.get(theme.id, ()))[:MOST_EXAMPLES],
    )


def lent_examples(session: Session, themes: Iterable[Theme]) -> dict[int, list[str]]:
    """Theme id → what people put into the theme that it was taken over from; what is erased there is gone here too."""
    copies: dict[int, list[int]] = defaultdict(list)
    for theme in themes:
        if theme.copied_from_id is not None:
            copies[theme.copied_from_id].append(theme.id)
    found: dict[int, list[str]] = defaultdict(list)
    for origin, words in session.execute(
        select(Coding.theme_id, Excerpt.text)
        .join(Excerpt, Excerpt.id == Coding.excerpt_id)
        .where(Coding.theme_id.in_(sorted(copies)), Coding.is_current, Coding.origin == REVIEWER)
        .order_by(Excerpt.id)
    ):
        for theme_id in copies[origin or 0]:
            if len(found[theme_id]) < MOST_EXAMPLES:
                found[theme_id].append(words)
    return found
