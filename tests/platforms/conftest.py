"""What the connectors' tests share: assertions that explain themselves, and which rows a platform leaves out."""

from __future__ import annotations

from typing import Any

import pytest

pytest.register_assert_rewrite("tests.platforms.contract")

from tests.platforms.atproto_network import network  # noqa: E402, F401 - a fixture, one network for all of a run
from tests.platforms.contract import PlatformContract  # noqa: E402


def pytest_terminal_summary(terminalreporter: Any) -> None:
    contracts = [contract for contract in PlatformContract.__subclasses__() if contract.left_out]
    for contract in contracts if terminalreporter.config.option.verbose >= 0 else []:
        terminalreporter.section(f"rows that {contract.__name__} leaves out")
        for row, reason in sorted(contract.left_out.items()):
            terminalreporter.line(f"{row}: {reason}")
