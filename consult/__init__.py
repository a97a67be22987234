"""Mashura: stakeholder consultation, from the answer to the decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def create_app(settings=None, **overrides: object) -> Flask:
    """The application. `settings` is a `consult.config.Settings` (default: from the environment);
    `overrides` are entries of Flask's configuration, for tests.

    Raises FileNotFoundError before `consult init` has made the keys.
    """
    # The commands that analyse a file without a server must start without loading the web application.
    from consult.application import build

    return build(settings, **overrides)
