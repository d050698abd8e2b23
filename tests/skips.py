"""Who may be left out of a run, and that the run says so.

A test is left out for declared reasons only, and the end of the run names them:

- ``@pytest.mark.needs_program("chromium")``: that program is not installed (`make system` installs it);
- ``@pytest.mark.slow``: it runs with ``--slow`` (`make test-slow`);
- ``@pytest.mark.platform``: it runs with ``--platform`` (`make test-platforms`);
- ``@pytest.mark.crash``: it runs with ``--crash`` (`make test-crash`).

Any other skip fails the run, and with ``--no-skips`` these fail it as well.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

ONLY_WHEN_ASKED_FOR = {
    "slow": "slow (make test-slow)",
    "platform": "beside a real platform (make test-platforms)",
    "crash": "processes are killed (make test-crash)",
}
"""Marks whose tests run with an option of that name, and what is said without it."""
NEEDS = "needs {} (make system)"

# Debian keeps the server's programs of PostgreSQL off the PATH.
os.environ["PATH"] = os.pathsep.join(
    [os.environ.get("PATH", os.defpath), *map(str, Path("/usr/lib/postgresql").glob("*/bin"))]
)


def pytest_addoption(parser: pytest.Parser) -> None:
    house = parser.getgroup("ostrakon")
    for mark in ONLY_WHEN_ASKED_FOR:
        house.addoption(f"--{mark}", action="store_true", help=f"run the tests marked {mark}")
    house.addoption("--no-skips", action="store_true", help="fail if any test was skipped")


def pytest_runtest_setup(item: pytest.Item) -> None:
    for name, reason in ONLY_WHEN_ASKED_FOR.items():
        if item.get_closest_marker(name) and not item.config.getoption(f"--{name}"):
            pytest.skip(reason)
    for mark in item.iter_markers("needs_program"):
        (program,) = mark.args
        if shutil.which(program) is None:
            pytest.skip(NEEDS.format(program))


def skipped_suites(config: pytest.Config) -> Counter[tuple[str, str]]:
    """How many tests were skipped, for each suite (file) and reason."""
    reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
    reports = reporter.stats.get("skipped", []) if reporter else []
    return Counter((r.nodeid.split("::")[0], r.longrepr[2].removeprefix("Skipped: ")) for r in reports)


def is_declared(reason: str) -> bool:
    before, after = NEEDS.split("{}")
    return reason in ONLY_WHEN_ASKED_FOR.values() or (reason.startswith(before) and reason.endswith(after))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    none_allowed = session.config.getoption("--no-skips")
    skipped = skipped_suites(session.config)
    if exitstatus == pytest.ExitCode.OK and any(
        none_allowed or not is_declared(reason) for _, reason in skipped
    ):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    skipped = skipped_suites(config)
    if not skipped:
        return
    terminalreporter.section("skipped suites")
    for (suite, reason), count in sorted(skipped.items()):
        terminalreporter.line(f"skipped: {suite} ({count}): {reason}")
    if config.getoption("--no-skips"):
        terminalreporter.line("This run allows no skips, so it failed.", red=True)
    elif not all(is_declared(reason) for _, reason in skipped):
        terminalreporter.line(
            "A test is skipped only by `needs_program`, `slow`, `platform` or `crash`: the run failed.",
            red=True,
        )
