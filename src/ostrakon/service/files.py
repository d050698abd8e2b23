"""New files, whole or not at all, for their owner only, and never over another one."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ostrakon.errors import OutputRefused


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """Write ``path``: it is there, with all of its content on the disk, when the block has ended well.

    Raises:
        OutputRefused: there is one already, or it cannot be written.
    """
    refuse_existing(path)
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with writing(beside) as file:
            yield file
        put_in_place(beside, path)
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def writing(path: Path) -> Iterator[BinaryIO]:
    """A file for its owner only, which is on the disk when the block has ended.

    Raises:
        OutputRefused: it cannot be written.
    """
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123
            yield file
            file.flush()
            os.fsync(file.fileno())
    except OSError as problem:
        raise OutputRefused(f"{path}: it cannot be written: {problem.strerror}") from problem


def put_in_place(written: Path, path: Path) -> None:
    """Give a file that is complete its name. Unlike a renaming, it never replaces another one.

    Raises:
        OutputRefused: there is one already, or it cannot be written.
    """
    try:
        os.link(written, path)
        sync_folder(path.parent)
    except FileExistsError as problem:
        raise OutputRefused(f"{path} exists, and nothing is written over it: name another file") from problem
    except OSError as problem:
        raise OutputRefused(f"{path}: it cannot be written: {problem.strerror}") from problem


def refuse_existing(path: Path) -> None:
    """Go on only if there is nothing of this name.

    Raises:
        OutputRefused: there is.
    """
    if path.exists():
        raise OutputRefused(f"{path} exists, and nothing is written over it: name another file")


@contextmanager
def working_folder(parent: Path, prefix: str) -> Iterator[Path]:
    """A folder for what is not complete yet; gone afterwards. What a killed process left of its own goes too.

    Each is locked as long as its process lives: so a dead one's is known, whatever the numbers of processes are.

    Raises:
        OutputRefused: it cannot be made.
    """
    for left_over in parent.glob(f"{prefix}*"):
        _remove_if_nobodys(left_over)
    try:
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    except OSError as problem:
        raise OutputRefused(f"{parent}: nothing can be written there: {problem.strerror}") from problem
    lock = os.open(folder, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def sync_folder(folder: Path) -> None:
    """Let the names in a folder outlive a power cut."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _remove_if_nobodys(folder: Path) -> None:
    try:
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    except BlockingIOError:
        pass  # somebody is at work in it
    finally:
        os.close(lock)
