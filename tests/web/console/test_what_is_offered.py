"""The form of a decision offers what the platform of the account can carry out, and nothing else."""

from __future__ import annotations

import pytest
from tests.casework.case import NOW, account, case, policy
from tests.web.case import html, signed_in
from tests.web.console.test_case_page import form

from ostrakon.casework.models import Action, Case, Decision, Person
from ostrakon.enforcement.models import Connection
from ostrakon.enforcement.offers import offers_of
from ostrakon.platforms.contract import Capabilities
from ostrakon.platforms.fake.rules import MILD, capabilities_of
from ostrakon.platforms.matrix.words import MATRIX

pytestmark = pytest.mark.django_db


@pytest.fixture
def on() -> Case:
    return case(account(), policy())


def connected(capabilities: Capabilities | None) -> None:
    """The platform of everybody here; None: it was never checked."""
    offers = offers_of(capabilities) if capabilities else {}
    Connection.objects.create(
        platform="local", kind="matrix", address="https://example.org", offers=offers, added_at=NOW
    )


def offered(page: str) -> set[str]:
    return {action for action in Action.values if f'<option value="{action}"' in page}


def test_synapse_knows_neither_labels_nor_limits(alice: Person, on: Case) -> None:
    connected(MATRIX)
    page = html(signed_in(alice).get(f"/cases/{on.pk}"))
    assert offered(page) == {"none", "warn", "suspend", "suspend_for_a_time"}


def test_what_is_not_offered_is_not_taken_either(alice: Person, on: Case) -> None:
    connected(MATRIX)
    browser = signed_in(alice)
    said = form(html(browser.get(f"/cases/{on.pk}")), action="limit", facts="Forty threats.")
    for step in ("preview", "decide"):
        page = html(browser.post(f"/cases/{on.pk}/{step}", said), 422)
        assert "Forty threats." in page
    assert not Decision.objects.exists()


@pytest.mark.parametrize("capabilities", [capabilities_of(MILD), None])
def test_everything_is_offered_where_it_can_be_done_or_nobody_knows(
    alice: Person, on: Case, capabilities: Capabilities | None
) -> None:
    connected(capabilities)
    assert offered(html(signed_in(alice).get(f"/cases/{on.pk}"))) == set(Action.values)


def test_without_a_connection_a_decision_is_ours_alone(alice: Person, on: Case) -> None:
    assert offered(html(signed_in(alice).get(f"/cases/{on.pk}"))) == set(Action.values)
