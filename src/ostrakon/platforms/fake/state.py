"""What the fake platform says of an account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from ostrakon.errors import PlatformUnreadable
from ostrakon.platforms.contract import AccountRef, AccountState, Exchange
from ostrakon.platforms.wire import Reply, Wire, at, read_or_raise


@dataclass(frozen=True)
class Seen:
    """A state, with the request that brought it."""

    state: AccountState
    exchange: Exchange
    why_missing: str = ""

    def work_on(self, action: str) -> str:
        """The handle of work that waits there already; empty: none."""
        return next((str(one["task"]) for one in self.state.raw.get("work", ()) if one["type"] == action), "")


def ask_state(wire: Wire, account: AccountRef | str) -> Seen:
    """A fresh read. No account, or no id that could be one: ``exists`` is false.

    Raises:
        PlatformUnreadable: the platform does not answer, or not in a way that is understood.
    """
    sought = account if isinstance(account, str) else account.id
    reply = wire.ask("GET", at("/accounts/{}", sought))
    fetched = datetime.now(UTC)
    if is_missing(reply):
        state = AccountState(flags={}, fetched_at=fetched, exists=False)
        return Seen(state, reply.exchange, "no account has this id")
    fields = read_or_raise(reply)
    if fields.get("id") != sought or not isinstance(fields.get("flags"), dict):
        raise PlatformUnreadable("the account is not understood")
    flags = {str(name): bool(value) for name, value in fields["flags"].items()}
    by = next((str(who) for name, who in fields["set_by"].items() if flags.get(name) and who), "")
    return Seen(AccountState(flags, fetched, set_by=by, raw=fields), reply.exchange)


def is_missing(reply: Reply) -> bool:
    """Does the platform say that there is no such account? A 404 of something before it does not count."""
    return (reply.status, reply.fields.get("error")) in ((404, "no_such_account"), (400, "bad_id"))
