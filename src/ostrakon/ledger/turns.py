"""One writer at a time also means: one after the other. A long job leaves room between its portions."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

LONGEST_PAUSE_S = 0.05
"""Who waits for SQLite's lock asks again after a while: in the first quarter of a second after 50 ms at most."""

Result = TypeVar("Result")


def in_turn(portion: Callable[[], Result]) -> Result:
    """Do one transaction of many, then let others write who waited meanwhile.

    SQLite gives its lock to whoever asks next, not to who waits longest: a job that goes on at once would keep
    everybody else out until all of it is done. The pauses between two questions grow with the wait, so half the time
    of a portion is enough for who came during it.
    """
    began = time.monotonic()
    result = portion()
    time.sleep(min((time.monotonic() - began) / 2, LONGEST_PAUSE_S))
    return result
