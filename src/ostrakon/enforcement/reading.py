"""Reports come in from connected platforms: copied at once with their evidence, stored once, the cursor with them.

What a page brought and where the next begins are kept in one transaction: killed in between, the same page is read
again and stored once. A report about a thing is stored with a copy of the thing, or with the report's own body where
the platform does not show it any more.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from django.db import transaction
from django.db.models import Q, QuerySet

from ostrakon.casework.actions.tasks import open_task
from ostrakon.casework.models import Task
from ostrakon.enforcement.checking import check_if_due
from ostrakon.enforcement.connections import Lines
from ostrakon.enforcement.halting import halt, note_problem
from ostrakon.enforcement.models import Connection
from ostrakon.enforcement.texts import storable
from ostrakon.errors import NotInThisState, NotReady, PlatformUnreadable
from ostrakon.intake.accounts import AccountFacts, note_accounts
from ostrakon.intake.incoming import UNSPECIFIED, Incoming, Snapshot
from ostrakon.intake.models import Report, Source
from ostrakon.intake.sources import source_named
from ostrakon.intake.store import Outcome, store
from ostrakon.ledger.record import become_the_writer
from ostrakon.ledger.turns import in_turn
from ostrakon.platforms.contract import AccountRef, ItemRef, Page, Platform, RawReport

AT_ONCE = 100
"""Reports of one page."""
EVERY = timedelta(seconds=3)
"""Pause between two reads of a platform that answers: with it, a report is seen after about two seconds."""
LONGEST_PAUSE = timedelta(minutes=5)
"""After many failures."""
TURN_S = 20.0
"""How long one platform is read before the next."""
LONGEST_ID, LONGEST_TEXT, LONGEST_POLICY, LONGEST_MISSING = 512, 20_000, 100, 200
Copies = dict[str, Snapshot]

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Brought:
    """What one read brought."""

    stored: int = 0
    known: int = 0
    own: int = 0
    """Our own doing: not reports of anybody."""
    unplaced: int = 0
    """Those that name no account."""

    def __add__(self, other: Brought) -> Brought:
        return Brought(
            self.stored + other.stored,
            self.known + other.known,
            self.own + other.own,
            self.unplaced + other.unplaced,
        )


def read_platforms(now: datetime, lines: Lines) -> int:
    """Read every platform whose time has come; gives how many new reports there were."""
    return sum(read_one(connection, lines, now) for connection in due_to_be_read(now))


def due_to_be_read(now: datetime) -> list[Connection]:
    """All that are not off; also halted ones, which are looked at until they are fit again."""
    due = Q(read_next_at__isnull=True) | Q(read_next_at__lte=now)
    return list(Connection.objects.exclude(mode=Connection.Mode.OFF).filter(due).order_by("pk"))


def read_one(connection: Connection, lines: Lines, now: datetime) -> int:
    """Read one; whatever goes wrong with it is noted. Gives how many new reports there were."""
    try:
        platform = lines.to(connection)
        check_if_due(connection, platform, now)
        stored = 0 if connection.halted_at else read_from(connection, platform, now).stored
    except (PlatformUnreadable, NotReady, NotInThisState) as problem:
        _note_failure(connection, problem, now)
        lines.drop(connection)
        return 0
    this = Connection.objects.filter(pk=connection.pk)
    read = {} if connection.halted_at else {"read_at": now}
    this.update(failures=0, **read)
    this.filter(_not_hinted_since(connection)).update(read_next_at=now + EVERY)
    return stored


def _not_hinted_since(connection: Connection) -> Q:
    """Nobody told meanwhile that there is something new: else it is due at once."""
    if connection.read_next_at is None:
        return Q(read_next_at__isnull=True)
    return Q(read_next_at=connection.read_next_at)


def _note_failure(connection: Connection, problem: Exception, now: datetime) -> None:
    why = str(problem)
    pause = min(EVERY * 2 ** min(connection.failures + 1, 16), LONGEST_PAUSE)
    Connection.objects.filter(pk=connection.pk).update(
        read_next_at=now + pause, failures=connection.failures + 1
    )
    note_problem(connection, why, now)
    if isinstance(problem, NotReady) or (isinstance(problem, PlatformUnreadable) and problem.halts):
        with transaction.atomic():
            halt(connection, why, now)
    log.warning("a platform could not be read", connection=connection.pk, failures=connection.failures + 1)


def read_from(connection: Connection, platform: Platform, now: datetime) -> Brought:
    """Read until there is nothing more, or the turn is over.

    Raises:
        PlatformUnreadable: it does not answer; what was read before is kept.
        NotInThisState: somebody else read the same at this moment.
    """
    began, brought, copies = time.monotonic(), Brought(), Copies()
    while True:
        page = platform.read_reports(connection.cursor, AT_ONCE)
        rows, some = _prepared(connection, platform, page, copies)
        brought += some + Brought(stored=in_turn(partial(_keep, connection, page, rows, now)))
        connection.cursor = page.cursor
        if not page.more or time.monotonic() - began > TURN_S:
            return brought


# From the platform's words to ours


def _prepared(
    connection: Connection, platform: Platform, page: Page, copies: Copies
) -> tuple[list[Incoming], Brought]:
    """What is new, with its evidence."""
    known = _known(connection, page.reports)
    rows, own, unplaced = [], 0, 0
    for report in page.reports:
        if report.by_us:
            own += 1
        elif not _is_placed(report):
            unplaced += 1
        elif external_id(report) not in known:
            rows.append(_incoming(connection, platform, report, copies))
    seen = len(page.reports) - len(rows) - own - unplaced
    return rows, Brought(known=seen, own=own, unplaced=unplaced)


def external_id(report: RawReport) -> str:
    """Under which it is stored once: numbers of different kinds may be the same."""
    return f"{report.kind}:{report.id}"


def voice_of(report: RawReport) -> str:
    """Whose voice it is: all that another server hands on is one voice of that server; who is not named is nobody."""
    if report.server:
        return f"server:{report.server}"
    return report.reporter or "nobody"


def _is_placed(report: RawReport) -> bool:
    if report.subject is None or not report.subject.id:
        return False
    return max(len(report.subject.id), len(external_id(report)), len(voice_of(report))) <= LONGEST_ID


def _known(connection: Connection, reports: Sequence[RawReport]) -> set[str]:
    """Those that were read before: nothing is copied for them again, and what changed since is not theirs."""
    ids = [external_id(report) for report in reports]
    found = Report.objects.filter(platform=connection.platform, external_id__in=ids)
    return set(found.values_list("external_id", flat=True))


def _incoming(connection: Connection, platform: Platform, report: RawReport, copies: Copies) -> Incoming:
    assert report.subject is not None
    return Incoming(
        platform=connection.platform,
        external_id=external_id(report),
        account=report.subject.id,
        reporter=voice_of(report),
        reported_at=report.received_at,
        policy=_policy_of(connection, report),
        text=storable(report.text)[:LONGEST_TEXT] or None,
        evidence=_copied(platform, report, copies),
    )


def _policy_of(connection: Connection, report: RawReport) -> str:
    """As the connection says; else the platform's own word, which is a policy where one is called so."""
    chosen: str = connection.options.get("policies", {}).get(report.category, report.category)
    return storable(chosen)[:LONGEST_POLICY] or UNSPECIFIED


