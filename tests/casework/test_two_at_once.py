"""Reviewers who ask at the same moment: nobody ever gets what another one has."""

from __future__ import annotations

import pytest
from tests.casework.at_once import at_once
from tests.casework.case import NOW, account, case, person, policy

from ostrakon.casework.actions.claim import claim
from ostrakon.casework.actions.offer import next_case
from ostrakon.casework.actions.open_cases import open_cases
from ostrakon.casework.models import Case, Offer, Person, Progress
from ostrakon.errors import ClaimedBySomebodyElse
from ostrakon.intake.models import Account, Report, Reporter, Source
from ostrakon.ledger.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)


def reviewers(count: int) -> list[Person]:
    return [person(f"reviewer {number}", "reviewer") for number in range(count)]


def test_eight_reviewers_who_ask_at_once_get_eight_different_cases() -> None:
    under = policy()
    for number in range(12):
        case(account(f"account {number}"), under)
    people = reviewers(8)
    offers = at_once([lambda who=who: next_case(who, NOW) for who in people])
    assert all(isinstance(offer, Offer) for offer in offers), offers
    assert len({offer.case_id for offer in offers}) == 8
    assert Case.objects.filter(claimed_by__isnull=False).count() == 8
    assert Entry.objects.filter(kind="case_offered").count() == 8


def test_of_eight_who_claim_one_case_one_gets_it() -> None:
    mine = case(account("mallory"), policy())
    results = at_once([lambda who=who: claim(who, mine.pk, NOW) for who in reviewers(8)])
    assert sum(isinstance(result, Case) for result in results) == 1
    assert sum(isinstance(result, ClaimedBySomebodyElse) for result in results) == 7
    assert Entry.objects.filter(kind="case_claimed").count() == 1


def test_two_workers_that_open_cases_at_once_count_every_report_once() -> None:
    policy()
    Progress.objects.create(job="open_cases")
    source = Source.objects.create(name="the app")
    who = Reporter.objects.create(platform="local", external_id="alice")
    accounts = Account.objects.bulk_create(
        Account(platform="local", external_id=f"account {number}") for number in range(400)
    )
    Report.objects.bulk_create(
        Report(
            platform="local",
            external_id=f"r{number}",
            account=accounts[number % 400],
            reporter=who,
            source=source,
            policy="harassment",
            reported_at=NOW,
            received_at=NOW,
            digest="0" * 64,
        )
        for number in range(1_200)
    )
    opened = at_once([lambda: open_cases(NOW)] * 3)
    assert sum(opened) == 400
    assert set(Case.objects.values_list("reports", flat=True)) == {3}
