"""A case is in one hand at a time, and comes free by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.casework.case import NOW, account, case, person, policy

from ostrakon.casework.actions.claim import claim, release
from ostrakon.casework.actions.escalate import escalate
from ostrakon.casework.models import Case, Person
from ostrakon.errors import ClaimedBySomebodyElse, NotInThisState, NotPermitted, NotThere
from ostrakon.ledger.models import Entry

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def mine() -> Case:
    return case(account("mallory"), policy())


@pytest.fixture
def bram() -> Person:
    return person("bram", "reviewer")


@pytest.fixture
def dora() -> Person:
    return person("dora", "approver")


def kinds() -> list[str]:
    return list(Entry.objects.order_by("number").values_list("kind", flat=True))


def test_a_claimed_case_is_in_one_hand_for_twenty_minutes(mine: Case, bram: Person, dora: Person) -> None:
    assert claim(bram, mine.pk, NOW).claimed_until == NOW + 20 * MINUTE
    with pytest.raises(ClaimedBySomebodyElse):
        claim(dora, mine.pk, NOW + 19 * MINUTE)
    assert Case.objects.get().claimed_by == bram


def test_a_claim_ends_by_itself(mine: Case, bram: Person, dora: Person) -> None:
    claim(bram, mine.pk, NOW)
    assert claim(dora, mine.pk, NOW + 20 * MINUTE).claimed_by == dora
    assert kinds() == ["case_claimed", "case_claimed"]


def test_who_has_it_may_hold_on_to_it_and_the_record_has_one_claim(mine: Case, bram: Person) -> None:
    claim(bram, mine.pk, NOW)
    assert claim(bram, mine.pk, NOW + 15 * MINUTE).claimed_until == NOW + 35 * MINUTE
    assert kinds() == ["case_claimed"]


def test_a_released_case_is_free_and_keeps_its_place(mine: Case, bram: Person, dora: Person) -> None:
    claim(bram, mine.pk, NOW)
    released = release(bram, mine.pk, NOW)
    assert (released.claimed_by, released.claimed_until) == (None, None)
    assert Case.objects.get().turn_at == mine.turn_at
    assert claim(dora, mine.pk, NOW).claimed_by == dora
    assert kinds() == ["case_claimed", "case_released", "case_claimed"]


def test_nobody_releases_for_a_colleague_or_twice(mine: Case, bram: Person, dora: Person) -> None:
    claim(bram, mine.pk, NOW)
    with pytest.raises(NotInThisState):
        release(dora, mine.pk, NOW)
    release(bram, mine.pk, NOW)
    with pytest.raises(NotInThisState):
        release(bram, mine.pk, NOW)


def test_only_what_waits_for_a_reviewer_is_claimed(mine: Case, bram: Person) -> None:
    for status in ("proposed", "decided"):
        Case.objects.update(status=status)
        with pytest.raises(NotInThisState):
            claim(bram, mine.pk, NOW)


def test_a_case_that_does_not_exist_is_not_there(bram: Person) -> None:
    for act in (claim, release, escalate):
        with pytest.raises(NotThere):
            act(bram, 404, NOW)


def test_who_does_not_work_on_cases_claims_none(mine: Case) -> None:
    for act in (claim, release, escalate):
        with pytest.raises(NotPermitted):
            act(person(act.__name__, "auditor"), mine.pk, NOW)
    assert Case.objects.get().claimed_by is None


def test_what_cannot_wait_goes_into_the_priority_lane_once(mine: Case, bram: Person) -> None:
    escalated = escalate(bram, mine.pk, NOW)
    assert (escalated.escalated_at, escalated.lane) == (NOW, Case.Lane.PRIORITY)
    with pytest.raises(NotInThisState):
        escalate(bram, mine.pk, NOW)
    assert kinds() == ["case_escalated"]
