"""How fast are reports taken in, beside a real Ozone? Both in one run, in turn, with the same clients.

python benchmarks/ozone.py [--rounds 3] [--seconds 5] [--rows 9200] [--peer-rows 600]
"""

from __future__ import annotations

import argparse
import itertools
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from _results import circumstances, load, table, write_section
from _service import Service, answered, serving
from rivals import ozone_network
from rivals.clients import Loop, knock_together, quantile_ms
from rivals.ozone_network import Ozone

CLIENTS = 8
KNOWN_ACCOUNTS = 16
BATCH = 1000
OZONE = "Ozone"
WARM_UP_S = 1.0
SUBJECTS = ("known accounts", "accounts never seen")
GOALS = {"single": 10, "batch": 200, "list": 20}
"""How many times Ozone's rate is asked for: issue 4."""


@dataclass(frozen=True)
class Contender:
    """Somebody who takes reports in; ``run`` gives them reports on such subjects for so many seconds."""

    name: str
    goal: int | None
    run: Callable[[str, float], Loop]


@dataclass(frozen=True)
class Arrival:
    """A list on its way into the review queue."""

    rows: int
    accepted_s: float
    """Until the last row was acknowledged."""
    queued_s: float
    """Until the last row was shown by the queue."""
    weighed_s: float | None
    """Until the queue said of all rows what the reports are worth; None: it never does."""
    cpu_s: float
    """The server's, until all were in the queue."""

    def of_rows(self, rows: int) -> Arrival:
        """A longer list at the same rate."""
        times = rows / self.rows
        return Arrival(rows, self.accepted_s * times, self.queued_s * times, None, self.cpu_s * times)


# -- reports, singly and in batches ---------------------------------------------------------------


def subjects(kind: str, known: Sequence[str]) -> Iterator[str]:
    """Accounts to report, without end."""
    return itertools.cycle(known) if kind == SUBJECTS[0] else ozone_network.accounts_never_seen()


def of_ozone(ozone: Ozone) -> Contender:
    """createReport, called directly: one report a call, there is no other way."""

    def run(kind: str, seconds: float) -> Loop:
        posts = [ozone.reports(client, subjects(kind, ozone.accounts)) for client in range(CLIENTS)]
        return knock_together(ozone.url, posts, ozone_network.stored, ozone.cpu_s, seconds)

    return Contender(OZONE, None, run)


def of_ours(service: Service, accounts: Sequence[str], size: int) -> Contender:
    """Ours, ``size`` reports a request. It stands still while others are measured."""

    def run(kind: str, seconds: float) -> Loop:
        posts = [service.reports(client, subjects(kind, accounts), size) for client in range(CLIENTS)]
        with service.awake():
            return knock_together(service.url, posts, answered, service.cpu_s, seconds)

    way = "single" if size == 1 else "batch"
    return Contender(f"Ostrakon on {service.database}, {way}", GOALS[way], run)


def in_turn(
    contenders: Sequence[Contender], arguments: argparse.Namespace
) -> dict[tuple[str, str], list[Loop]]:
    """Loops by (subjects, contender), one a round; a short one of each comes first and does not count."""
    loops: dict[tuple[str, str], list[Loop]] = {}
    for kind in SUBJECTS:
        for one in contenders:
            one.run(kind, WARM_UP_S)
        for _ in range(arguments.rounds):
            for one in contenders:
                loop = one.run(kind, arguments.seconds)
                loops.setdefault((kind, one.name), []).append(loop)
                print(f"{kind}, {one.name}: {loop.rate:,.0f}/s, refused {dict(loop.refused)}", flush=True)
    return loops


def intake_section(ozone: Ozone, services: Sequence[Service], arguments: argparse.Namespace) -> str:
    """Acknowledged reports a second, singly and in batches."""
    ours = [of_ours(service, ozone.accounts, size) for service in services for size in (1, BATCH)]
    loops = in_turn([of_ozone(ozone), *ours], arguments)
    goals = {one.name: one.goal for one in ours}
    lines = []
    for (kind, name), of_one in loops.items():
        peer = loops[kind, OZONE]
        lines.append([kind, name, *figures(of_one), times(of_one, peer), goal_text(goals.get(name))])
    head = ["subjects", "who", "reports/s", "p50 ms", "p95 ms", "server CPU ms a report", "not acknowledged"]
    return table([*head, "times Ozone", "goal"], lines)


