"""One's own page shows one's own numbers, proposes breaks, and tells a lead about nobody."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from tests.casework.case import NOW, account, case, policy
from tests.web.case import person, signed_in

from ostrakon.casework.models import Case, Exposure, Person, Role
from ostrakon.intake.models import Evidence

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_noon() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cruel() -> Case:
    return case(account("chidi"), policy("terror", severity=0.9))


def looked(who: Person, at: Case, count: int, when: datetime = NOW) -> None:
    shown, _ = Evidence.objects.get_or_create(
        account=at.account, sha256="a" * 64, defaults={"salted": "b", "taken_at": NOW}
    )
    Exposure.objects.bulk_create(
        Exposure(person=who, case=at, evidence=shown, severity=0.9, at=when) for _ in range(count)
    )


def page_of(who: Person) -> str:
    answer = signed_in(who).get("/me")
    assert answer.status_code == 200, answer.content[:300]
    return str(answer.content.decode())


def test_it_shows_what_one_has_looked_at_and_nothing_of_others(cruel: Case) -> None:
    alice, dora = person("alice", Role.REVIEWER), person("dora", Role.REVIEWER)
    looked(alice, cruel, 3)
    looked(alice, cruel, 4, NOW - timedelta(days=3))
    looked(dora, cruel, 39)
    html = page_of(alice)
    assert "<dd>7</dd>" in html
    assert "3; the limit of a day is 40" in html
    assert ">39<" not in html
    assert ">46<" not in html
    assert "dora" not in html
    assert html.count("<svg") == 1
    assert "It is time for a break" not in html


def test_nothing_looked_at_draws_nothing(cruel: Case) -> None:
    html = page_of(person("alice", Role.APPEALS))
    assert "<svg" not in html
    assert "<dd>0</dd>" in html


def test_a_break_is_proposed_and_closes_nothing(cruel: Case) -> None:
    alice = person("alice", Role.REVIEWER)
    looked(alice, cruel, 1, NOW - timedelta(minutes=5))
    looked(alice, cruel, 14)
    html = page_of(alice)
    assert "It is time for a break." in html
    assert "15 pieces of evidence of the worst policies" in html
    assert signed_in(alice).get(f"/cases/{cruel.pk}").status_code == 200


def test_whoever_passed_the_limit_reads_from_what_they_rest(cruel: Case) -> None:
    alice = person("alice", Role.REVIEWER)
    looked(alice, cruel, 40)
    assert "<bdi>terror</bdi>" in page_of(alice)


def test_a_lead_hears_of_five_or_of_nobody_and_others_hear_nothing(cruel: Case) -> None:
    lena, alice = person("lena", Role.SAFETY_LEAD), person("alice", Role.REVIEWER)
    for number in range(4):
        looked(person(f"r{number}", Role.REVIEWER), cruel, 40)
    assert "Fewer than five colleagues" in page_of(lena)
    looked(alice, cruel, 41)
    assert "5 colleagues have passed" in page_of(lena)
    assert "colleagues have passed" not in page_of(alice)


def test_it_is_for_who_works_here(cruel: Case) -> None:
    assert signed_in(person("nobody")).get("/me").status_code == 403
    assert signed_in().get("/me").status_code == 302
