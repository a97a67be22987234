"""The least a Flask application can do for the same traffic: a bare answer, and one FULL commit."""

from __future__ import annotations

import os
import threading

from flask import Flask, request

from consult.database import sound_sqlite

app = Flask(__name__)
_local = threading.local()


def _connection():
    if not hasattr(_local, "connection"):
        _local.connection = sound_sqlite().connect(os.environ["REFERENCE_FILE"], timeout=10)
        _local.connection.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE IF NOT EXISTS t (x TEXT)"
        )
    return _local.connection


@app.route("/", methods=["GET", "POST"])
def bare() -> str:
    if request.method == "POST":
        connection = _connection()
        connection.execute("INSERT INTO t VALUES ('an answer')")
        connection.commit()
    return "ok"
