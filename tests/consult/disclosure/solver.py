"""What follows from the figures that somebody sees: whole numbers of answers for every set of themes in every column,
under everything that is shown, and whether a small figure can have only one value among them.

The unknowns are, of each set of narrowest themes, how many answers carry just that set, and how these fall into the
columns of each dimension. Dimensions need not be crossed: given the sets, any two tables that have the same sums can
stand in one world, so that crossing them would tell nothing more. A figure that can have a second value in some world
of whole numbers is safe; the search for one is a mixed-integer program (HiGHS).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, combinations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

ANSWERS, RESPONSES, ROLL, SILENT = "answers", "responses", "roll", "silent"
Themes = frozenset[str]


@dataclass(frozen=True, slots=True)
class Cell:
    """Answers in a column (of all, where None) that carry all themes of `having` and none of `lacking`; `outside`: that
    are in any other column. `of`: answers to the free question, responses, or people on the roll."""

    having: tuple[str, ...] = ()
    column: tuple[str, str] | None = None
    lacking: tuple[str, ...] = ()
    outside: bool = False
    of: str = ANSWERS


@dataclass(frozen=True, slots=True)
class Fact:
    """A cell is between `low` and `high`, both included (None: no bound)."""

    cell: Cell
    low: int
    high: int | None

    @classmethod
    def exact(cls, cell: Cell, count: int) -> Fact:
        return cls(cell, count, count)


@dataclass(frozen=True, slots=True)
class Shape:
    """What a reader knows of the tables: the themes and which are below which, and of each dimension its columns;
    `overlapping`: dimensions in which an answer may stand in several."""

    leaves: tuple[str, ...]
    leaves_of: Mapping[str, Themes]
    columns: Mapping[str, Sequence[str]]
    overlapping: frozenset[str] = frozenset()
    of_roll: frozenset[str] = frozenset()


@dataclass(slots=True)
class Model:
    """A program over whole numbers, made of facts."""

    shape: Shape
    patterns: list[Themes]
    atoms: dict[str, list[frozenset[str]]]
    places: dict[tuple, int] = field(default_factory=dict)
    rows: list[dict[int, int]] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)

    def place(self, *key: object) -> int:
        return self.places.setdefault(key, len(self.places))

    def add(self, row: dict[int, int], low: float, high: float | None) -> None:
        self.rows.append(row)
        self.low.append(low)
        self.high.append(np.inf if high is None else high)

    def matrix(self, rows: Sequence[Mapping[int, int]]) -> csr_array:
        found = [(n, place, value) for n, row in enumerate(rows) for place, value in row.items()]
        values = ([v for *_, v in found], ([n for n, *_ in found], [p for _, p, _ in found]))
        return csr_array(values, shape=(len(rows), len(self.places)))


def subsets(names: Iterable[str]) -> list[frozenset[str]]:
    every = sorted(names)
    some = chain.from_iterable(combinations(every, size) for size in range(len(every) + 1))
    return [frozenset(one) for one in some]


def model_of(shape: Shape, facts: Sequence[Fact]) -> Model:
    """The program that all worlds obey in which the facts hold. Dimensions of which no theme's cell is known are not
    told apart by theme, as nothing would follow."""
    told = {f.cell.column[0] for f in facts if f.cell.column and (f.cell.having or f.cell.lacking)}
    known = {f.cell.column[0] for f in facts if f.cell.column}
    atoms = {}
    for name in sorted(known):
        columns = shape.columns[name]
        alone = [frozenset([column]) for column in columns]
        atoms[name] = subsets(columns) if name in shape.overlapping else [frozenset(), *alone]
    model = Model(shape, subsets(shape.leaves), atoms)
    for pattern in model.patterns:
        model.place("n", pattern)
    model.place("m")
    model.place("z")
    for name, some in atoms.items():
        for pattern in model.patterns if name in told else []:
            row = {model.place("n", pattern, name, atom): 1 for atom in some}
            model.add(row | {model.place("n", pattern): -1}, 0, 0)
        for level in ("n",) * (name not in told) + ("m", "z"):
            row = {model.place(level, name, atom): 1 for atom in some}
            whole = (
                {model.place("n", p): -1 for p in model.patterns}
                if level == "n"
                else {model.place(level): -1}
            )
            model.add(row | whole, 0, 0)
    for fact in facts:
        model.add(terms(model, fact.cell), fact.low, fact.high)
    return model


def terms(model: Model, cell: Cell) -> dict[int, int]:
    """The unknowns that make up a cell."""
    shape, found = model.shape, {}
    levels = {ANSWERS: "n", RESPONSES: "nm", ROLL: "nmz", SILENT: "z"}[cell.of]
    patterns = [
        p for p in model.patterns
        if all(p & shape.leaves_of[t] for t in cell.having) and not any(p & shape.leaves_of[t] for t in cell.lacking)
    ]  # fmt: skip
    if cell.column is None:
        found = {model.places["n", p]: 1 for p in patterns} if "n" in levels else {}
        return found | {model.places[level,]: 1 for level in levels.removeprefix("n")}
    name, column = cell.column
    some = [atom for atom in model.atoms[name] if (column in atom) != cell.outside]
    is_told = ("n", model.patterns[0], name, model.atoms[name][0]) in model.places
    if not is_told and (cell.having or cell.lacking):
        raise KeyError(cell)
    for atom in some:
        if is_told and "n" in levels:
            found |= {model.places["n", p, name, atom]: 1 for p in patterns}
        for level in levels.removeprefix("n") if is_told else levels:
            found[model.places[level, name, atom]] = 1
    return found


def determined(
    shape: Shape, facts: Sequence[Fact], truth: Mapping[Cell, int], *, seconds: float = 20
) -> tuple[list[Cell], list[Cell]]:
    """Which of the cells, whose true values are given, can have no other value; and those about which the search did
    not end in time. Raises ValueError where the facts contradict one another: then they were read wrongly."""
    model = model_of(shape, facts)
    parts = {}
    for cell in truth:
        if cell.column is not None and cell.column[0] not in model.atoms:
            continue
        try:
            parts[cell] = terms(model, cell)
        except KeyError:
            continue
    waiting = dict(parts)
    chance = np.random.default_rng(0)
    base = model.matrix(model.rows)
    size = len(model.places)

    def solved(
        extra: Mapping[int, int] | None, low: float, high: float, goal: np.ndarray
    ) -> tuple[int, np.ndarray | None]:
        limits = [LinearConstraint(base, model.low, model.high)]
        if extra is not None:
            limits.append(LinearConstraint(model.matrix([extra]), low, high))
        found = milp(
            goal, constraints=limits, bounds=Bounds(0, 500), integrality=np.ones(size),
            options={"time_limit": seconds, "mip_rel_gap": 1.0},
        )  # fmt: skip
        return found.status, found.x

    def strike(x: np.ndarray) -> None:
        for cell in list(waiting):
            if round(sum(value * x[place] for place, value in waiting[cell].items())) != truth[cell]:
                del waiting[cell]

    for turn in range(3):
        status, x = solved(None, 0, 0, chance.integers(-5, 6, size).astype(float) if turn else np.zeros(size))
        if status == 2:
            raise ValueError("no world has these figures")
        if x is not None:
            strike(np.round(x))
    safe_for_now: list[Cell] = []
    fixed: list[Cell] = []
    zero = np.zeros(size)
    while waiting:
        cell = next(iter(waiting))
        row, is_open = waiting[cell], False
        for low, high in ((truth[cell] + 1, np.inf), (0, truth[cell] - 1)):
            if high < 0:
                continue
            status, x = solved(row, low, high, zero)
            if x is not None:
                strike(np.round(x))
                break
            is_open = is_open or status != 2
        if cell in waiting:
            del waiting[cell]
            (safe_for_now if is_open else fixed).append(cell)
    return fixed, safe_for_now
