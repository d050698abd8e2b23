"""Evidence: a record, or an account's profile, copied as it is now."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from ostrakon.errors import PlatformUnreadable
from ostrakon.platforms.atproto.replies import error_of, read, unreadable
from ostrakon.platforms.atproto.session import Session
from ostrakon.platforms.atproto.words import RecordAddress, record_address
from ostrakon.platforms.contract import AccountRef, ItemRef, Snapshot

JSON = "application/json"
PROFILE = "app.bsky.actor.profile"
NOT_THERE = frozenset({"RecordNotFound", "RepoNotFound", "RepoTakendown", "RepoDeactivated"})


def snapshot(session: Session, what: AccountRef | ItemRef, now: datetime) -> Snapshot:
    """A copy of it, as JSON: ``{uri, cid, value}`` of a record; ``{account, profile}`` of an account.

    The ``cid`` is the hash of exactly this version. If it is not the one in the report, the author changed it since.
    Pictures and films are not copied; each is named in ``missing``.

    Raises:
        PlatformUnreadable: it is not to be had, from the PDS or from Ozone.
    """
    return _of_record(session, what, now) if isinstance(what, ItemRef) else _of_account(session, what, now)


def _of_record(session: Session, item: ItemRef, now: datetime) -> Snapshot:
    address = record_address(item.id)
    if address is None:
        raise PlatformUnreadable("a message of a conversation is shown to nobody but those who take part")
    content, source = record(session, address), "com.atproto.repo.getRecord"
    if content is None:
        content, source = _by_ozone(session, item.id), "tools.ozone.moderation.getRecord"
    missing = [f"{kind} {cid}" for kind, cid in _blobs(content.get("value"))]
    return Snapshot(_written(content), JSON, now, f"{source} {item.id}", missing)


def _of_account(session: Session, account: AccountRef, now: datetime) -> Snapshot:
    missing = []
    described = session.pds("com.atproto.repo.describeRepo", repo=account.id)
    if described.status == 400 and error_of(described) in NOT_THERE:
        missing.append(f"the account's description: {error_of(described)}")
    shown = (
        {key: read(described).get(key) for key in ("did", "handle", "collections")} if not missing else None
    )
    profile = record(session, RecordAddress(account.id, PROFILE, "self"))
    if profile is None and shown is None:
        raise PlatformUnreadable("neither the account nor its profile can be read")
    missing += ["the profile: there is none"] if profile is None else []
    missing += [f"{kind} {cid}" for kind, cid in _blobs(profile)]
    content = {"account": shown, "profile": profile}
    return Snapshot(_written(content), JSON, now, f"com.atproto.repo.describeRepo {account.id}", missing)


def record(session: Session, address: RecordAddress) -> dict[str, Any] | None:
    """``{uri, cid, value}`` as the PDS has it; None: it has none that it shows.

    It shows none of an account that it took down (0.5.35: "Could not find repo"). A single record Ozone does not take
    down there, it labels it.

    Raises:
        PlatformUnreadable: the PDS does not say.
    """
    reply = session.pds(
        "com.atproto.repo.getRecord", repo=address.did, collection=address.collection, rkey=address.key
    )
    if reply.status in (400, 404):
        said = str(reply.fields.get("message"))
        if error_of(reply) in NOT_THERE or "not locate record" in said or "not find repo" in said:
            return None
        raise unreadable(reply)
    return dict(read(reply))


def _by_ozone(session: Session, uri: str) -> dict[str, Any]:
    """The copy of the AppView, which moderators may see although it is taken down."""
    fields = read(session.ozone("tools.ozone.moderation.getRecord", {"uri": uri}))
    return {key: fields.get(key) for key in ("uri", "cid", "value")}


def _blobs(value: Any) -> Iterator[tuple[str, str]]:
    """(media type, cid) of everything that a record only points at."""
    if isinstance(value, list):
        for part in value:
            yield from _blobs(part)
    if not isinstance(value, dict):
        return
    if value.get("$type") == "blob" and isinstance(value.get("ref"), dict):
        yield str(value.get("mimeType") or "blob"), str(value["ref"].get("$link", ""))
    for part in value.values():
        yield from _blobs(part)


def _written(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1).encode()
