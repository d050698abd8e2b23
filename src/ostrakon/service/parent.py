"""The line from a child to its parent: a pipe that ends when the parent does, however it ends."""

from __future__ import annotations

import os
import signal
import threading
import time

STOP_AT_THE_LATEST_S = 9.0
"""A child whose parent is gone has as long to finish as one that was asked to stop."""


def end_with_the_parent(pipe: int) -> None:
    """Watch the reading end of a pipe that the parent holds open: when it ends, so does this process.

    Nothing is ever written into it. The kernel closes it also when the parent was killed with -9; then the child
    asks itself to stop in good order, and leaves in any case before long, so that the next parent finds the house
    empty.
    """
    os.set_inheritable(pipe, False)
    threading.Thread(target=_watch, args=[pipe], name="parent", daemon=True).start()


def _watch(pipe: int) -> None:
    while os.read(pipe, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(STOP_AT_THE_LATEST_S)
    os._exit(1)
