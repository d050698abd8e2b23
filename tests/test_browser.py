"""The page of a triage, as a browser shows it: complete, alone, and without running anything."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.needs_program("chromium")


def ostrakon(*arguments: str | Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "ostrakon", *arguments], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page that `make run` makes."""
    world = tmp_path_factory.mktemp("demo") / "world"
    ostrakon("demo", world)
    optional = [
        f for name in ("decisions", "accounts", "reporters") for f in (f"--{name}", world / f"{name}.csv")
    ]
    ostrakon("triage", world / "reports.csv", *optional, "--out", world.parent / "triage")
    return world.parent / "triage" / "report.html"


def shown_by_the_browser(page: Path, profile: Path) -> tuple[str, list[str]]:
    """The page after it was laid out, with no network to reach; and what the browser complained about."""
    run = subprocess.run(
        [
            "chromium",
            "--headless",
            "--no-sandbox",  # in CI, as root
            "--disable-gpu",
            f"--user-data-dir={profile}",
            "--host-resolver-rules=MAP * ~NOTFOUND",
            "--enable-logging=stderr",
            "--dump-dom",
            page.as_uri(),
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return run.stdout, [line for line in run.stderr.splitlines() if "CONSOLE" in line]


def test_a_browser_shows_the_whole_page_and_finds_nothing_to_complain_about(
    page: Path, tmp_path: Path
) -> None:
    dom, complaints = shown_by_the_browser(page, tmp_path)
    assert complaints == []
    assert dom.rstrip().endswith("</html>")
    assert dom.count("<tr") == page.read_text().count("<tr")
    assert "<script" not in dom
