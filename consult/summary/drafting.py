"""The factual draft: sentences made of figures alone, in each language of a consultation.

Nothing is said that the figures do not carry. It is written to be published, so no figure of 1 to k-1 is named, nor
one from which such a figure follows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from consult.analysis.disclosure import PUBLIC, may_show
from consult.evidence.models import GATHERED
from consult.i18n import pick, shown_digits
from consult.review.dimensions import LANGUAGE
from consult.review.models import REVIEWER
from consult.summary.basis import Basis
from consult.summary.content import SummaryContent
from consult.summary.contrasts import Contrast, contrasts
from consult.summary.disclosed import ShownTheme, shown_themes
from consult.summary.limits import limits_draft
from consult.summary.said import answers, joined, percent, quoted, stance_word

MOST_NAMED = 3
"""Themes that an introduction names, and groups that the text of a theme names at most."""


def drafts(
    content: SummaryContent,
    basis: Basis,
    *,
    languages: Sequence[str],
    labels: Mapping[str, Mapping[str, str]] | None = None,
    k: int = PUBLIC,
) -> dict[str, str]:
    """Name of a text's input (`introduction-ar`, `theme-12-ar`) → what the figures say. `labels`: the questions'."""
    lines = shown_themes(content, k)
    differences = contrasts(lines, k)
    found: dict[str, str] = {}
    for code in languages:
        with force_locale(code):
            found[f"introduction-{code}"] = _introduction(content, lines, labels or {}, k)
            found[f"dissent-{code}"] = _dissent(lines)
            found[f"limits-{code}"] = limits_draft(content, basis, has_groups=bool(differences), k=k)
            for line in lines:
                said = _theme(line, content, differences.get(line.theme.theme_id, ()), k)
                found[f"theme-{line.theme.theme_id}-{code}"] = said
    return found


def limits_of(
    content: SummaryContent, basis: Basis, *, languages: Sequence[str], k: int = PUBLIC
) -> dict[str, str]:
    """What `drafts` says of the limits alone, by the names of their inputs."""
    lines = shown_themes(content, k)
    has_groups = bool(contrasts(lines, k))
    found = {}
    for code in languages:
        with force_locale(code):
            found[f"limits-{code}"] = limits_draft(content, basis, has_groups=has_groups, k=k)
    return found


def _introduction(
    content: SummaryContent, lines: Sequence[ShownTheme], labels: Mapping[str, Mapping[str, str]], k: int
) -> str:
    if 0 < content.base < k:
        return _("So few answers came that none of their figures is named here.")
    said = [_opening(content)]
    top = [line for line in lines if line.theme.depth == 0]
    if top and content.question_id is not None:
        count = len(top)
        said.append(
            shown_digits(
                ngettext("They speak about %(num)s theme.", "They speak about %(num)s themes.", count)
            )
        )
    named = sorted(
        (line for line in top if line.share), key=lambda line: (-(line.share or 0), line.theme.theme_id)
    )
    if content.question_id is not None and len(named) > 1:
        shares = [f"{quoted(pick(line.theme.name))} ({percent(line.share or 0)})" for line in named]
        said.append(_("Most often: %(themes)s.", themes=joined(shares[:MOST_NAMED])))
    if content.question_id is None:
        said += _by_question(named, labels)
    return " ".join(said)


def _opening(content: SummaryContent) -> str:
    number = content.base
    if content.question_id is None:
        words = ngettext("%(num)s response came in.", "%(num)s responses came in.", number)
    elif content.question_id == GATHERED:
        words = ngettext(
            "%(num)s passage was gathered from interviews, notes, documents and feedback.",
            "%(num)s passages were gathered from interviews, notes, documents and feedback.",
            number,
        )
    else:
        words = ngettext(
            "%(num)s answer was given to this question.",
            "%(num)s answers were given to this question.",
            number,
        )
    return shown_digits(words)


def _by_question(named: Sequence[ShownTheme], labels: Mapping[str, Mapping[str, str]]) -> list[str]:
    """What was said most to each question, a sentence each."""
    found = []
    for question_id in dict.fromkeys(line.theme.question_id for line in named):
        label = pick(labels.get(question_id or "")).strip()
        shares = [
            f"{quoted(pick(line.theme.name))} ({percent(line.share or 0)})"
            for line in named
            if line.theme.question_id == question_id
        ]
        if label:
            themes = joined(shares[:MOST_NAMED])
            found.append(
                _(
                    "To the question %(question)s, most often: %(themes)s.",
                    question=quoted(label),
                    themes=themes,
                )
            )
    return found


def _theme(line: ShownTheme, content: SummaryContent, differences: Sequence[Contrast], k: int) -> str:
    theme = line.theme
    said = [_count(line, k)]
    below = [other for other in content.themes if other.parent_id == theme.theme_id]
    if below:
        names = joined([quoted(pick(other.name)) for other in below])
        said.append(_("It gathers these narrower themes: %(themes)s.", themes=names))
    if line.groups:
        said += [_difference(one) for one in differences[:MOST_NAMED]]
    if theme.stance_origin == REVIEWER and line.stance:
        values = [
            f"{stance_word(value)} {shown_digits(number)}" for value, number in line.stance.items() if number
        ]
        if values:
            said.append(_("Where they stand, as a person noted it: %(stances)s.", stances=joined(values)))
    return " ".join(said)


def _count(line: ShownTheme, k: int) -> str:
    theme = line.theme
    words = {"whole": answers(theme.base), "theme": quoted(pick(theme.name))}
    least = shown_digits(k)
    if 0 < theme.base < k:
        return _("So few answers came that none of their figures is named here.")
    if line.count is None and not line.is_broader and not may_show(theme.count, theme.base, k):
        if theme.count < k:
            return _("Of %(whole)s, fewer than %(k)s speak about %(theme)s.", k=least, **words)
        return _("Of %(whole)s, all but fewer than %(k)s speak about %(theme)s.", k=least, **words)
    if line.count is None:
        return _("Some of %(whole)s speak about %(theme)s.", **words)
    if line.count == theme.base:
        return _("All of %(whole)s speak about %(theme)s.", **words)
    number = shown_digits(line.count)
    share = percent(line.share or 0)
    return _(
        "Of %(whole)s, %(number)s (%(share)s) speak about %(theme)s.", number=number, share=share, **words
    )


def _difference(one: Contrast) -> str:
    words = {
        "group": quoted(pick(one.group.name)),
        "share": percent(one.share),
        "whole": answers(one.group.base),
        "rest_share": percent(one.rest_share),
        "rest": answers(one.rest_base),
    }
    if one.group.dimension == LANGUAGE and one.is_more:
        return _(
            "More often in answers written in %(group)s (%(share)s of %(whole)s) than in all others "
            "(%(rest_share)s of %(rest)s).",
            **words,
        )
    if one.group.dimension == LANGUAGE:
        return _(
            "Less often in answers written in %(group)s (%(share)s of %(whole)s) than in all others "
            "(%(rest_share)s of %(rest)s).",
            **words,
        )
    if one.is_more:
        return _(
            "More often in %(group)s (%(share)s of %(whole)s) than elsewhere (%(rest_share)s of %(rest)s).",
            **words,
        )
    return _(
        "Less often in %(group)s (%(share)s of %(whole)s) than elsewhere (%(rest_share)s of %(rest)s).",
        **words,
    )


def _dissent(lines: Sequence[ShownTheme]) -> str:
    """Only what a person noted of stances: the tone alone says nothing about dissent."""
    said = []
    for line in lines:
        against = line.stance.get("oppose", 0)
        if against and line.theme.stance_origin == REVIEWER:
            said.append(
                shown_digits(
                    ngettext(
                        "Of those who speak about %(theme)s, %(num)s is against, as a person noted.",
                        "Of those who speak about %(theme)s, %(num)s are against, as a person noted.",
                        against,
                        theme=quoted(pick(line.theme.name)),
                    )
                )
            )
    return " ".join(said)
