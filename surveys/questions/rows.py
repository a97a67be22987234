"""A question as a row of an XLSForm, in both directions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from surveys.elements import Option
from surveys.text import Text


@dataclass(frozen=True, slots=True)
class Row:
    """A question's row: pyxform's type (aliases resolved), texts by language code, expressions as written.

    `texts` are further texts of the type, in columns of our own: ``mashura_low::Arabic (ar)`` is ``low``;
    `own` are further settings in the same way: ``mashura_total`` is ``total``. `lines` are the questions of
    a group that is one question here, with the `options` that they share.
    """

    number: int
    type: str
    name: str
    label: Text
    hint: Text
    appearance: frozenset[str]
    parameters: Mapping[str, str]
    constraint: str
    options: tuple[Option, ...] = ()
    apart: tuple[Option, ...] = ()
    other: bool = False
    other_label: Text = field(default_factory=dict)
    texts: Mapping[str, Text] = field(default_factory=dict)
    own: Mapping[str, str] = field(default_factory=dict)
    lines: tuple[Option, ...] = ()
    calculation: str = ""


@dataclass(slots=True)
class Cells:
    """What a type writes of itself into a row, beside name, label, hint and required.

    With `lines` it is a group, and each line a question of `type` in it, named ``name-line``.
    """

    type: str
    appearance: str = ""
    parameters: str = ""
    constraint: str = ""
    options: tuple[Option, ...] = ()
    apart: tuple[Option, ...] = ()
    other: bool = False
    other_label: Text = field(default_factory=dict)
    texts: Mapping[str, Text] = field(default_factory=dict)
    own: Mapping[str, str] = field(default_factory=dict)
    lines: tuple[Option, ...] = ()
    calculation: str = ""
