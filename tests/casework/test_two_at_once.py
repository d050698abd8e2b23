"""Reviewers who ask at the same moment: nobody ever gets what another one has."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection
from tests.casework.case import NOW, account, case, person, policy

from ostrakon.casework.actions.claim import claim
from ostrakon.casework.actions.offer import next_case
from ostrakon.casework.actions.open_cases import open_cases
from ostrakon.casework.models import Case, Offer, Person
from ostrakon.errors import ClaimedBySomebodyElse
from ostrakon.intake.models import Account, Report, Reporter, Source
from ostrakon.ledger.models import Entry

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each gives, or raises, when all begin together."""
    results: list[object] = [None] * len(acts)
    start = threading.Barrier(len(acts))

    def run(place: int) -> None:
        start.wait()
        try:
            results[place] = acts[place]()
        except Exception as problem:  # noqa: BLE001  the test looks at it
            results[place] = problem
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[place]) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def reviewers(count: int) -> list[Person]:
    return [person(f"reviewer {number}", "reviewer") for number in range(count)]


def test_eight_reviewers_who_ask_at_once_get_eight_different_cases() -> None:
    under = policy()
    for number in range(12):
        case(account(f"account {number}"), under)
    people = reviewers(8)
    offers = at_once(*(lambda who=who: next_case(who, NOW) for who in people))
    assert all(isinstance(offer, Offer) for offer in offers), offers
    assert len({offer.case_id for offer in offers}) == 8  # type: ignore[attr-defined]
    assert Case.objects.filter(claimed_by__isnull=False).count() == 8
    assert Entry.objects.filter(kind="case_offered").count() == 8


def test_of_eight_who_claim_one_case_one_gets_it() -> None:
    mine = case(account("mallory"), policy())
    results = at_once(*(lambda who=who: claim(who, mine.pk, NOW) for who in reviewers(8)))
    assert sum(isinstance(result, Case) for result in results) == 1
    assert sum(isinstance(result, ClaimedBySomebodyElse) for result in results) == 7
    assert Entry.objects.filter(kind="case_claimed").count() == 1


def test_two_workers_that_open_cases_at_once_count_every_report_once() -> None:
    policy()
    source = Source.objects.create(name="the app")
    who = Reporter.objects.create(platform="local", external_id="alice")
    for number in range(60):
        of = Account.objects.get_or_create(platform="local", external_id=f"account {number % 20}")[0]
        Report.objects.create(
            platform="local",
            external_id=f"r{number}",
            account=of,
            reporter=who,
            source=source,
            policy="harassment",
            reported_at=NOW,
            received_at=NOW,
            digest="0" * 64,
        )
    opened = at_once(*[lambda: open_cases(NOW)] * 3)
    assert sum(opened) == 20  # type: ignore[arg-type]
    assert set(Case.objects.values_list("reports", flat=True)) == {3}
