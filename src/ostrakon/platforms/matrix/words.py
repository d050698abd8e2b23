"""Synapse's words and ours: what it offers, what its replies say of people and reports."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from ostrakon.platforms.actions import PlatformAction
from ostrakon.platforms.contract import (
    AccountRef,
    ActionTraits,
    Capabilities,
    ItemRef,
    RawReport,
    ReportKind,
)
from ostrakon.platforms.matrix.mark import Row
from ostrakon.platforms.matrix.names import server_of

FLAGS = ("suspended", "locked", "deactivated", "shadow_banned", "erased")
"""Of the details of an account. They are independent: a deactivated account may be suspended too."""
KEPT = ("name", "displayname", "avatar_url", "admin", "user_type", "is_guest", "creation_ts", *FLAGS)
"""What is kept of them: not the addresses, telephone numbers and names at other providers that stand beside these."""

MATRIX = Capabilities(
    reports=frozenset({ReportKind.ITEM, ReportKind.ACCOUNT}),
    actions={
        PlatformAction.SUSPEND: ActionTraits(PlatformAction.UNSUSPEND, repeats_safely=True, flag="suspended"),
        PlatformAction.UNSUSPEND: ActionTraits(
            PlatformAction.SUSPEND, repeats_safely=True, flag="suspended", flag_when_done=False
        ),
        PlatformAction.LOCK: ActionTraits(PlatformAction.UNLOCK, repeats_safely=True, flag="locked"),
        PlatformAction.UNLOCK: ActionTraits(
            PlatformAction.LOCK, repeats_safely=True, flag="locked", flag_when_done=False
        ),
        # Tokens, password and memberships are lost: setting the flag back gives none of them back.
        PlatformAction.DEACTIVATE: ActionTraits(None, repeats_safely=True, flag="deactivated"),
        # Messages that are redacted already are passed over (handlers/admin.py).
        PlatformAction.REDACT: ActionTraits(None, repeats_safely=True, asynchronous=True),
        PlatformAction.QUARANTINE: ActionTraits(
            PlatformAction.UNQUARANTINE, repeats_safely=True, flag="quarantined"
        ),
        PlatformAction.UNQUARANTINE: ActionTraits(
            PlatformAction.QUARANTINE, repeats_safely=True, flag="quarantined", flag_when_done=False
        ),
    },
    notices=True,
    notice_keys=True,
    rows_vanish=True,
)
"""What Synapse offers to an administrator. Shadow-banning deceives the person and is not offered."""
WITH_MODULE = replace(MATRIX, reports=MATRIX.reports | {ReportKind.ROOM}, push=True)
"""With our module in the server (``integrations/synapse``)."""


def flags_of(details: Mapping[str, Any]) -> dict[str, bool | None]:
    """What the details of an account say; None: this version does not say (an old one, of ``suspended``)."""
    return {flag: bool(details[flag]) if flag in details else None for flag in FLAGS}


def kept_of(details: Mapping[str, Any]) -> dict[str, Any]:
    """The details of an account without what identifies the person elsewhere."""
    return {name: details[name] for name in KEPT if name in details}


@dataclass(frozen=True)
class Here:
    """Whose connection it is."""

    platform: str
    """The name that accounts carry with us."""
    user_id: str
    """Ours, by which we are let in."""

    @property
    def server(self) -> str:
        """The name of this server, as ids have it."""
        return server_of(self.user_id)

    def account(self, user_id: str) -> AccountRef:
        """An account by its id."""
        return AccountRef(self.platform, user_id, user_id, local=server_of(user_id) == self.server)


def row_of(found: Mapping[str, Any]) -> Row:
    """Its place in the list.

    Raises:
        KeyError, TypeError, ValueError: it is no report.
    """
    return Row(int(found["id"]), int(found["received_ts"]))


def report_of(kind: ReportKind, found: Mapping[str, Any], here: Here) -> RawReport:
    """A row of a list of reports.

    Its id is the number and the time: Synapse may give a number again (see ``mark``).
    """
    row, reporter = row_of(found), str(found["user_id"])
    account = _subject(kind, found, here)
    return RawReport(
        platform=here.platform,
        kind=kind,
        id=f"{row.number}.{row.received_ms}",
        received_at=moment(row.received_ms),
        subject=account,
        reporter=reporter,
        server="" if server_of(reporter) == here.server else server_of(reporter),
        item=_item(found, account) if kind is ReportKind.ITEM else None,
        text=str(found.get("reason") or ""),
        raw=json.dumps(found, ensure_ascii=False, sort_keys=True).encode(),
        by_us=reporter == here.user_id,
    )


def _subject(kind: ReportKind, found: Mapping[str, Any], here: Here) -> AccountRef | None:
    """Who was reported. A room stands for itself: what somebody wrote there is not its creator's doing."""
    if kind is ReportKind.ROOM:
        room = here.account(str(found["room_id"]))
        return replace(room, handle=str(found.get("canonical_alias") or found.get("name") or room.id))
    subject = found.get("sender") if kind is ReportKind.ITEM else found["target_user_id"]
    return here.account(str(subject)) if subject else None


def _item(found: Mapping[str, Any], account: AccountRef | None) -> ItemRef | None:
    if account is None:  # the message itself was purged
        return None
    return ItemRef(account, str(found["event_id"]), str(found["room_id"]))


def moment(milliseconds: int) -> datetime:
    """A time of Synapse's.

    Raises:
        ValueError: no such time.
    """
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (OverflowError, OSError) as wrong:
        raise ValueError(f"no time: {milliseconds}") from wrong
