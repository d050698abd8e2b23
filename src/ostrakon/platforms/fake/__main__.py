"""The fake platform as a process of its own, to be killed: ``python -m ostrakon.platforms.fake --journal FILE``.

It prints one line of JSON (``url``, ``pid``, ``token``, ``accounts``) and serves until it is ended. Accounts are ``u1``
and on. Started again with the same journal, port and number of accounts, it is where it was.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
from pathlib import Path

from ostrakon.platforms.fake.journal import Journal, replay
from ostrakon.platforms.fake.lines import FakeServer
from ostrakon.platforms.fake.rules import MILD, STRICTEST, TALKATIVE, Rules
from ostrakon.platforms.fake.service import FakeService

CHARACTERS: dict[str, Rules] = {"strictest": STRICTEST, "mild": MILD, "talkative": TALKATIVE}


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m ostrakon.platforms.fake")
    parser.add_argument("--journal", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--accounts", type=int, default=100)
    parser.add_argument("--rules", choices=CHARACTERS, default="strictest")
    parser.add_argument("--work-every-s", type=float, default=0.05)
    return parser.parse_args()


def main() -> None:
    """Start, say where, and serve."""
    asked = _asked()
    service = FakeService(CHARACTERS[asked.rules])
    for number in range(asked.accounts):
        service.register(f"person{number}")
    journal = Journal(asked.journal)
    replay(service, asked.journal)
    with FakeServer(service, port=asked.port, journal=journal) as server:
        told = {
            "url": server.url,
            "pid": os.getpid(),
            "token": service.moderator_token,
            "accounts": asked.accounts,
        }
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
        while True:
            threading.Event().wait(asked.work_every_s)
            server.line.work()


main()
