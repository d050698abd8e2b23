"""Before any request: may this command be sent at all? The same for every connector."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from ostrakon.platforms.actions import DESTROYS, TAKES_TWO, UNDONE_BY
from ostrakon.platforms.contract import AccountState, Capabilities, Command, Mode, Refusal, Refused

LEAST = 2
"""People behind what shuts somebody out."""


def refused(command: Command, capabilities: Capabilities, mode: Mode, now: datetime) -> Refused | None:
    """Why it must not be sent; None: it may.

    The database holds the same rules; a connector that is called by something else than our outbox holds them too.
    """
    if mode is not Mode.LIVE:
        return Refused(Refusal.READ_ONLY, "this connection changes nothing until it is switched live")
    traits = capabilities.actions.get(command.action)
    if traits is None:
        return Refused(Refusal.UNSUPPORTED, f"this platform has no {command.action}")
    if not command.decision_id or not command.actor:
        return Refused(Refusal.NOT_AUTHORISED, "nothing is done without a decision of people")
    if command.action in TAKES_TWO and len(set(command.approvals)) < LEAST:
        return Refused(Refusal.NOT_AUTHORISED, "this takes two people")
    if command.expires_at is not None and command.expires_at <= now:
        return Refused(Refusal.EXPIRED, "the command is older than it may become")
    if command.action in DESTROYS and traits.undone_by is None and not command.notice_receipt:
        return Refused(Refusal.NO_NOTICE_RECEIPT, "what cannot be undone waits until the person was told")
    return None


def changed_meanwhile(command: Command, state: AccountState) -> Refused | None:
    """Somebody else acted on the account since it was decided; None: nobody did, as far as the platform tells."""
    differing = [
        flag
        for flag, before in command.expected_before.items()
        if state.flags.get(flag) not in (None, before)
    ]
    if not differing:
        return None
    return Refused(Refusal.CHANGED_MEANWHILE, f"changed since it was decided: {', '.join(sorted(differing))}")


def holds(command: Command, capabilities: Capabilities, flags: Mapping[str, bool | None]) -> bool | None:
    """Does the state show what the command wants? None: it does not say."""
    traits = capabilities.actions[command.action]
    found = flags.get(traits.flag)
    return None if found is None else found == traits.flag_when_done


def is_undoing(command: Command) -> bool:
    """Does it give back what another took? Such a command never expires."""
    return command.action in UNDONE_BY.values()
