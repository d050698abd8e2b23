"""A small atproto network without a server: it answers as PDS 0.5.35, Ozone 0.4.2 and the directory were seen to.

What a reply means is tried against this on every commit; that they do answer so is `test_atproto.py`'s to show.
"""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

import httpx

from ostrakon.platforms.atproto.connection import Connection
from ostrakon.platforms.atproto.connector import AtprotoPlatform
from ostrakon.platforms.contract import AccountRef, Mode

PDS, OZONE, PLC = "http://pds.example", "http://ozone.example", "http://plc.example"
OZONE_DID, US, BRAM = "did:plc:" + "o" * 24, "did:plc:" + "u" * 24, "did:plc:" + "b" * 24
PASSWORD = 'pass"wörd'
EMIT = "tools.ozone.moderation.emitEvent"
DEFS = "tools.ozone.moderation.defs#"
Answer = httpx.Response | Exception
Fields = dict[str, Any]


def did(name: str) -> str:
    """A well-formed DID.

    >>> did("chidi")
    'did:plc:chidiaaaaaaaaaaaaaaaaaaa'
    """
    return "did:plc:" + name.ljust(24, "a")


def error(status: int, name: str, message: str = "", **headers: str) -> httpx.Response:
    """As a server of atproto says that something is wrong."""
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, json={"error": name, "message": message or name}, headers=told)


