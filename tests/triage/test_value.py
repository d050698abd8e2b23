"""Reports are valued when something is new, and only what changed is written."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest
from tests.triage.case import (
    AREAS,
    LATER,
    NOBODY_DECIDED,
    START,
    areas_of,
    report,
    store,
    value,
    week,
)

from ostrakon.analysis import worth
from ostrakon.analysis.campaigns import find_campaigns
from ostrakon.analysis.log import report_log
from ostrakon.analysis.worth import results
from ostrakon.intake.models import Account
from ostrakon.ledger.models import Entry
from ostrakon.triage.models import Campaign, Run, Valuation

pytestmark = pytest.mark.django_db

NUMBERS = (
    "reports",
    "reporters",
    "independent_reports",
    "probability",
    "probability_low",
    "probability_high",
)


def numbers() -> list[tuple[object, ...]]:
    """What stands now, by account and policy."""
    standing = Valuation.objects.filter(is_current=True).order_by("account", "policy")
    return list(standing.values_list("account", "policy", "campaigns", *NUMBERS))


def a_few_reports() -> None:
    for hours, who in enumerate(("alice", "bram", "chidi")):
        report(who, "mallory", hours=hours)
    report("alice", "chidi", "hate", hours=30)


def decided(*rows: tuple[str, str]) -> pl.DataFrame:
    ids = {account.external_id: str(account.pk) for account in Account.objects.all()}
    return pl.DataFrame(
        {
            "account": [ids[name] for name, _ in rows],
            "outcome": [outcome for _, outcome in rows],
            "policy": ["spam" for _ in rows],
        }
    )


def test_without_a_report_there_is_no_run() -> None:
    assert value() is None


def test_a_run_values_every_account_and_policy_and_says_with_what() -> None:
    a_few_reports()
    run = value(seed=3)
    assert run is not None
    assert [row[1:5] for row in numbers()] == [("spam", 0, 3, 3), ("hate", 0, 1, 1)]
    assert (run.reports, run.seed, run.decisions_as_of) == (4, 3, LATER)
    assert {"numba", "numpy", "polars"} <= set(run.parameters["versions"])
    assert set(run.parameters["inputs"]) == {
        "reports",
        "decisions",
        "accounts",
        "reporters",
        "set_aside",
    }


def test_the_record_has_one_entry_a_run() -> None:
    a_few_reports()
    run = value()
    assert run is not None
    (entry,) = Entry.objects.all()
    assert (entry.kind, entry.actor, entry.subject) == ("reports_valued", "system", f"run:{run.pk}")
    assert '"valuations":2' in entry.body


def test_nothing_new_is_no_run() -> None:
    a_few_reports()
    assert value() is not None
    assert value(now=LATER + timedelta(days=1)) is None
    assert Run.objects.count() == Entry.objects.count() == 1


@pytest.mark.parametrize(
    "new",
    [
        pytest.param({"force": True}, id="somebody asks for it"),
        pytest.param({"seed": 1}, id="another seed"),
    ],
)
def test_a_run_is_made_when_it_is_asked_for(new: dict[str, object]) -> None:
    a_few_reports()
    assert value() is not None
    assert value(**new) is not None


def test_a_new_decision_makes_a_run() -> None:
    a_few_reports()
    assert value() is not None
    assert value(decided(("mallory", "upheld"))) is not None


def test_only_what_changed_is_written_and_what_stood_before_stands_no_longer() -> None:
    a_few_reports()
    first = value()
    report("dora", "mallory", hours=40)
    report("dora", "eve", hours=50)
    second = value()
    assert first is not None
    assert second is not None
    before = Valuation.objects.get(run=first, account__external_id="mallory")
    assert not before.is_current
    assert Valuation.objects.get(account__external_id="mallory", is_current=True).run == second
    assert Valuation.objects.get(account__external_id="eve").run == second
    assert Valuation.objects.filter(is_current=True).count() == 3


def test_a_run_that_finds_the_same_numbers_writes_none() -> None:
    a_few_reports()
    assert value() is not None
    again = value(force=True)
    assert Valuation.objects.filter(run=again).count() == 0
    assert Valuation.objects.filter(is_current=True).count() == 2


def test_reports_on_a_policy_that_nobody_knows_are_valued_as_unspecified() -> None:
    report("alice", "mallory", "spma")
    report("bram", "mallory", "unspecified", hours=1)
    assert value() is not None
    assert [row[1:4] for row in numbers()] == [("unspecified", 0, 2)]


def test_a_report_stays_under_the_policy_that_took_it_when_that_is_retired() -> None:
    report("alice", "mallory", hours=1)
    report("bram", "mallory", hours=3)
    retired = AREAS.with_columns(to_at=pl.lit(START + timedelta(hours=2)).cast(pl.Datetime("us", "UTC")))
    assert value(areas=retired) is not None
    assert [row[1:4] for row in numbers()] == [("spam", 0, 1), ("unspecified", 0, 1)]


def test_the_numbers_are_those_of_the_analysis() -> None:
    decisions = store(week())
    run = value(decisions, areas_of(week()))
    assert run is not None
    ids = dict(Account.objects.values_list("external_id", "pk"))
    renamed = {
        name: table.with_columns(account=pl.col("account").replace_strict(ids, return_dtype=pl.String))
        for name, table in (
            ("reports", week().reports),
            ("accounts", week().accounts.filter(pl.col("account").is_in(list(ids)))),
        )
    }
    log = report_log(renamed["reports"])
    groups = find_campaigns(log, week().reporters).groups(log)
    valued = worth.value(
        log, decisions, accounts=renamed["accounts"], reporters=week().reporters, groups=groups
    )
    expected = results.queue(valued).with_columns(pl.col("account").cast(pl.Int64)).sort("account", "policy")
    assert [row[3:] for row in numbers()] == expected.select(NUMBERS).rows()


def test_campaigns_are_kept_with_members_and_targets_and_count_on_their_targets() -> None:
    run = value(store(week()), areas_of(week()))
    found = Campaign.objects.filter(run=run, is_current=True)
    assert {campaign.kind for campaign in found} == {"coordinated", "declared list"}
    assert all(campaign.members.count() >= 3 for campaign in found)
    marked = set(Valuation.objects.filter(campaigns__gt=0).values_list("account", flat=True))
    assert marked
    assert marked <= set(Campaign.targets.through.objects.values_list("account", flat=True))


def test_campaigns_that_did_not_change_stay_and_those_that_did_give_way() -> None:
    decisions = store(week())
    first = value(decisions, areas_of(week()))
    value(NOBODY_DECIDED, areas_of(week()))
    assert set(Campaign.objects.values_list("run", "is_current")) == {(first.pk, True)}
    first_target = Campaign.objects.order_by("pk")[0].targets.order_by("pk")[0]
    for hours in range(3):
        report(f"newcomer {hours}", first_target.external_id, hours=24 * 30, declared="list:77")
    third = value(NOBODY_DECIDED, areas_of(week()))
    assert set(Campaign.objects.filter(is_current=True).values_list("run", flat=True)) == {third.pk}


def test_permuting_the_languages_changes_no_valuation() -> None:
    decisions = store(week())
    value(decisions, areas_of(week()))
    before = numbers()
    accounts = list(Account.objects.order_by("pk"))
    languages = [account.language for account in accounts]
    for account, language in zip(accounts, [*languages[1:], languages[0]], strict=True):
        account.language = language
    assert [account.language for account in accounts] != languages
    Account.objects.bulk_update(accounts, ["language"])
    again = value(decisions, areas_of(week()), force=True)
    assert numbers() == before
    assert Valuation.objects.filter(run=again).count() == 0
