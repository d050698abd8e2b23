"""The output folder: complete or not at all.

Everything is written into a hidden folder beside it, ``.DIR.partial-XXXX``, and renamed at the end. Each run
holds a lock on its hidden folder, which the system takes away with the process, however it ends: so a later
run can tell what a killed one left behind from what a living one is writing, whatever happened to process
ids in between. Renaming and locking folders is POSIX.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import secrets
import shutil
import signal
import stat
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from ostrakon.errors import OutputRefused

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""No space, no quota, or a file larger than the process may write."""

SIGNALS = (signal.SIGTERM, signal.SIGHUP)


@contextmanager
def output_folder(path: Path, replace: bool, *, inputs: Sequence[Path] = ()) -> Iterator[Path]:
    """A folder to write into, which becomes ``path`` when the block ends well and vanishes when it does not.

    Args:
        path: the folder wanted; missing parents are created. A link to a folder stands for that folder.
        replace: whether a folder that is not empty may be replaced. The old one stays until the new one is
            complete, and comes back if putting the new one in its place fails.
        inputs: files that must not be lost with the folder that is replaced.
    Raises:
        OutputRefused: ``path`` is no folder, is not empty, holds an input or the current folder, cannot be
            written, or the disk is full.
    """
    with _refusing(path):
        target = _target(path)
        _refuse_occupied(path, target, replace)
        _refuse_precious(path, target, inputs)
        _clear_leftovers(target)
    with _ended_by_signals():
        with _refusing(path):
            staging, lock = _locked_staging(target)
        try:
            with _refusing_when_full(path):
                yield staging
            with _refusing(path):
                _sync(staging)
                _refuse_occupied(path, target, replace)
                _put(staging, target)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
            os.close(lock)


def _target(path: Path) -> Path:
    """The folder that ``path`` stands for, links followed; missing parents are created and stay."""
    target = Path(os.path.realpath(path))
    if target.is_symlink():
        raise OutputRefused(f"{path} is a link that leads back to itself: name a folder")
    if target.exists() and not target.is_dir():
        raise OutputRefused(f"{path} is a file: name a folder that does not exist yet")
    if os.path.ismount(target):  # for instance a volume of a container
        raise OutputRefused(f"{path} is where a disk is mounted and cannot be renamed: name a folder in it")
    target.parent.mkdir(parents=True, exist_ok=True)
    return target


def _refuse_occupied(path: Path, target: Path, replace: bool) -> None:
    if not replace and target.exists() and any(target.iterdir()):
        raise OutputRefused(
            f"{path} exists and is not empty: name another folder, or replace it with --replace"
        )


def _refuse_precious(path: Path, target: Path, inputs: Sequence[Path]) -> None:
    """The folder that is replaced goes with all that is in it."""
    if not target.exists():
        return
    current, home = Path(os.path.realpath(".")), Path(os.path.realpath(os.environ.get("HOME") or "/"))
    for what, precious in (("the current folder", current), ("your home folder", home)):
        if precious.is_relative_to(target):
            raise OutputRefused(f"{path} is or holds {what}: name a folder of its own for the output")
    for file in inputs:
        if Path(os.path.realpath(file)).is_relative_to(target):
            raise OutputRefused(f"{path} holds the input {file}, which would be lost: name another folder")


def _locked_staging(target: Path) -> tuple[Path, int]:
    """A new hidden folder beside ``target``, and the descriptor that holds its lock."""
    while True:
        staging = target.with_name(f".{target.name}.partial-{secrets.token_hex(4)}")
        staging.mkdir()
        lock = _lock(staging)
        # Another run may have taken it for a leftover in the moment before the lock; then take a new one.
        if lock is not None and staging.is_dir():
            if target.exists():  # who closed the old folder to others wants the new one closed, too
                staging.chmod(stat.S_IMODE(target.stat().st_mode))
            return staging, lock
        if lock is not None:
            os.close(lock)


def _lock(folder: Path) -> int | None:
    """Locks a folder for as long as the descriptor is open; None if another process has it, or it is gone."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def _clear_leftovers(target: Path) -> None:
    """Removes what killed runs left beside ``target``; a folder moved away but not replaced returns."""
    for folder in sorted(target.parent.iterdir()):
        is_partial = folder.name.startswith(f".{target.name}.partial-")
        is_replaced = folder.name.startswith(f".{target.name}.replaced-")
        if not (is_partial or is_replaced):
            continue
        lock = _lock(folder)
        if lock is None:
            continue
        try:
            if is_replaced and not target.exists():
                folder.rename(target)
            else:
                shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(lock)


def _sync(folder: Path) -> None:
    """Everything in ``folder`` to the disk, so that the rename cannot arrive there before the content."""
    for parent, _, files in os.walk(folder):
        for name in (*files, "."):
            descriptor = os.open(Path(parent, name), os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def _put(staging: Path, target: Path) -> None:
    if not target.exists() or not any(target.iterdir()):
        staging.rename(target)  # one step also over an empty folder
        _sync_entry(target)
        return
    lock = _lock(target)
    if lock is None:
        raise OutputRefused(f"{target} is just being replaced by another run; this run's output was not kept")
    aside = target.with_name(f".{target.name}.replaced-{secrets.token_hex(4)}")
    try:
        target.rename(aside)
        staging.rename(target)
        _sync_entry(target)
    finally:
        # Also on a signal between any two steps: whatever lies where decides what is still to be done.
        if aside.exists():
            if target.exists():
                shutil.rmtree(aside, ignore_errors=True)
            else:
                aside.rename(target)
        os.close(lock)


def _sync_entry(folder: Path) -> None:
    descriptor = os.open(folder.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = "the disk is full" if _is_full(error) else error.strerror or str(error)
        raise OutputRefused(f"{path} cannot be written: {reason}; nothing was kept there") from error


@contextmanager
def _refusing_when_full(path: Path) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        if not _is_full(error):
            raise
        raise OutputRefused(
            f"{path} cannot be written: the disk is full; nothing was kept there. Free some space, or name a "
            "folder on another disk"
        ) from error


def _is_full(error: Exception) -> bool:
    """polars reports errors of the system without a number, some as errors of its own: the text tells."""
    number = error.errno if isinstance(error, OSError) else None
    named = re.search(r"\(os error (\d+)\)", str(error))
    return number in FULL or (named is not None and int(named[1]) in FULL)


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Lets SIGTERM and SIGHUP end the block like an exception, so that it can clear up.

    Only where nobody else handles them, and in the main thread, the only one that may.
    """
    ours = [number for number in SIGNALS if signal.getsignal(number) is signal.SIG_DFL]
    if threading.current_thread() is not threading.main_thread():
        ours = []
    for number in ours:
        signal.signal(number, _exit)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)


def _exit(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
