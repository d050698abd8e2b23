"""Files of earlier times and measuring, from the shell of the machine."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.cli.case import command, one_line
from tests.impact.earlier import FILES, SPELLS, a_file

from ostrakon.impact.models import HistoryFile, ImpactMeasurement

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("service")]


def done(*arguments: str) -> str:
    ended = command("impact", *arguments)
    assert (ended.status, ended.err) == (0, "")
    return ended.out


def refused(*arguments: str) -> str:
    ended = command("impact", *arguments)
    assert ended.status in (1, 2)
    assert ended.out == ""
    return one_line(ended.err)


def test_a_file_is_added_listed_and_withdrawn(tmp_path: Path) -> None:
    file = a_file(tmp_path, "spells", SPELLS + ",2026-01-01,,,,\n")
    said = done("add", "spells", str(file), "--platform", "town")
    assert re.match(r"file \d+: 5 rows of spells, sha256 [0-9a-f]{64}\n  1 not used: ", said)
    assert re.search(r"spells +spells.csv +town +5 +1 ", done("list"))
    kept = HistoryFile.objects.get()
    assert "its bytes are erased" in done("withdraw", str(kept.pk))
    assert "spells.csv" not in done("list")


def test_what_is_no_such_file_is_refused_in_one_line(tmp_path: Path) -> None:
    file = a_file(tmp_path, "spells")
    assert "no kind of file" in refused("add", "gossip", str(file))
    assert f"{file} has no column 'list'" in refused("add", "lists", str(file))
    assert "it cannot be read" in refused("add", "lists", str(tmp_path / "missing.csv"))


def test_what_was_measured_is_measured_again_byte_for_byte(tmp_path: Path) -> None:
    for kind in FILES:
        done("add", kind, str(a_file(tmp_path, kind)))
    assert done("measure").startswith("measurement ")
    made = ImpactMeasurement.objects.get()
    assert done("measure", "--check", str(made.pk)) == f"measurement {made.pk}: the same, byte for byte\n"


def test_figures_that_came_out_otherwise_end_with_a_failure(tmp_path: Path) -> None:
    for kind in FILES:
        done("add", kind, str(a_file(tmp_path, kind)))
    done("measure")
    made = ImpactMeasurement.objects.get()
    made.measures = made.measures.replace('"name":"days_lost","value":10.0', '"name":"days_lost","value":9.0')
    made.save()
    ended = command("impact", "measure", "--check", str(made.pk))
    assert ended.status == 1
    assert "other figures from the same data: collateral" in ended.out


def test_a_measurement_that_is_not_there_cannot_be_checked() -> None:
    assert "there is no measurement 99" in refused("measure", "--check", "99")
