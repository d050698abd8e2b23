"""One connection to a Synapse homeserver, as the protocol asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import httpx

from ostrakon.errors import PlatformUnreadable
from ostrakon.platforms import authority
from ostrakon.platforms.actions import PlatformAction
from ostrakon.platforms.contract import (
    AccountRef,
    AccountState,
    Capabilities,
    Command,
    Halt,
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
    RetryAt,
    Snapshot,
)
from ostrakon.platforms.matrix.acting import USER, refused_by_name, set_flag
from ostrakon.platforms.matrix.copying import copy_of
from ostrakon.platforms.matrix.files import set_quarantine
from ostrakon.platforms.matrix.fitness import check_up, own_id
from ostrakon.platforms.matrix.hints import hints
from ostrakon.platforms.matrix.names import is_user_id, whole_id
from ostrakon.platforms.matrix.profiles import profile_of
from ostrakon.platforms.matrix.reading import read_page
from ostrakon.platforms.matrix.redacting import redact, what_became
from ostrakon.platforms.matrix.replies import NOT_FOUND, error_of
from ostrakon.platforms.matrix.telling import tell
from ostrakon.platforms.matrix.words import FLAGS, MATRIX, WITH_MODULE, Here, flags_of, kept_of
from ostrakon.platforms.wire import READ_S, WAIT_S, Wire, at, read_or_raise

FILES = frozenset({PlatformAction.QUARANTINE, PlatformAction.UNQUARANTINE})


def in_utc() -> datetime:
    """What time it is."""
    return datetime.now(UTC)


class Matrix:
    """A homeserver that runs Synapse, by an administrator's own token.

    Args:
        base_url: where its client and admin interfaces are.
        token: an access token of an administrator.
        platform: the name that its accounts carry with us.
        notices_user: the local name of who writes the server's notices (its ``system_mxid_localpart``).
        module: our module is in the server (``integrations/synapse``).
        read_s: how long it waits for a reply.
        now: the clock, for tests.
    """

    def __init__(
        self,
        base_url: str,
        token: str,
        *,
        platform: str = "matrix",
        mode: Mode = Mode.READ_ONLY,
        notices_user: str = "notices",
        module: bool = False,
        read_s: float = READ_S,
        transport: httpx.BaseTransport | None = None,
        now: Callable[[], datetime] = in_utc,
    ) -> None:
        headers = {"Authorization": f"Bearer {token.strip()}"}
        self.wire = Wire(
            base_url, headers=headers, secrets=[token.strip()], read_s=read_s, transport=transport
        )
        self.platform, self.mode, self.notices_user, self.now = platform, mode, notices_user, now
        self.module = module
        self._here: Here | None = None

    def capabilities(self) -> Capabilities:
        """What Synapse offers, with our module or without."""
        return WITH_MODULE if self.module else MATRIX

    def health(self) -> Health:
        """Is it there, does it know us, are we an administrator?"""
        return check_up(self.wire, self.now())

    def resolve(self, text: str) -> Resolved:
        """The account with this id, or with this name on this server. Display names are not looked for."""
        here = self.here()
        user_id = whole_id(text, here.server)
        if not is_user_id(user_id):
            return Resolved(None, Miss.NOT_FOUND)
        account = here.account(user_id)
        if not account.local:
            return Resolved(account, Miss.REMOTE)
        state = self.state(account)
        if not state.exists:
            return Resolved(None, Miss.NOT_FOUND)
        return Resolved(account, Miss.GONE if state.flags["deactivated"] else None)

    def read_reports(self, cursor: str, limit: int = 100) -> Page:
        """Reports on messages and people, and with our module on rooms, behind a cursor, oldest first."""
        kinds = sorted(self.capabilities().reports)
        return read_page(self.wire, self.here(), kinds, cursor, limit)

    def snapshot(self, what: AccountRef | ItemRef) -> Snapshot:
        """A message as it was sent, or an account as it shows itself."""
        return copy_of(self.wire, self.here(), what, self.now())

    def profile(self, account: AccountRef) -> Profile | None:
        """The name that an account shows, since when it is here, and its rooms."""
        return profile_of(self.wire, self.here(), account)

    def state(self, account: AccountRef) -> AccountState:
        """The flags of an account; of one on another server nothing is known here."""
        if not is_user_id(account.id):
            return AccountState({}, self.now(), exists=False)
        if not self.here().account(account.id).local:
            return AccountState(dict.fromkeys(FLAGS), self.now())
        reply = self.wire.ask("GET", at(USER, account.id))
        if reply.status == NOT_FOUND and error_of(reply) == "M_NOT_FOUND":
            return AccountState({}, self.now(), exists=False)
        details = read_or_raise(reply)
        return AccountState(flags_of(details), self.now(), raw=kept_of(details))

    def apply(self, command: Command) -> Outcome:
        """Read, act once, read back."""
        if refused := authority.refused(command, MATRIX, self.mode, self.now()):
            return refused
        here = self._here_or_why()
        if not isinstance(here, Here):
            return here
        if refused := refused_by_name(command, here):
            return refused
        if command.action in FILES:
            return set_quarantine(self.wire, command)
        if command.action is PlatformAction.REDACT:
            return redact(self.wire, command)
        return set_flag(self.wire, command)

    def poll(self, handle: str) -> Outcome:
        """What became of an order to redact."""
        return what_became(self.wire, handle)

    def notify(self, account: AccountRef, message: Message, key: str) -> Outcome:
        """Send a server notice, once for a key; the receipt is its event id."""
        if self.mode is not Mode.LIVE:
            return Refused(Refusal.READ_ONLY, "this connection changes nothing until it is switched live")
        here = self._here_or_why()
        if not isinstance(here, Here):
            return here
        return tell(self.wire, here, account.id, message, key, whole_id(self.notices_user, here.server))

    def events(self) -> Iterator[str]:
        """A word for each time that there is something new; none without our module. It blocks while nothing is."""
        return hints(self.wire) if self.module else iter(())

    def close(self) -> None:
        """Let go of connections."""
        self.wire.close()

    def here(self) -> Here:
        """Whose token it is and so which server this is, asked once.

        Raises:
            PlatformUnreadable: nobody says.
        """
        if self._here is None:
            self._here = Here(self.platform, own_id(self.wire))
        return self._here

    def _here_or_why(self) -> Here | Outcome:
        try:
            return self.here()
        except PlatformUnreadable as wrong:
            return Halt(str(wrong)) if wrong.halts else RetryAt(WAIT_S, str(wrong))
