"""Batches, what is set aside and the agreement of reviewers, through the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.casework import case as made
from tests.casework.batching import cases
from tests.casework.test_voices import a_campaign
from tests.web.case import API, person, problem, send, signed_in

from ostrakon.casework.models import Case, Decision, Role
from ostrakon.impact.models import MeasuredAgreement

pytestmark = pytest.mark.django_db


def prepared(browser: Client, of: list[Case], key: str = "a-click", **changed: Any) -> Any:
    body = {
        "cases": [{"case": one.pk, "version": one.version} for one in of],
        "outcome": "rejected",
        "action": "none",
        **changed,
    }
    return send(browser, "/batches", body, headers={"Idempotency-Key": key})


def test_a_batch_from_its_cases_to_its_undoing() -> None:
    alice, bram = signed_in(person("alice", Role.REVIEWER)), signed_in(person("bram", Role.APPROVER))
    some = cases(6)
    batch = prepared(alice, some).json()
    assert (batch["status"], batch["outcome"], batch["items"]) == ("waits", "rejected", {"waits": 6})
    assert prepared(alice, some).json()["id"] == batch["id"]
    address = f"/batches/{batch['id']}"
    shown = send(bram, address, method="get").json()
    assert (shown["outcome"], shown["action"], shown["facts"]) == (None, None, None)
    assert problem(send(bram, f"{address}/release")) == "second_person_required"
    assert bram.get(f"{API}{address}/sample/next").status_code == 204
    assert send(bram, f"{address}/take-up").json()["reread_by"]
    while (answer := bram.get(f"{API}{address}/sample/next")).status_code == 200:
        said = send(bram, f"{address}/sample/{answer.json()['id']}", {"outcome": "rejected"})
        assert said.status_code == 200, said.content
    assert send(bram, address, method="get").json()["outcome"] == "rejected"
    done = send(bram, f"{address}/release").json()
    assert (done["status"], done["items"]) == ("done", {"decided": 6})
    items = send(alice, f"{address}/items", method="get").json()["items"]
    assert {item["decision"] for item in items} == set(Decision.objects.values_list("pk", flat=True))
    undone = send(bram, f"{address}/undo", {"why": "They were no advertisements."}).json()
    assert (undone["status"], undone["items"]) == ("undone", {"undone": 6})
    assert [one["id"] for one in send(alice, "/batches", method="get").json()["items"]] == [batch["id"]]


def test_a_batch_is_called_off_and_refused_with_a_reason() -> None:
    alice = signed_in(person("alice", Role.APPROVER))
    some = cases(6)
    assert problem(prepared(alice, some, action="suspend", outcome="upheld", facts="x")) == "unfit"
    Case.objects.filter(pk=some[0].pk).update(under_pressure=True)
    assert problem(prepared(alice, some)) == "not_in_this_state"
    batch = prepared(alice, some[1:]).json()
    assert problem(send(alice, f"/batches/{batch['id']}/take-up")) == "second_person_required"
    assert send(alice, f"/batches/{batch['id']}/call-off").json()["status"] == "called_off"


def test_reports_are_set_aside_and_count_again() -> None:
    lead = signed_in(person("lena", Role.SAFETY_LEAD))
    mine = made.case(made.account("chidi"), made.policy())
    made.report(mine.account, "x")
    ring = a_campaign("x", against=mine.account)
    (row,) = send(lead, "/campaigns", method="get").json()["items"]
    assert (row["id"], row["members"], row["targets"], row["decisions"]) == (ring.pk, 1, 1, 0)
    wanted = {"cases": [mine.pk], "why": "They copied one text."}
    aside = send(lead, f"/campaigns/{ring.pk}/set-aside", wanted).json()
    assert aside["cases"] == [{"case": mine.pk, "reports": 1}]
    assert problem(send(lead, f"/campaigns/{ring.pk}/set-aside", wanted)) == "not_in_this_state"
    back = send(lead, f"/settings-aside/{aside['id']}/take-back", {"why": "It was a list."}).json()
    assert back["taken_back_at"]
    assert send(lead, "/settings-aside", method="get").json()["items"] == [back]


def test_agreement_comes_with_its_interval() -> None:
    auditor = signed_in(person("ada", Role.AUDITOR))
    assert send(auditor, "/agreement", method="get").json()["items"] == []
    MeasuredAgreement.objects.create(
        at=timezone.now(), cases=12, share=0.9, share_low=0.7, share_high=0.97, alpha=None
    )
    (row,) = send(auditor, "/agreement", method="get").json()["items"]
    assert (row["share_low"], row["share"], row["share_high"], row["alpha"]) == (0.7, 0.9, 0.97, None)
