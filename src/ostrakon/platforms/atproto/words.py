"""The words of atproto and Ozone: identifiers, subjects, and an event of Ozone's as we read it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ostrakon.errors import PlatformUnreadable

DEFS = "tools.ozone.moderation.defs#"
REPORTED = f"{DEFS}modEventReport"
TAKEN_DOWN = f"{DEFS}modEventTakedown"
TAKEDOWN_REVERSED = f"{DEFS}modEventReverseTakedown"
LABELLED = f"{DEFS}modEventLabel"
MAILED = f"{DEFS}modEventEmail"
ACKNOWLEDGED = f"{DEFS}modEventAcknowledge"

REPO_REF = "com.atproto.admin.defs#repoRef"
STRONG_REF = "com.atproto.repo.strongRef"

TOOL = "ostrakon"
"""Our name in the events that we make; beside it stands the id of the command or notice."""

_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_DID = re.compile(
    rf"did:plc:[a-z2-7]{{24}}|(?=.{{1,261}}\Z)did:web:{_LABEL}(?:\.{_LABEL})*(?:%3A[0-9]{{1,5}})?"
)
"""The two methods that atproto has; of ``did:web`` without paths, as the specification says."""
_HANDLE = re.compile(rf"(?=.{{1,253}}\Z)(?:{_LABEL}\.)+[a-zA-Z](?:[a-zA-Z0-9-]{{0,61}}[a-zA-Z0-9])?")
_RECORD = re.compile(
    r"at://(?P<did>did:[^/]+)/(?P<collection>[a-zA-Z0-9.-]{1,317})/(?P<key>[\w.~:-]{1,512})", re.A
)


def is_did(text: str) -> bool:
    """Is it written as a DID is? Anything else goes into no request at all.

    >>> is_did("did:plc:ewvi7nxzyoun6zhxrhs64oiz"), is_did("did:web:example.org"), is_did("did:plc:a/../b")
    (True, True, False)
    >>> is_did("did:plc:" + "a" * 24), is_did("did:plc:" + "a" * 25)
    (True, False)
    """
    return _DID.fullmatch(text) is not None


def is_handle(text: str) -> bool:
    """Is it written as a handle is?

    >>> is_handle("alice.test"), is_handle("alice"), is_handle("a..test")
    (True, False, False)
    """
    return _HANDLE.fullmatch(text) is not None


@dataclass(frozen=True)
class RecordAddress:
    """Where a record stands."""

    did: str
    collection: str
    key: str


def record_address(uri: str) -> RecordAddress | None:
    """The parts of an ``at://`` address that names a record by its DID; None: it is none.

    >>> record_address("at://did:web:example.org/app.bsky.feed.post/3k")
    RecordAddress(did='did:web:example.org', collection='app.bsky.feed.post', key='3k')
    """
    found = _RECORD.fullmatch(uri)
    if found is None or not is_did(found["did"]) or found["key"] in (".", ".."):
        return None
    return RecordAddress(found["did"], found["collection"], found["key"])


def repo_ref(did: str) -> dict[str, str]:
    """An account as a subject."""
    return {"$type": REPO_REF, "did": did}


def strong_ref(uri: str, cid: str) -> dict[str, str]:
    """One version of a record as a subject."""
    return {"$type": STRONG_REF, "uri": uri, "cid": cid}


@dataclass(frozen=True)
class Event:
    """One event of Ozone's, as far as we go by it."""

    id: int
    kind: str
    by: str
    """The DID of whoever made it."""
    at: datetime
    key: str = ""
    """Of the command or notice, if it was made by Ostrakon. Ozone keeps ``externalId`` to itself, so that this is what
    an event is known again by."""
    cid: str = ""
    """Of a record: which version."""
    delivered: bool = False
    """Of a mail."""
    set_labels: Sequence[str] = ()
    negated_labels: Sequence[str] = ()


def event_of(fields: Mapping[str, Any]) -> Event:
    """What Ozone answers to ``emitEvent``, and lists in ``queryEvents``.

    Raises:
        PlatformUnreadable: it is no event.
    """
    try:
        told, tool = dict(fields["event"]), dict(fields.get("modTool") or {})
        ours = dict(tool.get("meta") or {}) if tool.get("name") == TOOL else {}
        return Event(
            id=int(fields["id"]),
            kind=str(told["$type"]),
            by=str(fields["createdBy"]),
            at=moment(str(fields["createdAt"])),
            key=str(ours.get("batchId", "")),
            cid=str(fields["subject"].get("cid", "")),
            delivered=told.get("isDelivered") is True,
            set_labels=tuple(told.get("createLabelVals") or ()),
            negated_labels=tuple(told.get("negateLabelVals") or ()),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise PlatformUnreadable("Ozone answered with an event that is not understood") from None


def moment(text: str) -> datetime:
    """A time as atproto writes it, in UTC.

    Raises:
        ValueError: it is none.
    """
    found = datetime.fromisoformat(text)
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
