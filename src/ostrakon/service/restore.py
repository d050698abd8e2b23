"""``ostrakon restore``: a service from a backup, believed only when its record verifies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from ostrakon.enforcement.models import Dispatch
from ostrakon.errors import ChainBroken, OutputRefused
from ostrakon.ledger.chain import Fact
from ostrakon.ledger.checkpoints import checkpoint
from ostrakon.ledger.keys import load_key, public_keys
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import record
from ostrakon.ledger.stored import verify_database
from ostrakon.ledger.verify import Head, Report
from ostrakon.service.backup import DATABASE
from ostrakon.service.copies import bring_back
from ostrakon.service.manifest import Manifest
from ostrakon.service.readiness import database_that_answers, missing_migrations, refuse_newer


@dataclass(frozen=True)
class Restored:
    """What was brought back."""

    report: Report
    """Of the record, which is intact."""
    steps_behind: int
    """Of the tables."""
    waiting: int
    """Messages that waited when the backup was made: they go out again, also those that went out since."""


def restore(folder: Path, manifest: Manifest, now: datetime) -> Restored:
    """Bring back the database of a backup whose parts lie in ``folder``, the home of this process.

    Raises:
        OutputRefused: the database that the configuration names is of another kind, or not empty.
        ChainBroken: the record does not verify, or is not the one that the manifest promises.
        NotReady: the database does not answer, a program is missing, or the backup is of a newer version.
    """
    if connection.vendor != manifest.database:
        raise OutputRefused(
            f"this is a backup of {manifest.database}, and the configuration names {connection.vendor}: set "
            "DATABASE_URL, or leave it out for SQLite"
        )
    with database_that_answers():
        bring_back(folder / DATABASE)
        (folder / DATABASE).unlink(missing_ok=True)
        refuse_newer()
        report = _verified(Head(manifest.head_number, manifest.head_digest))
        with transaction.atomic():
            facts: dict[str, Fact] = {
                "entries": manifest.head_number,
                "head": manifest.head_digest,
                "made_at": manifest.made_at,
            }
            record(Kind.BACKUP_RESTORED, actor="system", subject="service", facts=facts)
        checkpoint(load_key(settings.LEDGER_KEY_FILE), now)
        waiting = Dispatch.objects.filter(state__in=["queued", "sending"]).count()
        restored = Restored(report, len(missing_migrations()), waiting)
    connection.close()  # SQLite: everything into its one file, before it moves
    return restored


def _verified(promised: Head) -> Report:
    report = verify_database(public_keys(settings.LEDGER_KEY_FILE), expect=promised)
    if not report.is_intact or report.head != promised:
        raise ChainBroken(
            f"the record in this backup does not verify, so it is not used: {'; '.join(report.problems[:3])}"
        )
    return report
