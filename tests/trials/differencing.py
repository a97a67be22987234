"""After each of 30 answers everything that counts answers is looked at: nothing moves for fewer than five new ones, and
no figure of one to four is shown or follows from others."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape

from tests.bench.participant import Participant, RefusedError
from tests.support import text_of
from tests.trials.accounts import load
from tests.trials.installation import Installation, installation
from tests.trials.members import Member
from tests.trials.staff import signed_in

ANSWERS = 30
PEOPLE = 40
K = 5
MODES = ("confidential", "anonymous")
PAGES = (
    "/manage/", "/manage/{}/", "/manage/{}/export", "/manage/{}/files", "/manage/{}/paper", "/manage/{}/participation",
    "/manage/{}/roll", "/manage/{}/invitations", "/manage/{}/invitations/codes", "/manage/{}/stakeholders",
    "/manage/{}/survey", "/manage/{}/survey/versions", "/manage/{}/settings", "/manage/{}/review/",
    "/manage/{}/review/changes", "/manage/{}/review/question/t1", "/manage/{}/review/question/t1/progress",
    "/manage/{}/review/question/i1", "/", "/c/{}", "/c/{}/background", "/c/{}/receipts", "/c/{}/receipts.json",
    "/c/{}/results",
)  # fmt: skip
"""Everything but single answers, which are a right of their own."""


@dataclass
class Watched:
    """One page: what it last said, and after which answers it said something else."""

    text: str = ""
    moved: list[int] = field(default_factory=list)

    def look(self, text: str, number: int) -> None:
        if number and text != self.text:
            self.moved.append(number)
        self.text = text

    @property
    def is_steady(self) -> bool:
        looks = [0, *self.moved]
        return all(later - earlier >= K for earlier, later in zip(looks, looks[1:], strict=False))


def roll(house: Installation) -> None:
    """People in groups, regions and languages of very different sizes."""
    rows = [
        f"Member {n},m{n}@example.org,{'ar' if n % 8 else 'fr'},{('North', 'South', 'East')[n % 7 % 3]},"
        f"{'women' if n % 3 else 'youth;few' if n < 7 else 'youth'}"
        for n in range(PEOPLE)
    ]
    path = house.folder / "people.csv"
    path.write_text("\n".join(["name,email,language,region,groups", *rows]))


def rows_of(page: str) -> list[dict[str, str]]:
    """Heading → cell, of every row of every table."""
    found = []
    for table in re.findall(r"<table>(.*?)</table>", page, re.DOTALL):
        heads, *lines = re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
        names = [text_of(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", heads, re.DOTALL)]
        for line in lines:
            cells = [
                text_of(unescape(one)) for one in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", line, re.DOTALL)
            ]
            found.append(dict(zip(names, cells, strict=False)) | {"table": names[0] if names else ""})
    return found


def small_figures(page: str) -> list[str]:
    """Answers of one to four in a line of participation, those who did not answer, and what a column's total leaves
    for a single line that is withheld."""
    found, tables = [], {}
    total = re.search(r'class="figure">(\d+)</span><br>answered', page)
    for row in rows_of(page):
        if "Answered" not in row or "On the roll" not in row or not row["On the roll"].isdigit():
            continue
        answered = row["Answered"]
        tables.setdefault(row["table"], []).append(row)
        if (
            answered.isdigit() and total and int(total[1])
        ):  # before the first step a zero says nothing of anybody
            missing = int(row["On the roll"]) - int(answered)
            if 0 < int(answered) < K or 0 < missing < K:
                found.append(f"{row['table']}: {answered} of {row['On the roll']}")
    for name in ("Region", "Language"):  # everybody has one of these, so they add up
        hidden = [row for row in tables.get(name, ()) if not row["Answered"].isdigit()]
        shown = sum(int(row["Answered"]) for row in tables.get(name, ()) if row["Answered"].isdigit())
        if total and len(hidden) == 1 and int(total[1]) - shown:
            found.append(f"{name}: {int(total[1]) - shown} by subtraction")
    return found


def fetch(browser: Participant, address: str) -> str:
    try:
        return browser.get(address)
    except RefusedError as error:
        if error.status >= 500:
            raise
        return f"{error.status}"


def exported(house: Installation, slug: str) -> str:
    """An export of an anonymous consultation is refused while it is open; of a confidential one it holds single
    answers and is a right of its own."""
    try:
        house.export(slug)
    except RuntimeError as error:
        return str(error)
    return "given"


def go_through(
    house: Installation, mode: str, codes: list[str], answers: int
) -> tuple[dict[str, Watched], list[str]]:
    staff = signed_in(house)
    watched = {page: Watched() for page in PAGES}
    small: list[str] = []
    for number in range(answers + 1):
        if number:
            Member(house.port, mode, number, codes[number - 1]).answer()
        for page in PAGES:
            html = fetch(staff, page.format(mode))
            watched[page].look(text_of(re.sub(r"<(script|style).*?</\1>", "", html, flags=re.DOTALL)), number)
            small += [f"after {number}, {page}: {found}" for found in small_figures(html)]
    return watched, small


def main(database: str, rounds: int) -> bool:
    right = True
    with installation(database) as house:
        roll(house)
        codes = {mode: house.open(mode, PEOPLE, roll=house.folder / "people.csv") for mode in MODES}
        with house.serving():
            for mode in MODES:
                answers = rounds or ANSWERS
                watched, small = go_through(house, mode, codes[mode], answers)
                refused = "" if mode == "confidential" else exported(house, mode)
                loose = {page: one.moved for page, one in watched.items() if not one.is_steady}
                moving = {page: one.moved for page, one in watched.items() if one.moved}
                is_right = not loose and not small and refused != "given"
                print(
                    f"differencing ({database}, {mode}): {len(PAGES)} pages after each of {answers} answers; "
                    f"{len(moving)} move, at {moving}; moved for fewer than {K}: {loose or 'none'}; figures of 1 to "
                    f"{K - 1} shown or solvable: {small[:5] or 'none'}; {load()}"
                )
                right = right and is_right
    return right
