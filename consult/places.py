"""The staff's navigation inside a consultation: each room adds its entry; no room lists the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, url_for
from flask_babel import LazyString

from consult.access.permissions import Right


@dataclass(frozen=True, slots=True)
class Place:
    """An entry: `order` says where it stands, `right` who sees it."""

    key: str
    label: LazyString
    endpoint: str
    right: Right
    order: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A place as the template shows it."""

    key: str
    label: str
    url: str


def init_app(app: Flask, rooms: tuple, may: Callable[[Any, Right], bool]) -> None:
    """Collect the `PLACES` of the rooms and give templates `consultation_places`.

    `may(consultation, right)` decides who sees an entry; it comes from the room of consultations, which has
    places of its own and so cannot be imported from here.
    """
    places = sorted((place for room in rooms for place in getattr(room, "PLACES", ())), key=lambda p: p.order)

    def consultation_places(consultation: Any) -> list[Entry]:
        return [
            Entry(key=place.key, label=str(place.label), url=url_for(place.endpoint, slug=consultation.slug))
            for place in places
            if may(consultation, place.right)
        ]

    app.jinja_env.globals["consultation_places"] = consultation_places
