"""The valuation: a number that depends on reports, decisions and exposure, and on nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from tests.analysis.small import case_of, decisions, reports
from tests.analysis.worth.valued import (
    by_case,
    largest_difference,
    ringed,
    same_numbers,
    value_world,
    valued_ringed,
    valued_week,
    week,
)

from ostrakon.analysis.campaigns import find_campaigns
from ostrakon.analysis.log import report_log
from ostrakon.analysis.tables import REPORTS
from ostrakon.analysis.worth import Valuation, apply, learn, value
from ostrakon.analysis.worth.features import LEARNED
from ostrakon.analysis.worth.results import queue, reporter_records, standing_records
from ostrakon.analysis.worth.scorer import FOLDS
from ostrakon.analysis.worth.valuation import view_of
from ostrakon.analysis.worth.verdicts import OUTCOMES, Verdicts, standing
from ostrakon.worlds.world import World

TABLES = ("reports", "decisions", "accounts", "reporters")


def shuffled(world: World, *names: str) -> World:
    """The world with the rows of these tables in another order."""
    return replace(
        world, **{name: getattr(world, name).sample(fraction=1, shuffle=True, seed=3) for name in names}
    )


def decided_as(valuation: Valuation, case: int, outcome: str) -> Verdicts:
    """The verdicts with another outcome for one case."""
    changed = valuation.verdicts.outcome.copy()
    changed[case] = OUTCOMES.index(outcome)
    return replace(valuation.verdicts, outcome=changed)


# Sameness


def test_the_same_seed_gives_the_same_numbers_to_the_last_bit() -> None:
    assert same_numbers(value_world(ringed()), valued_ringed())


def test_another_seed_gives_other_draws_and_nearly_the_same_queue() -> None:
    other = value_world(ringed(), seed=1)
    assert not same_numbers(other, valued_ringed())
    assert np.corrcoef(other.probability, valued_ringed().probability)[0, 1] > 0.9


@pytest.mark.parametrize("name", TABLES)
def test_the_order_of_rows_does_not_change_the_queue(name: str) -> None:
    other = value_world(shuffled(week(), name))
    assert largest_difference(by_case(other), by_case(valued_week())) < 1e-9


def test_the_order_of_rows_does_not_change_the_records() -> None:
    one, other = (
        reporter_records(valuation) for valuation in (valued_week(), value_world(shuffled(week(), *TABLES)))
    )
    assert one.equals(other)


def test_a_reporter_who_reports_thirty_accounts_in_one_second_leaves_no_order_open() -> None:
    bulk = [f"bot a{number} 5" for number in range(40)]
    rest = [f"r{number % 9} a{(number * 7) % 40} {number}" for number in range(120)]
    ruled = decisions(*(f"a{number} {('upheld', 'rejected')[number % 2]}" for number in range(30)))
    one, other = value(reports(*bulk, *rest), ruled), value(reports(*reversed(bulk + rest)), ruled)
    assert largest_difference(by_case(one), by_case(other)) < 1e-9


def test_names_of_policies_do_not_matter() -> None:
    names = {"harassment": "z", "spam": "y", "violent-extremism": "x"}
    world = week()
    renamed = replace(
        world,
        **{
            name: getattr(world, name).with_columns(pl.col("policy").replace(names))
            for name in ("reports", "decisions")
        },
    )
    found = queue(value_world(renamed)).with_columns(
        pl.col("policy").replace({new: old for old, new in names.items()})
    )
    assert largest_difference(found.sort("account", "policy"), by_case(valued_week())) < 1e-5


def test_a_thousand_repeats_by_one_reporter_move_nothing_but_the_count_of_reports() -> None:
    world = week()
    again = world.reports[[4_000] * 1_000].with_columns(pl.col("reported_at") + pl.duration(hours=1))
    world = replace(world, reports=pl.concat([world.reports, again]))
    before, after = by_case(valued_week()), by_case(value_world(world))
    assert after.drop("reports").equals(before.drop("reports"))
    assert (after["reports"] - before["reports"]).sort().to_list()[-2:] == [0, 1_000]
    of_one, of_other = (reporter_records(v).sort("reporter") for v in (valued_week(), value_world(world)))
    assert of_one.drop("reports").equals(of_other.drop("reports"))


# What no number may depend on


@pytest.mark.parametrize("what", ["permuted", "dropped", "all the same"])
def test_the_language_of_an_account_changes_no_output_at_all(what: str) -> None:
    accounts = week().accounts
    other = {
        "permuted": accounts.with_columns(accounts["language"].shuffle(seed=1)),
        "dropped": accounts.drop("language"),
        "all the same": accounts.with_columns(language=pl.lit("ar")),
    }[what]
    assert not other.equals(accounts)
    found = value_world(replace(week(), accounts=other))
    assert same_numbers(found, valued_week())
    assert queue(found).equals(queue(valued_week()))
    assert reporter_records(found).equals(reporter_records(valued_week()))


def test_what_a_report_says_and_where_it_came_in_change_no_number() -> None:
    bare = replace(week(), reports=week().reports.drop("text", "platform", "report_id"))
    assert same_numbers(value_world(bare), valued_week())


def test_who_reviewed_changes_no_number() -> None:
    assert same_numbers(
        value_world(replace(week(), decisions=week().decisions.drop("reviewer"))), valued_week()
    )


def test_acting_together_changes_nobodys_record() -> None:
    apart = value_world(ringed(), find_groups=False)
    together, alone = standing_records(valued_ringed()), standing_records(apart)
    assert (valued_ringed().scene.crowd >= 0).any()
    assert np.array_equal(together.upheld, alone.upheld)
    assert np.array_equal(together.precision, alone.precision)


# Probabilities


@pytest.mark.parametrize("valuation", [valued_week, valued_ringed], ids=["week", "ringed"])
def test_a_probability_lies_between_nothing_and_one_and_within_its_interval(
    valuation: Callable[[], Valuation],
) -> None:
    found = valuation()
    assert (found.low >= 0).all()
    assert (found.high <= 1).all()
    assert (found.low <= found.probability).all()
    assert (found.probability <= found.high).all()


RULED = {
    "no decision": (),
    "one decision": ("a1 upheld",),
    "all upheld": tuple(f"a{number} upheld" for number in range(12)),
    "all rejected": tuple(f"a{number} rejected" for number in range(12)),
    "all overturned": tuple(f"a{number} overturned" for number in range(12)),
}
SAID = [
    f"r{(account * 5 + voice) % 11} a{account} {account + voice}"
    for account in range(20)
    for voice in range(1 + account % 4)
]


@pytest.mark.parametrize("ruled", RULED)
def test_it_works_with_whatever_has_been_decided(ruled: str) -> None:
    table = decisions(*RULED[ruled]) if RULED[ruled] else None
    found = queue(value(reports(*SAID), table))
    assert found.height == 20
    assert found["probability"].is_between(0, 1).all()
    assert found["decided"].count() == len(RULED[ruled])


def test_all_upheld_puts_the_others_higher_than_all_rejected() -> None:
    upheld, rejected = (
        queue(value(reports(*SAID), decisions(*RULED[name])))
        .filter(pl.col("decided").is_null())
        .sort("account")
        for name in ("all upheld", "all rejected")
    )
    assert (upheld["probability"] > rejected["probability"]).all()


def test_one_report_is_valued() -> None:
    (row,) = queue(value(reports("alice mallory 1"))).to_dicts()
    assert (row["rank"], row["account"], row["reports"], row["reporters"]) == (1, "mallory", 1, 1)
    assert 0.1 < row["probability"] < 0.6
    assert row["probability_low"] < 0.15
    assert row["probability_high"] > 0.6  # nothing is known, and the interval says so


@pytest.mark.parametrize("ruled", [None, decisions("mallory upheld")], ids=["no decisions", "a decision"])
def test_no_report_gives_an_empty_queue(ruled: pl.DataFrame | None) -> None:
    assert queue(value(REPORTS.empty(), ruled)).height == 0
    assert reporter_records(value(REPORTS.empty(), ruled)).height == 0


@pytest.mark.parametrize("missing", [("accounts",), ("reporters",), ("accounts", "reporters")], ids="-".join)
def test_tables_that_nobody_has_are_not_needed(missing: tuple[str, ...]) -> None:
    known = {name: getattr(ringed(), name) for name in ("accounts", "reporters") if name not in missing}
    found = value(ringed().reports, ringed().decisions, **known)
    assert np.isfinite(found.probability).all()
    assert (found.low <= found.high).all()


def test_before_any_decision_more_reporters_an_audience_stand_higher() -> None:
    many = [f"r{voice} loud {20 * voice}" for voice in range(12)]
    few = [f"s{voice} quiet{account} {20 * voice}" for account in range(8) for voice in range(2)]
    own = [f"{kind}{voice} x{kind}{voice}{n} {n}" for kind in "rs" for voice in range(12) for n in range(3)]
    found = queue(value(reports(*many, *few, *own)))
    assert found["account"][0] == "loud"


# Learning and what was learned


@pytest.mark.parametrize(
    ("ruled", "rate"),
    [
        ((), 0.3),
        # ten believed decisions at .3 beside twelve that stand for one each
        (RULED["all upheld"], (12 + 3) / 22),
        (RULED["all overturned"], 3 / 22),
    ],
)
def test_the_base_rate_is_shrunk_by_ten_typical_decisions(ruled: tuple[str, ...], rate: float) -> None:
    table = decisions(*(f"{row} - - queue 1.0" for row in ruled)) if ruled else None
    assert value(reports(*SAID), table).model.base_rate == pytest.approx(rate)


def test_a_rare_choice_counts_for_the_base_rate_as_often_as_it_is_rare() -> None:
    # 1 upheld chosen with .1 and 1 rejected chosen with 1: share 10 / 11 of (10 + 1)^2 / (100 + 1) effective rows.
    table = decisions("a1 upheld - - audit 0.1", "a2 rejected - - queue 1.0")
    effective = 11**2 / 101
    expected = (10 / 11 * effective + 3) / (effective + 10)
    assert value(reports(*SAID), table).model.base_rate == pytest.approx(expected)


def test_applying_what_was_learned_gives_the_same_numbers_again() -> None:
    valuation = valued_week()
    assert same_numbers(apply(valuation.model, valuation.scene, valuation.verdicts), valuation)
    learned = learn(valuation.scene, valuation.verdicts, 0)
    assert same_numbers(apply(learned, valuation.scene, valuation.verdicts), valuation)


def test_decided_cases_are_valued_without_their_fold_and_others_with_every_decision() -> None:
    valuation = valued_week()
    for case in range(valuation.scene.log.cases):
        expected = valuation.fold[case] if valuation.verdicts.decided[case] else FOLDS
        assert valuation.view(case) == expected


@pytest.mark.parametrize("place", [0, 1, 2])
def test_what_was_decided_about_a_case_does_not_reach_its_own_number(place: int) -> None:
    valuation = valued_week()
    case = int(np.flatnonzero(valuation.verdicts.outcome == 0)[place])
    flipped = apply(valuation.model, valuation.scene, decided_as(valuation, case, "rejected"))
    own = valuation.scene.log.case_account == valuation.scene.log.case_account[case]
    decided = own & valuation.verdicts.decided
    assert np.array_equal(flipped.probability[decided], valuation.probability[decided])
    assert np.array_equal(flipped.low[decided], valuation.low[decided])
    elsewhere = ~valuation.verdicts.decided & np.isin(np.arange(len(own)), _neighbours(valuation, case))
    assert not np.array_equal(flipped.probability[elsewhere], valuation.probability[elsewhere])


def _neighbours(valuation: Valuation, case: int) -> list[int]:
    """Cases that share a reporter with this one."""
    log = valuation.scene.log
    spoke = np.isin(log.reporter, log.reporter[log.start[case] : log.start[case + 1]])
    return sorted(set(log.case[spoke].tolist()) - {case})


def test_what_is_known_in_a_view_leaves_out_every_decision_of_its_fold() -> None:
    valuation = valued_week()
    case = int(np.flatnonzero(valuation.verdicts.decided)[0])
    knowledge = view_of(valuation, valuation.view(case))
    assert not knowledge.known[valuation.fold == valuation.view(case)].any()
    assert knowledge.known.sum() < valuation.verdicts.decided.sum()
    assert np.array_equal(view_of(valuation, FOLDS).known, valuation.verdicts.decided)


def test_learned_anew_flipped_decisions_do_not_pull_their_own_numbers_after_them() -> None:
    # Prior, scales and calibration are fitted on all decisions, so numbers move a little, but this way and that.
    valuation = valued_week()
    moved = []
    for case in np.flatnonzero(valuation.verdicts.outcome == 0)[:6]:
        verdicts = decided_as(valuation, int(case), "rejected")
        again = apply(learn(valuation.scene, verdicts, 0), valuation.scene, verdicts)
        moved.append(again.probability[case] - valuation.probability[case])
    assert np.mean(moved) > -0.05


def test_a_reversal_lowers_the_records_of_its_reporters_and_of_nobody_else() -> None:
    valuation = valued_week()
    case = int(np.flatnonzero(valuation.verdicts.outcome == 0)[0])
    reversed_ = apply(valuation.model, valuation.scene, decided_as(valuation, case, "overturned"))
    before, after = standing_records(valuation), standing_records(reversed_)
    log = valuation.scene.log
    spoke = np.bincount(log.reporter[log.start[case] : log.start[case + 1]], minlength=len(log.reporters))
    assert np.array_equal(before.upheld - after.upheld, spoke)
    assert np.array_equal(after.rejected - before.rejected, spoke)
    assert np.array_equal(after.precision < before.precision, spoke > 0)


def test_a_reversal_lowers_the_other_account_of_the_same_reporters() -> None:
    rows = [
        f"{name} {account} {hour}"
        for hour, name in enumerate(("alice", "bo", "cy"))
        for account in ("old", "new", "x", "y")
    ]
    rows += [f"s{n} b{n % 15} {n}" for n in range(60)]
    table = reports(*rows)
    first = value(table, decisions("old upheld 1", "x upheld 2", "b1 rejected 3", "b2 upheld 4"))
    ruled = decisions("old upheld 1", "x upheld 2", "b1 rejected 3", "b2 upheld 4", "old overturned 9")
    case = case_of(first.scene.log, "new")
    # The model is kept: what four decisions teach about everybody else is another question.
    again = apply(first.model, first.scene, standing(first.scene.log, ruled))
    assert again.probability[case] < first.probability[case]


def test_groups_may_come_from_outside() -> None:
    log = report_log(ringed().reports)
    groups = find_campaigns(log).groups(log)
    found = value(
        log, ringed().decisions, accounts=ringed().accounts, reporters=ringed().reporters, groups=groups
    )
    assert same_numbers(found, valued_ringed())


def test_everything_the_scorer_learns_from_decisions_is_finite() -> None:
    valuation = valued_week()
    assert len(LEARNED) == 9
    for scores in (
        valuation.plain,
        valuation.model.scores(np.zeros((1, valuation.plain.shape[1] + len(LEARNED)), np.float32), FOLDS),
    ):
        assert np.isfinite(scores).all()
