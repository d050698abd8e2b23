"""Co-actions against a count of every pair of rows, and against logs that can be counted by hand."""

from __future__ import annotations

from collections import defaultdict
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ostrakon.analysis.campaigns.coaction import LARGEST_TIME, CoActions, co_actions, windows

Row = tuple[int, int, int]  # actor, target, at
Edges = dict[tuple[int, int], int]

# Few actors, targets and seconds: rows repeat, seconds are shared, windows are crowded.
few = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 2), st.integers(-9, 9)), max_size=60)
# Codes with gaps, so that most actors of the counters never act; more than one word of bits.
spread = st.lists(
    st.tuples(st.sampled_from([0, 1, 63, 64, 65, 700, 2047]), st.sampled_from([0, 9]), st.integers(0, 40)),
    max_size=60,
)
logs = st.one_of(few, spread)


def edges(found: CoActions) -> Edges:
    """The edges by their ends; every one stands there once."""
    result = {
        (int(u), int(v)): int(weight)
        for u, v, weight in zip(found.source, found.other, found.weight, strict=True)
    }
    assert len(result) == len(found.source)
    return result


def counted(rows: list[Row], window: int, least: int = 1, nearest: int | None = None) -> Edges:
    """Edges by the engine."""
    actor, target, at = columns(rows)
    return edges(co_actions(actor, target, at, window=window, least=least, nearest=nearest))


