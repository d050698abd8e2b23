"""What processes have used, and letting them stand still. Linux: reads /proc."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


def cpu_s(roots: Iterable[int]) -> float:
    """CPU seconds since they started: of these, their living descendants, and the dead they have waited for."""
    return sum(_used_s(pid) for pid in with_descendants(roots))


def with_descendants(roots: Iterable[int]) -> list[int]:
    """Parents first."""
    found: list[int] = []
    ahead = list(roots)
    while ahead:
        pid = ahead.pop()
        found.append(pid)
        ahead += _children(pid)
    return found


def stand_still(roots: Iterable[int]) -> None:
    """Nothing of them runs until they may go on."""
    _send(with_descendants(roots), signal.SIGSTOP)


def go_on(roots: Iterable[int]) -> None:
    """The children first: a parent that looks after them finds them alive."""
    _send(reversed(with_descendants(roots)), signal.SIGCONT)


def _send(pids: Iterable[int], order: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, order)


def _children(pid: int) -> list[int]:
    with suppress(OSError):
        tasks = Path(f"/proc/{pid}/task").iterdir()
        return [int(child) for task in tasks for child in (task / "children").read_text().split()]
    return []


def _used_s(pid: int) -> float:
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / TICKS_A_SECOND
    return 0.0
