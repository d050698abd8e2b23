"""A throw-away PostgreSQL: a cluster of its own, on a socket in a temporary folder, gone with the run."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

import pytest

# It lives as long as its standard input is open: however the run ends, Ctrl-C and kill -9 too, the cluster ends.
# Durability is not what these tests are about, so nothing is waited for.
KEEPER = """
set -e
exec 2> "$1/log"
initdb --pgdata "$1/data" --username ostrakon --auth trust --encoding UTF8 --locale C.UTF-8 --no-sync \
    < /dev/null >&2
pg_ctl --pgdata "$1/data" --log "$1/log" --wait --options "-c listen_addresses='' \
    -c unix_socket_directories='$1' -c max_connections=300 -c fsync=off -c full_page_writes=off" \
    start < /dev/null >&2
echo ready
read end_of_the_run || true
pg_ctl --pgdata "$1/data" --mode immediate stop < /dev/null >&2
rm -rf "$1"
"""


class Cluster:
    """A running server; ``url`` names its first, empty database. To be used in a ``with``, or closed."""

    def __init__(self) -> None:
        if shutil.which("initdb") is None:
            raise pytest.UsageError("--database postgresql: there is no initdb; sudo make system installs it")
        self.folder = Path(tempfile.mkdtemp(prefix="ostrakon-pg-"))
        self.url = f"postgres://ostrakon@{quote(str(self.folder), safe='')}/postgres"
        self._keeper = subprocess.Popen(
            [*_as_somebody_else(self.folder), "sh", "-c", KEEPER, "keeper", str(self.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=self.folder,
            start_new_session=True,  # Ctrl-C is for the run, not for the keeper
        )
        assert self._keeper.stdout
        if self._keeper.stdout.readline() != b"ready\n":
            raise pytest.UsageError(f"PostgreSQL did not start: {(self.folder / 'log').read_text()}")

    def close(self) -> None:
        """Stop it and remove all that it wrote."""
        self._keeper.communicate()

    def __enter__(self) -> Cluster:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _as_somebody_else(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root: then Debian's user for it does, and owns the folder."""
    if os.geteuid() != 0:
        return []
    shutil.chown(folder, "postgres", "postgres")
    return ["runuser", "-u", "postgres", "--"]
