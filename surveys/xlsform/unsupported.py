"""What an XLSForm may hold and this product does not take, each with the reason that is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from surveys.i18n import N_
from surveys.questions import QuestionType
from surveys.questions.rows import Row
from surveys.xlsform.sheet import ROW, Sheets

_READ = frozenset(
    {
        "type", "name", "label", "hint", "guidance_hint", "required", "appearance", "parameters", "constraint",
        "constraint_message", "calculation", "relevant", "choice_filter", "default", "readonly", "repeat_count",
        "disabled", "notes", "note", "comment", "comments", "media", "mashura", ROW,
    }
)  # fmt: skip
_REASONS = {
    "required_message": N_("the words for a missing answer are always the same"),
    "trigger": N_("the value follows the answers by itself; a trigger is not needed"),
    "save_to": N_("answers are not kept as entities"),
    "intent": N_("other programs are not called"),
}
_ALIASES = {
    "command": "type", "tag": "name", "value": "name", "caption": "label", "text": "label",
    "relevance": "relevant", "bind::relevant": "relevant", "bind:relevant": "relevant",
    "bind::required": "required", "bind:required": "required",
    "bind::constraint": "constraint", "bind:constraint": "constraint",
    "calculate": "calculation", "bind::calculate": "calculation", "bind:calculate": "calculation",
    "constraint message": "constraint_message", "constraining_message": "constraint_message",
    "constraining message": "constraint_message", "bind::jr:constraintmsg": "constraint_message",
    "bind:jr:constraintmsg": "constraint_message", "jr:constraintmsg": "constraint_message",
    "requiredmsg": "required_message", "required message": "required_message",
    "bind::jr:requiredmsg": "required_message", "bind:jr:requiredmsg": "required_message",
    "jr:requiredmsg": "required_message",
    "control::appearance": "appearance", "control:appearance": "appearance", "body::appearance": "appearance",
    "read_only": "readonly", "read only": "readonly", "bind::readonly": "readonly", "bind:readonly": "readonly",
    "count": "repeat_count", "repeat count": "repeat_count", "jr:count": "repeat_count",
    "control::jr:count": "repeat_count", "body::jr:count": "repeat_count", "control:jr:count": "repeat_count",
    "choice filter": "choice_filter", "guidance hint": "guidance_hint",
    "image": "media", "audio": "media", "video": "media", "big-image": "media", "autoplay": "media",
    "bind::odk:saveto": "save_to", "bind::entities:saveto": "save_to", "body::intent": "intent",
}  # fmt: skip
_OTHERWISE = N_("this column is not used")


def unused_columns(
    raw: Mapping[str, str], *, kind: QuestionType | None, row: Row | None, is_group: bool
) -> Iterator[tuple[str, str]]:
    """(column as it is headed, reason) of every filled cell of a row that nothing was made of."""
    for header, words in raw.items():
        if header is None or words is None or not str(words).strip():
            continue
        column = canonical_column(str(header))
        if column == "appearance" and kind is not None and row is not None:
            if row.appearance - kind.xlsform_appearances - _HARMLESS:
                yield str(header), N_("this appearance is not used")
        elif column == "parameters" and kind is not None and row is not None:
            if set(row.parameters) - kind.xlsform_parameters:
                yield str(header), N_("these parameters are not used")
        elif is_group and column in _NOT_OF_A_GROUP:
            yield str(header), _OTHERWISE
        elif column not in _READ:
            yield str(header), _REASONS.get(column, _OTHERWISE)


_NOT_OF_A_GROUP = frozenset(
    {"constraint", "constraint_message", "required", "parameters", "calculation", "default", "choice_filter"}
)
_MEDIA = frozenset({"image", "audio", "video", "big-image"})


def media_of(raw: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """(file, column as it is headed) of the pictures, sounds and films of a row."""
    for header, words in raw.items():
        parts = [part.strip().casefold() for part in str(header or "").split("::")]
        if words and str(words).strip() and (parts[0] in _MEDIA or (parts[0] == "media" and len(parts) > 1)):
            yield str(words).strip(), str(header)


def unused_choice_cells(
    raw: Mapping[str, str], choice: Mapping[str, Any], *, image: str
) -> Iterator[tuple[str, str]]:
    """(column as it is headed, reason) of the cells of a choice that nothing was made of: sounds, films, pictures
    beside the one `image` that is shown, and further columns in several languages."""
    shown = {image}
    for name, header in media_of(raw):
        if name in shown and header.casefold().startswith(("image", "media::image")):
            continue
        yield header, N_("the file is not shown beside the answer")
    for column, words in choice.items():
        if isinstance(words, Mapping) and column not in {"label", "media"}:
            headers = [header for header in raw if str(header).split("::")[0].strip() == column]
            for header in headers or [column]:
                yield str(header), N_("a further column is in no language, and this one is in several")


_SETTINGS_READ = frozenset(
    {
        "form_title", "set_form_title", "title", "form_id", "set_form_id", "id_string", "default_language",
        "version", "clean_text_values", "allow_choice_duplicates", "name", ROW,
    }
)  # fmt: skip


def unused_settings(sheets: Sheets) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """A notice for every filled column of the settings that nothing was made of."""
    for header, words in sheets.settings.items():
        column = "_".join(str(header or "").split()).casefold()
        if words and column not in _SETTINGS_READ and not column.startswith("mashura_"):
            message = N_("Sheet settings, row %(row)s, column %(column)s: this setting is not used.")
            yield "setting_left_out", message, {"row": 2, "column": str(header)}


def unused_sheets(sheets: Sheets) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """A notice for every sheet of the standard that nothing was made of."""
    for name in sheets.names:
        if name.casefold() in {"entities", "osm", "cascades"}:
            yield "sheet_left_out", N_("Sheet %(sheet)s is left out."), {"sheet": name}


# How a phone lays out a page; our pages have their own layout, so nothing is lost.
_HARMLESS = frozenset(
    {
        "field-list",
        "minimal",
        "compact",
        "quick",
        "columns",
        "columns-pack",
        "columns-flex",
        "no-buttons",
        "w1",
        "w2",
        "w3",
        "w4",
        "w5",
        "w6",
        "numbers",
        "horizontal",
        "horizontal-compact",
        "vertical",
        "label",
        "list-nolabel",
    }
)


def canonical_column(header: str) -> str:
    """A heading of the survey sheet without its language, in the spelling of the standard."""
    name = header.strip().casefold()
    if name in _READ or name in _ALIASES:
        return _ALIASES.get(name, name)
    parts = [part.strip() for part in name.split("::")]
    for stem in ("::".join(parts[:2]), parts[0], name.rsplit(":", 1)[0].strip(), name.split(":")[0].strip()):
        stem = _ALIASES.get(stem, stem)
        if stem.startswith("mashura_"):
            return "mashura"
        if stem in _READ or stem in _REASONS:
            return stem
    return "_".join(name.split()) if "_".join(name.split()) in _READ | set(_REASONS) else name
