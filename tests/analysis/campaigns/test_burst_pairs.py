"""The burst test: what is counted, and that it is right where nobody acts together."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import sparse, stats
from tests.analysis.campaigns.planted import (
    DAY_S,
    DAYS,
    RING,
    Rows,
    actions_from,
    log_from,
    noise,
    ring,
    rows_of,
)
from tests.analysis.small import START_S

from ostrakon.analysis.campaigns.burst_pairs import (
    LEAST_SHARED,
    LEAST_SIZE,
    LOOSE_P,
    burst_pairs,
    expected_shared,
)
from ostrakon.analysis.campaigns.bursts import Bursts, bursts
from ostrakon.worlds.coordination import coordination

Floats = NDArray[np.float64]


def reporters_of(of: Bursts, burst: int) -> set[int]:
    return set(of.actions.reporter[of.begin[burst] : of.end[burst]].tolist())


def naive(of: Bursts) -> dict[tuple[int, int], int]:
    """Reporters in common of all pairs that are compared and share enough, by intersecting sets."""
    shared = {}
    for one in range(of.count):
        for other in range(one + 1, of.count):
            both = reporters_of(of, one) & reporters_of(of, other)
            large = min(of.size[one], of.size[other]) >= LEAST_SIZE
            if large and of.account[one] != of.account[other] and len(both) >= LEAST_SHARED:
                shared[one, other] = len(both)
    return shared


def counted(of: Bursts) -> dict[tuple[int, int], int]:
    pairs = burst_pairs(of, limit=0.0)
    found = zip(pairs.one.tolist(), pairs.other.tolist(), pairs.shared.tolist(), strict=True)
    return {(one, other): shared for one, other, shared in found}


few = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 4), st.integers(0, 4)), max_size=80)


@given(few)
def test_shared_reporters_are_those_in_both_sets(rows: list[tuple[int, int, int]]) -> None:
    who, whom, when = (list(column) for column in zip(*rows, strict=True)) if rows else ([], [], [])
    of = bursts(actions_from(rows_of(who, whom, [3_000 * at for at in when])))
    assert counted(of) == naive(of)


def test_shared_reporters_are_those_in_both_sets_of_a_large_log() -> None:
    of = bursts(actions_from(noise(4, reports=6_000, reporters=300, accounts=300)))
    found = counted(of)
    assert len(found) > 500
    assert found == naive(of)


def test_two_bursts_on_one_account_are_not_compared() -> None:
    """Nobody acts twice on an account, so nobody could be in both."""
    of = bursts(actions_from(rows_of(range(6), [0] * 6, [0, 1, 2, DAY_S, DAY_S + 1, DAY_S + 2])))
    assert of.count == 2
    assert counted(of) == {}


def test_pairs_that_share_nobody_are_tested_too() -> None:
    # 4 bursts of three or more (of five bursts): 4 * 3 / 2 pairs.
    rows = [(10 * account + who, account) for account in range(5) for who in range(3 if account else 2)]
    of = bursts(actions_from(rows_of([who for who, _ in rows], [whom for _, whom in rows], [0] * len(rows))))
    assert burst_pairs(of).tested == 6


def test_what_is_expected_can_be_counted_by_hand() -> None:
    # 300 people act on 2 of 200 accounts each, three on every account: N = 600. A person is in a burst of 3 with
    # chance 3 * 2 / 600, and then in another one with 3 * 1 / 600: 300 * 0.01 * 0.005 = 0.015.
    who = np.arange(600) // 2
    order = np.concatenate([np.arange(0, 600, 2), np.arange(1, 600, 2)])
    account = np.concatenate([np.arange(300) // 3, 100 + (np.arange(300) * 7 % 300) // 3])
    of = bursts(actions_from(Rows(who[order], account, np.zeros(600, np.int64))))
    assert of.size.tolist() == [3] * 200
    mean = expected_shared(of, np.array([0], np.int32), np.array([150], np.int32))
    assert mean[0] == pytest.approx(0.015, rel=0.02)


def test_a_ring_makes_the_least_probable_pairs() -> None:
    rows = noise(5) + ring(5)
    of = bursts(actions_from(rows))
    pairs = burst_pairs(of)
    log = log_from(rows)
    victims = np.flatnonzero([int(log.accounts[int(code)][1:]) >= RING for code in of.account])
    first = zip(pairs.one[:28].tolist(), pairs.other[:28].tolist(), strict=True)
    assert set(first) == set(combinations(victims.tolist(), 2))  # 8 * 7 / 2 pairs
    assert (np.diff(pairs.log_p) >= 0).all()


def test_no_pair_is_shown_that_is_likelier_than_the_limit() -> None:
    of = bursts(actions_from(noise(4, reports=6_000, reporters=300, accounts=300)))
    pairs = burst_pairs(of)
    assert pairs.limit <= np.log(LOOSE_P)
    assert (pairs.log_p <= pairs.limit).all()


def test_a_crowd_in_which_everybody_was_raises_what_is_expected() -> None:
    """Two viral accounts share hundreds of reporters, and it says nothing: there are no more people."""
    rng = np.random.default_rng(6)
    people = noise(6, reporters=400)
    viral = [rng.permutation(400)[:250] for _ in range(4)]
    crowds = rows_of(
        np.concatenate(viral), np.repeat(np.arange(4) + 9_000, 250), np.repeat(np.arange(4), 250) * DAY_S
    )
    of = bursts(actions_from(people + crowds))
    large = np.flatnonzero(of.size >= 250)
    pairs = burst_pairs(of)
    assert not (np.isin(pairs.one, large) & np.isin(pairs.other, large)).any()


# Where nobody acts together: who reports is dealt out anew over all reports of a log


@dataclass(frozen=True)
class Null:
    """All pairs of bursts of permuted logs, also those that share nobody."""

    shared: Floats
    expected: Floats

    @property
    def p_values(self) -> Floats:
        return np.asarray(stats.poisson.sf(self.shared - 1, self.expected))

    def randomised(self, seed: int) -> Floats:
        """P(X > x) + U P(X = x): uniform if the law is right, although counts are whole numbers."""
        jump = stats.poisson.pmf(self.shared, self.expected)
        return np.asarray(
            stats.poisson.sf(self.shared, self.expected)
            + np.random.default_rng(seed).random(len(jump)) * jump
        )

    def where(self, chosen: NDArray[np.bool_]) -> Null:
        return Null(self.shared[chosen], self.expected[chosen])


def permuted(rows: Rows, logs: int, most: int = 1_200) -> Null:
    """Pairs of at most so many of the bursts of three or more, of each of so many permuted logs."""
    shared, expected = [], []
    for seed in range(logs):
        rng = np.random.default_rng(seed)
        of = bursts(actions_from(rows.permuted(rng)))
        chosen = np.flatnonzero(of.size >= LEAST_SIZE)
        chosen = np.sort(rng.permutation(chosen)[:most])
        is_in = sparse.lil_matrix((len(chosen), of.actions.reporters), dtype=np.float32)
        for row, burst in enumerate(chosen):
            is_in[row, of.actions.reporter[of.begin[burst] : of.end[burst]]] = 1
        is_in = is_in.tocsr()
        one, other = np.triu_indices(len(chosen), 1)
        apart = of.account[chosen[one]] != of.account[chosen[other]]
        one, other = one[apart], other[apart]
        shared.append(np.asarray((is_in @ is_in.T).toarray()[one, other], np.float64))
        expected.append(expected_shared(of, chosen[one].astype(np.int32), chosen[other].astype(np.int32)))
    return Null(np.concatenate(shared), np.concatenate(expected))


def even(seed: int) -> Rows:
    """Everybody reports about as much, and every account is reported about as often."""
    rng = np.random.default_rng(seed)
    return Rows(rng.integers(0, 400, 6_000), rng.integers(0, 600, 6_000), rng.integers(0, DAY_S, 6_000))


def with_super_reporters(seed: int) -> Rows:
    """Five people report three hundred accounts each."""
    rng = np.random.default_rng(seed)
    accounts = np.concatenate([rng.permutation(1_500)[:300] for _ in range(5)])
    return noise(seed) + Rows(5_000 + np.arange(1_500) // 300, accounts, rng.integers(0, DAYS * DAY_S, 1_500))


def with_viral_accounts(seed: int) -> Rows:
    """Six accounts that each a fifth of all people report within hours."""
    rng = np.random.default_rng(seed)
    who = np.concatenate([rng.permutation(1_000)[:200] for _ in range(6)])
    at = rng.integers(0, DAYS * DAY_S, 6)[np.arange(1_200) // 200] + rng.integers(0, 4 * 3600, 1_200)
    return noise(seed) + Rows(who, 9_000 + np.arange(1_200) // 200, at)


def where_most_take_part(seed: int) -> Rows:
    """Three hundred people report so much that hundreds of them are in one burst: most of those there are."""
    return noise(seed, 20_000, 300, 400)


LOGS = {
    "even": even,
    "ordinary": noise,
    "super reporters": with_super_reporters,
    "viral accounts": with_viral_accounts,
    "most take part": where_most_take_part,
}


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("kind", LOGS)
def test_by_chance_p_values_are_never_smaller_than_they_say(kind: str, seed: int) -> None:
    null = permuted(LOGS[kind](seed), logs=2)
    p_values = null.p_values
    for level in (0.1, 0.01, 0.001, 1e-4):
        # Pairs of one log are not independent: three standard errors, doubled, above what independence allows.
        assert np.mean(p_values <= level) <= level + 6 * np.sqrt(level / len(p_values)), level


@pytest.mark.parametrize("kind", [kind for kind in LOGS if kind != "even"])
def test_by_chance_that_also_holds_among_the_pairs_that_share_most(kind: str) -> None:
    null = permuted(LOGS[kind](2), logs=3)
    many = null.where(null.expected >= 1.0)
    for level in (0.1, 0.01, 0.001):
        assert np.mean(many.p_values <= level) <= level + 6 * np.sqrt(level / len(many.shared)), level


@pytest.mark.parametrize("seed", [1, 3])
@pytest.mark.parametrize("kind", ["even", "ordinary", "viral accounts"])
def test_by_chance_randomised_p_values_of_all_pairs_are_uniform(kind: str, seed: int) -> None:
    """By Kolmogorov and Smirnov's distance; pairs of one log depend on each other, so its p-value would be wrong."""
    p_values = permuted(LOGS[kind](seed), logs=4).randomised(seed)
    assert stats.kstest(p_values, "uniform").statistic < 0.015


