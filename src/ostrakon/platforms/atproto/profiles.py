"""How somebody shows themselves, and whom they follow: records of their own repository, which anybody may read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ostrakon.errors import PlatformUnreadable
from ostrakon.platforms.atproto.hosting import Home, hosting
from ostrakon.platforms.atproto.replies import read
from ostrakon.platforms.atproto.session import Session
from ostrakon.platforms.atproto.snapshots import PROFILE, record
from ostrakon.platforms.atproto.words import RecordAddress, is_did
from ostrakon.platforms.contract import MOST_COMPANY, AccountRef, Profile

FOLLOW = "app.bsky.graph.follow"
PAGE = 100
"""Records that a PDS gives at once (documentation)."""


def profile_of(session: Session, account: AccountRef) -> Profile | None:
    """Of an account of our PDS; None: it lives elsewhere, or is gone.

    Of one that is shut a PDS shows no record (0.5.35): only since when it exists is known then.

    Raises:
        PlatformUnreadable: the PDS or the directory does not say.
    """
    hosted = hosting(session, account.id)
    if hosted.home is not Home.HERE:
        return None
    name, created_at = session.connection.name, _since(session, account.id)
    if hosted.status:
        return Profile(AccountRef(name, account.id), created_at=created_at)
    described = read(session.pds("com.atproto.repo.describeRepo", repo=account.id))
    shown = (record(session, RecordAddress(account.id, PROFILE, "self")) or {}).get("value")
    value: Mapping[str, Any] = shown if isinstance(shown, dict) else {}
    return Profile(
        AccountRef(name, account.id, str(described.get("handle") or "")),
        display_name=_text(value.get("displayName")),
        bio=_text(value.get("description")),
        created_at=created_at,
        follows=_follows(session, account.id),
    )


def _text(found: Any) -> str | None:
    return found if isinstance(found, str) else None


def _since(session: Session, did: str) -> datetime | None:
    """When the directory entered the account. What its owner writes about that into the profile is theirs to choose."""
    if not did.startswith("did:plc:"):
        return None
    reply = session.directory(did, "log/audit")
    match reply.json if reply.ok else None:
        case [{"createdAt": str(at)}, *_]:
            try:
                found = datetime.fromisoformat(at)
            except ValueError:
                return None
            return found if found.tzinfo else None
    return None


def _follows(session: Session, did: str) -> list[str]:
    """The latest first, as the PDS gives them."""
    found: list[str] = []
    cursor: dict[str, str] = {}
    while len(found) < MOST_COMPANY:
        asked = {"repo": did, "collection": FOLLOW, "limit": str(PAGE), **cursor}
        fields = read(session.pds("com.atproto.repo.listRecords", **asked))
        rows = fields.get("records")
        if not isinstance(rows, list):
            raise PlatformUnreadable("the list of follows is not understood")
        found += [subject for subject in map(_subject, rows) if is_did(subject)]
        if not rows or not fields.get("cursor"):
            break
        cursor = {"cursor": str(fields["cursor"])}
    return list(dict.fromkeys(found))[:MOST_COMPANY]


def _subject(row: Any) -> str:
    """Whom a record says that they follow; empty: it is none. Records are whatever their owner wrote."""
    match row:
        case {"value": {"subject": str(did)}}:
            return did
    return ""
