"""The whole service as processes: it starts, mends itself, stops, starts again; backups bring it back."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import httpx
import pytest
from tests.postgresql import Cluster
from tests.service.running import Service, is_alive, made, until

pytestmark = pytest.mark.slow


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.needs_program("initdb"))], scope="module"
)
def settings(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """Which database; the processes have one of their own, whatever the run's is."""
    if request.param == "sqlite":
        yield {}
    else:
        with Cluster() as cluster:
            yield {"DATABASE_URL": cluster.url}


@pytest.fixture(scope="module")
def service(settings: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with made(tmp_path_factory.mktemp("service"), **settings) as service:
        yield service


@pytest.fixture
def running(service: Service) -> Iterator[Service]:
    service.start()
    service.wait_until_ready()
    yield service
    if service.parent and service.parent.poll() is None:
        service.stop()


def test_a_second_set_up_is_refused_and_a_start_before_the_first(service: Service, tmp_path: Path) -> None:
    assert "set up before" in service.run("init", status=2)
    assert "ostrakon init" in Service(tmp_path / "other").run("serve", status=1)


def test_what_was_killed_is_started_again(running: Service) -> None:
    before = running.children()
    for pid in before.values():
        os.kill(pid, signal.SIGKILL)
    until(lambda: len(running.children()) == 2 and running.is_ready())
    assert set(running.children().values()).isdisjoint(before.values())
    assert set(running.children()) == set(before), "a worker that is restarted keeps its name"


def test_requests_wait_while_the_web_process_is_started_again(running: Service) -> None:
    os.kill(running.children()["web"], signal.SIGKILL)
    assert httpx.get(f"{running.url}/health/live", timeout=60).status_code == 200


def test_it_stops_within_ten_seconds_and_leaves_nobody(running: Service) -> None:
    children = running.children()
    assert running.stop() < 10
    assert not any(is_alive(pid) for pid in children.values())


def test_after_the_parent_was_killed_the_next_start_is_clean(running: Service) -> None:
    children = running.children()
    running.kill()
    running.start()
    running.wait_until_ready()
    until(lambda: not any(is_alive(pid) for pid in children.values()), within_s=15)


def test_another_service_on_the_same_address_is_refused(running: Service) -> None:
    assert "cannot listen" in running.run("serve", "--port", str(running.port), status=1)


def test_one_more_worker_takes_over_when_the_other_is_gone(service: Service) -> None:
    service.start("--workers", "0")
    until(lambda: "web" in service.children())
    before = service.heard("working")
    with service.log.open("ab") as log:
        process = subprocess.Popen(service.command("worker"), env=service.environment, stderr=log)
    try:
        # A job that the other one did not finish in time stays its own for a minute: readiness alone may mean that one.
        until(lambda: service.heard("working") > before and service.is_ready())
        process.terminate()
        assert process.wait(15) == 0
    finally:
        process.kill()
        service.stop()


def test_a_backup_is_made_while_it_runs_and_brings_everything_back(
    running: Service, settings: dict[str, str], tmp_path: Path
) -> None:
    assert "The keys are in it" in running.run("backup", tmp_path / "b.tar", "--with-keys")
    with Cluster() if settings else nullcontext() as other:
        home = Service(tmp_path / "restored", {"DATABASE_URL": other.url} if other else {})
        said = home.run("restore", tmp_path / "b.tar", "--home", home.home)
        assert "The record is intact" in said
        assert re.search(r"signed|Signed", home.run("ledger", "verify"))
        assert (home.home / "secret.key").read_bytes() == (running.home / "secret.key").read_bytes()
        assert "is not empty" in home.run("restore", tmp_path / "b.tar", "--home", home.home, status=2)
        home.start()
        home.wait_until_ready()
        assert home.stop() < 10
