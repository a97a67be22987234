"""The limits of the data, in words made of facts."""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext as _
from flask_babel import ngettext

from consult.analysis.agreement import RELIABLE, TENTATIVE
from consult.analysis.crossing import suppress_parts
from consult.analysis.disclosure import may_show
from consult.i18n import language, pick, shown_digits
from consult.summary.basis import Basis
from consult.summary.content import SummaryContent
from consult.summary.said import answers, joined, people, percent, quoted


def limits_draft(content: SummaryContent, basis: Basis, *, has_groups: bool, k: int) -> str:
    """Paragraphs: who was heard, how it was read, and how to read the figures."""
    heard = " ".join(_heard(basis, k))
    read = " ".join(_read(content, basis, k))
    figures = " ".join(_figures(content, has_groups, k))
    return "\n\n".join(part for part in (heard, read, figures) if part)


def _heard(basis: Basis, k: int) -> Iterator[str]:
    if basis.is_gathered:
        yield _(
            "What was gathered elsewhere shows what was said there. It tells nothing about how many people think so."
        )
    elif basis.asked is None:
        yield _(
            "Anybody could answer, and the same person may have answered more than once. The figures describe the "
            "answers that came, not the public."
        )
    elif basis.asked and may_show(basis.answered, basis.asked, k):
        yield _(
            "Of %(people)s who were asked, %(number)s answered (%(share)s). What those who did not answer think is not "
            "known.",
            people=people(basis.asked),
            number=shown_digits(basis.answered),
            share=percent(min(1.0, basis.answered / basis.asked)),
        )
    if basis.is_anonymous:
        yield _("The consultation was anonymous: which groups answered is not known.")
    if basis.silent:
        yield _("Of these groups nobody answered: %(groups)s.", groups=_names(basis.silent))
    if basis.quiet:
        yield _("These groups answered clearly less than the rest: %(groups)s.", groups=_names(basis.quiet))
    yield from _languages(basis, k)


def _languages(basis: Basis, k: int) -> Iterator[str]:
    if len(basis.languages) < 2:
        return
    counts = [count for _name, count in basis.languages]
    cells = suppress_parts(counts, sum(counts), k)
    shown = [
        f"{pick(name)} {shown_digits(cell.shown)}"
        for (name, _count), cell in zip(basis.languages, cells, strict=True)
        if cell.shown
    ]
    if len(shown) == len(basis.languages):
        yield _("Answers by language: %(languages)s.", languages=joined(shown))
    elif shown:
        yield _("Answers by language: %(languages)s; others are not shown.", languages=joined(shown))


def _read(content: SummaryContent, basis: Basis, k: int) -> Iterator[str]:
    if basis.of >= k:
        if basis.read == basis.of:
            yield _("A person has checked what every answer is about.")
        elif not basis.read:
            yield _(
                "What the answers are about was suggested by a machine. No person has checked it answer by answer."
            )
        elif may_show(basis.read, basis.of, k):
            yield _(
                "A person has checked what %(number)s of %(whole)s are about (%(share)s); for the others the machine's "
                "suggestion stands.",
                number=shown_digits(basis.read),
                whole=answers(basis.of),
                share=percent(basis.read / basis.of),
            )
        elif basis.read < k:
            yield _(
                "A person has checked what a few answers are about; for the others the machine's suggestion stands."
            )
        else:
            yield _("A person has checked what all but a few answers are about.")
    if basis.alpha is not None:
        yield _agreement(basis.alpha)
    elif content.question_id is not None:
        yield _(
            "No answers were coded by two people apart from each other, so how far readers agree is not known."
        )


def _agreement(alpha: float) -> str:
    written = f"{alpha:.2f}".replace("-", "−")
    if language() in ("fr", "es"):
        written = written.replace(".", ",")
    words = {"alpha": shown_digits(written)}
    if alpha >= RELIABLE:
        return _(
            "Two or more people coded the same answers apart from each other: Krippendorff's α %(alpha)s, which counts "
            "as reliable.",
            **words,
        )
    if alpha >= TENTATIVE:
        return _(
            "Two or more people coded the same answers apart from each other: Krippendorff's α %(alpha)s, good enough "
            "for tentative conclusions.",
            **words,
        )
    return _(
        "Two or more people coded the same answers apart from each other and agreed little: Krippendorff's α "
        "%(alpha)s. Take the figures with care.",
        **words,
    )


def _figures(content: SummaryContent, has_groups: bool, k: int) -> Iterator[str]:
    if len(content.themes) > 1:
        yield _("An answer may speak about several themes, so the shares may add up to more than the whole.")
    if has_groups:
        yield _(
            "A difference between groups is named only where chance alone would hardly explain it (two-proportion "
            "test, level .05, Holm's adjustment)."
        )
    yield shown_digits(
        ngettext(
            "Figures of fewer than %(num)s answer are not named.",
            "Figures of fewer than %(num)s answers are not named.",
            k,
        )
    )


def _names(groups: tuple) -> str:
    return joined([quoted(pick(name)) for name in groups])
