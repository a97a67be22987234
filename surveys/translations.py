"""Every text of a definition by its place, so that each can be listed, counted, exported and replaced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from surveys.definition import Definition, Section
from surveys.elements import Config, Question, settings_of, with_changed_options
from surveys.text import Text


@dataclass(frozen=True, slots=True)
class Place:
    """One text of the survey under a stable key, ``question/ID/label``."""

    key: str
    text: Text
    section_id: str | None = None
    question_id: str | None = None


def texts_of(definition: Definition) -> Iterator[Place]:
    """All texts in the order a reader meets them, also those that are empty in every language."""
    yield Place("title", definition.title)
    for section in definition.sections:
        yield Place(f"section/{section.id}/title", section.title, section.id)
        yield Place(f"section/{section.id}/intro", section.intro, section.id)
        if section.repeat is not None:
            yield Place(f"section/{section.id}/item", section.repeat.item, section.id)
        for question in section.questions:
            for part, text in _question_texts(question):
                yield Place(f"question/{question.id}/{part}", text, section.id, question.id)
    yield from _ending_texts(definition)


def _ending_texts(definition: Definition) -> Iterator[Place]:
    for screen_out in definition.screen_outs:
        yield Place(f"screen_out/{screen_out.id}/message", screen_out.message)
    for quota in definition.quotas:
        yield Place(f"quota/{quota.id}/message", quota.message)
    yield Place("thanks", definition.thanks)


def _question_texts(question: Question) -> Iterator[tuple[str, Text]]:
    yield "label", question.label
    yield "hint", question.hint
    yield "picture_words", question.picture_words
    for name, (kind, _) in settings_of(type(question.config)).items():
        value = getattr(question.config, name)
        if kind == "text":
            yield name, value
        elif kind == "options":
            for option in value:
                yield f"{name}/{option.id}", option.label
    yield "constraint_message", question.constraint_message


def missing_in(definition: Definition, language: str) -> tuple[Place, ...]:
    """Texts that have words in some language of the survey but not in `language`."""
    return tuple(
        place
        for place in texts_of(definition)
        if not place.text.get(language) and any(place.text.get(code) for code in definition.languages)
    )


def with_texts(definition: Definition, words: Mapping[str, Mapping[str, str]]) -> Definition:
    """The definition with words by key and language put in; an empty word takes the old one out."""
    return replace(
        definition,
        title=_merged(definition.title, words.get("title")),
        sections=tuple(_with_section_texts(section, words) for section in definition.sections),
        screen_outs=tuple(
            replace(item, message=_merged(item.message, words.get(f"screen_out/{item.id}/message")))
            for item in definition.screen_outs
        ),
        quotas=tuple(
            replace(item, message=_merged(item.message, words.get(f"quota/{item.id}/message")))
            for item in definition.quotas
        ),
        thanks=_merged(definition.thanks, words.get("thanks")),
    )


def _with_section_texts(section: Section, words: Mapping[str, Mapping[str, str]]) -> Section:
    return replace(
        section,
        title=_merged(section.title, words.get(f"section/{section.id}/title")),
        intro=_merged(section.intro, words.get(f"section/{section.id}/intro")),
        repeat=section.repeat
        and replace(
            section.repeat, item=_merged(section.repeat.item, words.get(f"section/{section.id}/item"))
        ),
        questions=tuple(_with_question_texts(question, words) for question in section.questions),
    )


def _with_question_texts(question: Question, words: Mapping[str, Mapping[str, str]]) -> Question:
    base = f"question/{question.id}"
    return replace(
        question,
        label=_merged(question.label, words.get(f"{base}/label")),
        hint=_merged(question.hint, words.get(f"{base}/hint")),
        picture_words=_merged(question.picture_words, words.get(f"{base}/picture_words")),
        constraint_message=_merged(question.constraint_message, words.get(f"{base}/constraint_message")),
        config=_with_config_texts(question.config, base, words),
    )


def _with_config_texts(config: Config, base: str, words: Mapping[str, Mapping[str, str]]) -> Config:
    texts = {
        name: _merged(getattr(config, name), words.get(f"{base}/{name}"))
        for name, (kind, _) in settings_of(type(config)).items()
        if kind == "text"
    }
    made: Config = with_changed_options(
        replace(config, **texts),
        lambda name, option: replace(
            option, label=_merged(option.label, words.get(f"{base}/{name}/{option.id}"))
        ),
    )
    return made


def _merged(text: Text, words: Mapping[str, str] | None) -> Text:
    if not words:
        return text
    merged = {**text, **{language: word.strip() for language, word in words.items()}}
    return {language: word for language, word in merged.items() if word}
