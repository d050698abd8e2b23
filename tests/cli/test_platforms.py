"""Platforms from the shell of the machine: connected, checked, read, switched."""

from __future__ import annotations

import io

import pytest
from tests.cli.case import command, one_line

from ostrakon.enforcement.connections import OPENERS
from ostrakon.enforcement.models import Connection
from ostrakon.intake.models import Report
from ostrakon.platforms.contract import Mode, Platform
from ostrakon.platforms.fake.connector import FakePlatform
from ostrakon.platforms.fake.lines import INSIDE, Inside, Line
from ostrakon.platforms.fake.rules import MILD
from ostrakon.platforms.fake.service import FakeService

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("service")]


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> FakeService:
    """A fake platform that answers at any address."""
    service = FakeService(MILD)

    def opened(row: Connection) -> Platform:
        token = "moderator-token-4b1d"
        transport = Inside(Line(service))
        return FakePlatform(INSIDE, token, mode=Mode(row.mode), rules=MILD, transport=transport)

    monkeypatch.setitem(OPENERS, "fake", opened)
    return service


def done(*arguments: str) -> str:
    ended = command("platforms", *arguments)
    assert (ended.status, ended.err) == (0, "")
    return ended.out


def add() -> str:
    return done("add", "town", "--kind", "fake", "--address", INSIDE)


def test_a_new_platform_reads_only_and_says_where_its_secret_goes(there: FakeService) -> None:
    said = add()
    assert "it reads only" in said
    assert "OSTRAKON_PLATFORMS_TOWN_TOKEN" in said
    assert Connection.objects.get().mode == "read_only"


def test_check_says_what_it_found(there: FakeService) -> None:
    add()
    said = done("check", "town")
    assert "let in: yes" in said
    assert "suspend" in said


def test_check_of_one_that_does_not_let_us_in_ends_with_1(there: FakeService) -> None:
    add()
    there.tokens.clear()
    ended = command("platforms", "check", "town")
    assert ended.status == 1
    assert "let in: no" in ended.out


def test_sync_reads_its_reports(there: FakeService) -> None:
    add()
    there.report(there.register("a").id, there.register("b").id, "Spam.")
    assert "New reports: 1" in done("sync", "town")
    assert "read before: " in done("sync", "town")
    assert Report.objects.get().platform == "town"


def test_status_shows_every_connection(there: FakeService) -> None:
    assert "No platform" in done("status")
    add()
    assert "read_only" in done("status")


def test_live_is_asked_for_twice(there: FakeService, monkeypatch: pytest.MonkeyPatch) -> None:
    add()
    done("check", "town")
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    asked = command("platforms", "mode", "town", "live")
    assert asked.status == 1
    assert Connection.objects.get().mode == "read_only"
    assert "live now" in done("mode", "town", "live", "--yes")
    assert Connection.objects.get().mode == "live"


def test_an_unknown_platform_and_a_senseless_option_are_refused(there: FakeService) -> None:
    ended = command("platforms", "check", "nowhere")
    assert (ended.status, ended.out) == (1, "")
    assert "nowhere" in one_line(ended.err)
    wrong = command("platforms", "add", "x", "--kind", "fake", "--address", INSIDE, "--option", "policies")
    assert wrong.status == 2
