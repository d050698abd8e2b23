"""From a report sent on a real Synapse to its case in the queue, with the product running as it is run."""

from __future__ import annotations

import os
import random
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from tests.platforms.synapse_harness import Server
from tests.service.running import Service, made, until

pytestmark = pytest.mark.platform

MODULE = Path(__file__).parents[2] / "integrations" / "synapse"
REPORTS = 11
REVIEWER = """
import json
from django.utils import timezone
from ostrakon.casework.actions.people import add_person, grant
from ostrakon.casework.models import Role
from ostrakon.web.tokens import Scope, make_own_token
now = timezone.now()
alice, _ = add_person("alice", by=None, now=now)
grant(alice, Role.REVIEWER, by=None, now=now)
key = make_own_token(alice, name="t", scopes=[Scope.CASES_READ], expires_at=None, now=now).key
print(json.dumps(key))
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A homeserver with the module in it; whether we use it, the connection says."""
    extra = tmp_path_factory.mktemp("synapse") / "module.yaml"
    extra.write_text("modules: [{module: ostrakon_synapse.Ostrakon, config: {}}]\n")
    with pytest.MonkeyPatch.context() as environment:
        environment.setitem(os.environ, "SYNAPSE_CONFIG", str(extra))
        environment.setitem(os.environ, "PYTHONPATH", str(MODULE))
        started = Server("latency")
        yield started
        started.stop()


@pytest.fixture
def service(tmp_path: Path, server: Server) -> Iterator[Service]:
    token = {"OSTRAKON_PLATFORMS_MATRIX_TEST_TOKEN": server.ready["admin_token"]}
    with made(tmp_path, OSTRAKON_SECOND_FACTOR="false", **token) as service:
        yield service


@pytest.mark.parametrize(("options", "goal_s"), [((), 5.0), (("--option", "module=true"), 1.0)])
def test_a_report_is_a_case_within_seconds(
    service: Service,
    server: Server,
    options: tuple[str, ...],
    goal_s: float,
    tell: Callable[[str], None],
) -> None:
    address = server.ready["base_url"]
    service.run("platforms", "add", "matrix.test", "--kind", "matrix", "--address", address, *options)
    key = service.script(REVIEWER)
    service.start()
    service.wait_until_ready()
    alice = server.register("alice")
    with httpx.Client(base_url=service.url, headers={"Authorization": f"Bearer {key}"}) as reviewer:
        seconds_until_seen(server, reviewer, alice)  # the worker has begun to read
        took = [seconds_until_seen(server, reviewer, alice) for _ in range(REPORTS)]
    said = f"median {statistics.median(took):.2f} s, worst {max(took):.2f} s"
    tell(f"Matrix, report to case {' '.join(options) or 'by polling'}: {said}")
    assert statistics.median(took) <= goal_s
    assert service.stop() < 10


def seconds_until_seen(server: Server, reviewer: httpx.Client, alice: str) -> float:
    """Somebody else each time; not in step with anybody's rounds."""
    time.sleep(3 * random.random())
    somebody = server.register("somebody")
    path = f"/_matrix/client/v3/users/{quote(somebody)}/report"
    server.asked("POST", path, {"reason": "spam"}, by=alice)
    sent = time.monotonic()
    until(lambda: is_in_the_queue(reviewer, somebody), within_s=60, pause_s=0.02)
    return time.monotonic() - sent


def is_in_the_queue(reviewer: httpx.Client, somebody: str) -> bool:
    page = reviewer.get("/api/v1/cases", params={"limit": 200}).raise_for_status().json()
    return any(case["account_name"] == somebody for case in page["items"])
