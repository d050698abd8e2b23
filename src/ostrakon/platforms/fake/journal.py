"""What was asked of the fake platform, on disk: killed with -9, it starts again where it was.

A line is written before the request is carried out, and its reply goes out after. So what was answered is on disk, and
what was not answered may be: as with any real server. A last line that is not whole was not answered.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from ostrakon.platforms.fake.acts import work
from ostrakon.platforms.fake.doors import Request, answer
from ostrakon.platforms.fake.service import FakeService

WORKED = "worked"


class Journal:
    """One file, opened to be written on."""

    def __init__(self, path: Path) -> None:
        whole = path.read_bytes()[: path.read_bytes().rfind(b"\n") + 1] if path.exists() else b""
        path.write_bytes(whole)
        self._file = path.open("a", encoding="utf-8")

    def write(self, service: FakeService, request: Request | None) -> None:
        """A request that changes something; None: the worker."""
        entry = {
            "at": service.now.isoformat(),
            "do": [request.method, request.path, request.body.decode(), request.token] if request else WORKED,
        }
        self._file.write(json.dumps(entry) + "\n")
        self._file.flush()  # to the kernel: that outlives the process, if not the machine

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def replay(service: FakeService, path: Path) -> int:
    """Do again all that the journal has, on a service as it was in the beginning; how many entries that were."""
    entries = [
        json.loads(line) for line in path.read_text(encoding="utf-8").splitlines(True) if line[-1] == "\n"
    ]
    for entry in entries:
        service.now = datetime.fromisoformat(entry["at"])
        if entry["do"] == WORKED:
            work(service)
        else:
            method, request_path, body, token = entry["do"]
            answer(service, Request(method, request_path, body.encode(), token))
    return len(entries)
