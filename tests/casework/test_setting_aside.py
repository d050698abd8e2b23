"""Reports of a campaign are set aside for some cases by a person: they count no more there, and lose nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.casework.batching import plan
from tests.casework.case import NOW, account, case, person, policy, report
from tests.casework.deciding import by_plain_sql, fresh, refused
from tests.triage.case import START, store, week

from ostrakon.casework.actions.open_cases import open_cases
from ostrakon.casework.actions.prepare_batch import prepare_batch
from ostrakon.casework.actions.set_aside import set_aside, take_back
from ostrakon.casework.actions.take_valuations import take_valuations
from ostrakon.casework.actions.weigh import weigh, weigh_again
from ostrakon.casework.models import Case, Person, Policy, PolicyVersion, Role, SettingAside
from ostrakon.casework.set_aside_table import set_aside_as_table
from ostrakon.casework.setting_aside import reports_by_members, reports_set_aside, set_aside_for
from ostrakon.errors import NotInThisState, NotPermitted, NotThere, Unfit
from ostrakon.intake.models import Account, Report, Reporter
from ostrakon.ledger.models import Entry
from ostrakon.triage.models import Campaign, Run

pytestmark = pytest.mark.django_db
WHY = "They copied one text and knew none of the accounts."
HOUR = timedelta(hours=1)


@pytest.fixture
def lead() -> Person:
    return person("lena", Role.SAFETY_LEAD)


def weighed(now: object = NOW) -> Run:
    run = weigh(now)  # type: ignore[arg-type]
    assert run is not None
    take_valuations()
    return run


@pytest.fixture
def ring() -> Campaign:
    """The ring of the demonstration: its reports stored, opened as cases and weighed once."""
    for code in week().reports["policy"].unique():
        under = Policy.objects.create(code=code, severity=0.5)
        PolicyVersion.objects.create(policy=under, number=1, valid_from=START)
    store(week())
    open_cases(NOW)
    weighed()
    return max(
        Campaign.objects.filter(is_current=True).exclude(kind="declared"), key=lambda c: c.targets.count()
    )


@pytest.fixture
def small() -> Campaign:
    """Three people who reported two accounts under two policies, put together by hand."""
    run = Run.objects.create(
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
    made = Campaign.objects.create(run=run, label="C1", kind="burst", first_at=NOW, last_at=NOW, reports=9)
    spam, hate = policy("spam"), policy("hate")
    for name, under in (("chidi", spam), ("chidi", hate), ("dana", spam)):
        of, _ = Account.objects.get_or_create(platform="local", external_id=name)
        case(of, under)
        made.targets.add(of)
        made.members.add(*(report(of, who, under.code).reporter for who in ("x", "y", "z")))
    case(account("stranger"), spam)
    return made


def reported_by(ring: Campaign) -> list[Case]:
    """Cases of its targets that its members reported, those with the most of their reports first."""
    cases = list(Case.objects.filter(account__in=ring.targets.all()).select_related("policy", "valuation"))
    found = reports_by_members(ring, cases)
    theirs = [case for case in cases if found[case.account_id, case.policy_id] > 1]
    return sorted(theirs, key=lambda case: -found[case.account_id, case.policy_id])


def test_what_is_set_aside_counts_no_more_and_stays_to_be_seen(ring: Campaign, lead: Person) -> None:
    one, *others = reported_by(ring)
    reports = Report.objects.count()
    before = {case.pk: case.valuation for case in Case.objects.select_related("valuation")}
    made = set_aside(lead, ring.pk, [one.pk], WHY, NOW)
    (item,) = made.items.all()
    assert (item.reports, made.made_by, made.why) == (reports_set_aside(one).count(), lead, WHY)
    assert weigh(NOW) is None  # what is newer than a minute may still be under way elsewhere
    weighed(NOW + HOUR)
    after = fresh(one)
    assert Report.objects.count() == reports
    assert after.reports == one.reports
    was, now = before[one.pk], after.valuation
    assert was
    assert (now.reports if now else 0) == was.reports - item.reports
    assert after.under_pressure
    assert after.pressure.endswith("the reports of a campaign were set aside")
    assert [item.setting_aside for item in set_aside_for(one)] == [made]
    assert all(fresh(other).under_pressure for other in others if other.under_pressure)


def test_the_campaign_is_still_found_for_those_it_was_not_set_aside_for(ring: Campaign, lead: Person) -> None:
    """Else setting aside would make the same reports count against everybody else."""
    *most, last = reported_by(ring)
    members = set(ring.members.values_list("pk", flat=True))
    set_aside(lead, ring.pk, [case.pk for case in most], WHY, NOW)
    weighed(NOW + HOUR)
    assert any(
        set(found.members.values_list("pk", flat=True)) == members
        for found in Campaign.objects.filter(is_current=True)
    )
    before, after = last.valuation, fresh(last).valuation
    assert before
    assert after
    assert (after.campaigns, after.independent_reports) == (before.campaigns, before.independent_reports)


def test_a_run_comes_out_again_whatever_was_set_aside_or_taken_back_since(
    ring: Campaign, lead: Person
) -> None:
    one = reported_by(ring)[0]
    first = Run.objects.latest("pk")
    made = set_aside(lead, ring.pk, [one.pk], WHY, NOW)
    second = weighed(NOW + HOUR)
    take_back(lead, made.pk, "It was a list after all.", NOW + 2 * HOUR)
    third = weighed(NOW + 3 * HOUR)
    assert [weigh_again(run).is_the_same for run in (first, second, third)] == [True] * 3
    assert weigh_again(second).inputs == ()
    assert [set_aside_as_table(NOW + hours * HOUR).height > 0 for hours in (-1, 0, 1, 2)] == [
        False,
        True,
        True,
        False,
    ]
    outputs = [run.parameters["outputs"]["queue"] for run in (first, second, third)]
    assert outputs[0] == outputs[2] != outputs[1]


def test_what_was_taken_back_counts_again(ring: Campaign, lead: Person) -> None:
    one = reported_by(ring)[0]
    made = set_aside(lead, ring.pk, [one.pk], WHY, NOW)
    weighed(NOW + HOUR)
    take_back(lead, made.pk, "It was a list after all.", NOW + 2 * HOUR)
    weighed(NOW + 3 * HOUR)
    after, before = fresh(one), one.valuation
    assert before
    assert after.valuation
    assert (after.valuation.reports, after.under_pressure) == (before.reports, one.under_pressure)
    assert "set aside" not in after.pressure
    assert not set_aside_for(one).exists()
    assert not reports_set_aside(one).exists()
    with pytest.raises(NotInThisState):
        take_back(lead, made.pk, "Again.", NOW + 3 * HOUR)


def test_a_case_without_a_report_that_counts_has_no_probability(ring: Campaign, lead: Person) -> None:
    one = reported_by(ring)[0]
    members = ring.members.values_list("pk", flat=True)
    others = Report.objects.filter(account=one.account_id, policy=one.policy.code).exclude(
        reporter__in=members
    )
    Campaign.members.through.objects.bulk_create(
        Campaign.members.through(campaign=ring, reporter_id=who)
        for who in others.values_list("reporter", flat=True).distinct()
    )
    set_aside(lead, ring.pk, [one.pk], WHY, NOW)
    weighed(NOW + HOUR)
    after = fresh(one)
    assert (after.valuation, after.probability) == (None, None)
    assert (after.under_pressure, after.pressure) == (True, "the reports of a campaign were set aside")
    assert take_valuations() == 0


def test_nobody_is_penalised_for_what_was_set_aside(small: Campaign, lead: Person) -> None:
    reporters = list(Reporter.objects.order_by("pk").values())
    cases = reported_by(small)
    made = set_aside(lead, small.pk, [case.pk for case in cases[:1]], WHY, NOW)
    assert list(Reporter.objects.order_by("pk").values()) == reporters
    table = set_aside_as_table(NOW)
    assert set(table["account"]) == {str(cases[0].account_id)}
    assert set(table["policy"]) == {cases[0].policy.code}
    assert set(table["reporter"]) == {str(pk) for pk in small.members.values_list("pk", flat=True)}
    assert made.items.count() == 1


def test_a_case_with_reports_set_aside_is_under_pressure_at_once_and_in_no_batch(
    small: Campaign, lead: Person
) -> None:
    one = reported_by(small)[0]
    set_aside(lead, small.pk, [one.pk], WHY, NOW)
    after = fresh(one)
    assert (after.under_pressure, after.pressure) == (True, "the reports of a campaign were set aside")
    assert after.version == one.version + 1
    with pytest.raises(NotInThisState):
        prepare_batch(lead, plan([after]), NOW)


def test_only_approvers_and_leads_set_aside_for_a_reason_and_what_there_is(
    small: Campaign, lead: Person
) -> None:
    one = reported_by(small)[0]
    stranger = Case.objects.exclude(account__in=small.targets.all()).first()
    assert stranger
    with pytest.raises(NotPermitted):
        set_aside(person("rana", Role.REVIEWER), small.pk, [one.pk], WHY, NOW)
    for cases, why in (
        ([one.pk], " "),
        ([], WHY),
        ([one.pk, stranger.pk], WHY),
        (range(1, 400), WHY),
    ):
        with pytest.raises(Unfit):
            set_aside(lead, small.pk, list(cases), why, NOW)
    for campaign, wanted in ((987_654, one.pk), (small.pk, 987_654)):
        with pytest.raises(NotThere):
            set_aside(lead, campaign, [wanted], WHY, NOW)
    with pytest.raises(NotThere):
        take_back(lead, 987_654, WHY, NOW)
    assert not SettingAside.objects.exists()
    made = set_aside(person("bram", Role.APPROVER), small.pk, [one.pk], WHY, NOW)
    with pytest.raises(NotInThisState):
        set_aside(lead, small.pk, [one.pk], WHY, NOW)
    with pytest.raises(NotPermitted):
        take_back(person("omar", Role.REVIEWER), made.pk, WHY, NOW)
    assert '"campaign":' in Entry.objects.get(kind="reports_set_aside").body


def test_what_numbers_rest_on_never_changes(small: Campaign, lead: Person) -> None:
    made = set_aside(lead, small.pk, [reported_by(small)[0].pk], WHY, NOW)
    with refused("never changes"):
        SettingAside.objects.filter(pk=made.pk).update(made_at=NOW - HOUR)
    with refused("never changes"):
        made.items.update(reports=7)
    with refused("never changes"):
        by_plain_sql("DELETE FROM casework_setasidecase")
    take_back(lead, made.pk, WHY, NOW + HOUR)
    with refused("never changes"):
        SettingAside.objects.filter(pk=made.pk).update(taken_back_by=None, taken_back_at=None)
