"""A backup is whole or not there, says what is in it, and holds secrets only when asked."""

from __future__ import annotations

import hashlib
import io
import json
import os
import sqlite3
import stat
import tarfile
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from tests.impact.earlier import added

from ostrakon.errors import NotReady, OutputRefused, UnreadableFile
from ostrakon.impact.history.kept import place_of
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.models import Entry
from ostrakon.ledger.record import record
from ostrakon.service import backup as module
from ostrakon.service import copies
from ostrakon.service.backup import PREFIX, backup
from ostrakon.service.configuration import Configuration
from ostrakon.service.home import furnish
from ostrakon.service.manifest import NAME, Manifest, read_manifest
from ostrakon.service.packing import pack, unpack

pytestmark = pytest.mark.django_db(transaction=True)
PUBLIC = {"database", "ledger.pub", NAME}


@pytest.fixture
def home(tmp_path: Path, settings: Any) -> Path:
    """Of a service with one entry on its record."""
    settings.CONFIGURATION = Configuration(home=tmp_path / "home")
    furnish(tmp_path / "home", tmp_path / "home" / "ledger.key")
    write_entry()
    return tmp_path / "home"


def write_entry() -> None:
    with transaction.atomic():
        record(Kind.SERVICE_INITIALISED, actor="system", subject="service")


def names(path: Path) -> set[str]:
    with tarfile.open(path) as tar:
        return set(tar.getnames())


# What is in it


def test_it_holds_no_private_key_and_no_configuration_unless_asked(home: Path, tmp_path: Path) -> None:
    backup(tmp_path / "plain", with_keys=False, now=timezone.now())
    backup(tmp_path / "keys", with_keys=True, now=timezone.now())
    assert names(tmp_path / "plain") == PUBLIC
    assert names(tmp_path / "keys") == PUBLIC | {"secret.key", "ledger.key", "ostrakon.toml"}


def test_it_holds_the_files_of_earlier_times_under_their_hash(home: Path, tmp_path: Path) -> None:
    kept = added(tmp_path, "spells")
    backup(tmp_path / "b.tar", with_keys=False, now=timezone.now())
    (name,) = names(tmp_path / "b.tar") - PUBLIC
    (tmp_path / "unpacked").mkdir()
    unpack(tmp_path / "b.tar", tmp_path / "unpacked")
    assert name == place_of(kept.sha256).name
    assert hashlib.sha256((tmp_path / "unpacked" / name).read_bytes()).hexdigest() == kept.sha256


def test_it_is_for_its_owner_only(home: Path, tmp_path: Path) -> None:
    backup(tmp_path / "b", with_keys=False, now=timezone.now())
    assert stat.S_IMODE((tmp_path / "b").stat().st_mode) == 0o600


def test_it_is_on_the_record_with_the_head_that_is_in_it(home: Path, tmp_path: Path) -> None:
    manifest = backup(tmp_path / "b", with_keys=False, now=timezone.now())
    first, entry = Entry.objects.order_by("number")
    assert (manifest.head_number, manifest.head_digest) == (1, first.digest)
    assert entry.kind == Kind.BACKUP_MADE
    assert json.loads(entry.body)["facts"] == {"entries": 1, "head": first.digest, "with_keys": False}


