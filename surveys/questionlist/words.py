"""What the columns and types of a question list are called, in four languages and by their usual names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from surveys.questions import question_types

COLUMNS: dict[str, dict[str, tuple[str, ...]]] = {
    "question": {"ar": ("السؤال", "نص السؤال"), "en": ("question",), "fr": ("question",),
                 "es": ("pregunta",)},
    "type": {"ar": ("النوع", "نوع السؤال"), "en": ("type",), "fr": ("type",), "es": ("tipo",)},
    "options": {"ar": ("الخيارات", "الإجابات"), "en": ("options", "answers", "choices"),
                "fr": ("options", "réponses", "choix"), "es": ("opciones", "respuestas")},
    "lines": {"ar": ("البنود",), "en": ("lines", "statements", "rows"), "fr": ("lignes", "énoncés"),
              "es": ("líneas", "enunciados", "filas")},
    "required": {"ar": ("إلزامي", "مطلوب"), "en": ("required",), "fr": ("obligatoire",),
                 "es": ("obligatoria", "obligatorio")},
    "hint": {"ar": ("توضيح", "تلميح"), "en": ("hint", "help"), "fr": ("aide", "indication"),
             "es": ("ayuda", "indicación")},
    "section": {"ar": ("القسم", "الصفحة"), "en": ("section", "page"), "fr": ("section", "partie"),
                "es": ("sección", "apartado")},
    "name": {"ar": ("الاسم المختصر",), "en": ("name", "code"), "fr": ("nom court",), "es": ("nombre corto",)},
}  # fmt: skip
"""Column → language → what it may be called; the first is what we write."""
LOCALIZED = ("question", "options", "lines", "hint", "section")
"""Columns that may come in several languages: ``question (en)``."""
YES = frozenset(
    {"yes", "y", "true", "1", "x", "✓", "✔", "نعم", "oui", "o", "vrai", "sí", "si", "s", "verdadero"}
)
NO = frozenset({"", "no", "n", "false", "0", "لا", "non", "faux", "falso", "-"})
YES_WORD = {"ar": "نعم", "en": "yes", "fr": "oui", "es": "sí"}
OTHER = frozenset({
    "other", "other please say", "other please specify", "أخرى", "اخرى", "غير ذلك", "أخرى اذكرها", "autre", "autres",
    "autre précisez", "otro", "otra", "otros", "otro especifique", "otra especifique",
})  # fmt: skip
LANGUAGE_NAMES = {
    "ar": ("ar", "arabic", "العربية", "عربي", "arabe", "árabe"),
    "en": ("en", "english", "الإنجليزية", "إنجليزي", "anglais", "inglés"),
    "fr": ("fr", "french", "الفرنسية", "فرنسي", "français", "francés"),
    "es": ("es", "spanish", "الإسبانية", "إسباني", "espagnol", "español"),
}
SYNONYMS: dict[str, str] = {
    "اختيار واحد": "select_one", "اختيار من متعدد": "select_one", "single choice": "select_one",
    "multiple choice": "select_one", "one choice": "select_one", "radio": "select_one", "dropdown": "select_one",
    "choix unique": "select_one", "opción única": "select_one", "selección única": "select_one",
    "select one": "select_one",
    "اختيارات متعددة": "select_multiple", "اختيار متعدد": "select_multiple", "several choices": "select_multiple",
    "checkboxes": "select_multiple", "checkbox": "select_multiple", "choix multiple": "select_multiple",
    "opción múltiple": "select_multiple", "selección múltiple": "select_multiple", "select multiple": "select_multiple",
    "multiple answers": "select_multiple",
    "نعم لا": "yes_no", "yes no": "yes_no", "oui non": "yes_no", "sí no": "yes_no",
    "نص": "short_text", "نص قصير": "short_text", "text": "short_text", "short answer": "short_text",
    "texte": "short_text", "texto": "short_text", "texte court": "short_text", "texto corto": "short_text",
    "نص طويل": "long_text", "فقرة": "long_text", "paragraph": "long_text", "long answer": "long_text",
    "texte long": "long_text", "texto largo": "long_text", "open question": "long_text", "سؤال مفتوح": "long_text",
    "رقم": "integer", "عدد": "integer", "number": "integer", "nombre": "integer", "número": "integer",
    "عدد عشري": "decimal", "تاريخ": "date", "fecha": "date", "وقت": "time", "heure": "time", "hora": "time",
    "بريد إلكتروني": "email", "email": "email", "e mail": "email", "correo": "email", "courriel": "email",
    "هاتف": "phone", "telephone": "phone", "téléphone": "phone", "teléfono": "phone", "رابط": "url", "link": "url",
    "مقياس": "agreement", "مقياس الموافقة": "agreement", "scale": "agreement", "likert": "agreement",
    "échelle": "agreement", "escala": "agreement", "تقييم": "rating", "stars": "rating", "note sur 5": "rating",
    "nps": "recommendation", "ترتيب": "ranking", "classement": "ranking", "clasificación": "ranking",
    "ملاحظة": "note", "شرح": "note", "remarque": "note", "nota": "note", "ملف": "upload", "file": "upload",
    "fichier": "upload", "archivo": "upload",
}  # fmt: skip
"""Usual names of types, beside the labels of the types themselves in every language."""

TypeWords = Mapping[str, str]
"""Folded words → name of a type."""


def folded(words: str) -> str:
    """Words for comparing: small letters, no punctuation, one space, no Arabic vowel signs or tatweel."""
    plain = re.sub("[\u064b-\u0652\u0640\u200e\u200f\u200c\u200d]", "", words)
    return " ".join(re.sub(r"[\W_]+", " ", plain).split()).casefold()


def type_words(translators: Iterable[Callable[[str], str]]) -> TypeWords:
    """What every type may be called: its name, its label in each language (`translators`), usual names."""
    translators = tuple(translators)
    words = {folded(word): name for word, name in SYNONYMS.items() if name in question_types}
    for name, kind in question_types.items():
        words[folded(name)] = name
        for translate in translators:
            words[folded(translate(kind.label))] = name
    return words


def column_of(header: str, language: str) -> tuple[str, str] | None:
    """A header as (column, language), None for one that is none of ours. ``question (en)`` is in English."""
    match = re.fullmatch(r"(.*?)\s*(?:[(\[:]+\s*([^()\[\]:]+?)\s*[)\]]?)?", header.strip())
    if match is None:
        return None
    found = language_of(match[2] or "") if match[2] else language
    wanted = folded(match[1])
    for column, names in COLUMNS.items():
        if found and any(folded(name) == wanted for by_language in names.values() for name in by_language):
            return column, found
    return None


def language_of(words: str) -> str | None:
    """The code of a language by its name or code; any code of two or three letters is taken."""
    wanted = words.strip().casefold()
    for code, names in LANGUAGE_NAMES.items():
        if wanted in names:
            return code
    return wanted if re.fullmatch(r"[a-z]{2,3}", wanted) else None
