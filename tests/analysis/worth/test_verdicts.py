"""Which decision stands for a case, how likely the case was to be chosen for it, and which fold its account is in."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analysis.small import case_of, decisions, log_of

from ostrakon.analysis.log import ReportLog
from ostrakon.analysis.tables import DECISIONS
from ostrakon.analysis.worth.verdicts import OUTCOMES, Verdicts, folds, standing

ONE = log_of("alice mallory 1")
TWO_POLICIES = log_of("alice mallory 1 spam", "alice mallory 1 abuse")


def outcome(
    log: ReportLog, table: pl.DataFrame | None, account: str = "mallory", policy: str | None = None
) -> str | None:
    """What stands for a case, in words."""
    name = standing(log, table).names()[case_of(log, account, policy)]
    assert name is None or isinstance(name, str)
    return name


# What stands


def test_the_latest_decision_stands_whatever_the_order_of_rows() -> None:
    assert outcome(ONE, decisions("mallory rejected 9", "mallory upheld 5")) == "rejected"


def test_without_times_the_last_row_stands() -> None:
    assert outcome(ONE, decisions("mallory upheld", "mallory rejected")) == "rejected"


def test_of_two_decisions_at_the_same_time_the_last_row_stands() -> None:
    assert outcome(ONE, decisions("mallory rejected 5", "mallory upheld 5")) == "upheld"


def test_a_row_without_time_stands_before_every_row_that_has_one() -> None:
    assert outcome(ONE, decisions("mallory upheld 5", "mallory rejected -")) == "upheld"


def test_nobody_has_decided_is_not_rejected() -> None:
    log = log_of("alice mallory 1", "alice chidi 2")
    verdicts = standing(log, decisions("chidi rejected 5"))
    assert verdicts.names()[case_of(log, "mallory")] is None
    assert verdicts.decided.tolist().count(True) == 1


@pytest.mark.parametrize("table", [None, DECISIONS.empty()], ids=["no table", "an empty one"])
def test_without_decisions_nothing_stands(table: pl.DataFrame | None) -> None:
    verdicts = standing(ONE, table)
    assert not verdicts.decided.any()
    assert np.isnan(verdicts.propensity).all()
    assert verdicts.propensity_estimated == 0


@pytest.mark.parametrize(("last", "violates"), [("upheld", 1.0), ("rejected", 0.0), ("overturned", 0.0)])
def test_only_an_upheld_decision_is_a_violation(last: str, violates: float) -> None:
    verdicts = standing(ONE, decisions("mallory upheld 1", f"mallory {last} 2"))
    assert verdicts.violates.tolist() == [violates]
    assert verdicts.decided.all()


def test_a_decision_on_an_account_that_nobody_reported_is_ignored() -> None:
    assert outcome(ONE, decisions("chidi upheld 1")) is None


@given(st.permutations(range(6)))
@settings(max_examples=30)
def test_rows_with_times_may_come_in_any_order(order: list[int]) -> None:
    log = log_of("alice mallory 1", "alice chidi 1")
    rows = [
        "mallory upheld 1",
        "mallory overturned 4",
        "chidi rejected 2",
        "chidi upheld 3",
        "mallory rejected 2",
        "chidi rejected 5",
    ]
    table = decisions(*(rows[place] for place in order))
    assert (outcome(log, table), outcome(log, table, "chidi")) == ("overturned", "rejected")


# Policies


def test_a_decision_without_policy_speaks_for_every_policy_of_the_account() -> None:
    table = decisions("mallory upheld 5 -")
    assert [outcome(TWO_POLICIES, table, policy=p) for p in ("spam", "abuse")] == ["upheld", "upheld"]


def test_a_decision_with_policy_speaks_for_that_policy_only() -> None:
    table = decisions("mallory upheld 5 spam")
    assert [outcome(TWO_POLICIES, table, policy=p) for p in ("spam", "abuse")] == ["upheld", None]


@pytest.mark.parametrize(("spam", "everything", "stands"), [(5, 9, "rejected"), (9, 5, "upheld")])
def test_a_decision_for_all_policies_and_one_for_a_policy_stand_by_time(
    spam: int, everything: int, stands: str
) -> None:
    table = decisions(f"mallory upheld {spam} spam", f"mallory rejected {everything} -")
    assert outcome(TWO_POLICIES, table, policy="spam") == stands
    assert outcome(TWO_POLICIES, table, policy="abuse") == "rejected"


def test_a_decision_under_a_policy_that_nobody_named_is_ignored() -> None:
    assert outcome(TWO_POLICIES, decisions("mallory upheld 5 porn"), policy="spam") is None


# Propensity


def test_a_stated_propensity_is_kept() -> None:
    log = log_of("alice mallory 1", "alice chidi 1")
    verdicts = standing(log, decisions("mallory upheld 5 - queue 0.8", "chidi rejected 6 - audit 0.03"))
    assert verdicts.propensity[case_of(log, "mallory")] == 0.8
    assert verdicts.propensity[case_of(log, "chidi")] == 0.03
    assert verdicts.propensity_estimated == 0


def test_missing_propensities_are_estimated_and_counted() -> None:
    log = log_of("alice mallory 1", "alice chidi 1", "alice dora 1")
    verdicts = standing(log, decisions("mallory upheld 5 - queue 0.8", "chidi rejected 6 - queue -"))
    assert verdicts.propensity_estimated == 1
    assert 0 < verdicts.propensity[case_of(log, "chidi")] <= 1
    assert np.isnan(verdicts.propensity[case_of(log, "dora")])


def test_a_case_keeps_the_propensity_of_its_first_choice_not_of_its_reversal() -> None:
    table = decisions("mallory overturned 9 - queue 1.0", "mallory upheld 5 - audit 0.03")
    verdicts = standing(ONE, table)
    assert verdicts.propensity.tolist() == [0.03]
    assert verdicts.names().to_list() == ["overturned"]


def test_a_reversal_is_not_an_audit() -> None:
    # Ten cases of one report; the audit chose one of them, an appeal came back as "queue": still one of ten.
    log = log_of(*(f"alice a{number} 1" for number in range(10)))
    verdicts = standing(log, decisions("a3 upheld 5 - audit", "a3 overturned 9 - queue"))
    assert verdicts.propensity[case_of(log, "a3")] == pytest.approx(1 / 10)


def test_the_audits_propensity_is_its_share_of_what_the_queue_did_not_take() -> None:
    log = log_of("bo loud 1", *(f"alice {name} 1" for name in ("loud", "a", "b", "c", "d")))
    verdicts = standing(log, decisions("loud upheld 5 - queue", "a rejected 5 - audit"))
    assert verdicts.propensity[case_of(log, "a")] == pytest.approx(1 / 4)
    assert verdicts.propensity[case_of(log, "loud")] == 1.0


def test_cases_of_the_same_report_count_have_the_same_chance_to_be_taken_by_the_queue() -> None:
    log = log_of(*(f"alice {name} 1" for name in "abcd"))
    verdicts = standing(log, decisions("c upheld 5 - queue"))
    assert verdicts.propensity[case_of(log, "c")] == pytest.approx(1 / 4)


def test_the_queue_takes_loud_cases_with_a_higher_propensity_than_quiet_ones() -> None:
    rows = [
        f"r{reporter} a{account:03d} 1" for account in range(200) for reporter in range(1 + account // 10)
    ]
    taken = [f"a{account:03d} upheld 5 - queue" for account in (*range(150, 200), 20)]
    log = log_of(*rows)
    verdicts = standing(log, decisions(*taken))
    assert verdicts.propensity[case_of(log, "a199")] == 1.0
    # One of the ten accounts with three reports each (a020 to a029) was taken.
    assert verdicts.propensity[case_of(log, "a020")] == pytest.approx(1 / 10)


# Words


def test_the_outcomes_are_those_of_the_contract() -> None:
    assert DECISIONS["outcome"].choices == OUTCOMES


def test_an_outcome_is_named_as_it_was_decided() -> None:
    verdicts = Verdicts(np.array([2, -1, 0, 1], np.int8), np.array([1.0, np.nan, 1.0, 1.0]), 0)
    assert verdicts.names().to_list() == ["overturned", None, "upheld", "rejected"]


# Folds

MANY = [f"alice a{number} {number} {policy}" for number in range(500) for policy in ("spam", "abuse")]


def fold_of_each(log: ReportLog, seed: int) -> dict[str, set[int]]:
    """The folds that an account's cases are in."""
    found: dict[str, set[int]] = {}
    for case, fold in enumerate(folds(log, 5, seed).tolist()):
        found.setdefault(log.accounts[int(log.case_account[case])], set()).add(fold)
    return found


def test_all_cases_of_an_account_share_a_fold() -> None:
    assert {len(own) for own in fold_of_each(log_of(*MANY), 0).values()} == {1}


def test_a_fold_depends_on_the_id_alone() -> None:
    one, other = fold_of_each(log_of(*MANY), 0), fold_of_each(log_of("bo another 1 spam", *reversed(MANY)), 0)
    assert {name: other[name] for name in one} == one


def test_another_seed_draws_other_folds() -> None:
    log = log_of(*MANY)
    assert not np.array_equal(folds(log, 5, 0), folds(log, 5, 1))


def test_folds_are_of_like_size() -> None:
    # 500 accounts in 5 folds: 100 each, with a standard deviation of sqrt(500 x .2 x .8) = 9.
    sizes = np.bincount(folds(log_of(*MANY), 5, 0), minlength=5) / 2
    assert sizes.min() > 100 - 4 * 9
    assert sizes.max() < 100 + 4 * 9
