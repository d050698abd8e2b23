"""How fast are reports taken in, beside a real Ozone? Both in one run, in turn, with the same clients.

python benchmarks/ozone.py [--parts reports,list] [--rounds 3] [--seconds 5] [--rows 9200] [--peer-rows 600]
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
SIZES = {"single": 1, "batch": 1000}
"""Reports in one request to us."""
WARM_UP_S = 1.0
SUBJECTS = ("known accounts", "accounts never seen")
FIRST_ROWS = 600
"""Of the list by which our kernels are compiled, before anything is measured."""
GOALS = {"single": 10, "batch": 200, "list": 20}
"""How many times Ozone's rate is asked for: issue 4."""


@dataclass(frozen=True)
class Place:
    """Where it is measured: beside this Ozone, with our kernels compiled."""

    ozone: Ozone
    kernels: Path


@dataclass(frozen=True)
class Contender:
    """Somebody who takes reports in; ``run`` gives them reports on such subjects for so many seconds."""

    name: str
    goal: str
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

    return Contender("Ozone, single", "-", run)


def of_ours(service: Service, accounts: Sequence[str], way: str) -> Contender:
    """Ours, reports singly or in batches. It stands still while others are measured."""
    size = SIZES[way]

    def run(kind: str, seconds: float) -> Loop:
        posts = [service.reports(client, subjects(kind, accounts), size) for client in range(CLIENTS)]
        with service.awake():
            return knock_together(service.url, posts, answered, service.cpu_s, seconds)

    return Contender(f"Ostrakon on {service.database}, {way}", f">= {GOALS[way]}", run)


def in_turn(contenders: Sequence[Contender], kind: str, arguments: argparse.Namespace) -> list[list[Loop]]:
    """Each contender's loops, one a round; a short one comes first and does not count."""
    for one in contenders:
        one.run(kind, WARM_UP_S)
    rounds = []
    for _ in range(arguments.rounds):
        rounds.append([one.run(kind, arguments.seconds) for one in contenders])
        print(kind, [(one.name, round(loop.rate)) for one, loop in zip(contenders, rounds[-1], strict=True)])
    return [list(loops) for loops in zip(*rounds, strict=True)]


def reports_section(place: Place, arguments: argparse.Namespace) -> str:
    """Acknowledged reports a second, singly and in batches; each with services that hold nothing yet."""
    ozone, lines = place.ozone, []
    for way in SIZES:
        with fresh(place) as services:
            contenders = [of_ozone(ozone), *(of_ours(service, ozone.accounts, way) for service in services)]
            for kind in SUBJECTS:
                peer, *ours = in_turn(contenders, kind, arguments)
                for one, loops in zip(contenders, [peer, *ours], strict=True):
                    lines.append([kind, one.name, *figures(loops), times(loops, peer), one.goal])
    head = ["subjects", "who", "reports/s", "p50 ms", "p95 ms", "server CPU ms a report", "not acknowledged"]
    about = ABOUT_REPORTS.format(
        clients=CLIENTS, seconds=arguments.seconds, rounds=arguments.rounds, batch=SIZES["batch"]
    )
    return "\n\n".join([about, durability(ozone), table([*head, "times Ozone", "goal"], lines), DIFFERENCES])


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


def list_section(place: Place, arguments: argparse.Namespace) -> str:
    """A published list of accounts nobody has seen, until a reviewer can open the last of them."""
    ozone = place.ozone
    begun, before = time.perf_counter(), ozone.routed()
    peer = list_to_ozone(ozone, arguments.peer_rows)
    extrapolated = peer.of_rows(arguments.rows)
    rows = [
        ["Ozone", *of_arrival(peer), "1", "-"],
        [f"Ozone, extrapolated from {peer.rows} rows", *of_arrival(extrapolated), "1", "-"],
    ]
    with fresh(place) as services:
        for service in services:
            ours = list_to_us(service, arguments.rows)
            ratio = f"{extrapolated.queued_s / ours.queued_s:,.0f}"
            name, goal = f"Ostrakon on {service.database}", f">= {GOALS['list']}, and <= 30 s"
            rows.append([name, *of_arrival(ours), ratio, goal])
    after, took = ozone.routed(), time.perf_counter() - begun
    routing = ROUTING.format(
        routed=after[0] - before[0],
        minutes=took / 60,
        waiting=after[1] - after[0],
        rows=arguments.rows,
        needed=arguments.rows / 100,
    )
    head = [
        "who",
        "rows",
        "s until accepted",
        "s until all in the queue",
        "s until all weighed",
        "server CPU ms a row",
    ]
    about = ABOUT_LIST.format(clients=CLIENTS)
    found = table([*head, "times faster into the queue", "goal"], rows)
    return "\n\n".join([about, durability(ozone), found, routing])


def of_arrival(one: Arrival) -> list[str]:
    """As a row of the table."""
    weighed = "-" if one.weighed_s is None else f"{one.weighed_s:,.1f}"
    cpu = f"{1000 * one.cpu_s / one.rows:.2f}"
    return [f"{one.rows:,}", f"{one.accepted_s:,.1f}", f"{one.queued_s:,.1f}", weighed, cpu]


# -- the whole ------------------------------------------------------------------------------------

