"""Platforms are connected by an administrator, read only at first, and switched live when they are fit."""

from __future__ import annotations

import inspect
from dataclasses import fields
from datetime import timedelta
from typing import Any

import pytest
from tests.casework.case import NOW, person
from tests.enforcement.platform_case import SOON, Town, commands, connect

from ostrakon.casework.models import Role, Task
from ostrakon.enforcement.checking import check
from ostrakon.enforcement.commands import EXPIRES
from ostrakon.enforcement.connecting import Asked, add_connection, switch
from ostrakon.enforcement.connections import OPENERS, OPTIONS, SECRETS, open_connection
from ostrakon.enforcement.models import Command, Connection
from ostrakon.enforcement.reading import read_platforms
from ostrakon.enforcement.standing import standing_of
from ostrakon.errors import NotInThisState, NotPermitted, NotReady, Refused, Unfit
from ostrakon.ledger.models import Entry
from ostrakon.platforms.contract import Capabilities, Platform
from ostrakon.service.configuration import Configuration, secret_name

pytestmark = pytest.mark.django_db
FITTING = {"module": True, "notices": False, "actions": "suspend, label"}
MATRIX = Asked("example.org", "matrix", "https://matrix.example.org/")


def test_a_new_connection_reads_only() -> None:
    made = add_connection(person("root", Role.ADMINISTRATOR), MATRIX, NOW)
    assert (made.mode, made.address) == ("read_only", "https://matrix.example.org")
    assert Entry.objects.get(kind="connection_added").subject == f"connection:{made.pk}"


def test_only_an_administrator_connects_and_switches(monkeypatch: pytest.MonkeyPatch) -> None:
    lead, town = person("lead", Role.SAFETY_LEAD), connect(monkeypatch, mode="read_only")
    with pytest.raises(NotPermitted):
        add_connection(lead, MATRIX, NOW)
    with pytest.raises(NotPermitted):
        switch(lead, town.connection.pk, "live", NOW)
    assert Connection.objects.get().mode == "read_only"


@pytest.mark.parametrize(
    "asked",
    [
        Asked("a b", "matrix", "https://example.org"),
        Asked("../x", "matrix", "https://example.org"),
        Asked("", "matrix", "https://example.org"),
        Asked("x" * 41, "matrix", "https://example.org"),
        Asked("x", "telegraph", "https://example.org"),
        Asked("x", "matrix", "ftp://example.org"),
        Asked("x", "matrix", "https://admin:hunter2@example.org"),
        Asked("x", "matrix", "https://example.org/?token=hunter2"),
        Asked("x", "matrix", "https://"),
        Asked("x", "matrix", "https://example.org", {"token": "hunter2"}),
        Asked("x", "matrix", "https://example.org", {"policies": "spam"}),
        Asked("x", "matrix", "https://example.org", {"notices_user": 3}),
        Asked("x", "matrix", "https://example.org", {"module": "yes"}),
        Asked("x", "matrix", "https://example.org", {"actions": "suspend"}),
        Asked("x", "webhook", "https://example.org", {"notices": 1}),
        Asked("x", "webhook", "https://example.org", {"actions": "suspend, explode"}),
        Asked("x", "webhook", "https://example.org", {"actions": ""}),
    ],
)
def test_what_makes_no_sense_is_refused_without_being_repeated(asked: Asked) -> None:
    with pytest.raises(Unfit) as refused:
        add_connection(None, asked, NOW)
    assert "hunter2" not in str(refused.value)
    assert not Connection.objects.exists()


def test_two_platforms_never_share_the_name_of_their_secrets() -> None:
    add_connection(None, MATRIX, NOW)
    for name in ("example.org", "example-org", "EXAMPLE_ORG"):
        with pytest.raises(NotInThisState):
            add_connection(None, Asked(name, "matrix", "https://elsewhere.example"), NOW)


def test_it_goes_live_only_when_it_was_found_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    town = connect(monkeypatch, mode="read_only")
    with pytest.raises(NotInThisState):
        switch(None, town.connection.pk, "live", NOW)
    check(town.connection, town.lines.to(town.connection), NOW)
    assert switch(None, town.connection.pk, "live", NOW).mode == "live"
    with pytest.raises(NotInThisState):
        switch(None, town.connection.pk, "live", NOW)
    with pytest.raises(Refused):
        switch(None, town.connection.pk, "very live", NOW)
    entry = Entry.objects.get(kind="connection_changed")
    assert '"before":"read_only"' in entry.body


