"""Bytes that are kept in the home folder, under their own hash: whole or not at all, and for their owner only."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings

from ostrakon.errors import NotReady, OutputRefused, UnreadableFile

BEGINNING = "history."
"""Of the names of kept files in the home folder."""
DIGITS = 40
"""Of the hash, in the name: as many as a part of a backup may have there."""
BLOCK = 1 << 20


@dataclass(frozen=True)
class Copy:
    """A copy that nobody keeps yet."""

    path: Path
    sha256: str
    size: int


@contextmanager
def copied(file: Path) -> Iterator[Copy]:
    """A copy of a file in the home folder: what is looked at is what is kept, whatever becomes of the original.

    Raises:
        UnreadableFile: it cannot be read. OutputRefused: the home folder cannot be written.
    """
    with _temporary() as out:
        digest, size = hashlib.sha256(), 0
        for block in _blocks(file):
            digest.update(block)
            size += len(block)
            out.write(block)
        out.flush()
        os.fsync(out.fileno())
        yield Copy(Path(out.name), digest.hexdigest(), size)


def keep(copy: Copy) -> None:
    """Give the copy its name for good. The same bytes are there once."""
    target = place_of(copy.sha256)
    if not target.exists():
        os.link(copy.path, target)


def kept(sha256: str) -> Path:
    """Where the bytes of this hash lie.

    Raises:
        NotReady: they are not on this machine.
    """
    path = place_of(sha256)
    if not path.exists():
        raise NotReady(
            f"the file {sha256[:12]} is not in the home folder of this machine: copy it from where it was added"
        )
    return path


def erase(sha256: str) -> None:
    """Take the bytes away."""
    place_of(sha256).unlink(missing_ok=True)


def place_of(sha256: str) -> Path:
    """The path of bytes with this hash, there or not."""
    home: Path = settings.CONFIGURATION.home
    return home / f"{BEGINNING}{sha256[:DIGITS]}"


@contextmanager
def _temporary() -> Iterator[IO[bytes]]:
    home: Path = settings.CONFIGURATION.home
    try:
        with tempfile.NamedTemporaryFile(prefix=".history-", dir=home) as out:
            yield out.file
    except OSError as problem:
        raise OutputRefused(f"{home}: it cannot be written: {problem.strerror}") from problem


def _blocks(file: Path) -> Iterator[bytes]:
    try:
        with file.open("rb") as source:
            while block := source.read(BLOCK):
                yield block
    except OSError as problem:
        raise UnreadableFile(f"{file}: it cannot be read: {problem.strerror}") from problem
