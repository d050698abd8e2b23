"""A real service on a home of its own: its verbs, its processes, its port. For slow tests."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

import ostrakon

ROOT = Path(__file__).resolve().parents[2]
BEGIN = "from ostrakon.service.begin import begin\nbegin()\n"
PATIENCE_S = 120.0
"""A machine that runs other tests beside this one takes its time."""


def free_port() -> int:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return int(opened.getsockname()[1])


def until(condition: Callable[[], Any], within_s: float = PATIENCE_S, pause_s: float = 0.05) -> None:
    end = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < end, f"not within {within_s} seconds"
        time.sleep(pause_s)


def is_alive(pid: int) -> bool:
    """Zombies are dead: who would bury them may be a container's first process, which does not."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


@dataclass
class Service:
    """One home, and what runs on it."""

    home: Path
    settings: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    parent: subprocess.Popen[bytes] | None = None
    starts: int = 0
    """How often one had begun to serve before the present parent."""

    @property
    def environment(self) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if name not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE") and not name.startswith("OSTRAKON_")
        }
        sources = [str(Path(ostrakon.__file__).parents[1]), str(ROOT)]
        return {
            **kept,
            "PYTHONPATH": os.pathsep.join(sources),
            "OSTRAKON_HOME": str(self.home),
            **self.settings,
        }

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.home.parent / f"{self.home.name}.log"

    def command(self, *arguments: str | Path) -> list[str]:
        return [sys.executable, "-m", "ostrakon", *map(str, arguments)]

    def run(self, *arguments: str | Path, status: int = 0, given: str = "") -> str:
        """``ostrakon ARGUMENTS``, which must end so; gives what it said."""
        ended = subprocess.run(
            self.command(*arguments),
            env=self.environment,
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == status, f"{ended.returncode}: {ended.stderr}"
        return ended.stdout + ended.stderr

    def script(self, code: str, *arguments: str) -> Any:
        """Some lines of Python inside the service, which print JSON."""
        ended = subprocess.run(
            [sys.executable, "-c", BEGIN + code, *arguments],
            env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert ended.returncode == 0, ended.stderr
        return json.loads(ended.stdout)

    def start(self, *options: str) -> None:
        self.starts = self.begun()
        with self.log.open("ab") as log:
            self.parent = subprocess.Popen(
                self.command("serve", "--port", str(self.port), *options), env=self.environment, stderr=log
            )

    def wait_until_ready(self) -> None:
        until(self.is_ready)

    def is_ready(self) -> bool:
        assert self.parent is not None
        assert self.parent.poll() is None, self.log.read_text()
        if self.begun() == self.starts:
            return False  # who answers is a child of the parent before, which has some seconds to finish
        try:
            return httpx.get(f"{self.url}/health/ready", timeout=10).status_code == 200
        except httpx.HTTPError:
            return False

    def begun(self) -> int:
        """How often a parent has begun to serve."""
        return self.heard("serving")

    def heard(self, event: str) -> int:
        """How often the log tells of it."""
        return sum(line["event"] == event for line in self.said())

    def said(self) -> list[dict[str, Any]]:
        """The lines of the log."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]

    def children(self) -> dict[str, int]:
        """Living children of the living parent, by name."""
        started = {}
        for line in self.said():
            if line["event"] == "serving":
                started.clear()
            elif line["event"] == "started":
                started[str(line["child"])] = int(line["pid"])
        return {name: pid for name, pid in started.items() if is_alive(pid)}

    def stop(self) -> float:
        """Ask it to stop; gives after how many seconds it did."""
        assert self.parent is not None
        began = time.monotonic()
        self.parent.send_signal(signal.SIGTERM)
        assert self.parent.wait(20) == 0
        return time.monotonic() - began

    def kill(self) -> None:
        if self.parent is not None:
            self.parent.kill()
            self.parent.wait()


@contextmanager
def made(folder: Path, **settings: str) -> Iterator[Service]:
    """A service that was set up; nothing of it is left running."""
    service = Service(folder / "home", settings)
    service.run("init")
    try:
        yield service
    finally:
        children = service.children()
        service.kill()
        until(lambda: not any(is_alive(pid) for pid in children.values()), within_s=15)
