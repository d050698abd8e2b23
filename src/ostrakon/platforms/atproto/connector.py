"""The connection of Ostrakon to an atproto network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import httpx

from ostrakon.errors import PlatformUnreadable
from ostrakon.platforms import authority
from ostrakon.platforms.atproto.abilities import capabilities_of
from ostrakon.platforms.atproto.acting import acknowledge, carry_out, follow, with_trail
from ostrakon.platforms.atproto.connection import Connection
from ostrakon.platforms.atproto.fitness import fitness
from ostrakon.platforms.atproto.hosting import Home, hosting
from ostrakon.platforms.atproto.names import account_behind
from ostrakon.platforms.atproto.profiles import profile_of
from ostrakon.platforms.atproto.reports import read_reports
from ostrakon.platforms.atproto.session import Session
from ostrakon.platforms.atproto.snapshots import snapshot
from ostrakon.platforms.atproto.state import account_state
from ostrakon.platforms.atproto.telling import tell
from ostrakon.platforms.contract import (
    AccountRef,
    AccountState,
    Capabilities,
    Command,
    Health,
    ItemRef,
    Message,
    Mode,
    Outcome,
    Page,
    Profile,
    Refusal,
    Refused,
    Resolved,
    Snapshot,
)
from ostrakon.platforms.wire import READ_S

REMEMBERED = 10_000
"""Accounts whose home is not asked again while reports are read: they move seldom."""


def _now() -> datetime:
    return datetime.now(UTC)


class AtprotoPlatform:
    """One PDS and its Ozone, as one ``Platform``. Used by one thread at a time."""

    def __init__(
        self,
        connection: Connection,
        *,
        read_s: float = READ_S,
        clock: Callable[[], datetime] = _now,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.connection = connection
        self._clock = clock
        self._session = Session(connection, read_s=read_s, transport=transport)
        self._capabilities = capabilities_of(connection.limit_label)
        self._homes: dict[str, Home] = {}

    def capabilities(self) -> Capabilities:
        """What it offers."""
        return self._capabilities

    def health(self) -> Health:
        """Is it fit? Never raises."""
        return fitness(self._session, self._clock())

    def resolve(self, text: str) -> Resolved:
        """The account that a DID or handle means; creates nothing, guesses nothing.

        Raises:
            PlatformUnreadable: the PDS or the directory does not say.
        """
        return account_behind(self._session, text, self._clock())

    def read_reports(self, cursor: str, limit: int = 100) -> Page:
        """Reports behind a cursor, at most 100; empty: from the beginning. What ``reports`` says."""
        return read_reports(self._session, cursor, limit, self._account)

    def snapshot(self, what: AccountRef | ItemRef) -> Snapshot:
        """A copy of a record, or of an account's profile. What ``snapshots`` says."""
        return snapshot(self._session, what, self._clock())

    def profile(self, account: AccountRef) -> Profile | None:
        """Profile and follows of an account of our PDS. What ``profiles`` says."""
        return profile_of(self._session, account)

    def state(self, account: AccountRef) -> AccountState:
        """A fresh read from Ozone and from the PDS. What ``state`` says."""
        return account_state(self._session, account, self._clock())

    def apply(self, command: Command) -> Outcome:
        """Read, at most one event, read back. Never repeats by itself."""
        now = self._clock()
        if refused := authority.refused(command, self._capabilities, self.connection.mode, now):
            return refused
        self._session.trail.clear()
        return with_trail(self._session, carry_out(self._session, command, now))

    def poll(self, handle: str) -> Outcome:
        """What became of accepted work."""
        self._session.trail.clear()
        return with_trail(self._session, follow(self._session, handle))

    def notify(self, account: AccountRef, message: Message, key: str) -> Outcome:
        """Tell somebody by e-mail; the same key is the same mail."""
        if self.connection.mode is not Mode.LIVE:
            return Refused(Refusal.READ_ONLY, "this connection changes nothing until it is switched live")
        self._session.trail.clear()
        return with_trail(self._session, tell(self._session, account, message, key))

    def acknowledge(self, account: AccountRef, key: str, note: str = "") -> Outcome:
        """Close the reports on an account in Ozone's queue: a decision answered them. Besides the protocol."""
        if self.connection.mode is not Mode.LIVE:
            return Refused(Refusal.READ_ONLY, "this connection changes nothing until it is switched live")
        self._session.trail.clear()
        return with_trail(self._session, acknowledge(self._session, account, key, note))

    def events(self) -> Iterator[str]:
        """None: Ozone pushes labels, not reports."""
        yield from ()

    def close(self) -> None:
        """Let go of connections."""
        self._session.close()

    def _account(self, did: str, handle: str) -> AccountRef:
        """A subject of a report. Where the PDS does not say, it counts as one of ours, and nobody has looked."""
        if did not in self._homes:
            try:
                home = hosting(self._session, did).home
            except PlatformUnreadable:
                return AccountRef(self.connection.name, did, handle)
            if len(self._homes) >= REMEMBERED:
                self._homes.clear()
            self._homes[did] = home
        is_local = self._homes[did] is not Home.ELSEWHERE
        return AccountRef(self.connection.name, did, handle, is_local, self._clock())
