"""What must hold before the service starts, and what an operator should know."""

from __future__ import annotations

from pathlib import Path

import pytest

from ostrakon.casework import announcements
from ostrakon.service.checks import _unsafe, decisions_are_carried_out
from ostrakon.service.configuration import Configuration

SOUND = {"smtp_host": "mail.example.org", "public_url": "https://appeals.example.org"}


def found(home: Path, **settings: object) -> set[str]:
    return {str(message.id) for message in _unsafe(Configuration(home=home, **{**SOUND, **settings}))}  # type: ignore[arg-type]


def test_nobody_listening_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announcements, "_listeners", [])
    (message,) = decisions_are_carried_out(None)
    assert message.id == "ostrakon.E001"
    announcements.listen(lambda what: None)
    assert decisions_are_carried_out(None) == []


def test_a_sound_configuration_has_nothing_to_complain_of(tmp_path: Path) -> None:
    assert found(tmp_path) == set()


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"secret_key": "short"}, {"ostrakon.E002"}),
        ({"debug": "true", "host": "0.0.0.0"}, {"ostrakon.E003"}),
        ({"public_url": "http://appeals.example.org"}, {"ostrakon.W002"}),
        ({"public_url": "", "host": "0.0.0.0"}, {"ostrakon.W002"}),
        ({"public_url": "", "host": "::1"}, set()),
        ({"smtp_host": ""}, {"ostrakon.W003"}),
        ({"second_factor": False}, {"ostrakon.W004"}),
    ],
)
def test_what_suits_a_laptop_only_is_said(
    tmp_path: Path, settings: dict[str, object], says: set[str]
) -> None:
    assert found(tmp_path, **settings) == says


def test_a_secret_key_that_others_can_read_is_said(tmp_path: Path) -> None:
    key = tmp_path / "secret.key"
    key.write_text("k" * 48)
    key.chmod(0o600)
    assert found(tmp_path) == set()
    key.chmod(0o640)
    assert found(tmp_path) == {"ostrakon.W001"}
