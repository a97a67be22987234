"""Groups that are one question here: tables of selects, and what we write as a group ourselves."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from surveys.elements import Question
from surveys.questions import question_types
from surveys.questions.rows import Cells
from surveys.rules.names import is_name
from surveys.xlsform.references import REFERENCE
from surveys.xlsform.sheet import ROW
from surveys.xlsform.shield import shielded, unshielded

_IN_A_LINE = frozenset(
    {"type", "name", "label", "caption", "appearance", "required", "bind::required", "mashura_id", ROW}
)
Item = Mapping[str, Any]


def lines_of(group: Item, cells: Mapping[int, Mapping[str, str]], referenced: set[str]) -> tuple[Item, ...]:
    """The rows that are the lines of one question; ``()`` where the group is none.

    `cells`: the raw cells of each row by its number. `referenced`: names that expressions ask for: their
    questions stay questions of their own.
    """
    if group.get("type") != "group":
        return ()
    children = tuple(item for item in group.get("children", ()) if ROW in item)
    own = str(group.get("mashura_type", ""))
    if own:
        return children if own in question_types else ()
    if not _is_table(group, children, cells):
        return ()
    lines = tuple(item for item in children if _appearance(item) != "label")
    is_plain = all(_columns(cells.get(int(item[ROW]), {})) <= _IN_A_LINE for item in children)
    if not is_plain or any(str(item.get("name")) in referenced for item in children):
        return ()
    return lines


def _is_table(group: Item, children: Sequence[Item], cells: Mapping[int, Mapping[str, str]]) -> bool:
    """A ``table-list`` group, or one whose first select shows the labels and the others do not."""
    if len(children) < 2 or {item.get("type") for item in children} != {"select one"}:
        return False
    if len({str(item.get("list_name") or item.get("itemset")) for item in children}) > 1:
        return False
    written = cells.get(int(group[ROW]), {})
    if "table-list" in " ".join(str(words) for words in written.values()).split():
        return True
    shown = [_appearance(item) for item in children]
    return shown[0] == "label" and set(shown[1:]) == {"list-nolabel"}


def _appearance(item: Item) -> str:
    return str((item.get("control") or {}).get("appearance") or "")


def _columns(raw: Mapping[str, str]) -> set[str]:
    """Headings of the filled cells, without their languages."""
    return {
        str(header) if "bind" in str(header) else str(header).split("::")[0].strip().casefold()
        for header, words in raw.items()
        if header and words is not None and str(words).strip()
    }


def table_words(group: Item) -> Item:
    """Where label and hint of a table stand: of a ``table-list`` the parser puts them into a note of its own."""
    made: Item = next((item for item in group.get("children", ()) if item.get("type") == "note"), {})
    return group if "label" in group or "hint" in group or ROW in made else made


OWN_ATTRIBUTES = "mashura_attributes"
IMAGE_COLUMN = "media::image"
_OF_A_CHOICE = frozenset(
    {"name", "label", "list_name", "list name", "media", "apart", "mashura_id", OWN_ATTRIBUTES, ROW}
)
_KNOWN_TO_OTHERS = _OF_A_CHOICE | {"image", "audio", "video", "big-image", "value", "caption", "order"}


def attributes_of(choice: Item) -> dict[str, str]:
    """Further columns of a choice, which filters may ask for, and its picture as ``image``."""
    found = {
        str(column): str(words)
        for column, words in choice.items()
        if column not in _OF_A_CHOICE and isinstance(words, str) and words.strip()
    }
    media = choice.get("media")
    images = media.get("image") or () if isinstance(media, Mapping) else ()
    image = images if isinstance(images, str) else next(iter(dict(images).values()), "")
    return found | ({"image": image} if image else {}) | _stored_attributes(choice)


def _stored_attributes(choice: Item) -> dict[str, str]:
    try:
        stored = json.loads(unshielded(str(choice.get(OWN_ATTRIBUTES) or "{}")))
    except ValueError:
        return {}
    return {str(name): str(words) for name, words in stored.items()} if isinstance(stored, dict) else {}


def written_attributes(attributes: Mapping[str, str]) -> dict[str, str]:
    """The attributes of an option as columns of the choices sheet; those that would not be read back as they are
    stand in a column of our own."""
    plain = {name: words for name, words in attributes.items() if name == "image" or _is_column(name)}
    odd = {name: words for name, words in attributes.items() if name not in plain or _is_changed(words)}
    columns = {IMAGE_COLUMN if name == "image" else name: words for name, words in plain.items()}
    return columns | ({OWN_ATTRIBUTES: shielded(json.dumps(odd, ensure_ascii=False))} if odd else {})


def _is_column(name: str) -> bool:
    """Whether others read a column of this name as nothing but a further one."""
    return is_name(name) and name.casefold() not in _KNOWN_TO_OTHERS and not name.startswith("mashura")


def _is_changed(words: str) -> bool:
    return words != " ".join(words.split()) or any(sign in words for sign in "‘’“”")


def referenced_names(rows: Mapping[int, Mapping[str, str]]) -> set[str]:
    """Every name that a cell of the survey refers to as ``${name}``."""
    return {
        name
        for cells in rows.values()
        for words in cells.values()
        for name in REFERENCE.findall(str(words or ""))
    }


def written_lines(question: Question, cells: Cells, label: Any) -> Iterator[dict[str, str]]:
    """The rows inside the group that a question with lines is written as, and its end.

    `label` writes a text as columns.
    """
    kind = f"{cells.type} {question.name}" if cells.options else cells.type
    for line in cells.lines:
        yield {
            "type": kind,
            "name": f"{question.name}-{line.name}",
            **label("label", line.label),
            "required": "yes" if question.required else "",
            **({"mashura_id": line.id} if line.id != line.name else {}),
        }
    yield {"type": "end_group"}
