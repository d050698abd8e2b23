"""Secrets of platforms stand in the configuration, by the platform's name, and are shown nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from ostrakon.errors import InputUnusable
from ostrakon.service.configuration import load


def test_a_platforms_token_stands_in_its_table(tmp_path: Path) -> None:
    (tmp_path / "ostrakon.toml").write_text('[platforms."example.org"]\ntoken = "syt_1"\n')
    made = load({"OSTRAKON_HOME": str(tmp_path)})
    assert made.secret_of("example.org", "token") == "syt_1"
    assert made.secret_of("example.net", "token") == ""


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    (tmp_path / "ostrakon.toml").write_text('[platforms.here]\ntoken = "old"\n')
    made = load({"OSTRAKON_HOME": str(tmp_path), "OSTRAKON_PLATFORMS_HERE_TOKEN": "new"})
    assert made.secret_of("here", "token") == "new"


def test_a_token_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("syt_2\n")
    named = {"OSTRAKON_HOME": str(tmp_path), "OSTRAKON_PLATFORMS_HERE_TOKEN_FILE": str(tmp_path / "token")}
    assert load(named).secret_of("here", "token") == "syt_2"
    with pytest.raises(InputUnusable):
        load({**named, "OSTRAKON_PLATFORMS_HERE_TOKEN_FILE": str(tmp_path / "gone")})


def test_no_secret_is_shown_with_the_configuration(tmp_path: Path) -> None:
    made = load({"OSTRAKON_HOME": str(tmp_path), "OSTRAKON_PLATFORMS_HERE_TOKEN": "syt_3"})
    assert "syt_3" not in f"{made!r} {made}"


def test_a_secret_without_a_platform_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ostrakon.toml").write_text('[platforms]\ntoken = "whose?"\n')
    with pytest.raises(InputUnusable) as refused:
        load({"OSTRAKON_HOME": str(tmp_path)})
    assert "whose?" not in str(refused.value)