def figures(loops: Sequence[Loop]) -> list[str]:
    """Of all rounds; the rate is the median round's, with the least and the most."""
    rates = [loop.rate for loop in loops]
    cpu = statistics.median(loop.cpu_ms for loop in loops)
    return [
        f"{statistics.median(rates):,.1f} [{min(rates):,.1f} - {max(rates):,.1f}]",
        f"{quantile_ms(loops, 0.50):,.0f}",
        f"{quantile_ms(loops, 0.95):,.0f}",
        f"{cpu:.2f}",
        str(sum(loop.refused.total() for loop in loops)),
    ]


def times(loops: Sequence[Loop], peer: Sequence[Loop]) -> str:
    """How many times the peer's rate: of each round, the median, the least and the most."""
    if loops is peer:
        return "1"
    found = [one.rate / other.rate for one, other in zip(loops, peer, strict=True)]
    return f"{statistics.median(found):,.1f} [{min(found):,.1f} - {max(found):,.1f}]"


def goal_text(goal: int | None) -> str:
    """A goal as it stands in a table."""
    return "-" if goal is None else f">= {goal}"


# -- a list, until it can be reviewed -------------------------------------------------------------


def list_to_ozone(ozone: Ozone, rows: int) -> Arrival:
    """Every row is a call of createReport, by all clients; then the queue is read until it has shown each row."""
    wanted = list(itertools.islice(ozone_network.accounts_never_seen(), rows))
    posts = [ozone.reports(client, wanted[client::CLIENTS]) for client in range(CLIENTS)]
    begun, used = time.perf_counter(), ozone.cpu_s()
    loop = knock_together(ozone.url, posts, ozone_network.stored, ozone.cpu_s, 3600)
    if loop.acknowledged < rows:
        raise SystemExit(f"Ozone did not take the whole list: {loop.refused}")
    ozone.wait_until_queued(wanted)
    return Arrival(rows, loop.seconds, time.perf_counter() - begun, None, ozone.cpu_s() - used)


def list_to_us(service: Service, rows: int) -> Arrival:
    """The list as one document; then the queue is read until it has shown each row, and each with its worth."""
    wanted = list(itertools.islice(ozone_network.accounts_never_seen(), rows))
    with service.awake():
        begun, used = time.perf_counter(), service.cpu_s()
        service.send_list(wanted)
        accepted = time.perf_counter() - begun
        service.wait_until_queued(wanted)
        queued, cpu = time.perf_counter() - begun, service.cpu_s() - used
        service.wait_until_queued(wanted, weighed=True)
        return Arrival(rows, accepted, queued, time.perf_counter() - begun, cpu)


def list_section(ozone: Ozone, services: Sequence[Service], arguments: argparse.Namespace) -> str:
    """A published list of accounts nobody has seen, until a reviewer can open the last of them."""
    peer = list_to_ozone(ozone, arguments.peer_rows)
    rows = [
        ["Ozone", *of_arrival(peer), "1", "-"],
        [f"Ozone, extrapolated from {peer.rows} rows", *of_arrival(peer.of_rows(arguments.rows)), "1", "-"],
    ]
    for service in services:
        ours = list_to_us(service, arguments.rows)
        ratio = f"{(peer.queued_s / peer.rows) / (ours.queued_s / ours.rows):,.0f}"
        rows.append(
            [f"Ostrakon on {service.database}", *of_arrival(ours), ratio, f">= {GOALS['list']}, 30 s"]
        )
    head = [
        "who",
        "rows",
        "s until accepted",
        "s until all in the queue",
        "s until all weighed",
        "server CPU ms a row",
    ]
    return table([*head, "times faster into the queue", "goal"], rows)


def of_arrival(one: Arrival) -> list[str]:
    """As a row of the table."""
    weighed = "-" if one.weighed_s is None else f"{one.weighed_s:,.1f}"
    cpu = f"{1000 * one.cpu_s / one.rows:.2f}"
    return [f"{one.rows:,}", f"{one.accepted_s:,.1f}", f"{one.queued_s:,.1f}", weighed, cpu]


# -- the whole ------------------------------------------------------------------------------------

