"""A place: named, or by its coordinates. No map of anybody else is asked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from surveys.elements import Config, Question
from surveys.errors import AnswerError
from surveys.i18n import N_
from surveys.numbers import western_digits, written_number
from surveys.questions.base import Problem, Projected, QuestionType, Raw, Setting, Tally, first
from surveys.questions.registry import register
from surveys.questions.room import LONGEST_NUMBER, json_bytes, text_bytes
from surveys.questions.rows import Cells, Row
from surveys.text import check_length, clean_answer

PLACE_LENGTH = 200
PART_WORDS = {"place": N_("Place"), "latitude": N_("Latitude"), "longitude": N_("Longitude")}
_ONE = re.compile(r"([+-]?\d{1,3}(?:\.\d+)?)\s*°?\s*([NSEWnsew]?)")
_PAIR = re.compile(r"\s*[,،;]\s+|\s*[;،]\s*|(?<=\d)\s+(?=[+-]?\d)|(?<=\.\d{3}),(?=[+-]?\d)|(?<=[NSns])[\s,]+")


@dataclass(frozen=True, slots=True)
class LocationConfig(Config):
    """`ask`: ``both``, ``place`` or ``coordinates``. Coordinates are kept with `decimals` decimals."""

    ask: str = "both"
    decimals: int = 4


@register
class Location(QuestionType):
    """The answer is a dict with ``place`` (words), or ``latitude`` and ``longitude`` in degrees, or all."""

    name = "location"
    label = N_("Location")
    example = N_("Where is it? A place in words, or its coordinates, typed or taken from the device.")
    Config = LocationConfig
    settings = (
        Setting(
            "ask",
            "choice",
            N_("What to ask for"),
            choices=(
                ("both", N_("A place in words and coordinates")),
                ("place", N_("A place in words only")),
                ("coordinates", N_("Coordinates only")),
            ),
        ),
        Setting(
            "decimals",
            "integer",
            N_("Decimals of coordinates that are kept"),
            hint=N_("4 are about 10 metres, 2 about a kilometre. Keep no more than you need."),
            minimum=0,
            maximum=6,
        ),
    )
    is_enhanced = True
    device_features = frozenset({"geolocation"})
    xlsform_types = frozenset({"geopoint"})

    def input_names(self, question: Question) -> tuple[str, ...]:
        return tuple(self.parts(question).values())

    def parts(self, question: Question) -> dict[str, str]:
        """Part of the answer → its input and column."""
        place = {"place": question.name}
        coordinates = {part: f"{question.name}-{part}" for part in ("latitude", "longitude")}
        return {"both": place | coordinates, "place": place, "coordinates": coordinates}[question.config.ask]

    def parse(self, question: Question, raw: Raw) -> dict[str, Any] | None:
        config = question.config
        place = clean_answer(first(raw, question.name)) if config.ask != "coordinates" else ""
        check_length(place, PLACE_LENGTH)
        value: dict[str, Any] = {"place": place} if place else {}
        if config.ask != "place":
            value |= self.coordinates(
                first(raw, f"{question.name}-latitude"),
                first(raw, f"{question.name}-longitude"),
                config.decimals,
            )
        return value or None

    def coordinates(self, latitude: str, longitude: str, decimals: int) -> dict[str, float]:
        """Both in degrees, rounded; ``{}`` where nothing was typed. A pair may stand in the first field."""
        typed = [_western(latitude), _western(longitude)]
        if typed[0] and not typed[1]:
            parts = _PAIR.split(typed[0])
            typed = [_western(part) for part in parts] if len(parts) == 2 else typed
        if not any(typed):
            return {}
        if not all(typed):
            raise AnswerError("half_location", N_("Please write both coordinates, north and east."))
        return {
            "latitude": round(_degrees(typed[0], "NS", 90), decimals),
            "longitude": round(_degrees(typed[1], "EW", 180), decimals),
        }

    def form_data(self, question: Question, value: dict[str, Any] | None) -> dict[str, list[str]]:
        return {
            column: [part if isinstance(part, str) else written_number(part)]
            for column, part in self.export(question, value).items()
        }

    def most_bytes(self, question: Question) -> int:
        return (
            text_bytes(PLACE_LENGTH)
            + json_bytes({"place": 0, "latitude": 0, "longitude": 0})
            + 2 * LONGEST_NUMBER
        )

    def is_empty(self, value: dict[str, Any] | None) -> bool:
        return not value

    def text(
        self, question: Question, value: dict[str, Any] | None, *, language: str, default_language: str
    ) -> str:
        if not value:
            return ""
        said = [value["place"]] if "place" in value else []
        if "latitude" in value:
            said.append(", ".join(written_number(value[part]) for part in ("latitude", "longitude")))
        return "\n".join(said)

    def check(self, question: Question) -> Iterable[Problem]:
        if not 0 <= question.config.decimals <= 6:
            yield Problem(
                "bad_decimals", N_("Coordinates have from 0 to 6 decimals."), question_id=question.id
            )

    def project(self, question: Question, value: dict[str, Any] | None) -> tuple[Projected, ...]:
        """One row, without the place itself: where a person is is no figure to publish."""
        return (
            (Projected(text=self.text(question, value, language="", default_language="")),) if value else ()
        )

    def tally_counts(self, question: Question, counts: Any, *, answered: int, base: int) -> Tally:
        return Tally(base=base, answered=answered)

    def export(self, question: Question, value: dict[str, Any] | None) -> dict[str, Any]:
        columns = self.parts(question).items()
        return {column: (value or {})[part] for part, column in columns if part in (value or {})}

    def column_words(self, question: Question) -> dict[str, str]:
        return {column: PART_WORDS[part] for part, column in self.parts(question).items()}

    def export_kinds(self, question: Question) -> dict[str, str]:
        return {
            column: "text" if part == "place" else "number" for part, column in self.parts(question).items()
        }

    def config_from_row(self, row: Row) -> LocationConfig:
        decimals = row.own.get("decimals", "")
        ask = row.own.get("ask", "both")
        return LocationConfig(
            ask=ask if ask in {"both", "place", "coordinates"} else "both",
            decimals=min(int(decimals), 6) if decimals.isdecimal() else LocationConfig().decimals,
        )

    def row_of(self, question: Question) -> Cells:
        config, usual = question.config, LocationConfig()
        own = {
            name: str(getattr(config, name))
            for name in ("ask", "decimals")
            if getattr(config, name) != getattr(usual, name)
        }
        return Cells("geopoint", own=own)


def _western(typed: str) -> str:
    """Digits and decimal signs of all kinds as Western ones; a comma between digits is a decimal sign."""
    text = western_digits(typed).replace("٫", ".").replace("−", "-").strip()
    return re.sub(r"^([+-]?\d{1,3}),(\d+)$", r"\1.\2", text)


def _degrees(typed: str, letters: str, limit: int) -> float:
    match = _ONE.fullmatch(typed.strip().rstrip(","))
    if match is None or (match[2] and match[2].upper() not in letters):
        raise AnswerError(
            "bad_location", N_("Please write coordinates in degrees, for example 31.7683 and 35.2137.")
        )
    degrees = float(match[1]) * (-1 if match[2].upper() == letters[1] else 1)
    if abs(degrees) > limit:
        raise AnswerError("no_such_location", N_("This number can be %(limit)s at most."), limit=limit)
    return degrees + 0.0
