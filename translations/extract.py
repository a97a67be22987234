"""Brings the catalogues up to the source: new strings come in empty, those that are gone leave, the rest
stays.

`make strings`, or `python translations/extract.py ar fr` for some languages only. Strings are sorted and
carry neither line numbers nor dates, so that a catalogue changes only where words change. English is its
own source.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

HERE = Path(__file__).resolve().parent
LANGUAGES = ("ar", "en", "fr", "es")
SOURCE_LANGUAGE = "en"
KEYWORDS = {
    "_": None,
    "_l": None,
    "N_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
}
COMMENT_TAGS = ("NOTE:",)
# The order that translators know, that of the Unicode names: zero, one, two, few, many, other. Babel's own
# rule for Arabic changes the last two about.
_PLURALS = {
    "ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2"
    " : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);"
}
# What changes without a change of words.
_NOISE = re.compile(
    r'^"(?:POT-Creation-Date|PO-Revision-Date|Last-Translator|Generated-By|Report-Msgid-Bugs-To): .*\n', re.M
)


def catalogue_file(language: str, folder: Path = HERE) -> Path:
    return folder / language / "LC_MESSAGES" / "messages.po"


def source_catalogue(root: Path = HERE.parent) -> Catalog:
    """Every string marked in the source, untranslated, with the files that hold it."""
    with (HERE / "babel.cfg").open(encoding="utf-8") as settings:
        methods, options = parse_mapping_cfg(settings)
    catalogue = Catalog(charset="utf-8")
    found = extract_from_dir(
        root, methods, options, keywords=KEYWORDS, comment_tags=COMMENT_TAGS, directory_filter=_is_source
    )
    for file, _line, words, comments, context in found:
        catalogue.add(words, None, [(Path(file).as_posix(), 1)], auto_comments=comments, context=context)
    return catalogue


def read_catalogue(language: str, folder: Path = HERE) -> Catalog:
    """The catalogue of a language as it stands; an empty one where there is none."""
    file = catalogue_file(language, folder)
    if not file.exists():
        return _empty_catalogue(language)
    with file.open("rb") as source:
        return read_po(source, locale=language)


def updated_catalogue(language: str, source: Catalog, old: Catalog) -> Catalog:
    """The strings of `source` with the translations that `old` has for them."""
    new = _empty_catalogue(language)
    for message in messages_of(source):
        kept = old.get(message.id, message.context)
        new.add(
            message.id,
            _words(language, message, kept, plurals=new.num_plurals),
            sorted(set(message.locations)),
            message.flags | ({"fuzzy"} if kept and kept.fuzzy and language != SOURCE_LANGUAGE else set()),
            auto_comments=message.auto_comments,
            user_comments=kept.user_comments if kept else (),
            context=message.context,
        )
    return new


def messages_of(catalogue: Catalog) -> Iterator[Message]:
    """The strings of a catalogue without its header."""
    return (message for message in catalogue if message.id)


def written(catalogue: Catalog) -> bytes:
    """The catalogue as a file, the same bytes for the same words."""
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=100, sort_output=True, include_lineno=False, omit_header=False)
    return _NOISE.sub("", buffer.getvalue().decode()).encode()


def update(languages: Iterable[str] = LANGUAGES, folder: Path = HERE) -> dict[str, int]:
    """Rewrite the catalogues; returns how many strings each language still lacks."""
    source = source_catalogue()
    lacking = {}
    for language in languages:
        new = updated_catalogue(language, source, read_catalogue(language, folder))
        file = catalogue_file(language, folder)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(written(new))
        lacking[language] = sum(not is_translated(message) or message.fuzzy for message in messages_of(new))
    return lacking


def is_translated(message: Message) -> bool:
    """Whether every form of the string has words."""
    forms = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    return bool(forms) and all(form and form.strip() for form in forms)


def _empty_catalogue(language: str) -> Catalog:
    catalogue = Catalog(
        locale=language,
        project="Mashura",
        version="1",
        charset="utf-8",
        fuzzy=False,
        language_team=language,
        header_comment=f"# Mashura in: {language}",
    )
    if language in _PLURALS:
        catalogue.mime_headers = [("Plural-Forms", _PLURALS[language])]
    return catalogue


def _words(language: str, message: Message, kept: Message | None, *, plurals: int) -> str | tuple[str, ...]:
    if language == SOURCE_LANGUAGE:
        return message.id
    forms = kept.string if kept else None
    if not message.pluralizable:
        return forms if isinstance(forms, str) else ""
    if isinstance(forms, (tuple, list)) and len(forms) == plurals:
        return tuple(forms)
    return ("",) * plurals


def _is_source(folder: str) -> bool:
    name = Path(folder).name
    return not name.startswith(".") and name not in {"migrations", "content", "static", "node_modules"}


if __name__ == "__main__":
    for code, count in update(sys.argv[1:] or LANGUAGES).items():
        print(f"{code}: {count} strings to translate" if count else f"{code}: complete", file=sys.stderr)
