"""10,000 wrong codes, while a member answers from the same address; and whether time tells what a code is."""

from __future__ import annotations

import random
import statistics
import threading
import time
from collections import Counter

from sqlalchemy import select

from consult.application import build
from consult.consultations.queries import consultation_by_slug
from consult.extensions import db
from consult.stakeholders.codes import replace_code
from consult.stakeholders.models import RollPlace
from consult.transaction import writing
from surveys.ids import random_code
from tests.bench.participant import Participant, RefusedError, token
from tests.trials.accounts import load
from tests.trials.installation import Installation, installation
from tests.trials.members import Member, by_many
from tests.trials.staff import settings

GUESSES = 10_000
GUESSERS = 4
MODES = ("confidential", "anonymous")
MOST_SECONDS = 2.0
MOST_APART_MS = 5.0
SAMPLES = 150
MEMBERS = 200


def enter(browser: Participant, mode: str, code: str) -> int:
    """Send a code; the status of the answer."""
    if mode == "anonymous":
        address, fields = f"/c/{mode}/enter", [("code", code)]
    else:
        page = browser.get(f"/c/{mode}")
        address, fields = f"/c/{mode}/begin", [*token(page), ("code", code)]
    try:
        browser.post(address, fields)
    except RefusedError as error:
        return error.status
    return 200


def guess(house: Installation, number: int) -> Counter[tuple[str, int]]:
    """(mode, status) → how often; 422 and 429 are refusals."""
    statuses: Counter[tuple[str, int]] = Counter()
    browsers: dict[int, Participant] = {}

    def one(at: int) -> None:
        browser = browsers.setdefault(threading.get_ident(), Participant(house.port))
        mode = MODES[at % len(MODES)]
        status = enter(browser, mode, random_code(12))
        statuses[mode, status] += 1

    by_many(one, range(number), GUESSERS)
    return statuses


def answer_meanwhile(
    house: Installation, codes: dict[str, list[str]], is_over: threading.Event
) -> list[float]:
    """One member after the other, one mode after the other; seconds each whole visit took."""
    times: list[float] = []
    for number in range(MEMBERS // 2):
        if is_over.is_set():
            break
        mode = MODES[number % len(MODES)]
        began = time.perf_counter()
        Member(house.port, mode, number, codes[mode].pop()).answer()
        times.append(time.perf_counter() - began)
        is_over.wait(0.5)
    return times


def expire(house: Installation, number: int) -> None:
    """Give the first ones on the roll new codes, so that what they held opens nothing any more."""
    app = build(settings(house))
    with app.app_context(), writing() as session:
        consultation = consultation_by_slug(session, "confidential")
        assert consultation is not None
        places = session.scalars(
            select(RollPlace)
            .where(RollPlace.consultation_id == consultation.id)
            .order_by(RollPlace.name_key, RollPlace.id)
            .limit(number)
        )
        for place in places:
            replace_code(session, consultation, place)
    with app.app_context():
        db.engine.dispose()


def refusal_times(house: Installation, kinds: dict[str, list[str]]) -> tuple[dict[str, float], set[int]]:
    """Kind of code → median milliseconds of the one request that refuses it; and the statuses. Kinds take turns."""
    browser = Participant(house.port)
    fields = token(browser.get("/c/confidential"))
    times: dict[str, list[float]] = {kind: [] for kind in kinds}
    statuses = set()
    order = [kind for kind in kinds for _ in range(SAMPLES)]
    random.Random(4).shuffle(order)
    for at, kind in enumerate(order):
        code = kinds[kind][at % len(kinds[kind])]
        began = time.perf_counter()
        try:
            browser.post("/c/confidential/begin", [*fields, ("code", code)])
            statuses.add(200)
        except RefusedError as error:
            statuses.add(error.status)
        times[kind].append((time.perf_counter() - began) * 1000)
    return {kind: statistics.median(found) for kind, found in times.items()}, statuses


def main(database: str, rounds: int) -> bool:
    with installation(database) as house:
        codes = {mode: house.open(mode, MEMBERS) for mode in MODES}
        expired = codes["confidential"][:20]
        expire(house, len(expired))
        del codes["confidential"][:20]
        is_over, times = threading.Event(), []
        with house.serving():
            used = [codes["confidential"].pop() for _ in range(10)]
            for number, code in enumerate(used):
                Member(house.port, "confidential", number, code).answer()
            member = threading.Thread(target=lambda: times.extend(answer_meanwhile(house, codes, is_over)))
            member.start()
            began = time.perf_counter()
            statuses = guess(house, rounds or GUESSES)
            seconds = time.perf_counter() - began
            is_over.set()
            member.join()
            kinds = {"unknown": [random_code(12) for _ in range(20)], "used": used, "expired": expired}
            medians, refused = refusal_times(house, kinds)
        hits = sum(number for (_mode, status), number in statuses.items() if status not in (422, 429))
        apart = max(medians.values()) - min(medians.values())
        print(
            f"guessing ({database}): {sum(statuses.values())} wrong codes in {seconds:.0f} s, {hits} hits "
            f"({ {f'{mode} {status}': number for (mode, status), number in sorted(statuses.items())} }); "
            f"{len(times)} members answered meanwhile, whole visits of 4 pages: median {statistics.median(times):.2f} "
            f"s, worst {max(times):.2f} s (bar {MOST_SECONDS:.0f} s); medians of refusals: "
            f"{', '.join(f'{kind} {value:.1f} ms' for kind, value in medians.items())}, {apart:.1f} ms apart (bar "
            f"{MOST_APART_MS:.0f} ms), statuses {refused}; {load()}"
        )
        return not hits and max(times) <= MOST_SECONDS and apart <= MOST_APART_MS and refused <= {422, 429}
