"""Trials by hand of what is promised for answers: a real server, real HTTP, real kills.

    python -m tests.trials NAME [--database sqlite|postgres] [--rounds N]

Each prints one line of figures for every bar and ends with status 1 where one is not reached. They run for minutes and
are no part of the suite, but for a few rounds of `kill` (tests/consult/test_killed.py).
"""
