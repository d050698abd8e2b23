"""How a process of Ostrakon begins: where its home is, how it logs, Django."""

from __future__ import annotations

import os
from pathlib import Path

import django

from ostrakon.service.configuration import Configuration, load
from ostrakon.service.logs import log_in_lines


def begin(home: Path | None = None) -> Configuration:
    """Make this process one of the service; everything that knows Django is imported after it.

    Args:
        home: its home folder; otherwise the one that ``OSTRAKON_HOME`` names, or the usual one.
    Raises:
        InputUnusable: the configuration cannot be read.
    """
    if home is not None:
        os.environ["OSTRAKON_HOME"] = str(home.expanduser().absolute())
    os.umask(0o077)  # what it writes holds personal data: for its own user only
    configuration = load()
    os.environ["DJANGO_SETTINGS_MODULE"] = "ostrakon.service.settings"
    keep_kernels_in(configuration.home)
    log_in_lines(debug=configuration.debug)
    django.setup()
    return configuration


def keep_kernels_in(home: Path) -> None:
    """Let compiled kernels outlive the process, also where neither sources nor user's home can be written."""
    if home.is_dir() and os.access(home, os.W_OK):
        os.environ.setdefault("NUMBA_CACHE_DIR", str(home / "kernels"))
