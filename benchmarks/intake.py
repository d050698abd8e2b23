"""How fast does the service take reports in, by each of its doors, and what does it cost?

python benchmarks/intake.py [--seconds 8] [--lines 1000000] [--database-url postgres://...] [--no-write]

The service is the real one (`ostrakon serve` with a worker) on a fresh home; clients share its cores.
"""

from __future__ import annotations

import argparse
import itertools
import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from _results import circumstances, load, table, write_section
from _service import PLATFORM, Service, answered, serving
from rivals.clients import knock_together, quantile_ms
from rivals.processes import with_descendants

SIZES = (1, 100, 1000, 5000)
CLIENTS = (1, 8)
ACCOUNTS, REPORTERS = 20_000, 50_000
LIST_ROWS = 9_200
LINES_A_WRITE = 1_000


def by_request(service: Service, seconds: float) -> Iterator[list[str]]:
    """A row for each size of request and number of clients; every client has accounts of its own."""
    for size, clients in itertools.product(SIZES, CLIENTS):
        posts = [
            service.reports(client, (f"did:plc:{client}-{n % ACCOUNTS}" for n in itertools.count()), size)
            for client in range(clients)
        ]
        loop = knock_together(service.url, posts, answered, service.cpu_s, seconds)
        yield [
            f"{size} a request",
            str(clients),
            f"{loop.rate:,.0f}",
            f"{quantile_ms([loop], 0.5):,.1f}",
            f"{quantile_ms([loop], 0.95):,.1f}",
            f"{loop.cpu_ms:.3f}",
            str(sum(loop.refused.values())),
        ]


def by_stream(service: Service, lines: int) -> list[str]:
    """One NDJSON stream: from the first byte sent to the last answer read."""
    place = urlsplit(service.url)
    headers = {"Authorization": f"Bearer {service.key_of_source}", "Content-Type": "application/x-ndjson"}
    connection = HTTPConnection(place.hostname or "", place.port, timeout=3600)
    used, begun = service.cpu_s(), time.perf_counter()
    connection.request("POST", "/api/v1/reports/stream", _lines(lines), headers, encode_chunked=True)
    outcomes = Counter(json.loads(line)["outcome"] for line in connection.getresponse())
    seconds = time.perf_counter() - begun
    if outcomes != {"stored": lines}:
        raise SystemExit(f"of {lines} lines became {dict(outcomes)}")
    return [
        f"{lines:,} lines of NDJSON",
        "1",
        f"{lines / seconds:,.0f}",
        "",
        "",
        f"{1000 * (service.cpu_s() - used) / lines:.3f}",
        "0",
    ]


def _lines(count: int) -> Iterator[bytes]:
    for begin in range(0, count, LINES_A_WRITE):
        rows = (_row(number) for number in range(begin, min(count, begin + LINES_A_WRITE)))
        yield "".join(f"{json.dumps(row)}\n" for row in rows).encode()


def _row(number: int) -> dict[str, str]:
    return {
        "report_id": f"stream-{number}",
        "account": f"did:plc:account{number * 7919 % ACCOUNTS}",
        "reporter": f"did:plc:reporter{number * 104729 % REPORTERS}",
        "reported_at": f"2026-11-{1 + number % 20:02d}T12:{number % 60:02d}:00Z",
        "policy": "spam",
        "text": f"the same link again, seen {number} times",
        "platform": PLATFORM,
    }


def list_s(service: Service) -> float:
    """Seconds until a published list is kept, each of its lines marked and reported."""
    begun = time.perf_counter()
    service.send_list([f"did:plc:listed{number:06d}" for number in range(LIST_ROWS)])
    return time.perf_counter() - begun


def largest_mb(service: Service) -> int:
    """The most memory that one of its processes has held, pages of the database file included."""
    peaks = [Path(f"/proc/{pid}/status").read_text() for pid in with_descendants(service.processes[:1])]
    return max(int(text.partition("VmHWM:")[2].split()[0]) for text in peaks) // 1024


def section(service: Service, arguments: argparse.Namespace) -> str:
    """Everything, as a text."""
    httpx.get(f"{service.url}/health/ready").raise_for_status()
    took_s = list_s(service)
    rows = [*by_request(service, arguments.seconds), by_stream(service, arguments.lines)]
    head = ["reports", "clients", "reports/s", "p50 ms", "p95 ms", "server CPU ms a report", "refused"]
    return "\n\n".join(
        [
            f"## Intake alone, on {service.database}",
            circumstances(["django", "uvicorn", "pydantic"], load=load()),
            table(head, rows),
            f"A published list of {LIST_ROWS:,} lines was kept, marked and reported in {took_s:.1f} s. "
            f"The largest process held {largest_mb(service)} MB.",
        ]
    )


def main() -> None:
    """On SQLite, or on the database of the address."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--database-url", default="", help="an empty database of PostgreSQL")
    parser.add_argument("--no-write", action="store_true", help="leave RESULTS.md alone")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        folder.chmod(0o700)
        with serving(folder, arguments.database_url) as service, service.awake():
            text = section(service, arguments)
    print(text)
    if not arguments.no_write:
        write_section("intake" + ("-postgresql" if arguments.database_url else ""), text)


if __name__ == "__main__":
    main()
