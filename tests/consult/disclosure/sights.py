"""What one reader sees of a village, as facts: read from the very values that the pages and files are made of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

from consult.analysis.disclosure import INSIDE, PUBLIC, Hidden
from consult.reports.consultation_report import Figure, SummaryPart, ThemePart
from consult.reports.gathering import consultation_report
from consult.reports.published import published_results
from consult.review.presentation import theme_table
from consult.review.queries import question_figures
from consult.review.tallies import closed_questions
from consult.stakeholders import kept_figures, queries
from consult.stakeholders.heard import heard
from consult.summary.content import SummaryContent
from consult.summary.disclosed import ShownTheme, shown_themes
from consult.summary.queries import publishable_summaries
from surveys.presentation import ResultView
from tests.consult.disclosure.solver import ANSWERS, RESPONSES, ROLL, SILENT, Cell, Fact, Shape
from tests.consult.disclosure.village import LANGUAGES, OPTIONS, STANCES, Built, Person, Village, is_broader
from tests.surveys.samples import LONG, ONE

GROUP, REGION, LANGUAGE, TONGUE, OPTION, STANCE = (
    "group",
    "region",
    "language",
    "tongue",
    f"question:{ONE.id}",
    "stance",
)
ROLLED = (GROUP, REGION, TONGUE)


def shape_of(village: Village) -> Shape:
    """Who reads is taken to know by what people can be told apart, and whether groups overlap."""
    groups = sorted({name for person in village.people for name in person.groups})
    overlaps = any(len(person.groups) > 1 for person in village.people)
    return Shape(
        leaves=tuple(village.leaves),
        leaves_of={name: village.leaves_of(name) for name in village.parents},
        columns={
            GROUP: groups,
            REGION: ("North", "South", "West"),
            LANGUAGE: tuple(LANGUAGES.values()),
            TONGUE: tuple(LANGUAGES),
            OPTION: OPTIONS,
            STANCE: STANCES,
        },
        overlapping=frozenset([GROUP] if overlaps else []),
    )


def columns_of(person: Person) -> dict[str, frozenset[str]]:
    return {
        GROUP: person.groups,
        REGION: frozenset([person.region]),
        LANGUAGE: frozenset([LANGUAGES[person.language]] if person.has_said else []),
        TONGUE: frozenset([person.language]),
        OPTION: frozenset([person.option] if person.has_answered else []),
        STANCE: frozenset([person.stance]),
    }


def true_value(village: Village, cell: Cell) -> int:
    """How many there are, counted in the plainest way."""
    level = {
        ANSWERS: lambda p: p.has_answered and p.has_said,
        RESPONSES: lambda p: p.has_answered,
        SILENT: lambda p: not p.has_answered,
    }
    found = 0
    for person in filter(level.get(cell.of, lambda p: True), village.people):
        carries = [bool(person.themes & village.leaves_of(t)) for t in cell.having]
        lacks = [bool(person.themes & village.leaves_of(t)) for t in cell.lacking]
        stands = True
        if cell.column is not None:
            stands = (cell.column[1] in columns_of(person)[cell.column[0]]) != cell.outside
        found += all(carries) and not any(lacks) and stands
    return found


def promised(village: Village, k: int) -> dict[Cell, int]:
    """The cells that may not be told while they hold 1 to k-1, with their true values: those of all tables, their
    complements, and of two themes what is in both and what is in one alone."""
    shape, cells = shape_of(village), [Cell(of=SILENT)]
    themes = list(village.parents)
    cells += [Cell((t,)) for t in themes] + [Cell((), lacking=(t,)) for t in themes]
    for t in themes:
        for name, columns in shape.columns.items():
            if name == TONGUE:
                continue
            for column in columns:
                cells.append(Cell((t,), (name, column)))
                if name != STANCE:
                    cells.append(Cell((), (name, column), lacking=(t,)))
    for name, columns in shape.columns.items():
        for column in columns if name != STANCE else ():
            cells.append(Cell((), (name, column)))
            cells.append(Cell((), (name, column), of=RESPONSES))
            cells.append(Cell((), (name, column), outside=True))
            cells.append(Cell((), (name, column), outside=True, of=RESPONSES))
            cells += [Cell((), (name, column), of=SILENT)] * (name in ROLLED)
    for t in themes:
        for u in themes:
            cells += [Cell((t, u))] * (t < u) + [Cell((t,), lacking=(u,))] * (t != u)
    values = {cell: true_value(village, cell) for cell in cells}
    return {cell: value for cell, value in values.items() if 0 < value < k}


def _figure(cell: Cell, figure: Figure, k: int, *, least: int = 0) -> Iterator[Fact]:
    """A figure; one that is hidden is 1 to k-1 where the page says so, else at least `least`."""
    if figure.count is not None:
        yield Fact.exact(cell, figure.count)
    elif figure.hidden == Hidden.SMALL:
        yield Fact(cell, 1, k - 1)
    else:
        yield Fact(cell, least, None)


def _closed(result: ResultView, k: int) -> Iterator[Fact]:
    """The closed question: who left it empty is known, and zeros are always shown."""
    if result.answered is not None:
        yield Fact.exact(Cell(of=RESPONSES), result.answered)
    for row in result.rows:
        option = row.key.removeprefix("id-")
        if option in OPTIONS:
            cell = Cell((), (OPTION, option), of=RESPONSES)
            yield from _figure(cell, Figure(row.count, None, row.hidden), k, least=1)


def _column(dimension: str, name: str) -> tuple[str, str]:
    if dimension == OPTION:
        return dimension, next(option for option in OPTIONS if name.endswith(option.title()))
    return dimension, name


def _part(part: ThemePart, k: int) -> Iterator[Fact]:
    name = part.name["en"]
    yield from _figure(Cell((name,)), part.figure, k, least=0 if is_broader(name) else k)
    yield from _sentences(name, part.text.get("en", ""))
    for group in part.groups:
        column = _column(group.dimension, group.name["en"])
        yield from _figure(Cell((), column), group.base, k)
        yield from _figure(Cell((name,), column), group.figure, k)
    for value, figure in part.stance:
        yield from _figure(Cell((name,), (STANCE, value)), figure, k, least=1)


def _summary(part: SummaryPart, k: int) -> Iterator[Fact]:
    for table in part.tables:
        yield from _figure(Cell(), table.base, k)
    if not part.tables:
        yield from _figure(Cell(), part.base, k)
    for theme in part.themes:
        yield from _part(theme, k)


def report(session: Session, made: Built, *, edition: str = "public") -> list[Fact]:
    """The report in all its formats: they are written from one value."""
    found = consultation_report(session, made.consultation, language="en", edition=edition)
    facts: list[Fact] = list(_figure(Cell(of=RESPONSES), found.rates.responses, found.k))
    if found.rates.on_roll is not None:
        facts.append(Fact.exact(Cell(of=ROLL), found.rates.on_roll))
    for kind, lines in found.rates.tables:
        for line in lines:
            name = line.name.get("en") or line.name.get("", "")
            dimension = TONGUE if kind == "language" else kind
            if name:
                if line.on_roll is not None:
                    facts.append(Fact.exact(Cell((), (dimension, name), of=ROLL), line.on_roll))
                facts += _figure(Cell((), (dimension, name), of=RESPONSES), line.complete, found.k)
    for part in found.questions:
        if part.result is not None:
            facts += _closed(part.result, found.k)
        if part.summary is not None:
            facts += _summary(part.summary, found.k)
        if part.coding is not None and part.summary is not None:
            facts += _said(part.summary.limits["en"], found.k)
    if found.whole is not None:
        facts += _summary(found.whole, found.k)
    return facts


def _said(limits: str, k: int) -> Iterator[Fact]:
    """The answers by language in the limits of the data."""
    sentence = re.search(r"Answers by language: ([^.;]*)[.;]", limits)
    for name, number in re.findall(r"(\w+) (\d+)", sentence[1] if sentence else ""):
        yield Fact.exact(Cell((), (LANGUAGE, name)), int(number))


def _sentences(name: str, text: str) -> Iterator[Fact]:
    """What the text of a theme says of its number: drafts are written for the public."""
    if re.search(r", fewer than 10 speak", text):
        yield Fact(Cell((name,)), 1, PUBLIC - 1)
    elif re.search(r", all but fewer than 10 speak", text):
        yield Fact(Cell((), lacking=(name,)), 1, PUBLIC - 1)
    elif re.search(r"^Some of", text):
        yield Fact(Cell((name,)), 1, None)


def results(session: Session, made: Built) -> list[Fact]:
    """The public page of results."""
    found = published_results(session, made.consultation, language="en")
    facts = [Fact.exact(Cell(of=RESPONSES), found.responses)] if found.responses is not None else []
    for question in found.questions:
        if question.result is not None:
            facts += _closed(question.result, PUBLIC)
        if question.base is not None:
            facts.append(Fact.exact(Cell(), question.base))
        for theme in question.themes if question.summary is None else ():
            if theme.count is not None:
                facts.append(Fact.exact(Cell((theme.name["en"],)), theme.count))
        if question.summary is not None:
            facts += _shown(question.summary.themes, question.summary.signed.content, has_parts=False)
    return facts


def _shown(
    themes: Sequence[ShownTheme], content: SummaryContent, *, has_parts: bool = True
) -> Iterator[Fact]:
    """A signed summary on a page: what is withheld of it is left out there."""
    if content.question_id is not None:
        yield Fact.exact(Cell(), content.base)
    for line in themes:
        name = line.theme.name["en"]
        yield from _sentences(name, line.theme.text.get("en", ""))
        if line.base is not None:
            yield Fact.exact(Cell(), line.base)
        if line.count is not None:
            yield Fact.exact(Cell((name,)), line.count)
        if not has_parts:
            continue
        for group in line.groups:
            column = _column(group.dimension, group.name["en"])
            yield Fact.exact(Cell((), column), group.base)
            yield Fact.exact(Cell((name,), column), group.count)
        for value, count in line.stance.items():
            if count:
                yield Fact.exact(Cell((name,), (STANCE, value)), count)


def shown_facts(content: SummaryContent) -> Iterator[Fact]:
    """One signed version as somebody sees it who may not read single answers."""
    return _shown(shown_themes(content, INSIDE), content)


def versions(session: Session, made: Built) -> list[Fact]:
    """The signed summaries as somebody sees them who may not read single answers, with what their texts say."""
    facts: list[Fact] = []
    for one in publishable_summaries(session, made.consultation.id):
        facts += shown_facts(one.content)
        if one.content.question_id == LONG.id:
            facts += _said(one.content.limits["en"], PUBLIC)
    return facts


def tables(session: Session, made: Built) -> list[Fact]:
    """The overview of the review room for the same reader: the closed question and the themes by language."""
    figures = question_figures(session, made.scope)
    table = theme_table(figures, can_read=False)
    facts = [Fact.exact(Cell(), figures.base)]
    closed, _ = closed_questions(session, made.consultation, language="en", k=INSIDE)
    facts += _closed(closed[ONE.id], INSIDE)
    top = tuple(name for name, parent in made.village.parents.items() if parent is None)
    if not figures.other and not figures.unseen and table.is_other_safe:
        facts.append(Fact.exact(Cell((), lacking=top), 0))  # there is no line for them
    elif table.is_other_safe:
        facts += _as_written(Cell((), lacking=top), figures.other, figures.base, table.k)
    for line in table.lines:
        name, count = line.figures.theme.name["en"], line.figures.count
        if line.is_safe or (count < table.k and not line.figures.below):
            facts += _as_written(Cell((name,)), count, figures.base, table.k)
        for code, shown in zip(table.languages, line.cells, strict=True):
            if shown is not None:
                facts.append(Fact.exact(Cell((name,), (LANGUAGE, LANGUAGES[code])), shown))
    return facts


def participation(session: Session, made: Built) -> list[Fact]:
    """Who has been heard, by group, region and language of the roll: for staff who manage the roll."""
    counted = heard(session, made.consultation.id, timezone="UTC", is_over=True)
    found = kept_figures.as_released(session, made.consultation.id, counted)
    facts = [Fact.exact(Cell(of=ROLL), found.on_roll), Fact.exact(Cell(of=RESPONSES), found.complete)]
    names = {str(group.id): group.name["en"] for group in queries.groups(session)}
    lines = [(GROUP, names[line.key], line) for line in found.by_group.values()]
    lines += [(REGION, line.key, line) for line in found.by_region]
    lines += [(TONGUE, line.key, line) for line in found.by_language]
    for dimension, name, line in lines:
        if name:
            facts.append(Fact.exact(Cell((), (dimension, name), of=ROLL), line.on_roll))
            if line.complete.shown is not None:
                facts.append(Fact.exact(Cell((), (dimension, name), of=RESPONSES), line.complete.shown))
    return facts


def _as_written(cell: Cell, count: int, base: int, k: int) -> Iterator[Fact]:
    """The macro `figures_of` of the pages: "fewer than k", "not shown", or the number."""
    if 0 < count < k:
        yield Fact(cell, 1, k - 1)
    elif not 0 < base - count < k:
        yield Fact.exact(cell, count)


def unsaid(village: Village, facts: Sequence[Fact]) -> list[Fact]:
    """Facts that are not true: then the page, or this reading of it, is wrong."""
    values = [(fact, true_value(village, fact.cell)) for fact in facts]
    return [f for f, v in values if v < f.low or (f.high is not None and v > f.high)]
