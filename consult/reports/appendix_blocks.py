"""The appendices in blocks: the codebook, and excerpts by theme."""

from __future__ import annotations

from collections.abc import Iterator

from consult.reports.blocks import Block, Facts, Heading, Paragraph, Quotation
from consult.reports.consultation_report import CodebookEntry, ConsultationReport
from consult.reports.setting import Setting
from consult.reports.words import Line, Said, clean


def codebook_blocks(setting: Setting, report: ConsultationReport) -> Iterator[Block]:
    """Each theme with what it means, what belongs and what does not, and an example."""
    gettext = setting.words.gettext
    yield Heading(1, (Said(gettext("Appendix A: the codebook")),), setting.anchor())
    for appendix in report.appendices:
        yield Heading(2, setting.label(appendix.label, is_gathered=appendix.is_gathered), setting.anchor())
        for entry in appendix.codebook:
            yield Heading(3, _name(setting, entry), setting.anchor())
            rows = tuple(
                (name, (Said(clean(text), "und", is_person=True),))
                for name, text in (
                    (gettext("Definition"), entry.definition),
                    (gettext("Belongs here"), entry.include),
                    (gettext("Does not belong here"), entry.exclude),
                    (gettext("Example"), entry.example),
                )
                if text
            )
            if rows:
                yield Facts(rows)
            else:
                yield Paragraph((Said(gettext("No definition has been written.")),), "soft")


def excerpt_blocks(setting: Setting, report: ConsultationReport) -> Iterator[Block]:
    """The words behind the themes, which stand in the internal edition alone."""
    gettext, words = setting.words.gettext, setting.words
    if not any(appendix.excerpts for appendix in report.appendices):
        return
    yield Heading(1, (Said(gettext("Appendix B: excerpts by theme")),), setting.anchor())
    note = gettext("Excerpts as people wrote them, also of those who do not want to be quoted.")
    yield Paragraph((Said(note),), "soft")
    for appendix in report.appendices:
        if not appendix.excerpts:
            continue
        yield Heading(2, setting.label(appendix.label, is_gathered=appendix.is_gathered), setting.anchor())
        for theme in appendix.excerpts:
            yield Heading(3, setting.person(theme.name, gettext("Theme without a name")), setting.anchor())
            for text, language in theme.excerpts:
                yield Quotation(Said(clean(text), language, is_person=True))
            if theme.left_out:
                said = words.ngettext(
                    "%(num)s more excerpt is not printed.",
                    "%(num)s more excerpts are not printed.",
                    theme.left_out,
                )
                yield Paragraph((Said(said),), "soft")


def _name(setting: Setting, entry: CodebookEntry) -> Line:
    name = setting.person(entry.name, setting.words.gettext("Theme without a name"))
    if entry.is_suggested:
        name = (*name, Said(f" [{setting.words.gettext('suggested by the machine')}]"))
    return name
