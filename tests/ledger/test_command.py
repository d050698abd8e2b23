"""``ostrakon ledger``: the record checked from the shell, also by somebody who has nothing but an export and a key."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from tests.ledger.case import KEY, exported, tamper, write_a_week

from ostrakon.ledger.keys import make_key, public_path

RUN = "import sys, runpy; sys.argv = ['ostrakon', *{arguments}]; runpy.run_module('ostrakon', run_name='__main__')"
HEAVY = {"django", "polars", "numpy", "scipy", "numba", "psycopg"}


def ostrakon(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ostrakon", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | environment,
    )


def the_tests_database() -> str:
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{name}"


@pytest.fixture
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The public key with which the record of these tests was signed."""
    monkeypatch.setattr("ostrakon.ledger.keys.Ed25519PrivateKey.generate", lambda: KEY)
    make_key(tmp_path / "ledger.key")
    return public_path(tmp_path / "ledger.key")


@pytest.fixture
def export(tmp_path: Path) -> Path:
    write_a_week()
    path = tmp_path / "record.ndjson"
    path.write_bytes(exported())
    return path


@pytest.mark.django_db
def test_an_export_is_checked_with_the_public_key_alone(export: Path, key: Path) -> None:
    run = ostrakon("ledger", "verify", "--export", export, "--key", key)
    assert (run.returncode, run.stderr) == (0, "")
    assert "The record is intact: 12 entries, 2 checkpoints." in run.stdout
    assert "Signed up to entry 10" in run.stdout
    expect = run.stdout.split("--expect ")[1].strip()
    assert ostrakon("ledger", "verify", "--export", export, "--key", key, "--expect", expect).returncode == 0


@pytest.mark.django_db
def test_what_is_wrong_is_named_and_the_exit_status_says_so(export: Path, key: Path) -> None:
    lines = export.read_bytes().splitlines(keepends=True)
    export.write_bytes(b"".join([*lines[:3], *lines[4:]]))
    run = ostrakon("ledger", "verify", "--export", export, "--key", key)
    assert run.returncode == 1
    assert "entry 3: missing here" in run.stdout
    assert "The record does not verify: 1 problem in 11 entries." in run.stdout


@pytest.mark.django_db
def test_checking_an_export_loads_no_framework(export: Path, key: Path) -> None:
    arguments = ["ledger", "verify", "--export", str(export), "--key", str(key)]
    code = (
        f"try:\n {RUN.format(arguments=arguments)}\nexcept SystemExit: pass\n"
        "import json; print(); print(json.dumps(list(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "intact" in run.stdout
    assert HEAVY.isdisjoint(json.loads(run.stdout.splitlines()[-1]))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--export", "{export}"], "--key is missing"),
        (["--export", "{export}", "--key", "{export}"], "no public key"),
        (["--export", "missing.ndjson", "--key", "{key}"], "missing.ndjson"),
        (["--export", "{key}", "--key", "{key}"], "not an export"),
        (["--export", "{export}", "--key", "{key}", "--expect", "12"], "NUMBER:DIGEST"),
    ],
)
def test_what_cannot_be_used_ends_clearly(arguments: list[str], says: str, export: Path, key: Path) -> None:
    run = ostrakon("ledger", "verify", *(each.format(export=export, key=key) for each in arguments))
    assert run.returncode == 2
    assert says in run.stderr
    assert run.stdout == ""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_database_is_checked_and_written_out_with_the_key_of_the_home(key: Path) -> None:
    write_a_week()
    place = {"OSTRAKON_HOME": str(key.parent), "DATABASE_URL": the_tests_database()}
    run = ostrakon("ledger", "verify", **place)
    assert (run.returncode, run.stderr) == (0, "")
    assert "The record is intact: 12 entries, 2 checkpoints." in run.stdout

    out = key.parent / "record.ndjson"
    run = ostrakon("ledger", "export", "--out", out, "--first", "3", **place)
    assert (run.returncode, run.stderr) == (0, "")
    assert "entries 3 to 12, 2 checkpoints" in run.stdout
    assert out.read_bytes() == exported(3)
    assert ostrakon("ledger", "verify", "--export", out, "--key", key).returncode == 0

    again = ostrakon("ledger", "export", "--out", out, **place)
    assert (again.returncode, out.read_bytes()) == (2, exported(3))
    assert "name another file" in again.stderr

    beyond = ostrakon("ledger", "export", "--out", key.parent / "none.ndjson", "--last", "99", **place)
    assert beyond.returncode == 2
    assert {path.name for path in key.parent.iterdir()} >= {"record.ndjson", "ledger.key", "ledger.pub"}
    assert not any("none.ndjson" in path.name for path in key.parent.iterdir())

    tamper("UPDATE ledger_entry SET actor = 'person:4' WHERE number = 7")
    run = ostrakon("ledger", "verify", **place)
    assert run.returncode == 1
    assert "entry 7: actor" in run.stdout
