"""The server's own log: what went wrong, and never who asked."""

from __future__ import annotations

import logging

from gunicorn.config import Config
from gunicorn.glogging import Logger

NAMES_AN_ADDRESS = "Invalid request from ip="


def without_addresses(record: logging.LogRecord) -> bool:
    """Take out of a line the address, and what was sent, of whoever sent what is no request."""
    if record.getMessage().startswith(NAMES_AN_ADDRESS):
        record.msg, record.args = "What came was no valid request; it was refused.", ()
    return True


class QuietLogger(Logger):
    """Gunicorn's log without addresses."""

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        self.error_log.addFilter(without_addresses)
