"""Reports are stored once, answered each, and on the record with a hash of all."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta, timezone

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from tests.intake.case import NOON, POST, REPORT, outcomes, report, send, source

from ostrakon.intake.incoming import Incoming, Snapshot, canonical
from ostrakon.intake.models import Account, Conflict, Evidence, Report, Reporter
from ostrakon.intake.store import hash_of_reports
from ostrakon.ledger.models import Entry

pytestmark = pytest.mark.django_db


def test_a_report_is_stored_as_it_came():
    (answer,) = send(report(evidence=POST, policy="threats", declared="call:x"))
    kept = Report.objects.select_related("account", "reporter", "evidence").get(pk=answer.report)
    assert (kept.platform, kept.external_id, kept.text) == ("local", "r1", "he threatens me")
    assert (kept.account.external_id, kept.reporter.external_id) == ("mallory", "alice")
    assert (kept.reported_at, kept.received_at) == (NOON, NOON)
    assert (kept.policy, kept.declared) == ("threats", "call:x")
    assert kept.source == source()
    assert kept.evidence is not None
    assert bytes(kept.evidence.content or b"") == POST.content


def test_its_digest_is_that_of_its_salt_and_content():
    (answer,) = send(REPORT)
    kept = Report.objects.get(pk=answer.report)
    assert kept.digest == hashlib.sha256(bytes(kept.salt or b"") + canonical(REPORT)).hexdigest()


def test_the_same_report_again_is_already_there_with_its_id():
    (first,) = send(REPORT)
    (again,) = send(REPORT)
    assert (again.outcome, again.report) == ("already", first.report)
    assert Report.objects.count() == 1


def test_the_same_moment_in_another_zone_is_the_same_report():
    send(REPORT)
    kabul = timezone(timedelta(hours=4, minutes=30))
    assert outcomes(report(reported_at=NOON.astimezone(kabul))) == ["already"]


@pytest.mark.parametrize(
    "changed",
    [
        {"account": "bram"},
        {"reporter": "chidi"},
        {"policy": "spam"},
        {"text": "something else"},
        {"text": None},
        {"declared": "list:7"},
        {"reported_at": NOON + timedelta(microseconds=1)},
        {"evidence": POST},
    ],
)
def test_a_used_id_with_other_content_is_a_conflict_and_both_are_kept(changed):
    (first,) = send(REPORT)
    (answer,) = send(report(**changed))
    assert (answer.outcome, answer.report) == ("conflict", first.report)
    assert Report.objects.get().text == REPORT.text
    (kept,) = Conflict.objects.all()
    content = bytes(kept.content or b"")
    assert kept.digest == hashlib.sha256(bytes(kept.salt or b"") + content).hexdigest()
    assert json.loads(content)["external_id"] == "r1"


def test_a_conflict_keeps_the_evidence_that_came_with_it():
    send(REPORT)
    send(report(evidence=POST))
    content = json.loads(bytes(Conflict.objects.get().content or b""))
    assert content["evidence"][0] == "eyJ0ZXh0IjogIkkga25vdyB3aGVyZSB5b3UgbGl2ZSJ9"


def test_each_deviation_is_kept_once_however_often_it_comes():
    send(REPORT)
    for _ in range(2):
        assert outcomes(report(text="b"), report(text="c"), report(text="b")) == ["conflict"] * 3
    assert Conflict.objects.count() == 2
    assert Entry.objects.filter(kind="report_conflicted").count() == 1


def test_within_one_batch_the_first_of_an_id_is_stored_and_the_others_are_compared_with_it():
    answers = send(REPORT, report("r2"), REPORT, report(text="other"))
    assert [str(answer.outcome) for answer in answers] == ["stored", "stored", "already", "conflict"]
    assert answers[2].report == answers[3].report == answers[0].report


def test_the_same_id_on_another_platform_is_another_report():
    assert outcomes(REPORT, report(platform="elsewhere")) == ["stored", "stored"]
    assert Account.objects.count() == 2


def test_a_reporter_who_reports_an_account_twice_is_one_reporter():
    assert outcomes(report("r1"), report("r2")) == ["stored", "stored"]
    assert (Account.objects.count(), Reporter.objects.count()) == (1, 1)


def test_after_erasure_the_id_alone_says_that_it_is_the_same():
    (answer,) = send(REPORT)
    Report.objects.filter(pk=answer.report).update(text=None, salt=None)
    assert outcomes(report(text="who can tell?")) == ["already"]


def test_an_account_that_only_a_report_names_was_not_seen():
    send(REPORT)
    account = Account.objects.get()
    assert account.seen_at is None
    assert account.first_named_at == NOON


def test_the_same_evidence_of_one_account_is_kept_once():
    send(
        report("r1", evidence=POST), report("r2", evidence=POST), report("r3", account="bram", evidence=POST)
    )
    send(report("r4", evidence=POST))
    assert Evidence.objects.count() == 2


def test_an_address_alone_is_kept_and_not_fetched():
    send(report(evidence=Snapshot(None, location="https://example.org/posts/1")))
    kept = Evidence.objects.get()
    assert (kept.content, kept.location) == (None, "https://example.org/posts/1")
    assert "nobody fetched it" in kept.missing


def test_a_batch_is_one_entry_with_a_hash_that_anybody_can_check():
    answers = send(*(report(f"r{number}") for number in range(5)))
    (entry,) = Entry.objects.all()
    facts = json.loads(entry.body)["facts"]
    assert facts["count"] == 5
    assert (facts["first"], facts["last"]) == (answers[0].report, answers[-1].report)
    lines = "".join(f"{r.pk}:{r.digest}\n" for r in Report.objects.order_by("pk"))
    assert facts["sha256"] == hashlib.sha256(lines.encode()).hexdigest()
    assert facts["sha256"] == hash_of_reports(facts["first"], facts["last"])
    assert (entry.subject, entry.actor) == (f"source:{source().pk}", "token:1")


def test_the_record_holds_no_name_text_or_address():
    send(report(evidence=POST))
    send(report(text="other"))
    for entry in Entry.objects.all():
        for secret in ("mallory", "alice", "threatens", "example.org", "other"):
            assert secret not in entry.body


def test_nothing_new_leaves_nothing_on_the_record():
    send(REPORT)
    send(REPORT)
    assert send() == []
    assert Entry.objects.count() == 1


def test_later_reports_have_larger_ids():
    first = send(report("r1"), report("r2"))
    second = send(report("r0"), report("r3"))
    ids = [answer.report for answer in first + second]
    assert ids == sorted(ids)


def test_a_large_batch_takes_no_more_queries_than_a_small_one():
    counts, sender = [], source()
    for size in (5, 500):
        rows = [
            report(f"{size}-{n}", platform=f"p{n % 50}", account=f"a{n}", reporter=f"b{n}", evidence=POST)
            for n in range(size)
        ]
        with CaptureQueriesContext(connection) as queries:
            send(*rows, of=sender)
        counts.append(len(queries))
    assert counts[0] == counts[1]


TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=8)
ROWS = st.builds(
    Incoming,
    platform=st.sampled_from(["local", "\u202e"]),
    external_id=st.sampled_from(["1", "01", "1 ", "\u0661", "%s", "'"]),
    account=st.sampled_from(["mallory", "mallory\t", "\\N", "{}"]),
    reporter=TEXTS,
    reported_at=st.integers(-(10**15), 10**15).map(lambda micros: NOON + timedelta(microseconds=micros)),
    policy=TEXTS,
    text=st.none() | TEXTS,
    declared=TEXTS,
    evidence=st.none() | st.builds(Snapshot, st.none() | st.binary(max_size=8), TEXTS, TEXTS),
)


class ForAnyRows(TestCase):  # type: ignore[misc]
    @given(st.lists(st.lists(ROWS, max_size=6), max_size=4))
    def test_every_row_is_answered_and_nothing_is_lost_or_doubled(self, batches):
        firsts = {}
        for batch in batches:
            answers = send(*batch)
            assert len(answers) == len(batch)
            for row, answer in zip(batch, answers, strict=True):
                key = (row.platform, row.external_id)
                if key not in firsts:
                    assert answer.outcome == "stored"
                    firsts[key] = (row, answer.report)
                else:
                    same = canonical(firsts[key][0]) == canonical(row)
                    assert answer.outcome == ("already" if same else "conflict")
                    assert answer.report == firsts[key][1]
        assert Report.objects.count() == len(firsts)
        for row, number in firsts.values():
            kept = Report.objects.select_related("account", "reporter").get(pk=number)
            assert (kept.account.external_id, kept.reporter.external_id) == (row.account, row.reporter)
            assert (kept.text, kept.policy, kept.reported_at) == (row.text, row.policy, row.reported_at)
