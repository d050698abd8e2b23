"""Reports and decisions as they come: the same numbers as all at once, and credit that goes when a decision does."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from tests.analysis.small import case_of, decisions, reporter_of, reports
from tests.analysis.worth.valued import (
    by_case,
    largest_difference,
    ringed,
    same_numbers,
    valued_ringed,
    valued_week,
    week,
)

from ostrakon.analysis.campaigns import find_campaigns
from ostrakon.analysis.log import report_log
from ostrakon.analysis.worth import Stream, Valuation, apply, value
from ostrakon.analysis.worth.background import background
from ostrakon.analysis.worth.results import queue, reporter_records, standing_records
from ostrakon.analysis.worth.scene import scene
from ostrakon.analysis.worth.verdicts import standing
from ostrakon.worlds.world import World


def stream_of(world: World) -> Stream:
    return Stream(
        accounts=world.accounts,
        reporters=world.reporters,
        find_groups=lambda log: find_campaigns(log).groups(log),
    )


def fed(world: World, report_cuts: list[int], decision_cuts: list[int]) -> Stream:
    """A stream that got the world in pieces, reports and decisions by turns."""
    stream = stream_of(world)
    pieces = [_pieces(world.reports, report_cuts), _pieces(world.decisions, decision_cuts)]
    for place in range(max(map(len, pieces))):
        if place < len(pieces[0]):
            stream.add_reports(pieces[0][place])
        if place < len(pieces[1]):
            stream.add_decisions(pieces[1][place])
    return stream


def _pieces(table: pl.DataFrame, cuts: list[int]) -> list[pl.DataFrame]:
    ends = [0, *cuts, len(table)]
    return [table[begin:end] for begin, end in pairwise(ends)]


# The same as at once


@pytest.mark.parametrize(
    ("report_cuts", "decision_cuts"),
    [([], []), ([3_000], [80]), ([1, 2, 5_000, 5_000, 7_000], [5, 100]), ([], [1, 2, 3, 4])],
    ids=["in one piece", "in halves", "in uneven pieces", "decisions one by one"],
)
def test_whatever_the_pieces_the_queue_is_that_of_everything_at_once(
    report_cuts: list[int], decision_cuts: list[int]
) -> None:
    found = fed(week(), report_cuts, decision_cuts).value()
    assert same_numbers(found, valued_week())
    assert queue(found).equals(queue(valued_week()))
    assert reporter_records(found).equals(reporter_records(valued_week()))


def test_reports_that_arrive_late_change_nothing() -> None:
    late = fed(World(**{**vars(ringed()), "reports": ringed().reports.reverse()}), [2_000, 9_000], [30])
    assert largest_difference(by_case(late.value()), by_case(valued_ringed())) < 1e-9


def test_learning_anew_after_everything_came_equals_learning_once() -> None:
    stream = stream_of(ringed())
    stream.add_reports(ringed().reports[:8_000])
    stream.add_decisions(ringed().decisions[:40])
    stream.value()
    stream.add_reports(ringed().reports[8_000:])
    stream.add_decisions(ringed().decisions[40:])
    assert not same_numbers(stream.value(), valued_ringed())  # what was learned from half is kept until told
    stream.learn()
    assert same_numbers(stream.value(), valued_ringed())


def test_with_a_kept_model_it_equals_that_model_on_the_whole() -> None:
    stream = stream_of(ringed())
    stream.add_reports(ringed().reports[:8_000])
    stream.add_decisions(ringed().decisions[:60])
    model = stream.learn()
    stream.add_reports(ringed().reports[8_000:])
    stream.add_decisions(ringed().decisions[60:])
    log = report_log(ringed().reports)
    everything = scene(
        log, background(log, ringed().accounts, ringed().reporters), find_campaigns(log).groups(log)
    )
    assert same_numbers(stream.value(), apply(model, everything, standing(log, ringed().decisions)))
    assert stream.model is model


def test_asking_twice_gives_the_same_answer() -> None:
    stream = fed(week(), [4_000], [50])
    assert same_numbers(stream.value(), stream.value())


def test_a_stream_of_nothing_has_an_empty_queue_and_grows() -> None:
    stream = Stream()
    assert queue(stream.value()).height == 0
    stream.add_reports(reports("alice mallory 1"))
    assert queue(stream.value())["account"].to_list() == ["mallory"]


# Decisions that come later

SAID = reports(
    *(f"{name} {account} 1" for name in ("alice", "bo", "cy") for account in ("x", "y", "z", "new")),
    *(f"s{number} o{number % 9} {number}" for number in range(45)),
)  # fmt: skip
RULED = decisions("x upheld 1", "y upheld 2", "o1 rejected 3", "o2 upheld 4", "o3 rejected 5")


def precision(valuation: Valuation, name: str) -> float:
    return float(standing_records(valuation).precision[reporter_of(valuation.scene.log, name)])


def test_a_reversal_that_arrives_later_withdraws_credit() -> None:
    stream = Stream()
    stream.add_reports(SAID)
    stream.add_decisions(RULED)
    before = stream.value()
    stream.add_decisions(decisions("x overturned 9"))
    after = stream.value()
    lost = {
        name: precision(before, name) - precision(after, name) for name in ("alice", "bo", "cy", "s0", "s1")
    }
    assert min(lost["alice"], lost["bo"], lost["cy"]) > 0.05
    assert lost["s0"] == lost["s1"] == 0
    new = case_of(before.scene.log, "new")
    assert after.probability[new] < before.probability[new]


def test_a_reversal_alone_does_not_rebuild_what_needs_no_decision() -> None:
    stream = Stream()
    stream.add_reports(SAID)
    stream.add_decisions(RULED)
    before = stream.value()
    stream.add_decisions(decisions("x overturned 9"))
    assert stream.value().scene is before.scene


def test_a_reversal_gives_the_records_of_a_recount() -> None:
    stream = Stream()
    stream.add_reports(SAID)
    stream.add_decisions(RULED)
    stream.learn()
    stream.add_decisions(decisions("x overturned 9"))
    recounted = value(SAID, pl.concat([RULED, decisions("x overturned 9")]))
    assert np.array_equal(standing_records(stream.value()).upheld, standing_records(recounted).upheld)
    assert np.array_equal(standing_records(stream.value()).rejected, standing_records(recounted).rejected)


def test_a_later_row_without_a_time_replaces_what_stood() -> None:
    stream = Stream()
    stream.add_reports(SAID)
    stream.add_decisions(decisions("x upheld", "o1 rejected"))
    stream.add_decisions(decisions("x overturned"))
    found = stream.value()
    assert found.verdicts.names()[case_of(found.scene.log, "x")] == "overturned"


def test_decisions_with_different_columns_go_together() -> None:
    stream = Stream()
    stream.add_reports(SAID)
    stream.add_decisions(decisions("x upheld"))
    stream.add_decisions(decisions("y rejected 5 - audit 0.05"))
    found = stream.value()
    assert found.verdicts.propensity[case_of(found.scene.log, "y")] == 0.05
    assert found.verdicts.propensity_estimated == 1


def test_a_new_reporter_of_an_old_account_is_heard_without_learning_anew() -> None:
    stream = Stream()
    stream.add_reports(SAID)
    stream.add_decisions(RULED)
    before = stream.value()
    stream.add_reports(reports("dora new 7", "dora o5 8"))
    after = stream.value()
    new = case_of(after.scene.log, "new")
    assert after.scene.log.case_size[new] == before.scene.log.case_size[case_of(before.scene.log, "new")] + 1
    assert after.model is before.model
