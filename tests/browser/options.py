"""What the browser's tests are told from outside.

- ``--house SAID``: use the service that already runs, instead of filling one, which takes a minute. SAID is a file with
  what ``ostrakon try`` said when it started.
- ``--pictures DIR``: the tour puts its pictures there.
"""

from __future__ import annotations

from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    house = parser.getgroup("ostrakon")
    house.addoption("--house", type=Path, metavar="SAID", help="what a running `ostrakon try` said")
    house.addoption("--pictures", type=Path, metavar="DIR", help="where the tour puts its pictures")
