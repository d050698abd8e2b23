"""From a name to an account: handle, DID, and whether it lives here."""

from __future__ import annotations

from datetime import datetime

from ostrakon.platforms.atproto.hosting import Home, hosting
from ostrakon.platforms.atproto.replies import error_of, read, unreadable
from ostrakon.platforms.atproto.session import Session
from ostrakon.platforms.atproto.words import is_did, is_handle
from ostrakon.platforms.contract import AccountRef, Miss, Resolved

MISSES = {Home.ELSEWHERE: Miss.REMOTE, Home.GONE: Miss.GONE, Home.NOWHERE: Miss.NOT_FOUND}
SHUT = frozenset({"RepoTakendown", "RepoDeactivated"})
UNKNOWN = frozenset({"HandleNotFound", "InvalidHandle", "InvalidRequest"})


def account_behind(session: Session, text: str, now: datetime) -> Resolved:
    """The account that a DID or a handle (with or without ``@``) means.

    Raises:
        PlatformUnreadable: the PDS or the directory does not say.
    """
    if is_did(text):
        return _account(session, text, _handle_of(session, text), now)
    handle = text.removeprefix("@").lower()
    if not is_handle(handle):
        return Resolved(None, Miss.NOT_FOUND)
    reply = session.pds("com.atproto.identity.resolveHandle", handle=handle)
    if reply.status == 400 and error_of(reply) in UNKNOWN:
        return Resolved(None, _why_unknown(session, handle))
    did = str(read(reply).get("did", ""))
    return _account(session, did, handle, now) if is_did(did) else Resolved(None, Miss.NOT_FOUND)


def _account(session: Session, did: str, handle: str, now: datetime) -> Resolved:
    home = hosting(session, did).home
    miss = MISSES.get(home)
    if miss is Miss.NOT_FOUND:
        return Resolved(None, miss)
    return Resolved(AccountRef(session.connection.name, did, handle, home is not Home.ELSEWHERE, now), miss)


def _handle_of(session: Session, did: str) -> str:
    """Its handle as its server has it; empty: it lives elsewhere, or is shut."""
    reply = session.pds("com.atproto.repo.describeRepo", repo=did)
    return str(reply.fields.get("handle") or "") if reply.ok else ""


def _why_unknown(session: Session, handle: str) -> Miss:
    """A PDS resolves no handle of an account that it shut, and says there is none (0.5.35); another call tells that it
    is there, but not its DID: it must be named by that."""
    reply = session.pds("com.atproto.repo.describeRepo", repo=handle)
    if reply.failure is not None or (reply.status or 500) >= 500:
        raise unreadable(reply)
    return Miss.GONE if error_of(reply) in SHUT else Miss.NOT_FOUND
