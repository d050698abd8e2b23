"""The random audit: any known account with the same probability, also one that nobody ever reported."""

from __future__ import annotations

from collections import Counter

import pytest
from tests.casework.case import NOW, account, case, decision_in_force, person

from ostrakon.casework.actions.audit import draw_audit
from ostrakon.casework.models import Case, Offer, Person, Policy
from ostrakon.errors import NotPermitted, Unfit
from ostrakon.intake.models import Account
from ostrakon.ledger.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead() -> Person:
    return person("lea", "safety_lead")


@pytest.fixture
def twenty() -> list[Account]:
    return [account(f"account {number}") for number in range(20)]


def drawn(lead: Person, count: int, seed: int) -> list[str]:
    return [offer.case.account.external_id for offer in draw_audit(lead, count, seed, NOW)]


def test_each_drawn_account_waits_as_a_case_that_says_it_was_drawn_at_random(
    lead: Person, twenty: list[Account]
) -> None:
    offers = draw_audit(lead, 5, 1, NOW)
    assert {(one.selection, one.propensity, one.person) for one in offers} == {("audit", 0.25, None)}
    cases = Case.objects.filter(pk__in=[one.case_id for one in offers])
    assert {(one.status, one.policy.code, one.reports, one.opened_at) for one in cases} == {
        ("open", "unspecified", 0, NOW)
    }
    assert cases.count() == 5


def test_the_same_seed_draws_the_same_and_the_record_keeps_it(lead: Person, twenty: list[Account]) -> None:
    assert drawn(lead, 7, 3) == drawn(lead, 7, 3)
    assert drawn(lead, 7, 4) != drawn(lead, 7, 3)
    entry = Entry.objects.filter(kind="audit_drawn").order_by("number")[0]
    assert '"drawn":7,"of":20,"seed":3' in entry.body


def test_every_account_is_drawn_with_the_probability_that_is_said(
    lead: Person, twenty: list[Account]
) -> None:
    draws = 150
    times = Counter(name for seed in range(draws) for name in drawn(lead, 5, seed))
    assert len(times) == 20
    assert all(abs(count / draws - 0.25) < 0.14 for count in times.values())  # four standard errors


def test_a_decided_case_is_opened_again_and_a_waiting_one_is_left_where_it_is(lead: Person) -> None:
    unspecified = Policy.objects.get(code="unspecified")
    decided = case(account("mallory"), unspecified, status="decided", last_report=4, reports=9)
    decision_in_force(decided, person("bram"), person("dora"))
    waiting = case(account("eve"), unspecified)
    draw_audit(lead, 2, 0, NOW)
    again = Case.objects.get(pk=decided.pk)
    assert (again.status, again.reports, again.last_report) == ("open", 9, 4)
    assert Case.objects.get(pk=waiting.pk).turn_at == waiting.turn_at
    assert Case.objects.count() == 2
    assert Offer.objects.count() == 2


@pytest.mark.parametrize("count", [-1, 0, 21, 1_000_000])
def test_what_cannot_be_drawn_is_refused(count: int, lead: Person, twenty: list[Account]) -> None:
    with pytest.raises(Unfit, match="between 1 and 20"):
        draw_audit(lead, count, 0, NOW)


def test_a_reviewer_draws_no_audit(twenty: list[Account]) -> None:
    with pytest.raises(NotPermitted):
        draw_audit(person("bram", "reviewer", "approver"), 2, 0, NOW)
    assert not Case.objects.exists()
