"""Where the service listens, and what it says when it cannot."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from ostrakon.errors import NotReady
from ostrakon.service import serve
from ostrakon.service.serve import listening, worker_names


@pytest.fixture
def taken() -> Iterator[socket.socket]:
    """An address that somebody has."""
    with socket.create_server(("127.0.0.1", 0)) as opened:
        yield opened


def test_it_waits_until_the_children_of_a_killed_parent_have_left(taken: socket.socket) -> None:
    port = taken.getsockname()[1]
    threading.Timer(0.3, taken.close).start()
    with listening("127.0.0.1", port) as opened:
        assert opened.getsockname()[1] == port


def test_it_does_not_wait_for_ever(taken: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "PATIENCE_S", 0.1)
    with pytest.raises(NotReady, match="cannot listen on"):
        listening("127.0.0.1", taken.getsockname()[1])


@pytest.mark.parametrize(("host", "port"), [("192.0.2.1", 8420), ("127.0.0.1", 99_999), ("::2", 8420)])
def test_an_address_that_is_none_of_this_machine_is_said_at_once(host: str, port: int) -> None:
    began = time.monotonic()
    with pytest.raises(NotReady, match="cannot listen"):
        listening(host, port)
    assert time.monotonic() - began < 5


def test_workers_have_names_that_no_others_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "h" * 64)
    names = worker_names(3) + worker_names(3)
    assert len(set(names)) == 6
    assert all(len(name) <= 64 for name in names), "the outbox keeps as much of them"
