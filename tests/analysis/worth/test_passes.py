from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from ostrakon.analysis.worth.passes import (
    AHEAD,
    LARGEST_SCORE,
    Codes,
    Floats,
    Pointers,
    Scores,
    leave_one_out_pass,
    plain_pass,
)

Log = tuple[Pointers, Codes, Scores, Floats]


def directly(log: Log, weight: Scores | None, *, leave_one_out: bool) -> tuple[Floats, Floats]:
    """The definition, by bincount."""
    indptr, reporter, score, prior = log
    account = np.repeat(np.arange(len(prior)), np.diff(indptr))
    weights = np.ones(len(reporter)) if weight is None else weight.astype(np.float64)
    voice = weights * score.astype(np.float64)[reporter]
    logit = prior + np.bincount(account, voice, minlength=len(prior))
    learned = weights * expit(logit[account] - (voice if leave_one_out else 0.0))
    return logit, np.bincount(reporter, learned, minlength=len(score))


def random_log(reports: int, reporters: int, accounts: int, seed: int = 0) -> Log:
    rng = np.random.default_rng(seed)
    counts = rng.multinomial(reports, rng.dirichlet(np.full(accounts, 0.5)))
    indptr = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    reporter = (reporters * rng.random(reports) ** 3).astype(np.int32)
    score = rng.normal(0, 1, reporters).astype(np.float32)
    return indptr, reporter, score, rng.normal(-1, 1, accounts)


@st.composite
def logs(draw: st.DrawFn) -> tuple[Log, Scores | None]:
    counts = draw(st.lists(st.integers(0, 5), min_size=0, max_size=6))
    reporters = draw(st.integers(1, 5))
    reports = sum(counts)
    reporter = draw(st.lists(st.integers(0, reporters - 1), min_size=reports, max_size=reports))
    log_odds = st.floats(-LARGEST_SCORE, LARGEST_SCORE, width=32)
    score = draw(st.lists(log_odds, min_size=reporters, max_size=reporters))
    prior = draw(st.lists(st.floats(-200, 200), min_size=len(counts), max_size=len(counts)))
    share = st.floats(0, 1, width=32)
    weight = draw(st.none() | st.lists(share, min_size=reports, max_size=reports))
    log = (
        np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        np.array(reporter, np.int32),
        np.array(score, np.float32),
        np.array(prior, np.float64),
    )
    return log, None if weight is None else np.array(weight, np.float32)


@given(logs())
@settings(deadline=None)
def test_small_logs_give_what_the_definition_says(case: tuple[Log, Scores | None]) -> None:
    log, weight = case
    for run, leave_one_out in ((plain_pass, False), (leave_one_out_pass, True)):
        logit, credit = directly(log, weight, leave_one_out=leave_one_out)
        found = run(*log, weight)
        np.testing.assert_allclose(found.logit, logit, rtol=1e-5, atol=1e-4)
        np.testing.assert_allclose(found.credit, credit, rtol=2e-4, atol=2e-5)


@pytest.mark.parametrize("weighted", [False, True])
def test_a_large_log_gives_what_the_definition_says(weighted: bool) -> None:
    log = random_log(reports=50_000, reporters=5_000, accounts=2_500)
    weight = np.random.default_rng(1).random(50_000).astype(np.float32) if weighted else None
    for run, leave_one_out in ((plain_pass, False), (leave_one_out_pass, True)):
        logit, credit = directly(log, weight, leave_one_out=leave_one_out)
        found = run(*log, weight)
        np.testing.assert_allclose(found.logit, logit, rtol=1e-6, atol=1e-6)
        np.testing.assert_allclose(found.credit, credit, rtol=1e-5)


def test_numbering_the_reporters_by_activity_changes_nothing() -> None:
    indptr, reporter, score, prior = random_log(reports=5_000, reporters=500, accounts=300)
    order = np.random.default_rng(2).permutation(500)
    renamed = np.argsort(order).astype(np.int32)[reporter]
    before = leave_one_out_pass(indptr, reporter, score, prior)
    after = leave_one_out_pass(indptr, renamed, score[order], prior)
    np.testing.assert_array_equal(after.logit, before.logit)
    np.testing.assert_array_equal(after.credit, before.credit[order])


def test_sums_do_not_lose_small_voices_in_a_crowd() -> None:
    reports = 1_000_000
    indptr, reporter = np.array([0, reports]), np.zeros(reports, np.int32)
    found = plain_pass(indptr, reporter, np.array([0.1], np.float32), np.zeros(1))
    assert found.logit[0] == pytest.approx(reports * float(np.float32(0.1)), rel=1e-9)
    assert found.credit[0] == pytest.approx(reports, rel=1e-9)


def test_a_reporter_alone_learns_nothing_from_their_own_voice() -> None:
    found = leave_one_out_pass(
        np.array([0, 1]), np.array([0], np.int32), np.array([5], np.float32), np.zeros(1)
    )
    assert found.credit[0] == pytest.approx(0.5, rel=1e-6)


def test_an_extreme_score_is_cut_off_in_the_evidence_and_in_what_is_left_out() -> None:
    log = np.array([0, 1]), np.array([0], np.int32), np.array([1e9], np.float32), np.zeros(1)
    found = leave_one_out_pass(*log)
    assert found.logit[0] == LARGEST_SCORE
    assert found.credit[0] == pytest.approx(0.5, rel=1e-5)


@pytest.mark.parametrize("reports", [0, 1, AHEAD - 1, AHEAD, AHEAD + 1])
def test_logs_around_the_reach_of_the_look_ahead(reports: int) -> None:
    log = random_log(reports, reporters=3, accounts=4)
    logit, credit = directly(log, None, leave_one_out=False)
    found = plain_pass(*log)
    np.testing.assert_allclose(found.logit, logit, rtol=1e-6)
    np.testing.assert_allclose(found.credit, credit, rtol=1e-6)


@pytest.mark.parametrize(
    ("indptr", "reporter", "weight"),
    [
        ([0, 1], [2], None),  # no score for reporter 2
        ([0, 1], [-1], None),
        ([0, 2], [0], None),
        ([1, 1], [0], None),
        ([0, 2, 1], [0], None),
        ([0, 1], [0], [1.0, 1.0]),
    ],
)
def test_a_log_that_does_not_fit_together_is_refused(
    indptr: list[int], reporter: list[int], weight: list[float] | None
) -> None:
    prior = np.zeros(len(indptr) - 1)
    weights = None if weight is None else np.array(weight, np.float32)
    with pytest.raises(ValueError, match=r"must|needs"):
        plain_pass(np.array(indptr), np.array(reporter, np.int32), np.zeros(2, np.float32), prior, weights)
