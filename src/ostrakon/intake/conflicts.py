"""Reports that came with a used id and other content: kept beside the first, each deviation once."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from ostrakon.intake.incoming import Incoming, in_full
from ostrakon.intake.models import Conflict, Source
from ostrakon.intake.rows import find, insert, moment, reserve
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import record


@dataclass(frozen=True)
class Deviation:
    """Another content for a report that is stored."""

    report: int
    row: Incoming


def keep_conflicts(
    deviations: Sequence[Deviation], *, source: Source, received_at: datetime, actor: str
) -> None:
    """Keep what is not kept yet, with one entry in the record for all. For the writer alone."""
    if not (contents := _not_kept(deviations)):
        return
    at = moment(received_at)
    ids = reserve(Conflict, len(contents))
    digests = []
    rows = []
    for number, ((report, plain), content) in zip(ids, contents.items(), strict=True):
        salt = os.urandom(16)
        digests.append(sha256(salt + content).hexdigest())
        rows.append((number, report, content, salt, digests[-1], plain, at))
    insert(Conflict, ("id", "report", "content", "salt", "digest", "plain", "received_at"), rows)
    lines = "".join(f"{number}:{digest}\n" for number, digest in zip(ids, digests, strict=True))
    record(
        Kind.REPORT_CONFLICTED,
        actor=actor,
        subject=f"source:{source.pk}",
        facts={
            "count": len(rows),
            "first": ids[0],
            "last": ids[-1],
            "sha256": sha256(lines.encode()).hexdigest(),
        },
    )


def _not_kept(deviations: Sequence[Deviation]) -> dict[tuple[int, str], bytes]:
    """Content by report and plain hash, without what lies there already."""
    contents = {}
    for deviation in deviations:
        content = in_full(deviation.row)
        contents[deviation.report, sha256(content).hexdigest()] = content
    for kept in find(Conflict, ("report", "plain"), list(contents), ("id",)):
        del contents[kept[0], kept[1]]
    return contents
