"""Types of KoboToolbox that XLSForm does not know, put into its terms before the parser reads the form.

A score (``begin_score``: the same answers for several lines) is a table of selects, a rank (``begin_rank``: one
place after the other) a ranking with as many places as it has levels.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping, Sequence
from typing import Any

from surveys.i18n import N_
from surveys.xlsform.notices import Notice

Cells = MutableMapping[str, Any]
_ASKED_AS = N_("Row %(row)s, column type: “%(type)s” is not supported; it is asked as “%(kind)s”.")
_TABLE, _RANKING = N_("Matrix"), N_("Ranking")


def translated(rows: Sequence[Cells]) -> Iterator[Notice]:
    """Change the rows of the survey sheet, and say of each what became of it. The first row is number 2."""
    around: Cells | None = None
    for number, row in enumerate(rows, start=2):
        written = "_".join(str(row.get("type") or "").split())
        if written in {"begin_score", "begin_rank"}:
            around = row
            yield Notice("substituted", _ASKED_AS, {
                "row": number, "type": written, "kind": _TABLE if written == "begin_score" else _RANKING,
            })  # fmt: skip
            (_begin_score if written == "begin_score" else _begin_rank)(row)
        elif written in {"end_score", "end_rank"}:
            around = None
            row["type"] = "end_group"
            if written == "end_rank":
                row.clear()
        elif around is not None and written == "score__row":
            row["type"] = f"select_one {around.get(_LIST, '')}"
            row.setdefault("required", around.get(_REQUIRED, ""))
        elif around is not None and written == "rank__level":
            around["mashura_places"] = str(int(around.get("mashura_places", 0)) + 1)
            yield Notice(
                "column_left_out",
                N_("Row %(row)s, column %(column)s: %(reason)s."),
                {"row": number, "column": "label", "reason": N_("the places of a ranking are numbers")},
            )
            row.clear()
    for row in rows:
        row.pop(_LIST, None)
        row.pop(_REQUIRED, None)


_LIST, _REQUIRED = "kobo list", "kobo required"


def _begin_score(row: Cells) -> None:
    row["type"] = "begin_group"
    row["appearance"] = "table-list"
    row[_LIST] = _list_of(row, "score-choices")
    row[_REQUIRED] = row.pop("required", "")


def _begin_rank(row: Cells) -> None:
    row["type"] = f"rank {_list_of(row, 'rank-items')}"


def _list_of(row: Cells, column: str) -> str:
    """The list that a column of Kobo's names, ``kobo--rank-items``; the column goes."""
    header = next((header for header in row if str(header).strip().removeprefix("kobo--") == column), None)
    return str(row.pop(header)) if header is not None else ""
