"""How things stand now: what Ozone says, and beside it what the PDS says. They may differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ostrakon.errors import PlatformUnreadable
from ostrakon.platforms.atproto.hosting import Home, hosting
from ostrakon.platforms.atproto.replies import read
from ostrakon.platforms.atproto.session import Parameters, Session
from ostrakon.platforms.atproto.words import TAKEDOWN_REVERSED, TAKEN_DOWN, Event, event_of, is_did, moment
from ostrakon.platforms.contract import AccountRef, AccountState

OZONE_TAKENDOWN = "ozone.takendown"
PDS_TAKEDOWN = "pds.takedown"
ITEM_TAKENDOWN = "ozone.item_takendown"
"""Of a single record; the state of an account does not hold it."""
PDS_DEACTIVATED = "pds.deactivated"
"""By its owner, who may come back."""


def label_flag(label: str) -> str:
    """The flag that says whether a label of ours is in force."""
    return f"label.{label}"


def account_state(session: Session, account: AccountRef, now: datetime) -> AccountState:
    """A fresh read from both.

    Raises:
        PlatformUnreadable: one of them does not answer, or not in a way that is understood.
    """
    if not is_did(account.id):
        return AccountState({}, now, exists=False)
    found = hosting(session, account.id)
    status = subject_status(session, account.id)
    takendown = status.get("takendown") is True
    flags: dict[str, bool | None] = {
        OZONE_TAKENDOWN: takendown,
        PDS_TAKEDOWN: found.takendown,
        PDS_DEACTIVATED: found.status == "deactivated" if found.home is Home.HERE else None,
        label_flag(session.connection.limit_label): False,
    }
    flags |= {label_flag(one): is_set for one, is_set in labels(session, account.id, now).items()}
    last = latest(session, account.id, (TAKEN_DOWN,)) if takendown else None
    return AccountState(
        flags=flags,
        fetched_at=now,
        exists=found.home in (Home.HERE, Home.ELSEWHERE),
        set_by=last.by if last else "",
        raw={"home": found.home, "pds": found.status, "ozone": status},
    )


def subject_status(session: Session, subject: str) -> Mapping[str, Any]:
    """What Ozone keeps on a DID or an ``at://`` address; empty: it never had to do with it.

    Raises:
        PlatformUnreadable: Ozone does not say.
    """
    fields = read(session.ozone("tools.ozone.moderation.queryStatuses", {"subject": subject, "limit": 1}))
    found = fields.get("subjectStatuses")
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise PlatformUnreadable("Ozone answered without statuses")
    return found[0] if found else {}


def labels(session: Session, uri: str, now: datetime) -> Mapping[str, bool]:
    """Each label that this Ozone ever put there: is it in force?

    Raises:
        PlatformUnreadable: Ozone does not say.
    """
    params: Parameters = {"uriPatterns": uri, "sources": session.connection.ozone_did, "limit": 250}
    found = read(session.ozone_openly("com.atproto.label.queryLabels", params)).get("labels")
    try:
        told = sorted(found or (), key=lambda one: str(one["cts"]))
        return {str(one["val"]): _is_in_force(one, now) for one in told}
    except (KeyError, TypeError, ValueError):
        raise PlatformUnreadable("Ozone answered with a label that is not understood") from None


def _is_in_force(label: Mapping[str, Any], now: datetime) -> bool:
    return label.get("neg") is not True and ("exp" not in label or moment(str(label["exp"])) > now)


def latest(
    session: Session, subject: str, kinds: Sequence[str] = (TAKEN_DOWN, TAKEDOWN_REVERSED), key: str = ""
) -> Event | None:
    """The last event of these kinds on a subject; with a key: the last that we made under it.

    Raises:
        PlatformUnreadable: Ozone does not say.
    """
    found = events(session, subject, kinds, key=key, most=1)
    return found[0] if found else None


def events(
    session: Session, subject: str, kinds: Sequence[str], *, key: str = "", most: int = 20
) -> Sequence[Event]:
    """Events of these kinds on a subject, the last first.

    Raises:
        PlatformUnreadable: Ozone does not say.
    """
    params: Parameters = {"subject": subject, "types": kinds, "limit": most}
    params = {**params, "batchId": key} if key else params
    found = read(session.ozone("tools.ozone.moderation.queryEvents", params)).get("events")
    if not isinstance(found, list):
        raise PlatformUnreadable("Ozone answered without events")
    return [event_of(one) for one in found]
