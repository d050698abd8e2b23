"""The demonstration world, weighed once for all tests of the shell; and a service that was set up."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.case import Folder, command


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the demonstration."""
    folder = tmp_path_factory.mktemp("demo") / "world"
    told = command("demo", folder)
    assert (told.status, told.err) == (0, "")
    return folder


@pytest.fixture(scope="session")
def demo(world: Path) -> Folder:
    """The demonstration weighed, with all its files."""
    out = world.parent / "triage"
    told = command(*of(world), "--out", out)
    assert (told.status, told.err) == (0, "")
    return Folder(out, told)


def of(world: Path) -> list[str | Path]:
    """``triage`` with every file of a world."""
    files = [
        f for name in ("decisions", "accounts", "reporters") for f in (f"--{name}", world / f"{name}.csv")
    ]
    return ["triage", world / "reports.csv", *files]


@pytest.fixture
def service(db: None) -> Iterator[None]:
    """In the database of the test. What a command changes about its process is put back."""
    from django.db import transaction  # Django is set up after this file was read

    from ostrakon.ledger.kinds import Kind
    from ostrakon.ledger.record import record

    with transaction.atomic():
        record(Kind.SERVICE_INITIALISED, actor="system", subject="service")
    umask, root, requests = os.umask(0o022), logging.getLogger(), logging.getLogger("django.request")
    before = [*root.handlers], root.level, requests.level
    yield
    os.umask(umask)
    root.handlers[:], root.level, requests.level = before
