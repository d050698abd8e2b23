"""The pages of platforms: everybody sees how they stand, administrators switch them, and live is asked for twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from tests.enforcement.platform_case import SOON, Town, commands, connect
from tests.web.case import person, signed_in

from ostrakon.casework.models import Role
from ostrakon.enforcement.checking import check
from ostrakon.enforcement.models import Command, Connection
from ostrakon.ledger.models import Entry

pytestmark = pytest.mark.django_db
FORM = {"platform": "example.org", "kind": "matrix", "address": "https://example.org", "options": ""}


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch) -> Town:
    return connect(monkeypatch, mode="read_only")


@pytest.fixture
def admin() -> Client:
    return signed_in(person("dina", Role.ADMINISTRATOR))


@pytest.fixture
def reviewer() -> Client:
    return signed_in(person("esi", Role.REVIEWER))


def html(browser: Client, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_an_administrator_connects_a_platform_that_reads_only(admin: Client) -> None:
    answer = admin.post("/platforms", FORM)
    made = Connection.objects.get()
    assert (answer.status_code, made.mode) == (302, "read_only")
    page = html(admin, f"/platforms/{made.pk}")
    assert "OSTRAKON_PLATFORMS_EXAMPLE_ORG_TOKEN" in page
    assert Entry.objects.get(kind="connection_added").actor.startswith("person:")


@pytest.mark.parametrize(
    "wrong",
    [
        {"address": "https://admin:hunter2@example.org"},
        {"kind": "telegraph"},
        {"options": "{"},
        {"options": "[]"},
        {"options": '{"token": "hunter2"}'},
        {"platform": "a b"},
    ],
)
def test_what_makes_no_sense_is_refused_with_its_words(admin: Client, wrong: dict[str, str]) -> None:
    answer = admin.post("/platforms", FORM | wrong)
    assert answer.status_code == 422
    assert not Connection.objects.exists()


def test_what_is_planned_is_shown_to_who_sees_cases_alone(
    town: Town, admin: Client, reviewer: Client
) -> None:
    decision = town.decide(whose := town.account())
    page = html(reviewer, f"/platforms/{town.connection.pk}")
    assert f"/decisions/{decision.pk}" in page
    assert "1 command or notice is planned" in page
    theirs = html(admin, f"/platforms/{town.connection.pk}")
    assert "1 command or notice is planned" in theirs
    assert f">{whose.external_id}<" not in theirs
    assert f"/decisions/{decision.pk}" not in theirs


def test_live_is_asked_for_twice_and_needs_a_fit_platform(town: Town, admin: Client) -> None:
    path = f"/platforms/{town.connection.pk}/mode"
    assert admin.post(path, {"mode": "live"}).status_code == 422
    assert admin.post(path, {"mode": "live", "sure": "on"}).status_code == 409
    check(town.connection, town.lines.to(town.connection), SOON)
    assert admin.post(path, {"mode": "live", "sure": "on"}).status_code == 302
    assert Connection.objects.get().mode == "live"


def test_a_halt_says_why_and_what_to_do(town: Town, reviewer: Client) -> None:
    Connection.objects.update(halted_at=SOON - timedelta(days=1), halted_why="the token <is> dead")
    for path in ("/platforms", f"/platforms/{town.connection.pk}"):
        page = html(reviewer, path)
        assert "the token &lt;is&gt; dead" in page
        assert "halted" in page


def test_what_was_refused_can_be_tried_again(town: Town, reviewer: Client) -> None:
    town.switch("live")
    town.service.held.add((whose := town.account()).external_id)
    decision = town.decide(whose)
    town.carry_out()
    assert "legal_hold" in html(reviewer, f"/platforms/{town.connection.pk}")
    assert "not carried out" in html(reviewer, f"/decisions/{decision.pk}")
    town.service.held.clear()
    assert reviewer.post(f"/commands/{Command.objects.get().pk}/again").status_code == 302
    town.carry_out()
    assert commands() == [("suspend", "delivered", "applied")]
    assert "carried out, and read back" in html(reviewer, f"/decisions/{decision.pk}")
    assert reviewer.post(f"/commands/{Command.objects.get().pk}/again").status_code == 409


def test_an_ended_decision_is_not_carried_out_again(town: Town, reviewer: Client) -> None:
    town.switch("live")
    town.service.held.add((whose := town.account()).external_id)
    decision = town.decide(whose)
    town.carry_out()
    town.end(decision)
    assert reviewer.post(f"/commands/{Command.objects.get().pk}/again").status_code == 409


def test_a_worker_is_asked_to_look_at_once(town: Town, admin: Client) -> None:
    Connection.objects.update(checked_at=SOON, read_next_at=SOON)
    assert admin.post(f"/platforms/{town.connection.pk}/look").status_code == 302
    connection = Connection.objects.get()
    assert (connection.checked_at, connection.read_next_at) == (None, None)
