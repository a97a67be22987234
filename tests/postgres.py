"""The PostgreSQL server of the tests: the one TEST_POSTGRES_URL names, else a local one.

`python -m tests.postgres` exits 0 when there is one.
"""

from __future__ import annotations

import getpass
import os
import sys
from functools import cache

import psycopg

CANDIDATES = (
    "postgresql:///postgres",
    "postgresql://127.0.0.1/postgres",
    "postgresql://postgres@127.0.0.1/postgres",
)


@cache
def server_url() -> str | None:
    """A URL at which databases can be made, or None."""
    named = os.environ.get("TEST_POSTGRES_URL")
    for url in [named] if named else [*CANDIDATES, f"postgresql:///{getpass.getuser()}"]:
        try:
            with psycopg.connect(
                url.replace("postgresql+psycopg://", "postgresql://"), connect_timeout=3
            ) as connection:
                row = connection.execute(
                    "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
                ).fetchone()
            if row and row[0]:
                return url
        except psycopg.Error:
            continue
    return None


if __name__ == "__main__":
    sys.exit(0 if server_url() else 1)
