"""The configuration file that `ostrakon init` writes: everything that may be set, and nothing set."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from pathlib import Path

from ostrakon.service.configuration import Configuration, load
from ostrakon.service.template import settings, template


def test_it_sets_nothing() -> None:
    assert tomllib.loads(template()) == {}


def test_every_setting_stands_in_it_with_what_holds_otherwise(tmp_path: Path) -> None:
    said = re.sub(r"^# (\w+ = )", r"\1", template(), flags=re.MULTILINE)
    (tmp_path / "ostrakon.toml").write_text(said)
    assert set(tomllib.loads(said)) == {field.name for field in fields(Configuration)} - {"home", "platforms"}
    assert load({"OSTRAKON_HOME": str(tmp_path)}) == Configuration(home=tmp_path)


def test_the_explanation_of_a_setting_stands_above_it() -> None:
    told = {name: text for name, _, text in settings()}
    assert told["workers"].startswith("Background workers")
    assert "# Background workers that ostrakon serve keeps alive.\n# workers = 1\n" in template()
