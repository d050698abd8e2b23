"""What lies in deploy/ answers to the sources, and the service starts where a service user has nothing of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

import ostrakon
from ostrakon.service.template import settings

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
NOBODY = 65534
LOADS_THE_SCIENCE = """
import os
from ostrakon.service.begin import begin
begin()
import ostrakon.service.rounds
import numpy as np
from ostrakon.analysis.worth.segments import totals
totals(np.array([0, 1, 3]), np.ones(3, np.float32))
print(os.environ["NUMBA_CACHE_DIR"])
"""


def unit() -> str:
    return (DEPLOY / "ostrakon.service").read_text()


@pytest.mark.needs_program("systemd-analyze")
def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    (tmp_path / "ostrakon.service").write_text(unit().replace("/opt/ostrakon/bin/ostrakon", "/bin/true"))
    said = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / "ostrakon.service"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (said.returncode, said.stderr) == (0, "")


def test_the_unit_is_hardened_and_gives_the_kernels_a_folder() -> None:
    lines = set(unit().splitlines())
    assert {
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "ProtectHome=yes",
        "CapabilityBoundingSet=",
    } <= lines
    assert "StateDirectory=ostrakon" in lines
    assert "Environment=NUMBA_CACHE_DIR=/var/cache/ostrakon" in lines


def test_the_image_is_locked_names_no_registry_and_does_not_run_as_root() -> None:
    said = (DEPLOY / "Containerfile").read_text()
    images = re.findall(r"^FROM (\S+)", said, flags=re.MULTILINE)
    assert {image.partition("/")[1] for image in images} == {""}
    assert "--require-hashes" in said
    assert re.search(r"^USER 10001", said, flags=re.MULTILINE)
    assert "NUMBA_CACHE_DIR" in said
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", said, flags=re.MULTILINE)
    assert all((ROOT / name).exists() for line in copied for name in line.split())


def test_the_settings_that_deploy_names_exist() -> None:
    known = {f"OSTRAKON_{name.upper()}" for name, _, _ in settings()} | {"OSTRAKON_HOME"}
    said = "".join(path.read_text() for path in DEPLOY.iterdir())
    named = {name.removesuffix("_FILE") for name in re.findall(r"OSTRAKON_[A-Z_]*[A-Z]", said)}
    assert named <= known


@dataclass(frozen=True)
class ServiceUser:
    """Somebody who has no home and can write nothing but the home folder of the service."""

    sources: Path
    home: Path
    number: int | None
    """Of the user; null: who runs the tests."""

    def run(self, *arguments: str, python: str) -> subprocess.CompletedProcess[str]:
        environment = {
            "PATH": os.defpath,
            "HOME": str(self.home.parent / "nowhere"),
            "OSTRAKON_HOME": str(self.home),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": f"{self.sources}:{sysconfig.get_path('purelib')}",
        }
        as_nobody = {"user": self.number, "group": self.number, "extra_groups": []} if self.number else {}
        return subprocess.run(
            [python, *arguments],
            env=environment, cwd="/", capture_output=True, text=True, check=False, **as_nobody,
        )  # fmt: skip

    def python(self) -> str | None:
        """The first interpreter with which this user reaches the libraries: root's may lie where nobody looks."""
        for python in (sys.executable, "/usr/bin/python3"):
            with suppress(PermissionError):
                if self.run("-c", "import django, numba", python=python).returncode == 0:
                    return python
        return None


@pytest.fixture
def service_user(tmp_path: Path) -> Iterator[ServiceUser]:
    sources, home = tmp_path / "src", tmp_path / "state"
    shutil.copytree(Path(ostrakon.__file__).parents[1], sources, ignore=shutil.ignore_patterns("__pycache__"))
    home.mkdir(mode=0o700)
    everything = [sources, *sources.rglob("*")]
    for path in everything:
        path.chmod(0o555 if path.is_dir() else 0o444)
    nobody = ServiceUser(sources, home, NOBODY)
    if os.geteuid() == 0 and nobody.python():
        os.chown(home, NOBODY, NOBODY)
        for folder in (tmp_path, *tmp_path.parents):
            if folder.is_relative_to(Path(tempfile.gettempdir(), "pytest-of-root")):
                folder.chmod(0o711)
        yield nobody
    else:  # the libraries lie in root's own folders: at least without a home and with sources of its own
        yield ServiceUser(sources, home, None)
    for path in everything:
        path.chmod(0o755)


@pytest.mark.slow
def test_it_starts_as_a_user_without_a_home_from_sources_that_cannot_be_written(
    service_user: ServiceUser,
) -> None:
    python = service_user.python() or sys.executable
    made = service_user.run("-m", "ostrakon", "init", python=python)
    assert (made.returncode, made.stderr) == (0, "")
    loaded = service_user.run("-c", LOADS_THE_SCIENCE, python=python)
    assert (loaded.returncode, loaded.stdout.strip()) == (0, str(service_user.home / "kernels")), (
        loaded.stderr
    )
    assert any((service_user.home / "kernels").rglob("*.nbi"))
