"""Many at once: overlapping batches from several threads lose nothing and double nothing."""

from __future__ import annotations

import json
import random
import threading

import pytest
from django.db import connection
from tests.intake.case import NOON, report, send, source

from ostrakon.intake.accounts import AccountFacts, note_accounts
from ostrakon.intake.models import Account, Conflict, Report, Reporter
from ostrakon.intake.store import Answer, hash_of_reports
from ostrakon.ledger.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)

THREADS, BATCHES, IDS = 8, 5, 60


def test_eight_threads_with_overlapping_batches_lose_and_double_nothing():
    sender = source()
    answers: list[tuple[str, Answer]] = []
    problems: list[BaseException] = []

    def run(seed: int) -> None:
        draws = random.Random(seed)
        try:
            for _ in range(BATCHES):
                rows = [
                    report(f"r{n}", account=f"a{n % 7}", reporter=f"b{n % 11}", text=draws.choice("xy"))
                    for n in draws.sample(range(IDS), 30)
                ]
                told = send(*rows, of=sender)
                answers.extend((row.external_id, answer) for row, answer in zip(rows, told, strict=True))
                note_accounts([AccountFacts("local", f"a{seed + 3}", followers=1)], seen_at=NOON)
        except BaseException as problem:  # noqa: BLE001 - shown below, in the thread of the test
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(seed,)) for seed in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert len(answers) == THREADS * BATCHES * 30

    by_id: dict[str, set[int]] = {}
    for external_id, answer in answers:
        by_id.setdefault(external_id, set()).add(answer.report)
    assert all(len(reports) == 1 for reports in by_id.values())
    stored = [external_id for external_id, answer in answers if answer.outcome == "stored"]
    assert sorted(stored) == sorted(by_id) == sorted(Report.objects.values_list("external_id", flat=True))
    assert Account.objects.count() == len({f"a{n}" for n in range(11)})
    assert Reporter.objects.count() == 11
    assert Conflict.objects.count() <= IDS

    entries = [json.loads(body) for body in Entry.objects.order_by("number").values_list("body", flat=True)]
    received = [entry["facts"] for entry in entries if entry["kind"] == "reports_received"]
    assert sum(facts["count"] for facts in received) == len(stored)
    assert all(facts["sha256"] == hash_of_reports(facts["first"], facts["last"]) for facts in received)
