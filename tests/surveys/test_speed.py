"""What a request costs the engine. Generous bounds: they catch a definition parsed per request, not noise."""

from __future__ import annotations

import time

from surveys.rules import check_section
from surveys.versions import Compiled
from tests.surveys.samples import EVERY_TYPE, survey

RAW = {
    "place": ["الخليل"], "change": ["المزيد من الوقت للأسئلة"], "staff": ["٢٥"], "kind": ["women"],
    "services": ["grants", "events"], "trust": ["yes"],
}  # fmt: skip


def test_reading_binding_and_refilling_a_page_costs_well_under_a_millisecond():
    compiled = Compiled(survey(*EVERY_TYPE))
    view = compiled.view("ar")
    rounds = 200
    started = time.process_time()
    for _ in range(rounds):
        for section in compiled.view("ar").sections:
            checked = check_section(section.section, RAW)
            section.bind(RAW, checked.errors)
            section.bind_answers(checked.answers)
    each = (time.process_time() - started) / rounds
    assert compiled.view("ar") is view
    assert each < 0.001