ABOUT_REPORTS = """\
{clients} clients, a thread each with one open connection, the same code for both; loops of {seconds:g} s in turn,
{rounds} rounds. Rates are of acknowledged reports: median round [least - most]. CPU is of all the server's processes
and its database. While another is measured, Ostrakon stands still (SIGSTOP); its worker opens cases and values reports
while it is measured itself, with its kernels compiled. A batch is {batch:,} reports in one request. Ozone: createReport
called directly (through the PDS it costs twice as much), on an Ozone process of its own; it takes one report a call."""

ABOUT_LIST = """\
A list of accounts that nobody has seen. Ozone: a call of createReport for each row, by {clients} clients, then
queryStatuses is read until it has shown all rows; a longer list is extrapolated at the same rate. Ostrakon: the list as
one document, then the queue is read until it has shown all rows, and on until each has the probability that its reports
give it, for which Ozone has nothing. Kernels are compiled already."""

DURABILITY = """\
Durability: the PostgreSQL server has fsync {fsync} and synchronous_commit {commit}; Ozone and Ostrakon have a database
of their own in it. Ostrakon's SQLite is in WAL mode with synchronous=FULL."""

DIFFERENCES = """\
What each does more. Ozone, for each report: verifies a signed token of the reporter (some 4 ms of CPU), asks other
services about the subject, sets tags. Ostrakon, for each report: looks up the sender's key, knows a report by its
sender's id (the same again is the same report; another with that id is kept as a conflict), salts and hashes it, puts
it on the hash-chained record, and later weighs it beside all others. It asks no other service about the account."""

ROUTING = """\
Ozone's queue of subjects is immediate, and is what was measured. Its report queue is filled by 100 reports a minute: in
the {minutes:.1f} minutes of this part {routed:,} reports came into it, and {waiting:,} still waited for it at the end;
{rows:,} would take {needed:.0f} minutes."""

SECTIONS = {"reports": reports_section, "list": list_section}


def main() -> None:
    """Parse, run, print, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--parts", default=",".join(SECTIONS), help="by comma")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each loop")
    parser.add_argument("--rows", type=int, default=9200, help="of the list that we get")
    parser.add_argument("--peer-rows", type=int, default=600, help="of the list that Ozone gets")
    parser.add_argument("--no-write", action="store_true", help="leave RESULTS.md as it is")
    arguments = parser.parse_args()
    for name in arguments.parts.split(","):
        if name not in SECTIONS:
            parser.error(f"--parts: no {name}; there are {', '.join(SECTIONS)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("asked to stop"))  # what was started is stopped
    with (
        tempfile.TemporaryDirectory(prefix="ostrakon-kernels-") as kernels,
        ozone_network.running(CLIENTS, KNOWN_ACCOUNTS) as ozone,
    ):
        place = Place(ozone, Path(kernels))
        compile_kernels(place.kernels)
        for name in arguments.parts.split(","):
            measure(name, place, arguments)


def measure(name: str, place: Place, arguments: argparse.Namespace) -> None:
    """One part, printed and written."""
    before, begun = load(), time.perf_counter()
    text = SECTIONS[name](place, arguments)
    took = f"{time.perf_counter() - begun:.0f} s"
    about = circumstances(["ostrakon", "django"], load=f"{before} before, {load()} after", took=took)
    print(text, about, sep="\n\n", flush=True)
    if not arguments.no_write:
        command = f"`python benchmarks/ozone.py --parts {name}`"
        write_section(f"ozone: {name}", f"## Beside Ozone: {name}\n\n{command}. {about}\n\n{text}")


def durability(ozone: Ozone) -> str:
    """What an acknowledgement promises."""
    with psycopg.connect(ozone.line["postgres_url"]) as connection:
        shown = [connection.execute(f"SHOW {name}").fetchone() for name in ("fsync", "synchronous_commit")]
    fsync, commit = (row[0] for row in shown if row)
    return DURABILITY.format(fsync=fsync, commit=commit)


def compile_kernels(kernels: Path) -> None:
    """Let a service weigh a first list: the kernels that it compiles are kept."""
    with (
        tempfile.TemporaryDirectory(prefix="ostrakon-beside-ozone-") as folder,
        serving(Path(folder) / "first", kernels=kernels) as service,
    ):
        list_to_us(service, FIRST_ROWS)


@contextmanager
def fresh(place: Place) -> Iterator[list[Service]]:
    """Our service twice, with nothing in it yet: on SQLite, and on the peer's PostgreSQL in a database of its own."""
    cluster = str(place.ozone.line["postgres_url"])
    with tempfile.TemporaryDirectory(prefix="ostrakon-beside-ozone-") as folder, ExitStack() as stack:
        home = Path(folder)
        sqlite = stack.enter_context(serving(home / "sqlite", kernels=place.kernels))
        name = f"ostrakon_{time.time_ns()}"
        with psycopg.connect(cluster, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        url = f"{cluster.rpartition('/')[0]}/{name}"
        server = place.ozone.line["postgres_pid"]
        postgresql = stack.enter_context(serving(home / "postgresql", url, server, place.kernels))
        yield [sqlite, postgresql]


if __name__ == "__main__":
    main()
