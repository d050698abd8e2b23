"""``ostrakon backup``: everything in one file, while the service runs.

It holds the database, the files of earlier times and the public key of the record. The private keys and the
configuration, which may hold passwords, are in it only where that was asked for: whoever has such a file can sign as
the service. The database and the files hold personal data in any case: the backup is for its owner only.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from ostrakon import __version__
from ostrakon.impact.history.kept import BEGINNING as HISTORY
from ostrakon.ledger.chain import Fact, moment
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import record
from ostrakon.service.copies import copy_database
from ostrakon.service.files import put_in_place, refuse_existing, working_folder, writing
from ostrakon.service.home import CONFIGURATION_FILE, LEDGER_KEY, PUBLIC_KEYS, SECRET
from ostrakon.service.manifest import Manifest
from ostrakon.service.packing import pack, sha256

DATABASE = "database"
PREFIX = ".ostrakon-backup-"


def backup(path: Path, *, with_keys: bool, now: datetime) -> Manifest:
    """Write a backup; it is there whole, with its entry on the record, or not at all.

    Cost: twice the size of the database on the disk of ``path`` while it is made. Nobody waits for it.

    Raises:
        OutputRefused: the file exists, or cannot be written.
        NotReady: a program is missing.
    """
    refuse_existing(path)
    with working_folder(path.parent, PREFIX) as folder:
        head = copy_database(folder / DATABASE)
        parts = {DATABASE: folder / DATABASE} | {part.name: part for part in _of_home(with_keys)}
        sums = {name: sha256(part) for name, part in parts.items()}
        manifest = Manifest(__version__, moment(now), connection.vendor, head.number, head.digest, sums)
        with writing(folder / "whole") as file:
            pack(file, manifest, parts)
        with transaction.atomic():
            facts: dict[str, Fact] = {"entries": head.number, "head": head.digest, "with_keys": with_keys}
            record(Kind.BACKUP_MADE, actor="system", subject="service", facts=facts)
            put_in_place(folder / "whole", path)
    return manifest


def _of_home(with_keys: bool) -> Iterator[Path]:
    home: Path = settings.CONFIGURATION.home
    yield from sorted(home.glob(PUBLIC_KEYS))
    yield from sorted(home.glob(f"{HISTORY}*"))
    if with_keys:
        yield from (
            part for name in (SECRET, LEDGER_KEY, CONFIGURATION_FILE) if (part := home / name).exists()
        )
