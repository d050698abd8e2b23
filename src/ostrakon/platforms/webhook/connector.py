"""The connector of anything that can answer a signed request."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import UTC, datetime

import httpx

from ostrakon.errors import PlatformUnreadable
from ostrakon.platforms.actions import UNDONE_BY, PlatformAction
from ostrakon.platforms.authority import refused
from ostrakon.platforms.contract import (
    AccountRef,
    AccountState,
    ActionTraits,
    Capabilities,
    Command,
    Health,
    ItemRef,
    Message,
    Miss,
    Mode,
    Outcome,
    Page,
    Profile,
    Refusal,
    Refused,
    Resolved,
    Snapshot,
)
from ostrakon.platforms.webhook.acting import FLAGS, Asking, carry_out, follow, tell
from ostrakon.platforms.webhook.calls import NAME, Receiver, account_of, ask_state, is_possible
from ostrakon.platforms.webhook.profiles import profile_of
from ostrakon.platforms.wire import READ_S, Wire, at, read_or_raise

USUAL = frozenset({PlatformAction.SUSPEND, PlatformAction.UNSUSPEND})
"""What every receiver does."""
TAKEN_BY = {undo: action for action, undo in UNDONE_BY.items()}


def actions_named(text: str) -> frozenset[PlatformAction]:
    """The actions in a text, as a configuration has them, separated by commas; each with its undoing.

    Raises:
        ValueError: one of them does not exist.

    >>> sorted(map(str, actions_named("suspend, deactivate")))
    ['deactivate', 'suspend', 'unsuspend']
    """
    named = {PlatformAction(word.strip()) for word in text.split(",") if word.strip()}
    undone = {UNDONE_BY[action] for action in named & set(UNDONE_BY) - {PlatformAction.DEACTIVATE}}
    return frozenset(named | undone)


def capabilities_of(actions: Collection[PlatformAction] = USUAL, *, notices: bool = True) -> Capabilities:
    """Of a receiver that does these actions.

    >>> sorted(capabilities_of().actions)
    [<PlatformAction.SUSPEND: 'suspend'>, <PlatformAction.UNSUSPEND: 'unsuspend'>]
    """
    traits = {action: _traits(action, actions) for action in actions}
    return Capabilities(reports=frozenset(), actions=traits, notices=notices, notice_keys=notices)


def _traits(action: PlatformAction, actions: Collection[PlatformAction]) -> ActionTraits:
    takes = action in FLAGS
    undo = UNDONE_BY.get(action) if takes else TAKEN_BY[action]
    return ActionTraits(
        undone_by=undo if undo in actions else None,
        repeats_safely=True,
        asynchronous=True,
        flag=FLAGS[action if takes else TAKEN_BY[action]],
        flag_when_done=takes,
    )


class WebhookPlatform:
    """One connection to one receiver.

    Args:
        base_url: what README.md's paths stand below.
        secret: as Standard Webhooks write it, ``whsec_...``; both sides know it.
        platform: what accounts are said to be of.
        actions: what the receiver does.
        notices: can it tell people something?
    """

    def __init__(
        self,
        base_url: str,
        secret: str,
        *,
        platform: str = NAME,
        actions: Collection[PlatformAction] = USUAL,
        notices: bool = True,
        mode: Mode = Mode.READ_ONLY,
        read_s: float = READ_S,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        wire = Wire(base_url, secrets=[secret], read_s=read_s, transport=transport)
        self._receiver = Receiver(wire, secret, clock)
        self._capabilities = capabilities_of(actions, notices=notices)
        self._platform, self._mode, self._clock = platform, mode, clock

    def capabilities(self) -> Capabilities:
        """What it was connected with."""
        return self._capabilities

    def health(self) -> Health:
        """Asks the receiver who it is, and whether we may act."""
        reply = self._receiver.get("/")
        if reply.status is None:
            return Health(False, problem="the receiver does not answer")
        if reply.status in (401, 403):
            return Health(True, problem="the receiver does not accept our signature")
        version, now = reply.fields.get("version"), reply.fields.get("now")
        if not reply.ok or not isinstance(version, str):
            return Health(True, problem=f"what answers ({reply.status}) is no receiver of ours")
        may_act = reply.fields.get("may_act") is True
        problem = "" if may_act else "the receiver does not let us act"
        return Health(True, version, True, may_act, self._skew_s(now), problem)

    def _skew_s(self, now: object) -> float | None:
        try:
            return (datetime.fromisoformat(str(now)) - self._clock()).total_seconds()
        except (TypeError, ValueError):
            return None

    def resolve(self, text: str) -> Resolved:
        """By id, then by name, both exactly as the receiver compares them."""
        if not is_possible(text):
            return Resolved(None, Miss.NOT_FOUND)
        reply = self._receiver.get(at("/accounts?name={}", text))
        found = read_or_raise(reply).get("accounts")
        if not isinstance(found, list):
            raise PlatformUnreadable("the list of accounts is not understood")
        refs = {ref.id: ref for ref in (account_of(one, self._platform, self._clock()) for one in found)}
        exact = [ref for ref in refs.values() if text in (ref.id, ref.handle)]
        if len(exact) != 1:
            return Resolved(None, Miss.AMBIGUOUS if exact else Miss.NOT_FOUND)
        ref, state = exact[0], ask_state(self._receiver, exact[0].id).state
        if not state.exists or state.flags.get("deactivated"):
            return Resolved(ref, Miss.GONE)
        return Resolved(ref, None if ref.local else Miss.REMOTE)

    def read_reports(self, cursor: str, limit: int = 100) -> Page:
        """None: whoever writes a receiver sends reports to our own API."""
        return Page((), cursor, False)

    def snapshot(self, what: AccountRef | ItemRef) -> Snapshot:
        """The receiver's copy; ``missing`` in it names what it could not give."""
        if not is_possible(what.id):
            raise PlatformUnreadable("this cannot be an id")
        path = at("/items/{}" if isinstance(what, ItemRef) else "/accounts/{}", what.id)
        reply = self._receiver.get(path)
        missing = read_or_raise(reply).get("missing") or ()
        source = f"{self._receiver.wire.base_url}{path}"
        return Snapshot(
            reply.content, "application/json", self._clock(), source, tuple(str(one) for one in missing)
        )

    def profile(self, account: AccountRef) -> Profile | None:
        """As the receiver tells it, where it does."""
        return profile_of(self._receiver, account.id, self._platform)

    def state(self, account: AccountRef) -> AccountState:
        """A fresh read."""
        return ask_state(self._receiver, account.id).state

    def apply(self, command: Command) -> Outcome:
        """Read, act, read back."""
        refusal = refused(command, self._capabilities, self._mode, self._clock())
        if refusal:
            return refusal
        if not is_possible(command.account.id):
            return Refused(Refusal.INVALID, "this cannot be an id")
        return carry_out(Asking(self._receiver, command, self._capabilities.actions[command.action]))

    def poll(self, handle: str) -> Outcome:
        """Is the flag there by now?"""
        return follow(self._receiver, self._capabilities.actions, handle)

    def notify(self, account: AccountRef, message: Message, key: str) -> Outcome:
        """By the receiver's own channel."""
        if self._mode is not Mode.LIVE:
            return Refused(Refusal.READ_ONLY, "this connection changes nothing until it is switched live")
        if not self._capabilities.notices:
            return Refused(Refusal.UNSUPPORTED, "the receiver has no channel to tell people")
        return tell(self._receiver, account.id, message, key)

    def events(self) -> Iterator[str]:
        """None: events come to our own address, and ``hints`` reads them."""
        return iter(())

    def close(self) -> None:
        """Let go of connections."""
        self._receiver.wire.close()
