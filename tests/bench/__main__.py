"""`make bench`: all of them."""

from __future__ import annotations

from tests.bench import answering

if __name__ == "__main__":
    answering.main()
