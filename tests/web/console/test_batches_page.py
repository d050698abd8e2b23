"""Many cases at once: prepared by one person, tried blind by a second, undone as one."""

from __future__ import annotations

from typing import Any

import pytest
from tests.casework.case import account, case, policy
from tests.web.case import html, person, signed_in

from ostrakon.casework.models import Batch, Decision, Person, Role

pytestmark = pytest.mark.django_db

FACTS = "The account sent the same advertisement forty times."


def prepared(by: Person, count: int = 3, **said: Any) -> Batch:
    under = policy("spam", en="Spam")
    cases = [case(account(f"u-{number}", handle=f"h-{number}"), under) for number in range(count)]
    browser = signed_in(by)
    page = html(browser.get("/batches/new", {"policy": under.pk}))
    assert page.count('name="case"') == count
    form = {
        "policy": under.pk,
        "key": "k",
        "outcome": "rejected",
        "case": [f"{on.pk}:0" for on in cases],
        **said,
    }
    answer = browser.post("/batches/new", form)
    made = Batch.objects.get()
    assert answer["Location"] == f"/batches/{made.pk}"
    return made


def answer_the_sample(by: Person, made: Batch, outcome: str) -> None:
    browser = signed_in(by)
    browser.post(f"/batches/{made.pk}/act", {"verb": "take_up"})
    for on in made.items.filter(in_sample=True):
        html(browser.get(f"/batches/{made.pk}/sample"))
        browser.post(f"/batches/{made.pk}/sample", {"case": on.case_id, "outcome": outcome})
        made.refresh_from_db()
        if made.status != "waits":
            return


def test_a_batch_acts_when_a_second_person_sees_its_sample_in_the_same_way(
    alice: Person, bram: Person
) -> None:
    made = prepared(alice)
    answer_the_sample(bram, made, "rejected")
    assert not Decision.objects.exists()
    signed_in(bram).post(f"/batches/{made.pk}/act", {"verb": "release"})
    assert Decision.objects.filter(outcome="rejected", status="in_force").count() == 3
    assert "in force" in html(signed_in(alice).get(f"/batches/{made.pk}"))


def test_one_different_answer_ends_it_and_nothing_happened(alice: Person, bram: Person) -> None:
    made = prepared(alice)
    answer_the_sample(bram, made, "unclear")
    made.refresh_from_db()
    assert made.status == "refused"
    assert not Decision.objects.exists()


def test_who_rereads_does_not_see_what_was_proposed(alice: Person, bram: Person) -> None:
    made = prepared(alice, outcome="upheld", action="warn", facts=FACTS)
    browser = signed_in(bram)
    browser.post(f"/batches/{made.pk}/act", {"verb": "take_up"})
    for page in ("/batches", f"/batches/{made.pk}", f"/batches/{made.pk}/sample"):
        shown = html(browser.get(page))
        assert FACTS not in shown
        assert "warning" not in shown
    assert FACTS in html(signed_in(alice).get(f"/batches/{made.pk}"))


def test_a_batch_is_undone_as_one(alice: Person, bram: Person) -> None:
    made = prepared(alice, outcome="upheld", action="warn", facts=FACTS)
    answer_the_sample(bram, made, "upheld")
    browser = signed_in(bram)
    browser.post(f"/batches/{made.pk}/act", {"verb": "release"})
    browser.post(f"/batches/{made.pk}/act", {"verb": "undo", "why": "they were jokes"})
    assert set(Decision.objects.values_list("status", flat=True)) == {"reversed"}
    assert "they were jokes" in html(browser.get(f"/batches/{made.pk}"))


def test_nobody_rereads_their_own_batch() -> None:
    lead = person("lea", Role.SAFETY_LEAD)
    made = prepared(lead)
    assert signed_in(lead).post(f"/batches/{made.pk}/act", {"verb": "take_up"}).status_code == 409


def test_a_case_under_pressure_is_not_offered_and_a_refused_plan_keeps_its_words(alice: Person) -> None:
    under = policy("spam", en="Spam")
    on = case(account("u"), under, under_pressure=True)
    case(account("v"), under)
    browser = signed_in(alice)
    assert f'value="{on.pk}:0"' not in html(browser.get("/batches/new", {"policy": under.pk}))
    form = {"policy": under.pk, "key": "k", "outcome": "upheld", "action": "warn", "facts": FACTS}
    assert FACTS in html(browser.post("/batches/new", {**form, "case": f"{on.pk}:0"}), 409)
    assert not Batch.objects.exists()


@pytest.mark.parametrize("case_named", ["", "x", "1", "1:x", "1:2:3", "9" * 30 + ":1", "²:1"])
def test_odd_cases_are_refused_politely(alice: Person, case_named: str) -> None:
    under = policy("spam", en="Spam")
    form = {"policy": under.pk, "key": "k", "outcome": "rejected", "case": case_named}
    assert signed_in(alice).post("/batches/new", form).status_code in {404, 409, 422}
