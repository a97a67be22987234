"""A hall: 200 members with 20 questions in Arabic each, all within ten seconds and from one address."""

from __future__ import annotations

import re
import statistics
import threading
import time
from collections import Counter
from html import unescape

from surveys.definition import Definition, Option, Question, Section
from surveys.questions import question_types
from tests.bench.participant import Participant, RefusedError, token
from tests.bench.servers import cpu_seconds
from tests.trials.accounts import load
from tests.trials.installation import Installation, installation
from tests.trials.members import by_many

MEMBERS = 200
QUESTIONS = 20
ARRIVING = 9.0
"""Seconds over which they come in; the last one has a second left."""
MOST_SECONDS = 10.0
MOST_MS = 300
WARM = 16
"""Members who come before, for the server to have read what it reads once."""
MODES = ("confidential", "anonymous")
WORDS = "نريد اجتماعات أكثر مع أهل الحي، وأن نعرف ما الذي تقرر ولماذا. "


def survey() -> Definition:
    """One page: a third choices, a third scales, a third free words."""

    def words(text: str) -> dict[str, str]:
        return {"ar": text}

    def options(count: int) -> tuple[Option, ...]:
        return tuple(Option(id=f"o{n}", name=f"o{n}", label=words(f"الجواب رقم {n}")) for n in range(count))

    def question(number: int) -> Question:
        kind, config = (
            ("select_one", {"options": options(6)}),
            ("agreement", {"points": options(5)}),
            ("long_text", {"max_length": 300}),
        )[number % 3]
        made = question_types[kind].Config(**config)
        label = words(f"ما رأيكم في المسألة رقم {number} من كل الجوانب؟")
        return Question(id=f"q{number}", name=f"q{number}", type=kind, label=label, config=made)

    section = Section("s1", "all", words("كل الأسئلة"), {}, tuple(question(n) for n in range(QUESTIONS)))
    return Definition(words("تجربة القاعة"), ("ar",), "ar", (section,))


class Timed(Participant):
    """Notes how long each request took, and its status."""

    def __init__(self, port: int) -> None:
        super().__init__(port, language="ar")
        self.times: list[float] = []
        self.statuses: Counter[int] = Counter()

    def _ask(self, method: str, path: str, body: str | None) -> str:
        began, before, status = time.perf_counter(), len(self.times), 200
        try:
            return super()._ask(method, path, body)
        except RefusedError as error:
            status = error.status
            raise
        finally:
            followed = self.times[before:]  # what a redirect led to has noted itself already
            self.times.append(time.perf_counter() - began - sum(followed))
            self.statuses[302 if followed else status] += 1


def answers(number: int) -> list[tuple[str, str]]:
    return [
        (f"q{n}", f"{WORDS} {number}" if n % 3 == 2 else f"o{(number + n) % 5}") for n in range(QUESTIONS)
    ]


def _hidden(page: str) -> list[tuple[str, str]]:
    """The hidden inputs of a page; a parser of HTML would take more of the machine than the server does."""
    tags = re.findall(r'<input type="hidden"[^>]*>', page)
    found = [(re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)) for tag in tags]
    return [(name[1], unescape(value[1])) for name, value in found if name and value]


def visit(browser: Timed, mode: str, code: str, number: int) -> str:
    """Start page, code, questions, check, receipt: what the member sees last."""
    page = browser.get(f"/c/{mode}")
    if mode == "anonymous":
        page = browser.post(f"/c/{mode}/enter", [("code", code)])
        page = browser.post(
            f"/c/{mode}/answers/1", [*_hidden(page), *answers(number), ("action", "continue")]
        )
        return browser.post(f"/c/{mode}/answers/check", [*_hidden(page), ("action", "submit")])
    page = browser.post(f"/c/{mode}/begin", [*token(page), ("code", code)])
    page = browser.post(f"/c/{mode}/1", [*token(page), *answers(number), ("action", "continue")])
    return browser.post(f"/c/{mode}/check", [*token(page), ("action", "submit")])


def warm_up(house: Installation, mode: str, codes: list[str]) -> None:
    """No hall begins in the second in which the server was started: its processes have seen some visits."""
    by_many(lambda code: visit(Timed(house.port), mode, code, 0), codes, WARM)


def fill(house: Installation, mode: str, codes: list[str]) -> tuple[float, list[Timed], int]:
    """Everybody answers: seconds until the last receipt, the browsers, how many have a receipt."""
    browsers = [Timed(house.port) for _ in codes]
    receipts: set[str] = set()
    began = time.perf_counter()

    def come(number: int) -> None:
        time.sleep(max(0.0, began + ARRIVING * number / len(codes) - time.perf_counter()))
        page = visit(browsers[number], mode, codes[number], number)
        browsers[number].connection.close()
        found = re.search(r'id="receipt"[^>]*>([^<]+)<', page)
        if found:
            receipts.add(found[1])

    threads = [threading.Thread(target=come, args=(number,)) for number in range(len(codes))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began, browsers, len(receipts)


def main(database: str, rounds: int) -> bool:
    right = True
    members = rounds or MEMBERS
    with installation(database) as house:
        codes = {mode: house.open(mode, members + WARM, definition=survey()) for mode in MODES}
        for mode in MODES:
            before = load()
            with house.serving() as group:
                warm_up(house, mode, codes[mode][members:])
                spent = cpu_seconds(group)
                seconds, browsers, receipts = fill(house, mode, codes[mode][:members])
                spent = cpu_seconds(group) - spent
            times = [one * 1000 for browser in browsers for one in browser.times]
            statuses = sum((browser.statuses for browser in browsers), Counter())
            p95 = statistics.quantiles(times, n=20)[-1]
            is_right = (
                receipts == members
                and set(statuses) <= {200, 302}
                and p95 <= MOST_MS
                and seconds <= MOST_SECONDS
            )
            print(
                f"hall ({database}, {mode}): {members} members x {QUESTIONS} Arabic questions from one address in "
                f"{seconds:.1f} s (bar {MOST_SECONDS:.0f} s), {receipts} receipts; {len(times)} requests, "
                f"p50 {statistics.median(times):.0f} ms, p95 {p95:.0f} ms (bar {MOST_MS} ms), worst {max(times):.0f} "
                f"ms; {spent / members * 1000:.0f} ms of server CPU a member; "
                f"statuses {dict(statuses)}; {before} before, {load()} after"
            )
            right = right and is_right
    return right
