"""`make trials`, or one of them: `python -m tests.trials NAME`."""

from __future__ import annotations

import argparse
import sys

from tests.trials import (
    attack,
    closing,
    codes,
    cut,
    differencing,
    faults,
    fsync,
    guessing,
    hall,
    kill,
    restore,
    roll,
)

TRIALS = {
    "kill": kill, "fsync": fsync, "codes": codes, "cut": cut, "closing": closing, "attack": attack,
    "differencing": differencing, "guessing": guessing, "hall": hall, "faults": faults, "roll": roll,
    "restore": restore,
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.trials")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(TRIALS))
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--rounds", type=int, default=0, help="instead of as many as the bar asks for")
    chosen = parser.parse_args()
    if unknown := set(chosen.names) - set(TRIALS):
        parser.error(f"no such trial: {', '.join(sorted(unknown))}")
    results = [TRIALS[name].main(chosen.database, chosen.rounds) for name in chosen.names or TRIALS]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
