"""What the service says while it runs: one line an event, for machines; plain columns on a terminal.

A line never holds a secret, a token, a body, an address or what somebody wrote. Messages of foreign errors may quote
all of these (PostgreSQL's name the value that broke a rule), and so may paths: an error is logged by its kind and
where it happened, a request by its route.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any

import structlog

from ostrakon.errors import OstrakonError

Event = MutableMapping[str, Any]

QUIET = ("httpx", "httpcore", "uvicorn", "asyncio", "numba", "django")
"""They speak at length and name addresses: only their warnings are of interest."""
WITH_PATHS = ("django.request", "django.security", "django.server", "ninja", "uvicorn")
"""Their messages quote what a stranger sent."""

FIRST = ("timestamp", "level", "event", "logger")


def log_in_lines(*, debug: bool = False) -> None:
    """Everything that anybody logs goes to stderr in the house's form."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_what_strangers_sent,
        error_without_its_values,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                what_and_when_first,
                _renderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.DEBUG if debug else logging.INFO)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def error_without_its_values(_logger: Any, _method: str, event: Event) -> Event:
    """An exception as its kind and its way through the sources. Our own messages hold no values; others may."""
    error = _error(event.pop("exc_info", None))
    if error is not None:
        event["error"] = type(error).__name__
        event["where"] = [
            f"{frame.filename}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__)
        ]
        if isinstance(error, OstrakonError):
            event["said"] = str(error)
    return event


def without_what_strangers_sent(_logger: Any, _method: str, event: Event) -> Event:
    """A library's line about a request, without the path and the host that it quotes."""
    record = event.get("_record")
    if record is None or not str(record.name).startswith(WITH_PATHS):
        return event
    event["event"] = "a request failed" if hasattr(record, "status_code") else f"{record.name} complains"
    if hasattr(record, "status_code"):
        event["status"] = record.status_code
        event["route"] = route_of(getattr(record, "request", None))
    return event


def what_and_when_first(_logger: Any, _method: str, event: Event) -> Event:
    """For people who read the lines."""
    return {name: event.pop(name) for name in FIRST if name in event} | dict(event)


def route_of(request: Any) -> str:
    """The pattern that a request met, never its path: a path may hold a token."""
    return str(getattr(getattr(request, "resolver_match", None), "route", "")) or "none"


def _renderer() -> Any:
    if sys.stderr.isatty():
        return structlog.dev.ConsoleRenderer()
    return structlog.processors.JSONRenderer(ensure_ascii=False)


def _error(told: object) -> BaseException | None:
    if told is True:
        return sys.exc_info()[1]
    if isinstance(told, BaseException):
        return told
    match told:
        case (_, BaseException() as error, TracebackType() | None):
            return error
    return None
