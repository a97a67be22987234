"""Sets the report of a consultation in blocks, in the order in which it is read."""

from __future__ import annotations

from collections.abc import Iterator

from consult.reports.appendix_blocks import codebook_blocks, excerpt_blocks
from consult.reports.blocks import Block, Document, Facts, Heading, Paragraph
from consult.reports.closed_blocks import closed_blocks
from consult.reports.consultation_report import ConsultationReport, QuestionPart
from consult.reports.environment import LANGUAGE_NAMES
from consult.reports.method_blocks import method_blocks, question_name, rates_blocks
from consult.reports.setting import Setting
from consult.reports.summary_blocks import summary_blocks
from consult.reports.words import Line, Said, Words
from surveys.i18n import N_

_LEVELS = {
    "inform": N_("Inform"),
    "consult": N_("Consult"),
    "involve": N_("Involve"),
    "collaborate": N_("Collaborate"),
    "empower": N_("Empower"),
}


def composed(report: ConsultationReport, *, digits: str = "latn") -> Document:
    """The document that all files are written from."""
    words = Words(report.language, digits)
    setting = Setting(words, report.k)
    title = words.picked(report.title)
    subtitle = words.gettext("Report of the consultation")
    if report.is_internal:
        subtitle = words.gettext("Report of the consultation, internal edition")
    opening = tuple(_opening(setting, report))
    blocks = tuple(_blocks(setting, report))
    return Document(
        language=report.language,
        is_right_to_left=words.is_right_to_left,
        title=title,
        subtitle=subtitle,
        opening=opening,
        blocks=blocks,
        contents=words.gettext("Contents"),
        table_word=words.gettext("Table"),
        running=words.day(report.dated),
        translation_word=words.gettext("Reviewer’s translation"),
        description=words.picked(report.purpose).text,
        digits=digits,
    )


def _opening(setting: Setting, report: ConsultationReport) -> Iterator[Block]:
    words, gettext = setting.words, setting.words.gettext
    yield from setting.paragraphs(report.purpose, "lead")
    rows: list[tuple[str, Line]] = []
    if report.asker:
        rows.append((gettext("Who asked"), setting.person(report.asker)))
    rows.append((gettext("When people could answer"), (Said(_period(words, report)),)))
    rows.append(
        (gettext("Languages"), words.listed(LANGUAGE_NAMES.get(code, code) for code in report.languages))
    )
    rows.append((gettext("Who answered"), (Said(_responses(setting, report)),)))
    level = gettext(_LEVELS[report.iap2_level])
    rows.append((gettext("Level of participation"), (Said(f"{level}. {report.promises[0]}"),)))
    rows.append((gettext("As of"), (Said(words.day(report.dated)),)))
    yield Facts(tuple(rows))
    if report.use_of_answers:
        yield from setting.paragraphs(report.use_of_answers)
    if report.is_internal:
        warning = gettext(
            "This edition holds what single people wrote. It is for those who work on this consultation, and not for "
            "passing on."
        )
        yield Paragraph((Said(warning),), "marked")


def _period(words: Words, report: ConsultationReport) -> str:
    if report.opened is None or report.closed is None:
        return words.gettext("not stated")
    return words.gettext(
        "%(first)s to %(last)s", first=words.day(report.opened), last=words.day(report.closed)
    )


def _responses(setting: Setting, report: ConsultationReport) -> str:
    found = report.rates.responses
    if found.count is None:
        return setting.hidden(found.hidden)
    return setting.words.ngettext("%(num)s person", "%(num)s people", found.count)


def _blocks(setting: Setting, report: ConsultationReport) -> Iterator[Block]:
    gettext = setting.words.gettext
    if report.whole is not None:
        yield Heading(1, (Said(gettext("Summary")),), setting.anchor())
        yield from summary_blocks(setting, report.whole, level=2)
    yield from rates_blocks(setting, report)
    if report.questions:
        yield Heading(1, (Said(gettext("Question by question")),), setting.anchor())
    for part in report.questions:
        yield from _question(setting, part)
    yield from method_blocks(setting, report)
    if report.appendices:
        yield from codebook_blocks(setting, report)
        yield from excerpt_blocks(setting, report)


def _question(setting: Setting, part: QuestionPart) -> Iterator[Block]:
    yield Heading(2, question_name(setting, part), setting.anchor())
    if part.reworded:
        numbers = "".join(
            said.text for said in setting.words.listed(map(setting.words.number, part.reworded))
        )
        said = setting.words.ngettext(
            "The wording changed in version %(numbers)s; answers from before and after are counted together.",
            "The wording changed in versions %(numbers)s; answers from before and after are counted together.",
            len(part.reworded),
            numbers=numbers,
        )
        yield Paragraph((Said(said),), "soft")
    if part.result is not None:
        yield from closed_blocks(setting, part)
    if part.summary is not None:
        yield from summary_blocks(setting, part.summary, level=3, question=question_name(setting, part))
    elif part.result is None:
        yield Paragraph((Said(setting.words.gettext("Too few answers to show anything of them.")),))
