"""A whole service with the demonstration world in it, started as a user starts it, and real browsers before it."""

from __future__ import annotations

import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from tests.service.running import free_port, until

PASSWORD = "correct horse battery staple 9"
READY_S = 600.0


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
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """What ``ostrakon try`` serves: one that runs already, or one for these tests alone."""
    runs = request.config.getoption("--house")
    if runs is not None:
        yield _told(runs.read_text())
    else:
        with _started(tmp_path_factory.mktemp("house")) as said:
            yield _told(said)


@contextmanager
def _started(folder: Path) -> Iterator[str]:
    """The service; gives what it said."""
    said = folder / "said"
    port = free_port()
    command = [sys.executable, "-m", "ostrakon", "try", str(folder / "home"), "--port", str(port)]
    with said.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
    try:
        until(
            lambda: process.poll() is not None or ("Ctrl-C" in said.read_text() and _answers(port)), READY_S
        )
        assert process.poll() is None, said.read_text()
        yield said.read_text()
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def _answers(port: int) -> bool:
    """Asked in its own language: a mere connection to a free port can meet itself."""
    try:
        return httpx.get(f"http://127.0.0.1:{port}/accounts/login/").is_success
    except httpx.TransportError:
        return False


def _told(said: str) -> House:
    """From what it says to whom started it."""
    roles = "reviewer|approver|appeals reviewer|safety lead|auditor|administrator"
    logins = re.findall(rf"^ +({roles}) {{2,}}(\S+) +(\S+)$", said, re.MULTILINE)
    links = dict(re.findall(r"^ +(a notice|to appeal|a report's receipt) +(\S+)$", said, re.MULTILINE))
    address = re.search(r"Open (http://\S+)", said)
    letters = re.search(r"Letters become files in (.+); nothing", said)
    assert address, said
    assert letters, said
    return House(
        address.group(1),
        Path(letters.group(1)).parent,
        {role: (name, password) for role, name, password in logins},
        links["a notice"],
        links["to appeal"],
        links["a report's receipt"],
    )


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's. One for each file: its event loop must have ended when other tests come to this process."""
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


@pytest.fixture(params=["en", "fr", "ar"])
def language(request: pytest.FixtureRequest) -> str:
    """Each flow is done in each language of the console."""
    return str(request.param)


def _is_ours(url: str, house: House) -> bool:
    return url.startswith((house.address, "data:", "blob:", "about:"))


def _sign_in(house: House, context: BrowserContext, role: str) -> None:
    """With the password that was printed, once; later with the cookies from then, or with the new password."""
    if role not in house.cookies:
        house.cookies[role] = _cookies_of(house, context, *house.logins[role])
    context.add_cookies(house.cookies[role])


def _cookies_of(house: House, context: BrowserContext, name: str, printed: str) -> Any:
    is_first = house.number("SELECT must_change_password FROM casework_person WHERE username = ?", name)
    page = context.new_page()
    page.goto("/accounts/login/")
    page.fill("#id_login", name)
    page.fill("#id_password", printed if is_first else PASSWORD)
    with page.expect_navigation():
        page.press("#id_password", "Enter")
    if is_first:
        page.fill("#id_oldpassword", printed)
        page.fill("#id_password1", PASSWORD)
        page.fill("#id_password2", PASSWORD)
        with page.expect_navigation():
            page.press("#id_password2", "Enter")
    page.close()
    return [cookie for cookie in context.cookies() if cookie["name"] != "django_language"]
