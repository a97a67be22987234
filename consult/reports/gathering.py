"""Everything that a report says, from the database, under the disclosure control of its edition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from importlib.metadata import PackageNotFoundError, version
from zoneinfo import ZoneInfo

from flask_babel import force_locale
from sqlalchemy.orm import Session

from consult.analysis import disclosure
from consult.consultations.labels import IAP2_PROMISES, PRIVACY_PROMISES
from consult.consultations.models import Consultation, Status
from consult.errors import DomainError
from consult.evidence.labels import KINDS
from consult.evidence.models import GATHERED, SURVEY
from consult.evidence.queries import sources_of
from consult.evidence.services import free_text_questions
from consult.reports import appendices, coded
from consult.reports.consultation_report import (
    INTERNAL,
    Appendix,
    ConsultationReport,
    QuestionPart,
    Signature,
    SourcePart,
    SummaryPart,
    Text,
    ThemeTable,
)
from consult.reports.controlled import controlled_themes, named_apart, quote_of, theme_parts, total
from consult.reports.rates import response_rates
from consult.review.dimensions import QUESTION
from consult.review.queries import QuestionFigures, question_figures
from consult.review.requests import questions_to_code
from consult.review.scope import Scope
from consult.review.tallies import closed_questions
from consult.summary.content import SummaryContent, SummaryQuote, SummaryTheme
from consult.summary.disclosed import beside_questions, shown_themes
from consult.summary.queries import SignedSummary, publishable_summaries, signed_summaries
from surveys import queries as survey_queries
from surveys.i18n import N_
from surveys.presentation import ResultView
from surveys.questions import question_types

PRINTED = 600
"""About so many excerpts are set on pages, so that a report of many answers too is made in seconds."""
ENDED = (Status.CLOSED, Status.PUBLISHED, Status.ARCHIVED)


def consultation_report(
    session: Session, consultation: Consultation, *, language: str, edition: str, excerpts: int = PRINTED
) -> ConsultationReport:
    """The report of a consultation that is over, with about so many `excerpts` in its appendix.

    Raises DomainError while people may still answer, and for the public edition where fewer people answered than any
    public figure needs.
    """
    check_ended(consultation)
    is_internal = edition == INTERNAL
    k = disclosure.INSIDE if is_internal else disclosure.PUBLIC
    responses = survey_queries.count_responses(session, consultation.survey_id)
    if responses < k and not is_internal:
        raise DomainError(
            "too_few_for_report",
            N_(
                "Fewer than %(number)s people answered. Any figure could show who said what, so there is no "
                "public report."
            ),
            number=k,
        )
    signed = _signed(session, consultation, is_internal=is_internal)
    zone = ZoneInfo(consultation.timezone)
    with force_locale(language):
        promises = (
            str(IAP2_PROMISES[consultation.iap2_level]),
            str(PRIVACY_PROMISES[consultation.access, consultation.privacy]),
        )
        sources = _sources(session, consultation, k)
    asked = _Asked(
        session,
        consultation,
        signed,
        language=language,
        k=k,
        zone=zone,
        is_internal=is_internal,
        excerpts=excerpts,
    )
    return ConsultationReport(
        language=language,
        edition=edition,
        k=k,
        slug=consultation.slug,
        dated=_dated(consultation, signed.values(), zone),
        title=dict(consultation.title),
        purpose=dict(consultation.purpose),
        asker=dict(consultation.asker),
        use_of_answers=dict(consultation.use_of_answers),
        iap2_level=consultation.iap2_level,
        promises=promises,
        languages=tuple(consultation.languages),
        access=consultation.access,
        privacy=consultation.privacy,
        opened=_day(consultation.opened_at, zone),
        closed=_day(consultation.closed_at, zone),
        rates=response_rates(session, consultation, responses=responses, k=k),
        whole=asked.whole(),
        questions=tuple(asked.parts()),
        sources=sources,
        appendices=tuple(asked.appendices()),
        software=software(),
    )


def check_ended(consultation: Consultation) -> None:
    """Raises DomainError while people may still answer."""
    if consultation.status not in ENDED:
        raise DomainError("report_too_early", N_("There is a report once the consultation has closed."))


def software() -> str:
    """The product and its version."""
    try:
        return f"Mashura {version('mashura')}"
    except PackageNotFoundError:
        return "Mashura"


def _signed(
    session: Session, consultation: Consultation, *, is_internal: bool
) -> dict[str | None, SignedSummary]:
    """Question id (None: the whole) → its signed summary; outside, with the quotes that may be published today."""
    found = (signed_summaries if is_internal else publishable_summaries)(session, consultation.id)
    return {one.content.question_id: one for one in found}


class _Asked:
    """The questions in the order of the survey, then those of former versions and what was said elsewhere."""

    def __init__(
        self,
        session: Session,
        consultation: Consultation,
        signed: dict[str | None, SignedSummary],
        *,
        language: str,
        k: int,
        zone: ZoneInfo,
        is_internal: bool,
        excerpts: int,
    ) -> None:
        self.session, self.consultation, self.signed = session, consultation, signed
        self.k, self.zone, self.is_internal, self.excerpts = k, zone, is_internal, excerpts
        self.closed, _ = closed_questions(session, consultation, language=language, k=k)
        self.free: dict[str, Text] = {
            question.id: dict(question.label)
            for question in free_text_questions(session, consultation.survey_id)
        }
        self.to_code = questions_to_code(session, consultation)
        self.newest = survey_queries.latest_version(session, consultation.survey_id)
        self.asked: dict[str, Text] = {
            f"{QUESTION}:{question.id}": dict(question.label)
            for question in (self.newest.definition.questions() if self.newest else ())
        }
        self.reworded = survey_queries.reworded_questions(session, consultation.survey_id)

    def whole(self) -> SummaryPart | None:
        """The summary of the whole. Its themes stand beside those of the questions, so it shows no more than these."""
        one = self.signed.get(None)
        if one is None or self._is_too_small(one.content.base):
            return None
        questions = {
            question_id: shown_themes(other.content, self.k)
            for question_id, other in self.signed.items()
            if question_id is not None
        }
        shown = beside_questions(shown_themes(one.content, self.k), questions)
        parts = named_apart(theme_parts(shown, self.k), self.asked)
        tables = []
        for question_id in dict.fromkeys(theme.question_id for theme in one.content.themes):
            own = [n for n, theme in enumerate(one.content.themes) if theme.question_id == question_id]
            tables.append(
                ThemeTable(
                    label=self.free.get(question_id or "", {}),
                    is_gathered=question_id == GATHERED,
                    base=total(one.content.themes[own[0]].base, self.k),
                    themes=tuple(parts[n] for n in own),
                )
            )
        return replace(self._signed(one), themes=parts, tables=tuple(tables))

    def _signed(self, one: SignedSummary) -> SummaryPart:
        part = _signed_part(one, self.k, self.zone)
        return replace(part, themes=named_apart(part.themes, self.asked))

    def _is_too_small(self, base: int) -> bool:
        """Whether outside nothing is said of so few answers."""
        return not self.is_internal and base < self.k

    def parts(self) -> Iterator[QuestionPart]:
        """A part for each question that was answered with a choice, a number or words."""
        done = set()
        for question in self.newest.definition.questions() if self.newest else ():
            if question.id in self.closed:
                yield self._closed(question.id, dict(question.label), self.closed[question.id])
            elif question.id in self.free and question.id in self.to_code:
                done.add(question.id)
                yield self._free(question.id)
        for question_id in self.to_code:
            if question_id not in done:
                yield self._free(question_id)

    def _closed(self, question_id: str, label: Text, result: ResultView) -> QuestionPart:
        kind = question_types[result.field.type]
        return QuestionPart(
            label=label,
            result=result,
            is_scale=kind.is_ordered,
            reworded=tuple(self.reworded.get(question_id, ())),
        )

    def _free(self, question_id: str) -> QuestionPart:
        scope = Scope(self.consultation.id, question_id)
        figures = question_figures(self.session, scope)
        one = self.signed.get(question_id)
        summary: SummaryPart | None = None
        if self._is_too_small(min(figures.base, one.content.base if one else figures.base)):
            pass
        elif one is not None:
            summary = self._signed(one)
        else:
            summary = self._unsigned(question_id, figures)
        return QuestionPart(
            label=self.free.get(question_id, {}),
            summary=summary,
            coding=coded.coding_of(self.session, scope, figures, k=self.k, zone=self.zone),
            reworded=tuple(self.reworded.get(question_id, ())),
            is_gathered=question_id == GATHERED,
        )

    def _unsigned(self, question_id: str, figures: QuestionFigures) -> SummaryPart:
        """Inside, the figures as they are now; outside, only how many answered."""
        base = total(figures.base, self.k)
        if not self.is_internal:
            return SummaryPart(base)
        themes = [
            SummaryTheme(
                theme_id=item.theme.id,
                name=dict(item.theme.name),
                text={},
                count=item.count,
                share=item.share,
                depth=item.depth,
                base=figures.base,
                parent_id=item.theme.parent_id,
                quotes=tuple(SummaryQuote(q.id, q.text, q.language, {}) for q in item.quotes),
            )
            for item in figures.themes
        ]
        today = SummaryContent(question_id, figures.base, date.min, {}, {}, {}, tuple(themes))
        parts = controlled_themes(today, self.k)
        marked = (
            replace(part, is_suggested=item.theme.status == "suggested")
            for part, item in zip(parts, figures.themes, strict=True)
        )
        return SummaryPart(base, themes=tuple(marked))

    def _is_small(self, question_id: str, one: SignedSummary) -> bool:
        figures = question_figures(self.session, Scope(self.consultation.id, question_id), has_quotes=False)
        return self._is_too_small(min(figures.base, one.content.base))

    def appendices(self) -> Iterator[Appendix]:
        """Codebook and excerpts of each free question. Outside, the codebook of signed summaries alone."""
        most = appendices.most_of_a_theme(self.session, self.consultation.id, in_all=self.excerpts)
        for question_id in self.to_code:
            one = self.signed.get(question_id)
            if not self.is_internal and (one is None or self._is_small(question_id, one)):
                continue
            found = appendices.appendix_of(
                self.session,
                Scope(self.consultation.id, question_id),
                label=self.free.get(question_id, {}),
                signed=one.content if one else None,
                is_internal=self.is_internal,
                most=most,
            )
            if found is not None:
                yield found


def _signed_part(one: SignedSummary, k: int, zone: ZoneInfo) -> SummaryPart:
    content = one.content
    return SummaryPart(
        base=total(content.base, k),
        themes=controlled_themes(content, k),
        introduction=dict(content.introduction),
        dissent=dict(content.dissent),
        limits=dict(content.limits),
        grave=tuple(quote_of(quote) for quote in content.grave),
        signature=Signature(one.version, one.signed_by, one.signed_at.astimezone(zone).date(), one.note),
        counted_on=content.counted_on,
    )


def _sources(session: Session, consultation: Consultation, k: int) -> tuple[SourcePart, ...]:
    """Evidence beside the survey by kind; kinds with few excerpts say no number of them."""
    found: dict[str, list[int]] = {}
    for line in sources_of(session, consultation.id):
        if line.source.kind != SURVEY and line.count:
            found.setdefault(line.source.kind, []).append(line.count)
    return tuple(
        SourcePart(str(KINDS[kind]), len(counts), total(sum(counts), k))
        for kind, counts in sorted(found.items())
    )


def _dated(consultation: Consultation, signed: Iterable[SignedSummary], zone: ZoneInfo) -> date:
    """The day of the last thing that made the report what it is: closing, or the last signature."""
    days = [one.signed_at.astimezone(zone).date() for one in signed]
    ended = _day(consultation.closed_at, zone) or _day(consultation.created_at, zone)
    return max([*days, *([ended] if ended else [])])


def _day(moment: datetime | None, zone: ZoneInfo) -> date | None:
    return moment.astimezone(zone).date() if moment else None
