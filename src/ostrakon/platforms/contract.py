"""What every connector does: the words, the protocol, and what its replies mean.

Times are aware datetimes in UTC. Ids are text, byte for byte as the platform has them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from ostrakon.platforms.actions import PlatformAction


class Mode(StrEnum):
    """What a connection may do."""

    OFF = "off"
    READ_ONLY = "read_only"
    """Of a new connection: commands are held as planned, and nothing is sent that changes anything."""
    LIVE = "live"


class ReportKind(StrEnum):
    """What was reported."""

    ACCOUNT = "account"
    ITEM = "item"
    """A post, a message, a record."""
    ROOM = "room"


# -- who and what ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class AccountRef:
    """One account. Handles are reused: nothing is ever done to a handle alone."""

    platform: str
    id: str
    """The stable one: a Matrix id, a DID, a number."""
    handle: str = ""
    local: bool = True
    """False: it lives on another server."""
    resolved_at: datetime | None = None


@dataclass(frozen=True)
class ItemRef:
    """One thing that somebody wrote: where it stands."""

    account: AccountRef
    id: str
    """An event id, an at:// address, the number of a status."""
    place: str = ""
    """The room, where it has one."""


class Miss(StrEnum):
    """Why a name leads to no account that can be acted on."""

    NOT_FOUND = "not_found"
    REMOTE = "remote"
    GONE = "gone"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True)
class Resolved:
    """What a name leads to: an account, or why not. ``REMOTE`` and ``GONE`` may come with the account."""

    account: AccountRef | None
    miss: Miss | None = None


# -- reading ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RawReport:
    """A report as the platform has it. The same (platform, kind, id) is the same report."""

    platform: str
    kind: ReportKind
    id: str
    received_at: datetime
    subject: AccountRef | None
    """None: the platform does not say whose room or item it is."""
    reporter: str = ""
    """The stable id of a person; empty: nobody, or only a server is known."""
    server: str = ""
    """Where the report comes from, if not from here: forwarded reports are one voice of their server."""
    item: ItemRef | None = None
    category: str = ""
    """The platform's own word for the reason."""
    text: str = ""
    raw: bytes = b""
    """The body as it came."""
    by_us: bool = False
    """Our own doing: it is no report of anybody."""


@dataclass(frozen=True)
class Page:
    """Some reports, oldest first, each at least once."""

    reports: Sequence[RawReport]
    cursor: str
    """To go on behind them; kept in the same transaction as the reports."""
    more: bool


@dataclass(frozen=True)
class Snapshot:
    """What was reported, copied at once."""

    content: bytes
    media_type: str
    taken_at: datetime
    source: str
    """Where from: an address without secrets."""
    missing: Sequence[str] = ()
    """What could not be copied; empty: it is complete."""


MOST_COMPANY = 1_000
"""Accounts and rooms of one profile that are read: whom somebody follows first tells as much as the rest."""


@dataclass(frozen=True)
class Profile:
    """How an account shows itself and whose company it keeps, as its platform tells staff. None: it does not say."""

    account: AccountRef
    """With its present handle."""
    display_name: str | None = None
    bio: str | None = None
    """As plain text."""
    created_at: datetime | None = None
    follows: Sequence[str] = ()
    """Ids of accounts that it follows, ``MOST_COMPANY`` at most."""
    rooms: Sequence[str] = ()
    """Ids of rooms that it is in, where a platform has those instead."""


@dataclass(frozen=True)
class AccountState:
    """What the platform says of an account now."""

    flags: Mapping[str, bool | None]
    """By source and name (``suspended``, or ``ozone.takendown`` beside ``pds.takedown``); None: it does not say."""
    fetched_at: datetime
    exists: bool = True
    set_by: str = ""
    """Who set what stands, where the platform tells."""
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Health:
    """Is the connection fit for work? Asking never raises."""

    reachable: bool
    version: str = ""
    credentials_valid: bool = False
    privileged: bool = False
    clock_skew_s: float | None = None
    problem: str = ""

    @property
    def is_fit(self) -> bool:
        """Reachable, and let in with the rights that are needed."""
        return self.reachable and self.credentials_valid and self.privileged


# -- acting ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Command:
    """One action on one account, because of one decision."""

    command_id: str
    """The same id is the same command, however often it is sent."""
    decision_id: int
    account: AccountRef
    action: PlatformAction
    actor: str
    """Who decided, as the record names them."""
    approvals: Sequence[str]
    """Everybody who approved it, the proposer first."""
    created_at: datetime
    expires_at: datetime | None
    """None: never, as reinstatements. After it, an old action is not carried out any more."""
    item: ItemRef | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    """``label``: which; ``reason``: for the platform's own log, without personal data; ``notice``: the statement of
    reasons, where the action itself tells the person (``ActionTraits.notifies``); without it nothing is told."""
    expected_before: Mapping[str, bool] = field(default_factory=dict)
    """Flags as they were when it was decided; another state means that somebody acted meanwhile."""
    notice_receipt: str = ""
    """Proof that the person was told: what cannot be undone waits for it."""


