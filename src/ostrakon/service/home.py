"""The home folder: the keys and the configuration, and on a laptop the database."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ostrakon.errors import OutputRefused, UnreadableFile
from ostrakon.ledger.keys import make_key, public_path, retire
from ostrakon.service.files import new_file, sync_folder, working_folder, writing
from ostrakon.service.template import template

SECRET = "secret.key"
LEDGER_KEY = "ledger.key"
PUBLIC_KEYS = "ledger*.pub"
"""The present one, ``ledger.pub``, and earlier ones: older checkpoints are checked with them."""
CONFIGURATION_FILE = "ostrakon.toml"
UNFINISHED = ".restoring-"


def furnish(home: Path, ledger_key: Path) -> None:
    """Make what is missing; what is there stays as it is, so that a set-up that was broken off can be done again.

    Raises:
        OutputRefused: the folder cannot be written.
    """
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (home / SECRET).exists():
        with new_file(home / SECRET) as file:
            file.write(secrets.token_urlsafe(48).encode())
    if not ledger_key.exists():
        _make_ledger_key(ledger_key)
    if not (home / CONFIGURATION_FILE).exists():
        with new_file(home / CONFIGURATION_FILE) as file:
            file.write(template().encode())


@contextmanager
def new_home(home: Path) -> Iterator[Path]:
    """A folder inside an empty home, whose content becomes the home's when the block ends well.

    The secret key comes last: without it nothing starts, so a home that was broken off half-way serves nobody.

    Raises:
        OutputRefused: the home is not empty, or cannot be written.
    """
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    _refuse_furnished(home)
    with working_folder(home, UNFINISHED) as folder:
        yield folder
        _refuse_furnished(home)
        for part in sorted(folder.iterdir(), key=lambda part: part.name == SECRET):
            part.rename(home / part.name)
        sync_folder(home)


def take_keys(folder: Path, given: Path | None) -> None:
    """Give a home that is brought back its keys: those of its backup, else the given ones, else new ones.

    Args:
        folder: with the parts of a backup.
        given: a folder with ``secret.key``, ``ledger.key`` and ``ledger.pub``.
    Raises:
        UnreadableFile: the given folder does not have them.
    """
    if (folder / SECRET).exists() and (folder / LEDGER_KEY).exists():
        return
    retire(folder / LEDGER_KEY)
    if given:
        _copy_keys(given, folder)
    furnish(folder, folder / LEDGER_KEY)


def _copy_keys(given: Path, folder: Path) -> None:
    for name in (SECRET, LEDGER_KEY, public_path(Path(LEDGER_KEY)).name):
        try:
            content = (given / name).read_bytes()
        except OSError as problem:
            raise UnreadableFile(f"{given}: there is no {name} in it that can be read") from problem
        with writing(folder / name) as file:
            file.write(content)


def _refuse_furnished(home: Path) -> None:
    if there := sorted(path.name for path in home.iterdir() if not path.name.startswith(UNFINISHED)):
        raise OutputRefused(
            f"{home} is not empty (there is {there[0]}), and nothing is written over: name another"
        )


def _make_ledger_key(path: Path) -> None:
    """Its public half is there before it: a key that is there is complete."""
    new = path.with_name(f".new-{path.name}")
    for left_over in (new, public_path(new), public_path(path)):
        left_over.unlink(missing_ok=True)
    make_key(new)
    public_path(new).rename(public_path(path))
    new.rename(path)
    sync_folder(path.parent)
