"""What everybody may see of a consultation: tallies and accepted themes, under disclosure control."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from consult.analysis import disclosure
from consult.analysis.trees import Node, shown_in_tree
from consult.consultations.models import Consultation
from consult.evidence.models import GATHERED
from consult.review.figures import in_open_order
from consult.review.lineage import Lineage
from consult.review.models import REVIEWER
from consult.review.queries import ThemeFigures, question_figures
from consult.review.scope import Scope
from consult.review.tallies import closed_questions
from consult.summary.disclosed import ShownTheme, shown_themes
from consult.summary.queries import SignedSummary, publishable_summaries
from surveys import queries as survey_queries
from surveys.presentation import ResultView
from surveys.questions import type_of

K = disclosure.PUBLIC


@dataclass(frozen=True, slots=True)
class PublishedTheme:
    """An accepted theme. `count` and `share` (of the answers to the question) are None where withheld.

    No quotes: words go public only when a person has chosen them one by one, which is still to come. So of a
    theme that the machine found there is no description either: it is made of sentences of the answers.
    `depth`: how many published themes stand above it.
    """

    name: dict[str, str]
    description: dict[str, str]
    count: int | None
    share: float | None
    depth: int = 0


@dataclass(frozen=True, slots=True)
class PublishedQuestion:
    """One question: a closed one has a `result`, a free one `themes` and `base` (answers, None if few).

    `reworded` are the versions in which its words became others. What a reviewer has signed, `summary`, stands in the
    place of the themes: two counts of one theme, of different days, could give a small one away.
    """

    label: dict[str, str]
    result: ResultView | None = None
    base: int | None = None
    themes: Sequence[PublishedTheme] = ()
    reworded: Sequence[int] = ()
    summary: PublishedSummary | None = None


@dataclass(frozen=True, slots=True)
class PublishedSummary:
    """A signed summary: its texts, its quotes that may be published, and its figures under disclosure control."""

    signed: SignedSummary
    themes: Sequence[ShownTheme]


@dataclass(frozen=True, slots=True)
class PublishedResults:
    """A consultation's results. `responses` is None where fewer than k answered: then nothing is shown.

    `summary` is that of the whole consultation, `gathered` that of what was said elsewhere than in the survey.
    """

    responses: int | None
    questions: Sequence[PublishedQuestion]
    k: int = K
    summary: PublishedSummary | None = None
    gathered: PublishedSummary | None = None


def published_results(session: Session, consultation: Consultation, *, language: str) -> PublishedResults:
    """Everything on the page of results, in the order of the survey."""
    version = survey_queries.latest_version(session, consultation.survey_id)
    count = survey_queries.count_responses(session, consultation.survey_id)
    if version is None or count < K:
        return PublishedResults(responses=None, questions=())
    closed, _ = closed_questions(session, consultation, language=language, k=K)
    signed = {
        one.content.question_id: PublishedSummary(one, shown_themes(one.content, K))
        for one in publishable_summaries(session, consultation.id)
        if one.content.base >= K  # of fewer answers nothing is said, not even how many they are
    }
    questions: dict[str, PublishedQuestion] = {}
    for question in version.definition.questions():
        if question.id in closed:
            questions[question.id] = PublishedQuestion(label=dict(question.label), result=closed[question.id])
        elif type_of(question).is_free_text:
            scope = Scope(consultation.id, question.id)
            free = _free(session, scope, dict(question.label))
            questions[question.id] = replace(free, summary=signed.get(question.id) if free.base else None)
    reworded = survey_queries.reworded_questions(session, consultation.survey_id)
    return PublishedResults(
        responses=count,
        questions=[replace(found, reworded=reworded.get(key, ())) for key, found in questions.items()],
        summary=signed.get(None),
        gathered=signed.get(GATHERED),
    )


def _free(session: Session, scope: Scope, label: dict[str, str]) -> PublishedQuestion:
    figures = question_figures(session, scope, has_quotes=False)
    accepted = [item for item in figures.themes if item.theme.status == "accepted"]
    lineage = Lineage(item.theme for item in accepted)
    if figures.base < K:
        return PublishedQuestion(label=label)
    nodes = [Node(item.theme.id, item.theme.parent_id, item.count, figures.base) for item in figures.themes]
    shown = shown_in_tree(nodes, K) - _over_unpublished(figures.themes)
    return PublishedQuestion(
        label=label,
        base=figures.base,
        themes=[
            _theme(item, lineage.depth(item.theme), may_show=item.theme.id in shown)
            for item in in_open_order(accepted, shown)
        ],
    )


def _over_unpublished(themes: Sequence[ThemeFigures]) -> set[int]:
    """Themes with one below them, at any depth, that is not accepted: their counts would tell of it."""
    lineage = Lineage(item.theme for item in themes)
    hidden = {item.theme.id for item in themes if item.theme.status != "accepted"}
    return {
        item.theme.id for item in themes if hidden & set(lineage.with_below(item.theme)) - {item.theme.id}
    }


def _theme(item: ThemeFigures, depth: int, *, may_show: bool) -> PublishedTheme:
    return PublishedTheme(
        name=dict(item.theme.name),
        description=dict(item.theme.description or {}) if item.theme.origin == REVIEWER else {},
        count=item.count if may_show else None,
        share=item.share if may_show else None,
        depth=depth,
    )
