"""Bursts: where a run of reports on one account begins and ends."""

from __future__ import annotations

from itertools import groupby

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.analysis.campaigns.planted import Rows, actions_from, noise, rows_of
from tests.analysis.small import START_S, log_of

from ostrakon.analysis.campaigns.actions import actions
from ostrakon.analysis.campaigns.bursts import GAPS_S, MOST_BURSTS, Bursts, bursts

GAP_S = GAPS_S[0]


def spans(of: Bursts) -> list[tuple[int, int, int, int]]:
    """(account, first and last second since the START, reporters) of each burst."""
    return [
        (int(account), int(first) - START_S, int(last) - START_S, int(size))
        for account, first, last, size in zip(of.account, of.first_at, of.last_at, of.size, strict=True)
    ]


def of_seconds(*seconds: int, gap: int = GAP_S) -> list[tuple[int, int, int, int]]:
    """The bursts of one account that as many people report in these seconds."""
    return spans(bursts(actions_from(rows_of(range(len(seconds)), [0] * len(seconds), seconds)), gap))


def test_a_pause_of_exactly_the_gap_does_not_end_a_burst() -> None:
    assert of_seconds(0, GAP_S, 2 * GAP_S) == [(0, 0, 2 * GAP_S, 3)]


def test_a_pause_one_second_longer_than_the_gap_ends_it() -> None:
    assert of_seconds(0, 1, 2 + GAP_S, 3 + GAP_S) == [(0, 0, 1, 2), (0, 2 + GAP_S, 3 + GAP_S, 2)]


def test_a_burst_may_last_for_days_without_a_pause() -> None:
    assert of_seconds(*range(0, 100 * GAP_S, GAP_S)) == [(0, 0, 99 * GAP_S, 100)]


def test_one_report_alone_is_no_burst() -> None:
    assert of_seconds(0) == []
    assert of_seconds(0, 10 * GAP_S, 20 * GAP_S) == []
    assert of_seconds(0, 10 * GAP_S, 10 * GAP_S + 1, 20 * GAP_S) == [(0, 10 * GAP_S, 10 * GAP_S + 1, 2)]


def test_reports_in_one_second_are_one_burst() -> None:
    assert of_seconds(7, 7, 7, gap=0) == [(0, 7, 7, 3)]


def test_another_gap_cuts_elsewhere() -> None:
    assert [size for *_, size in of_seconds(0, 5, 11, 16, gap=5)] == [2, 2]
    assert [size for *_, size in of_seconds(0, 5, 11, 16, gap=6)] == [4]


def test_reports_on_two_accounts_are_never_one_burst() -> None:
    log = log_of("ann x 1", "bo x 1", "cy y 1", "di y 1")
    assert [(account, size) for account, *_, size in spans(bursts(actions(log)))] == [(0, 2), (1, 2)]


def test_who_reports_an_account_ten_times_is_no_burst() -> None:
    log = log_of(*(f"ann x {hour / 10}" for hour in range(10)))
    assert bursts(actions(log)).count == 0


def test_an_empty_log_has_no_bursts() -> None:
    of = bursts(actions(log_of()))
    assert (of.count, of.own[0].tolist(), of.own[1].tolist()) == (0, [0], [])


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(-40, 40)), max_size=40), st.integers(0, 12))
def test_bursts_are_the_runs_without_a_longer_pause(rows: list[tuple[int, int]], gap: int) -> None:
    of = bursts(actions_from(rows_of(range(len(rows)), [a for a, _ in rows], [at for _, at in rows])), gap)
    expected = []
    for number, (_, group) in enumerate(groupby(sorted(rows), lambda row: row[0])):
        run: list[int] = []
        for _, at in [*group, (0, 10**6)]:
            if run and at - run[-1] > gap:
                if len(run) > 1:
                    expected.append((number, run[0], run[-1], len(run)))
                run = []
            run.append(at)
    assert spans(of) == expected


def small_and_large(small: int, large: int) -> Rows:
    """One person in so many bursts of two and, on accounts that come first, in so many of three."""
    rows = [(0, account) for account in range(large + small)]
    rows += [(1 + account, account) for account in range(large + small)]
    rows += [(10_000 + account, account) for account in range(large)]
    return rows_of([who for who, _ in rows], [whom for _, whom in rows], [0] * len(rows))


@pytest.mark.parametrize("small", [MOST_BURSTS // 2, MOST_BURSTS + 7])
def test_of_a_busy_reporter_the_smallest_bursts_are_compared_and_no_more_than_the_most(small: int) -> None:
    of = bursts(actions_from(small_and_large(small, MOST_BURSTS)))
    busiest = int(of.actions.activity.argmax())
    start, own = of.own
    sizes = of.size[own[start[busiest] : start[busiest + 1]]].tolist()
    kept = min(small, MOST_BURSTS)
    assert sizes == [2] * kept + [3] * (MOST_BURSTS - kept)


def test_own_bursts_are_those_in_which_one_is_the_smallest_first() -> None:
    of = bursts(actions_from(noise(3, reports=2_000, accounts=100)))
    start, own = of.own
    for who in range(of.actions.reporters):
        listed = own[start[who] : start[who + 1]]
        is_in = [
            number
            for number in range(of.count)
            if who in of.actions.reporter[of.begin[number] : of.end[number]]
        ]
        assert sorted(listed.tolist()) == is_in
        assert (np.diff(of.size[listed]) >= 0).all()


def test_an_octave_is_a_doubling_of_activity() -> None:
    activities = [1, 2, 3, 4, 7, 8, 100]
    rows = [(who, account) for who, count in enumerate(activities) for account in range(count)]
    of = bursts(actions_from(rows_of([who for who, _ in rows], [whom for _, whom in rows], range(len(rows)))))
    octave = dict(zip(of.actions.activity.tolist(), of.actions.octave.tolist(), strict=True))
    assert octave == {1: 0, 2: 1, 3: 1, 4: 2, 7: 2, 8: 3, 100: 6}
    assert of.actions.reporters_by_octave.tolist() == [1, 2, 2, 1, 0, 0, 1]


def test_the_hours_of_all_are_the_hours_of_each_together() -> None:
    of = bursts(actions_from(rows_of([0, 1, 0], [0, 0, 1], [0, 10, 5 * 3600])))
    assert of.actions.hours_of_all.tolist() == [2, 0, 0, 0, 0, 1] + [0] * 18
