"""The fake platform itself: what it keeps, and what its people do there. All in memory; its clock stands until moved.

100,000 accounts with 1,000,000 reports take some 320 MB.
"""

from __future__ import annotations

import bisect
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count

from ostrakon.platforms.fake.faults import Faults
from ostrakon.platforms.fake.rules import STRICTEST, Rules

NOTHING: frozenset[str] = frozenset()
OPENED = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Account:
    """Somebody, here or on another server."""

    id: str
    handle: str
    local: bool = True
    flags: frozenset[str] = NOTHING
    """The names of what is set."""
    labels: frozenset[str] = NOTHING
    acts: int = 0
    """How often moderators did something to it: each is a strike."""
    display_name: str = ""
    bio: str = ""
    follows: tuple[str, ...] = ()


@dataclass(slots=True)
class Item:
    """Something that somebody wrote."""

    id: str
    author: str
    text: str
    media: tuple[str, ...] = ()
    lost_media: tuple[str, ...] = ()
    """Files that cannot be fetched any more."""
    deleted: bool = False


@dataclass(slots=True)
class Report:
    """A row of the list; ``server`` says who handed it on."""

    id: int
    at: datetime
    reporter: str
    server: str
    account: str
    item: str
    text: str
    closed: bool = False


@dataclass(slots=True)
class Task:
    """Work that waits until ``work`` is called."""

    id: str
    account: str
    type: str
    state: str = "waiting"


@dataclass(frozen=True, slots=True)
class Told:
    """Something that a person was told; ``by_itself``: a mail that an action sent."""

    id: str
    account: str
    text: str
    key: str = ""
    by_itself: bool = False


class FakeService:
    """One platform in memory. ``doors`` lets requests in, ``lines`` connects them; tests call the methods below."""

    def __init__(self, rules: Rules = STRICTEST, *, now: datetime = OPENED) -> None:
        self.rules, self.now = rules, now
        self.accounts: dict[str, Account] = {}
        self.by_handle: defaultdict[str, list[str]] = defaultdict(list)
        self.items: dict[str, Item] = {}
        self.reports: list[Report] = []
        self.open_reports: defaultdict[str, list[Report]] = defaultdict(list)
        self.tasks: dict[str, Task] = {}
        self.waiting_tasks: defaultdict[str, list[Task]] = defaultdict(list)
        self.told: list[Told] = []
        self.told_by_key: dict[tuple[str, str], Told] = {}
        self.set_by: dict[tuple[str, str], str] = {}
        self.moderator_token, self.person_token = "moderator-token-4b1d", "person-token-77c0"
        self.tokens = {self.moderator_token: "moderator", self.person_token: "person"}
        self.faults = Faults()
        self.skew = timedelta(0)
        """How wrong its clock is."""
        self.is_stuck = False
        """Work never ends."""
        self.out_of_reach: set[str] = set()
        """Accounts on which a moderator may not act: 403."""
        self.held: set[str] = set()
        """Accounts under a legal hold: 403 in other words."""
        self.changes_at: list[datetime] = []
        self._ids, self._report_ids = count(1), count(2)

    # -- people ------------------------------------------------------------------------------------

    def register(self, handle: str, *, server: str = "") -> Account:
        """A new account; of another server, if one is named. Handles are not unique."""
        account = Account(f"u{next(self._ids)}", f"{handle}@{server}" if server else handle, not server)
        self.accounts[account.id] = account
        self.by_handle[account.handle].append(account.id)
        return account

    def write(self, author: str, text: str, *, media: tuple[str, ...] = ()) -> Item:
        """Something in public."""
        item = Item(f"i{next(self._ids)}", author, text, media)
        self.items[item.id] = item
        return item

    def delete(self, item: str) -> None:
        """Its author takes it back: the text is gone."""
        self.items[item].text, self.items[item].deleted = "", True

    def report(self, reporter: str, account: str, text: str, *, item: str = "", server: str = "") -> Report:
        """A report by one of its people, or (with ``server``) handed on by another server, which names nobody."""
        row = Report(next(self._report_ids), self.now + self.skew, reporter, server, account, item, text)
        self.reports.append(row)
        self.open_reports[account].append(row)
        return row

    def is_shut_out(self, account: str) -> bool:
        """May they not post?"""
        return bool(self.accounts[account].flags & {self.rules.suspension_flag, "locked", "deactivated"})

    # -- staff -------------------------------------------------------------------------------------

    def remove_report(self, report: int) -> None:
        """The row disappears, and all behind it move up."""
        del self.reports[self._place(report)]

    def close_reports(self, account: str) -> None:
        """All open reports on somebody are resolved."""
        for row in self.open_reports.pop(account, ()):
            row.closed = True

    def add_strike(self, account: str) -> None:
        """One thing more was done to somebody."""
        self.accounts[account].acts += 1

    def put(self, account: str, flag: str, *, on: bool, by: str) -> None:
        """Set or clear a flag, and remember who did."""
        found = self.accounts[account]
        found.flags = found.flags | {flag} if on else found.flags - {flag}
        self.set_by[account, flag] = by

    # -- time --------------------------------------------------------------------------------------

    def advance(self, seconds: float) -> None:
        """Move the clock."""
        self.now += timedelta(seconds=seconds)

    def new_id(self, kind: str) -> str:
        """An id that nothing else has."""
        return f"{kind}{next(self._ids)}"

    def waiting(self, account: str) -> Iterable[Task]:
        """Work on an account that is not done yet."""
        return self.waiting_tasks.get(account, ())

    def begin(self, account: str, kind: str) -> Task:
        """Work that has its effect later."""
        task = Task(self.new_id("t"), account, kind)
        self.tasks[task.id] = task
        self.waiting_tasks[account].append(task)
        return task

    def tell(self, account: str, text: str, *, key: str = "", by_itself: bool = False) -> Told:
        """A message or a mail to somebody. Where the platform knows keys, the same key is the same message."""
        known = self.told_by_key.get((account, key)) if key and self.rules.notice_keys else None
        if known is not None:
            return known
        told = Told(self.new_id("n"), account, text, key, by_itself)
        self.told.append(told)
        self.told_by_key[account, key] = told
        return told

    def _place(self, report: int) -> int:
        place = bisect.bisect_left(self.reports, report, key=lambda row: row.id)
        if place == len(self.reports) or self.reports[place].id != report:
            raise KeyError(report)
        return place