@pytest.mark.only_on("sqlite")
def test_the_copy_is_one_moment_while_others_write(home: Path, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            write_entry()
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    manifests = [backup(tmp_path / f"b{n}", with_keys=False, now=timezone.now()) for n in range(3)]
    stop.set()
    writer.join()
    for n, manifest in enumerate(manifests):
        (folder := tmp_path / f"u{n}").mkdir()
        unpack(tmp_path / f"b{n}", folder)
        with closing(sqlite3.connect(folder / "database")) as copy:
            assert copy.execute("SELECT max(number), count(*) FROM ledger_entry").fetchone() == (
                manifest.head_number,
                manifest.head_number,
            )


@pytest.mark.only_on("postgresql")
@pytest.mark.needs_program("pg_dump")
def test_the_dump_can_be_read(home: Path, tmp_path: Path) -> None:
    backup(tmp_path / "b", with_keys=False, now=timezone.now())
    (tmp_path / "out").mkdir()
    unpack(tmp_path / "b", tmp_path / "out")
    assert (tmp_path / "out" / "database").read_bytes().startswith(b"PGDMP")


@pytest.mark.only_on("postgresql")
def test_a_machine_without_the_program_is_told_which(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copies.shutil, "which", lambda name: None)
    with pytest.raises(NotReady, match="no pg_dump on this machine"):
        backup(tmp_path / "b", with_keys=False, now=timezone.now())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home"]


# Whole or not at all


def test_nothing_is_written_over(home: Path, tmp_path: Path) -> None:
    (tmp_path / "b").write_text("mine")
    with pytest.raises(OutputRefused, match="exists"):
        backup(tmp_path / "b", with_keys=False, now=timezone.now())
    assert (tmp_path / "b").read_text() == "mine"


def test_what_appears_meanwhile_is_not_written_over(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pack_slowly(*arguments: Any) -> None:
        pack(*arguments)
        (tmp_path / "b").write_text("mine")

    monkeypatch.setattr(module, "pack", pack_slowly)
    with pytest.raises(OutputRefused, match="exists"):
        backup(tmp_path / "b", with_keys=False, now=timezone.now())
    assert (tmp_path / "b").read_text() == "mine"
    assert not Entry.objects.filter(kind=Kind.BACKUP_MADE).exists()


def test_a_backup_that_fails_leaves_nothing(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "pack", full)
    with pytest.raises(OutputRefused, match="No space left"):
        backup(tmp_path / "b", with_keys=False, now=timezone.now())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home"]
    assert Entry.objects.count() == 1


def test_what_a_killed_backup_left_is_removed_by_the_next(home: Path, tmp_path: Path) -> None:
    (tmp_path / f"{PREFIX}dead").mkdir()
    (tmp_path / f"{PREFIX}dead" / "database").write_text("half")
    backup(tmp_path / "b", with_keys=False, now=timezone.now())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b", "home"]


def test_what_another_backup_is_writing_stays(home: Path, tmp_path: Path) -> None:
    with module.working_folder(tmp_path, PREFIX) as living:
        backup(tmp_path / "b", with_keys=False, now=timezone.now())
        assert living.is_dir()


def test_a_folder_that_is_not_there_is_said(home: Path, tmp_path: Path) -> None:
    with pytest.raises(OutputRefused, match="nothing can be written there"):
        backup(tmp_path / "nowhere" / "b", with_keys=False, now=timezone.now())


# Reading it


def packed(path: Path, manifest: Manifest | bytes, **parts: bytes) -> Path:
    """A backup made by hand: what its manifest says may be false."""
    with tarfile.open(path, "w") as tar:
        first = manifest.written() if isinstance(manifest, Manifest) else manifest
        for name, content in [(NAME, first), *parts.items()]:
            entry = tarfile.TarInfo(name.replace("__", "/"))
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return path


def of(**parts: bytes) -> Manifest:
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in parts.items()}
    return Manifest("0.1.0", "2026-01-01T00:00:00.000000Z", "sqlite", 1, "0" * 64, sums)


def test_what_was_packed_is_unpacked(tmp_path: Path) -> None:
    manifest = of(database=b"rows" * 500_000)
    (tmp_path / "out").mkdir()
    read = unpack(packed(tmp_path / "b", manifest, database=b"rows" * 500_000), tmp_path / "out")
    assert read == manifest
    assert (tmp_path / "out" / "database").read_bytes() == b"rows" * 500_000


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({"database": b"changed"}, "its sum is another"),
        ({}, "database is missing"),
        ({"database": b"rows", "more": b""}, "does not name"),
        ({"..__..__database": b"rows"}, "does not name"),
    ],
)
def test_parts_that_are_not_what_the_manifest_says_are_refused(
    tmp_path: Path, parts: dict[str, bytes], says: str
) -> None:
    path = packed(tmp_path / "b", of(database=b"rows"), **parts)
    (tmp_path / "out").mkdir()
    with pytest.raises(UnreadableFile, match=says):
        unpack(path, tmp_path / "out")


@pytest.mark.parametrize(
    "break_it",
    [
        lambda content: b"",
        lambda content: content[: len(content) // 2],
        lambda content: content[:600],
        lambda content: os.urandom(20_000),
        lambda content: b"PK\x03\x04" + content,
    ],
    ids=["empty", "half", "no_more_than_a_manifest", "noise", "another_format"],
)
def test_a_file_that_is_no_backup_or_half_of_one_is_refused(
    tmp_path: Path, break_it: Callable[[bytes], bytes]
) -> None:
    path = packed(tmp_path / "b", of(database=b"rows" * 5_000), database=b"rows" * 5_000)
    path.write_bytes(break_it(path.read_bytes()))
    (tmp_path / "out").mkdir()
    with pytest.raises(UnreadableFile):
        unpack(path, tmp_path / "out")


GOOD = json.loads(of(database=b"rows").written())


@pytest.mark.parametrize(
    "changed",
    [
        {"format": "ostrakon-backup-2"},
        {"database": "mysql"},
        {"head_number": "1"},
        {"head_digest": None},
        {"sha256": {"database": "short"}},
        {"sha256": {"../database": "0" * 64}},
        {"sha256": [["database", "0" * 64]]},
        {"more": 1},
    ],
    ids=str,
)
def test_a_manifest_that_makes_no_sense_is_refused(changed: dict[str, Any]) -> None:
    assert read_manifest(json.dumps(GOOD).encode()) == of(database=b"rows")
    with pytest.raises(UnreadableFile):
        read_manifest(json.dumps({**GOOD, **changed}).encode())


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b"\xff", b"[" * 100_000], ids=len)
def test_what_is_no_manifest_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableFile):
        read_manifest(content)
