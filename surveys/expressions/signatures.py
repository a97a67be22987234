"""The functions of an expression: how many values each takes and what kind it gives.

From the ODK XForms specification, https://getodk.github.io/xforms-spec/#xpath-functions.
"""

from __future__ import annotations

from dataclasses import dataclass

NUMBER, TEXT, TRUTH, DATE, NODES, ANY = "number", "text", "truth", "date", "nodes", "any"


@dataclass(frozen=True, slots=True)
class Signature:
    """From `least` to `most` arguments (None: any number); the result is of the kind `gives`."""

    gives: str
    least: int
    most: int | None


def _all(gives: str, **counts: tuple[int, int | None]) -> dict[str, Signature]:
    return {
        name.rstrip("_").replace("_", "-"): Signature(gives, least, most)
        for name, (least, most) in counts.items()
    }


ONE, TWO, MANY = (1, 1), (2, 2), (1, None)

SIGNATURES: dict[str, Signature] = {
    **_all(
        ANY,
        if_=(3, 3), coalesce=(2, None), once=ONE, indexed_repeat=(3, 7), current=(0, 0), instance=ONE,
        randomize=(1, 2),
    ),
    **_all(
        TEXT,
        string=(0, 1), concat=(1, None), join=(1, None), substr=(2, 3), substring=(2, 3), substring_before=TWO,
        substring_after=TWO, translate=(3, 3), normalize_space=(0, 1), selected_at=TWO, jr_choice_name=TWO,
        format_date=TWO, format_date_time=TWO, uuid=(0, 1), digest=(2, 3), base64_decode=ONE, upper_case=ONE,
        lower_case=ONE,
    ),
    **_all(
        TRUTH,
        selected=TWO, contains=TWO, starts_with=TWO, ends_with=TWO, regex=TWO, true=(0, 0), false=(0, 0),
        not_=ONE, boolean=ONE, boolean_from_string=ONE, checklist=(2, None), weighted_checklist=(2, None),
    ),
    **_all(
        NUMBER,
        number=(0, 1), int_=ONE, round_=(1, 2), floor=ONE, ceiling=ONE, abs_=ONE, pow_=TWO, exp=ONE, exp10=ONE,
        log=ONE, log10=ONE, sqrt=ONE, sin=ONE, cos=ONE, tan=ONE, asin=ONE, acos=ONE, atan=ONE, atan2=TWO,
        pi=(0, 0), min_=MANY, max_=MANY, sum_=ONE, count=ONE, count_non_empty=ONE, count_selected=ONE,
        string_length=(0, 1), position=(0, 1), last=(0, 0), random=(0, 0), decimal_date_time=ONE,
        decimal_date=ONE, decimal_time=ONE, area=ONE, distance=(1, None),
    ),
    **_all(DATE, today=(0, 0), now=(0, 0), date=ONE, date_time=ONE),
}  # fmt: skip

REFUSED = frozenset(
    {
        "pulldata", "property", "extract-signed", "jr-itext", "version", "id", "lang", "local-name", "name",
        "namespace-uri", "document", "doc", "intersects", "geofence", "search", "depend", "relevant", "checksum",
    }
)  # fmt: skip
"""Functions of the specification, of XPath or of other programs that are not offered, and named as such."""
