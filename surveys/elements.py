"""The parts of a survey: options, questions, the base of every type's settings, what repeats and what ends it.

Conditions and calculations are expressions as people write them (``${age} > 17``, see `surveys.expressions`);
``""`` is none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, replace
from typing import Any, Self, get_type_hints

from surveys.errors import DefinitionError
from surveys.i18n import N_
from surveys.text import Text, is_safe_label, text_from_json


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose. `name` is its code in forms and exports, `id` never changes.

    `attributes` are what a question's `choice_filter` may ask of it: ``{"region": "north"}``.
    """

    id: str
    name: str
    label: Text
    attributes: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "label": dict(self.label),
            **given(attributes=dict(self.attributes)),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            id=plain(data, "id"),
            name=plain(data, "name"),
            label=text_from_json(data.get("label")),
            attributes=dict(text_from_json(data.get("attributes"))),
        )


@dataclass(frozen=True, slots=True)
class Config:
    """Settings of a question; each type has its own frozen subclass.

    Fields may hold plain values, a `Text` or a tuple of options. What equals its default is not stored,
    so a type can get new settings without touching old definitions.
    """

    def to_json(self) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for name, (kind, default) in settings_of(type(self)).items():
            value = getattr(self, name)
            if value == default:
                continue
            if kind == "options":
                data[name] = [option.to_json() for option in value]
            elif kind == "text":
                data[name] = dict(value)
            else:
                data[name] = value
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Raises DefinitionError on an unknown setting."""
        kinds = settings_of(cls)
        unknown = set(data) - set(kinds)
        if unknown:
            raise DefinitionError(
                "unknown_setting", N_("Unknown setting: %(name)s."), name=", ".join(sorted(unknown))
            )
        return cls(**{name: _setting(kinds[name][0], value) for name, value in data.items()})


def _setting(kind: str, value: Any) -> Any:
    if kind == "options":
        return tuple(Option.from_json(option) for option in value)
    if kind == "text":
        return text_from_json(value)
    return tuple(value) if isinstance(value, list) else value


_settings: dict[type, dict[str, tuple[str, Any]]] = {}


def settings_of(config: type[Config]) -> dict[str, tuple[str, Any]]:
    """Setting name → its kind (``options``, ``text`` or ``plain``) and default."""
    if config not in _settings:
        hints = get_type_hints(config)
        kinds = {tuple[Option, ...]: "options", Text: "text"}
        _settings[config] = {
            item.name: (kinds.get(hints[item.name], "plain"), _default(item)) for item in fields(config)
        }
    return _settings[config]


def option_lists(config: Config) -> dict[str, tuple[Option, ...]]:
    """The settings that hold lists of options, with their options."""
    kinds = settings_of(type(config))
    return {name: getattr(config, name) for name, (kind, _) in kinds.items() if kind == "options"}


def with_changed_options(config: Config, change: Callable[[str, Option], Option]) -> Any:
    """The settings with every option changed; `change` is told in which of them the option stands."""
    changes = {
        name: tuple(change(name, option) for option in options)
        for name, options in option_lists(config).items()
    }
    return replace(config, **changes) if changes else config


def with_changed_texts(config: Config, change: Callable[[Text], Text]) -> Any:
    """The settings with everything in them changed that people read."""
    changed = with_changed_options(config, lambda _, option: replace(option, label=change(option.label)))
    kinds = settings_of(type(config))
    texts = {name: change(getattr(config, name)) for name, (kind, _) in kinds.items() if kind == "text"}
    return replace(changed, **texts) if texts else changed


def texts_in(config: Config) -> Iterator[Text]:
    """Everything in the settings that people read."""
    for options in option_lists(config).values():
        for option in options:
            yield option.label
    for name, (kind, _) in settings_of(type(config)).items():
        if kind == "text":
            yield getattr(config, name)


def _default(item: Field[Any]) -> Any:
    return item.default_factory() if item.default_factory is not MISSING else item.default


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `type` names a class in `surveys.questions`, `config` is that class's `Config`.

    It shows where `relevant` holds, must be answered if `required` or where `required_if` holds, and an
    answer for which `constraint` (``.`` is the answer) does not hold is refused with `constraint_message`.
    `default` is the answer that stands there before the person gives one; of the options those are offered
    for which `choice_filter` holds. `picture` names one that stands beside the question, `picture_words` say what it
    shows to those who do not see it.
    """

    id: str
    name: str
    type: str
    label: Text
    hint: Text = field(default_factory=dict)
    required: bool = False
    config: Any = field(default_factory=Config)
    relevant: str = ""
    required_if: str = ""
    constraint: str = ""
    constraint_message: Text = field(default_factory=dict)
    default: str = ""
    choice_filter: str = ""
    picture: str = ""
    picture_words: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Repeat:
    """A page that is answered several times: at least `minimum`, at most `maximum` times (0 is no limit).

    `count` is an expression that fixes the number instead. `item` names one round: "Member of the household".
    """

    minimum: int = 1
    maximum: int = 0
    count: str = ""
    item: Text = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {
            "minimum": self.minimum,
            **given(maximum=self.maximum, count=self.count, item=dict(self.item)),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            minimum=number(data, "minimum", 1),
            maximum=number(data, "maximum", 0),
            count=expression(data, "count"),
            item=text_from_json(data.get("item")),
        )


@dataclass(frozen=True, slots=True)
class Quota:
    """At most `limit` responses for which `condition` holds; who comes later reads `message`."""

    id: str
    title: Text
    condition: str
    limit: int
    message: Text = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "title": dict(self.title),
            "condition": self.condition,
            "limit": self.limit,
            **given(message=dict(self.message)),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            id=plain(data, "id"),
            title=text_from_json(data.get("title")),
            condition=expression(data, "condition"),
            limit=number(data, "limit", 0),
            message=text_from_json(data.get("message")),
        )


@dataclass(frozen=True, slots=True)
class ScreenOut:
    """Whoever `condition` holds for is not asked any further and reads `message`."""

    id: str
    condition: str
    message: Text = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {"id": self.id, "condition": self.condition, **given(message=dict(self.message))}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            id=plain(data, "id"),
            condition=expression(data, "condition"),
            message=text_from_json(data.get("message")),
        )


def plain(data: Mapping[str, Any], key: str) -> str:
    """The short text stored under `key`. Raises DefinitionError when there is none."""
    value = data.get(key)
    if not isinstance(value, str) or not value or not is_safe_label(value):
        raise DefinitionError("missing_name", N_("A name or id is missing or cannot be used."))
    return value


def expression(data: Mapping[str, Any], key: str) -> str:
    """The expression stored under `key`, ``""`` for none. Raises DefinitionError when it is no text."""
    value = data.get(key, "")
    if not isinstance(value, str) or not is_safe_label(value):
        raise DefinitionError("not_an_expression", N_("A condition or calculation cannot be read."))
    return value.strip()


def number(data: Mapping[str, Any], key: str, default: int) -> int:
    """The number from 0 up stored under `key`. Raises DefinitionError when it is none."""
    value = data.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise DefinitionError("not_a_number", N_("A number is missing or cannot be used."))
    return value


def given(**values: Any) -> dict[str, Any]:
    """What is neither empty, nor nothing, nor 0: only that is stored."""
    return {name: value for name, value in values.items() if value}