@pytest.mark.parametrize("kind", ["super reporters", "most take part"])
def test_by_chance_who_is_nearly_everywhere_makes_p_values_larger_and_never_smaller(kind: str) -> None:
    """Whether such people are in a burst varies less than the Poisson law has it."""
    p_values = permuted(LOGS[kind](2), logs=4).randomised(2)
    for level in (0.1, 0.03, 0.01, 0.001):
        assert np.mean(p_values <= level) <= 1.02 * level
    assert stats.kstest(p_values, "uniform").statistic < 0.03


@pytest.mark.parametrize("kind", ["even", "ordinary", "viral accounts"])
def test_by_chance_bursts_share_as_many_as_expected(kind: str) -> None:
    null = permuted(LOGS[kind](3), logs=3)
    assert null.shared.sum() == pytest.approx(null.expected.sum(), rel=0.1)


@pytest.mark.slow
@pytest.mark.parametrize("family", ["viral", "everything"])
def test_by_chance_p_values_are_right_in_a_world_of_viral_accounts(family: str) -> None:
    reports = coordination(family, 1, actions=30_000).reports
    codes = [reports[name].rank("dense").to_numpy().astype(np.int64) for name in ("reporter", "account")]
    rows = Rows(*codes, reports["reported_at"].dt.epoch("s").to_numpy() - START_S)
    p_values = permuted(rows, logs=1, most=3_000).p_values
    for level in (0.01, 0.001, 1e-4, 1e-5):
        assert np.mean(p_values <= level) <= level + 6 * np.sqrt(level / len(p_values)), level
