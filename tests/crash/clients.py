"""Those who use the service while its processes are killed: each keeps what was acknowledged, repeats what was not."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
from tests.crash.names import ACCOUNTS, account, words

ANSWER_S = 30.0
"""How long a client waits; then it asks again, with the same id."""


@dataclass
class Acknowledged:
    """What the service has promised to keep."""

    reports: dict[str, int] = field(default_factory=dict)
    """Number by the sender's id."""
    proposals: dict[int, str] = field(default_factory=dict)
    """Action by number of the decision."""
    approvals: set[int] = field(default_factory=set)
    reversals: set[int] = field(default_factory=set)
    answers: int = 0
    repeated: int = 0
    """Requests that were sent again: no answer came, or a passing one."""
    refused: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Client:
    """One holder of a key."""

    def __init__(self, url: str, key: str, told: Acknowledged, stop: threading.Event) -> None:
        self.told, self.stop = told, stop
        self.http = httpx.Client(
            base_url=f"{url}/api/v1", headers={"Authorization": f"Bearer {key}"}, timeout=ANSWER_S
        )

    def until_answered(self, method: str, path: str, **more: Any) -> httpx.Response | None:
        """Ask until an answer comes that says what became of it, also when all others have stopped; None = never."""
        give_up = time.monotonic() + 300
        while time.monotonic() < give_up:
            try:
                response = self.http.request(method, path, **more)
                if response.status_code < 500 and response.status_code != 429:
                    with self.told.lock:
                        self.told.answers += 1
                    return response
            except httpx.HTTPError:
                pass
            with self.told.lock:
                self.told.repeated += 1
            time.sleep(0.1)
        return None

    def answered(self, method: str, path: str, **more: Any) -> httpx.Response:
        response = self.until_answered(method, path, **more)
        assert response is not None, f"{method} {path}: no answer in five minutes"
        return response

    def unexpected(self, response: httpx.Response) -> None:
        with self.told.lock:
            self.told.refused.append(f"{response.request.url.path}: {response.status_code} {response.text}")


def run(work: Callable[[Client, random.Random], None], client: Client, seed: int) -> threading.Thread:
    """Do it again and again, until all stop."""

    def again() -> None:
        rng = random.Random(seed)
        with client.http:
            while not client.stop.is_set():
                work(client, rng)

    thread = threading.Thread(target=again, name=f"{work.__name__}-{seed}")
    thread.start()
    return thread


def report(rng: random.Random) -> dict[str, Any]:
    name = str(uuid.UUID(int=rng.getrandbits(128)))
    return {
        "report_id": name,
        "account": account(rng.randrange(ACCOUNTS)),
        "reporter": f"reporter-{rng.randrange(400)}",
        "reported_at": "2026-03-01T12:00:00Z",
        "policy": "",
        "text": words(name),
    }


def report_one(client: Client, rng: random.Random) -> None:
    """A single report."""
    row = report(rng)
    response = client.answered("POST", "/reports", json=row)
    if response.status_code not in (200, 201):
        return client.unexpected(response)
    with client.told.lock:
        client.told.reports[row["report_id"]] = response.json()["report"]
    client.stop.wait(rng.uniform(0, 0.1))
    return None


def report_many(client: Client, rng: random.Random) -> None:
    """A batch."""
    rows = [report(rng) for _ in range(rng.randrange(1, 200))]
    response = client.answered("POST", "/reports/batch", json=rows)
    if response.status_code != 200:
        return client.unexpected(response)
    with client.told.lock:
        for row, answer in zip(rows, response.json()["answers"], strict=True):
            assert answer["outcome"] in ("stored", "already"), answer
            client.told.reports[row["report_id"]] = answer["report"]
    client.stop.wait(rng.uniform(0.2, 1.5))
    return None


def propose(client: Client, rng: random.Random) -> None:
    """The next case, and what shall become of it."""
    offered = client.answered("POST", "/cases/next", json={})
    if offered.status_code != 200:
        client.stop.wait(0.5)
        return
    case = offered.json()["case"]
    action = rng.choice(["suspend", "suspend", "suspend_for_a_time", "warn", "none"])
    proposal = {
        "version": case["version"], "outcome": "rejected" if action == "none" else "upheld", "action": action,
        "facts": "Forty threats to one person.", "duration_hours": 1 if action == "suspend_for_a_time" else None,
        "exempt_press": "no", "exempt_research": "no", "exempt_counter_speech": "no",
    }  # fmt: skip
    key = {"Idempotency-Key": str(uuid.UUID(int=rng.getrandbits(128)))}
    response = client.answered("POST", f"/cases/{case['id']}/proposals", json=proposal, headers=key)
    if response.status_code == 201:
        with client.told.lock:
            client.told.proposals[response.json()["id"]] = action
    elif response.status_code != 409:  # a report has changed the case meanwhile
        client.unexpected(response)
    client.stop.wait(rng.uniform(0, 0.3))


def approve(client: Client, rng: random.Random) -> None:
    """What waits for a second person."""
    waiting = client.answered("GET", "/decisions", params={"status": "proposed"})
    for decision in waiting.json()["items"]:
        number = decision["id"]
        response = client.answered("POST", f"/decisions/{number}/approve")
        if response.status_code == 200:
            with client.told.lock:
                client.told.approvals.add(number)
        elif response.status_code != 409:  # it was approved by the request that got no answer
            client.unexpected(response)
    client.stop.wait(rng.uniform(0.1, 0.6))


def reverse(client: Client, rng: random.Random) -> None:
    """Something that was found to be wrong."""
    client.stop.wait(rng.uniform(1, 4))
    standing = client.answered("GET", "/decisions", params={"status": "in_force"}).json()["items"]
    if not standing:
        return
    number = rng.choice(standing)["id"]
    response = client.answered("POST", f"/decisions/{number}/reverse", json={"why": "a mistake"})
    if response.status_code == 200:
        with client.told.lock:
            client.told.reversals.add(number)
    elif response.status_code != 409:
        client.unexpected(response)
