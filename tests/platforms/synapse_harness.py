"""A real Synapse for the tests: its people, as themselves, and its accidents; nothing of what the connector does."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
from tests.platforms.harness import Credentials
from tests.platforms.proxy import FaultProxy

from ostrakon.platforms.actions import PlatformAction
from ostrakon.platforms.contract import AccountRef, ItemRef, Mode
from ostrakon.platforms.fake.answers import Answer
from ostrakon.platforms.fake.faults import Fault
from ostrakon.platforms.matrix.connector import Matrix

UP = Path(__file__).with_name("synapse-up")
NUMBERS = count(1)
WORDS = {
    Fault.LIMIT: Answer.of(429, {"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 7000}, Retry_After="7"),
    Fault.NO_LIMIT: Answer.of(429, {"errcode": "M_UNKNOWN", "error": "Rate limited"}),
    Fault.UNAUTHORISED: Answer.of(401, {"errcode": "M_UNKNOWN_TOKEN", "error": "Invalid access token"}),
    Fault.FORBIDDEN: Answer.of(403, {"errcode": "M_FORBIDDEN", "error": "You are not a server admin"}),
}
"""What Synapse itself says."""


class Server:
    """A homeserver of our own, asked as its administrator or as one of its people."""

    def __init__(self, instance: str) -> None:
        self.environment = {**os.environ, "INSTANCE": instance}
        self.tokens: dict[str, str] = {}
        self.line = httpx.Client(timeout=60)
        self.up()
        self.lobby = self.asked("POST", "/_matrix/client/v3/createRoom", {"preset": "public_chat"})["room_id"]

    def up(self, **switches: str) -> None:
        """Start it; it is asked at the same address again when it was kept."""
        environment = {**self.environment, **switches}
        started = subprocess.run([UP], env=environment, stdout=subprocess.PIPE, check=True)
        self.ready: dict[str, Any] = json.loads(started.stdout)

    def kill(self) -> None:
        """As a power cut would."""
        os.kill(self.ready["pid"], signal.SIGKILL)
        while Path(f"/proc/{self.ready['pid']}/cmdline").exists() and not self._is_dead():
            time.sleep(0.02)

    def _is_dead(self) -> bool:
        try:
            return ") Z" in Path(f"/proc/{self.ready['pid']}/stat").read_text()
        except OSError:
            return True

    def stop(self) -> None:
        self.line.close()
        subprocess.run([UP, "stop"], env=self.environment, check=True)

    def reply(self, method: str, path: str, body: Any = None, *, by: str = "") -> httpx.Response:
        """What the server says to somebody; nobody named: to its administrator."""
        token = self.tokens[by] if by else self.ready["admin_token"]
        headers = {"Authorization": f"Bearer {token}"}
        sent = None if method == "GET" else body or {}
        return self.line.request(method, f"{self.ready['base_url']}{path}", json=sent, headers=headers)

    def asked(self, method: str, path: str, body: Any = None, *, by: str = "") -> dict[str, Any]:
        reply = self.reply(method, path, body, by=by)
        assert reply.status_code in (200, 201), (path, reply.text)
        return dict(reply.json())

    def admin(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        return self.asked(method, f"/_synapse/admin/{path}", body)

    def register(self, name: str) -> str:
        """Somebody with a password, an address, a session of their own, and a place in the lobby."""
        user_id = f"@{name}-{next(NUMBERS)}:{self.ready['server_name']}"
        address = {"medium": "email", "address": f"{name}-{next(NUMBERS)}@private.example"}
        self.admin("PUT", f"v2/users/{quote(user_id)}", {"password": "correct-horse", "threepids": [address]})
        self.tokens[user_id] = self.log_in(user_id).json()["access_token"]
        self.join(user_id, self.lobby)
        return user_id

    def log_in(self, user_id: str) -> httpx.Response:
        who = {"identifier": {"type": "m.id.user", "user": user_id}, "password": "correct-horse"}
        address = f"{self.ready['base_url']}/_matrix/client/v3/login"
        return self.line.post(address, json={"type": "m.login.password", **who})

    def join(self, user_id: str, room: str) -> None:
        self.asked("POST", f"/_matrix/client/v3/join/{quote(room)}", {}, by=user_id)

    def send(self, user_id: str, content: dict[str, Any], room: str = "") -> httpx.Response:
        path = f"/_matrix/client/v3/rooms/{quote(room or self.lobby)}/send/m.room.message/{uuid4()}"
        return self.reply("PUT", path, content, by=user_id)

    def notices(self, user_id: str) -> list[dict[str, Any]]:
        """What the server told them, read as themselves."""
        rooms = self.asked("GET", "/_matrix/client/v3/joined_rooms", by=user_id)["joined_rooms"]
        return [event for room in rooms if room != self.lobby for event in self._in_room(room, user_id)]

    def _in_room(self, room: str, user_id: str) -> list[dict[str, Any]]:
        path = f"/_matrix/client/v3/rooms/{quote(room)}/messages?dir=b&limit=100"
        found = self.asked("GET", path, by=user_id)["chunk"]
        ours = f"@notices:{self.ready['server_name']}"
        return [one for one in found if one["type"] == "m.room.message" and one["sender"] == ours]


class SynapseHarness:
    """One test's view of the server: connectors go through a proxy of their own."""

    def __init__(self, server: Server, proxy: FaultProxy) -> None:
        self.server, self.proxy = server, proxy

    def connect(
        self,
        *,
        mode: Mode = Mode.LIVE,
        credentials: Credentials = Credentials.VALID,
        reachable: bool = True,
        read_s: float = 10.0,
    ) -> Matrix:
        url = self.proxy.url if reachable else f"http://127.0.0.1:{deaf_port()}"
        return Matrix(url, self.token(credentials), mode=mode, read_s=read_s)

    def token(self, credentials: Credentials) -> str:
        if credentials is Credentials.VALID:
            return str(self.server.ready["admin_token"])
        if credentials is Credentials.WRONG:
            return "syt_nobody_knows_this_token"
        return self.server.tokens[self.server.register("visitor")]

    def new_account(self, name: str) -> AccountRef:
        user_id = self.server.register(name)
        return AccountRef("matrix", user_id, user_id)

    def remote_account(self) -> AccountRef:
        stranger = "@stranger:elsewhere.example"
        return AccountRef("matrix", stranger, stranger, local=False)

    def id_of_nobody(self) -> str:
        return f"@nobody:{self.server.ready['server_name']}"

    def post(self, author: AccountRef, text: str) -> ItemRef:
        reply = self.server.send(author.id, {"msgtype": "m.text", "body": text})
        assert reply.status_code == 200, reply.text
        return ItemRef(author, reply.json()["event_id"], self.server.lobby)

    def delete(self, item: ItemRef) -> None:
        path = f"/_matrix/client/v3/rooms/{quote(item.place)}/redact/{quote(item.id)}/{uuid4()}"
        self.server.asked("PUT", path, {}, by=item.account.id)

    def show(self, account: AccountRef, name: str) -> None:
        path = f"/_matrix/client/v3/profile/{quote(account.id)}/displayname"
        self.server.asked("PUT", path, {"displayname": name}, by=account.id)

    def keep_company(self, account: AccountRef, other: AccountRef) -> str:
        made = self.server.asked(
            "POST", "/_matrix/client/v3/createRoom", {"preset": "public_chat"}, by=other.id
        )
        self.server.join(account.id, made["room_id"])
        return str(made["room_id"])

    def is_shut_out(self, account: AccountRef) -> bool:
        return self.server.send(account.id, {"msgtype": "m.text", "body": "am I heard?"}).status_code != 200

    def report(self, reporter: AccountRef, what: AccountRef | ItemRef, text: str) -> None:
        path = (
            f"rooms/{quote(what.place)}/report/{quote(what.id)}"
            if isinstance(what, ItemRef)
            else f"users/{quote(what.id)}/report"
        )
        self.server.asked("POST", f"/_matrix/client/v3/{path}", {"reason": text}, by=reporter.id)

    def forwarded_report(self, server: str, subject: AccountRef, text: str) -> None:
        raise NotImplementedError("servers hand on no reports in Matrix")

    def messages(self, account: AccountRef) -> list[str]:
        return [event["content"]["body"] for event in self.server.notices(account.id)]

    def by_somebody_else(self, action: PlatformAction, account: AccountRef) -> None:
        on = action is PlatformAction.SUSPEND
        self.server.admin("PUT", f"v1/suspend/{quote(account.id)}", {"suspend": on})

    def end(self, account: AccountRef) -> None:
        self.server.admin("POST", f"v1/deactivate/{quote(account.id)}", {"erase": False})

    def remove_report(self, report_id: str) -> None:
        self.server.admin("DELETE", f"v1/user_reports/{report_id.partition('.')[0]}")

    def close_reports(self, account: AccountRef) -> None:
        raise NotImplementedError("reports are never closed in Synapse")

    def differ(self, account: AccountRef) -> None:
        raise NotImplementedError("there is one source in Synapse")

    def settle(self) -> None:
        time.sleep(0.3)

    def accounts(self) -> int:
        return int(self.server.admin("GET", "v2/users?limit=1&deactivated=true")["total"])

    def effects(self, account: AccountRef) -> int:
        return len(self.proxy.changing(account.id, forwarded_only=True))

    def changes_asked(self) -> int:
        return len(self.proxy.changing())

    def secrets(self) -> list[str]:
        tokens = [*self.server.tokens.values(), "syt_nobody_knows_this_token"]
        ready = (self.server.ready["admin_token"], self.server.ready["admin_password"])
        return [*tokens, *ready, "private.example", "correct-horse"]

    def order(self, fault: Fault, times: int = 1, **where: Any) -> None:
        self.proxy.faults.order(fault, times, **where)

    def no_more_faults(self) -> None:
        self.proxy.faults.clear()


def deaf_port() -> int:
    """A port of loopback where nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
