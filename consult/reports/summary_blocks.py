"""A summary in blocks: its texts, its themes with figures, groups and stance, quotes, and who signed it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from consult.reports.blocks import Block, Cell, Heading, Paragraph, Row, Stacked, Strip, evenly
from consult.reports.closed_blocks import shade_of
from consult.reports.consultation_report import GroupShare, SummaryPart, ThemePart, ThemeTable
from consult.reports.setting import Setting, under
from consult.reports.words import Line, Said
from surveys.i18n import N_

_MOST_COLUMNS = 6
_STANCES = {
    "support": N_("in favour"),
    "oppose": N_("against"),
    "mixed": N_("both in favour and against"),
    "neutral": N_("neither in favour nor against"),
}
_DIMENSIONS = {
    "group": N_("Themes by stakeholder group"),
    "region": N_("Themes by region"),
    "language": N_("Themes by language"),
    "organisation": N_("Themes by organisation"),
}
_OTHER = N_("Themes by the answer to another question")


def summary_blocks(
    setting: Setting, part: SummaryPart, *, level: int, question: Line = ()
) -> Iterator[Block]:
    """Everything that a summary says; `level`: of the headings of its parts beside the themes; `question`: which it is
    about, to be named above tables."""
    gettext = setting.words.gettext
    yield signature(setting, part)
    yield from setting.paragraphs(part.introduction)
    if part.themes:
        for table in part.tables or (ThemeTable({}, False, part.base, part.themes),):
            yield from _theme_table(setting, table, question)
        yield from _stances(setting, part.themes, question)
        yield from _each_theme(setting, part.themes)
    elif part.signature is None and part.base.count != 0:
        said = gettext("%(answers)s. No summary of them has been signed.", answers=setting.answers(part.base))
        yield Paragraph((Said(said),))
    elif part.base.count == 0:
        yield Paragraph((Said(gettext("No answers to this question yet.")),))
    if part.dissent or part.grave:
        yield Heading(level, (Said(gettext("Dissenting and grave voices")),), setting.anchor())
        yield from setting.paragraphs(part.dissent)
        for quote in part.grave:
            yield setting.quotation(quote)
    if part.limits:
        yield Heading(level, (Said(gettext("Limits of the data")),), setting.anchor())
        if part.counted_on is not None:
            day = setting.words.day(part.counted_on)
            yield Paragraph((Said(gettext("Figures of %(day)s.", day=day)),), "soft")
        yield from setting.paragraphs(part.limits)


def _theme_table(setting: Setting, table: ThemeTable, question: Line) -> Iterator[Block]:
    """The themes of a question in its answers, and by group."""
    gettext = setting.words.gettext
    caption: Line = (
        Said(
            gettext(
                "Themes in %(answers)s; an answer may carry several themes",
                answers=setting.answers(table.base),
            )
        ),
    )
    if table.label or table.is_gathered:
        question = setting.label(table.label, is_gathered=table.is_gathered)
    yield setting.bars(
        under(question, caption),
        gettext("Theme"),
        [(theme_name(setting, theme), theme.figure, theme.depth, False) for theme in table.themes],
    )
    yield from _by_groups(setting, table.themes, question)


def signature(setting: Setting, part: SummaryPart) -> Paragraph:
    """Who stands for it; or that nobody does yet."""
    words = setting.words
    if part.signature is None:
        return Paragraph((Said(words.gettext("Nobody has signed a summary of this yet.")),), "marked")
    one = part.signature
    said = words.line(
        N_("Version %(version)s, signed by %(name)s on %(day)s."),
        version=words.number(one.version),
        name=Said(one.name, is_person=True),
        day=words.day(one.day),
    )
    if part.counted_on is not None:
        said = (*said, Said(" " + words.gettext("Figures of %(day)s.", day=words.day(part.counted_on))))
    if one.note:
        said = (*said, Said(" "), Said(one.note, is_person=True))
    return Paragraph(said, "soft")


def theme_name(setting: Setting, theme: ThemePart) -> Line:
    """A theme's name, marked while no person has accepted it."""
    name = setting.person(theme.name, setting.words.gettext("Theme without a name"))
    if theme.is_suggested:
        name = (*name, Said(f" [{setting.words.gettext('suggested by the machine')}]"))
    return name


