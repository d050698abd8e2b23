"""The connector of the fake platform: it talks to it as any connector does, over ``wire``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import httpx

from ostrakon.errors import PlatformUnreadable
from ostrakon.platforms.authority import refused
from ostrakon.platforms.contract import (
    MOST_COMPANY,
    AccountRef,
    AccountState,
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
from ostrakon.platforms.fake.acting import Asking, carry_out, follow, tell
from ostrakon.platforms.fake.reading import read_page
from ostrakon.platforms.fake.rules import STRICTEST, Rules, capabilities_of
from ostrakon.platforms.fake.state import ask_state, is_missing
from ostrakon.platforms.wire import READ_S, Wire, at, read_or_raise

NAME = "fake"


class FakePlatform:
    """One connection to the fake platform.

    Args:
        base_url: of a ``FakeServer``, or ``INSIDE`` with the transport ``Inside``.
        platform: what accounts and reports are said to be of.
        rules: those of the service it talks to.
        read_s: how long it waits for a reply.
        clock: the time now, for what expires.
    """

    def __init__(
        self,
        base_url: str,
        token: str,
        *,
        platform: str = NAME,
        mode: Mode = Mode.READ_ONLY,
        rules: Rules = STRICTEST,
        read_s: float = READ_S,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self._wire = Wire(base_url, headers=headers, secrets=[token], read_s=read_s, transport=transport)
        self._platform, self._mode, self._clock = platform, mode, clock
        self._capabilities = capabilities_of(rules)

    def capabilities(self) -> Capabilities:
        """What its rules allow."""
        return self._capabilities

    def health(self) -> Health:
        """Asks for the version, then who the token belongs to."""
        about = self._wire.ask("GET", "/about")
        if about.status is None:
            return Health(False, problem="the platform does not answer")
        if about.fields.get("name") != NAME:
            return Health(True, problem=f"what answers ({about.status}) is no fake platform")
        skew, version = self._skew_s(str(about.fields.get("now"))), str(about.fields.get("version"))
        me = self._wire.ask("GET", "/me")
        if me.status != 200 or "role" not in me.fields:
            return Health(True, version, clock_skew_s=skew, problem="the token is not valid")
        privileged = me.fields["role"] == "moderator"
        problem = "" if privileged else "the token has no moderator's rights"
        return Health(True, version, True, privileged, skew, problem)

    def _skew_s(self, now: str) -> float | None:
        try:
            return (datetime.fromisoformat(now) - self._clock()).total_seconds()
        except (TypeError, ValueError):
            return None

    def resolve(self, text: str) -> Resolved:
        """By id, then by handle, both exactly."""
        seen = ask_state(self._wire, text)
        if seen.state.exists:
            return self._resolved([seen.state.raw])
        found = read_or_raise(self._wire.ask("GET", "/accounts", params={"handle": text})).get("accounts")
        return self._resolved(found if isinstance(found, list) else [])

    def _resolved(self, found: list[object]) -> Resolved:
        accounts = [one for one in found if isinstance(one, dict)]
        if len(accounts) != 1:
            return Resolved(None, Miss.AMBIGUOUS if accounts else Miss.NOT_FOUND)
        (one,) = accounts
        ref = AccountRef(
            self._platform, str(one["id"]), str(one["handle"]), bool(one["local"]), self._clock()
        )
        if one["flags"].get("deactivated"):
            return Resolved(ref, Miss.GONE)
        return Resolved(ref, None if ref.local else Miss.REMOTE)

    def read_reports(self, cursor: str, limit: int = 100) -> Page:
        """Closed ones too: somebody acted on them elsewhere."""
        return read_page(self._wire, self._platform, cursor, limit)

    def snapshot(self, what: AccountRef | ItemRef) -> Snapshot:
        """The account or item as the platform has it; files that are lost are named."""
        is_item = isinstance(what, ItemRef)
        path = at("/items/{}" if is_item else "/accounts/{}", what.id)
        reply = self._wire.ask("GET", path)
        fields = read_or_raise(reply)
        if fields.get("id") != what.id:
            raise PlatformUnreadable("what was asked for is not what came")
        lost = tuple(f"file {one['id']}" for one in fields.get("media", ()) if one["lost"])
        return Snapshot(
            reply.content, "application/json", self._clock(), f"{self._wire.base_url}{path}", lost
        )

    def profile(self, account: AccountRef) -> Profile | None:
        """It does not tell when somebody came."""
        reply = self._wire.ask("GET", at("/accounts/{}/profile", account.id))
        if is_missing(reply):
            return None
        fields = read_or_raise(reply)
        try:
            ref = AccountRef(self._platform, str(fields["id"]), str(fields["handle"]))
            follows = [str(one) for one in fields["follows"][:MOST_COMPANY]]
            return Profile(ref, fields["name"] or None, fields["bio"] or None, follows=follows)
        except (KeyError, TypeError):
            raise PlatformUnreadable("the profile is not understood") from None

    def state(self, account: AccountRef) -> AccountState:
        """A fresh read of all flags, of both sources where there are two."""
        return ask_state(self._wire, account).state

    def apply(self, command: Command) -> Outcome:
        """Read, act, read back."""
        refusal = refused(command, self._capabilities, self._mode, self._clock())
        return refusal or carry_out(Asking(self._wire, self._capabilities, command))

    def poll(self, handle: str) -> Outcome:
        """What became of a task."""
        return follow(self._wire, self._capabilities, handle)

    def notify(self, account: AccountRef, message: Message, key: str) -> Outcome:
        """A message that suspended people can read; the same key is the same message."""
        if self._mode is not Mode.LIVE:
            return Refused(Refusal.READ_ONLY, "this connection changes nothing until it is switched live")
        return tell(self._wire, account.id, message, key)

    def events(self) -> Iterator[str]:
        """None: it does not push."""
        return iter(())

    def close(self) -> None:
        """Let go of connections."""
        self._wire.close()
