"""One file as a stream of bytes: hashed as it lies on disk, decompressed on the way, in bounded memory."""

from __future__ import annotations

import gzip
import hashlib
import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import zstandard

from ostrakon.errors import UnreadableFile

BLOCK_BYTES = 1 << 20
"""How much is handed on at a time: large enough for the vectorised checks, small enough for the cache."""

ZSTD_STEP_BYTES = 1 << 13
"""Compressed bytes fed to zstd at a time. A decompression object gives back all that a step holds, at most
128 KiB for every 4 bytes, so a small step bounds what a hostile file can make of it (256 MiB)."""

MAGIC = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}


class Hashed:
    """A binary file that can only be read forwards; ``digest`` has seen every byte that was read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """The next ``size`` bytes, fewer only at the end of the file."""
        data = self._file.read(size)
        self.digest.update(data)
        return data


@dataclass(frozen=True)
class Source:
    """One open file."""

    path: Path
    name: str
    """The path as it was given, for messages."""
    compression: str | None
    """``gzip``, ``zstd`` or None, by the first bytes."""
    file: Hashed

    def blocks(self) -> Iterator[bytes]:
        """The decompressed content, in pieces of about ``BLOCK_BYTES``.

        Raises:
            UnreadableFile: the file cannot be read, or its compressed data are cut off or damaged.
        """
        with readable(self.name):
            yield from _DECOMPRESS[self.compression](self.file)

    def sha256(self) -> str:
        """SHA-256 of the whole file as it lies on disk; reads what is left of it."""
        with readable(self.name):
            while self.file.read(BLOCK_BYTES):
                pass
        return self.file.digest.hexdigest()


@contextmanager
def opened(path: Path) -> Iterator[Source]:
    """The file at ``path``, recognised as compressed or not.

    Raises:
        UnreadableFile: it is missing, empty, a folder, or may not be read.
    """
    name = display(path)
    with readable(name):
        file = path.open("rb")
    with file:
        with readable(name):
            first = file.peek(4)[:4]
        if not first:
            raise UnreadableFile(f"{name} is empty (0 bytes): export it again")
        compression = next((kind for magic, kind in MAGIC.items() if first.startswith(magic)), None)
        yield Source(path, name, compression, Hashed(file))


def display(path: Path) -> str:
    """A path as text that every encoding can carry: bytes that are not UTF-8 are shown as ``\\xNN``."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


@contextmanager
def readable(name: str) -> Iterator[None]:
    """Turns what can go wrong while bytes are read into one clear message.

    Raises:
        UnreadableFile: for every OSError and every complaint of a decompressor.
    """
    try:
        yield
    except FileNotFoundError:
        raise UnreadableFile(f"{name}: there is no such file") from None
    except IsADirectoryError:
        raise UnreadableFile(f"{name} is a folder: name the file in it") from None
    except PermissionError:
        raise UnreadableFile(f"{name} may not be read by this user: change its permissions") from None
    except EOFError:
        raise UnreadableFile(
            f"{name} is truncated: its compressed data end in the middle; copy or export it again"
        ) from None
    except (gzip.BadGzipFile, zlib.error, zstandard.ZstdError) as error:
        raise UnreadableFile(
            f"{name}: its compressed data are damaged ({error}); copy or export it again"
        ) from None
    except OSError as error:
        raise UnreadableFile(f"{name} cannot be read: {error.strerror or error}") from None


def _stored(file: Hashed) -> Iterator[bytes]:
    while block := file.read(BLOCK_BYTES):
        yield block


def _gunzipped(file: Hashed) -> Iterator[bytes]:
    # GzipFile reads one member after another and calls nothing but read().
    with gzip.GzipFile(fileobj=cast(BinaryIO, file), mode="rb") as members:
        while block := members.read(BLOCK_BYTES):
            yield block


def _unzstd(file: Hashed) -> Iterator[bytes]:
    # Not stream_reader: at a frame that is cut off it ends quietly, as if the file ended there.
    frame = zstandard.ZstdDecompressor().decompressobj()
    begun, ready = False, []
    while step := file.read(ZSTD_STEP_BYTES):
        while step:
            if frame.eof:
                frame = zstandard.ZstdDecompressor().decompressobj()
            ready.append(frame.decompress(step))
            begun, step = not frame.eof, frame.unused_data if frame.eof else b""
        if sum(map(len, ready)) >= BLOCK_BYTES:
            yield b"".join(ready)
            ready = []
    if begun:
        raise EOFError
    yield b"".join(ready)


_DECOMPRESS: dict[str | None, Callable[[Hashed], Iterator[bytes]]] = {
    None: _stored,
    "gzip": _gunzipped,
    "zstd": _unzstd,
}
