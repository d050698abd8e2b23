"""Options of `make test-crash`, and a voice: a run takes a quarter of an hour."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    house = parser.getgroup("ostrakon")
    house.addoption("--kills", type=int, default=200, help="how many processes to kill")
    house.addoption("--seed", type=int, default=None, help="the same seed kills in the same order")


@pytest.fixture
def say(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Straight to the terminal, also while output is captured."""
    terminal: Any = request.config.pluginmanager.get_plugin("terminalreporter")
    capture: Any = request.config.pluginmanager.get_plugin("capturemanager")

    def said(line: str) -> None:
        with capture.global_and_fixture_disabled():
            terminal.write_line(line)

    return said
