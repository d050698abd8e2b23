"""What the scorer sees of a case, and what it must never see."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.analysis.small import accounts, case_of, decisions, reporter_of, reporters, reports, scene_of

from ostrakon.analysis.worth.features import (
    LEARNED,
    LITTLE_KIN,
    MEAN_TRAITS,
    PLAIN,
    Knowledge,
    hearsay_evidence,
    kin_features,
    learned_features,
    plain_features,
)
from ostrakon.analysis.worth.reasons import GROUNDS
from ostrakon.analysis.worth.record import Prior, log_odds, records
from ostrakon.analysis.worth.scene import Scene
from ostrakon.analysis.worth.scene import testimony as hear
from ostrakon.analysis.worth.scorer import BELIEVED_SLOPES
from ostrakon.analysis.worth.verdicts import standing

PRIOR = Prior(0.5, 4.0)


def plain_of(set_out: Scene, account: str, policy: str | None = None) -> dict[str, float]:
    """The features of a case that need no decision, by name."""
    heard = hear(set_out.log, np.array([case_of(set_out.log, account, policy)]))
    return dict(zip(PLAIN, plain_features(set_out, heard)[0].tolist(), strict=True))


def knowledge_of(set_out: Scene, *rulings: str, guess: float = 0.5) -> Knowledge:
    """What is known when these decisions stand and every case is guessed alike."""
    verdicts = standing(set_out.log, decisions(*rulings))
    recorded = records(set_out.log, verdicts.violates, verdicts.decided, PRIOR)
    guesses = np.full(set_out.log.cases, guess)
    return Knowledge(set_out, verdicts.violates, verdicts.decided, guesses, recorded)


def learned_of(set_out: Scene, knowledge: Knowledge, account: str) -> dict[str, float]:
    """The features of a case that rest on decisions, by name."""
    case = np.array([case_of(set_out.log, account)])
    kin = kin_features(set_out, knowledge, case)
    heard = hear(set_out.log, case)
    return dict(
        zip(
            LEARNED,
            learned_features(set_out, knowledge, heard, kin, knowledge.guess[case])[0].tolist(),
            strict=True,
        )
    )


# Names


def test_every_feature_has_one_name() -> None:
    assert len(set(PLAIN + LEARNED)) == len(PLAIN) + len(LEARNED)


def test_no_feature_is_named_after_who_somebody_is() -> None:
    forbidden = ("language", "religion", "origin", "opinion", "country", "ethnic", "name")
    assert [name for name in PLAIN + LEARNED if any(word in name for word in forbidden)] == []


def test_what_is_believed_is_believed_of_features_that_exist() -> None:
    assert set(BELIEVED_SLOPES) <= set(PLAIN + LEARNED)


def test_every_feature_but_the_guess_belongs_to_one_ground_of_the_reasons() -> None:
    grounded = [name for names in GROUNDS.values() for name in names]
    assert sorted(grounded) == sorted(set(PLAIN + LEARNED) - {"guess"})


# Plain features by hand

ACCOUNTS = accounts("mallory 800 - -10", "chidi 0", "dora 4000")
SAID = [
    "alice mallory 0", "alice chidi 9", "alice dora 20",
    "bo mallory 0.5", "bo chidi 40", "bo dora 60",
    "cy mallory 3", "cy dora 80", "cy chidi 99",
    "dan mallory 30", "dan dora 31",
    "alice eli 200", "bo finn 200", "cy gus 200",
]  # fmt: skip


def test_rates_are_per_audience() -> None:
    found = plain_of(scene_of(reports(*SAID), ACCOUNTS), "mallory")
    assert found["voice_rate"] == pytest.approx(np.log(4.5 / 880), rel=1e-5)
    assert found["established_rate"] == pytest.approx(np.log(3.5 / 880), rel=1e-5)  # dan has two cases
    assert found["audience"] == pytest.approx(np.log(880), rel=1e-5)  # the median, 800, grants 80


def test_crowds_are_shares_of_the_voices() -> None:
    found = plain_of(scene_of(reports(*SAID), ACCOUNTS), "mallory")
    assert (found["crowd_hour"], found["crowd_quarter"], found["crowd_day"]) == (2 / 4, 3 / 4, 3 / 4)


def test_voices_that_share_weight_lower_the_independence() -> None:
    lone = plain_of(scene_of(reports(*SAID), ACCOUNTS), "mallory")
    table = reports(*SAID)
    log = scene_of(table).log
    groups = np.where(
        np.isin(log.reporter, [reporter_of(log, name) for name in ("alice", "bo")]), 0, -1
    ).astype(np.int32)
    grouped = plain_of(scene_of(table, ACCOUNTS, groups=groups), "mallory")
    assert lone["independence"] == 1.0
    assert grouped["independence"] == pytest.approx((2 + 2 / 1.95) / 4)
    assert grouped["voice_rate"] == pytest.approx(np.log((2.5 + 2 / 1.95) / 880), rel=1e-5)


def test_the_age_of_an_account_is_counted_to_its_first_report() -> None:
    set_out = scene_of(reports(*SAID), ACCOUNTS)
    assert plain_of(set_out, "mallory")["account_age"] == pytest.approx(np.log1p(10 * 3600), rel=1e-5)
    assert np.isnan(plain_of(set_out, "chidi")["account_age"])


def test_the_share_of_a_policy_among_the_voices_on_the_account() -> None:
    set_out = scene_of(reports("a x 1 spam", "b x 1 spam", "c x 1 spam", "a x 2 abuse"))
    assert plain_of(set_out, "x", "spam")["policy_share"] == 0.75
    assert plain_of(set_out, "x", "abuse")["policy_share"] == 0.25


def test_the_largest_share_of_voices_that_one_person_invited() -> None:
    invited = reporters("alice - eve", "bo - frank", "cy - eve", "dan - -")
    found = plain_of(scene_of(reports(*SAID), ACCOUNTS, invited), "mallory")
    assert found["same_inviter"] == 2 / 4
    assert plain_of(scene_of(reports(*SAID), ACCOUNTS), "mallory")["same_inviter"] == 0.0


def test_declared_and_trusted_sources_are_shares_of_the_voices() -> None:
    found = plain_of(
        scene_of(reports("a x 1 - list:1", "b x 2 - call:2", "c x 3 - trusted:z", "d x 4 - app")), "x"
    )
    assert (found["declared"], found["trusted"]) == (0.5, 0.25)


def test_means_are_over_the_voices_of_a_case() -> None:
    made = reporters("alice -24", "bo -72", "cy -", "dan -9999")
    found = plain_of(scene_of(reports(*SAID), ACCOUNTS, made), "mallory")
    assert found["mean_activity"] == pytest.approx(np.mean(np.log1p([4, 4, 4, 2])))
    assert found["mean_newcomer"] == 0.25
    assert found["mean_young"] == pytest.approx(2 / 3)  # nobody knows how old cy is
    assert set(MEAN_TRAITS) == {name.removeprefix("mean_") for name in PLAIN if name.startswith("mean_")}


# Nothing but the reports

policies = st.sampled_from(["spam", "abuse"])
rows_ = st.builds("r{} a{} {} {}".format, st.integers(0, 7), st.integers(0, 3), st.integers(0, 60), policies)
said = st.lists(rows_, min_size=4, max_size=40)


def all_plain(set_out: Scene) -> NDArray[np.float32]:
    return plain_features(set_out, hear(set_out.log, np.arange(set_out.log.cases)))


@given(said)
@settings(max_examples=25)
def test_a_repeat_changes_no_feature(rows: list[str]) -> None:
    first = list({tuple(row.split()[:2]): row for row in rows}.values())
    later = [f"{name} {account} 99 {policy}" for name, account, _, policy in (row.split() for row in first)]
    once, thrice = scene_of(reports(*first)), scene_of(reports(*first, *later, *later))
    assert np.array_equal(all_plain(once), all_plain(thrice), equal_nan=True)


@given(said)
@settings(max_examples=25)
def test_names_of_policies_change_no_feature(rows: list[str]) -> None:
    renamed = [
        row.replace("spam", "1").replace("abuse", "2") for row in rows
    ]  # the same order of names reversed
    one, other = scene_of(reports(*rows)), scene_of(reports(*renamed))
    found = {
        (one.log.accounts[int(a)], one.log.policies[int(p)]): row.tolist()
        for a, p, row in zip(one.log.case_account, one.log.case_policy, all_plain(one), strict=True)
    }
    for a, p, row in zip(other.log.case_account, other.log.case_policy, all_plain(other), strict=True):
        policy = {"1": "spam", "2": "abuse"}[other.log.policies[int(p)]]
        assert found[other.log.accounts[int(a)], policy] == pytest.approx(row.tolist(), nan_ok=True)


RATES = (
    "voice_rate",
    "independence",
    "crowd_hour",
    "crowd_quarter",
    "crowd_day",
    "audience",
    "account_age",
    "declared",
    "trusted",
)
"""Features that depend on the case's own voices alone."""


