"""Promise 3: volunteers who work from a list are coordinated and may be right. Nobody is penalised for the first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.casework.case import NOW, account, case, person, policy, report
from tests.casework.deciding import fresh, heard, suspension

from ostrakon.casework.actions.approve import approve
from ostrakon.casework.actions.propose import propose
from ostrakon.casework.actions.reverse import overturn
from ostrakon.casework.announcements import DecisionCameIntoForce
from ostrakon.casework.models import Case, Decision, Notice, Strike
from ostrakon.intake.models import Reporter
from ostrakon.triage.models import Campaign, Run

pytestmark = pytest.mark.django_db
VOLUNTEERS = [f"volunteer-{number}" for number in range(5)]


def reported_by_volunteers(name: str, *, under_pressure: bool) -> Case:
    """The same five reports; in one world a campaign was found behind them, in the other none."""
    on = case(account(name, email=f"{name}@example.org"), policy(name), under_pressure=under_pressure)
    for volunteer in VOLUNTEERS:
        report(on.account, volunteer, under=name, email=f"{volunteer}@example.org")
    return on


def campaign_of_the_volunteers() -> Campaign:
    run = Run.objects.create(
        started_at=NOW,
        finished_at=NOW,
        version="1",
        parameters={},
        seed=1,
        last_report=10,
        reports=10,
        decisions_as_of=NOW,
        input_sha256="0" * 64,
    )
    found = Campaign.objects.create(
        run=run, label="C1", kind="coordinated", first_at=NOW, last_at=NOW, reports=5
    )
    found.members.set(Reporter.objects.filter(external_id__in=VOLUNTEERS))
    return found


def suspended(on: Case) -> Decision:
    bram, lena = person(f"bram-{on.pk}", "reviewer"), person(f"lena-{on.pk}", "safety_lead")
    return approve(lena, propose(bram, suspension(on), NOW).pk, NOW)


def told(decision: Decision) -> set[tuple[str, str, str]]:
    """What each reporter was told, without the name of the account it was about."""
    notices = Notice.objects.filter(decision=decision, reporter__isnull=False)
    name = decision.account.external_id
    return {
        (notice.reporter.external_id, notice.kind, (notice.body or "").replace(name, "ACCOUNT"))
        for notice in notices
        if notice.reporter
    }


def test_a_coordinated_report_that_is_right_is_upheld_like_any_other() -> None:
    pressed = reported_by_volunteers("chidi", under_pressure=True)
    calm = reported_by_volunteers("frida", under_pressure=False)
    campaign_of_the_volunteers()
    with heard() as announced:
        first, second = suspended(pressed), suspended(calm)
    assert [one.decision for one in announced if isinstance(one, DecisionCameIntoForce)] == [first, second]
    for name in ("status", "outcome", "action", "detected", "in_force_at", "ends_at"):
        assert getattr(first, name) == getattr(second, name), name
    assert (first.under_pressure, second.under_pressure) == (True, False)


def test_coordinated_reporters_are_told_the_same_outcome_in_the_same_words() -> None:
    pressed = reported_by_volunteers("chidi", under_pressure=True)
    calm = reported_by_volunteers("frida", under_pressure=False)
    campaign_of_the_volunteers()
    first, second = told(suspended(pressed)), told(suspended(calm))
    assert first == second
    assert {reporter for reporter, *_ in first} == set(VOLUNTEERS)


@pytest.mark.parametrize("is_undone", [False, True])
def test_nothing_happens_to_those_who_report_together_right_or_wrong(*, is_undone: bool) -> None:
    on = reported_by_volunteers("chidi", under_pressure=True)
    campaign = campaign_of_the_volunteers()
    before = list(Reporter.objects.order_by("pk").values())
    decision = suspended(on)
    if is_undone:
        overturn(person("dana", "approver"), decision.pk, "They were wrong.", NOW + timedelta(hours=1))
    assert list(Reporter.objects.order_by("pk").values()) == before
    assert set(Case.objects.values_list("account", flat=True)) == {on.account_id}
    assert set(Strike.objects.values_list("account", flat=True)) == {on.account_id}
    assert fresh(campaign).members.count() == len(VOLUNTEERS)


def test_no_decision_can_be_about_a_reporter_or_a_campaign() -> None:
    pointed_at = {field.related_model for field in Decision._meta.get_fields() if field.many_to_one}
    assert Reporter not in pointed_at
    assert Campaign not in pointed_at