@dataclass
class Network:
    """Accounts, events, labels and records, and everything that was asked."""

    homes: dict[str, str] = field(default_factory=dict)
    """DID to its status on our PDS; empty: active."""
    handles: dict[str, str] = field(default_factory=dict)
    documents: dict[str, httpx.Response] = field(default_factory=dict)
    """What the directory says of a DID."""
    events: list[Fields] = field(default_factory=list)
    records: dict[str, Fields] = field(default_factory=dict)
    labels: list[Fields] = field(default_factory=list)
    pushes: bool = True
    """Ozone's takedowns reach the PDS at once."""
    delivers: bool = True
    asked: list[tuple[str, Fields]] = field(default_factory=list)
    """(method, parameters or body)."""
    scripted: dict[str, deque[Answer]] = field(default_factory=lambda: defaultdict(deque))
    """What a method answers the next times instead."""

    def platform(self, **changed: Any) -> AtprotoPlatform:
        usual = {"identifier": "ostrakon.test", "password": PASSWORD, "mode": Mode.LIVE, "plc_url": PLC}
        connection = Connection(PDS, OZONE, OZONE_DID, **{**usual, **changed})
        return AtprotoPlatform(connection, transport=httpx.MockTransport(self.answer))

    def account(self, name: str, status: str = "") -> AccountRef:
        self.homes[did(name)], self.handles[f"{name}.test"] = status, did(name)
        return AccountRef("atproto", did(name), f"{name}.test")

    def post(self, author: AccountRef, key: str, **value: Any) -> str:
        uri = f"at://{author.id}/app.bsky.feed.post/{key}"
        self.records[uri] = {"uri": uri, "cid": f"cid-{key}", "value": {"text": "hello", **value}}
        return uri

    def follow(self, author: AccountRef, subject: object) -> None:
        uri = f"at://{author.id}/app.bsky.graph.follow/{len(self.records):08}"
        self.records[uri] = {"uri": uri, "cid": "cid-follow", "value": {"subject": subject}}

    def event(self, kind: str, subject: Fields, by: str = BRAM, **changed: Any) -> Fields:
        """Something that somebody else did."""
        whole = {
            "id": len(self.events) + 1,
            "event": {"$type": f"{DEFS}{kind}", **changed.pop("event", {})},
            "subject": subject,
            "createdBy": by,
            "createdAt": "2026-11-22T12:00:00.000Z",
            **changed,
        }
        self.events.append(whole)
        return whole

    def emitted(self) -> list[Fields]:
        """The events that we asked for."""
        return [body for method, body in self.asked if method == EMIT]

    # -- answering ---------------------------------------------------------------------------------

    def answer(self, request: httpx.Request) -> httpx.Response:
        host, method = str(request.url).split("/")[2], request.url.path.removeprefix("/xrpc/")
        params: Fields = {
            k: v[0] if len(v) == 1 else v for k, v in parse_qs(request.url.query.decode()).items()
        }
        told: Fields = json.loads(request.content) if request.content else params
        self.asked.append((method, told))
        if self.scripted[method]:
            found = self.scripted[method].popleft()
            if isinstance(found, Exception):
                raise found
            return found
        if host == "plc.example":
            return self.documents.get(request.url.path[1:]) or error(404, "NotFound")
        answered: Callable[[Fields], Any] = getattr(self, "_" + method.rpartition(".")[2].lstrip("_"))
        fields = answered(told)
        return fields if isinstance(fields, httpx.Response) else httpx.Response(200, json=fields)

    def _health(self, _: Fields) -> Fields:
        return {"version": "0.4.2"}

    def _createSession(self, told: Fields) -> Any:  # noqa: N802 - the platform's word
        if told["password"] != PASSWORD:
            return error(401, "AuthenticationRequired", "Invalid identifier or password")
        return {"did": US, "accessJwt": "access-1", "refreshJwt": "refresh-1"}

    def _refreshSession(self, _: Fields) -> Fields:  # noqa: N802
        return {"did": US, "accessJwt": "access-2", "refreshJwt": "refresh-2"}

    def _getServiceAuth(self, told: Fields) -> Fields:  # noqa: N802
        return {"token": f"service-{told['lxm']}-{len(self.asked)}"}

    def _getConfig(self, _: Fields) -> Fields:  # noqa: N802
        return {"viewer": {"role": "tools.ozone.team.defs#roleModerator"}}

    def _describeServer(self, _: Fields) -> Fields:  # noqa: N802
        return {"did": "did:web:pds.example"}

    def _getRepoStatus(self, told: Fields) -> Any:  # noqa: N802
        if told["did"] not in self.homes:
            return error(400, "RepoNotFound")
        status = self.homes[told["did"]]
        return {"did": told["did"], "active": not status, **({"status": status} if status else {})}

    def _describeRepo(self, told: Fields) -> Any:  # noqa: N802
        whose = self.handles.get(told["repo"], told["repo"])
        names = [name for name, one in self.handles.items() if one == whose]
        if whose not in self.homes:
            return error(400, "RepoNotFound")
        if self.homes[whose] == "takendown":
            return error(400, "RepoTakendown")
        return {"did": whose, "handle": names[0], "collections": []}

    def _resolveHandle(self, told: Fields) -> Any:  # noqa: N802
        found = self.handles.get(told["handle"])
        if found is None or self.homes.get(found):
            return error(400, "HandleNotFound", "Unable to resolve handle")
        return {"did": found}

    def _getRecord(self, told: Fields) -> Any:  # noqa: N802
        uri = told.get("uri") or f"at://{told['repo']}/{told['collection']}/{told['rkey']}"
        return self.records.get(uri) or error(400, "RecordNotFound", "Could not locate record")

    def _listRecords(self, told: Fields) -> Fields:  # noqa: N802
        """The latest first; the cursor is the key of the last one."""
        prefix = f"at://{told['repo']}/{told['collection']}/"
        keys = sorted((uri for uri in self.records if uri.startswith(prefix)), reverse=True)
        behind = [uri for uri in keys if uri < prefix + told["cursor"]] if "cursor" in told else keys
        page = behind[: int(told["limit"])]
        more = {"cursor": page[-1].rpartition("/")[2]} if page else {}
        return {"records": [self.records[uri] for uri in page], **more}

    def _queryStatuses(self, told: Fields) -> Fields:  # noqa: N802
        last = next(iter(self._about(told["subject"], ("modEventTakedown", "modEventReverseTakedown"))), None)
        if last is None:
            return {"subjectStatuses": []}
        return {"subjectStatuses": [{"takendown": last["event"]["$type"].endswith("modEventTakedown")}]}

    def _about(self, subject: str, kinds: tuple[str, ...]) -> list[Fields]:
        """The last first."""
        return [
            one
            for one in reversed(self.events)
            if (one["subject"].get("uri") or one["subject"]["did"]) == subject
            and one["event"]["$type"].removeprefix(DEFS) in kinds
        ]

    def _queryEvents(self, told: Fields) -> Fields:  # noqa: N802
        types = [told["types"]] if isinstance(told["types"], str) else told["types"]
        kinds = tuple(one.removeprefix(DEFS) for one in types)
        if "subject" not in told:
            return self._page(told, kinds)
        found = self._about(told["subject"], kinds)
        if "batchId" in told:
            found = [one for one in found if _key(one) == told["batchId"]]
        return {"events": found[: int(told["limit"])]}

    def _page(self, told: Fields, kinds: tuple[str, ...]) -> Fields:
        """By the time at which they were begun, then by id, behind the cursor."""
        at, _, number = told.get("cursor", "0::0").partition("::")
        ordered = sorted(
            (place(one), one["id"]) for one in self.events if one["event"]["$type"][len(DEFS) :] in kinds
        )
        ids = [id_ for key, id_ in ordered if key > (int(at), int(number))][: int(told["limit"])]
        page = [one for id_ in ids for one in self.events if one["id"] == id_]
        return {"events": page, **({"cursor": "::".join(map(str, place(page[-1])))} if page else {})}

    def _queryLabels(self, told: Fields) -> Fields:  # noqa: N802
        return {"labels": [one for one in self.labels if one["uri"] == told["uriPatterns"]]}

    def _emitEvent(self, told: Fields) -> Any:  # noqa: N802
        subject = told["subject"].get("uri") or told["subject"]["did"]
        kind = told["event"]["$type"].removeprefix(DEFS)
        if refused := self._in_the_way(subject, kind):
            return refused
        if kind == "modEventEmail":  # before the key is looked at, as Ozone does
            told["event"]["isDelivered"] = self.delivers
        if any(one.get("externalId") == told["externalId"] for one in self._about(subject, (kind,))):
            return error(400, "DuplicateExternalId", "An event with the same external ID already exists")
        made = self.event(
            kind,
            told["subject"],
            US,
            event=told["event"],
            modTool=told["modTool"],
            externalId=told["externalId"],
        )
        self._have_effect(subject, kind, told["event"])
        return {name: value for name, value in made.items() if name != "externalId"}

    def _in_the_way(self, subject: str, kind: str) -> httpx.Response | None:
        (status,) = self._queryStatuses({"subject": subject})["subjectStatuses"] or [{"takendown": False}]
        if kind == "modEventTakedown" and status["takendown"]:
            return error(400, "InvalidRequest", "Subject is already taken down")
        if kind == "modEventReverseTakedown" and not status["takendown"]:
            return error(400, "InvalidRequest", "Subject is not taken down")
        return None

    def _have_effect(self, subject: str, kind: str, event: Mapping[str, Any]) -> None:
        if self.pushes and kind == "modEventTakedown":
            self.homes[subject] = "takendown"
        if self.pushes and kind == "modEventReverseTakedown":
            self.homes[subject] = ""
        when = f"2026-11-22T13:00:{len(self.labels):02}.000Z"
        for value in event.get("createLabelVals", ()):
            self.labels.append({"uri": subject, "val": value, "cts": when})
        for value in event.get("negateLabelVals", ()):
            self.labels.append({"uri": subject, "val": value, "cts": when, "neg": True})


def place(event: Fields) -> tuple[int, int]:
    """Where it stands among the others: milliseconds and id."""
    return round(datetime.fromisoformat(event["createdAt"]).timestamp() * 1000), event["id"]


def _key(event: Fields) -> str:
    return str(event.get("modTool", {}).get("meta", {}).get("batchId", ""))
