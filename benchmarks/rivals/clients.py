"""Clients that knock on a server together: a thread each, one connection that stays open, every answer looked at."""

from __future__ import annotations

import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Post:
    """One request, and how many reports it carries."""

    path: str
    body: bytes
    headers: Mapping[str, str]
    reports: int = 1


@dataclass
class Loop:
    """What came of one loop."""

    seconds: float = 0.0
    acknowledged: int = 0
    """Reports whose answer says that they are stored."""
    waits_s: list[float] = field(default_factory=list)
    """From each request to its answer."""
    refused: Counter[str] = field(default_factory=Counter)
    cpu_s: float = 0.0
    """Of the server's processes, its database's included."""
    client_cpu_s: float = 0.0

    @property
    def rate(self) -> float:
        """Acknowledged reports a second."""
        return self.acknowledged / self.seconds

    @property
    def cpu_ms(self) -> float:
        """The server's CPU milliseconds for a report."""
        return 1000 * self.cpu_s / max(1, self.acknowledged)


Stored = Callable[[Post, int, bytes], int]
"""How many of a request's reports its answer (status, body) says are stored."""


def knock_together(
    address: str, posts: Sequence[Iterator[Post]], stored: Stored, cpu_s: Callable[[], float], seconds: float
) -> Loop:
    """A client for each of ``posts``, until ``seconds`` are over or it has nothing more to send.

    ``cpu_s`` tells what CPU the server has used since it started.
    """
    loops = [Loop() for _ in posts]
    used, own, begun = cpu_s(), time.process_time(), time.perf_counter()
    clients = [
        threading.Thread(target=_knock, args=(address, one, stored, begun + seconds, loop))
        for one, loop in zip(posts, loops, strict=True)
    ]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    took = time.perf_counter() - begun
    return _as_one(loops, took, cpu_s() - used, time.process_time() - own)


def _knock(address: str, posts: Iterator[Post], stored: Stored, until: float, loop: Loop) -> None:
    place = urlsplit(address)
    connection = HTTPConnection(place.hostname or "", place.port, timeout=60)
    for post in posts:
        begun = time.perf_counter()
        if begun >= until:
            break
        try:
            connection.request("POST", post.path, post.body, dict(post.headers))
            reply = connection.getresponse()
            status, body = reply.status, reply.read()
        except (OSError, HTTPException) as problem:
            loop.refused[repr(problem)] += 1
            connection.close()
            continue
        loop.waits_s.append(time.perf_counter() - begun)
        count = stored(post, status, body)
        loop.acknowledged += count
        if count < post.reports:
            loop.refused[f"{status} {body[:200]!r}"] += 1
    connection.close()


def _as_one(loops: Sequence[Loop], seconds: float, cpu_s: float, client_cpu_s: float) -> Loop:
    return Loop(
        seconds,
        sum(loop.acknowledged for loop in loops),
        [wait for loop in loops for wait in loop.waits_s],
        sum((loop.refused for loop in loops), Counter()),
        cpu_s,
        client_cpu_s,
    )


def quantile_ms(loops: Sequence[Loop], share: float) -> float:
    """So many milliseconds or less did this share of the requests wait."""
    waits = [wait for loop in loops for wait in loop.waits_s]
    return 1000 * statistics.quantiles(waits, n=100, method="inclusive")[round(100 * share) - 1]
