"""What a command asks of Ozone: the event to make, on which subject, and what shows whether it holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from ostrakon.errors import PlatformUnreadable
from ostrakon.platforms.actions import PlatformAction
from ostrakon.platforms.atproto.hosting import Home, Hosting, hosting
from ostrakon.platforms.atproto.session import Session
from ostrakon.platforms.atproto.snapshots import record
from ostrakon.platforms.atproto.state import (
    ITEM_TAKENDOWN,
    OZONE_TAKENDOWN,
    PDS_TAKEDOWN,
    events,
    label_flag,
    labels,
    latest,
    subject_status,
)
from ostrakon.platforms.atproto.words import (
    LABELLED,
    TAKEDOWN_REVERSED,
    TAKEN_DOWN,
    Event,
    record_address,
    repo_ref,
    strong_ref,
)
from ostrakon.platforms.contract import Command, ItemRef, Refusal, Refused

LONGEST_LABEL = 128
"""Bytes: the lexicon's limit."""
SEEN_LABELS = 100
"""Events of labels that are looked through for who set one."""


class Way(Enum):
    """How Ozone does it."""

    ACCOUNT = "the account is taken down"
    RECORD = "one record is taken down"
    LABEL = "a label is put there"


@dataclass(frozen=True)
class Deed:
    """One thing to be done or undone."""

    way: Way
    wanted: bool
    """True: done; False: given back."""
    uri: str
    """A DID or an ``at://`` address."""
    subject: Mapping[str, str]
    event: Mapping[str, Any]
    label: str = ""


@dataclass(frozen=True)
class Sight:
    """How things stand for a deed: what Ozone says, and what its effect says (the PDS, for an account)."""

    ozone: bool
    effect: bool | None
    flags: Mapping[str, bool | None] = field(default_factory=dict)


WAYS: Mapping[PlatformAction, tuple[Way, bool]] = {
    PlatformAction.SUSPEND: (Way.ACCOUNT, True),
    PlatformAction.UNSUSPEND: (Way.ACCOUNT, False),
    PlatformAction.LIMIT: (Way.LABEL, True),
    PlatformAction.UNLIMIT: (Way.LABEL, False),
    PlatformAction.LABEL: (Way.LABEL, True),
    PlatformAction.UNLABEL: (Way.LABEL, False),
    PlatformAction.QUARANTINE: (Way.RECORD, True),
    PlatformAction.UNQUARANTINE: (Way.RECORD, False),
}


def deed_of(session: Session, command: Command, found: Hosting) -> Deed | Refused:
    """What to do; or why it cannot be done to whom it is meant for.

    Raises:
        PlatformUnreadable: which version of the record it is cannot be read.
    """
    way, wanted = WAYS[command.action]
    if refused := out_of_reach(found, follows=way is not Way.ACCOUNT):
        return refused
    if way is Way.ACCOUNT:
        return _takedown(command, wanted, way, command.account.id, repo_ref(command.account.id))
    if way is Way.RECORD:
        return _of_record(session, command, wanted)
    return _of_label(session, command, wanted)


def look(session: Session, deed: Deed, now: datetime, found: Hosting | None = None) -> Sight:
    """How it stands now.

    Args:
        found: what the PDS said just before; None: it is asked.
    Raises:
        PlatformUnreadable: Ozone or the PDS does not say.
    """
    if deed.way is Way.LABEL:
        is_set = labels(session, deed.uri, now).get(deed.label, False)
        return Sight(is_set, is_set, {label_flag(deed.label): is_set})
    takendown = subject_status(session, deed.uri).get("takendown") is True
    if deed.way is Way.RECORD:
        return Sight(takendown, takendown, {ITEM_TAKENDOWN: takendown})
    effect = (found or hosting(session, deed.uri)).takendown
    return Sight(takendown, effect, {OZONE_TAKENDOWN: takendown, PDS_TAKEDOWN: effect})


def shows(session: Session, deed: Deed, now: datetime) -> bool | None:
    """Is the effect there? Of an account, its server says it.

    Raises:
        PlatformUnreadable: nobody says.
    """
    if deed.way is Way.ACCOUNT:
        return hosting(session, deed.uri).takendown
    return look(session, deed, now).effect


