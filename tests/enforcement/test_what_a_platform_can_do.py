"""What the platform of an account cannot carry out is not proposed: one rule for the form, the API and batches."""

from __future__ import annotations

import pytest
from tests.casework.batching import agreed, cases, prepared, warnings
from tests.casework.case import NOW, account, case, person, policy
from tests.casework.deciding import fresh, warning
from tests.web.case import person as web_person
from tests.web.case import problem, signed_in
from tests.web.test_deciding import case_of_chidi, proposed

from ostrakon.casework.actions.prepare_batch import prepare_batch
from ostrakon.casework.actions.propose import propose
from ostrakon.casework.actions.release_batch import release_batch
from ostrakon.casework.models import Action, Batch, BatchItem, Case, Decision, Person, Role
from ostrakon.enforcement.models import Connection
from ostrakon.enforcement.offers import offers_of
from ostrakon.errors import Unfit
from ostrakon.platforms.matrix.words import MATRIX

pytestmark = pytest.mark.django_db
WHAT_IT_CAN = "local cannot carry out limit; what it can: none, warn, suspend_for_a_time, suspend"


@pytest.fixture
def alice() -> Person:
    return person("alice", Role.REVIEWER)


def synapse() -> None:
    """The platform of everybody here from now on: it knows neither labels nor limits."""
    Connection.objects.create(
        platform="local", kind="matrix", address="https://example.org", offers=offers_of(MATRIX), added_at=NOW
    )


def test_a_proposal_that_cannot_be_carried_out_is_refused_and_says_what_can_be(alice: Person) -> None:
    synapse()
    on = case(account(), policy())
    with pytest.raises(Unfit) as refused:
        propose(alice, warning(on, action=Action.LIMIT), NOW)
    assert str(refused.value) == WHAT_IT_CAN
    assert not Decision.objects.exists()
    assert fresh(on).status == Case.Status.OPEN
    assert propose(alice, warning(on), NOW).status == Decision.Status.IN_FORCE


def test_the_api_says_so_too() -> None:
    synapse()
    answer = proposed(signed_in(web_person("bram", Role.APPROVER)), case_of_chidi(), action="limit")
    assert answer.status_code == 422
    assert problem(answer) == "unfit"
    assert answer.json()["detail"] == WHAT_IT_CAN


def test_a_batch_that_cannot_be_carried_out_is_not_prepared(alice: Person) -> None:
    synapse()
    of = cases(3)
    with pytest.raises(Unfit, match=WHAT_IT_CAN):
        prepare_batch(alice, warnings(of, action=Action.LIMIT), NOW)
    assert not Batch.objects.exists()
    assert not Case.objects.filter(claimed_by__isnull=False).exists()


def test_one_account_elsewhere_is_enough_to_refuse_a_batch(alice: Person) -> None:
    """Others are of a platform that nobody connected, where everything may be decided."""
    Connection.objects.create(
        platform="matrix.test",
        kind="matrix",
        address="https://example.org",
        offers=offers_of(MATRIX),
        added_at=NOW,
    )
    here, there = cases(2)
    type(there.account).objects.filter(pk=there.account_id).update(platform="matrix.test")
    with pytest.raises(Unfit, match="cannot carry out label"):
        prepare_batch(alice, warnings([here, there], action=Action.LABEL), NOW)
    assert prepare_batch(alice, warnings([here], action=Action.LABEL), NOW).status == Batch.Status.WAITS


def test_a_platform_that_was_connected_meanwhile_leaves_its_cases_out(alice: Person) -> None:
    bram = person("bram", Role.APPROVER)
    batch = agreed(
        prepared(
            alice, cases(2), outcome=Decision.Outcome.UPHELD, action=Action.LIMIT, facts="Forty threats."
        ),
        bram,
    )
    synapse()
    release_batch(bram, batch.pk, NOW)
    assert {item.why for item in batch.items.all()} == {BatchItem.LeftOut.REFUSED}
    assert not Decision.objects.exists()
