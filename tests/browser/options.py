"""What the browser's tests are told from outside.

- ``--house SAID``: use the service that already runs, instead of filling one, which takes a minute. SAID is a file with
  what ``ostrakon try`` said when it started.
- ``--pictures DIR``: the tour puts its pictures there.

With ``--dist loadgroup`` one worker has all of them, for a house takes a minute to fill. (Marks of groups, which
pytest-xdist 3.8 offers for this, have no effect with pytest 9.2.)
"""

from __future__ import annotations

from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

HERE = "tests/browser/"


def pytest_addoption(parser: pytest.Parser) -> None:
    house = parser.getgroup("ostrakon")
    house.addoption("--house", type=Path, metavar="SAID", help="what a running `ostrakon try` said")
    house.addoption("--pictures", type=Path, metavar="DIR", help="where the tour puts its pictures")


class OneHouse(LoadScopeScheduling):
    """The tests of the browser to one worker, all others to whoever is free."""

    def _split_scope(self, nodeid: str) -> str:
        return HERE if nodeid.startswith(HERE) else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> OneHouse | None:
    return OneHouse(config, log) if config.getvalue("dist") == "loadgroup" else None
