"""Acting on Mastodon: the state is read first, since nothing there is safe to repeat.

A second ``suspend`` is a second strike and a second mail, ``unsuspend`` without a suspension answers 403, and there is
no key by which a lost reply could be found again. So: read, ask once, read back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
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
    Outcome,
    Refusal,
    Refused,
    RetryAt,
    Unknown,
)
from ostrakon.platforms.mastodon.accounts import Seen, ask_state
from ostrakon.platforms.mastodon.words import has_a_role
from ostrakon.platforms.wire import WAIT_S, Reply, Wire, at, halted, unclear

ACT = "/api/v1/admin/accounts/{}/action"
TYPES: Mapping[PlatformAction, str] = {
    PlatformAction.SUSPEND: "suspend",
    PlatformAction.LIMIT: "silence",
    PlatformAction.LOCK: "disable",
}
"""What each takes, in Mastodon's words."""
UNDOINGS: Mapping[PlatformAction, str] = {
    PlatformAction.UNSUSPEND: "/api/v1/admin/accounts/{}/unsuspend",
    PlatformAction.UNLIMIT: "/api/v1/admin/accounts/{}/unsilence",
    PlatformAction.UNLOCK: "/api/v1/admin/accounts/{}/enable",
}
"""What gives it back."""
LOCAL_ONLY = frozenset({PlatformAction.LOCK, PlatformAction.UNLOCK})
"""A login can be frozen where it is: nowhere else."""
LIMIT_S = 300.0
"""300 calls in five minutes (documentation)."""


@dataclass(frozen=True)
class Asking:
    """One command on its way."""

    wire: Wire
    command: Command
    traits: ActionTraits
    clock: Callable[[], datetime]

    def look(self) -> Seen:
        """The state now."""
        return ask_state(self.wire, self.command.account.id, self.clock())

    def holds(self, seen: Seen) -> bool:
        """Does the state show what the command wants?"""
        return seen.state.flags.get(self.traits.flag) == self.traits.flag_when_done

    def send(self) -> Reply:
        """The one request that changes something."""
        action, number = self.command.action, self.command.account.id
        if action in UNDOINGS:
            return self.wire.ask("POST", at(UNDOINGS[action], number))
        return self.wire.ask("POST", at(ACT, number), body=self._body())

    def _body(self) -> Mapping[str, Any]:
        """Whether a mail goes out is always said: left out it is true (source). With it goes the statement, or none."""
        notice = self.command.parameters.get("notice", "")
        return {
            "type": TYPES[self.command.action],
            "text": notice,
            "send_email_notification": bool(notice),
        }


def carry_out(asking: Asking) -> Outcome:
    """One command, from reading to reading back. The caller has looked whether it may be sent."""
    try:
        before = asking.look()
    except PlatformUnreadable as problem:  # nothing was sent that changes anything
        return Halt(str(problem)) if problem.halts else RetryAt(WAIT_S, str(problem))
    if settled := _settled(asking, before):
        return replace(settled, exchanges=(before.exchange,))
    reply = asking.send()
    trail = (before.exchange, _kept(reply))
    if reply.status == 403:
        return _forbidden(asking, before, trail)
    if said := _said(reply, asking.clock()):
        return replace(said, exchanges=trail)
    return _read_back(asking, trail)


def _settled(asking: Asking, before: Seen) -> Outcome | None:
    """What the state says before anything is sent; None: there is something to do."""
    if not before.state.exists:
        return Refused(Refusal.TARGET_GONE, "no account has this number")
    if asking.holds(before):
        return Already()
    if not before.is_local and asking.command.action in LOCAL_ONLY:
        return Refused(Refusal.REMOTE, "only its own server can freeze a login")
    return changed_meanwhile(asking.command, before.state)


def _kept(reply: Reply) -> Exchange:
    """What undoings answer is the account, with the addresses of the person: that is not kept."""
    return replace(reply.exchange, reply="") if "email" in reply.fields else reply.exchange


def _said(reply: Reply, now: datetime) -> Outcome | None:
    """What the reply comes to by itself; None: read back."""
    if unknown := unclear(reply):
        return unknown
    if reply.status == 401:
        return halted(reply, "Mastodon does not know the token any more")
    if reply.status == 404:
        return Refused(Refusal.TARGET_GONE, "no account has this number")
    if reply.status == 429:
        return RetryAt(_until_reset_s(reply, now), "Mastodon's limit: 300 calls in five minutes")
    if not reply.ok:
        return Refused(Refusal.INVALID, f"Mastodon answered {reply.status}")
    if reply.json is None:
        return Unknown("Mastodon answered something that is not understood")
    return None


def _until_reset_s(reply: Reply, now: datetime) -> float:
    """Until the time in X-RateLimit-Reset; what cannot be read is the whole window."""
    try:
        reset = datetime.fromisoformat(reply.headers.get("x-ratelimit-reset", ""))
        return min(max((reset - now).total_seconds(), 1.0), LIMIT_S)
    except (TypeError, ValueError):
        return LIMIT_S


def _forbidden(asking: Asking, before: Seen, trail: Sequence[Exchange]) -> Outcome:
    """403 is said for a missing right, for one of the staff, and for undoing what is not set.

    Whoever has a role stands above us perhaps: that is about them. A suspension that came from the account's own server
    cannot be lifted here (source). All else is about us.
    """
    try:
        after = asking.look()
    except PlatformUnreadable as problem:
        return Halt(str(problem), trail) if problem.halts else Unknown(str(problem), trail)
    trail = (*trail, after.exchange)
    if asking.holds(after):
        return Already(exchanges=trail)
    if has_a_role(before.state.raw):
        return Refused(Refusal.NOT_ALLOWED, "they are staff, and not below the owner of our token", trail)
    if not before.is_local and asking.command.action in UNDOINGS:
        return Refused(Refusal.NOT_ALLOWED, "their own server did it: it cannot be undone here", trail)
    return Halt("Mastodon forbids it: the token lacks a right", trail)


def _read_back(asking: Asking, trail: Sequence[Exchange]) -> Outcome:
    try:
        after = asking.look()
    except PlatformUnreadable as problem:
        return Unknown(f"it could not be read back: {problem}", trail)
    trail = (*trail, after.exchange)
    if asking.holds(after):
        return Applied("read back", trail)
    if asking.traits.asynchronous:
        return Accepted(f"{asking.command.action}:{asking.command.account.id}", trail)
    return Unknown("reading back does not show it", trail)


def follow(wire: Wire, traits: ActionTraits, handle: str, now: datetime) -> Outcome:
    """Is the flag there by now? A worker of Mastodon's sets it; there is nothing else to ask."""
    number = handle.partition(":")[2]
    try:
        seen = ask_state(wire, number, now)
    except PlatformUnreadable as problem:
        return Halt(str(problem)) if problem.halts else Accepted(handle)
    if not seen.state.exists:
        return Refused(Refusal.TARGET_GONE, "no account has this number", (seen.exchange,))
    if seen.state.flags.get(traits.flag) == traits.flag_when_done:
        return Applied("read back when the work was done", (seen.exchange,))
    return Accepted(handle, (seen.exchange,))
