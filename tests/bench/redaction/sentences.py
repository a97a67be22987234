"""The sentences: templates in four languages with and without personal data, filled in by chance, always the same."""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from consult.analysis.masking import Span

HERE = Path(__file__).resolve().parent
SETS = ("tuned", "held_out")
EACH = 3
"""So many fillings of a template; a sentence without personal data comes once."""
# A slot → the kind under which it is counted, and where its words are.
KINDS = {
    "name": "name", "surname": "name", "first": "name", "bare": "bare name", "address": "address", "phone": "phone",
    "abroad": "phone", "email": "email", "link": "link", "handle": "link", "passport": "identity", "id": "identity",
    "iban": "identity",
}  # fmt: skip
_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text with what is personal in it; `seeded` spans have the kinds of `KINDS`."""

    language: str
    text: str
    seeded: tuple[Span, ...]


def sentences(name: str) -> list[Sentence]:
    """The sentences of one of the `SETS`."""
    fillers = json.loads((HERE / "fillers.json").read_text(encoding="utf-8"))[name]
    found = []
    for number, (language, template) in enumerate(_templates(name)):
        chance = random.Random(f"{name}|{number}")
        seen: set[str] = set()
        for _ in range(EACH if _SLOT.search(template) else 1):
            sentence = _filled(language, template, fillers, chance)
            if sentence.text not in seen:
                seen.add(sentence.text)
                found.append(sentence)
    return found


def _templates(name: str) -> list[tuple[str, str]]:
    language, found = "", []
    for line in (HERE / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            language = line.strip("[]")
        elif line and not line.startswith("#"):
            found.append((language, line.replace("\\n", "\n")))
    return found


def _filled(language: str, template: str, fillers: dict[str, Any], chance: random.Random) -> Sentence:
    text, place, seeded = "", 0, []
    for slot in _SLOT.finditer(template):
        text += template[place : slot.start()]
        words = _words(slot[1], language, fillers, chance)
        seeded.append(Span(len(text), len(text) + len(words), KINDS[slot[1]]))
        text, place = text + words, slot.end()
    return Sentence(language, text + template[place:], tuple(seeded))


def _words(slot: str, language: str, fillers: dict[str, Any], chance: random.Random) -> str:
    if slot == "id":
        return chance.choice(fillers["ids"][language])
    return chance.choice(fillers[language].get(slot) or fillers["any"][slot])
