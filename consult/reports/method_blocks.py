"""Who was asked and who answered, and how the report was made, in blocks."""

from __future__ import annotations

from collections.abc import Iterator

from consult.reports.blocks import Block, Facts, Heading, Paragraph, Row
from consult.reports.consultation_report import CodebookEdition, ConsultationReport, QuestionPart, RateLine
from consult.reports.environment import LANGUAGE_NAMES
from consult.reports.setting import Setting
from consult.reports.words import Line, Said, Words
from surveys.i18n import N_

_BY = {
    "group": N_("Response by stakeholder group; somebody may be in several"),
    "region": N_("Response by region"),
    "language": N_("Response by language"),
}
_STEPS = {
    "arabic": N_("Arabic words"),
    "clustering": N_("Grouping into themes"),
    "embedding": N_("Meaning of sentences"),
    "language": N_("Telling languages apart"),
    "second": N_("Meaning of sentences, read a second time"),
    "stance": N_("Hints of stance"),
}
"""What the steps are called that a run of the machine writes down."""


def rates_blocks(setting: Setting, report: ConsultationReport) -> Iterator[Block]:
    """AAPOR's rates where there is a roll; the number alone where anybody could answer."""
    rates, words, gettext = report.rates, setting.words, setting.words.gettext
    yield Heading(1, (Said(gettext("Who was asked and who answered")),), setting.anchor())
    rows: list[tuple[str, Line]] = []
    for name, number in (
        (gettext("On the roll"), rates.on_roll),
        (gettext("Invited by letter"), rates.invited),
        (gettext("Reached"), rates.delivered),
        (gettext("Began to answer"), rates.begun),
    ):
        if number is not None:
            rows.append((name, (Said(words.number(number)),)))
    rows.append((gettext("Answered"), (Said(setting.count(rates.responses)),)))
    if rates.rr1 is not None:
        rows.append((gettext("Response rate (AAPOR RR1)"), (Said(words.percent(rates.rr1, 1)),)))
    if rates.rr2 is not None:
        rows.append((gettext("With those who began (AAPOR RR2)"), (Said(words.percent(rates.rr2, 1)),)))
    yield Facts(tuple(rows))
    yield Paragraph((Said(_margin(setting, report)),))
    for kind, lines in rates.tables:
        yield _rate_table(setting, kind, lines)


def _margin(setting: Setting, report: ConsultationReport) -> str:
    gettext, rates = setting.words.gettext, report.rates
    if report.access != "roll":
        return gettext(
            "Anybody could answer, and who answered chose to. So there is neither a response rate nor a margin of "
            "error: the figures count those who answered and stand for nobody else."
        )
    if rates.margin is None:
        return gettext("Everybody on the roll was asked. A margin of error is not given.")
    return gettext(
        "Everybody on the roll was asked, so this is a count and no sample. If those who did not answer were missing "
        "at random, a share would be uncertain by at most %(points)s percentage points (95 percent interval of Wilson, "
        "corrected for the size of the roll). Whether they are missing at random nobody knows.",
        points=setting.words.decimal(100 * rates.margin),
    )


def _rate_table(setting: Setting, kind: str, lines: tuple[RateLine, ...]) -> Block:
    gettext = setting.words.gettext
    names = {"group": gettext("Group"), "region": gettext("Region"), "language": gettext("Language")}
    head = [
        setting.name(names[kind]),
        *(setting.number(name) for name in (gettext("On the roll"), gettext("Answered"), gettext("Share of the roll"))),
    ]  # fmt: skip
    rows = []
    for line in lines:
        plain = line.name.get("", None)
        if plain is None:
            name = setting.person(line.name, gettext("not stated"))
        else:
            named = LANGUAGE_NAMES.get(plain, plain) if kind == "language" else plain
            name = (Said(named, is_person=True),) if named else (Said(gettext("not stated")),)
        rows.append(
            Row(
                (
                    setting.name(name),
                    setting.number("–" if line.on_roll is None else setting.words.number(line.on_roll)),
                    setting.number(setting.count(line.complete)),
                    setting.number(setting.share(line.complete.share) or "–"),
                )
            )
        )
    return setting.table(gettext(_BY[kind]), head, rows, (46, 18, 18, 18))


