"""The one door by which reports are stored: single ones, batches, streams and lists all go through ``store``."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction

from ostrakon.intake.conflicts import Deviation, keep_conflicts
from ostrakon.intake.incoming import Incoming, canonical
from ostrakon.intake.models import Report, Source
from ostrakon.intake.named import accounts_named, evidence_kept, reporters_named
from ostrakon.intake.rows import find, insert, moment, moments, reserve
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import become_the_writer, record

SALT_BYTES = 16
COLUMNS = (
    "id",
    "platform",
    "external_id",
    "account",
    "reporter",
    "source",
    "policy",
    "declared",
    "reported_at",
    "received_at",
    "text",
    "evidence",
    "digest",
    "salt",
)


class Outcome(StrEnum):
    """What became of a report."""

    STORED = "stored"
    ALREADY = "already"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a report, and the id of the report that is stored under its external id."""

    outcome: Outcome
    report: int


@dataclass(frozen=True, slots=True)
class _Known:
    """A report that has its id already: its content, or what is left to compare with it."""

    report: int
    salt: bytes | None
    digest: str

    def is_the_same(self, content: bytes) -> bool:
        """Once the salt is erased nobody can tell any more: then the id alone speaks."""
        return self.salt is None or salted(self.salt, content) == self.digest


def store(rows: Sequence[Incoming], *, source: Source, received_at: datetime, actor: str) -> list[Answer]:
    """Store reports in one transaction, each once, and answer each in its place.

    A report with a used id is ``already`` there when its content is the same, else a ``conflict``: both are kept. It
    makes no difference whether the first came long ago or earlier in ``rows``. Missing accounts and reporters are
    created; the record gets one entry with a hash of all that is new.

    Args:
        rows: checked already; some thousands at most, larger amounts in pieces.
        source: where they come from.
        received_at: from here the clock runs.
        actor: for the record: ``token:5``, ``person:3``, ``system``.
    """
    if not rows:
        return []
    with transaction.atomic():
        become_the_writer()
        contents = [canonical(row) for row in rows]
        new = _new(rows, known := _known(rows))
        salts = _salts(len(new))
        ids = reserve(Report, len(new))
        made = {
            (rows[at].platform, rows[at].external_id): _Known(number, salt, salted(salt, contents[at]))
            for at, number, salt in zip(new, ids, salts, strict=True)
        }
        _insert([rows[at] for at in new], list(made.values()), source, received_at)
        if made:
            _record_received(list(made.values()), source, actor)
        answers = _answers(rows, contents, set(new), known | made)
        deviations = [
            Deviation(answer.report, row)
            for row, answer in zip(rows, answers, strict=True)
            if answer.outcome is Outcome.CONFLICT
        ]
        keep_conflicts(deviations, source=source, received_at=received_at, actor=actor)
        return answers


def salted(salt: bytes, content: bytes) -> str:
    """SHA-256 of salt and content, in hexadecimal."""
    return hashlib.sha256(salt + content).hexdigest()


def hash_of_reports(first: int, last: int) -> str:
    """What the record says about the reports of one intake: SHA-256 over a line ``id:digest`` for each.

    Ids between the first and the last of an intake are all of that intake, so the two numbers of the entry are enough
    to check it.
    """
    kept = Report.objects.filter(pk__range=(first, last)).order_by("pk").values_list("pk", "digest")
    return _hash_of(kept.iterator(chunk_size=10_000))


def _known(rows: Sequence[Incoming]) -> dict[tuple[str, str], _Known]:
    keys = list(dict.fromkeys((row.platform, row.external_id) for row in rows))
    found = find(Report, ("platform", "external_id"), keys, ("id", "salt", "digest"))
    return {
        (platform, external_id): _Known(number, None if salt is None else bytes(salt), digest)
        for platform, external_id, number, salt, digest in found
    }


def _new(rows: Sequence[Incoming], known: dict[tuple[str, str], _Known]) -> list[int]:
    """Where the first report of each id that is not known stands."""
    firsts: dict[tuple[str, str], int] = {}
    for at, row in enumerate(rows):
        if (key := (row.platform, row.external_id)) not in known:
            firsts.setdefault(key, at)
    return list(firsts.values())


def _salts(count: int) -> list[bytes]:
    drawn = os.urandom(SALT_BYTES * count)
    return [drawn[at : at + SALT_BYTES] for at in range(0, len(drawn), SALT_BYTES)]


def _insert(rows: Sequence[Incoming], made: Sequence[_Known], source: Source, received_at: datetime) -> None:
    accounts = accounts_named([(row.platform, row.account) for row in rows], received_at)
    reporters = reporters_named([(row.platform, row.reporter) for row in rows])
    evidence = evidence_kept(
        [(accounts[row.platform, row.account], row.evidence) for row in rows if row.evidence], received_at
    )
    received = moment(received_at)
    reported = moments(row.reported_at for row in rows)
    insert(
        Report,
        COLUMNS,
        [
            (
                report.report,
                row.platform,
                row.external_id,
                (account := accounts[row.platform, row.account]),
                reporters[row.platform, row.reporter],
                source.pk,
                row.policy,
                row.declared,
                reported_at,
                received,
                row.text,
                evidence[account, row.evidence.sha256] if row.evidence else None,
                report.digest,
                report.salt,
            )
            for row, report, reported_at in zip(rows, made, reported, strict=True)
        ],
    )


def _answers(
    rows: Sequence[Incoming],
    contents: Sequence[bytes],
    new: set[int],
    stored: dict[tuple[str, str], _Known],
) -> list[Answer]:
    answers = []
    for at, row in enumerate(rows):
        report = stored[row.platform, row.external_id]
        if at in new:
            outcome = Outcome.STORED
        else:
            outcome = Outcome.ALREADY if report.is_the_same(contents[at]) else Outcome.CONFLICT
        answers.append(Answer(outcome, report.report))
    return answers


def _record_received(made: Sequence[_Known], source: Source, actor: str) -> None:
    record(
        Kind.REPORTS_RECEIVED,
        actor=actor,
        subject=f"source:{source.pk}",
        facts={
            "count": len(made),
            "first": made[0].report,
            "last": made[-1].report,
            "sha256": _hash_of((report.report, report.digest) for report in made),
        },
    )


def _hash_of(reports: Iterable[tuple[int, str]]) -> str:
    whole = hashlib.sha256()
    for number, digest in reports:
        whole.update(f"{number}:{digest}\n".encode())
    return whole.hexdigest()
