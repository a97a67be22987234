"""Surveys as a plain list of questions, for people who know no XLSForm. Pure: rows in, a definition out."""

from __future__ import annotations

from surveys.questionlist.read import Imported, QuestionListError, is_question_list, read_question_list
from surveys.questionlist.words import TypeWords, type_words
from surveys.questionlist.write import example_rows, question_list_rows

__all__ = [
    "Imported", "QuestionListError", "TypeWords", "example_rows", "is_question_list", "question_list_rows",
    "read_question_list", "type_words",
]  # fmt: skip
