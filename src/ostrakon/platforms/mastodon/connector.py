"""The connector of Mastodon."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

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
    Mode,
    Outcome,
    Page,
    Profile,
    Refusal,
    Refused,
    ReportKind,
    Resolved,
    Snapshot,
)
from ostrakon.platforms.mastodon.accounts import LISTED, Here, ask_state, find
from ostrakon.platforms.mastodon.acting import LOCAL_ONLY, TYPES, Asking, carry_out, follow
from ostrakon.platforms.mastodon.profiles import profile_of
from ostrakon.platforms.mastodon.reading import REPORTS, read_page
from ostrakon.platforms.mastodon.words import NAME, is_number, without_addresses
from ostrakon.platforms.wire import READ_S, Reply, Wire, at, read_or_raise

INSTANCE = "/api/v2/instance"
ONE_REPORT, ONE_STATUS = "/api/v1/admin/reports/{}", "/api/v1/statuses/{}"
FLAGS = {
    PlatformAction.SUSPEND: "suspended",
    PlatformAction.LIMIT: "silenced",
    PlatformAction.LOCK: "disabled",
}


def _traits(action: PlatformAction, flag: str, *, takes: bool) -> ActionTraits:
    return ActionTraits(
        undone_by=UNDONE_BY[action] if takes else action,
        repeats_safely=False,
        # The flag follows the reply at once as a rule; what a worker does behind it takes longer (source).
        asynchronous=takes and action is PlatformAction.SUSPEND,
        notifies=takes,
        resolves_reports=takes,
        local_only=action not in LOCAL_ONLY,
        flag=flag,
        flag_when_done=takes,
    )


CAPABILITIES = Capabilities(
    reports=frozenset({ReportKind.ACCOUNT, ReportKind.ITEM}),
    actions={
        **{action: _traits(action, FLAGS[action], takes=True) for action in TYPES},
        **{UNDONE_BY[action]: _traits(action, FLAGS[action], takes=False) for action in TYPES},
    },
    notices=False,
    remote_accounts=True,
)
"""What Mastodon offers. It has no channel for a notice by itself: the action tells the person, with our text."""


class MastodonPlatform:
    """One connection to one Mastodon server.

    Args:
        base_url: of the server, without a path.
        token: of a member of the staff; README.md names the scopes and permissions.
        platform: what accounts and reports are said to be of.
        domain: the part behind the @ in the names of its people; empty: the host of the address.
        own_account_id: the number of the token's owner: what they report is no report of anybody. Empty: unknown.
    """

    def __init__(
        self,
        base_url: str,
        token: str,
        *,
        platform: str = NAME,
        domain: str = "",
        own_account_id: str = "",
        mode: Mode = Mode.READ_ONLY,
        read_s: float = READ_S,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self._wire = Wire(base_url, headers=headers, secrets=[token], read_s=read_s, transport=transport)
        self._here = Here(platform, domain or urlsplit(base_url).hostname or "")
        self._own_id, self._mode, self._clock = own_account_id, mode, clock

    def capabilities(self) -> Capabilities:
        """The same of every server."""
        return CAPABILITIES

    def health(self) -> Health:
        """Asks for the version, then for one report and one account. The right to act cannot be asked for."""
        about = self._wire.ask("GET", INSTANCE)
        if about.status is None:
            return Health(False, problem="Mastodon does not answer")
        version = about.fields.get("version")
        if not about.ok or not isinstance(version, str):
            return Health(True, problem=f"what answers ({about.status}) is no Mastodon")
        skew = _skew_s(about, self._clock())
        asked = [self._wire.ask("GET", path, params={"limit": 1}) for path in (REPORTS, LISTED)]
        if any(reply.status == 401 for reply in asked):
            return Health(True, version, clock_skew_s=skew, problem="Mastodon does not know the token")
        if any(reply.status == 403 for reply in asked):
            return Health(True, version, True, False, skew, "the token may not read reports or accounts")
        if not all(isinstance(reply.json, list) for reply in asked):
            return Health(True, version, clock_skew_s=skew, problem="Mastodon's answers are not understood")
        return Health(True, version, True, True, skew)

    def resolve(self, text: str) -> Resolved:
        """By number, name, or name and server."""
        return find(self._wire, text, self._here, self._clock())

    def read_reports(self, cursor: str, limit: int = 100) -> Page:
        """Open and resolved ones."""
        return read_page(self._wire, self._here.platform, cursor, limit, self._own_id)

    def snapshot(self, what: AccountRef | ItemRef) -> Snapshot:
        """A status as its report has it (``place``: the report's number), else as it stands; or an account.

        Its pictures are named as missing: their addresses come from the report, and are never called.
        """
        path = self._path_of(what)
        fields = without_addresses(dict(read_or_raise(self._wire.ask("GET", path))))
        if isinstance(what, ItemRef) and what.place:
            found = [one for one in fields.get("statuses", ()) if str(one.get("id")) == what.id]
            if not found:
                raise PlatformUnreadable("the report does not have this status any more")
            fields = found[0]
        media = tuple(f"file {one.get('id')}" for one in fields.get("media_attachments", ()))
        content = json.dumps(fields, ensure_ascii=False).encode()
        return Snapshot(content, "application/json", self._clock(), f"{self._wire.base_url}{path}", media)

    def _path_of(self, what: AccountRef | ItemRef) -> str:
        if not all(is_number(one) for one in (what.id, getattr(what, "place", "") or "0")):
            raise PlatformUnreadable("ids are numbers on Mastodon")
        if isinstance(what, AccountRef):
            return at("/api/v1/admin/accounts/{}", what.id)
        return at(ONE_REPORT, what.place) if what.place else at(ONE_STATUS, what.id)

    def profile(self, account: AccountRef) -> Profile | None:
        """Name, note, and whom somebody follows, where they do not hide it."""
        return profile_of(self._wire, account.id, self._here, self._clock())

    def state(self, account: AccountRef) -> AccountState:
        """A fresh read. Who set a flag Mastodon does not tell."""
        return ask_state(self._wire, account.id, self._clock()).state

    def apply(self, command: Command) -> Outcome:
        """Read, act, read back."""
        refusal = refused(command, CAPABILITIES, self._mode, self._clock())
        if refusal:
            return refusal
        if not is_number(command.account.id):
            return Refused(Refusal.INVALID, "ids are numbers on Mastodon")
        return carry_out(Asking(self._wire, command, CAPABILITIES.actions[command.action], self._clock))

    def poll(self, handle: str) -> Outcome:
        """Is the flag there by now?"""
        action = PlatformAction(handle.partition(":")[0])
        return follow(self._wire, CAPABILITIES.actions[action], handle, self._clock())

    def notify(self, account: AccountRef, message: Message, key: str) -> Outcome:
        """Refused: the action itself carries the text (``Command.parameters["notice"]``)."""
        if self._mode is not Mode.LIVE:
            return Refused(Refusal.READ_ONLY, "this connection changes nothing until it is switched live")
        return Refused(Refusal.UNSUPPORTED, "on Mastodon the action itself tells the person")

    def events(self) -> Iterator[str]:
        """None: webhooks come to our own address, and ``hints`` reads them."""
        return iter(())

    def close(self) -> None:
        """Let go of connections."""
        self._wire.close()


def _skew_s(reply: Reply, now: datetime) -> float | None:
    """By the header Date, to the second."""
    try:
        return (parsedate_to_datetime(reply.headers.get("date", "")) - now).total_seconds()
    except (TypeError, ValueError):
        return None
