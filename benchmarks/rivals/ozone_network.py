"""The peer: a real Ozone, started by tests/platforms/atproto-up, with people who report and accounts to report."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
from rivals.clients import Post
from rivals.processes import cpu_s

UP = Path(__file__).resolve().parents[2] / "tests" / "platforms" / "atproto-up"
OF_ITS_OWN = {**os.environ, "INSTANCE": "benchmark", "OZONE_PROCESS": "1"}
CREATE_REPORT = "com.atproto.moderation.createReport"
QUERY_STATUSES = "tools.ozone.moderation.queryStatuses"
TOKEN_LIVES_S = 1700
"""Ozone takes a service token as often as one likes until it ends; half an hour was tried."""


@dataclass(frozen=True)
class Ozone:
    """A running network; ``url`` is the Ozone that has a process of its own, as deployed."""

    line: dict[str, Any]
    tokens: list[str]
    """One a reporter, for direct calls of createReport: half the cost of a call through the PDS."""
    accounts: list[str]
    """DIDs of accounts that exist."""

    @property
    def url(self) -> str:
        return str(self.line["ozone_own_process_url"])

    def cpu_s(self) -> float:
        """CPU seconds of all its processes and of PostgreSQL."""
        return cpu_s(self.line[name] for name in ("pid", "ozone_pid", "postgres_pid", "redis_pid"))

    def reports(self, client: int, subjects: Iterable[str]) -> Iterator[Post]:
        """One person's reports, one for each subject."""
        headers = {"authorization": f"Bearer {self.tokens[client]}", "content-type": "application/json"}
        for number, did in enumerate(subjects):
            report = {
                "reasonType": "com.atproto.moderation.defs#reasonSpam",
                "reason": f"the same link again, seen {number} times",
                "subject": {"$type": "com.atproto.admin.defs#repoRef", "did": did},
            }
            yield Post(f"/xrpc/{CREATE_REPORT}", json.dumps(report).encode(), headers)

    def wait_until_queued(self, wanted: Iterable[str]) -> None:
        """Read the moderators' queue of subjects, newest first, until all wanted ones have been seen in it."""
        missing, cursor = set(wanted), ""
        with httpx.Client(base_url=self.url, headers=self._of_the_admin(QUERY_STATUSES)) as client:
            while missing:
                page = client.get(
                    f"/xrpc/{QUERY_STATUSES}",
                    params={"limit": "100", **({"cursor": cursor} if cursor else {})},
                )
                shown = page.raise_for_status().json()
                missing -= {status["subject"].get("did") for status in shown["subjectStatuses"]}
                cursor = shown.get("cursor", "")

    def routed(self) -> tuple[int, int]:
        """Reports that have reached the report queue, and all there are. Ozone routes 100 of them a minute."""
        with psycopg.connect(self.line["postgres_url"]) as connection:
            row = connection.execute(
                "SELECT (SELECT count(*) FROM ozone_dev.report), (SELECT count(*) FROM ozone_dev.moderation_event"
                " WHERE action = 'tools.ozone.moderation.defs#modEventReport')"
            ).fetchone()
        assert row is not None
        return int(row[0]), int(row[1])

    def _of_the_admin(self, method: str) -> dict[str, str]:
        reply = httpx.get(f"{self.line['control_url']}/token", params={"lxm": method})
        return dict(reply.raise_for_status().json())


def stored(_post: Post, status: int, _body: bytes) -> int:
    """createReport answers 200 when the event is in its database."""
    return int(status == 200)


_numbers = itertools.count()


def accounts_never_seen() -> Iterator[str]:
    """DIDs of accounts that no server knows, as on a list that comes from elsewhere. Ozone takes them."""
    letters = "abcdefghijklmnopqrstuvwxyz234567"
    while True:
        number = next(_numbers)
        yield "did:plc:" + "".join(letters[number >> 5 * place & 31] for place in range(24))


@contextmanager
def running(reporters: int, accounts: int) -> Iterator[Ozone]:
    """A network of our own, with so many people who report and accounts that exist; stopped at the end."""
    try:
        started = subprocess.run([UP], env=OF_ITS_OWN, stdout=subprocess.PIPE, check=True)
        line = json.loads(started.stdout)
        with httpx.Client(base_url=line["pds_url"], timeout=60) as pds:
            tokens = [_token(pds, line, _account(pds, f"reporter{n}")) for n in range(reporters)]
            reported = [str(_account(pds, f"account{n}")["did"]) for n in range(accounts)]
        httpx.get(f"{line['control_url']}/processAll", timeout=120).raise_for_status()
        yield Ozone(line, tokens, reported)
    finally:
        subprocess.run([UP, "stop"], env=OF_ITS_OWN, check=True)


def _account(pds: httpx.Client, name: str) -> dict[str, Any]:
    wanted = {"handle": f"{name}.test", "password": f"pw-{name}", "email": f"{name}@example.org"}
    made = pds.post("/xrpc/com.atproto.server.createAccount", json=wanted)
    return dict(made.raise_for_status().json())


def _token(pds: httpx.Client, line: dict[str, Any], account: dict[str, Any]) -> str:
    asked = {"aud": line["ozone_did"], "lxm": CREATE_REPORT, "exp": int(time.time()) + TOKEN_LIVES_S}
    reply = pds.get(
        "/xrpc/com.atproto.server.getServiceAuth",
        params=asked,
        headers={"authorization": f"Bearer {account['accessJwt']}"},
    )
    return str(reply.raise_for_status().json()["token"])