@given(said, st.sets(st.integers(0, 7), min_size=1, max_size=5))
@settings(max_examples=40)
def test_silencing_voices_gives_the_features_of_a_log_without_their_reports(
    rows: list[str], silent: set[int]
) -> None:
    # Everybody is known from three other cases, so that a report more or less makes nobody a newcomer.
    known = [
        f"r{reporter} known{reporter}x{number} {number} spam" for reporter in range(8) for number in range(3)
    ]
    target = rows[0].split()[1]
    full = scene_of(reports(*rows, *known), ACCOUNTS)
    fewer = [row for row in rows if not (row.split()[1] == target and int(row.split()[0][1:]) in silent)]
    for policy in ("spam", "abuse"):
        if not any(row.split()[1] == target and row.endswith(policy) for row in fewer):
            continue
        case = np.array([case_of(full.log, target, policy)])
        gone = [
            voice
            for voice in hear(full.log, case).voice
            if int(full.log.reporters[int(full.log.reporter[voice])][1:]) in silent
        ]
        silenced = plain_features(full, hear(full.log, case).without([np.array(gone, np.int64)]))[0]
        rebuilt = plain_of(scene_of(reports(*fewer, *known), ACCOUNTS), target, policy)
        for name in RATES:
            assert silenced[PLAIN.index(name)] == pytest.approx(rebuilt[name], nan_ok=True), name


