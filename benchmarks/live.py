"""How near to a bare client does the outbox come on real servers, which take most of the time themselves?

python benchmarks/live.py [--platforms matrix,atproto] [--accounts 200] [--rounds 2]

The servers are those of `make test-platforms`. In turn, a bare client suspends accounts one after the other, and
the worker's own job carries out so many decisions: taken from the database, read, sent, read back, recorded.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from _results import circumstances, load, table, write_section

if TYPE_CHECKING:
    from ostrakon.enforcement.connections import Lines

ROOT = Path(__file__).resolve().parents[1]
GOAL = 0.9
NAME = "live.test"


class Bare(Protocol):
    """Whoever only asks."""

    def suspend(self, account: str) -> bool: ...

    def is_shown(self, account: str) -> bool: ...


@dataclass(frozen=True)
class Place:
    """A real server, with a connection to it."""

    bare: Bare
    register: Callable[[str], str]
    """Somebody new: their id there."""


# -- the servers ----------------------------------------------------------------------------------


@contextmanager
def matrix() -> Iterator[Place]:
    from tests.platforms.bare import BareMatrix
    from tests.platforms.synapse_harness import Server

    from ostrakon.platforms.matrix.words import MATRIX

    server = Server("bench")
    try:
        address, token = server.ready["base_url"], server.ready["admin_token"]
        connect("matrix", address, {}, MATRIX, token=token)
        yield Place(BareMatrix(address, token), server.register)
    finally:
        server.stop()


@contextmanager
def atproto() -> Iterator[Place]:
    from tests.platforms import atproto_network as there
    from tests.platforms.bare import BareAtproto

    from ostrakon.platforms.atproto.abilities import capabilities_of

    with there.running("bench") as network:
        staff = network["staff"]["moderator2"]
        names = ("ozone_url", "ozone_did", "plc_url")
        options = {name: network[name] for name in names} | {"identifier": staff["handle"]}
        connect("atproto", network["pds_url"], options, capabilities_of(), password=staff["password"])

        def register(name: str) -> str:
            return str(there.new_account(network, name)["did"])

        yield Place(BareAtproto(network), register)


def connect(kind: str, address: str, options: dict[str, str], capabilities: Any, **secrets: str) -> None:
    """A connection that is live, with its secret in the configuration."""
    from django.conf import settings

    from ostrakon.enforcement.models import Connection
    from ostrakon.enforcement.offers import offers_of
    from ostrakon.service.configuration import secret_name

    kept = {secret_name(NAME, name): value for name, value in secrets.items()}
    settings.CONFIGURATION = replace(settings.CONFIGURATION, platforms=kept)
    Connection.objects.create(
        platform=NAME, kind=kind, address=address, mode="live", options=options,
        offers=offers_of(capabilities), added_at=datetime.now(UTC),
    )  # fmt: skip


PLACES = {"matrix": matrix, "atproto": atproto}
ACCOUNTS = {"matrix": 200, "atproto": 50}
"""Of a round: some seconds of work. To make one on a PDS takes longer than to suspend it."""


# -- the measuring --------------------------------------------------------------------------------


def measured(place: Place, count: int, rounds: int) -> dict[str, list[float]]:
    """Accounts a second, of each round: until all were asked for and until all are shown."""
    from enforcement import announced, suspensions_of

    from ostrakon.enforcement.connections import Lines
    from ostrakon.intake.models import Account

    lines = Lines()  # open from round to round, as in a worker
    names = iter(f"person{number}" for number in range(10**6))
    ids = [[place.register(next(names)) for _ in range(count)] for _ in range(2 * rounds + 2)]
    known = Account.objects.bulk_create(
        Account(platform=NAME, external_id=one) for some in ids[::2] for one in some
    )
    decisions = suspensions_of(known)
    found: dict[str, list[float]] = {"ours": [], "bare": []}
    for turn in range(rounds + 1):
        announced(decisions[turn * count : (turn + 1) * count])
        ways = {
            "ours": partial(carried_out, lines),
            "bare": partial(asked, place.bare, ids[2 * turn + 1]),
        }
        for name in sorted(ways, reverse=turn % 2 == 1):
            began = time.perf_counter()
            ways[name]()
            found[name].append(count / (time.perf_counter() - began))
    whole(place.bare, [one for some in ids for one in some])
    return {name: rates[1:] for name, rates in found.items()}  # the first round warms both up


def asked(bare: Bare, accounts: Sequence[str]) -> None:
    """Act on each; what is not shown at once is looked at again at the end."""
    waiting = [one for one in accounts if not bare.suspend(one)]
    while waiting := [one for one in waiting if not bare.is_shown(one)]:
        time.sleep(0.05)


def carried_out(lines: Lines) -> None:
    """By the worker's job, until all is shown."""
    from ostrakon.enforcement.carrying_out import carry_out_due
    from ostrakon.enforcement.models import Dispatch

    left = Dispatch.objects.exclude(state="delivered")
    while left.exists():
        if not carry_out_due("benchmark", datetime.now(UTC), lines):
            time.sleep(0.05)


