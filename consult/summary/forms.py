"""What a reviewer typed on the page of a summary, read from the form, with what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from consult.forms import sent_id, sent_ids
from consult.i18n import pick
from consult.summary.draft import Draft
from consult.summary.models import MOST_TEXT
from consult.summary.order import places
from consult.summary.services import Edit
from surveys.numbers import western_digits
from surveys.text import is_safe_label

GRAVE = "grave"
MOST_NOTE = 1000
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Sent:
    """A page as it was sent. `problems`: (input, label, message); `button`: which was pressed, and on what."""

    edit: Edit
    problems: list[tuple[str, str, str]] = field(default_factory=list)
    typed_places: Mapping[int, str] = field(default_factory=dict)
    button: tuple[str, str] = ("save", "")


def sent_edit(form: MultiDict, draft: Draft, languages: list[str]) -> Sent:
    """Read the form of a summary. Inputs that are missing leave what there is, and so do those that nobody changed:
    what stood on the page comes with it (`was-…`), so that ticks, places and translations of somebody who saved
    meanwhile stay."""
    problems: list[tuple[str, str, str]] = []
    texts = {}
    for name in draft.names(languages):
        if name in form:
            texts[name] = _lines(form[name])
            if message := problem_of(texts[name]):
                problems.append((name, _label(name, draft), message))
    theme_ids = [theme.theme_id for theme in draft.content.themes]
    quotes = {None: sent_ids(form, "quote-grave")} | {i: sent_ids(form, f"quote-{i}") for i in theme_ids}
    translations = _translations(form, languages, problems)
    _take_translated(form, quotes, translations)
    quotes = {key: _merged(form, key, ids, draft, translations) for key, ids in quotes.items()}
    wanted, typed = _places(form, draft, problems)
    edit = Edit(
        revision=_number(form.get("revision")),
        texts=texts,
        left_out=_left_out(form, theme_ids, draft),
        places=wanted,
        quotes=quotes,
        translations=translations,
        hashes=_hashes(form),
        confirmed=frozenset(form.getlist("confirm")),
    )
    return Sent(edit, problems, typed, _button(form))


def problem_of(text: str) -> str:
    """What is wrong with a text, in words; empty where nothing is."""
    if len(text) > MOST_TEXT:
        return _(
            "This text has %(length)s characters; at most %(limit)s fit.", length=len(text), limit=MOST_TEXT
        )
    if not is_safe_label(text):
        return _("This text has hidden signs that change the direction of writing. Please type it again.")
    return ""


def chosen_numbers(form: MultiDict, name: str) -> list[int]:
    """The ids that were ticked."""
    return sent_ids(form, name)


def _label(name: str, draft: Draft) -> str:
    for theme in draft.content.themes:
        if name.startswith(f"theme-{theme.theme_id}-"):
            return pick(theme.name)
    key = name.rpartition("-")[0]
    labels = {
        "introduction": _("Introduction"),
        "dissent": _("Other voices"),
        "limits": _("Limits of the data"),
    }
    return labels.get(key, key)


def _places(
    form: MultiDict, draft: Draft, problems: list[tuple[str, str, str]]
) -> tuple[dict[int, int], dict[int, str]]:
    """(theme → the place that is wanted, where another one was typed or a button pressed; what was typed)."""
    now = places(draft.content.themes)
    wanted, typed = {}, {}
    for theme in draft.content.themes:
        name = f"place-{theme.theme_id}"
        said = western_digits(form.get(name, "")).strip()
        if not said or said in (str(now[theme.theme_id][0]), form.get(f"was-{name}")):
            continue
        typed[theme.theme_id] = form[name]
        if said.isdecimal() and len(said) < 6 and int(said) > 0:
            wanted[theme.theme_id] = int(said)
        else:
            problems.append((name, pick(theme.name), _("Type a place such as 1, 2 or 3.")))
    number, _colon, way = form.get("move", "").partition(":")
    theme_id = sent_id(number)
    if theme_id in now:
        place, _of = now[theme_id]
        wanted[theme_id] = max(1, place - 1) if way == "up" else place + 1
    return wanted, typed


def _translations(
    form: MultiDict, languages: list[str], problems: list[tuple[str, str, str]]
) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    for key in form:
        if not key.startswith("translation-"):
            continue
        _prefix, number, code = (*key.split("-"), "", "")[:3]
        if number.isdecimal() and len(number) < 18 and code in languages:
            # A quote may stand in two places: what somebody changed counts, and both where it differs.
            before = _lines(form.get(f"was-{key}", ""))
            changed = dict.fromkeys(text for text in map(_lines, form.getlist(key)) if text != before)
            if not changed:
                continue
            text = "\n\n".join(text for text in changed if text)
            found.setdefault(int(number), {})[code] = text
            if message := problem_of(text):
                problems.append((key, _("Translation"), message))
    return found


def _take_translated(
    form: MultiDict, quotes: dict[int | None, list[int]], translations: Mapping[int, Mapping[str, str]]
) -> None:
    """Who translates a quote that nobody has chosen yet wants it, though the tick was forgotten."""
    known = set(sent_ids(form, "was-chosen"))
    ticked = {number for ids in quotes.values() for number in ids}
    for theme_id, ids in quotes.items():
        key = GRAVE if theme_id is None else str(theme_id)
        for number in sent_ids(form, f"offered-{key}"):
            if number not in known | ticked and any(translations.get(number, {}).values()):
                ids.append(number)


def _merged(
    form: MultiDict,
    key: int | None,
    mine: Sequence[int],
    draft: Draft,
    translations: Mapping[int, Mapping[str, str]],
) -> list[int]:
    """The quotes as they are kept now, with what was ticked and unticked on this page."""
    content = draft.content
    themes = {theme.theme_id: theme.quotes for theme in content.themes}
    now = [quote.excerpt_id for quote in (content.grave if key is None else themes[key])]
    name = f"was-quote-{GRAVE if key is None else key}"
    before = sent_ids(form, name) if name in form else now
    kept = [number for number in now if number in mine or number not in before]
    new = (i for i in mine if i not in before or any(translations.get(i, {}).values()))
    return list(dict.fromkeys([*kept, *new]))


def _left_out(form: MultiDict, theme_ids: Sequence[int], draft: Draft) -> frozenset[int]:
    mine = frozenset(i for i in theme_ids if f"out-{i}" in form)
    before = frozenset(sent_ids(form, "was-out")) if "was-out" in form else draft.left_out
    return (draft.left_out - (before - mine)) | (mine - before)


def _hashes(form: MultiDict) -> dict[int, str]:
    """Excerpt → the hash of its words on the page."""
    found = {}
    for key in form:
        number = key.removeprefix("words-")
        if key != number and number.isdecimal() and len(number) < 18 and _HASH.fullmatch(form[key]):
            found[int(number)] = form[key]
    return found


def _button(form: MultiDict) -> tuple[str, str]:
    for name in ("use", "propose", "more", "move"):
        if form.get(name):
            return name, form[name]
    return form.get("action", "save"), ""


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _number(value: str | None) -> int:
    return int(value) if value and value.isdecimal() and len(value) < 10 else -1
