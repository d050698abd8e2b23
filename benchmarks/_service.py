"""The product as it is run: `ostrakon init` and `ostrakon serve` with a worker, in a home of its own."""

from __future__ import annotations

import itertools
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
from rivals.clients import Post
from rivals.processes import cpu_s, go_on, stand_still

PLATFORM = "atproto"
LONGEST_START_S = 60
LOOK_AGAIN_S = 0.5
PAGE = 200
_numbers = itertools.count()


@dataclass(frozen=True)
class Service:
    """A running service: web process and one worker under their parent."""

    database: str
    url: str
    key_of_source: str
    key_of_person: str
    processes: Sequence[int]
    """Their roots: the parent, and the server of the database if there is one."""

    @contextmanager
    def awake(self) -> Iterator[None]:
        """It runs inside and stands still otherwise, to take nothing from others; a database server runs on."""
        go_on(self.processes[:1])
        try:
            yield
        finally:
            stand_still(self.processes[:1])

    def cpu_s(self) -> float:
        """CPU seconds of all its processes, and of the database server."""
        return cpu_s(self.processes)

    def reports(self, client: int, accounts: Iterator[str], size: int) -> Iterator[Post]:
        """One person's reports, ``size`` a request; 1: a request for each."""
        headers = {"authorization": f"Bearer {self.key_of_source}", "content-type": "application/json"}
        while True:
            rows = [_report(client, account) for account in itertools.islice(accounts, size)]
            if size == 1:
                yield Post("/api/v1/reports", json.dumps(rows[0]).encode(), headers)
            else:
                yield Post("/api/v1/reports/batch", json.dumps(rows).encode(), headers, size)

    def send_list(self, accounts: Sequence[str]) -> None:
        """A published list, as a document with a name a line."""
        about = {
            "title": "Accounts",
            "publisher": "A volunteer",
            "policy": "spam",
            "platform": PLATFORM,
            "named_by": "id",
        }
        with self._client(self.key_of_source) as client:
            kept = client.post("/api/v1/lists", params=about, content="\n".join(accounts).encode())
            states = kept.raise_for_status().json()["states"]
        if states != {"taken": len(accounts)}:
            raise SystemExit(f"the list was not taken whole: {states}")

    def wait_until_queued(self, wanted: Iterable[str], *, weighed: bool = False) -> None:
        """Read the reviewers' queue until it has shown all of them; ``weighed``: each with a probability."""
        missing = set(wanted)
        with self._client(self.key_of_person) as client:
            while True:
                missing -= set(_shown(client, weighed))
                if not missing:
                    return
                time.sleep(LOOK_AGAIN_S)

    def _client(self, key: str) -> httpx.Client:
        return httpx.Client(base_url=self.url, headers={"authorization": f"Bearer {key}"}, timeout=120)


def _report(client: int, account: str) -> dict[str, str]:
    number = next(_numbers)
    return {
        "report_id": f"r{number}",
        "account": account,
        "reporter": f"did:plc:reporter{client}",
        "reported_at": datetime.now(UTC).isoformat(),
        "policy": "spam",
        "text": f"the same link again, seen {number} times",
        "platform": PLATFORM,
    }


def _shown(client: httpx.Client, weighed: bool) -> Iterator[str]:
    """The accounts in the queue, all pages of it."""
    after: str | None = ""
    while after is not None:
        asked = {"limit": str(PAGE), **({"after": after} if after else {})}
        page = client.get("/api/v1/cases", params=asked).raise_for_status().json()
        for case in page["items"]:
            if case["probability"] is not None or not weighed:
                yield case["account_name"]
        after = page["next"]


def answered(post: Post, status: int, body: bytes) -> int:
    """How many reports were stored: 201 for one, an answer for each of a batch."""
    if post.reports == 1:
        return int(status == 201)
    return int(json.loads(body)["counts"].get("stored", 0)) if status == 200 else 0


@contextmanager
def serving(
    home: Path, database_url: str = "", database_pid: int | None = None, kernels: Path | None = None
) -> Iterator[Service]:
    """Set it up and run it; it stands still until it is awake.

    Args:
        home: a new folder; SQLite lies in it if there is no address of a database.
        database_url: of a database that is empty.
        database_pid: its server, whose CPU is counted.
        kernels: where compiled kernels are kept, so that it may find those of another; None: it compiles its own.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OSTRAKON_")}
    environment |= {"OSTRAKON_HOME": str(home), "DATABASE_URL": database_url}
    environment["NUMBA_CACHE_DIR"] = str(kernels or home / "kernels")

    def run(*command: str) -> str:
        return subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout

    ostrakon = [sys.executable, "-m", "ostrakon"]
    run(*ostrakon, "init")
    keys = json.loads(run(sys.executable, str(Path(__file__).with_name("_keys.py"))))
    url = f"http://127.0.0.1:{(port := free_port())}"
    with (home / "serve.log").open("wb") as log:
        parent = subprocess.Popen(
            [*ostrakon, "serve", "--port", str(port)], env=environment, stdout=log, stderr=log
        )
    processes = [parent.pid, *([] if database_pid is None else [database_pid])]
    try:
        _wait(lambda: httpx.get(f"{url}/health/ready").status_code == 200, home / "serve.log")
        stand_still(processes[:1])
        yield Service(
            "PostgreSQL" if database_url else "SQLite", url, keys["source"], keys["person"], processes
        )
    finally:
        go_on(processes[:1])
        parent.terminate()
        parent.wait()


def free_port() -> int:
    """One that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as opened:
        return int(opened.getsockname()[1])


def _wait(is_ready: Callable[[], bool], log: Path) -> None:
    until = time.monotonic() + LONGEST_START_S
    while time.monotonic() < until:
        try:
            if is_ready():
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise SystemExit(f"the service does not get ready:\n{log.read_text()[-2000:]}")
