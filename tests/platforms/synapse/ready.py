"""Wait until a Synapse that was just started answers, make its administrator, and write down where everything is.

python3 ready.py BASE_URL SERVER_NAME FOLDER PID: leaves ready.json in the folder. Of the standard library alone, since
it is run by whatever python3 there is.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

PATIENCE_S = 180


def asked(address: str, body: dict[str, Any] | None = None) -> bytes:
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(address, data), timeout=60) as reply:
        return bytes(reply.read())


def wait_for(base_url: str, pid: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            asked(f"{base_url}/health")
            return
        except OSError:
            if not Path(f"/proc/{pid}").exists() or time.monotonic() > end:
                sys.exit("Synapse did not come up")
            time.sleep(0.2)


def make_administrator(base_url: str, run: Path) -> None:
    address, password = f"{base_url}/_synapse/admin/v1/register", secrets.token_urlsafe(12)
    nonce = json.loads(asked(address))["nonce"]
    shared = (run / "registration.secret").read_text().strip()
    signed = "\0".join([nonce, "admin", password, "admin"])
    mac = hmac.new(shared.encode(), signed.encode(), hashlib.sha1).hexdigest()
    wanted = {"nonce": nonce, "username": "admin", "password": password, "admin": True, "mac": mac}
    made = json.loads(asked(address, wanted))
    (run / "admin.password").write_text(password)
    (run / "admin.token").write_text(made["access_token"])


def main(base_url: str, server_name: str, folder: str, pid: str) -> None:
    run = Path(folder)

    def kept(name: str) -> str:
        return (run / name).read_text().strip()

    wait_for(base_url, pid)
    if not (run / "admin.token").exists():  # with KEEP=1 there is one
        make_administrator(base_url, run)
    ready = {
        "base_url": base_url,
        "server_name": server_name,
        "admin_user": f"@admin:{server_name}",
        "admin_password": kept("admin.password"),
        "admin_token": kept("admin.token"),
        "registration_shared_secret": kept("registration.secret"),
        "as_token": kept("as.secret"),
        "pid": int(pid),
        "dir": str(run),
    }
    written = run / "ready.tmp"
    written.write_text(json.dumps(ready) + "\n")
    written.replace(run / "ready.json")


if __name__ == "__main__":
    main(*sys.argv[1:])
