"""What a platform's tests must be able to do there, besides what the connector does: its people and its accidents.

Everything here happens on the platform itself or on the way to it, never through the connector. Names are made unique
by the harness: a real server is shared by all tests of a run.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from ostrakon.platforms.actions import PlatformAction
from ostrakon.platforms.contract import AccountRef, ItemRef, Mode, Platform
from ostrakon.platforms.fake.faults import Fault


class Credentials(StrEnum):
    VALID = "valid"
    WRONG = "wrong"
    """Nobody knows the token."""
    WITHOUT_RIGHTS = "without_rights"
    """A token of somebody who is no moderator."""


class Harness(Protocol):
    """One platform, fresh enough for one test. ``connect`` goes through whatever plays the faults."""

    def connect(
        self,
        *,
        mode: Mode = Mode.LIVE,
        credentials: Credentials = Credentials.VALID,
        reachable: bool = True,
        read_s: float = 10.0,
    ) -> Platform:
        """A connector of its own. Not reachable: its address is a port of loopback where nobody listens.

        Args:
            read_s: how long it waits for a reply: less than ``Fault.SLOW`` takes, where a test asks for one second.
        """

    # -- people ------------------------------------------------------------------------------------

    def new_account(self, name: str) -> AccountRef:
        """Somebody registers here."""

    def remote_account(self) -> AccountRef:
        """Somebody of another server; ``handle`` is a text that ``resolve`` is asked with."""

    def id_of_nobody(self) -> str:
        """A well-formed id of this server that no account has."""

    def post(self, author: AccountRef, text: str) -> ItemRef:
        """They write something in public."""

    def delete(self, item: ItemRef) -> None:
        """Its author takes it back."""

    def show(self, account: AccountRef, name: str) -> None:
        """They choose the name that others see."""

    def keep_company(self, account: AccountRef, other: AccountRef) -> str:
        """They follow somebody, or meet them in a room: the id of the one or the other."""

    def is_shut_out(self, account: AccountRef) -> bool:
        """They try what a suspension forbids (log in, or post), as themselves."""

    def report(self, reporter: AccountRef, what: AccountRef | ItemRef, text: str) -> None:
        """They report somebody, or something that somebody wrote."""

    def forwarded_report(self, server: str, subject: AccountRef, text: str) -> None:
        """Another server hands on a report of one of its people (``remote_accounts`` only)."""

    def messages(self, account: AccountRef) -> list[str]:
        """What they were told: read as themselves, or from the mail that was caught."""

    # -- other staff, the server itself ------------------------------------------------------------

    def by_somebody_else(self, action: PlatformAction, account: AccountRef) -> None:
        """Another moderator acts in the platform's own console; it has its effect when this returns."""

    def end(self, account: AccountRef) -> None:
        """The account is ended for good, in the platform's own way."""

    def remove_report(self, report_id: str) -> None:
        """A report's row disappears (``rows_vanish`` only). The id is ``RawReport.id``."""

    def close_reports(self, account: AccountRef) -> None:
        """Somebody else resolves the open reports on them (where an action resolves reports)."""

    def differ(self, account: AccountRef) -> None:
        """One source says suspended and the other does not (where a flag names its source, as ``pds.takedown``)."""

    def settle(self) -> None:
        """Let work that waits be done now, or wait a little until it is."""

    # -- counting ----------------------------------------------------------------------------------

    def accounts(self) -> int:
        """How many accounts the server knows."""

    def effects(self, account: AccountRef) -> int:
        """How often something was done to them: strikes, events, mails; else requests that reached the server."""

    def changes_asked(self) -> int:
        """Requests of connectors that would change something, whether they reached the server or not."""

    def secrets(self) -> list[str]:
        """Texts that must never appear anywhere: tokens, passwords, addresses of people."""

    # -- accidents ---------------------------------------------------------------------------------

    def order(
        self,
        fault: Fault,
        times: int = 1,
        *,
        everywhere: bool = False,
        about: str = "",
        behind_a_change: bool = False,
    ) -> None:
        """Let the next requests of connectors go wrong that change something; ``FaultProxy.faults.order`` does it.

        Args:
            everywhere: those that read as well.
            about: only those that name this id.
            behind_a_change: all, once one that changes something has passed.
        """

    def no_more_faults(self) -> None:
        """Everything works again."""