def _copied(platform: Platform, report: RawReport, copies: Copies) -> Snapshot:
    """What was reported, copied now; once for all who report it in one read."""
    what = report.item or report.subject
    assert what is not None
    key = f"{type(what).__name__}:{what.id}"
    if key not in copies:
        if (copy := _snapshot(platform, what)) is None:
            return Snapshot(report.raw, missing="it could not be copied: this is the report as it came")
        copies[key] = copy
    return copies[key]


def _snapshot(platform: Platform, what: AccountRef | ItemRef) -> Snapshot | None:
    """None: the platform is there and does not show it. One that is away is read again later, evidence and all."""
    try:
        shot = platform.snapshot(what)
    except PlatformUnreadable as problem:
        if problem.halts or not platform.health().reachable:
            raise
        return None
    missing = storable(", ".join(shot.missing))[:LONGEST_MISSING]
    return Snapshot(shot.content, shot.media_type[:100], storable(shot.source)[:2000], missing)


# Kept together


def _keep(connection: Connection, page: Page, rows: Sequence[Incoming], now: datetime) -> int:
    """The new reports and the cursor, both or neither; gives how many were new."""
    source = source_named(f"platform {connection.platform}", Source.Kind.USER, actor="system")
    with transaction.atomic():
        become_the_writer()
        if _moved(connection).update(cursor=page.cursor) != 1:
            raise NotInThisState("somebody else read this platform at the same moment: it is read again")
        answers = store(rows, source=source, received_at=now, actor="system")
        _note_handles(connection, page.reports, {row.account for row in rows}, now)
        _ask_about_unplaced(connection, page.reports, now)
        return sum(answer.outcome is Outcome.STORED for answer in answers)


def _moved(connection: Connection) -> QuerySet[Connection]:
    """It, if its cursor still stands where this page began."""
    return Connection.objects.filter(pk=connection.pk, cursor=connection.cursor)


def _note_handles(
    connection: Connection, reports: Sequence[RawReport], accounts: set[str], now: datetime
) -> None:
    subjects = {one.subject.id: one.subject for one in reports if one.subject and one.subject.id in accounts}
    note_accounts(
        [
            AccountFacts(connection.platform, subject.id, handle=storable(subject.handle)[:LONGEST_ID])
            for subject in subjects.values()
        ],
        seen_at=now,
    )


def _ask_about_unplaced(connection: Connection, reports: Sequence[RawReport], now: datetime) -> None:
    """Nobody can be decided about: one task a connection, however many there are."""
    unplaced = [report for report in reports if not report.by_us and not _is_placed(report)]
    if not unplaced:
        return
    about = f"{connection.platform}: "
    told = Task.objects.filter(kind=Task.Kind.REPORT_UNPLACED, detail__startswith=about, done_at__isnull=True)
    if not told.exists():
        first = unplaced[0]
        place = first.item.place or first.item.id if first.item else "-"
        detail = f"{about}report {external_id(first)[:100]} about {place[:200]}; look there for others"
        open_task(Task.Kind.REPORT_UNPLACED, now=now, decision=None, detail=storable(detail))
