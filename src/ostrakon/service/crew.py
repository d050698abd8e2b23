"""The same work for each of several platforms at the same time: one that hangs holds up no other."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import connection as database

from ostrakon.enforcement.models import Connection

PATIENCE_S = 1.0
"""How long a round waits for those that it has begun with; who takes longer goes on, and is left out meanwhile."""
MOST = 16
"""Platforms at the same time."""


class Crew:
    """Serves platforms, each by one thread at a time.

    Args:
        who: whose turn it is.
        do: serve one of them. What it raises is raised by a round, so that its job is seen to fail.
    """

    def __init__(
        self,
        who: Callable[[datetime], Sequence[Connection]],
        do: Callable[[Connection, datetime], object],
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._who, self._do, self._patience_s = who, do, patience_s
        self._busy: dict[int, threading.Thread] = {}
        self._trouble: list[BaseException] = []

    def round(self, now: datetime) -> None:
        """Begin with those whose turn it is and whom nobody serves; wait for them for a moment."""
        self._busy = {number: hand for number, hand in self._busy.items() if hand.is_alive()}
        free = [one for one in self._who(now) if one.pk not in self._busy]
        begun = {one.pk: self._begin(one, now) for one in free[: MOST - len(self._busy)]}
        self._busy |= begun
        until = time.monotonic() + self._patience_s
        for hand in begun.values():
            hand.join(max(0.0, until - time.monotonic()))
        if self._trouble:
            raise self._trouble.pop(0)

    def _begin(self, one: Connection, now: datetime) -> threading.Thread:
        # A daemon, as the jobs are: a worker that stops waits for no platform.
        hand = threading.Thread(target=self._serve, args=[one, now], name=f"platform {one.pk}", daemon=True)
        hand.start()
        return hand

    def _serve(self, one: Connection, now: datetime) -> None:
        try:
            self._do(one, now)
        except BaseException as problem:  # noqa: BLE001  raised by the next round
            self._trouble.append(problem)
        finally:
            database.close()
