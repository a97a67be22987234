"""The result of a closed question in blocks. What is drawn follows from the shape of the result, not from the type."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from consult.reports.blocks import Block, Cell, Paragraph, Row, Stacked, Strip, evenly
from consult.reports.consultation_report import Figure, QuestionPart
from consult.reports.setting import Setting, under
from consult.reports.words import NO_LANGUAGE, Line, Said, clean
from surveys.i18n import N_
from surveys.presentation import ResultGroup, ResultRow, ResultView

_MOST_PARTS = 7
"""A stacked bar with more parts cannot be read."""
_MOST_COLUMNS = 6
_COLUMNS = {
    "ranking": (N_("Mean place"), N_("First places")),
    "budget": (N_("Mean"), N_("Gave points")),
    "pairwise": (N_("Comparisons"), N_("Preferred")),
}
"""How the figures of an option are called where that is not "Mean" and "Number"."""


def closed_blocks(setting: Setting, part: QuestionPart) -> Iterator[Block]:
    """Bars, and a stacked one for a scale; how many answered and were asked; median, mean and the like."""
    result = part.result
    if result is None:
        return
    question = setting.label(part.label, is_gathered=part.is_gathered)
    if not result.rows and not result.groups:
        yield Paragraph((Said(answered(setting, result)),))
    elif any(len(group.rows) > 1 for group in result.groups):
        yield from _matrix(setting, result, question)
    elif result.groups:
        yield _options(setting, result, question)
    else:
        if part.is_scale:
            yield from _scale(setting, result)
        yield _distribution(setting, result, question)
    yield from _statistics(setting, result)


def answered(setting: Setting, result: ResultView) -> str:
    """The base: how many answered, and of how many that were asked."""
    words = setting.words
    if result.answered is None:
        found = words.gettext("Too few answers to show how many")
    else:
        found = words.ngettext("%(num)s answer", "%(num)s answers", result.answered)
        if result.base is not None and result.base != result.answered:
            asked = (
                words.ngettext("asked: %(num)s entry", "asked: %(num)s entries", result.base)
                if result.is_repeated
                else words.ngettext("asked: %(num)s response", "asked: %(num)s responses", result.base)
            )
            found = f"{found} · {asked}"
    if result.several:
        more = words.gettext("people could choose several, so shares may add up to more than 100%%")
        found = f"{found} · {more}"
    return found


def label_of(setting: Setting, row: ResultRow | ResultGroup) -> Line:
    """The words of an option."""
    if not row.label:
        if row.key == "other":
            return (Said(setting.words.gettext("Other")),)
        mark = "\u200e" if setting.words.is_right_to_left else ""  # a range runs from its lower end here too
        return (Said(f"{mark}{clean(row.key)}{mark}", NO_LANGUAGE, is_person=True),)
    said = Said(clean(row.label), row.lang or setting.words.language, bool(row.lang), is_person=True)
    return (said, *setting.marked(said))


def _figure(row: ResultRow) -> Figure:
    return Figure(row.count, row.share, row.hidden)


def _distribution(setting: Setting, result: ResultView, question: Line) -> Block:
    return setting.bars(
        under(question, answered(setting, result)),
        setting.words.gettext("Answer"),
        [(label_of(setting, row), _figure(row), 0, row.apart) for row in result.rows],
    )


def _scale(setting: Setting, result: ResultView) -> Iterator[Block]:
    """One stacked bar over the points of the scale, where all of them may be shown. It says of what its shares are
    where that is not what those of the table are of."""
    rows = [row for row in result.rows if not row.apart]
    strip = _strip(setting, (), rows)
    if strip and 2 <= len(rows) <= _MOST_PARTS:
        caption: Line = ()
        if _has_apart(result.rows):
            counted = setting.words.ngettext(
                "%(num)s answer", "%(num)s answers", sum(row.count or 0 for row in rows)
            )
            said = setting.words.gettext(
                "The bar: shares of the %(answers)s on the scale. The table: of everybody who answered.",
                answers=counted,
            )
            caption = (Said(said),)
        yield Stacked(caption, tuple(label_of(setting, row) for row in rows), (strip,))


def _has_apart(rows: Iterable[ResultRow]) -> bool:
    """Whether anybody gave an answer that is not on the scale, such as "don't know"."""
    return any(row.apart and row.count != 0 for row in rows)


def _strip(setting: Setting, name: Line, rows: list[ResultRow]) -> Strip | None:
    counts = [row.count for row in rows]
    whole = sum(count or 0 for count in counts)
    if not whole or None in counts:
        return None
    shares = tuple((count or 0) / whole for count in counts)
    return Strip(name, shares, tuple(setting.share(share) for share in shares))


def _matrix(setting: Setting, result: ResultView, question: Line) -> Iterator[Block]:
    """Statements with the same answers: stacked bars, and the numbers in a table."""
    parts = [row for row in result.groups[0].rows if not row.apart]
    has_apart = any(_has_apart(group.rows) for group in result.groups)
    on_scale = [(group, [row for row in group.rows if not row.apart]) for group in result.groups]
    strips = [
        strip
        for group, rows in on_scale
        if (strip := _strip(setting, _on_scale(setting, group, has_apart), rows))
    ]
    if strips and 2 <= len(parts) <= _MOST_PARTS and not result.several:
        caption: Line = ()
        if has_apart:
            said = setting.words.gettext(
                "The bars: shares of the answers on the scale. The table: of everybody who answered."
            )
            caption = (Said(said),)
        yield Stacked(caption, tuple(label_of(setting, row) for row in parts), tuple(strips))
    columns = list(result.groups[0].rows)
    for some in evenly(columns, _MOST_COLUMNS):
        head = [
            setting.name(setting.words.gettext("Answer")),
            *(Cell(label_of(setting, row), True) for row in some),
        ]
        rows = [Row(_matrix_cells(setting, group, [row.key for row in columns].index(some[0].key), len(some)))
                for group in result.groups]  # fmt: skip
        widths = (40, *[60 // len(some)] * len(some))
        yield setting.table(under(question, answered(setting, result)), head, rows, widths, is_heat=True)


def _on_scale(setting: Setting, group: ResultGroup, has_apart: bool) -> Line:
    """A statement, with how many answers its bar is of where the table counts more."""
    counts = [row.count for row in group.rows if not row.apart]
    if not has_apart or None in counts:
        return label_of(setting, group)
    said = setting.words.ngettext("%(num)s answer", "%(num)s answers", sum(count or 0 for count in counts))
    return (*label_of(setting, group), Said(f" · {said}"))


def _matrix_cells(setting: Setting, group: ResultGroup, start: int, number: int) -> tuple[Cell, ...]:
    base = (
        setting.words.ngettext("%(num)s answer", "%(num)s answers", group.answered)
        if group.answered is not None
        else setting.words.gettext("Too few answers to show how many")
    )
    cells = [
        Cell((Said(setting.count(_figure(row))), *((Said(f" · {setting.share(row.share)}"),) if row.share else ())),
             is_number=True, shade=shade_of(row.share))
        for row in group.rows[start : start + number]
    ]  # fmt: skip
    return (Cell((*label_of(setting, group), Said(f" · {base}"))), *cells)


def shade_of(share: float | None) -> int:
    """A shade from 0 to 9 on a fixed scale: the same share looks the same in every table."""
    return 0 if not share else min(9, 1 + int(share * 10))


def _options(setting: Setting, result: ResultView, question: Line) -> Block:
    """Options that were ranked, given points or compared: a figure and a count each."""
    first, second = _COLUMNS.get(result.field.type, (N_("Mean"), N_("Number")))
    gettext, words = setting.words.gettext, setting.words
    is_won = not any("mean" in group.statistics for group in result.groups)
    rows = []
    for group in result.groups:
        for row in group.rows:
            mean = group.statistics.get("mean")
            if is_won:
                figure = "–" if group.answered is None else words.number(group.answered)
            else:
                figure = "–" if mean is None else words.decimal(mean)
            rows.append(
                Row(
                    (
                        setting.name(label_of(setting, group)),
                        Cell(share=row.share if row.count is not None else None),
                        setting.number(figure),
                        setting.number(setting.count(_figure(row))),
                        setting.number(setting.share(row.share) or "–"),
                    )
                )
            )
    head = [
        setting.name(gettext("Answer")),
        Cell(),
        setting.number(gettext(first)),
        setting.number(gettext(second)),
        setting.number(gettext("Share")),
    ]
    return setting.table(under(question, answered(setting, result)), head, rows, (36, 24, 14, 14, 12))


def _statistics(setting: Setting, result: ResultView) -> Iterator[Block]:
    found, words = result.statistics, setting.words
    said = []
    if "top_two" in found:
        said.append(
            words.gettext(
                "The two highest points together: %(share)s of the answers on the scale.",
                share=words.percent(found["top_two"]),
            )
        )
        said.append(
            words.gettext(
                "Median point: %(median)s of %(points)s.",
                median=words.number(found["median"]),
                points=words.number(sum(not row.apart for row in result.rows)),
            )
        )
    elif "median" in found:
        said.append(
            words.gettext(
                "Median: %(median)s. Mean: %(mean)s.",
                median=words.number(found["median"]),
                mean=words.decimal(found["mean"]),
            )
        )
    if "score" in found:
        said.append(
            words.gettext(
                "Recommendation score: %(score)s. It is the share of 9 and 10 minus the share of 0 to 6.",
                score=words.signed(found["score"]),
            )
        )
    if said:
        yield Paragraph((Said(" ".join(said)),), "soft")
