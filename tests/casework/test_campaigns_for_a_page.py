"""What a page about a campaign shows: counted by hand, bounded, and in as many queries for a large one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.casework.case import NOW, account, case, decision_in_force, person, policy, report
from tests.casework.test_voices import a_campaign

from ostrakon.casework import campaigns
from ostrakon.casework.actions.reverse import overturn
from ostrakon.casework.actions.set_aside import set_aside
from ostrakon.casework.campaigns import CampaignPage, campaign_page, campaigns_against, current_campaigns
from ostrakon.casework.models import Case, Policy, Role
from ostrakon.intake.models import Account, Reporter
from ostrakon.triage.models import Campaign

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def under() -> Policy:
    return policy()


def a_ring(under: Policy, members: int = 3, targets: int = 2) -> tuple[Campaign, list[Case]]:
    """Each member reports each target; who watches reports the first."""
    accounts = [account(f"t{number}") for number in range(targets)]
    names = [f"m{number}" for number in range(members)]
    minute = 0
    for of in accounts:
        for name in names:
            report(of, name, reported_at=NOW + minute * MINUTE)
            minute += 1
    report(accounts[0], "watcher")
    report(account("elsewhere"), "m0")
    made = a_campaign(*names, against=accounts[0])
    made.targets.add(*accounts)
    return made, [case(of, under) for of in accounts]


def page(of: Campaign) -> CampaignPage:
    found = campaign_page(of.pk)
    assert found
    return found


def test_a_page_shows_who_reported_whom_and_when(under: Policy) -> None:
    ring, cases = a_ring(under)
    found = page(ring)
    members = [Reporter.objects.get(external_id=name).pk for name in ("m0", "m1", "m2")]
    targets = [one.account_id for one in cases]
    assert [(one.pk, one.report_count) for one in found.members] == [(pk, 2) for pk in members]  # type: ignore[attr-defined]
    assert [(one.pk, one.report_count) for one in found.targets] == [(pk, 3) for pk in targets]  # type: ignore[attr-defined]
    assert found.pairs == {(member, target) for member in members for target in targets}
    assert found.times == [
        (NOW + (3 * place + number) * MINUTE, member, target)
        for place, target in enumerate(targets)
        for number, member in enumerate(members)
    ]
    assert (found.reports, found.case_count, set(found.cases)) == (6, 2, set(cases))
    assert (found.campaign.member_count, found.campaign.target_count) == (3, 2)  # type: ignore[attr-defined]


def test_a_page_says_which_decisions_it_touched_and_which_were_reversed(under: Policy) -> None:
    ring, cases = a_ring(under)
    alice, bram = person("alice"), person("bram", Role.APPROVER)
    first, second = (
        decision_in_force(one, alice, bram, in_force_at=NOW + n * MINUTE) for n, one in enumerate(cases)
    )
    decision_in_force(case(account("dana"), under), alice, bram)
    before = decision_in_force(case(cases[1].account, policy("hate")), alice, bram, in_force_at=NOW - MINUTE)
    decision_in_force(
        case(cases[0].account, policy("spam")), alice, bram, status="proposed", in_force_at=None
    )
    overturn(bram, first.pk, "It was satire.", NOW)
    found = page(ring)
    assert found.decisions == [second, first]
    assert before not in found.decisions
    assert (found.decision_count, found.reversed_count) == (2, 1)
    (row,) = current_campaigns()
    assert row.decision_count == 2  # type: ignore[attr-defined]


def test_what_was_set_aside_stands_on_the_page(under: Policy) -> None:
    ring, cases = a_ring(under)
    lead = person("lena", Role.SAFETY_LEAD)
    made = set_aside(lead, ring.pk, [cases[1].pk], "They copied one text.", NOW)
    found = page(ring)
    assert found.settings_aside == [made]
    assert [item.case for item in found.settings_aside[0].items.all()] == [cases[1]]


def test_what_a_later_run_found_no_more_is_in_no_list_and_still_has_its_page(under: Policy) -> None:
    ring, cases = a_ring(under)
    assert list(current_campaigns()) == list(campaigns_against(cases[0])) == [ring]
    Campaign.objects.update(is_current=False)
    assert list(current_campaigns()) == list(campaigns_against(cases[0])) == []
    assert page(ring).campaign == ring
    assert campaign_page(987_654) is None


def test_a_large_campaign_is_cut_and_takes_no_more_queries(
    under: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring, _ = a_ring(under)
    with CaptureQueriesContext(connection) as few:
        page(ring)
    for name in ("MEMBERS", "TARGETS", "TIMES", "CASES"):
        monkeypatch.setattr(campaigns, name, 2)
    for number in range(12):
        of = account(f"more{number}")
        case(of, under)
        ring.targets.add(of)
        ring.members.add(report(of, f"late{number}").reporter)
    with CaptureQueriesContext(connection) as many:
        found = page(ring)
    assert len(many) == len(few) <= 16
    assert [len(part) for part in (found.members, found.targets, found.times, found.cases)] == [2, 2, 2, 2]
    assert (found.campaign.member_count, found.case_count, found.reports) == (15, 14, 18)  # type: ignore[attr-defined]
    assert Account.objects.count() > 2
