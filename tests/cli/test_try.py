"""``ostrakon try``: its folder, its environment, its letterbox, and the whole of it as a process."""

from __future__ import annotations

import os
import re
import signal
import smtplib
import socket
import subprocess
from pathlib import Path

import httpx
import pytest
from tests.service.running import Service, until

from ostrakon.errors import OutputRefused
from ostrakon.service.demonstration.folder import MARK, own_folder
from ostrakon.service.demonstration.letterbox import letterbox
from ostrakon.service.demonstration.terms import (
    HOST,
    configuration_file,
    free_port,
    leave_out_the_environment,
    terms,
)

# The folder


def test_a_folder_with_anything_else_in_it_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text("of a real service")
    with pytest.raises(OutputRefused, match="no demonstration made"), own_folder(tmp_path, replace=True):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]


def test_a_mark_of_somebody_else_is_no_mark(tmp_path: Path) -> None:
    (tmp_path / MARK).write_text("notes for the demonstration on Saturday")
    with pytest.raises(OutputRefused), own_folder(tmp_path, replace=True):
        pass


def test_a_demonstration_is_replaced_only_when_that_is_asked_for(tmp_path: Path) -> None:
    home = tmp_path / "new"
    with own_folder(home, replace=False):
        (home / "mail").mkdir()
        (home / "kernels").mkdir()
    with pytest.raises(OutputRefused, match="--replace"), own_folder(home, replace=False):
        pass
    assert (home / "mail").exists()
    with own_folder(home, replace=True):
        assert {path.name for path in home.iterdir()} == {MARK, "kernels"}


def test_a_demonstration_that_runs_is_not_replaced(tmp_path: Path) -> None:
    with (
        own_folder(tmp_path, replace=False),
        pytest.raises(OutputRefused, match="still runs"),
        own_folder(tmp_path, replace=True),
    ):
        pass


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputRefused, match="is a file"), own_folder(tmp_path / "file", replace=True):
        pass


# What it is set up with


def test_nothing_that_the_machine_is_set_up_with_is_used() -> None:
    environ = {
        "DATABASE_URL": "postgres://real/data",
        "OSTRAKON_SMTP_HOST": "mail.example.org",
        "OSTRAKON_TRACEBACK": "1",
        "PATH": "/bin",
    }
    leave_out_the_environment(environ)
    assert environ == {"OSTRAKON_TRACEBACK": "1", "PATH": "/bin"}


def test_its_configuration_keeps_everything_on_this_machine() -> None:
    written = configuration_file(terms(8765, 2525))
    assert 'smtp_host = "127.0.0.1"' in written.splitlines()
    assert "second_factor = false" in written.splitlines()


def test_a_port_that_is_taken_is_passed_over() -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        assert free_port(port) > port


# The letterbox


def test_letters_become_files_as_they_were_sent(tmp_path: Path) -> None:
    with letterbox(tmp_path / "mail") as port, smtplib.SMTP("127.0.0.1", port) as server:
        server.sendmail("a@example.org", ["b@example.org"], "Subject: hello\n\n.a line with a dot\n")
    assert (tmp_path / "mail" / "00001.eml").read_bytes() == b"Subject: hello\r\n\r\n.a line with a dot\r\n"


def test_some_addresses_are_refused(tmp_path: Path) -> None:
    with (
        letterbox(tmp_path) as port,
        smtplib.SMTP("127.0.0.1", port) as server,
        pytest.raises(smtplib.SMTPRecipientsRefused),
    ):
        server.sendmail("a@example.org", ["gone-1@example.org"], "Subject: hello\n\n")
    assert [*tmp_path.iterdir()] == []


# All of it

FILLED_WITHIN_S = 300.0
"""Compiling takes its time where others compute too."""


@pytest.fixture(scope="module")
def kernels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Compiled once for both."""
    return {"NUMBA_CACHE_DIR": str(tmp_path_factory.mktemp("kernels"))}


@pytest.mark.slow
def test_it_fills_a_folder_and_ends(tmp_path: Path, kernels: dict[str, str]) -> None:
    service = Service(tmp_path / "home", {"DATABASE_URL": "postgres://nowhere.invalid/real", **kernels})
    said = service.run("try", service.home, "--no-serve")
    assert set(re.findall(r"^  (\w+(?: \w+)?) {2,}[a-z]+ {2,}\S{16}$", said, flags=re.MULTILINE)) == {
        "administrator", "auditor", "safety lead", "appeals reviewer", "approver", "reviewer",
    }  # fmt: skip
    assert "--replace" in service.run("try", service.home, "--no-serve", status=2)
    service.settings.clear()
    assert "set-up" in service.run("users", "list")


@pytest.mark.slow
def test_it_serves_until_it_is_interrupted(tmp_path: Path, kernels: dict[str, str]) -> None:
    service = Service(tmp_path / "home", kernels)
    command = service.command("try", service.home, "--port", str(service.port))
    with service.log.open("wb") as log:
        parent = subprocess.Popen(command, env=service.environment, stdout=log, stderr=log)
    try:
        until(lambda: _is_open(service.url) or parent.poll() is not None, FILLED_WITHIN_S)
        assert parent.poll() is None, service.log.read_text()
        links = re.findall(r"^  (?:a notice|to appeal) +(\S+)$", service.log.read_text(), flags=re.MULTILINE)
        assert [httpx.get(link, timeout=30).status_code for link in links] == [200, 200]
        os.kill(parent.pid, signal.SIGINT)
        assert parent.wait(20) == 0
    finally:
        parent.kill()
        parent.wait()


def _is_open(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/ready", timeout=10).status_code == 200
    except httpx.HTTPError:
        return False