def whole(bare: Bare, accounts: Sequence[str]) -> None:
    """Everybody is suspended there, by one command each, and the record verifies."""
    from ostrakon.enforcement.models import Command
    from ostrakon.ledger.stored import verify_database

    assert all(bare.is_shown(one) for one in accounts)
    assert set(Command.objects.values_list("dispatch__state", "ended")) == {("delivered", "applied")}
    assert [one for one in verify_database([]).problems if not one.startswith("checkpoints")] == []


def section(found: dict[str, dict[str, list[float]]], options: argparse.Namespace, took: str) -> str:
    rows = []
    for name, rates in found.items():
        ours, bare = (statistics.median(rates[who]) for who in ("ours", "bare"))
        shown = [f"{statistics.median(of):.1f} [{min(of):.1f} - {max(of):.1f}]" for of in rates.values()]
        rows.append([name, *shown, f"{ours / bare:.0%}", f">= {GOAL:.0%}"])
    return "\n\n".join(
        [
            "## Decisions carried out on real servers",
            f"`python benchmarks/live.py`: suspensions ({options.accounts or ACCOUNTS}), then as many by a bare "
            f"client, in turn, {options.rounds} rounds; accounts a second until all are shown as suspended, median "
            "[least - most]. Ours takes each decision from the outbox (SQLite), reads, acts, reads back, and records "
            "it with all that was said. The bare client makes the same calls over one open connection and keeps "
            "nothing.",
            table(["platform", "ours", "a bare client", "of it", "goal"], rows),
            circumstances(["ostrakon", "django", "httpx"], load=load(), took=took),
        ]
    )


def in_a_child(name: str, options: argparse.Namespace) -> dict[str, list[float]]:
    """One platform, with an empty database of its own."""
    count = options.accounts or ACCOUNTS[name]
    asked = ["--here", name, "--accounts", str(count), "--rounds", str(options.rounds)]
    with tempfile.TemporaryDirectory(prefix="ostrakon-bench-") as home:
        environment = os.environ | {"OSTRAKON_HOME": home}
        environment.pop("DATABASE_URL", None)
        command = [sys.executable, __file__, *asked]
        child = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
        return dict(json.loads(child.stdout.splitlines()[-1]))  # log lines stand before


def here(options: argparse.Namespace) -> None:
    """In the child."""
    sys.path.insert(0, str(ROOT))
    os.environ["DJANGO_SETTINGS_MODULE"] = "ostrakon.service.settings"
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, skip_checks=True)
    with PLACES[options.here]() as place:
        print(json.dumps(measured(place, options.accounts, options.rounds)))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--platforms", default=",".join(PLACES), help="by comma")
    parser.add_argument("--accounts", type=int, help=f"of a round; otherwise {ACCOUNTS}")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--here", help=argparse.SUPPRESS)
    parser.add_argument("--no-write", action="store_true", help="show the section, write nothing")
    options = parser.parse_args()
    if options.here:
        return here(options)
    began = time.perf_counter()
    found = {name: in_a_child(name, options) for name in options.platforms.split(",")}
    text = section(found, options, f"{time.perf_counter() - began:.0f} s")
    print(text)
    if not options.no_write:
        write_section("enforcement: live", text)
    return None


if __name__ == "__main__":
    main()
