"""A real atproto network for tests: started once for all of them, and what people and staff do in it."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

UP = Path(__file__).with_name("atproto-up")
WAIT_S = 30.0
Answer = dict[str, Any]


@pytest.fixture(scope="session")
def network() -> Iterator[Answer]:
    """For all tests of a run."""
    with running("test") as network:
        yield network


@contextmanager
def running(instance: str) -> Iterator[Answer]:
    """What `atproto-up` says of a network that is ours alone."""
    environment = {**os.environ, "INSTANCE": instance}
    try:
        started = subprocess.run([UP], env=environment, stdout=subprocess.PIPE, check=True)
        yield json.loads(started.stdout)
    finally:
        subprocess.run([UP, "stop"], env=environment, check=True)


def sent(url: str, method: str, body: Answer, token: str = "", **headers: str) -> Answer:
    """The answer to a procedure call."""
    authorization = {"authorization": f"Bearer {token}"} if token else {}
    reply = httpx.post(
        f"{url}/xrpc/{method}", json=body, headers={**authorization, **headers}, timeout=WAIT_S
    )
    assert reply.status_code == 200, reply.text
    return dict(reply.json()) if reply.content else {}


def asked(network: Answer, method: str, **parameters: Any) -> Answer:
    """Ozone's answer to a query of its admin, by a direct call."""
    token = httpx.get(f"{network['control_url']}/token", params={"lxm": method}, timeout=WAIT_S).json()
    reply = httpx.get(
        f"{network['ozone_url']}/xrpc/{method}", params=parameters, headers=token, timeout=WAIT_S
    )
    assert reply.status_code == 200, reply.text
    return dict(reply.json())


def new_account(network: Answer, name: str) -> Answer:
    wanted = {"handle": f"{name}.test", "password": f"pw-{name}", "email": f"{name}@example.org"}
    return {**sent(network["pds_url"], "com.atproto.server.createAccount", wanted), **wanted}


def at_ozone(network: Answer) -> dict[str, str]:
    """The header by which the PDS hands a call on to Ozone."""
    return {"atproto-proxy": f"{network['ozone_did']}#atproto_labeler"}


def repo(did: str) -> Answer:
    return {"$type": "com.atproto.admin.defs#repoRef", "did": did}


def as_admin(network: Answer, method: str, body: Answer) -> None:
    """By the PDS's administrator, who needs no Ozone."""
    basic = network["basic_auth"]
    reply = httpx.post(
        f"{network['pds_url']}/xrpc/{method}",
        json=body,
        auth=(basic["user"], basic["password"]),
        timeout=WAIT_S,
    )
    assert reply.status_code == 200, reply.text


def emitted(
    network: Answer, kind: str, subject: Answer, role: str = "moderator1", **event: Any
) -> httpx.Response:
    """A moderator's event, straight to Ozone."""
    method = "tools.ozone.moderation.emitEvent"
    staff, whole = network["staff"][role], {"$type": f"tools.ozone.moderation.defs#{kind}", **event}
    beside = {name: whole.pop(name) for name in ("externalId",) if name in whole}
    session = sent(
        network["pds_url"],
        "com.atproto.server.createSession",
        {"identifier": staff["handle"], "password": staff["password"]},
    )
    return httpx.post(
        f"{network['pds_url']}/xrpc/{method}",
        json={"event": whole, "subject": subject, "createdBy": staff["did"], **beside},
        headers={"authorization": f"Bearer {session['accessJwt']}", **at_ozone(network)},
        timeout=WAIT_S,
    )


def is_down(network: Answer, did: str) -> bool:
    """What the PDS tells its administrator."""
    basic = network["basic_auth"]
    reply = httpx.get(
        f"{network['pds_url']}/xrpc/com.atproto.admin.getSubjectStatus",
        params={"did": did},
        auth=(basic["user"], basic["password"]),
        timeout=WAIT_S,
    )
    return bool(reply.json()["takedown"]["applied"])


def mails(network: Answer, to: str) -> list[Answer]:
    """What was sent to an address."""
    lines = Path(network["mail_file"]).read_text().splitlines()
    return [mail for line in lines if to in str((mail := json.loads(line))["to"])]


def soon(is_so: Callable[[], bool]) -> bool:
    """Whether it becomes so within half a minute."""
    end = time.monotonic() + WAIT_S
    while not (so := is_so()) and time.monotonic() < end:
        time.sleep(0.1)
    return so
