"""kill -9 of the whole server while members answer: what was acknowledged is there, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.servers import free_port
from tests.trials.installation import Installation
from tests.trials.kill import kill

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("cycles", [10, pytest.param(100, marks=pytest.mark.sweep)])
def test_what_was_acknowledged_is_there_once(instance: Path, cycles: int) -> None:
    outcome = kill(Installation(instance, free_port()), cycles=cycles, answers=10)
    assert outcome.is_right, outcome
    assert sum(one.acknowledged for one in outcome.accounts) >= cycles * 5
