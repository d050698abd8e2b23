"""A whole service with the demonstration world in it, started as a user starts it, and real browsers before it."""

from __future__ import annotations

import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from tests.service.running import free_port, until

PASSWORD = "correct horse battery staple 9"
READY_S = 300.0


@dataclass
class House:
    """The service, and how one gets in."""

    address: str
    home: Path
    logins: dict[str, tuple[str, str]]
    """Of each role: the name and the password for one use."""
    notice: str
    appeal: str
    receipt: str
    cookies: dict[str, Any] = field(default_factory=dict)
    """Of each role that signed in."""

    def ask(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the database itself says."""
        with sqlite3.connect(f"file:{self.home / 'ostrakon.sqlite3'}?mode=ro", uri=True) as database:
            return database.execute(sql, values).fetchall()

    def number(self, sql: str, *values: Any) -> Any:
        """The one value that it answers with."""
        return self.ask(sql, *values)[0][0]


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """What ``ostrakon try`` serves."""
    folder = tmp_path_factory.mktemp("house")
    said = folder / "said"
    command = [sys.executable, "-m", "ostrakon", "try", str(folder / "home"), "--port", str(free_port())]
    with said.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
    try:
        until(lambda: "Ctrl-C" in said.read_text() or process.poll() is not None, READY_S)
        assert process.poll() is None, said.read_text()
        yield _told(said.read_text(), folder / "home")
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def _told(said: str, home: Path) -> House:
    """From what it says to whom started it."""
    roles = "reviewer|approver|appeals reviewer|safety lead|auditor|administrator"
    logins = re.findall(rf"^ +({roles}) {{2,}}(\S+) +(\S+)$", said, re.MULTILINE)
    links = dict(re.findall(r"^ +(a notice|to appeal|a report's receipt) +(\S+)$", said, re.MULTILINE))
    address = re.search(r"Open (http://\S+)", said)
    assert address, said
    return House(
        address.group(1),
        home,
        {role: (name, password) for role, name, password in logins},
        links["a notice"],
        links["to appeal"],
        links["a report's receipt"],
    )


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox"],  # in CI, as root
        )
        yield browser
        browser.close()


Open = Callable[..., Page]


@pytest.fixture
def open_as(house: House, chromium: Browser) -> Iterator[Open]:
    """A page for somebody of a role, or for nobody: ``open_as("reviewer", language="ar", width=360)``.

    Whatever it asks of another origin, and whatever the browser complains about, fails the test.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opened(role: str | None = None, *, language: str = "en", width: int = 1280, **more: Any) -> Page:
        context = chromium.new_context(
            base_url=house.address, viewport={"width": width, "height": 900}, locale=language, **more
        )
        contexts.append(context)
        context.add_cookies([{"name": "django_language", "value": language, "url": house.address}])
        if role is not None:
            _sign_in(house, context, role)
        page = context.new_page()
        page.on("console", lambda said: said.type == "error" and complaints.append(said.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda asked: _is_ours(asked.url, house) or complaints.append(asked.url))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [said for said in complaints if "status of 4" not in said] == []


def _is_ours(url: str, house: House) -> bool:
    return url.startswith((house.address, "data:", "blob:", "about:"))


def _sign_in(house: House, context: BrowserContext, role: str) -> None:
    """With the password that was printed, once; later with the cookies from then."""
    if role not in house.cookies:
        name, printed = house.logins[role]
        page = context.new_page()
        page.goto("/accounts/login/")
        page.fill("#id_login", name)
        page.fill("#id_password", printed)
        page.press("#id_password", "Enter")
        page.fill("#id_oldpassword", printed)
        page.fill("#id_password1", PASSWORD)
        page.fill("#id_password2", PASSWORD)
        page.press("#id_password2", "Enter")
        page.wait_for_load_state()
        house.cookies[role] = [cookie for cookie in context.cookies() if cookie["name"] != "django_language"]
        page.close()
    context.add_cookies(house.cookies[role])
