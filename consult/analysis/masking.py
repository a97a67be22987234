"""Words that tell of a person, and what stands in their place where a text is published."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

KINDS = ("name", "email", "phone", "link", "identity", "address", "other")
"""Of what is found or marked. `link`: an address on the web or a name in a social network; `identity`: the number of a
document or an account; `other`: what a person marked beside these."""
CONTACTS = frozenset({"email", "phone", "link", "identity"})
"""Kinds by which somebody can be reached or looked up; they are told by their shape, whatever the language."""
UNNAMED = "[…]"
# The language of the words decides, not that of whoever reads them.
_LABELS = {
    "ar": {
        "name": "[الاسم]", "email": "[البريد الإلكتروني]", "phone": "[رقم الهاتف]", "link": "[رابط أو حساب]",
        "identity": "[رقم وثيقة]", "address": "[العنوان]", "other": "[محجوب]",
    },
    "en": {
        "name": "[name]", "email": "[e-mail]", "phone": "[phone number]", "link": "[link or account]",
        "identity": "[document number]", "address": "[address]", "other": "[masked]",
    },
    "fr": {
        "name": "[nom]", "email": "[adresse e-mail]", "phone": "[numéro de téléphone]", "link": "[lien ou compte]",
        "identity": "[numéro de document]", "address": "[adresse]", "other": "[masqué]",
    },
    "es": {
        "name": "[nombre]", "email": "[correo electrónico]", "phone": "[número de teléfono]",
        "link": "[enlace o cuenta]", "identity": "[número de documento]", "address": "[dirección]",
        "other": "[oculto]",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Part of a text, in characters, and of which of `KINDS` it is."""

    start: int
    end: int
    kind: str

    def within(self, start: int, end: int) -> Span | None:
        """The part of it inside (start, end), counted from there; None where they do not meet."""
        first, last = max(self.start, start), min(self.end, end)
        return Span(first - start, last - start, self.kind) if first < last else None


def label_of(kind: str, language: str) -> str:
    """What stands in the place of masked words in a text of this language."""
    return _LABELS.get(language.split("-")[0], {}).get(kind, UNNAMED)


def masked(text: str, spans: Iterable[Span], language: str) -> str:
    """The text with a label in the place of each span. Spans that meet are one, called what the longest of them is."""
    pieces: list[str] = []
    place = 0
    for span in joined(spans, length=len(text)):
        pieces += [text[place : span.start], label_of(span.kind, language)]
        place = span.end
    return "".join([*pieces, text[place:]])


def joined(spans: Iterable[Span], *, length: int) -> list[Span]:
    """The spans in order, inside a text of this length, those that overlap made one."""
    groups: list[list[Span]] = []
    for span in sorted(found for item in spans if (found := item.within(0, length))):
        if groups and span.start < max(item.end for item in groups[-1]):
            groups[-1].append(span)
        else:
            groups.append([span])
    return [
        Span(group[0].start, max(item.end for item in group), longest.kind)
        for group in groups
        for longest in [max(group, key=lambda item: (item.end - item.start, -item.start))]
    ]
