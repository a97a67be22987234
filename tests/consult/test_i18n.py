"""The catalogues against the source, and the language and direction that pages declare."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages import Message
from flask import Flask
from flask.testing import FlaskClient

from consult.config import LANGUAGES, PACKAGE
from consult.consultations import services
from consult.extensions import db
from consult.i18n import direction
from tests.surveys.samples import survey

FORMS = {"ar": 6, "en": 2, "fr": 2, "es": 2}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]")
# Which number each Arabic plural form is for: zero, one, two, few, many, other.
ARABIC_EXAMPLES = {0: 0, 1: 1, 2: 2, 3: 3, 10: 3, 11: 4, 25: 4, 99: 4, 100: 5, 102: 5, 103: 3}


def _tool() -> ModuleType:
    file = Path(__file__).parents[2] / "translations" / "extract.py"
    spec = importlib.util.spec_from_file_location("extract_strings", file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


tool = _tool()


@pytest.fixture(scope="module")
def source():
    return tool.source_catalogue()


def _forms(words: object) -> tuple[str, ...]:
    return tuple(words) if isinstance(words, (tuple, list)) else (str(words),)


def _placeholders(words: str) -> set[str]:
    return {match[0] for match in PLACEHOLDER.finditer(words)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_holds_the_strings_of_the_source_and_no_others(source, language: str) -> None:
    catalogue = tool.read_catalogue(language)
    wanted = {(message.context, message.id) for message in tool.messages_of(source)}
    held = {(message.context, message.id) for message in tool.messages_of(catalogue)}
    assert held == wanted, "run `make strings`, then translate what is new"
    assert list(catalogue.obsolete) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_string_is_translated(language: str) -> None:
    messages = list(tool.messages_of(tool.read_catalogue(language)))
    assert len(messages) > 100
    assert [message.id for message in messages if message.fuzzy] == []
    assert [message.id for message in messages if not tool.is_translated(message)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_plural_has_the_forms_of_its_language(language: str) -> None:
    catalogue = tool.read_catalogue(language)
    assert catalogue.num_plurals == FORMS[language]
    wrong = [
        message.id
        for message in tool.messages_of(catalogue)
        if len(_forms(message.string)) != (FORMS[language] if message.pluralizable else 1)
    ]
    assert wrong == []


def test_arabic_forms_stand_in_the_order_translators_know() -> None:
    rule = re.sub(r"\s", "", tool.read_catalogue("ar").plural_expr)
    assert rule == "(n==0?0:n==1?1:n==2?2:n%100>=3&&n%100<=10?3:n%100>=11?4:5)"
    chosen = {
        n: 0
        if n == 0
        else 1
        if n == 1
        else 2
        if n == 2
        else 3
        if 3 <= n % 100 <= 10
        else 4
        if n % 100 >= 11
        else 5
        for n in ARABIC_EXAMPLES
    }
    assert chosen == ARABIC_EXAMPLES


def _misused(message: Message) -> Iterator[str]:
    """Forms whose placeholders are not those of the source. A plural form may leave the number out where
    the word itself says it (one, two); no form may ask for what is not given."""
    singular = _placeholders(_forms(message.id)[0])
    every = singular | _placeholders(_forms(message.id)[-1])
    for form in filter(None, _forms(message.string)):
        used = _placeholders(form)
        lost = every - used
        if used - every or (
            lost and not (message.pluralizable and lost <= {"%(num)s", "%(num)d", "%(count)s"})
        ):
            yield form


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_survive_translation(language: str) -> None:
    assert [
        form for message in tool.messages_of(tool.read_catalogue(language)) for form in _misused(message)
    ] == []


def test_the_checks_notice_what_they_are_for() -> None:
    good = Message(("%(num)s vote", "%(num)s votes"), ("صوت واحد", "%(num)s أصوات"))
    assert list(_misused(good)) == []
    assert list(_misused(Message("Closes on %(date)s", "يغلق"))) == ["يغلق"]
    assert list(_misused(Message("Closes", "%(date)s"))) == ["%(date)s"]
    assert not tool.is_translated(Message(("a", "b"), ("x", "")))
    assert not tool.is_translated(Message("a", " "))


def test_update_keeps_translations_and_drops_what_is_gone(tmp_path: Path) -> None:
    file = tool.catalogue_file("ar", tmp_path)
    file.parent.mkdir(parents=True)
    file.write_text(
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "Language"\nmsgstr "اللغة"\n\nmsgid "Long gone"\nmsgstr "ذهب"\n',
        "utf-8",
    )
    tool.update(["ar"], tmp_path)
    first = file.read_bytes()
    tool.update(["ar"], tmp_path)
    catalogue = tool.read_catalogue("ar", tmp_path)
    assert (catalogue.get("Language").string, catalogue.get("Long gone")) == ("اللغة", None)
    assert file.read_bytes() == first


def test_templates_hold_no_words_outside_the_catalogue() -> None:
    """Bare words between tags, or in an attribute that is read aloud, would stay English in Arabic."""
    found = []
    for file in sorted((PACKAGE / "templates").rglob("*.html")):
        text = file.read_text("utf-8")
        text = re.sub(r"\{#.*?#\}|<(script|style)\b.*?</\1>|\{% block width %\}.*?%\}", " ", text, flags=re.S)
        text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "¤", text, flags=re.S)
        spoken = re.findall(r'(?:aria-label|title|alt|placeholder)="([^"]*)"', text)
        # Macros also write attributes that a tag elsewhere takes in.
        bare = re.sub(r"<[^>]*>|\s[\w-]+=\"[^\"]*\"", " ", text)
        words = re.findall(r"[^\W\d_]{2,}", " ".join([bare, *spoken]))
        found += [(file.relative_to(PACKAGE).as_posix(), word) for word in words]
    assert [(file, word) for file, word in found if word != "doctype"] == []


@pytest.fixture
def consultation(app: Flask):
    made = services.create_consultation(
        db.session(),
        slug="members",
        title={"ar": "مشاورة", "en": "Members", "fr": "Membres", "es": "Miembros"},
        languages=LANGUAGES,
        definition=survey(languages=LANGUAGES),
    )
    services.open_consultation(db.session(), made, allow_missing_translations=True)
    db.session.commit()
    return made


PUBLIC = ("/", "/login", "/no-such-page", "/c/members", "/c/members/1", "/c/members/background")
STAFF = ("/manage/", "/manage/new", "/manage/members/", "/manage/members/settings", "/change")


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_declare_their_language_and_direction(
    client: FlaskClient, consultation, sign_in, language: str
) -> None:
    client.post("/c/members/begin", data={"action": "continue"})
    pages = {path: client.get(f"{path}?lang={language}") for path in PUBLIC}
    sign_in(client)
    pages |= {path: client.get(f"{path}?lang={language}") for path in STAFF}
    declared = {path: re.search(r"<html[^>]*>", page.text) for path, page in pages.items()}
    wanted = f'<html lang="{language}" dir="{direction(language)}">'
    assert {path: tag and tag[0] for path, tag in declared.items()} == dict.fromkeys(pages, wanted)
    assert direction(language) == ("rtl" if language == "ar" else "ltr")


def test_language_is_asked_remembered_or_the_browsers(client: FlaskClient) -> None:
    def language_of(path: str, accept: str) -> str:
        found = re.search(r'<html lang="(\w+)"', client.get(path, headers={"Accept-Language": accept}).text)
        assert found
        return found[1]

    assert language_of("/", "fr-BE,fr;q=0.9,en;q=0.5") == "fr"
    assert language_of("/", "de") == "ar"
    assert language_of("/?lang=es", "fr") == "es"
    assert language_of("/", "fr") == "es"
    assert language_of("/?lang=xx", "fr") == "es"


def test_a_consultation_offers_only_its_own_languages(client: FlaskClient, app: Flask) -> None:
    made = services.create_consultation(
        db.session(), slug="two", title={"ar": "مشاورة"}, languages=["ar", "fr"],
        definition=survey(languages=("ar", "fr")),
    )  # fmt: skip
    services.open_consultation(db.session(), made, allow_missing_translations=True)
    db.session.commit()
    page = client.get("/c/two?lang=es").text
    assert '<html lang="ar" dir="rtl">' in page
    assert re.findall(r'hreflang="(\w+)"', page) == ["fr"]
