"""What can be done to an account or an item on a platform, by one name each, and what undoes it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class PlatformAction(StrEnum):
    """One name for what platforms call differently."""

    SUSPEND = "suspend"
    UNSUSPEND = "unsuspend"
    LIMIT = "limit"
    UNLIMIT = "unlimit"
    LOCK = "lock"
    UNLOCK = "unlock"
    DEACTIVATE = "deactivate"
    REACTIVATE = "reactivate"
    REDACT = "redact"
    QUARANTINE = "quarantine"
    UNQUARANTINE = "unquarantine"
    LABEL = "label"
    UNLABEL = "unlabel"


UNDONE_BY: Mapping[PlatformAction, PlatformAction] = {
    PlatformAction.SUSPEND: PlatformAction.UNSUSPEND,
    PlatformAction.LIMIT: PlatformAction.UNLIMIT,
    PlatformAction.LOCK: PlatformAction.UNLOCK,
    PlatformAction.DEACTIVATE: PlatformAction.REACTIVATE,
    PlatformAction.QUARANTINE: PlatformAction.UNQUARANTINE,
    PlatformAction.LABEL: PlatformAction.UNLABEL,
}
"""What gives back what an action took. Whether a platform can do it, its capabilities say."""

TAKES_TWO = frozenset({PlatformAction.SUSPEND, PlatformAction.DEACTIVATE})
"""Never without two people who approved it (promise 1): each connector refuses it besides the database."""
DESTROYS = frozenset({PlatformAction.DEACTIVATE, PlatformAction.REDACT})
"""Cannot be undone where the capabilities say so: only after the person has a receipt of the notice."""
