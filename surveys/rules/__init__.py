"""Pure rules: which questions show, which answers are complete, what is valid, what may be published."""

from __future__ import annotations

from surveys.rules.answers import (
    Checked,
    CheckedPage,
    answers_in,
    check_page,
    check_response,
    check_section,
    known_answers,
    merge_answers,
)
from surveys.rules.checks import Problem, find_problems, missing_texts
from surveys.rules.flow import Flow
from surveys.rules.logic import Logic

__all__ = [
    "Checked",
    "CheckedPage",
    "Flow",
    "Logic",
    "Problem",
    "answers_in",
    "check_page",
    "check_response",
    "check_section",
    "find_problems",
    "known_answers",
    "merge_answers",
    "missing_texts",
]
