"""Reports, read from Ozone's events, oldest first.

Ozone's events never vanish and are never renumbered (0.4.2, PostgreSQL). They are ordered by the time at which they
were begun, not by that of their commit, so one may appear behind the newest that was read: the end of every walk is
read again the next time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ostrakon.errors import PlatformUnreadable
from ostrakon.platforms.atproto.replies import read
from ostrakon.platforms.atproto.session import Parameters, Session
from ostrakon.platforms.atproto.words import REPO_REF, REPORTED, STRONG_REF, moment, record_address
from ostrakon.platforms.contract import AccountRef, ItemRef, Page, RawReport, ReportKind

OVERLAP_S = 120
"""Much longer than a transaction of Ozone's takes, and than the clocks of its processes differ. Not ten minutes, as on
platforms where rows shift: under a wave of 20 reports a second, that would be 120 pages at each look."""
MOST = 100
"""Events on a page: the lexicon's limit."""
REWOUND = "0"
"""The id in a cursor that was set back: event ids begin at 1."""
FindAccount = Callable[[str, str], AccountRef]
"""(DID, handle or empty) to an account."""


def read_reports(session: Session, cursor: str, limit: int, account: FindAccount) -> Page:
    """A page of reports.

    Args:
        cursor: ``<milliseconds>::<event id>``, as Ozone writes it; empty: from the first event.
        account: says where a subject lives.
    Raises:
        PlatformUnreadable: Ozone does not answer, or not in a way that is understood.
    """
    size = max(1, min(limit, MOST))
    params: Parameters = {"types": REPORTED, "sortDirection": "asc", "limit": size}
    params = {**params, "cursor": cursor} if cursor else params
    fields = read(session.ozone("tools.ozone.moderation.queryEvents", params))
    events = fields.get("events")
    if not isinstance(events, list):
        raise PlatformUnreadable("Ozone answered without events")
    reports = [_report(event, session, account) for event in events]
    more = len(events) >= size
    return Page(reports, _next(cursor, str(fields.get("cursor") or ""), reports, more=more), more)


def _next(cursor: str, ahead: str, reports: Sequence[RawReport], *, more: bool) -> str:
    """Where to go on: behind the page, or, at the end of a walk, some time before the newest that was seen."""
    if more and ahead:
        return ahead
    if reports:
        newest_ms = round(reports[-1].received_at.timestamp() * 1000)
    elif not cursor:
        return cursor
    else:
        newest_ms = int(cursor.partition("::")[0])
    return f"{max(0, newest_ms - OVERLAP_S * 1000)}::{REWOUND}"


def _report(fields: Mapping[str, Any], session: Session, account: FindAccount) -> RawReport:
    try:
        event, subject, by = fields["event"], fields["subject"], str(fields["createdBy"])
        whose, item = _subject(subject, str(fields.get("subjectHandle") or ""), account)
        return RawReport(
            platform=session.connection.name,
            kind=ReportKind.ACCOUNT if subject.get("$type") == REPO_REF else ReportKind.ITEM,
            id=str(int(fields["id"])),
            received_at=moment(str(fields["createdAt"])),
            subject=whose,
            reporter=by,
            item=item,
            category=str(event.get("reportType") or ""),
            text=str(event.get("comment") or ""),
            raw=json.dumps(fields, ensure_ascii=False, sort_keys=True).encode(),
            by_us=by == session.did(),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise PlatformUnreadable("Ozone answered with a report that is not understood") from None


def _subject(
    subject: Mapping[str, Any], handle: str, account: FindAccount
) -> tuple[AccountRef | None, ItemRef | None]:
    """Whose it is, and which item: a record, or a message of a conversation (which no server shows to us)."""
    if subject.get("$type") == STRONG_REF:
        uri = str(subject["uri"])
        found = record_address(uri)
        whose = account(found.did, handle) if found else None
        return whose, ItemRef(whose, uri) if whose else None
    did = str(subject.get("did") or "")
    whose = account(did, handle) if did else None
    if whose is None or subject.get("$type") == REPO_REF:
        return whose, None
    conversation = str(subject.get("convoId") or "")
    return whose, ItemRef(whose, str(subject.get("messageId") or conversation), place=conversation)
