"""Acting through a receiver: read, one signed command, read back. The id of the command is its key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ostrakon.errors import PlatformUnreadable
from ostrakon.platforms.actions import PlatformAction
from ostrakon.platforms.authority import changed_meanwhile
from ostrakon.platforms.contract import (
    Accepted,
    ActionTraits,
    Already,
    Applied,
    Command,
    Exchange,
    Halt,
    Message,
    Outcome,
    Refusal,
    Refused,
    RetryAt,
    Unknown,
)
from ostrakon.platforms.webhook.calls import Receiver, Seen, ask_state, is_possible
from ostrakon.platforms.wire import WAIT_S, Reply, asked_to_wait, halted, unclear

FLAGS: Mapping[PlatformAction, str] = {
    PlatformAction.SUSPEND: "suspended",
    PlatformAction.LIMIT: "limited",
    PlatformAction.LOCK: "locked",
    PlatformAction.DEACTIVATE: "deactivated",
    PlatformAction.REDACT: "redacted",
    PlatformAction.QUARANTINE: "quarantined",
    PlatformAction.LABEL: "labelled",
}
"""The flag that each sets; its undoing clears the same."""
REFUSALS: Mapping[str, Refusal] = {
    "gone": Refusal.TARGET_GONE,
    "remote": Refusal.REMOTE,
    "unsupported": Refusal.UNSUPPORTED,
    "not_allowed": Refusal.NOT_ALLOWED,
    "legal_hold": Refusal.LEGAL_HOLD,
    "invalid": Refusal.INVALID,
}
"""What a receiver says in ``error`` that it will never do. A 403 without such a word is about us."""


@dataclass(frozen=True)
class Asking:
    """One command on its way."""

    receiver: Receiver
    command: Command
    traits: ActionTraits

    def look(self) -> Seen:
        """The state now."""
        return ask_state(self.receiver, self.command.account.id)

    def holds(self, seen: Seen) -> bool:
        """Does the state show what the command wants?"""
        return seen.state.flags.get(flag_of(self.command, self.traits)) == self.traits.flag_when_done

    @property
    def body(self) -> Mapping[str, Any]:
        """What the receiver is asked to do, with whose decision it is."""
        command = self.command
        return {
            "type": "command",
            "command": command.command_id,
            "decision": command.decision_id,
            "action": command.action,
            "account": command.account.id,
            "item": command.item.id if command.item else None,
            "label": command.parameters.get("label"),
            "reason": command.parameters.get("reason"),
        }

    @property
    def handle(self) -> str:
        """What ``follow`` needs to look again."""
        return f"{self.command.action} {flag_of(self.command, self.traits)} {self.command.account.id}"


def flag_of(command: Command, traits: ActionTraits) -> str:
    """The flag that proves it: a label has one of its own, ``label:spam``."""
    if command.action in (PlatformAction.LABEL, PlatformAction.UNLABEL):
        return f"label:{command.parameters.get('label', '')}"
    return traits.flag


def carry_out(asking: Asking) -> Outcome:
    """One command, from reading to reading back. The caller has looked whether it may be sent."""
    try:
        before = asking.look()
    except PlatformUnreadable as problem:  # nothing was sent that changes anything
        return Halt(str(problem)) if problem.halts else RetryAt(WAIT_S, str(problem))
    if settled := _settled(asking, before):
        return replace(settled, exchanges=(before.exchange,))
    reply = asking.receiver.post("/commands", asking.command.command_id, asking.body)
    trail = (before.exchange, reply.exchange)
    if said := _said(reply):
        return replace(said, exchanges=trail)
    return _read_back(asking, reply, trail)


def _settled(asking: Asking, before: Seen) -> Outcome | None:
    """What the state says before anything is sent; None: there is something to do."""
    if not before.state.exists:
        return Refused(Refusal.TARGET_GONE, "the platform has no such account")
    if asking.holds(before):
        return Already(before.state.set_by)
    if before.state.flags.get("deactivated") and asking.command.action is not PlatformAction.REACTIVATE:
        return Refused(Refusal.ALREADY_DEACTIVATED, "the account was ended")
    return changed_meanwhile(asking.command, before.state)


def _said(reply: Reply) -> Outcome | None:
    """What the reply comes to by itself; None: it was taken."""
    if unknown := unclear(reply):
        return unknown
    error = str(reply.fields.get("error", ""))
    if reply.status == 401:
        return halted(reply, "the receiver does not accept our signature")
    if not reply.ok and error in REFUSALS:
        return Refused(REFUSALS[error], f"the receiver says {error}")
    if reply.status == 403:
        return halted(reply, "the receiver does not let us act")
    if reply.status == 429:
        return asked_to_wait(reply)
    if not reply.ok:
        return Refused(Refusal.INVALID, f"the receiver answered {reply.status}")
    if not isinstance(reply.json, dict):
        return Unknown("the receiver answered something that is not understood")
    return None


def _read_back(asking: Asking, reply: Reply, trail: Sequence[Exchange]) -> Outcome:
    try:
        after = asking.look()
    except PlatformUnreadable as problem:
        return Unknown(f"it could not be read back: {problem}", trail)
    trail = (*trail, after.exchange)
    if asking.holds(after):
        return Applied("read back", trail)
    if reply.status == 202:
        return Accepted(asking.handle, trail)
    return Unknown("reading back does not show it", trail)


def follow(receiver: Receiver, actions: Mapping[PlatformAction, ActionTraits], handle: str) -> Outcome:
    """Is the flag there by now?"""
    action, flag, account = handle.split(" ", 2)
    try:
        seen = ask_state(receiver, account)
    except PlatformUnreadable as problem:
        return Halt(str(problem)) if problem.halts else Accepted(handle)
    if not seen.state.exists:
        return Refused(Refusal.TARGET_GONE, "the platform has no such account", (seen.exchange,))
    if seen.state.flags.get(flag) == actions[PlatformAction(action)].flag_when_done:
        return Applied("read back when the work was done", (seen.exchange,))
    return Accepted(handle, (seen.exchange,))


def tell(receiver: Receiver, account: str, message: Message, key: str) -> Outcome:
    """A notice; the ``receipt`` of the receiver's answer is the proof."""
    if not is_possible(account):
        return Refused(Refusal.INVALID, "this cannot be an id")
    body = {
        "type": "notice",
        "key": key,
        "account": account,
        "subject": message.subject,
        "body": message.body,
        "language": message.language,
    }
    reply = receiver.post("/notices", key, body)
    if said := _said(reply):
        return replace(said, exchanges=(reply.exchange,))
    if receipt := reply.fields.get("receipt"):
        return Applied(str(receipt), (reply.exchange,))
    return Unknown("the receiver took the notice and gave no receipt", (reply.exchange,))