# What decisions say

RULED = scene_of(
    reports(
        "alice good1 0", "alice good2 1", "alice new 2",
        "bo bad1 0", "bo bad2 1", "bo new 9",
        "cy good1 3", "cy bad1 4", "cy new 20", "cy open 21",
        "dan open 50", "eve new 60",
    )
)  # fmt: skip
RULINGS = ("good1 upheld", "good2 upheld", "bad1 rejected", "bad2 rejected")


def word(upheld: float, rejected: float) -> float:
    return float(log_odds(PRIOR, np.array([upheld]), np.array([rejected]))[0])


def test_evidence_and_precision_are_means_over_the_reporters() -> None:
    found = learned_of(RULED, knowledge_of(RULED, *RULINGS), "new")
    assert found["evidence"] == pytest.approx(np.mean([word(2, 0), word(0, 2), word(1, 1), 0.0]), abs=1e-6)
    # Posterior means (2 + 2) / 6, 2 / 6 and 3 / 6; of eve nothing is known.
    assert found["precision"] == pytest.approx(np.mean([4 / 6, 2 / 6, 3 / 6]), rel=1e-5)
    assert found["precision_rate"] == pytest.approx(
        np.log((found["precision"] * 3 + 0.5 + 0.2) / 1.1), rel=1e-5
    )


def test_newcomers_bring_no_evidence() -> None:
    found = learned_of(RULED, knowledge_of(RULED), "new")
    assert found["evidence"] == 0.0
    assert np.isnan(found["precision"])


def test_a_policy_has_the_log_odds_of_its_decided_cases_shrunk_by_ten() -> None:
    set_out = scene_of(reports(*(f"a x{number} 1 spam" for number in range(4)), "b y 1 abuse"))
    policy = knowledge_of(set_out, "x0 upheld", "x1 upheld", "x2 upheld", "x3 rejected").policy
    spam, abuse = (set_out.log.policies.to_list().index(name) for name in ("spam", "abuse"))
    assert policy[spam] == pytest.approx(np.log((3 + 5) / (1 + 5)))
    assert policy[abuse] == 0.0


