"""The rule that the search for campaigns is compared with: who keeps meeting in the same few hours."""

from __future__ import annotations

import importlib
import sys
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.analysis.small import log_of

from ostrakon.analysis.log import ReportLog, report_log
from ostrakon.analysis.tables import REPORTS

# The benchmarks are commands: they find each other beside themselves.
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))
co_reports: Any = importlib.import_module("rivals.co_reports")
co_reporting, CELL_S = co_reports.co_reporting, co_reports.CELL_S

RNG = np.random.default_rng(4)
STRANGERS = [f"s{number % 90} a{RNG.integers(60)} {RNG.uniform(0, 1400):.2f}" for number in range(540)]
"""Ninety people with six reports each, on sixty accounts over two months."""
RING = [
    f"ring{member} victim{victim} {100 * victim + RNG.uniform(0, 1):.2f}"
    for victim in range(10)
    for member in RNG.choice(12, 9, replace=False)
]
"""Twelve who go through a list of ten together, nine of them each time, within the hour."""
GANG = [f"{row.replace('ring', 'gang').replace('victim', 'prey')}5" for row in RING]
"""Others who do the same with another list."""


def group_of_each(log: ReportLog) -> dict[str, int]:
    """The group of each reporter; -1 is none."""
    groups = co_reporting(log)
    return {
        log.reporters[int(reporter)]: int(group) for reporter, group in zip(log.reporter, groups, strict=True)
    }


def test_a_ring_that_reuses_its_members_is_found_whole_and_honest_strangers_are_left_alone() -> None:
    groups = group_of_each(log_of(*STRANGERS, *RING))
    assert {name for name, group in groups.items() if group >= 0} == {f"ring{member}" for member in range(12)}
    assert len({groups[f"ring{member}"] for member in range(12)}) == 1


def test_without_a_ring_there_is_no_group() -> None:
    assert set(group_of_each(log_of(*STRANGERS)).values()) == {-1}


def test_hundreds_of_strangers_on_one_account_are_a_viral_moment_and_no_group() -> None:
    viral = [f"s{number} famous {700 + number / 200}" for number in range(400)]
    elsewhere = [
        f"s{number} a{RNG.integers(300)} {RNG.uniform(0, 1400):.2f}"
        for number in range(400)
        for _ in range(5)
    ]
    assert set(group_of_each(log_of(*viral, *elsewhere)).values()) == {-1}


def test_two_rings_are_two_groups() -> None:
    groups = group_of_each(log_of(*STRANGERS, *RING, *GANG))
    assert {groups["ring0"], groups["gang0"]} == {0, 1}


def test_members_of_two_rings_who_never_meet_are_not_joined_by_a_common_target() -> None:
    both = [
        f"{kind}{member} common {900 if kind == 'ring' else 1000}"
        for kind in ("ring", "gang")
        for member in range(12)
    ]
    groups = group_of_each(log_of(*STRANGERS, *RING, *GANG, *both))
    assert groups["ring0"] != groups["gang0"]


def together(members: int, meetings: int, *, elsewhere: int = 0) -> list[str]:
    """So many people who meet so often, each with so many reports elsewhere."""
    rows = [
        f"m{member} v{meeting} {50 * meeting}" for member in range(members) for meeting in range(meetings)
    ]
    return rows + [
        f"m{member} own{member}x{number} {7 * number}"
        for member in range(members)
        for number in range(elsewhere)
    ]


@pytest.mark.parametrize(
    ("members", "meetings", "elsewhere", "found"),
    [
        (3, 4, 0, True),
        (2, 9, 0, False),  # two people are no group
        (9, 3, 6, False),  # three meetings are chance
        (3, 4, 46, True),  # four of fifty cases: 8 %
        (3, 4, 47, False),
    ],
)
def test_a_group_is_three_people_who_meet_four_times_in_at_least_eight_percent_of_their_cases(
    members: int, meetings: int, elsewhere: int, found: bool
) -> None:
    groups = group_of_each(log_of(*together(members, meetings, elsewhere=elsewhere)))
    assert (max(groups.values()) >= 0) == found


@pytest.mark.parametrize("offset_h", [0.0, 1.4, 1.6, 2.9])
def test_a_meeting_is_seen_wherever_it_falls_in_the_cells_of_the_clock(offset_h: float) -> None:
    rows = [f"m{m} v{v} {48 * v + offset_h + 0.4 * m}" for m in range(4) for v in range(5)]
    assert set(group_of_each(log_of(*rows)).values()) == {0}


def test_a_log_without_active_reporters_has_no_group() -> None:
    assert co_reporting(log_of("a x 1", "b x 1", "c x 1")).tolist() == [-1, -1, -1]
    assert co_reporting(report_log(REPORTS.empty())).tolist() == []


def co_reporting_directly(log: ReportLog) -> list[set[str]]:
    """The rule pair by pair; the groups as sets of names."""
    active = [r for r in range(len(log.reporters)) if log.reporter_size[r] >= 4]
    rooms: list[dict[tuple[int, int], set[int]]] = [{}, {}]
    for turn, offset in enumerate((0, CELL_S // 2)):
        for case, reporter, at in zip(log.case, log.reporter, log.at, strict=True):
            if reporter in active:
                rooms[turn].setdefault((int(case), int(at + offset) // CELL_S), set()).add(int(reporter))
    groups = [{reporter} for reporter in active]
    for one, other in combinations(active, 2):
        shared = max(sum(one in room and other in room for room in cells.values()) for cells in rooms)
        if shared >= 4 and shared >= 0.08 * min(log.reporter_size[one], log.reporter_size[other]):
            joined = [group for group in groups if one in group or other in group]
            groups = [group for group in groups if group not in joined] + [set().union(*joined)]
    return [{log.reporters[reporter] for reporter in group} for group in groups if len(group) >= 3]


meetings = st.lists(
    st.builds("r{} a{} {}".format, st.integers(0, 7), st.integers(0, 9), st.sampled_from([0, 1, 2, 4, 5, 9])),
    max_size=90,
)


@given(meetings)
@settings(max_examples=40)
def test_groups_are_those_of_the_rule_counted_pair_by_pair(rows: list[str]) -> None:
    log = log_of(*rows)
    found: dict[int, set[str]] = {}
    for name, group in group_of_each(log).items():
        found.setdefault(group, set()).add(name)
    found.pop(-1, None)
    assert sorted(found) == list(range(len(found)))
    assert sorted(map(sorted, found.values())) == sorted(map(sorted, co_reporting_directly(log)))


def test_groups_are_numbered_from_the_earliest_on_whatever_the_order_of_rows() -> None:
    rows = [*STRANGERS, *RING, *GANG]
    groups = group_of_each(log_of(*rows))
    assert (groups["ring0"], groups["gang0"]) == (0, 1)
    assert group_of_each(log_of(*reversed(rows))) == groups