def test_what_grew_too_old_while_it_was_planned_is_one_task(monkeypatch: pytest.MonkeyPatch) -> None:
    town = connect(monkeypatch, mode="read_only")
    for number in range(3):
        town.decide(town.account(f"a{number}"))
    check(town.connection, town.lines.to(town.connection), NOW)
    assert standing_of(town.connection).planned == 3
    switch(None, town.connection.pk, "live", SOON + EXPIRES)
    assert town.carry_out(SOON + EXPIRES) == 0
    assert set(commands()) == {("suspend", "failed", "refused")}
    assert "3 planned commands" in Task.objects.get().detail


def test_a_platform_that_is_away_halts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from ostrakon.platforms.fake.faults import Fault

    town = connect(monkeypatch)
    town.service.faults.order(Fault.REFUSED, 2, everywhere=True)
    assert not check(town.connection, town.lines.to(town.connection), NOW).reachable
    assert town.connection.halted_at is None


def test_a_token_without_rights_halts_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    town = connect(monkeypatch)
    town.token = "person-token-77c0"
    read_platforms(SOON, town.lines)
    connection = Connection.objects.get()
    assert "rights" in connection.halted_why
    assert connection.read_at is None


def test_how_a_connection_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    town = connect(monkeypatch)
    town.service.held.add((refused := town.account()).external_id)
    town.decide(refused)
    town.decide(town.account("dora"))
    town.carry_out()
    town.decide(town.account("emeka"))
    standing = standing_of(town.connection)
    assert (standing.done, standing.refused, standing.waiting, standing.planned) == (1, 1, 1, 0)
    town.switch("read_only")
    assert standing_of(Connection.objects.get()).planned == 1


@pytest.mark.parametrize("kind", Connection.Kind.values)
def test_every_kind_is_opened_with_its_secrets(kind: str, settings: Any) -> None:
    names = {secret_name("here", name): "hunter2" for name in SECRETS[kind]}
    options = {name: FITTING.get(name, "https://example.org") for name in OPTIONS[kind]}
    row = Connection(platform="here", kind=kind, address="https://example.org", options=options)
    settings.CONFIGURATION = Configuration(home=settings.CONFIGURATION.home)
    with pytest.raises(NotReady) as missing:
        open_connection(row)
    assert SECRETS[kind][0] in str(missing.value)
    settings.CONFIGURATION = Configuration(home=settings.CONFIGURATION.home, platforms=names)
    platform = open_connection(row)
    promised = {
        name for name, _ in inspect.getmembers(Platform, inspect.isfunction) if not name.startswith("_")
    }
    assert promised <= set(dir(platform))
    assert platform.capabilities().actions
    platform.close()


def test_kinds_openers_secrets_and_options_name_the_same() -> None:
    assert set(OPENERS) == set(SECRETS) == set(OPTIONS) == set(Connection.Kind.values)


def test_no_column_of_a_connection_could_hold_a_secret() -> None:
    columns = {field.name for field in Connection._meta.get_fields()}
    assert not {name for name in columns if "token" in name or "secret" in name or "password" in name}
    assert [field.name for field in fields(Configuration) if field.name == "platforms" and not field.repr]


def test_old_commands_are_counted_by_their_own_time(monkeypatch: pytest.MonkeyPatch) -> None:
    town: Town = connect(monkeypatch)
    town.decide(town.account())
    command = Command.objects.get()
    assert command.expires_at
    assert abs(command.expires_at - command.dispatch.queued_at - EXPIRES) < timedelta(seconds=1)


def opened(settings: Any, kind: str, **options: Any) -> Capabilities:
    secrets = {secret_name("x", name): "whsec_aGVsbG8=" for name in SECRETS[kind]}
    settings.CONFIGURATION = Configuration(home=settings.CONFIGURATION.home, platforms=secrets)
    made = add_connection(None, Asked("x", kind, "https://example.org", options), NOW)
    platform = open_connection(made)
    platform.close()
    return platform.capabilities()


def test_the_module_of_synapse_is_an_option(settings: Any) -> None:
    assert opened(settings, "matrix", module=True).push


def test_what_a_receiver_does_is_an_option(settings: Any) -> None:
    offered = opened(settings, "webhook", actions="suspend, label", notices=False)
    assert sorted(offered.actions) == ["label", "suspend", "unlabel", "unsuspend"]
    assert not offered.notices
