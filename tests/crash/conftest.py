"""Options of `make test-crash`, and a voice: a run takes a quarter of an hour."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    house = parser.getgroup("ostrakon")
    house.addoption("--kills", type=int, default=200, help="how many processes to kill")
    house.addoption("--seed", type=int, default=None, help="the same seed kills in the same order")


@pytest.fixture
def say(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Straight to the terminal, while output is captured and from another process too."""
    capture: Any = request.config.pluginmanager.get_plugin("capturemanager")

    def said(line: str) -> None:
        with capture.global_and_fixture_disabled():
            os.write(2, f"{line}\n".encode())

    return said
