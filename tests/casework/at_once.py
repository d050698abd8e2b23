"""Several people at the same moment, each with a connection of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection

from ostrakon.errors import Refused


def at_once(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """What each gave, or how it was refused; anything else that is raised goes up."""
    ready = threading.Barrier(len(acts))

    def one(act: Callable[[], Any]) -> Any:
        try:
            ready.wait(timeout=30)  # without a connection yet: there may be fewer than people
            return act()
        except Refused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def succeeded(outcomes: Sequence[Any]) -> list[Any]:
    """Those that were not refused."""
    return [outcome for outcome in outcomes if not isinstance(outcome, Refused)]
