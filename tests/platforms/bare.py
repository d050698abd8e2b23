"""Clients that make the same calls as our connectors and do nothing else: what ours is measured beside."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
from tests.platforms.atproto_harness import EMIT
from tests.platforms.atproto_network import WAIT_S, Answer, repo, sent


class BareMatrix:
    """Reads, suspends, reads back."""

    def __init__(self, base_url: str, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self.http = httpx.Client(base_url=base_url, headers=headers, timeout=60)

    def suspend(self, user_id: str) -> bool:
        """Is it shown by then?"""
        assert not self.is_shown(user_id)
        path = f"/_synapse/admin/v1/suspend/{quote(user_id)}"
        assert self.http.put(path, json={"suspend": True}).status_code == 200
        return self.is_shown(user_id)

    def is_shown(self, user_id: str) -> bool:
        return bool(self.http.get(f"/_synapse/admin/v2/users/{quote(user_id)}").json()["suspended"])

    def close(self) -> None:
        self.http.close()


class BareAtproto:
    """Reads from both servers, sends one event, reads back."""

    def __init__(self, network: Answer) -> None:
        self.network, self.staff = network, network["staff"]["moderator1"]
        self.http = httpx.Client(timeout=WAIT_S)
        body = {"identifier": self.staff["handle"], "password": self.staff["password"]}
        session = sent(network["pds_url"], "com.atproto.server.createSession", body)
        self.tokens = {
            method: self.http.get(
                f"{network['pds_url']}/xrpc/com.atproto.server.getServiceAuth",
                params={"aud": network["ozone_did"], "lxm": method, "exp": int(time.time()) + 1800},
                headers={"authorization": f"Bearer {session['accessJwt']}"},
            ).json()["token"]
            for method in (EMIT.removeprefix("/xrpc/"), "tools.ozone.moderation.queryStatuses")
        }

    def suspend(self, did: str) -> bool:
        """Is it shown by then?"""
        return self.apply(did, takes=True)

    def apply(self, did: str, *, takes: bool) -> bool:
        """The same, or the reversal: is it shown by then?"""
        kind = "modEventTakedown" if takes else "modEventReverseTakedown"
        self.is_shown(did)
        self._ozone("GET", "tools.ozone.moderation.queryStatuses", params={"subject": did, "limit": 1})
        event = {"$type": f"tools.ozone.moderation.defs#{kind}", "comment": "decision 17"}
        key = str(uuid4())
        body = {
            "event": event,
            "subject": repo(did),
            "createdBy": self.staff["did"],
            "externalId": key,
            "modTool": {"name": "bare", "meta": {"batchId": key, "decision": 17}},
        }
        self._ozone("POST", "tools.ozone.moderation.emitEvent", json=body)
        return self.is_shown(did) is takes

    def is_shown(self, did: str) -> bool:
        url = f"{self.network['pds_url']}/xrpc/com.atproto.sync.getRepoStatus"
        reply = self.http.get(url, params={"did": did})
        assert reply.status_code == 200, reply.text
        return str(reply.json().get("status")) == "takendown"

    def close(self) -> None:
        self.http.close()

    def _ozone(self, verb: str, method: str, **how: Any) -> None:
        token = {"authorization": f"Bearer {self.tokens[method]}"}
        reply = self.http.request(verb, f"{self.network['ozone_url']}/xrpc/{method}", headers=token, **how)
        assert reply.status_code == 200, reply.text
