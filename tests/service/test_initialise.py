"""Setting a service up: once, whole, for its owner only."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import authenticate
from django.utils import timezone

from ostrakon.casework.models import Grant, Person
from ostrakon.casework.permissions import Act, may
from ostrakon.errors import NotReady, OutputRefused
from ostrakon.ledger.keys import load_public_key, public_path
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.models import Entry
from ostrakon.ledger.stored import verify_database
from ostrakon.service import home as home_module
from ostrakon.service import readiness
from ostrakon.service.configuration import Configuration
from ostrakon.service.initialise import initialise
from ostrakon.service.readiness import newest_migrations, refuse_unless_ready, unknown_migrations
from ostrakon.service.upgrade import upgrade as bring_up_to_date

pytestmark = pytest.mark.django_db


@pytest.fixture
def configuration(tmp_path: Path, settings: Any) -> Configuration:
    """Of a service that does not exist yet."""
    home = tmp_path / "home"
    settings.LEDGER_KEY_FILE = home / "ledger.key"
    return Configuration(home=home)


def begun(configuration: Configuration) -> Person:
    """A service that was set up; gives its first administrator."""
    return Person.objects.get(username=initialise(configuration, "alice", timezone.now()).username)


def modes(home: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in [home, *home.iterdir()]}


@pytest.mark.parametrize("umask", [0o022, 0o077])
def test_the_home_is_for_its_owner_only(configuration: Configuration, umask: int) -> None:
    earlier = os.umask(umask)
    try:
        begun(configuration)
    finally:
        os.umask(earlier)
    assert modes(configuration.home) == {
        "home": 0o700,
        "secret.key": 0o600,
        "ledger.key": 0o600,
        "ledger.pub": 0o644,
        "ostrakon.toml": 0o600,
    }


def test_the_first_administrator_can_sign_in_and_must_change_the_password(
    configuration: Configuration,
) -> None:
    first = initialise(configuration, "alice", timezone.now())
    person = authenticate(username="alice", password=first.password)
    assert isinstance(person, Person)
    assert person.must_change_password
    assert may(person, Act.MANAGE_PEOPLE)
    assert not may(person, Act.PROPOSE)


def test_the_password_is_kept_nowhere(configuration: Configuration) -> None:
    first = initialise(configuration, "alice", timezone.now())
    kept = [path.read_text() for path in configuration.home.iterdir()]
    kept += [entry.body for entry in Entry.objects.all()] + [Person.objects.get().password]
    assert not any(first.password in text for text in kept)


def test_the_record_begins_with_it_and_is_signed(configuration: Configuration) -> None:
    begun(configuration)
    kinds = Entry.objects.order_by("number").values_list("kind", flat=True)
    assert list(kinds) == ["service_initialised", "person_added", "role_granted"]
    report = verify_database([load_public_key(public_path(settings.LEDGER_KEY_FILE))])
    assert report.is_intact
    assert report.signed is not None
    assert report.signed.number == 3


def test_a_second_time_is_refused_and_changes_nothing(configuration: Configuration) -> None:
    begun(configuration)
    before = {path: path.read_bytes() for path in configuration.home.iterdir()}
    with pytest.raises(OutputRefused, match="set up before"):
        initialise(configuration, "mallory", timezone.now())
    assert {path: path.read_bytes() for path in configuration.home.iterdir()} == before
    assert Person.objects.count() == Grant.objects.count() == 1


def test_another_home_for_the_same_database_is_refused_before_a_key_is_made(
    configuration: Configuration, tmp_path: Path
) -> None:
    begun(configuration)
    with pytest.raises(OutputRefused, match="set up before"):
        initialise(replace(configuration, home=tmp_path / "other"), "mallory", timezone.now())
    assert list((tmp_path / "other").iterdir()) == []


def test_what_was_broken_off_goes_on_with_the_same_keys(
    configuration: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    configuration.home.mkdir()
    home_module.furnish(configuration.home, settings.LEDGER_KEY_FILE)
    before = {path: path.read_bytes() for path in configuration.home.iterdir()}
    begun(configuration)
    assert {path: path.read_bytes() for path in configuration.home.iterdir()} == before


@pytest.mark.parametrize("left", [".new-ledger.key", ".new-ledger.pub", "ledger.pub"])
def test_a_ledger_key_that_was_broken_off_is_made_anew(configuration: Configuration, left: str) -> None:
    configuration.home.mkdir()
    (configuration.home / left).write_text("half a k")
    begun(configuration)
    assert load_public_key(configuration.home / "ledger.pub")
    assert not any(path.name.startswith(".") for path in configuration.home.iterdir())


def test_a_configuration_that_is_there_stays(configuration: Configuration) -> None:
    configuration.home.mkdir()
    (configuration.home / "ostrakon.toml").write_text("port = 9000\n")
    begun(configuration)
    assert (configuration.home / "ostrakon.toml").read_text() == "port = 9000\n"


# Ready to start


def test_a_service_that_was_never_set_up_does_not_start(configuration: Configuration) -> None:
    with pytest.raises(NotReady, match="ostrakon init"):
        refuse_unless_ready(configuration)


def test_a_service_without_the_key_of_its_record_does_not_start(configuration: Configuration) -> None:
    begun(configuration)
    settings.LEDGER_KEY_FILE.unlink()
    with pytest.raises(NotReady, match=r"ledger\.key is missing"):
        refuse_unless_ready(configuration)


def test_a_service_with_older_tables_does_not_start(
    configuration: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(configuration)
    monkeypatch.setattr(readiness, "missing_migrations", lambda: ["casework.0003_more"])
    with pytest.raises(NotReady, match="1 steps behind this version: ostrakon upgrade"):
        refuse_unless_ready(configuration)


def test_a_service_with_newer_tables_does_not_start(configuration: Configuration) -> None:
    begun(configuration)
    readiness.MigrationRecorder(readiness.connection).record_applied("casework", "0999_from_the_future")
    assert unknown_migrations() == ["casework.0999_from_the_future"]
    with pytest.raises(NotReady, match="newer version"):
        refuse_unless_ready(configuration)


def test_a_service_whose_decisions_nobody_would_carry_out_does_not_start(
    configuration: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(configuration)
    monkeypatch.setattr("ostrakon.casework.announcements._listeners", [])
    with pytest.raises(NotReady, match=r"ostrakon\.E001"):
        refuse_unless_ready(configuration)


# Upgrading


def test_an_upgrade_of_what_is_up_to_date_writes_no_entry(configuration: Configuration) -> None:
    begun(configuration)
    assert bring_up_to_date() == []
    assert Entry.objects.count() == 3


def test_an_upgrade_is_an_entry_once(configuration: Configuration, monkeypatch: pytest.MonkeyPatch) -> None:
    begun(configuration)
    monkeypatch.setattr("ostrakon.service.initialise.__version__", "9.9.9")
    bring_up_to_date()
    bring_up_to_date()
    (entry,) = Entry.objects.filter(kind=Kind.SERVICE_UPGRADED)
    assert '"version":"9.9.9"' in entry.body
    assert f'"{newest_migrations()[0]}"' in entry.body


def test_nothing_is_upgraded_that_was_never_set_up() -> None:
    with pytest.raises(NotReady, match="ostrakon init"):
        bring_up_to_date()


def test_nothing_is_upgraded_that_a_newer_version_has_changed(configuration: Configuration) -> None:
    begun(configuration)
    readiness.MigrationRecorder(readiness.connection).record_applied("casework", "0999_from_the_future")
    with pytest.raises(NotReady, match="newer version"):
        bring_up_to_date()
