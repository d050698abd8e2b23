"""How the demonstration is configured: for this machine alone, and so that one gets in at once."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Mapping, MutableMapping

from ostrakon.errors import NotReady
from ostrakon.service.template import template

HOST = "127.0.0.1"
KEPT = frozenset({"OSTRAKON_TRACEBACK"})
TRIED = 100
"""Ports that are asked before giving up."""


def terms(port: int, mail_port: int) -> dict[str, str | int | float | bool]:
    """The settings that differ from the usual ones.

    Args:
        port: where the console is.
        mail_port: where the letterbox listens: notices go there, and nowhere else.
    """
    return {
        "host": HOST,
        "port": port,
        "public_url": f"http://{HOST}:{port}",
        "platform": "agora.example",
        "platform_name": "Agora",
        "smtp_host": HOST,
        "smtp_port": mail_port,
        "smtp_starttls": False,
        "mail_from": "moderation@agora.example",
        "audit_share": 0.25,
        "second_factor": False,
    }


def configuration_file(chosen: Mapping[str, object]) -> str:
    """``ostrakon.toml`` with these settings."""
    lines = "".join(f"{name} = {json.dumps(value)}\n" for name, value in chosen.items())
    return f"{template()}\n# A demonstration: everything stays on this machine, and a password is enough.\n{lines}"


def leave_out_the_environment(environ: MutableMapping[str, str] = os.environ) -> None:
    """Forget what this machine is set up with: a demonstration must never reach a real database or mail server."""
    for name in [*environ]:
        if name == "DATABASE_URL" or (name.startswith("OSTRAKON_") and name not in KEPT):
            del environ[name]


def free_port(first: int) -> int:
    """The first port from this one on that nobody has.

    Raises:
        NotReady: none is free.
    """
    for port in range(first, min(first + TRIED, 65_536)):
        with socket.socket() as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if tried.connect_ex((HOST, port)) == 0:
                continue
        with socket.socket() as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind((HOST, port))
            except OSError:
                continue
            return port
    raise NotReady(f"no port from {first} on is free: --port names another to begin with")
