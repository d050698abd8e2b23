"""Where an account lives: on our PDS, on another one, or nowhere any more.

Ozone answers 200 for any DID and takes down what does not exist, so this is asked before anything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from ostrakon.platforms.atproto.replies import error_of, read, unreadable
from ostrakon.platforms.atproto.session import Session
from ostrakon.platforms.atproto.words import is_did


class Home(StrEnum):
    """Where an account lives."""

    HERE = "here"
    ELSEWHERE = "elsewhere"
    GONE = "gone"
    """The directory says here, and our PDS has it no more; or its owner ended the DID."""
    NOWHERE = "nowhere"
    """No such DID."""


@dataclass(frozen=True)
class Hosting:
    """What our PDS says of an account."""

    home: Home
    status: str = ""
    """Of an account that lives here: ``takendown``, ``deactivated``; empty: active."""

    @property
    def takendown(self) -> bool | None:
        """Shut out by its server; None: it lives elsewhere, and we cannot know."""
        return self.status == "takendown" if self.home is Home.HERE else None


def hosting(session: Session, did: str) -> Hosting:
    """Where it lives, and how it stands there. Public calls: no right is needed.

    Raises:
        PlatformUnreadable: the PDS or the directory does not say.
    """
    if not is_did(did):
        return Hosting(Home.NOWHERE)
    reply = session.pds("com.atproto.sync.getRepoStatus", did=did)
    if reply.status == 400 and error_of(reply) == "RepoNotFound":
        return Hosting(_by_directory(session, did))
    fields = read(reply)
    status = "" if fields.get("active") is True else str(fields.get("status") or "inactive")
    return Hosting(Home.HERE, status)


def _by_directory(session: Session, did: str) -> Home:
    """Of an account that our PDS does not have.

    A ``did:web`` says itself where it lives, on a server of its own choice: that is an address out of a report, so it
    is not called.
    """
    if did.startswith("did:web:"):
        return Home.ELSEWHERE
    reply = session.directory(did)
    if reply.status in (404, 410):
        return Home.NOWHERE if reply.status == 404 else Home.GONE
    if not reply.ok:
        raise unreadable(reply)
    return Home.GONE if _server_named(read(reply)) == _our_host(session) else Home.ELSEWHERE


def _server_named(document: Mapping[str, Any]) -> str:
    """The host of the PDS that a DID's document names; empty: none."""
    for service in document.get("service") or ():
        if isinstance(service, dict) and str(service.get("id", "")).endswith("#atproto_pds"):
            return urlsplit(str(service.get("serviceEndpoint", ""))).hostname or ""
    return ""


def _our_host(session: Session) -> str:
    """The name under which our PDS is known, which may not be the address that we call it by."""
    known_as = str(read(session.pds("com.atproto.server.describeServer")).get("did", ""))
    return known_as.removeprefix("did:web:").split("%3A")[0]
