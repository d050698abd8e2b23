"""The pair test: two people who meet too often, and that it is right where nobody acts together."""

from __future__ import annotations

import numpy as np
import pytest
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

from ostrakon.analysis.campaigns import reporter_pairs as module
from ostrakon.analysis.campaigns.actions import Actions
from ostrakon.analysis.campaigns.reporter_pairs import LEAST_MET, WINDOW_S, ReporterPairs, reporter_pairs


def twins(accounts: int, apart_s: int = 60) -> Rows:
    """Two people who report so many accounts, one shortly after the other, a day apart."""
    at = np.arange(accounts) * DAY_S % (DAYS * DAY_S)
    number = np.arange(accounts) + RING
    return Rows(np.full(accounts, RING), number, at) + Rows(np.full(accounts, RING + 1), number, at + apart_s)


def beside_strangers(rows: Rows, seed: int = 1) -> Rows:
    """In noise, where somebody else reports each of the accounts too."""
    rng = np.random.default_rng(seed)
    accounts = np.unique(rows.account)
    return (
        noise(seed)
        + rows
        + Rows(rng.integers(0, 1_000, len(accounts)), accounts, rng.integers(0, DAYS * DAY_S, len(accounts)))
    )


def by_name(rows: Rows, pairs: ReporterPairs) -> dict[frozenset[str], tuple[int, float, float]]:
    """(met, expected, ln p) of each pair of names."""
    names = log_from(rows).reporters
    return {
        frozenset((names[int(one)], names[int(other)])): (int(met), float(mean), float(log_p))
        for one, other, met, mean, log_p in zip(
            pairs.one, pairs.other, pairs.met, pairs.expected, pairs.log_p, strict=True
        )
    }


TWINS = frozenset((f"p{RING}", f"p{RING + 1}"))


def test_two_who_meet_again_and_again_are_a_pair() -> None:
    rows = beside_strangers(twins(6))
    found = by_name(rows, reporter_pairs(actions_from(rows)))
    assert set(found) == {TWINS}
    met, expected, log_p = found[TWINS]
    assert met == 6
    assert expected < 0.1
    assert log_p < -15


def test_two_meetings_are_never_a_pair() -> None:
    rows = beside_strangers(twins(LEAST_MET - 1))
    assert by_name(rows, reporter_pairs(actions_from(rows))) == {}


def test_who_comes_just_within_the_window_meets_and_a_second_later_does_not() -> None:
    within, later = (beside_strangers(twins(6, apart_s)) for apart_s in (WINDOW_S, WINDOW_S + 1))
    assert TWINS in by_name(within, reporter_pairs(actions_from(within)))
    assert TWINS not in by_name(later, reporter_pairs(actions_from(later)))


def test_each_pair_is_shown_once_and_the_least_probable_first() -> None:
    pairs = reporter_pairs(actions_from(noise(2) + ring(2)))
    assert len(pairs.one) > 100
    assert (pairs.one < pairs.other).all()
    assert len(set(zip(pairs.one.tolist(), pairs.other.tolist(), strict=True))) == len(pairs.one)
    assert (np.diff(pairs.log_p) >= 0).all()


def test_meeting_in_two_crowds_says_less_than_meeting_alone() -> None:
    """Three of the six accounts are reported by hundreds within the same hour."""
    alone = beside_strangers(twins(6))
    rng = np.random.default_rng(3)
    crowd = Rows(
        rng.permutation(1_000)[:900],
        RING + np.arange(900) % 3,
        (np.arange(900) % 3) * DAY_S + rng.integers(0, 120, 900),
    )
    crowded = alone + crowd
    before, after = (by_name(rows, every_pair(actions_from(rows)))[TWINS] for rows in (alone, crowded))
    assert before[0] == after[0] == 6
    assert after[1] > 10 * before[1]
    assert after[2] > before[2] + 5


def test_of_the_two_directions_the_less_surprising_counts() -> None:
    """The expectation shown is the larger one of u beside v and v beside u."""
    rows = beside_strangers(twins(8)) + rows_of([RING] * 200, range(200), range(0, 200 * 6000, 6000))
    met, expected, _ = by_name(rows, reporter_pairs(actions_from(rows)))[TWINS]
    of = actions_from(rows)
    names = log_from(rows).reporters.to_list()
    busy, quiet = (names.index(f"p{number}") for number in (RING, RING + 1))
    # The quiet one's eight accounts hold few others; the busy one has 208 actions that could fall there.
    beside_quiet = 8 * 208 / of.count
    assert met == 8
    assert of.activity[busy] == 208
    assert of.activity[quiet] == 8
    assert expected >= 0.9 * beside_quiet


def test_names_do_not_matter() -> None:
    rows = noise(4) + ring(4)
    numbers = np.unique(rows.reporter)
    renamed = np.random.default_rng(4).permutation(numbers)
    place = np.searchsorted(numbers, rows.reporter)
    again = Rows(renamed[place], rows.account, rows.at).shuffled(np.random.default_rng(5))
    here = by_name(rows, reporter_pairs(actions_from(rows)))
    there = by_name(again, reporter_pairs(actions_from(again)))
    name_of = {f"p{old}": f"p{new}" for old, new in zip(numbers, renamed, strict=True)}
    assert {frozenset(name_of[name] for name in pair): value[0] for pair, value in here.items()} == {
        pair: value[0] for pair, value in there.items()
    }
    assert sorted(value[2] for value in here.values()) == pytest.approx(
        sorted(value[2] for value in there.values())
    )


def test_an_empty_log_has_no_pairs() -> None:
    assert len(reporter_pairs(actions_from(rows_of([], [], []))).one) == 0


# Where nobody acts together


def every_pair(of: Actions) -> ReporterPairs:
    """All pairs that met at all, whatever their p-value."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "LEAST_MET", 1)
        patch.setattr(module, "PAIR_Q", 1e12)
        return reporter_pairs(of)


def viral(seed: int) -> Rows:
    """Some accounts are reported by hundreds within hours: more than an hour's window holds."""
    rng = np.random.default_rng(seed)
    who = np.concatenate([rng.permutation(1_000)[:500] for _ in range(3)])
    return noise(seed) + Rows(who, 9_000 + np.arange(1_500) // 500, rng.integers(0, 3600, 1_500))


LOGS = {"ordinary": noise, "viral": viral}


@pytest.mark.parametrize("kind", LOGS)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_by_chance_no_two_people_are_a_pair(kind: str, seed: int) -> None:
    rows = LOGS[kind](seed).permuted(np.random.default_rng(seed))
    assert len(reporter_pairs(actions_from(rows)).one) == 0


@pytest.mark.parametrize("kind", LOGS)
def test_by_chance_p_values_are_never_smaller_than_they_say(kind: str) -> None:
    """Pairs who never met have p = 1, so they only have to be counted."""
    log_p, pairs = [], 0.0
    for seed in range(3):
        found = every_pair(actions_from(LOGS[kind](seed).permuted(np.random.default_rng(seed))))
        log_p.append(found.log_p)
        pairs += found.tested
    smallest = np.concatenate(log_p)
    for level in (0.1, 0.01, 0.001, 1e-4, 1e-5):
        count = int((smallest <= np.log(level)).sum())
        assert count <= level * pairs + 6 * np.sqrt(level * pairs), level
