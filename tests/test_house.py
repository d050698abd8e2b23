"""The rules of the house that no linter knows."""

from __future__ import annotations

import ast
import inspect
import io
import os
import re
import subprocess
import sys
import textwrap
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ostrakon import errors

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "src" / "ostrakon"
ERRORS = dict(inspect.getmembers(errors, inspect.isclass))


def files_of_the_repository() -> list[Path]:
    """Those that are committed, or would be."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


# Errors


def drawn_tree(drawing: str) -> Iterator[tuple[str, str]]:
    """(error, parent) for every line of the drawing, by its indentation."""
    above: list[tuple[int, str]] = []
    for line in drawing.splitlines():
        if not (match := re.fullmatch(r"( *)([A-Z]\w+)(?:  .*)?", line)):
            continue
        depth, name = len(match[1]), match[2]
        above = [(d, n) for d, n in above if d < depth]
        yield name, above[-1][1] if above else "Exception"
        above.append((depth, name))


def test_the_drawing_of_the_error_tree_agrees_with_the_classes() -> None:
    drawn = dict(drawn_tree(inspect.getdoc(errors) or ""))
    assert drawn == {name: error.__base__.__name__ for name, error in ERRORS.items()}


def test_every_error_stands_in_the_one_tree() -> None:
    strays = [
        f"{path.relative_to(ROOT)}: {node.name}"
        for path in SOURCES.rglob("*.py")
        if path.name != "errors.py"
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.ClassDef)
        if any(ast.unparse(base).split(".")[-1] in ERRORS for base in node.bases)
    ]
    assert strays == []


# Rooms


def test_every_room_says_what_it_is_for() -> None:
    rooms = {path.parent for path in SOURCES.rglob("*.py")}
    silent = [
        str(room.relative_to(ROOT))
        for room in rooms
        if not (init := room / "__init__.py").exists() or not ast.get_docstring(ast.parse(init.read_bytes()))
    ]
    assert silent == []


# What must not be in a file


# In pieces, so that this file does not contain what it looks for.
REGISTRIES = [
    "pypi" + ".org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "npm" + "js.com",
    "yarn" + "pkg.com",
    "deb" + ".debian.org",
    "archive" + ".ubuntu.com",
    "crates" + ".io/",
    "proxy" + ".golang.org",
    "registry" + "-1.docker.io",
    "conda" + ".anaconda.org",
]
MACHINE_PATH = re.compile(rb"(?<![\w.~)}-])/(?:home|Users|root|work)" + rb"/[\w.]")


def test_no_file_names_a_package_registry() -> None:
    named = [
        f"{path.relative_to(ROOT)}: {host}"
        for path in files_of_the_repository()
        for host in REGISTRIES
        if host.encode() in path.read_bytes().lower()
    ]
    assert named == []


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    named = [
        f"{path.relative_to(ROOT)}: {match[0].decode()}"
        for path in files_of_the_repository()
        for match in MACHINE_PATH.finditer(path.read_bytes())
    ]
    assert named == []


# Locks


def pins(lock: str) -> dict[tuple[str, str], Requirement]:
    """The pins of a lock file by (name, marker); fails at anything that is not name==version with its hashes."""
    text = re.sub(r"^ *#.*\n", "", (ROOT / lock).read_text(), flags=re.MULTILINE)
    found = {}
    for line in text.replace("\\\n", " ").splitlines():
        pin, *hashes = re.split(r"\s+--hash=", line.strip())
        assert hashes, f"{lock}: no hash: {pin}"
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", h) for h in hashes), f"{lock}: {pin}"
        assert re.fullmatch(r"[a-z0-9-]+==[0-9][0-9a-z.]*( ; .+)?", pin), f"{lock}: {pin}"
        requirement = Requirement(pin)
        found[requirement.name, str(requirement.marker or "")] = requirement
    return found


def asked_for(*, dev: bool) -> list[Requirement]:
    """What pyproject.toml asks for: the shell, its extras, the build tools, and with `dev` the rest."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = project["dependency-groups"]
    lines = [*project["project"]["dependencies"]]
    lines += [line for extra in project["project"]["optional-dependencies"].values() for line in extra]
    lines += groups["build"] + ([line for line in groups["dev"] if isinstance(line, str)] if dev else [])
    return [Requirement(line) for line in lines]


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_pins_everything_that_is_asked_for(lock: str) -> None:
    locked = pins(lock).values()
    for wanted in asked_for(dev=lock == "requirements-dev.lock"):
        versions = [
            str(pin.specifier).removeprefix("==")
            for pin in locked
            if pin.name == canonicalize_name(wanted.name)
        ]
        assert versions, f"{lock} does not pin {wanted.name}: make lock"
        assert all(wanted.specifier.contains(v) for v in versions), f"{lock}: {wanted}, not {versions}"


def test_the_development_lock_holds_the_same_pins_and_more() -> None:
    run, dev = pins("requirements.lock"), pins("requirements-dev.lock")
    assert {key: str(pin) for key, pin in run.items()} == {key: str(dev.get(key)) for key in run}


# What runs where


def test_ci_runs_named_make_targets_only() -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
    lines = [line.split("#")[0].strip() for line in (ROOT / ".ci" / "run").read_text().splitlines()]
    commands = [
        line for line in lines if line and line not in ("set -euo pipefail", 'cd "$(dirname "$0")/.."')
    ]
    assert commands[0] == "make test", "the README's test command comes first"
    named = {command.partition(" ARGS=")[0] for command in commands}
    assert named - {f"make {target}" for target in targets} == set()


def test_decisions_are_numbered_without_gaps() -> None:
    records = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [path.name[:5] for path in records] == [f"{n:04}-" for n in range(1, len(records) + 1)]


def test_postgresql_is_tried_by_every_room_with_tables() -> None:
    tried = re.search(r"^ROOMS := (.*)$", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
    assert tried
    assert {path.parent.name for path in SOURCES.glob("*/migrations")} <= set(tried[1].split())


# Migrations


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    said = io.StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=said)
    except SystemExit:
        pytest.fail(f"make migrations: {said.getvalue()}")


# Skips: the last lines of a run say what was left out, and nothing is left out silently


@pytest.mark.parametrize(
    ("how", "options", "status", "says"),
    [
        ("@pytest.mark.needs_program('no-such-program')", [], 0, "needs no-such-program (make system)"),
        ("@pytest.mark.needs_program('no-such-program')", ["--no-skips"], 1, "allows no skips"),
        ("@pytest.mark.needs_program('git')", ["--no-skips"], 0, "1 passed"),
        ("@pytest.mark.slow", [], 0, "slow (make test-slow)"),
        ("@pytest.mark.slow", ["--slow", "--no-skips"], 0, "1 passed"),
        ("@pytest.mark.platform", ["--slow"], 0, "beside a real platform (make test-platforms)"),
        ("@pytest.mark.platform", ["--platform", "--no-skips"], 0, "1 passed"),
        ("@pytest.mark.skip(reason='somehow')", [], 1, "skipped only by `needs_program`"),
    ],
)
def test_nothing_is_skipped_silently(
    how: str, options: list[str], status: int, says: str, tmp_path: Path
) -> None:
    (tmp_path / "test_it.py").write_text(f"import pytest\n\n{how}\ndef test_it():\n    pass\n")
    (tmp_path / "pytest.ini").write_text(
        textwrap.dedent("""\
            [pytest]
            addopts = -p tests.skips -p no:django -p no:cacheprovider
            markers =
                slow
                platform
                needs_program
            """)
    )
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(tmp_path)],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert says in run.stdout
    assert run.returncode == status
