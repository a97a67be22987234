"""The server's log names nobody."""

from __future__ import annotations

import logging

from gunicorn.config import Config

from consult.commands.server_log import QuietLogger


def test_an_invalid_request_is_noted_without_an_address(caplog):
    logger = QuietLogger(Config())
    logger.error_log.propagate = True
    with caplog.at_level(logging.WARNING, logger="gunicorn.error"):
        logger.warning(
            "Invalid request from ip={ip}: {error}".format(ip="203.0.113.9", error="'GET /c/x#CODE'")
        )
        logger.warning("Worker %s is gone", 7)
    assert "203.0.113.9" not in caplog.text and "CODE" not in caplog.text
    assert "no valid request" in caplog.text and "Worker 7 is gone" in caplog.text