def test_without_kin_the_kinship_is_the_prior_mean() -> None:
    found = learned_of(
        scene_of(reports("a x 1", "b y 1")), knowledge_of(scene_of(reports("a x 1", "b y 1"))), "x"
    )
    assert found["kin"] == found["kin_hearsay"] == 0.5


def test_kinship_shrinks_to_the_prior_mean_by_a_little_mass() -> None:
    # x and y share three reporters of 3 + 3 + 94 words: beyond chance 3 - 3 x 3 / 100, over sqrt(3 x 3).
    rows = [f"{name} {account} 1" for name in "abc" for account in "xy"] + [
        f"s{number} z{number} 1" for number in range(94)
    ]
    set_out = scene_of(reports(*rows))
    mass = (3 - 3 * 3 / 100) / 3
    upheld, rejected = (
        learned_of(set_out, knowledge_of(set_out, f"y {outcome}"), "x") for outcome in ("upheld", "rejected")
    )
    assert upheld["kin"] == pytest.approx((mass + LITTLE_KIN * 0.5) / (mass + LITTLE_KIN), rel=1e-5)
    assert rejected["kin"] == pytest.approx(LITTLE_KIN * 0.5 / (mass + LITTLE_KIN), rel=1e-5)


# Hearsay


def test_hearsay_without_other_cases_is_the_record_alone() -> None:
    knowledge = knowledge_of(RULED, *RULINGS)
    case = case_of(RULED.log, "good2")
    evidence, _ = hearsay_evidence(
        RULED, knowledge, np.arange(RULED.log.start[case], RULED.log.start[case + 1])
    )
    # alice: two upheld, and "new", on which nobody has decided, counts .3 of a case.
    assert word(2, 0) - word(0, 1) > evidence[0] > word(2, 1)


def test_nobody_hears_their_own_word_on_the_case_at_hand() -> None:
    set_out = scene_of(reports("alice x 1", "bo x 2"))
    evidence, precision = hearsay_evidence(set_out, knowledge_of(set_out, guess=0.9), np.arange(2))
    assert evidence == pytest.approx([0.0, 0.0], abs=1e-6)
    assert precision == pytest.approx([0.5, 0.5])


@pytest.mark.parametrize(("guess", "sign"), [(0.9, 1), (0.1, -1)])
def test_a_guess_about_another_case_counts_three_tenths_of_a_decision(guess: float, sign: int) -> None:
    set_out = scene_of(reports("alice x 1", "alice y 2"))
    evidence, _ = hearsay_evidence(set_out, knowledge_of(set_out, guess=guess), np.arange(2))
    assert evidence == pytest.approx([word(0.3 * guess, 0.3 * (1 - guess))] * 2, rel=1e-4)
    assert (np.sign(evidence) == sign).all()


@pytest.mark.parametrize(("stands", "others"), [("rejected", "upheld"), ("upheld", "rejected")])
def test_a_decision_that_stands_is_not_outvoted_by_the_records_of_many_reporters(
    stands: str, others: str
) -> None:
    # Two hundred people with six decided cases each on the other side: their words add up to hundreds of log odds.
    reported = ["loud", *(f"a{number}" for number in range(6))]
    rows = [f"r{reporter} {account} {reporter}" for reporter in range(200) for account in reported]
    set_out = scene_of(reports(*rows))
    rulings = [f"loud {stands}", *(f"a{number} {others}" for number in range(6))]
    knowledge = knowledge_of(set_out, *rulings)
    assert knowledge.unknown.tolist() == [0.0] * 200
    assert knowledge.guessed == pytest.approx(np.zeros(200), abs=1e-3)
    evidence, _ = hearsay_evidence(set_out, knowledge, np.arange(set_out.log.voices))
    assert evidence == pytest.approx(knowledge.record.evidence[set_out.log.reporter], abs=1e-3)
