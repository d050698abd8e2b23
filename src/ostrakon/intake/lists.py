"""Published lists: kept as the documents they are, every line marked before anybody acts on it.

A list is one voice, however long it is and however often it appears: its lines become reports of its publisher that
declare ``list:7``.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db import transaction
from django.db.models.functions import Lower

from ostrakon.errors import Unfit
from ostrakon.intake.incoming import UNSPECIFIED, Incoming
from ostrakon.intake.lines import Line, lines_of
from ostrakon.intake.models import Handle, ListRow, PublishedList, Report, Source
from ostrakon.intake.rows import insert
from ostrakon.intake.sources import source_named
from ostrakon.intake.store import store
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import become_the_writer, record

LONGEST = {"title": 300, "publisher": 100, "licence": 100, "url": 2000, "policy": 100, "platform": 40}
AT_ONCE = 10_000
"""Handles or reports in one statement."""
State = ListRow.State


@dataclass
class _Marked:
    """A line and what is known about it so far."""

    line: Line
    state: ListRow.State
    names: str = ""
    """The stable id of the account that it names."""


def receive_list(
    raw: bytes,
    *,
    title: str,
    publisher: str,
    published_on: date | None,
    licence: str,
    url: str,
    policy: str,
    platform: str,
    named_by: str,
    actor: str,
    received_at: datetime,
) -> PublishedList:
    """Keep a list and report what it names. The same bytes again are the same list: nothing is added then.

    Args:
        raw: the file as it was published.
        published_on: None: nobody knows.
        policy: what the accounts are said to violate; empty: unspecified.
        named_by: ``id``: stable ids, of which unknown ones are taken too; ``handle``: names that only known accounts
            bear now, whatever their case.
        received_at: equals that of the answer exactly when the list is new.

    Raises:
        Unfit: it holds no line or is no text, or one of the other values makes no sense.
    """
    about = {"title": title, "publisher": publisher, "licence": licence, "url": url, "platform": platform}
    about["policy"] = policy or UNSPECIFIED
    _check(about, named_by)
    digest, lines = hashlib.sha256(raw).hexdigest(), lines_of(raw, named_by)
    with transaction.atomic():
        become_the_writer()
        if known := PublishedList.objects.filter(sha256=digest).first():
            return known
        marked = _marked(lines, platform, named_by)
        kept = PublishedList.objects.create(
            source=source_named(f"lists of {publisher}", Source.Kind.PUBLISHED_LIST, actor=actor),
            published_on=published_on,
            named_by=named_by,
            raw=raw,
            sha256=digest,
            received_at=received_at,
            rows=len(marked),
            **about,
        )
        taken = [row for row in marked if row.state is State.TAKEN]
        _keep_lines(kept, marked, _report(kept, taken, actor))
        _record(kept, marked, actor)
        return kept


def _check(about: dict[str, str], named_by: str) -> None:
    for name, longest in LONGEST.items():
        if len(about[name]) > longest:
            raise Unfit("the {name} of a list may have {longest} characters", name=name, longest=longest)
    for name in ("title", "publisher", "platform"):
        if not about[name].strip():
            raise Unfit("a list needs a {name}", name=name)
    if named_by not in ("id", "handle"):
        raise Unfit("a list names accounts by id or by handle")


def _marked(lines: Sequence[Line], platform: str, named_by: str) -> list[_Marked]:
    readable = [line.named for line in lines if line.is_readable]
    meant = {named: {named} for named in readable} if named_by == "id" else _bearers(readable, platform)
    seen: set[str] = set()
    marked = []
    for line in lines:
        row = _mark(line, meant.get(line.named, set()))
        if row.state is State.TAKEN and row.names in seen:
            row.state = State.DUPLICATE
        seen.add(row.names)
        marked.append(row)
    return marked


def _mark(line: Line, accounts: set[str]) -> _Marked:
    if not line.is_readable:
        return _Marked(line, State.UNREADABLE)
    if len(accounts) == 1:
        return _Marked(line, State.TAKEN, *accounts)
    return _Marked(line, State.AMBIGUOUS if accounts else State.UNKNOWN)


def _bearers(names: Iterable[str], platform: str) -> dict[str, set[str]]:
    """Whose current handle it is, for each name as it stands in the list."""
    by_handle: defaultdict[str, list[str]] = defaultdict(list)
    for name in dict.fromkeys(names):
        by_handle[name.removeprefix("@").lower()].append(name)
    bearers: defaultdict[str, set[str]] = defaultdict(set)
    handles = list(by_handle)
    current = Handle.objects.filter(is_current=True, account__platform=platform)
    for at in range(0, len(handles), AT_ONCE):
        found = current.alias(plain=Lower("handle")).filter(plain__in=handles[at : at + AT_ONCE])
        for handle, account in found.values_list("handle", "account__external_id"):
            for name in by_handle[handle.lower()]:
                bearers[name].add(account)
    return bearers


def _report(kept: PublishedList, taken: Sequence[_Marked], actor: str) -> dict[str, tuple[int, int]]:
    """One report for each account that the list names: its account and report by the stable id."""
    # Nobody who knows the list can guess these ids and send another report under one of them first.
    prefix = f"list:{kept.pk}:{secrets.token_hex(8)}"
    reported_at = _published_at(kept)
    rows = [
        Incoming(
            platform=kept.platform,
            external_id=f"{prefix}:{row.line.number}",
            account=row.names,
            reporter=f"publisher:{kept.publisher}",
            reported_at=reported_at,
            policy=kept.policy,
            declared=f"list:{kept.pk}",
        )
        for row in taken
    ]
    for at in range(0, len(rows), AT_ONCE):
        store(rows[at : at + AT_ONCE], source=kept.source, received_at=kept.received_at, actor=actor)
    made = Report.objects.filter(source=kept.source, declared=f"list:{kept.pk}")
    return {
        name: (account, number)
        for name, account, number in made.values_list("account__external_id", "account_id", "pk")
    }


def _published_at(kept: PublishedList) -> datetime:
    """A list speaks when it was published; where nobody knows, when it came."""
    day = kept.published_on
    if day is None:
        return kept.received_at
    return min(datetime(day.year, day.month, day.day, tzinfo=UTC), kept.received_at)


def _keep_lines(kept: PublishedList, marked: Sequence[_Marked], reports: dict[str, tuple[int, int]]) -> None:
    rows = []
    for row in marked:
        account, report = reports.get(row.names, (None, None))
        taken = report if row.state is State.TAKEN else None
        rows.append((kept.pk, row.line.number, row.line.named, str(row.state), account, taken))
    insert(ListRow, ("list", "line", "named", "state", "account", "report"), rows)


def _record(kept: PublishedList, marked: Sequence[_Marked], actor: str) -> None:
    states = Counter(str(row.state) for row in marked)
    record(
        Kind.LIST_RECEIVED,
        actor=actor,
        subject=f"list:{kept.pk}",
        facts={"sha256": kept.sha256, "rows": kept.rows, **states},
    )
