"""Group commit: single reports that come at the same time share one transaction, and so one wait for the disk.

A report is answered when it is durable, not before. If the process dies between commit and answer, the sender sends it
again and is told that it is there already.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from ostrakon.errors import TooBusy
from ostrakon.intake.incoming import Incoming
from ostrakon.intake.models import Source
from ostrakon.intake.store import Answer, store
from ostrakon.ledger.record import become_the_writer

logger = logging.getLogger(__name__)

CAPACITY = 2_000
"""Reports that may wait; at some hundred a second the last of them waits some seconds."""
LARGEST_GROUP = 500
"""Reports of one transaction: it stays short, because others write too."""
RETRY_S = 2


@dataclass(frozen=True)
class Waiting:
    """A report whose sender waits."""

    row: Incoming
    source: Source
    actor: str
    loop: asyncio.AbstractEventLoop
    answered: asyncio.Future[Answer]


class Door:
    """Takes single reports of one process and stores them in groups, in a thread of its own."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self.capacity = capacity
        self._waiting: deque[Waiting] = deque()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = False

    async def bring(self, row: Incoming, source: Source, actor: str) -> Answer:
        """Wait until the report is durable.

        Raises:
            TooBusy: too many wait already; this one was not taken.
            Exception: it cannot be stored, and nothing of it was: what the database said.
        """
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[Answer] = loop.create_future()
        with self._changed:
            if self._closed or len(self._waiting) >= self.capacity:
                raise TooBusy("too many reports wait; send it again in {wait_s} seconds", RETRY_S)
            self._waiting.append(Waiting(row, source, actor, loop, answered))
            self._start()
            self._changed.notify()
        return await answered

    def close(self) -> None:
        """Store what waits, and take no more."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="group commit", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        while group := self._gathered():
            _tell(group, commit(group))
        connection.close()

    def _gathered(self) -> list[Waiting]:
        """What waits by now; empty: the door is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed)
            return [self._waiting.popleft() for _ in range(min(LARGEST_GROUP, len(self._waiting)))]


def commit(group: Sequence[Waiting]) -> list[Answer | Exception]:
    """Store a group in one transaction; where one of them cannot be stored, each in a transaction of its own.

    Nobody tries again while the database itself is away or busy: the senders do.
    """
    try:
        return list(_together(group))
    except (OperationalError, InterfaceError) as problem:
        connection.close()  # or the thread would keep one that is broken
        logger.warning("%d reports could not be stored", len(group), exc_info=problem)
        return [problem for _ in group]
    except Exception as problem:  # noqa: BLE001 - whatever a row does, its neighbours and the thread go on
        return [problem] if len(group) == 1 else [answer for one in group for answer in commit([one])]


def _together(group: Sequence[Waiting]) -> list[Answer]:
    now = timezone.now()
    answers: dict[int, Answer] = {}
    with transaction.atomic():
        become_the_writer()
        for source, actor, places in _by_sender(group):
            stored = store([group[at].row for at in places], source=source, received_at=now, actor=actor)
            answers.update(zip(places, stored, strict=True))
    return [answers[at] for at in range(len(group))]


def _by_sender(group: Sequence[Waiting]) -> list[tuple[Source, str, list[int]]]:
    senders: dict[tuple[int, str], tuple[Source, str, list[int]]] = {}
    for at, waiting in enumerate(group):
        key = (waiting.source.pk, waiting.actor)
        senders.setdefault(key, (waiting.source, waiting.actor, []))[2].append(at)
    return list(senders.values())


def _tell(group: Sequence[Waiting], answers: Sequence[Answer | Exception]) -> None:
    """Each sender, in the event loop that waits. A loop that is gone waits for nothing."""
    loops: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Answer], Answer | Exception]]] = {}
    for waiting, answer in zip(group, answers, strict=True):
        loops.setdefault(waiting.loop, []).append((waiting.answered, answer))
    for loop, told in loops.items():
        try:
            loop.call_soon_threadsafe(_deliver, told)
        except RuntimeError:
            logger.warning("%d reports were stored for senders that are gone", len(told))


def _deliver(told: Sequence[tuple[asyncio.Future[Answer], Answer | Exception]]) -> None:
    for answered, answer in told:
        if answered.done():
            continue  # the sender hung up
        if isinstance(answer, Exception):
            answered.set_exception(answer)
        else:
            answered.set_result(answer)
