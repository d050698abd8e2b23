"""As much of Synapse as the connector's ordinary tests need: its flags, lists and words, in memory.

It says what the real one was seen to say (1.163.2); ``test_matrix.py`` holds the connector to the real one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

import httpx

from ostrakon.platforms.contract import Mode
from ostrakon.platforms.matrix.connector import Matrix

SERVER, TOKEN = "example.org", "syt_a_secret_of_the_stub"
OURS, CHIDI, NOTICES = f"@ostrakon:{SERVER}", f"@chidi:{SERVER}", f"@notices:{SERVER}"
Said = tuple[int, Any]
Answers = Callable[[httpx.Request], httpx.Response]


def error(status: int, code: str, text: str = "", **more: Any) -> Said:
    return status, {"errcode": code, "error": text, **more}


def response(said: Said, **headers: str) -> httpx.Response:
    status, body = said
    return httpx.Response(status, json=body, headers=headers)


class Synapse:
    """One homeserver with Chidi on it. ``instead`` answers the next request that changes something."""

    def __init__(self) -> None:
        self.users: dict[str, dict[str, Any]] = {}
        self.lists: dict[str, list[dict[str, Any]]] = {"event_reports": [], "user_reports": []}
        self.events: dict[str, dict[str, Any]] = {}
        self.rooms: dict[str, set[str]] = {}
        self.media: dict[str, dict[str, Any]] = {}
        self.status: Said = (200, {"status": "active"})
        self.version = "1.163.2"
        self.asked: list[httpx.Request] = []
        self.instead: Answers | None = None
        self.everywhere: Answers | None = None
        for user_id in (OURS, CHIDI):
            self.register(user_id, admin=user_id == OURS)

    def register(self, user_id: str, *, admin: bool = False) -> None:
        names = ("suspended", "locked", "deactivated", "shadow_banned", "erased")
        kept = {"name": user_id, "admin": admin, **dict.fromkeys(names, False)}
        private = {"threepids": [{"medium": "email", "address": "chidi@private.example"}], "external_ids": []}
        self.users[user_id] = {**kept, **private}

    def connect(self, *, mode: Mode = Mode.LIVE) -> Matrix:
        return Matrix(
            "https://matrix.example.org", TOKEN, mode=mode, transport=httpx.MockTransport(self._answer)
        )

    @property
    def changing(self) -> list[httpx.Request]:
        """Requests that were to change something."""
        return [request for request in self.asked if request.method != "GET"]

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if self.everywhere:
            return self.everywhere(request)
        if request.method != "GET" and self.instead:
            answers, self.instead = self.instead, None
            return answers(request)
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return response(error(401, "M_UNKNOWN_TOKEN"))
        return response(self.said(request))

    def said(self, request: httpx.Request) -> Said:
        segments = request.url.raw_path.decode().partition("?")[0].split("/")[3:]
        match request.method, [unquote(segment) for segment in segments]:
            case "GET", ["v1", "server_version"]:
                return 200, {"server_version": self.version}
            case "GET", ["v3", "account", "whoami"]:
                return 200, {"user_id": OURS}
            case "GET", ["v1", "users", user_id, "joined_rooms"]:
                joined = [room for room, members in self.rooms.items() if user_id in members]
                return 200, {"joined_rooms": joined, "total": len(joined)}
            case _, ["v2", "users", user_id]:
                return self._of_user(request, user_id)
            case "PUT", ["v1", "suspend", user_id]:
                return self._set(user_id, "suspended", body(request)["suspend"])
            case "POST", ["v1", "deactivate", user_id]:
                return self._set(user_id, "deactivated", True)
            case _, ["v1", *rest]:
                return self._of_things(request, rest)
        return error(404, "M_UNRECOGNIZED")

    def _of_things(self, request: httpx.Request, rest: list[str]) -> Said:
        match rest:
            case [("event_reports" | "user_reports") as name] if name in self.lists:
                return self._page(name, request.url.params)
            case [("event_reports" | "user_reports") as name, number] if name in self.lists:
                one = next((row for row in self.lists[name] if str(row["id"]) == number), None)
                return (200, {**one, "event_json": {}}) if one else error(404, "M_NOT_FOUND")
            case ["fetch_event", event_id]:
                found = self.events.get(event_id)
                return (200, {"event": found}) if found else error(404, "M_NOT_FOUND")
            case ["rooms", room, "messages"]:
                return 200, {"chunk": [event for event in self.events.values() if event["room_id"] == room]}
            case ["send_server_notice", key]:
                return self._notice(body(request), key)
            case ["media", ("quarantine" | "unquarantine") as verb, _, media_id]:
                if not self.media[media_id]["safe_from_quarantine"]:
                    self.media[media_id]["quarantined_by"] = OURS if verb == "quarantine" else None
                return 200, {}
            case ["media", _, media_id]:
                return (
                    (200, {"media_info": self.media[media_id]})
                    if media_id in self.media
                    else error(404, "M_NOT_FOUND")
                )
            case ["user", "redact_status", _]:
                return self.status
            case ["user", _, "redact"]:
                return 200, {"redact_id": "order-1"}
        return error(404, "M_UNRECOGNIZED")

    def _of_user(self, request: httpx.Request, user_id: str) -> Said:
        if not user_id.endswith(f":{SERVER}"):
            return error(400, "M_UNKNOWN", "Can only look up local users")
        if request.method == "PUT":
            assert user_id in self.users, "this would create an account"
            return self._set(user_id, "locked", body(request)["locked"])
        return (200, self.users[user_id]) if user_id in self.users else error(404, "M_NOT_FOUND")

    def _set(self, user_id: str, flag: str, value: bool) -> Said:
        self.users[user_id][flag] = value
        return 200, {}

    def _notice(self, told: Mapping[str, Any], key: str) -> Said:
        event_id, room = f"$notice-{len(self.events)}", f"!notices-of-{told['user_id']}"
        self.rooms[room] = {told["user_id"], NOTICES}
        self.events[event_id] = {"event_id": event_id, "room_id": room, "content": told["content"]}
        return 200, {"event_id": event_id}

    def _page(self, name: str, params: httpx.QueryParams) -> Said:
        rows = sorted(self.lists[name], key=lambda row: row["received_ts"])
        start, limit = int(params["from"]), int(params["limit"])
        return 200, {name: rows[start : start + limit], "total": len(rows)}

    def report(self, number: int, received_ms: int | None = None, **more: Any) -> None:
        """A row of the reports on people."""
        usual = {"user_id": f"@alice:{SERVER}", "target_user_id": CHIDI, "reason": f"number {number}"}
        moment = 1_800_000_000_000 + 1000 * number if received_ms is None else received_ms
        self.lists["user_reports"].append({"id": number, "received_ts": moment, **usual, **more})


def body(request: httpx.Request) -> Any:
    return json.loads(request.content)
