"""The real atproto network: it starts, takes a report, and shows a takedown where it counts."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.platform

UP = Path(__file__).with_name("atproto-up")
OF_ITS_OWN = {**os.environ, "INSTANCE": "test"}
Answer = dict[str, Any]


@pytest.fixture(scope="module")
def network() -> Iterator[Answer]:
    """What `atproto-up` says of a network that is ours alone."""
    try:
        started = subprocess.run([UP], env=OF_ITS_OWN, stdout=subprocess.PIPE, check=True)
        yield json.loads(started.stdout)
    finally:
        subprocess.run([UP, "stop"], env=OF_ITS_OWN, check=True)


def sent(url: str, method: str, body: Answer, token: str = "", **headers: str) -> Answer:
    """The answer to a procedure call."""
    authorization = {"authorization": f"Bearer {token}"} if token else {}
    reply = httpx.post(f"{url}/xrpc/{method}", json=body, headers={**authorization, **headers}, timeout=30)
    assert reply.status_code == 200, reply.text
    return dict(reply.json())


def asked(network: Answer, method: str, **parameters: str) -> Answer:
    """Ozone's answer to a query of its admin, by a direct call."""
    token = httpx.get(f"{network['control_url']}/token", params={"lxm": method}, timeout=30).json()
    reply = httpx.get(f"{network['ozone_url']}/xrpc/{method}", params=parameters, headers=token, timeout=30)
    assert reply.status_code == 200, reply.text
    return dict(reply.json())


def new_account(network: Answer, name: str) -> Answer:
    wanted = {"handle": f"{name}.test", "password": f"pw-{name}", "email": f"{name}@example.org"}
    return sent(network["pds_url"], "com.atproto.server.createAccount", wanted)


def at_ozone(network: Answer) -> dict[str, str]:
    """The header by which the PDS hands a call on to Ozone."""
    return {"atproto-proxy": f"{network['ozone_did']}#atproto_labeler"}


def repo(account: Answer) -> Answer:
    return {"$type": "com.atproto.admin.defs#repoRef", "did": account["did"]}


def soon(is_so: Callable[[], bool]) -> bool:
    """Whether it becomes so within ten seconds."""
    end = time.monotonic() + 10
    while not (so := is_so()) and time.monotonic() < end:
        time.sleep(0.2)
    return so


def test_a_report_reaches_the_queue_of_the_moderators(network: Answer) -> None:
    alice, bram = new_account(network, "alice"), new_account(network, "bram")
    report = {
        "reasonType": "com.atproto.moderation.defs#reasonSpam",
        "reason": "the same link forty times",
        "subject": repo(bram),
    }
    made = sent(
        network["pds_url"],
        "com.atproto.moderation.createReport",
        report,
        alice["accessJwt"],
        **at_ozone(network),
    )
    assert made["reportedBy"] == alice["did"]
    (status,) = asked(network, "tools.ozone.moderation.queryStatuses", subject=bram["did"])["subjectStatuses"]
    assert status["reviewState"] == "tools.ozone.moderation.defs#reviewOpen"


def test_a_takedown_is_shown_by_the_server_of_the_account_and_ends_with_its_reversal(network: Answer) -> None:
    chidi, staff = new_account(network, "chidi"), network["staff"]["moderator1"]
    session = sent(
        network["pds_url"],
        "com.atproto.server.createSession",
        {"identifier": staff["handle"], "password": staff["password"]},
    )

    def emitted(kind: str) -> None:
        event = {"event": {"$type": f"tools.ozone.moderation.defs#{kind}"}, "subject": repo(chidi)}
        sent(
            network["pds_url"],
            "tools.ozone.moderation.emitEvent",
            {**event, "createdBy": staff["did"]},
            session["accessJwt"],
            **at_ozone(network),
        )

    def is_down() -> bool:
        reply = httpx.get(
            f"{network['pds_url']}/xrpc/com.atproto.admin.getSubjectStatus",
            params={"did": chidi["did"]},
            auth=(network["basic_auth"]["user"], network["basic_auth"]["password"]),
        )
        return bool(reply.json()["takedown"]["applied"])

    assert not is_down()
    emitted("modEventTakedown")
    assert soon(is_down)
    emitted("modEventReverseTakedown")
    assert soon(lambda: not is_down())
