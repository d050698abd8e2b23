"""What a platform offers, as it is kept beside its connection: decisions are turned into commands without asking it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from ostrakon.enforcement.models import Connection
from ostrakon.platforms.actions import PlatformAction
from ostrakon.platforms.contract import ActionTraits, Capabilities


def offers_of(capabilities: Capabilities) -> dict[str, Any]:
    """As JSON, for ``Connection.offers``."""
    return {
        "reports": sorted(capabilities.reports),
        "actions": {str(action): asdict(traits) for action, traits in capabilities.actions.items()},
        "notices": capabilities.notices,
        "push": capabilities.push,
    }


def traits_of(connection: Connection, action: PlatformAction) -> ActionTraits | None:
    """How its platform does an action; None: it does not have it."""
    found: Mapping[str, Any] | None = connection.offers.get("actions", {}).get(str(action))
    if found is None:
        return None
    undone_by = found.get("undone_by")
    return ActionTraits(**{**found, "undone_by": PlatformAction(undone_by) if undone_by else None})


def tells_people(connection: Connection) -> bool:
    """Has it a channel of its own for notices?"""
    return bool(connection.offers.get("notices"))