def method_blocks(setting: Setting, report: ConsultationReport) -> Iterator[Block]:
    """How the figures came about, in words."""
    words, gettext = setting.words, setting.words.gettext
    yield Heading(1, (Said(gettext("How this report was made")),), setting.anchor())
    yield Paragraph((Said(report.promises[1]),))
    yield Paragraph(
        (
            Said(
                gettext(
                    "Figures of fewer than %(number)s answers are not shown, nor any from which such a figure "
                    "could be worked out.",
                    number=words.number(report.k),
                )
            ),
        )
    )
    yield Paragraph((Said(gettext("No answer counts for more than another: the figures are not weighted.")),))
    free = [part for part in report.questions if part.summary is not None]
    if free:
        yield Paragraph(
            (
                Said(
                    gettext(
                        "Answers in free words were put under themes of a codebook. An answer may carry several "
                        "themes. Shares are of all who answered that question; they say how often something was "
                        "said, not how many hold it."
                    )
                ),
            )
        )
    for part in free:
        yield from _coding(setting, part)
    if report.sources:
        yield Heading(2, (Said(gettext("Evidence beside the survey")),), setting.anchor())
        yield setting.table(
            gettext("Sources that were read and coded too"),
            [
                setting.name(gettext("Kind")),
                setting.number(gettext("Sources")),
                setting.number(gettext("Excerpts")),
            ],
            [
                Row(
                    (
                        setting.name(source.kind),
                        setting.number(words.number(source.sources)),
                        setting.number(setting.count(source.excerpts)),
                    )
                )
                for source in report.sources
            ],
            (50, 25, 25),
        )
    yield Heading(2, (Said(gettext("Programs")),), setting.anchor())
    yield Paragraph(
        (Said(gettext("Made with %(software)s.", software=report.software)), *_engines(words, report)), "soft"
    )


def _engines(words: Words, report: ConsultationReport) -> Line:
    """What each step of the machine's reading was done with, as the runs have written it down."""
    made = {
        (name, version)
        for part in report.questions
        if part.coding is not None
        for name, version in part.coding.engine.items()
        if name != "mashura"
    }
    found: list[Said] = []
    for name, version in sorted(made):
        found.append(Said(" · " if found else " "))
        step = words.gettext(_STEPS[name]) if name in _STEPS else Said(name, "en")
        found += words.line(N_("%(title)s: %(note)s"), title=step, note=Said(version, "en"))
    return tuple(found)


def _coding(setting: Setting, part: QuestionPart) -> Iterator[Block]:
    coding, words, gettext = part.coding, setting.words, setting.words.gettext
    if coding is None or not coding.base:
        return
    yield Heading(3, question_name(setting, part), setting.anchor())
    machine = coding.base - coding.by_person - coding.unseen
    said = [
        gettext(
            "A person decided about %(people)s of the answers; %(machine)s carry what the machine proposed and nobody "
            "has checked.",
            people=words.percent(coding.by_person / coding.base),
            machine=words.percent(max(0, machine) / coding.base),
        )
    ]
    if coding.unseen:
        said.append(
            gettext("%(share)s have not been looked at.", share=words.percent(coding.unseen / coding.base))
        )
    said.append(
        words.ngettext(
            "State of the codebook and the coding: after %(num)s change.",
            "State of the codebook and the coding: after %(num)s changes.",
            coding.changes,
        )
    )
    if coding.codebook is not None:
        said.append(_codebook(setting, coding.codebook))
    if coding.agreement is not None:
        said.append(_agreement(setting, part))
    yield Paragraph((Said(" ".join(said)),))


def _codebook(setting: Setting, found: CodebookEdition) -> str:
    words, gettext = setting.words, setting.words.gettext
    number, day = words.number(found.number), words.day(found.fixed_on)
    if found.is_unchanged:
        return gettext(
            "The codebook is that of version %(number)s of %(day)s, unchanged.", number=number, day=day
        )
    return gettext(
        "The codebook was last fixed as version %(number)s on %(day)s and has changed since.",
        number=number,
        day=day,
    )


def _agreement(setting: Setting, part: QuestionPart) -> str:
    assert part.coding is not None and part.coding.agreement is not None
    found, words = part.coding.agreement, setting.words
    alpha = words.decimal(found.alpha, 2)
    coders = words.ngettext("%(num)s person", "%(num)s people", found.coders)
    if found.items.count is None:
        answers = words.gettext("fewer than %(number)s answers", number=words.number(setting.k))
    else:
        answers = words.ngettext("%(num)s answer", "%(num)s answers", found.items.count)
    if found.interval is None:
        said = words.gettext(
            "%(coders)s coded %(answers)s apart from each other: Krippendorff’s α is %(alpha)s.",
            coders=coders, answers=answers, alpha=alpha,
        )  # fmt: skip
    else:
        said = words.gettext(
            "%(coders)s coded %(answers)s apart from each other: Krippendorff’s α is %(alpha)s (%(low)s to %(high)s). "
            "From 0.80 codings count as reliable, from 0.67 as tentative.",
            coders=coders, answers=answers, alpha=alpha,
            low=words.decimal(found.interval[0], 2), high=words.decimal(found.interval[1], 2),
        )  # fmt: skip
    if found.day is None:
        return said
    last = words.gettext("The last of these codings is of %(day)s.", day=words.day(found.day))
    return f"{said} {last}"


def question_name(setting: Setting, part: QuestionPart) -> Line:
    """The words of a question."""
    return setting.label(part.label, is_gathered=part.is_gathered)
