"""A reporter's record: earned by being right, lost when a decision is reversed, nothing for who is unknown."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import integrate, stats
from tests.analysis.small import decisions, log_of, reporter_of

from ostrakon.analysis.log import ReportLog
from ostrakon.analysis.worth.record import (
    Prior,
    Records,
    fit_prior,
    log_odds,
    precision_interval,
    records,
)
from ostrakon.analysis.worth.verdicts import standing

Floats = NDArray[np.float64]
PRIOR = Prior(0.6, 5.0)
counts = st.integers(0, 60).map(float)
priors = st.builds(Prior, st.floats(0.05, 0.95), st.floats(0.6, 25.0))

LOG = log_of(
    "alice mallory 1", "alice chidi 2", "alice dora 3", "bo mallory 1", "bo mallory 2", "cy chidi 1", "cy eve 1"
)  # fmt: skip
DECIDED = ("mallory upheld 5", "chidi upheld 5", "dora rejected 5")


def recorded(log: ReportLog, *rows: str, prior: Prior = PRIOR) -> Records:
    """The records when these decisions stand."""
    verdicts = standing(log, decisions(*rows))
    return records(log, verdicts.violates, verdicts.decided, prior)


def of(found: Floats, name: str) -> float:
    return float(found[reporter_of(LOG, name)])


# Counting


def test_every_decided_case_of_a_reporter_is_counted_once() -> None:
    found = recorded(LOG, *DECIDED)
    assert (of(found.upheld, "alice"), of(found.rejected, "alice")) == (2, 1)
    assert (of(found.upheld, "bo"), of(found.rejected, "bo")) == (1, 0)  # a repeat is no second word
    assert (of(found.upheld, "cy"), of(found.rejected, "cy")) == (1, 0)  # nobody has decided on eve


def test_the_precision_is_the_posterior_mean() -> None:
    found = recorded(LOG, *DECIDED)
    # Beta(.6 x 5 + 2, .4 x 5 + 1): mean (3 + 2) / (5 + 3)
    assert of(found.precision, "alice") == pytest.approx(5 / 8)
    assert of(found.precision, "bo") == pytest.approx(4 / 6)
    assert of(found.decided, "alice") == 3


def test_a_reversal_withdraws_credit_from_exactly_its_reporters() -> None:
    before, after = recorded(LOG, *DECIDED), recorded(LOG, *DECIDED, "chidi overturned 9")
    upheld, rejected = after.upheld - before.upheld, after.rejected - before.rejected
    assert {name: (of(upheld, name), of(rejected, name)) for name in ("alice", "bo", "cy")} == {
        "alice": (-1, 1),
        "bo": (0, 0),
        "cy": (-1, 1),
    }
    assert (after.evidence < before.evidence).tolist() == (upheld < 0).tolist()


accounts = st.sampled_from(["a", "b", "c", "d"])
said = st.lists(st.builds("r{} {} 1".format, st.integers(0, 5), accounts), min_size=1, max_size=20)
ruled = st.lists(
    st.builds("{} {}".format, accounts, st.sampled_from(["upheld", "rejected", "overturned"])), max_size=8
)


@given(said, ruled, accounts)
@settings(max_examples=40)
def test_a_reversal_is_a_difference_that_a_recount_gives_too(
    rows: list[str], rulings: list[str], account: str
) -> None:
    log = log_of(*rows)
    before, after = recorded(log, *rulings), recorded(log, *rulings, f"{account} overturned")
    stood = dict(row.split() for row in rulings).get(account)
    spoke = np.array([f"{name} {account} 1" in rows for name in log.reporters], float)
    assert np.array_equal(after.upheld, before.upheld - spoke * (stood == "upheld"))
    assert np.array_equal(after.rejected, before.rejected + spoke * (stood in (None, "upheld")))


# What a word is worth


@given(priors)
def test_a_newcomer_contributes_exactly_nothing(prior: Prior) -> None:
    assert log_odds(prior, np.zeros(1), np.zeros(1)).tolist() == [0.0]


@given(priors, counts, st.integers(1, 60).map(float))
def test_being_right_adds_evidence_and_being_wrong_takes_it(prior: Prior, upheld: float, more: float) -> None:
    less, even, better = (
        float(log_odds(prior, np.array([u]), np.array([r]))[0])
        for u, r in ((upheld, more), (upheld, 0), (upheld + more, 0))
    )
    assert less < even < better
    assert even >= 0


def test_evidence_is_the_expected_log_odds_under_the_posterior_less_the_priors() -> None:
    def expected(alpha: float, beta: float) -> float:
        density = stats.beta(alpha, beta).pdf
        return float(integrate.quad(lambda p: np.log(p / (1 - p)) * density(p), 0, 1)[0])

    found = log_odds(PRIOR, np.array([7.0]), np.array([2.0]))[0]
    assert found == pytest.approx(expected(3 + 7, 2 + 2) - expected(3, 2), abs=1e-6)


def test_a_record_is_worth_less_than_its_bare_share() -> None:
    # 3 of 3 against a prior of .6: certain by the share, far from it by the posterior.
    assert 0 < log_odds(PRIOR, np.array([3.0]), np.array([0.0]))[0] < 1.5


# How sure it is


@given(priors, counts, counts)
@settings(max_examples=50)
def test_the_precision_lies_within_its_interval(prior: Prior, upheld: float, rejected: float) -> None:
    found = Records(prior, np.array([upheld]), np.array([rejected]))
    (low,), (high,) = found.interval()
    assert 0 <= low <= high <= 1
    # A Beta far from symmetric may have its mean beyond a quantile of 5 % only where alpha or beta is tiny.
    if min(prior.alpha, prior.beta) > 0.3:
        assert low < found.precision[0] < high


def test_the_interval_is_that_of_the_beta_posterior() -> None:
    low, high = precision_interval(PRIOR, np.array([7.0, 0.0, 7.0]), np.array([2.0, 0.0, 2.0]))
    assert [low[0], high[0]] == pytest.approx(stats.beta(10, 4).ppf([0.05, 0.95]))
    assert [low[1], high[1]] == pytest.approx(stats.beta(3, 2).ppf([0.05, 0.95]))
    assert (low[2], high[2]) == (low[0], high[0])


def test_ninety_percent_intervals_cover_ninety_percent_of_known_precisions() -> None:
    rng = np.random.default_rng(3)
    prior = Prior(0.7, 6.0)
    truth = rng.beta(prior.alpha, prior.beta, 6_000)
    decided = rng.geometric(0.15, 6_000)
    upheld = rng.binomial(decided, truth).astype(float)
    fitted = fit_prior(upheld, decided - upheld)
    low, high = precision_interval(fitted, upheld, decided - upheld)
    assert 0.87 < ((low <= truth) & (truth <= high)).mean() < 0.93


def test_a_longer_record_has_a_narrower_interval() -> None:
    low, high = precision_interval(PRIOR, np.array([2.0, 20.0, 200.0]), np.array([1.0, 10.0, 100.0]))
    assert (np.diff(high - low) < 0).all()


# The prior


@pytest.mark.parametrize(("mean", "strength"), [(0.3, 2.0), (0.6, 4.0), (0.8, 12.0)])
def test_mean_and_strength_are_recovered_from_many_short_records(mean: float, strength: float) -> None:
    rng = np.random.default_rng(5)
    truth = rng.beta(mean * strength, (1 - mean) * strength, 8_000)
    decided = rng.geometric(0.3, 8_000)
    upheld = rng.binomial(decided, truth).astype(float)
    found = fit_prior(upheld, decided - upheld)
    assert found.mean == pytest.approx(mean, abs=0.02)
    assert found.strength == pytest.approx(strength, rel=0.2)


@pytest.mark.parametrize("reporters", [0, 5])
def test_without_any_decision_the_prior_is_the_believed_one(reporters: int) -> None:
    nothing = np.zeros(reporters)
    assert fit_prior(nothing, nothing) == Prior()


@pytest.mark.parametrize(("upheld", "rejected"), [(40.0, 0.0), (0.0, 40.0)])
def test_decisions_that_all_agree_never_make_the_prior_certain(upheld: float, rejected: float) -> None:
    found = fit_prior(np.full(500, upheld), np.full(500, rejected))
    assert 0.05 <= round(found.mean, 2) <= 0.95
    assert 4 * np.exp(-2) <= found.strength <= 4 * np.exp(2) + 1e-9


def test_reporters_without_a_decided_case_do_not_move_the_prior() -> None:
    upheld, rejected = np.array([3.0, 1.0, 5.0]), np.array([0.0, 2.0, 1.0])
    more = fit_prior(np.append(upheld, np.zeros(1_000)), np.append(rejected, np.zeros(1_000)))
    assert more == fit_prior(upheld, rejected)


def test_the_pseudo_counts_are_the_mean_times_the_strength() -> None:
    assert (Prior(0.25, 8.0).alpha, Prior(0.25, 8.0).beta) == (2.0, 6.0)