def _each_theme(setting: Setting, themes: Sequence[ThemePart]) -> Iterator[Block]:
    for theme in themes:
        if not any(theme.text.values()) and not theme.quotes:
            continue
        yield Heading(3, theme_name(setting, theme), setting.anchor())
        figure = setting.count(theme.figure)
        if theme.figure.count is not None:
            answers = setting.words.ngettext("%(num)s answer", "%(num)s answers", theme.figure.count)
            figure = f"{answers} ({setting.share(theme.figure.share)})"
        yield Paragraph((Said(figure),), "soft")
        yield from setting.paragraphs(theme.text)
        for quote in theme.quotes:
            yield setting.quotation(quote)


def _by_groups(setting: Setting, themes: Sequence[ThemePart], question: Line) -> Iterator[Block]:
    dimensions = dict.fromkeys(group.dimension for theme in themes for group in theme.groups)
    for dimension in dimensions:
        columns: dict[tuple[tuple[str, str], ...], GroupShare] = {}
        for theme in themes:
            for group in theme.groups:
                if group.dimension == dimension and (
                    _key(group) not in columns or columns[_key(group)].base.count is None
                ):
                    columns[_key(group)] = group
        title = _title(setting, dimension, next(iter(columns.values())))
        for some in evenly(list(columns), _MOST_COLUMNS):
            head = [setting.name(setting.words.gettext("Theme"))]
            head += [_column(setting, columns[key]) for key in some]
            rows = [
                Row(
                    (setting.name(theme_name(setting, theme)), *_cells(setting, theme, dimension, some)),
                    depth=theme.depth,
                )
                for theme in themes
                if any(group.dimension == dimension for group in theme.groups)
            ]  # fmt: skip
            note = setting.words.gettext("answers, and their share of the answers of the group")
            caption = setting.words.line(N_("%(title)s: %(note)s"), title=title, note=note)
            widths = (34, *[66 // len(some)] * len(some))
            yield setting.table(under(question, caption), head, rows, widths, is_heat=True)


def _title(setting: Setting, dimension: str, group: GroupShare) -> Line:
    """What a table by group is called; that by the answer to another question names this question."""
    if any(group.asked.values()):
        asked = setting.person(group.asked)
        return setting.words.line(N_("Themes by the answer to “%(question)s”"), question=asked)
    return (Said(setting.words.gettext(_DIMENSIONS.get(dimension, _OTHER))),)


def _key(group: GroupShare) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(group.name.items()))


def _column(setting: Setting, group: GroupShare) -> Cell:
    return Cell((*setting.group_name(group), Said(f" ({setting.count(group.base)})")), is_number=True)


def _cells(setting: Setting, theme: ThemePart, dimension: str, keys: Sequence[tuple]) -> Iterator[Cell]:
    own = {_key(group): group for group in theme.groups if group.dimension == dimension}
    for key in keys:
        figure = own[key].figure if key in own else None
        if figure is None:
            yield Cell()
        elif figure.count is None:
            yield setting.number(setting.hidden(figure.hidden))
        else:
            share = f" · {setting.share(figure.share)}" if figure.share is not None else ""
            yield setting.number(f"{setting.count(figure)}{share}", shade_of(figure.share))


def _stances(setting: Setting, themes: Sequence[ThemePart], question: Line) -> Iterator[Block]:
    known = [theme for theme in themes if theme.stance]
    if not known:
        return
    gettext = setting.words.gettext
    legend: tuple[Line, ...] = tuple((Said(gettext(_STANCES[name])),) for name, _ in known[0].stance)
    strips = []
    for theme in known:
        shares = [figure.share for _, figure in theme.stance if figure.share is not None]
        if len(shares) == len(legend):
            strips.append(
                Strip(theme_name(setting, theme), tuple(shares), tuple(setting.share(one) for one in shares))
            )
    origins = {theme.stance_origin for theme in known}
    title = gettext("Where the answers stand, by theme")
    if origins != {"reviewer"}:
        title = f"{title} ({gettext('a machine’s hint')})"
    if strips:
        yield Stacked((Said(title),), legend, tuple(strips))
    yield setting.table(
        under(question, (Said(title),)),
        [setting.name(gettext("Theme")), *(Cell(words, is_number=True) for words in legend)],
        [
            Row(
                (
                    setting.name(theme_name(setting, theme)),
                    *(setting.number(setting.count(figure)) for _, figure in theme.stance),
                )
            )
            for theme in known
        ],
        (40, *[60 // len(legend)] * len(legend)),
    )  # fmt: skip
