"""Which type of question a row becomes: old spellings, what stands in for what, and what is left out."""

from __future__ import annotations

from pyxform.question_type_dictionary import QUESTION_TYPE_DICT

from surveys.i18n import N_
from surveys.questions import QuestionType, question_types
from surveys.questions.rows import Row

_DEVICE = N_("Data about the device or the person's doings is never recorded.")
_NO_LIST = N_("Lists in files of their own are not supported.")
_EMPTY = N_("It asks for nothing.")

_BY_BIND = {
    "string": "text", "int": "integer", "decimal": "decimal", "date": "date", "time": "time",
    "dateTime": "dateTime", "geopoint": "geopoint", "geotrace": "geotrace", "geoshape": "geoshape",
    "barcode": "barcode",
}  # fmt: skip
_BY_TAG = {"select": "select all that apply", "select1": "select one", "trigger": "acknowledge"}
_METADATA = frozenset({"audit", "background-audio", "background-geopoint", "start-geopoint", "email"})
_LISTS = frozenset({"csv-external", "xml-external", "osm", "include"})

SUBSTITUTES: dict[str, str] = {
    "acknowledge": "select_multiple",
    "audio": "upload",
    "video": "upload",
}
"""Row type → the type of question that it becomes with a notice, where no type says that it reads it."""


def canonical_type(written: str) -> str:
    """The one spelling of a type of which pyxform knows several: ``add text prompt`` is ``text``."""
    if written == "select one external":
        return "select one"
    if any(written in kind.xlsform_types for kind in question_types.values()):
        return written
    known = QUESTION_TYPE_DICT.get(written)
    if known is None or written in _LISTS | _METADATA:
        return written
    control, bind = known.get("control") or {}, known.get("bind") or {}
    if media := control.get("mediatype"):
        kind = media.split("/")[0]
        return {"application": "file", "osm": "osm"}.get(kind, kind)
    if written.endswith(("note", "note prompt")):
        return "note"
    if not control:
        return "calculate" if "calculate" in written else written
    return _BY_TAG.get(control.get("tag", ""), _BY_BIND.get(bind.get("type", ""), written))


def why_left_out(written: str) -> str:
    """Why nothing is made of a row of this type; ``""`` where something is."""
    if written in _LISTS:
        return _EMPTY if written == "include" else _NO_LIST
    known = QUESTION_TYPE_DICT.get(written) or {}
    if written in _METADATA or (known.get("bind") or {}).get("jr:preload"):
        return _DEVICE
    return ""


def kind_for(row: Row) -> QuestionType | None:
    """The type that reads this row: one that its appearance asks for before one that needs none."""
    kinds = [kind for kind in question_types.values() if row.type in kind.xlsform_types]
    asked = [kind for kind in kinds if kind.xlsform_appearances & row.appearance and kind.reads_row(row)]
    plain = [kind for kind in kinds if not kind.xlsform_appearances and kind.reads_row(row)]
    return next(iter(asked or plain), None)
