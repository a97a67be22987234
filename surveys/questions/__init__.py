"""The question types. Importing this package registers every module in it."""

from __future__ import annotations

import importlib
import pkgutil

from surveys.questions.base import QuestionType
from surveys.questions.registry import question_types, register, type_of

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")

__all__ = ["QuestionType", "question_types", "register", "type_of"]
