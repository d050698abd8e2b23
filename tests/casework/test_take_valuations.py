"""What reports are worth is put on the cases: their place in the order, and why reports were discounted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.casework.case import NOW, account, case, person, policy
from tests.triage.case import START, store, week

from ostrakon.casework import order
from ostrakon.casework.actions.open_cases import open_cases
from ostrakon.casework.actions.take_valuations import take_valuations
from ostrakon.casework.actions.weigh import weigh, weigh_again
from ostrakon.casework.models import Case, Policy, PolicyVersion
from ostrakon.triage.models import Campaign, Run, Valuation

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def a_run() -> Run:
    return Run.objects.create(
        started_at=NOW,
        finished_at=NOW,
        version="0",
        parameters={},
        seed=0,
        last_report=0,
        reports=0,
        decisions_as_of=NOW,
        input_sha256="0" * 64,
    )


def valued(of: Case, **numbers: Any) -> Valuation:
    Valuation.objects.filter(account=of.account, policy=of.policy.code).update(is_current=False)
    return Valuation.objects.create(
        run=a_run(),
        account=of.account,
        policy=of.policy.code,
        **{
            "reports": 3,
            "reporters": 3,
            "independent_reports": 2.5,
            "probability": 0.8,
            "probability_low": 0.6,
            "probability_high": 0.9,
            **numbers,
        },
    )


def now_of(of: Case) -> Case:
    return Case.objects.get(pk=of.pk)


def test_a_case_takes_its_probability_and_its_turn_from_the_valuation_that_stands() -> None:
    mine = case(account("mallory"), policy(severity=0.5))
    valuation = valued(mine)
    assert take_valuations() == 1
    after = now_of(mine)
    assert (after.valuation, after.probability) == (valuation, 0.8)
    assert after.expected_harm == pytest.approx(0.8 * 0.5 * order.reach(None, None))
    assert after.turn_at == order.turn_at(after.opened_at, after.due_at, after.expected_harm)


def test_a_later_valuation_takes_the_place_of_the_earlier() -> None:
    mine = case(account("mallory"), policy())
    valued(mine)
    take_valuations()
    before = now_of(mine)
    valued(mine, probability=0.9)
    assert take_valuations() == 1
    assert now_of(mine).turn_at < before.turn_at


def test_nothing_new_changes_nothing() -> None:
    mine = case(account("mallory"), policy())
    valued(mine)
    take_valuations()
    before = now_of(mine).__dict__
    assert take_valuations() == 0
    assert {**now_of(mine).__dict__, "_state": None} == {**before, "_state": None}


def test_a_case_that_was_opened_after_its_valuation_gets_it_too() -> None:
    first = case(account("mallory"), policy())
    valued(first)
    take_valuations()
    second = case(account("eve"), first.policy)
    Valuation.objects.create(
        run=Run.objects.latest("pk"),
        account=second.account,
        policy="harassment",
        reports=1,
        reporters=1,
        independent_reports=1,
        probability=0.1,
        probability_low=0,
        probability_high=1,
    )
    assert take_valuations() == 1
    assert now_of(second).probability == 0.1


def test_what_people_did_with_a_case_is_left_alone() -> None:
    bram = person("bram")
    mine = case(
        account("mallory"),
        policy(),
        status="proposed",
        claimed_by=bram,
        claimed_until=NOW + MINUTE,
        version=7,
    )
    valued(mine)
    take_valuations()
    after = now_of(mine)
    assert (after.status, after.claimed_by, after.claimed_until, after.version) == (
        "proposed",
        bram,
        NOW + MINUTE,
        7,
    )


def test_the_number_of_reports_alone_moves_no_case() -> None:
    under = policy()
    few, many = case(account("mallory"), under), case(account("eve"), under)
    valued(few, reports=2, reporters=2)
    valued(many, reports=900, reporters=800)
    take_valuations()
    assert now_of(few).turn_at == now_of(many).turn_at


def test_the_target_of_a_campaign_is_under_pressure_and_says_why() -> None:
    mine = case(account("chidi"), policy())
    valued(mine, reports=512, reporters=500, independent_reports=3.8, campaigns=2)
    take_valuations()
    after = now_of(mine)
    assert after.under_pressure
    assert after.pressure == "512 reports, about 4 independent voices; 2 campaigns"


def test_pressure_ends_when_no_campaign_is_found_any_more() -> None:
    mine = case(account("chidi"), policy())
    valued(mine, campaigns=1)
    take_valuations()
    valued(mine)
    take_valuations()
    assert (now_of(mine).under_pressure, now_of(mine).pressure) == (False, "")


def test_from_reports_to_pressure_and_every_number_comes_out_again() -> None:
    for code in week().reports["policy"].unique():
        under = Policy.objects.create(code=code, severity=0.5)
        PolicyVersion.objects.create(policy=under, number=1, valid_from=START)
    store(week())
    assert open_cases(NOW) == len(week().reports.select("account", "policy").unique())
    run = weigh(NOW)
    assert run is not None
    assert take_valuations() == Case.objects.count()
    pressed = Case.objects.filter(under_pressure=True)
    targets = Campaign.objects.filter(is_current=True).values("targets")
    assert pressed.filter(account__in=targets).count() == pressed.count() > 0
    for one in pressed.select_related("valuation"):
        assert one.pressure.startswith(f"{one.reports} reports, about ")
        assert one.pressure.endswith((" campaign", " campaigns"))
        assert one.valuation is not None
        assert one.valuation.independent_reports < one.reporters
    assert Case.objects.filter(valuation__isnull=True).count() == 0
    assert weigh_again(run).is_the_same
    assert weigh(NOW + MINUTE) is None
