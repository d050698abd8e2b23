"""A hundred thousand rows that nobody should send: none breaks anything, every one is answered and accounted for."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from random import Random
from typing import Any

import pytest
from django.test import Client
from tests.web.case import API, key_of, source, with_key

from ostrakon.intake.models import Conflict, Report
from ostrakon.ledger.models import Entry
from ostrakon.web.tokens import Scope

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

STREAMED, IN_BATCHES, ALONE = 60_000, 36_000, 4_000
BATCH = 3_000
FIELDS = (
    "report_id",
    "account",
    "reporter",
    "reported_at",
    "policy",
    "text",
    "evidence",
    "declared",
    "platform",
)
HOSTILE: list[Any] = [
    *(
        "",
        " ",
        "\x00",
        "a\x00b",
        "\ud800",
        "\u202egnp.exe",
        "\ufeff",
        "é" * 600,
        "x" * 30_000,
        "'; DROP TABLE--",
    ),
    *(
        "=1+1",
        "../../etc/passwd",
        "%s%n",
        "{{7*7}}",
        "list:",
        "list:7",
        "call:\x00",
        "0",
        "null",
        "\U0001f4a9",
    ),
    *(None, True, False, 0, -1, 1e308, 2**63, -(2**63), 2**200, 1.5, [], {}, [[]], {"a": {"b": []}}),
    *("2027-01-31", "2026-01-31T12:00:00Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", 1.7e9),
    *(1_700_000_000_000, -1, 1e18, "now", "2026-02-30T00:00:00Z", "2026-01-01T00:00:00+99:00"),
    *(
        {"content": "x"},
        {"content_base64": "!"},
        {"content": "x", "content_base64": "eA=="},
        {"location": "\x00"},
    ),
]
GARBAGE = [
    b"{",
    b"\xff\xfe",
    b"[" * 5_000,
    b'{"a":' * 5_000,
    b"NaN",
    b"1e999",
    b'"',
    b"\x00",
    b"{}{}",
    b"-",
    b"[]",
]


def rows(seed: int) -> Iterator[dict[str, Any]]:
    """Reports, most of them spoiled in one or two places, some sent twice, some with an id that is taken."""
    random = Random(seed)
    while True:
        number = random.randrange(40_000)
        row: dict[str, Any] = {
            "report_id": f"r{number}",
            "account": f"a{number % 500}",
            "reporter": f"p{number % 2_000}",
            "reported_at": "2026-01-31T12:00:00Z",
            "text": (None, "spam", "a threat")[number % 3],
        }
        for _ in range(random.choice([0, 0, 0, 1, 1, 2])):
            row[random.choice(FIELDS)] = random.choice(HOSTILE)
        if random.random() < 0.05:
            row.pop(random.choice(list(row)))
        if random.random() < 0.02:
            row[random.choice(["unknown", "", "report_id ", "\x00"])] = 1
        yield row


def lines(seed: int) -> Iterator[bytes]:
    random = Random(seed)
    for row in rows(seed):
        yield random.choice(GARBAGE) if random.random() < 0.03 else json.dumps(row).encode()


def stream(client: Client, body: list[bytes]) -> Counter[str]:
    answer: Any = client.post(f"{API}/reports/stream", b"\n".join(body), content_type="application/x-ndjson")
    assert answer.status_code == 200, answer.content
    told = [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]
    assert [row["line"] for row in told] == list(range(1, len(body) + 1))
    return Counter(row["outcome"] for row in told)


def batch(client: Client, body: list[dict[str, Any]]) -> Counter[str]:
    answer = client.post(f"{API}/reports/batch", json.dumps(body), content_type="application/json")
    if answer.status_code != 200:  # a number that no JSON has spoils the whole
        assert 400 <= answer.status_code < 500, answer.content
        return sum((single(client, row) for row in body), Counter())
    told = answer.json()
    assert [row["index"] for row in told["answers"]] == list(range(len(body)))
    assert all(
        (row["code"] is not None) == (row["outcome"] == "refused") for row in told["answers"] if "code" in row
    )
    return Counter(told["counts"])


def single(client: Client, row: dict[str, Any]) -> Counter[str]:
    answer = client.post(f"{API}/reports", json.dumps(row), content_type="application/json")
    assert answer.status_code < 500, answer.content
    if answer.status_code in (200, 201):
        return Counter([answer.json()["outcome"]])
    code = answer.json()["code"]
    return Counter(["conflict" if code == "report_conflict" else "refused"])


def test_a_hundred_thousand_rows_are_all_accounted_for() -> None:
    client = with_key(key_of(source(), Scope.REPORTS_WRITE))
    told: Counter[str] = Counter()
    waiting = lines(1)
    for _ in range(STREAMED // 20_000):
        told += stream(client, list(islice(waiting, 20_000)))
    wild = rows(2)
    for _ in range(IN_BATCHES // BATCH):
        told += batch(client, list(islice(wild, BATCH)))
    for row in islice(rows(3), ALONE):
        told += single(client, row)
    assert told.total() == STREAMED + IN_BATCHES + ALONE
    assert set(told) == {"stored", "already", "conflict", "refused"}
    assert min(told.values()) > 1_000
    assert Report.objects.count() == told["stored"]
    assert Conflict.objects.count() <= told["conflict"]
    received = Entry.objects.filter(kind="reports_received").values_list("body", flat=True)
    assert sum(json.loads(body)["facts"]["count"] for body in received) == told["stored"]