def columns(rows: list[Row]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Codes and times of rows."""
    table = np.array(rows, np.int64).reshape(-1, 3)
    return table[:, 0].astype(np.int32), table[:, 1].astype(np.int32), table[:, 2]


def expected(rows: list[Row], window: int, least: int = 1, nearest: int | None = None) -> Edges:
    """Edges by the definition: for each row, the actors among the others of its window."""
    weight: Edges = defaultdict(int)
    ranked = sorted(rows, key=lambda row: (row[1], row[2], lot(row[1], row[0])))
    for rank, (actor, target, at) in enumerate(ranked):
        others = [
            (abs(when - at), abs(place - rank), place, who)
            for place, (who, where, when) in enumerate(ranked)
            if place != rank and where == target and abs(when - at) <= window
        ]
        for other in {who for *_, who in sorted(others)[:nearest]} - {actor}:
            weight[actor, other] += 1
    return {ends: count for ends, count in weight.items() if count >= least}


def lot(target: int, actor: int) -> int:
    """SplitMix64's finalizer, in Python's own integers."""
    bits = 2**64 - 1
    mixed = target << 32 | actor
    mixed = ((mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9) & bits
    mixed = ((mixed ^ mixed >> 27) * 0x94D049BB133111EB) & bits
    return mixed ^ mixed >> 31


# -- against the definition --------------------------------------------------------------------


@given(logs, st.integers(0, 20), st.integers(1, 3))
def test_the_edges_are_those_of_a_count_of_every_pair_of_rows(
    rows: list[Row], window: int, least: int
) -> None:
    assert counted(rows, window, least) == expected(rows, window, least)


@given(logs, st.integers(0, 20), st.integers(1, 12), st.integers(1, 2))
def test_a_bounded_window_holds_the_nearest(rows: list[Row], window: int, nearest: int, least: int) -> None:
    assert counted(rows, window, least, nearest) == expected(rows, window, least, nearest)


@given(logs, st.integers(0, 20), st.integers(60, 99))
def test_a_bound_that_no_window_reaches_changes_nothing(rows: list[Row], window: int, nearest: int) -> None:
    assert counted(rows, window, nearest=nearest) == counted(rows, window)


@given(logs, st.integers(0, 20), st.one_of(st.none(), st.integers(1, 8)), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(
    rows: list[Row], window: int, nearest: int | None, dice: Random
) -> None:
    shuffled = dice.sample(rows, len(rows))
    assert counted(shuffled, window, nearest=nearest) == counted(rows, window, nearest=nearest)


@given(logs, st.integers(0, 20), st.one_of(st.none(), st.integers(1, 8)))
def test_a_shift_of_the_clock_changes_nothing(rows: list[Row], window: int, nearest: int | None) -> None:
    shifted = [(actor, target, at - 2**40) for actor, target, at in rows]
    assert counted(shifted, window, nearest=nearest) == counted(rows, window, nearest=nearest)


@given(logs, st.integers(0, 20))
def test_with_each_actor_once_on_a_target_weights_are_the_same_both_ways(
    rows: list[Row], window: int
) -> None:
    once = list({(actor, target): (actor, target, at) for actor, target, at in rows}.values())
    found = counted(once, window)
    assert found == {(v, u): weight for (u, v), weight in found.items()}


@given(logs, st.integers(0, 20), st.one_of(st.none(), st.integers(1, 8)))
def test_edges_are_sorted_by_source_then_other(rows: list[Row], window: int, nearest: int | None) -> None:
    found = co_actions(*columns(rows), window=window, nearest=nearest)
    ends = [*zip(found.source.tolist(), found.other.tolist(), strict=True)]
    assert ends == sorted(set(ends))


@given(logs, st.integers(0, 20), st.one_of(st.none(), st.integers(1, 8)))
def test_every_window_holds_its_own_action_and_no_more_others_than_the_bound(
    rows: list[Row], window: int, nearest: int | None
) -> None:
    actor, target, at = columns(rows)
    near = windows(actor, target, at, window=window, nearest=nearest)
    place = np.arange(len(rows))
    assert sorted(near.order.tolist()) == place.tolist()
    assert ((near.low <= place) & (place < near.high)).all()
    assert (near.high - near.low - 1 <= (len(rows) if nearest is None else nearest)).all()


# -- counted by hand ---------------------------------------------------------------------------


def test_both_ends_of_the_window_belong_to_it() -> None:
    assert counted([(0, 0, 0), (1, 0, 60), (2, 0, 121)], 60) == {(0, 1): 1, (1, 0): 1}


def test_a_window_of_zero_is_the_same_second() -> None:
    assert counted([(0, 0, 5), (1, 0, 5), (2, 0, 6)], 0) == {(0, 1): 1, (1, 0): 1}


def test_another_target_is_no_company() -> None:
    assert counted([(0, 0, 0), (1, 1, 0)], 60) == {}


def test_one_action_counts_once_however_often_the_other_acts_beside_it() -> None:
    # Actor 0 once, actor 1 three times: one action of 0 has company, three of 1 have.
    assert counted([(0, 0, 0), (1, 0, 0), (1, 0, 1), (1, 0, 2)], 60) == {(0, 1): 1, (1, 0): 3}


def test_repeated_rows_are_actions_of_their_own() -> None:
    assert counted([(0, 0, 0), (0, 0, 0), (1, 0, 0)], 60) == {(0, 1): 2, (1, 0): 1}


def test_nobody_is_company_to_themselves() -> None:
    assert counted([(0, 0, 0), (0, 0, 0), (0, 0, 1)], 60) == {}


def test_the_least_weight_is_asked_of_each_direction() -> None:
    assert counted([(0, 0, 0), (1, 0, 0), (1, 0, 1)], 60, least=2) == {(1, 0): 2}


def test_when_everybody_reports_everybody_every_pair_has_every_target() -> None:
    everybody = [(actor, target, target) for actor in range(40) for target in range(7)]
    assert counted(everybody, 0) == {(u, v): 7 for u in range(40) for v in range(40) if u != v}


def test_all_in_one_second_a_bound_keeps_exactly_so_many_others() -> None:
    actor, at = np.arange(1000, dtype=np.int32), np.zeros(1000, np.int64)
    found = co_actions(actor, np.zeros(1000, np.int32), at, window=0, nearest=10)
    assert np.bincount(found.source).tolist() == [10] * 1000
    # In the middle of the rank each has five on either side, so hardly anybody is looked at by more than that.
    assert np.bincount(found.other).max() <= 15


def test_crowded_seconds_draw_their_neighbours_anew_for_each_target() -> None:
    # 500 actors on the same 10 targets, each target within one second, 20 nearest of 499: a given other is beside an
    # action with chance .04, on ten targets three times or more with chance .006. By code it would be ten of ten.
    actor, target = (part.ravel().astype(np.int32) for part in np.meshgrid(np.arange(500), np.arange(10)))
    found = co_actions(actor, target, np.zeros(5000, np.int64), window=0, nearest=20)
    assert found.weight.sum() == 5000 * 20
    assert (found.weight >= 3).sum() < 0.01 * 500 * 499
    assert found.weight.max() <= 6


def test_of_two_equally_near_in_time_and_rank_the_earlier_stays() -> None:
    assert counted([(0, 0, 0), (1, 0, 10), (2, 0, 20)], 60, nearest=1) == {(0, 1): 1, (1, 0): 1, (2, 1): 1}


def test_one_actor_with_very_many_actions_is_counted_whole() -> None:
    # The busy one acts once a second for 100,000 seconds; the other ten act once each, far apart, within one second
    # before or after three actions of the busy one.
    busy = np.arange(100_000)
    at = np.concatenate([busy, 1_000 * np.arange(1, 11)])
    actor = np.concatenate([np.full(len(busy), 3), np.array([0, 1, 2, 4, 5, 6, 7, 8, 9, 10])]).astype(
        np.int32
    )
    found = edges(co_actions(actor, np.zeros(len(at), np.int32), at, window=1))
    others = set(range(11)) - {3}
    assert found == {(3, v): 3 for v in others} | {(v, 3): 1 for v in others}


@pytest.mark.parametrize("actors", [1, 64, 200])
def test_a_crowd_on_one_target_is_every_pair(actors: int) -> None:
    found = co_actions(
        np.arange(actors, dtype=np.int32), np.zeros(actors, np.int32), np.arange(actors), window=actors
    )
    assert len(found.source) == actors * (actors - 1)
    assert (found.weight == 1).all()


def test_no_actions_have_no_edges() -> None:
    none = np.empty(0, np.int32)
    found = co_actions(none, none, np.empty(0, np.int64), window=60)
    assert [len(found.source), len(found.other), len(found.weight)] == [0, 0, 0]
    assert len(windows(none, none, np.empty(0, np.int64), window=60, nearest=3).order) == 0


def test_times_before_1970_are_times() -> None:
    assert counted([(0, 0, -30), (1, 0, 30), (2, 0, -91)], 60) == {(0, 1): 1, (1, 0): 1}


# -- edges of the types ------------------------------------------------------------------------


def test_the_furthest_times_and_the_widest_window_do_not_overflow() -> None:
    ends = [(0, 0, -LARGEST_TIME), (1, 0, LARGEST_TIME)]
    assert counted(ends, 2 * LARGEST_TIME - 1) == {}
    assert counted(ends, 2**80) == {(0, 1): 1, (1, 0): 1}
    assert counted([*ends, (2, 0, LARGEST_TIME)], 2**80, nearest=1)[0, 1 if lot(0, 1) < lot(0, 2) else 2] == 1


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int16, np.int64, np.uint64])
def test_any_integers_serve_as_codes_and_times(kind: type[np.integer]) -> None:
    actor, target, at = np.array([0, 1], kind), np.array([3, 3], kind), np.array([5, 10], kind)
    assert edges(co_actions(actor, target, at, window=5)) == {(0, 1): 1, (1, 0): 1}


def test_columns_with_gaps_in_memory_are_read_rightly() -> None:
    table = np.array([[0, 3, 5], [1, 3, 10], [2, 4, 10]])
    assert edges(co_actions(*table.T, window=5)) == {(0, 1): 1, (1, 0): 1}


@pytest.mark.parametrize("code", [-1, 2**31 - 1, 2**32])
@pytest.mark.parametrize("column", [0, 1])
def test_a_code_that_would_be_another_one_in_32_bits_is_refused(code: int, column: int) -> None:
    table = np.zeros((3, 2), np.int64)
    table[column, 1] = code
    with pytest.raises(ValueError, match="needs a code"):
        co_actions(*table, window=1)


@pytest.mark.parametrize("at", [LARGEST_TIME + 1, -LARGEST_TIME - 1])
def test_a_time_beyond_all_clocks_is_refused(at: int) -> None:
    with pytest.raises(ValueError, match="further than"):
        counted([(0, 0, at)], 60)


def test_columns_of_different_length_are_refused() -> None:
    two, three = np.zeros(2, np.int32), np.zeros(3, np.int32)
    with pytest.raises(ValueError, match="equally long"):
        co_actions(two, three, np.zeros(2, np.int64), window=1)


def test_fractions_of_a_second_are_refused_and_not_cut() -> None:
    one = np.zeros(1, np.int32)
    with pytest.raises(ValueError, match="whole seconds"):
        co_actions(one, one, np.array([0.5]), window=1)  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", [{"window": -1}, {"window": 1, "least": 0}, {"window": 1, "nearest": 0}])
def test_settings_outside_their_range_are_refused(wrong: dict[str, int]) -> None:
    one = np.zeros(1, np.int32)
    with pytest.raises(ValueError, match=next(reversed(wrong))):
        co_actions(one, one, np.zeros(1, np.int64), **wrong)  # type: ignore[arg-type]
