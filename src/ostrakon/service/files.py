"""New files, whole or not at all, for their owner only, and never over another one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ostrakon.errors import OutputRefused


@contextmanager
def new_file(path: Path, mode: int = 0o600) -> Iterator[BinaryIO]:
    """Write ``path``: it is there, with all of its content on the disk, when the block has ended well.

    Raises:
        OutputRefused: there is one already, or it cannot be written.
    """
    if path.exists():
        raise OutputRefused(f"{path} exists, and nothing is written over it: name another file")
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:  # noqa: PTH123
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.link(beside, path)  # unlike a renaming, it never replaces
        sync_folder(path.parent)
    except FileExistsError as problem:
        raise OutputRefused(f"{path} exists, and nothing is written over it: name another file") from problem
    except OSError as problem:
        raise OutputRefused(f"{path}: it cannot be written: {problem.strerror}") from problem
    finally:
        beside.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Let the names in a folder outlive a power cut."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
