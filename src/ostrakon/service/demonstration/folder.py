"""The folder of a demonstration. Only what a demonstration made itself is ever removed."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ostrakon.errors import OutputRefused

MARK = "demonstration"
MARKED = "Made by `ostrakon try`, which may replace this folder.\n"
KERNELS = "kernels"
"""Compiled code: it stays, so that the next demonstration is there sooner."""


@contextmanager
def own_folder(home: Path, *, replace: bool) -> Iterator[None]:
    """Have a folder that is empty but for its mark; nobody else gets it before the block ends.

    Raises:
        OutputRefused: something else lies there, or a demonstration that may not be replaced or still runs.
    """
    _refuse_foreign(home)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    held = os.open(home, os.O_RDONLY)
    try:
        _hold(home, held)
        _clear(home, replace=replace)
        (home / MARK).write_text(MARKED, encoding="utf-8")
        yield
    finally:
        os.close(held)


def _refuse_foreign(home: Path) -> None:
    if home.exists() and not home.is_dir():
        raise OutputRefused(f"{home} is a file: name a folder for the demonstration")
    if home.is_dir() and any(home.iterdir()) and not _is_ours(home):
        raise OutputRefused(
            f"{home} holds something that no demonstration made, and stays as it is: name another folder"
        )


def _is_ours(home: Path) -> bool:
    mark = home / MARK
    return mark.is_file() and mark.read_bytes() == MARKED.encode()


def _hold(home: Path, held: int) -> None:
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as problem:
        raise OutputRefused(
            f"the demonstration in {home} still runs: stop it first, or name another"
        ) from problem


def _clear(home: Path, *, replace: bool) -> None:
    parts = [part for part in home.iterdir() if part.name not in (MARK, KERNELS)]
    if parts and not replace:
        raise OutputRefused(f"there is a demonstration in {home}: --replace makes a new one in its place")
    for part in parts:
        if part.is_dir() and not part.is_symlink():
            shutil.rmtree(part)
        else:
            part.unlink()
