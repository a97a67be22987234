"""One commit a request: services flush, `@commits` commits, and what leaves the house leaves after it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from flask import has_request_context, make_response, request
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from consult import outbox
from consult.extensions import db


def begin_writing() -> None:
    """Start the session's transaction as a writer (see `consult.database`)."""
    if db.session().in_transaction():
        db.session.rollback()
    db.session.connection(execution_options={"writes": True})


@contextmanager
def writing() -> Iterator[Session]:
    """A writing transaction of its own, committed at the end: for jobs, and for records made while reading.

    What was read before and not committed is rolled back first, so nothing half done gets in.
    """
    begin_writing()
    try:
        yield db.session()
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    outbox.dispatch()


def let_go() -> None:
    """Give the session's connection back. That it was lost meanwhile, as when the database is started anew, changes
    nothing for whoever has the answer already."""
    try:
        db.session.remove()
    except OperationalError:
        db.session.registry.clear()


def commits(function: Callable[..., Any]) -> Callable[..., Any]:
    """Commit once when `function` succeeds; roll back when it raises or answers 400 and above.

    For POST views and for commands. Events emitted inside are handed to the jobs after the commit.
    """

    @wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        in_request = has_request_context()
        if in_request:
            # Read the whole body first: a slow sender must not hold the writer's lock.
            request.form  # noqa: B018
        begin_writing()
        try:
            result = function(*args, **kwargs)
            if in_request:
                result = make_response(result)
                if result.status_code >= 400:
                    db.session.rollback()
                    return result
            db.session.commit()
        except BaseException:
            db.session.rollback()
            raise
        outbox.dispatch()
        return result

    wrapper.commits = True  # type: ignore[attr-defined]
    return wrapper
