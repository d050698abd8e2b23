"""Acting on the fake platform: read, at most one request that changes something, read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ostrakon.errors import PlatformUnreadable
from ostrakon.platforms.actions import PlatformAction
from ostrakon.platforms.authority import changed_meanwhile
from ostrakon.platforms.contract import (
    Accepted,
    AccountState,
    Already,
    Applied,
    Capabilities,
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
from ostrakon.platforms.fake.state import Seen, ask_state
from ostrakon.platforms.wire import WAIT_S, Reply, Wire, asked_to_wait, at, halted, unclear

REFUSALS = {
    "no_such_account": Refusal.TARGET_GONE,
    "remote_account": Refusal.REMOTE,
    "legal_hold": Refusal.LEGAL_HOLD,
    "refused_by_a_rule": Refusal.NOT_ALLOWED,
    "no_such_action": Refusal.UNSUPPORTED,
    "bad_id": Refusal.INVALID,
    "bad_json": Refusal.INVALID,
}
"""The platform's words for what it will never do."""


@dataclass(frozen=True)
class Asking:
    """One command on its way, with what was said so far."""

    wire: Wire
    capabilities: Capabilities
    command: Command

    @property
    def path(self) -> str:
        """Where actions on the account are asked for."""
        return at("/accounts/{}/actions", self.command.account.id)

    @property
    def body(self) -> Mapping[str, Any]:
        """What is asked for. ``notifies`` is always said: left out it would be true."""
        notice = self.command.parameters.get("notice", "")
        return {
            "type": self.command.action,
            "key": self.command.command_id,
            "label": self.command.parameters.get("label", ""),
            "text": notice,
            "notifies": bool(notice),
        }


def carry_out(asking: Asking) -> Outcome:
    """One command, from reading to reading back. The caller has looked whether it may be sent."""
    try:
        before = ask_state(asking.wire, asking.command.account)
    except PlatformUnreadable as problem:  # nothing was sent that changes anything
        return Halt(str(problem)) if problem.halts else RetryAt(WAIT_S, str(problem))
    if settled := _settled(asking, before):
        return settled
    reply = asking.wire.ask("POST", asking.path, body=asking.body)
    trail = (before.exchange, reply.exchange)
    said = _said(asking, reply)
    return replace(said, exchanges=trail) if said else _read_back(asking, reply, trail)


def _settled(asking: Asking, before: Seen) -> Outcome | None:
    """What the state says before anything is sent; None: there is something to do."""
    command, trail = asking.command, (before.exchange,)
    if not before.state.exists:
        return Refused(Refusal.TARGET_GONE, before.why_missing, trail)
    if _holds(asking, before.state):
        return Already(before.state.set_by, trail)
    if before.state.flags.get("deactivated"):
        return Refused(Refusal.ALREADY_DEACTIVATED, "the account was ended", trail)
    if work := before.work_on(command.action):
        return Accepted(work, trail)
    if changed := changed_meanwhile(command, before.state):
        return replace(changed, exchanges=trail)
    return None


def _holds(asking: Asking, state: AccountState) -> bool:
    """Does the state show what the command wants?"""
    command, traits = asking.command, asking.capabilities.actions[asking.command.action]
    if command.action in (PlatformAction.LABEL, PlatformAction.UNLABEL):
        return (command.parameters.get("label") in state.raw["labels"]) == traits.flag_when_done
    return state.flags.get(traits.flag) == traits.flag_when_done


def _said(asking: Asking, reply: Reply) -> Outcome | None:
    """What the reply comes to by itself; None: read back."""
    if unknown := unclear(reply):
        return unknown
    error = str(reply.fields.get("error", ""))
    if reply.status == 401:
        return halted(reply, "the token is not valid any more")
    if reply.status == 429 and error == "limit":
        return asked_to_wait(reply)
    if error in REFUSALS:
        return Refused(REFUSALS[error], f"the platform says {error}")
    if reply.status == 403:
        return _forbidden(asking.wire, reply)
    if reply.status in (200, 202) and ("task" in reply.fields or "flags" in reply.fields):
        return None
    if reply.status == 409:
        return None
    if reply.ok:
        return Unknown("the platform answered something that is not understood")
    return Refused(Refusal.INVALID, f"the platform answered {reply.status} {error}")


def _forbidden(wire: Wire, reply: Reply) -> Outcome:
    """403 for this account alone, or for everything? Whoever is still a moderator may not act on this one."""
    if wire.ask("GET", "/me").fields.get("role") == "moderator":
        return Refused(Refusal.NOT_ALLOWED, "the platform forbids it for this account")
    return halted(reply, "the token has no rights")


def _read_back(asking: Asking, reply: Reply, trail: Sequence[Exchange]) -> Outcome:
    if task := str(reply.fields.get("task", "")):
        return Accepted(task, trail)
    try:
        after = ask_state(asking.wire, asking.command.account)
    except PlatformUnreadable as problem:
        return Unknown(f"it could not be read back: {problem}", trail)
    trail = (*trail, after.exchange)
    if work := after.work_on(asking.command.action):
        return Accepted(work, trail)
    if not _holds(asking, after.state):
        return Unknown("reading back does not show it", trail)
    if reply.status == 409:
        return Already(after.state.set_by, trail)
    return Applied("read back", trail)


def follow(wire: Wire, capabilities: Capabilities, handle: str) -> Outcome:
    """What became of accepted work; a restart of the platform forgets it."""
    reply = wire.ask("GET", at("/tasks/{}", handle))
    trail = (reply.exchange,)
    if reply.status in (401, 403):
        return halted(reply, "the token is not valid any more")
    state, action = reply.fields.get("state"), reply.fields.get("type")
    if reply.status == 404:
        return Unknown("the platform does not know this work any more", trail)
    if not reply.ok or state != "done":  # asked again later, whatever went wrong
        return Accepted(handle, trail)
    return _done(wire, capabilities, PlatformAction(str(action)), str(reply.fields.get("account")), trail)


def _done(
    wire: Wire, capabilities: Capabilities, action: PlatformAction, account: str, trail: Sequence[Exchange]
) -> Outcome:
    try:
        seen = ask_state(wire, account)
    except PlatformUnreadable as problem:
        return Unknown(f"it could not be read back: {problem}", trail)
    traits = capabilities.actions[action]
    if seen.state.flags.get(traits.flag) == traits.flag_when_done:
        return Applied("read back when the work was done", (*trail, seen.exchange))
    return Unknown("the work is done, and reading back does not show it", (*trail, seen.exchange))


def tell(wire: Wire, account: str, message: Message, key: str) -> Outcome:
    """A notice; the platform's id of it is the receipt."""
    body = {"key": key, "subject": message.subject, "body": message.body, "language": message.language}
    reply = wire.ask("POST", at("/accounts/{}/notices", account), body=body)
    trail = (reply.exchange,)
    if unknown := unclear(reply):
        return unknown
    error = str(reply.fields.get("error", ""))
    if reply.status == 401:
        return halted(reply, "the token is not valid any more")
    if reply.status == 429 and error == "limit":
        return asked_to_wait(reply)
    if reply.status == 403:
        return replace(_forbidden(wire, reply), exchanges=trail)
    if receipt := reply.fields.get("id"):
        return Applied(str(receipt), trail)
    if error:
        return Refused(REFUSALS.get(error, Refusal.INVALID), f"the platform says {error}", trail)
    return Unknown("the platform answered something that is not understood", trail)
