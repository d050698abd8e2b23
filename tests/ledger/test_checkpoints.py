"""The service signs how far the record had come."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from django.utils import timezone
from tests.ledger.case import KEY, STRANGE_KEY, write

from ostrakon.errors import UnreadableFile
from ostrakon.ledger.chain import Signed, moment
from ostrakon.ledger.checkpoints import checkpoint
from ostrakon.ledger.keys import fingerprint, load_key, load_public_key, make_key, public_path
from ostrakon.ledger.models import Checkpoint, Entry


def signed(row: Checkpoint) -> Signed:
    return Signed(row.number, row.digest, moment(row.at), row.previous, row.key, row.signature)


@pytest.mark.django_db
def test_a_checkpoint_signs_the_last_entry_once() -> None:
    now = timezone.now()
    assert checkpoint(KEY, now) is None
    write(3)
    made = checkpoint(KEY, now)
    assert made
    assert (made.number, made.digest, made.previous) == (3, Entry.objects.get(number=3).digest, 0)
    assert checkpoint(KEY, now) is None
    write(1)
    following = checkpoint(KEY, now)
    assert following
    assert (following.number, following.previous) == (4, 3)


@pytest.mark.django_db
def test_its_signature_is_of_this_key_and_of_all_that_it_says() -> None:
    write(3)
    made = checkpoint(KEY, timezone.now())
    assert made
    kept = signed(Checkpoint.objects.get())
    assert kept.key == fingerprint(KEY.public_key())
    KEY.public_key().verify(bytes.fromhex(kept.signature), kept.statement())
    others = [
        kept._replace(number=4),
        kept._replace(digest="0" * 64),
        kept._replace(at=moment(timezone.now())),
        kept._replace(previous=1),
        kept._replace(key="0" * 64),
    ]
    for other in others:
        with pytest.raises(InvalidSignature):
            KEY.public_key().verify(bytes.fromhex(other.signature), other.statement())
    with pytest.raises(InvalidSignature):
        STRANGE_KEY.public_key().verify(bytes.fromhex(kept.signature), kept.statement())


def test_a_key_is_for_its_owner_only_and_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "ledger.key"
    key = make_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert fingerprint(load_key(path).public_key()) == fingerprint(key.public_key())
    assert fingerprint(load_public_key(public_path(path))) == fingerprint(key.public_key())
    before = path.read_bytes()
    with pytest.raises(FileExistsError):
        make_key(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"nothing of the kind", b"\xff\x00"])
def test_a_file_that_is_no_key_is_named_and_not_shown(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "ledger.key"
    path.write_bytes(content)
    for load in (load_key, load_public_key):
        with pytest.raises(UnreadableFile, match=r"ledger\.key") as refused:
            load(path)
        assert "nothing of the kind" not in str(refused.value)


def test_a_public_key_is_no_secret_one(tmp_path: Path) -> None:
    path = tmp_path / "ledger.key"
    make_key(path)
    with pytest.raises(UnreadableFile):
        load_key(public_path(path))
    with pytest.raises(UnreadableFile):
        load_public_key(path)
    with pytest.raises(UnreadableFile):
        load_key(tmp_path / "missing.key")
