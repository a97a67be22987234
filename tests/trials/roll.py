"""A roll of 20,000 people: brought in by the command, and looked at page by page."""

from __future__ import annotations

import csv
import statistics
import time
from pathlib import Path
from random import Random
from urllib.parse import quote

from sqlalchemy import text

from tests.bench.participant import Participant
from tests.trials.accounts import load
from tests.trials.installation import installation
from tests.trials.staff import signed_in

PEOPLE = 20_000
MOST_SECONDS = 30.0
MOST_MS = 300.0
LOOKS = 5
SLUG = "confidential"
COLUMNS = ("name", "email", "phone", "organisation", "language", "region", "groups", "voting")
FIRST = tuple(
    "محمد أحمد علي حسن خالد عمر يوسف إبراهيم محمود سعيد فاطمة مريم زينب خديجة عائشة سلمى هدى نور".split()  # noqa: SIM905
)
FAMILY = tuple(
    "الخطيب النجار الحداد السيد المصري الشامي الحلبي البغدادي العلي الحسن خليل ناصر منصور صالح".split()  # noqa: SIM905
)
REGIONS = ("الأردن", "لبنان", "فلسطين", "سوريا", "العراق", "مصر", "تونس", "المغرب", "اليمن", "السودان")
GROUPS = ("نساء", "شباب", "أعضاء", "لاجئون", "معلمون", "عمال", "مزارعون", "صحفيون")


def write_roll(path: Path, number: int) -> None:
    """Three names each, from lists of which many are alike, as on real rolls."""
    random = Random(20)
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(COLUMNS)
        for n in range(number):
            name = f"{random.choice(FIRST)} {random.choice(FIRST)} {random.choice(FAMILY)}"
            groups = ";".join(random.sample(GROUPS, random.randint(0, 3)))
            out.writerow(
                (
                    name, f"member{n}@example.org", f"+9627900{n:05}", f"جمعية {n % 700}",
                    random.choice(("ar", "ar", "ar", "en", "fr")), random.choice(REGIONS), groups,
                    random.choice(("yes", "no")),
                )
            )  # fmt: skip


def addresses(person: int, group: int) -> tuple[str, ...]:
    """The pages of staff on which the roll is seen."""
    manage = f"/manage/{SLUG}"
    return (
        f"{manage}/roll", f"{manage}/roll?page=200", f"{manage}/roll?words=ليلى", f"{manage}/roll?words=member1999",
        f"{manage}/roll?group={group}&region=لبنان&language=ar&vote=yes", f"{manage}/roll?words=xyz",
        f"{manage}/roll/{person}", f"{manage}/roll/new", f"{manage}/roll/file", f"{manage}/roll/export",
        f"{manage}/participation", f"{manage}/invitations", f"{manage}/invitations/codes", f"{manage}/stakeholders",
        f"{manage}/stakeholders/{group}", f"{manage}/", "/manage/",
    )  # fmt: skip


def look(browser: Participant, address: str) -> float:
    """Median milliseconds of a page; the first look, at which a template may be read, counts as one of them."""
    times = []
    for _ in range(LOOKS):
        began = time.perf_counter()
        browser.get(quote(address, safe="/?=&"))
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def main(database: str, rounds: int) -> bool:
    number = rounds or PEOPLE
    with installation(database) as house:
        house.open(SLUG, 1)
        roll = house.folder / "roll.csv"
        write_roll(roll, number)
        began = time.perf_counter()
        house.consult("roll", "import", SLUG, str(roll))
        first = time.perf_counter() - began
        began = time.perf_counter()
        house.consult("roll", "import", SLUG, str(roll))
        again = time.perf_counter() - began
        house.consult("codes", SLUG, "--out", str(house.folder / "codes.csv"))
        with house.engine() as engine, engine.connect() as connection:
            on_roll = connection.execute(text("SELECT count(*) FROM roll_place")).scalar_one()
            person = connection.execute(text("SELECT max(id) FROM participant")).scalar_one()
            group = connection.execute(text("SELECT min(id) FROM stakeholder_group")).scalar_one()
        staff = signed_in(house)
        with house.serving():
            times = {address: look(staff, address) for address in addresses(person, group)}
        slow = {address: time for address, time in times.items() if time > MOST_MS}
        print(
            f"roll ({database}): {on_roll - 1} people imported in {first:.1f} s, the same file once more in "
            f"{again:.1f} s (bar {MOST_SECONDS:.0f} s); {len(times)} pages, median of {LOOKS} looks each: worst "
            f"{max(times.values()):.0f} ms ({max(times, key=times.__getitem__)}), middle "
            f"{statistics.median(times.values()):.0f} ms (bar {MOST_MS:.0f} ms)"
            f"{'; too slow: ' + str(slow) if slow else ''}; {load()}"
        )
        return on_roll == number + 1 and max(first, again) <= MOST_SECONDS and not slow
