"""Actions on people: read, at most one request that changes something, read back.

Suspending is the ordinary one: it can be undone whole, the person still reads, is told why, and can appeal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ostrakon.platforms import authority
from ostrakon.platforms.actions import PlatformAction
from ostrakon.platforms.contract import (
    AccountState,
    Already,
    Applied,
    Command,
    Exchange,
    Outcome,
    Refusal,
    Refused,
    Unknown,
)
from ostrakon.platforms.matrix.names import is_user_id, server_of
from ostrakon.platforms.matrix.replies import of_acting, of_reading
from ostrakon.platforms.matrix.words import MATRIX, Here, flags_of, kept_of
from ostrakon.platforms.wire import Reply, Wire, at

USER = "/_synapse/admin/v2/users/{}"
SUSPEND = "/_synapse/admin/v1/suspend/{}"
DEACTIVATE = "/_synapse/admin/v1/deactivate/{}"
SHUTS_OUT = frozenset({PlatformAction.SUSPEND, PlatformAction.LOCK, PlatformAction.REDACT})
"""Synapse suspends a deactivated account too, and says 200; nobody is shut out by that. It has left its rooms, so that
none of its messages would be found either."""


@dataclass(frozen=True)
class Request:
    """What changes something."""

    method: str
    path: str
    body: Mapping[str, Any]


def request_for(command: Command) -> Request:
    """The one request by which an account's flag is set.

    ``PUT v2/users`` creates accounts: it is sent only after the account was read.
    """
    account, action = command.account.id, command.action
    on = MATRIX.actions[action].flag_when_done
    if action is PlatformAction.DEACTIVATE:
        return Request("POST", at(DEACTIVATE, account), {"erase": False})
    if action in (PlatformAction.LOCK, PlatformAction.UNLOCK):
        return Request("PUT", at(USER, account), {"locked": on})
    return Request("PUT", at(SUSPEND, account), {"suspend": on})


def refused_by_name(command: Command, here: Here) -> Refused | None:
    """What the id alone says; None: nothing against it."""
    account = command.account.id
    if not is_user_id(account):
        return Refused(Refusal.INVALID, "this is no id of Matrix")
    if server_of(account) != here.server:
        return Refused(Refusal.REMOTE, f"it lives on {server_of(account)}: only its own server can act on it")
    if account == here.user_id:
        return Refused(Refusal.NOT_ALLOWED, "this is the account by which we are let in")
    return None


def before(wire: Wire, command: Command) -> tuple[Outcome | None, tuple[Exchange, ...]]:
    """Read the account: what stands against the command, or that it is done already; and what was said."""
    reply = wire.ask("GET", at(USER, command.account.id))
    trail = (reply.exchange,)
    if outcome := of_reading(reply):
        return outcome, trail
    state = AccountState(flags_of(reply.fields), datetime.now(UTC), raw=kept_of(reply.fields))
    if state.flags["deactivated"] and command.action in SHUTS_OUT:
        return Refused(Refusal.ALREADY_DEACTIVATED, "the account was ended before", trail), trail
    if authority.holds(command, MATRIX, state.flags):
        return Already(exchanges=trail), trail
    if changed := authority.changed_meanwhile(command, state):
        return with_trail(changed, trail), trail
    return None, trail


def set_flag(wire: Wire, command: Command) -> Outcome:
    """Suspend, lock, deactivate, and what undoes them."""
    outcome, trail = before(wire, command)
    if outcome:
        return outcome
    # Only this may be held up by a module of the server (check_can_deactivate_user), and by nothing else.
    ends = command.action is PlatformAction.DEACTIVATE
    forbidden = Refusal.LEGAL_HOLD if ends else Refusal.NOT_ALLOWED
    reply = sent(wire, request_for(command))
    trail = (*trail, reply.exchange)
    if outcome := of_acting(reply, forbidden=forbidden):
        return with_trail(outcome, trail)
    back = wire.ask("GET", at(USER, command.account.id))
    return read_back(back, command, flags_of, trail)


def read_back(
    reply: Reply,
    command: Command,
    flags_from: Callable[[Mapping[str, Any]], Mapping[str, bool | None]],
    trail: tuple[Exchange, ...],
) -> Outcome:
    """Applied only where the flag is seen to stand as it should."""
    trail, traits = (*trail, reply.exchange), MATRIX.actions[command.action]
    if of_reading(reply) is not None:
        return Unknown("the server took it, and it cannot be read back", trail)
    if authority.holds(command, MATRIX, flags_from(reply.fields)):
        return Applied(f"{traits.flag} is {str(traits.flag_when_done).lower()}, read back", trail)
    return Unknown("the server took it, and reading back does not show it", trail)


def sent(wire: Wire, request: Request) -> Reply:
    """The one request that changes something."""
    return wire.ask(request.method, request.path, body=dict(request.body))


def with_trail(outcome: Outcome, trail: tuple[Exchange, ...]) -> Outcome:
    """The outcome with all that was said on the way to it."""
    return type(outcome)(**{**vars(outcome), "exchanges": trail})