def made_by(session: Session, deed: Deed) -> Event | None:
    """The event that made it stand as the deed wants it; None: there is none in Ozone.

    Raises:
        PlatformUnreadable: Ozone does not say.
    """
    if deed.way is Way.LABEL:
        for event in events(session, deed.uri, (LABELLED,), most=SEEN_LABELS):
            if deed.label in (*event.set_labels, *event.negated_labels):
                return event if (deed.label in event.set_labels) == deed.wanted else None
        return None
    last = latest(session, deed.uri)
    return last if last is not None and (last.kind == TAKEN_DOWN) == deed.wanted else None


def kinds(deed: Deed) -> Sequence[str]:
    """The type of its event."""
    return (str(deed.event["$type"]),)


# -- the ways --------------------------------------------------------------------------------------


def out_of_reach(found: Hosting, *, follows: bool) -> Refused | None:
    """Why an account cannot be acted on; None: it can.

    Ozone would answer 200 for a DID that does not exist, and for one of another server, where nothing would come of it.

    Args:
        follows: what is done are labels, which hold for whoever follows them, wherever the account lives.
    """
    if found.home in (Home.GONE, Home.NOWHERE):
        return Refused(Refusal.TARGET_GONE, "no server has this account")
    if found.home is Home.ELSEWHERE and not follows:
        return Refused(Refusal.REMOTE, "the account lives on another server: here it can only be labelled")
    return None


def _takedown(
    command: Command, wanted: bool, way: Way, uri: str, subject: Mapping[str, str]
) -> Deed | Refused:
    event: dict[str, Any] = {
        "$type": TAKEN_DOWN if wanted else TAKEDOWN_REVERSED,
        "comment": _comment(command),
    }
    strikes = command.parameters.get("strikes", "")
    if strikes and not (strikes.isascii() and strikes.isdecimal()):
        return Refused(Refusal.INVALID, "strikes are a number")
    if strikes:
        # A plain reversal keeps them: what was given must be taken back by a negative number.
        event["strikeCount"] = int(strikes) if wanted else -int(strikes)
    return Deed(way, wanted, uri, subject, event)


def _of_record(session: Session, command: Command, wanted: bool) -> Deed | Refused:
    if command.item is None:
        return Refused(Refusal.INVALID, "which record?")
    found = _version(session, command.item, command.account.id)
    if isinstance(found, Refused):
        return found
    return _takedown(command, wanted, Way.RECORD, command.item.id, strong_ref(command.item.id, found))


def _version(session: Session, item: ItemRef, did: str) -> str | Refused:
    """Its cid: as the PDS has it, or as the last event on it had it."""
    address = record_address(item.id)
    if address is None or address.did != did:
        return Refused(Refusal.INVALID, "a record of this account is named by its at:// address")
    last = latest(session, item.id)
    if last is not None and last.cid:
        return last.cid
    found = record(session, address)
    if found is None:
        return Refused(Refusal.TARGET_GONE, "its author has deleted it")
    if not isinstance(found.get("cid"), str):
        raise PlatformUnreadable("the record has no cid")
    return str(found["cid"])


def _of_label(session: Session, command: Command, wanted: bool) -> Deed | Refused:
    limits = command.action in (PlatformAction.LIMIT, PlatformAction.UNLIMIT)
    label = session.connection.limit_label if limits else command.parameters.get("label", "")
    if not limits and not is_fit(label):
        return Refused(Refusal.INVALID, "such a label cannot be set")
    subject = repo_ref(command.account.id)
    if command.item is not None and not limits:
        version = _version(session, command.item, command.account.id)
        if isinstance(version, Refused):
            return version
        subject = strong_ref(command.item.id, version)
    changed = {"createLabelVals": [label] if wanted else [], "negateLabelVals": [] if wanted else [label]}
    event = {"$type": LABELLED, "comment": _comment(command), **changed}
    return Deed(Way.LABEL, wanted, subject.get("uri") or subject["did"], subject, event, label)


def is_fit(label: str) -> bool:
    """May it be set as a label? Those that begin with ``!`` are orders to apps, ``!takedown`` among them: they would be
    suspensions without two people.

    >>> is_fit("spam"), is_fit("!takedown"), is_fit("two words"), is_fit("")
    (True, False, False, False)
    """
    return (
        bool(label) and label.isascii() and len(label) <= LONGEST_LABEL and label.replace("-", "").isalnum()
    )


def _comment(command: Command) -> str:
    """For Ozone's own log, without personal data."""
    return command.parameters.get("reason", "") or f"decision {command.decision_id}"
