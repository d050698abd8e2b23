"""The home folder: the keys and the configuration, and on a laptop the database."""

from __future__ import annotations

import secrets
from pathlib import Path

from ostrakon.ledger.keys import make_key, public_path
from ostrakon.service.files import new_file, sync_folder
from ostrakon.service.template import template

SECRET = "secret.key"
CONFIGURATION_FILE = "ostrakon.toml"


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


def _make_ledger_key(path: Path) -> None:
    """Its public half is there before it: a key that is there is complete."""
    new = path.with_name(f".new-{path.name}")
    for left_over in (new, public_path(new), public_path(path)):
        left_over.unlink(missing_ok=True)
    make_key(new)
    public_path(new).rename(public_path(path))
    new.rename(path)
    sync_folder(path.parent)
