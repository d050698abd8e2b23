"""What the connectors' tests share: assertions that explain themselves, what they measured, which rows are left out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

pytest.register_assert_rewrite("tests.platforms.contract")

from tests.platforms.atproto_network import network  # noqa: E402, F401 - a fixture, one network for all of a run
from tests.platforms.contract import PlatformContract  # noqa: E402


class ByPlatform(LoadScopeScheduling):  # type: ignore[misc]  xdist has no types
    """Two processes at most, one a network: what asks one server asks it one after the other."""

    def _split_scope(self, nodeid: str) -> str:
        return "atproto" if "atproto" in nodeid else "matrix"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByPlatform | None:
    """With ``--dist loadscope``. Marks of a group would say it too, but xdist 3.8 does not see them with pytest 9.2."""
    return ByPlatform(config, log) if config.getvalue("dist") == "loadscope" else None


FIGURE = "figure"
"""A property of a test: it travels with its report, from another process too."""


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Say what was measured; it stands at the end of the run."""

    def told(line: str) -> None:
        record_property(FIGURE, line)

    return told


def pytest_terminal_summary(terminalreporter: Any) -> None:
    passed = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    told = {line for report in passed for name, line in report.user_properties if name == FIGURE}
    if told:
        terminalreporter.section("measured")
    for line in sorted(told):
        terminalreporter.line(line)
    contracts = [contract for contract in PlatformContract.__subclasses__() if contract.left_out]
    for contract in contracts if terminalreporter.config.option.verbose >= 0 else []:
        terminalreporter.section(f"rows that {contract.__name__} leaves out")
        for row, reason in sorted(contract.left_out.items()):
            terminalreporter.line(f"{row}: {reason}")