class Refusal(StrEnum):
    """Why a command will never work."""

    TARGET_GONE = "target_gone"
    REMOTE = "remote"
    UNSUPPORTED = "unsupported"
    NOT_ALLOWED = "not_allowed"
    NOT_AUTHORISED = "not_authorised"
    READ_ONLY = "read_only"
    LEGAL_HOLD = "legal_hold"
    INVALID = "invalid"
    ALREADY_DEACTIVATED = "already_deactivated"
    NO_NOTICE_RECEIPT = "no_notice_receipt"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    CHANGED_MEANWHILE = "changed_meanwhile"
    """Somebody else acted on the account since it was decided: a person looks at it."""


@dataclass(frozen=True)
class Exchange:
    """One request and its reply, secrets and addresses removed, bodies cut."""

    method: str
    address: str
    status: int | None
    """None: no reply came."""
    request: str = ""
    reply: str = ""
    began_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Applied:
    """It was done, and reading back shows it."""

    proof: str
    exchanges: Sequence[Exchange] = ()


@dataclass(frozen=True)
class Already:
    """The wanted state held before anything was sent."""

    set_by: str = ""
    exchanges: Sequence[Exchange] = ()


@dataclass(frozen=True)
class Accepted:
    """The platform took it; the effect comes later: ask ``poll`` with the handle."""

    handle: str
    exchanges: Sequence[Exchange] = ()


@dataclass(frozen=True)
class Refused:
    """It will never work for this command."""

    code: Refusal
    detail: str = ""
    exchanges: Sequence[Exchange] = ()


@dataclass(frozen=True)
class RetryAt:
    """A limit or a passing fault; certainly nothing was done."""

    wait_s: float
    detail: str = ""
    exchanges: Sequence[Exchange] = ()


@dataclass(frozen=True)
class Unknown:
    """It may have been done: the state is read before anything else."""

    detail: str
    exchanges: Sequence[Exchange] = ()


@dataclass(frozen=True)
class Halt:
    """The connector itself is unfit: nothing more goes out until a person mended it, and no command is lost."""

    reason: str
    exchanges: Sequence[Exchange] = ()


Outcome = Applied | Already | Accepted | Refused | RetryAt | Unknown | Halt
"""There is no "failed": an unclear reply is never turned into success or refusal."""


@dataclass(frozen=True)
class Message:
    """What somebody is told on the platform's own channel."""

    subject: str
    body: str
    language: str


# -- what it can do --------------------------------------------------------------------------------


@dataclass(frozen=True)
class ActionTraits:
    """How a platform does one action."""

    undone_by: PlatformAction | None
    """None: it cannot be undone there."""
    repeats_safely: bool
    """The same again has no further effect."""
    asynchronous: bool = False
    notifies: bool = False
    """The platform writes to the person by itself: then nobody else does."""
    resolves_reports: bool = False
    """It closes open reports on the account: they are read before."""
    local_only: bool = False
    """On an account of another server it has an effect here alone."""
    flag: str = ""
    """The flag of the state that proves it, and what it then says."""
    flag_when_done: bool = True


@dataclass(frozen=True)
class Capabilities:
    """What a platform offers. Tests that do not fit are left out by this, never by the platform's name."""

    reports: frozenset[ReportKind]
    actions: Mapping[PlatformAction, ActionTraits]
    notices: bool
    """It has a channel of its own, to suspended people too."""
    notice_keys: bool = False
    """The same key sends once, by the platform itself."""
    remote_accounts: bool = False
    rows_vanish: bool = False
    """Reports may disappear and shift between two reads."""
    push: bool = False


class Platform(Protocol):
    """One connection to one platform. It is used by one thread at a time."""

    def capabilities(self) -> Capabilities:
        """What it offers."""

    def health(self) -> Health:
        """Is it fit? Never raises."""

    def resolve(self, text: str) -> Resolved:
        """The account that an id or handle means; creates nothing, guesses nothing."""

    def read_reports(self, cursor: str, limit: int = 100) -> Page:
        """Reports behind a cursor; empty: from the beginning.

        Raises:
            PlatformUnreadable: the platform does not answer, or not in a way that is understood; nothing was moved.
        """

    def snapshot(self, what: AccountRef | ItemRef) -> Snapshot:
        """A copy of an item, or of an account's profile, as it is now.

        Raises:
            PlatformUnreadable: it cannot be read at all.
        """

    def profile(self, account: AccountRef) -> Profile | None:
        """How an account of this platform shows itself now; None: it has no such account, or shows nothing of it.

        Raises:
            PlatformUnreadable: the platform does not answer, or not in a way that is understood.
        """

    def state(self, account: AccountRef) -> AccountState:
        """A fresh read.

        Raises:
            PlatformUnreadable: the platform does not answer, or not in a way that is understood.
        """

    def apply(self, command: Command) -> Outcome:
        """Read, at most one request that changes something, read back. Never repeats by itself."""

    def poll(self, handle: str) -> Outcome:
        """What became of accepted work."""

    def notify(self, account: AccountRef, message: Message, key: str) -> Outcome:
        """Tell somebody; ``Applied.proof`` is the receipt. The same key is the same notice."""

    def events(self) -> Iterator[str]:
        """Hints that something is new, where it pushes; a hint only makes us look sooner."""

    def close(self) -> None:
        """Let go of connections."""
