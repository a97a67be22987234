"""Surveys on paper: printed forms with a code on every sheet, and reading one that was keyed in. Pure."""

from __future__ import annotations

from surveys.paper.codes import SheetCode, form_id, new_serial, read_sheet_code
from surveys.paper.keying import Keyed, KeyedForm, keyed_form
from surveys.paper.printing import Asked, PaperForm, Sheet, paper_form

__all__ = [
    "Asked", "Keyed", "KeyedForm", "PaperForm", "Sheet", "SheetCode", "form_id", "keyed_form", "new_serial",
    "paper_form", "read_sheet_code",
]  # fmt: skip