ABOUT = """\
{clients} clients, a thread each with one open connection, the same code for both; loops of {seconds:g} s in turn,
{rounds} rounds. Rates are of acknowledged reports: median round [least - most]. CPU is of all the server's processes
and its database. While another is measured, Ostrakon stands still (SIGSTOP); its worker opens cases and values reports
while it is measured itself. A batch is {batch:,} reports in one request.

Ozone: createReport called directly (through the PDS it costs twice as much), on an Ozone process of its own.
Durability: Ozone's PostgreSQL has fsync and synchronous_commit {fsync}. Ours is SQLite in WAL mode with
synchronous=FULL, then the same PostgreSQL server with a database of its own."""

DIFFERENCES = """\
What each does more. Ozone, for each report: verifies a signed token of the reporter (some 4 ms of CPU), asks other
services about the subject, sets tags. Its queue of subjects is immediate and was measured; its report queue
is filled by 100 reports a minute: when this run ended, {routed:,} of {reports:,} reports were in it after {minutes:.0f}
minutes. Ostrakon, for each report: looks up the sender's key, knows a report by its sender's id (the same again is the
same report; another with that id is kept as a conflict), salts and hashes it, puts it on the hash-chained record, and
later weighs it beside all others. It asks no other service about the account."""


def main() -> None:
    """Parse, run, print, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each loop")
    parser.add_argument("--rows", type=int, default=9200, help="of the list that we get")
    parser.add_argument("--peer-rows", type=int, default=600, help="of the list that Ozone gets")
    parser.add_argument("--no-write", action="store_true", help="leave RESULTS.md as it is")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("asked to stop"))  # what was started is stopped
    before, begun = load(), time.perf_counter()
    text = measured(arguments)
    took = f"{time.perf_counter() - begun:.0f} s"
    about = circumstances(["ostrakon", "django"], load=f"{before} before, {load()} after", took=took)
    print(text, about, sep="\n\n")
    if not arguments.no_write:
        command = f"`python benchmarks/ozone.py --rounds {arguments.rounds} --seconds {arguments.seconds:g}`"
        write_section("ozone", f"## Taking reports in, beside Ozone\n\n{command}. {about}\n\n{text}")


def measured(arguments: argparse.Namespace) -> str:
    """Start everything, measure, stop everything."""
    with ozone_network.running(CLIENTS, KNOWN_ACCOUNTS) as ozone:
        begun = time.perf_counter()
        cluster = str(ozone.line["postgres_url"])
        with fresh(ozone) as services:
            intake = intake_section(ozone, services, arguments)
        with fresh(ozone) as services:
            listed = list_section(ozone, services, arguments)
        routed, reports = ozone.routed()
        differences = DIFFERENCES.format(
            routed=routed, reports=reports, minutes=(time.perf_counter() - begun) / 60
        )
        about = ABOUT.format(
            clients=CLIENTS,
            seconds=arguments.seconds,
            rounds=arguments.rounds,
            batch=BATCH,
            fsync=durability(cluster),
        )
    return f"{about}\n\n### Reports\n\n{intake}\n\n### A list\n\n{listed}\n\n{differences}"


def durability(cluster: str) -> str:
    """What the peer's database promises."""
    with psycopg.connect(cluster) as connection:
        shown = [connection.execute(f"SHOW {name}").fetchone() for name in ("fsync", "synchronous_commit")]
    return " and ".join(str(row[0]) for row in shown if row)


@contextmanager
def fresh(ozone: Ozone) -> Iterator[list[Service]]:
    """Our service twice, with nothing in it yet: on SQLite, and on the peer's PostgreSQL in a database of its own."""
    cluster = str(ozone.line["postgres_url"])
    with tempfile.TemporaryDirectory(prefix="ostrakon-beside-ozone-") as folder, ExitStack() as stack:
        home = Path(folder)
        sqlite = stack.enter_context(serving(home / "sqlite"))
        name = f"ostrakon_{time.time_ns()}"
        with psycopg.connect(cluster, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        url = f"{cluster.rpartition('/')[0]}/{name}"
        postgresql = stack.enter_context(serving(home / "postgresql", url, ozone.line["postgres_pid"]))
        yield [sqlite, postgresql]


if __name__ == "__main__":
    main()
