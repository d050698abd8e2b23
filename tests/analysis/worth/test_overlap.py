"""Which cases share their reporters, against a slow count of every pair of words."""

from __future__ import annotations

from collections import Counter
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.analysis.small import case_of, log_of

from ostrakon.analysis.log import ReportLog
from ostrakon.analysis.worth.overlap import REACH, companions, kinship

# Few reporters on many accounts: histories grow beyond the reach. Every hour is used once, so no order is left open.
few_on_many = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 24), st.sampled_from(["spam", "abuse"])),
    min_size=1,
    max_size=80,
).map(
    lambda rows: [
        f"r{reporter} a{account} {hour} {policy}" for hour, (reporter, account, policy) in enumerate(rows)
    ]
)
many_on_few = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 5)), min_size=1, max_size=60).map(
    lambda rows: [f"r{reporter} a{account} {hour} spam" for hour, (reporter, account) in enumerate(rows)]
)


def near(log: ReportLog, voice: int) -> list[int]:
    """Cases of the voice's reporter, up to REACH before and after the voice in that reporter's own history."""
    own = [v for v in range(log.voices) if log.reporter[v] == log.reporter[voice]]
    own.sort(key=lambda v: (log.at[v], v))
    place = own.index(voice)
    return [int(log.case[v]) for v in own[max(0, place - REACH) : place + REACH + 1] if v != voice]


def overlaps(log: ReportLog, case: int) -> tuple[Counter[int], int]:
    """How many words each other case shares with this one, and how many words were read."""
    read = [other for voice in range(log.start[case], log.start[case + 1]) for other in near(log, voice)]
    return Counter(read), len(read)


def companions_directly(log: ReportLog) -> list[int]:
    marks = [0] * log.voices
    for case in range(log.cases):
        if log.case_size[case] < 2:
            continue
        shared, words = overlaps(log, case)
        grade = {}
        for other, overlap in shared.items():
            expected = words * log.case_size[other] / log.voices
            if log.case_account[other] != log.case_account[case]:
                somewhere = overlap >= 2 and overlap > 3 * expected
                strikingly = overlap >= 4 and overlap > 6 * expected
                grade[other] = 2 if strikingly else int(somewhere)
        for voice in range(log.start[case], log.start[case + 1]):
            marks[voice] = max([grade.get(other, 0) for other in near(log, voice)], default=0)
    return marks


def kinship_directly(log: ReportLog, case: int, label: list[float], known: list[bool]) -> list[float]:
    """Pull and mass among known cases, then among all."""
    shared, words = overlaps(log, case)
    sums = np.zeros(4)
    for other, overlap in shared.items():
        beyond = overlap - words * log.case_size[other] / log.voices
        if beyond > 0 and log.case_account[other] != log.case_account[case]:
            mass = beyond / np.sqrt(log.case_size[case] * log.case_size[other])
            sums += mass * np.array([known[other] * label[other], known[other], label[other], 1.0])
    return sums.tolist()


@given(many_on_few | few_on_many)
@settings(max_examples=60)
def test_companions_are_those_whose_reporters_meet_beyond_chance(rows: list[str]) -> None:
    log = log_of(*rows)
    assert companions(log).tolist() == companions_directly(log)


@given(many_on_few | few_on_many, st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_kinship_weighs_every_case_by_the_reporters_it_shares_beyond_chance(
    rows: list[str], random: Random
) -> None:
    log = log_of(*rows)
    label = [random.random() for _ in range(log.cases)]
    known = [random.random() < 0.5 for _ in range(log.cases)]
    found = kinship(log, np.arange(log.cases), np.array(label), np.array(known))
    for case in range(log.cases):
        assert found[case] == pytest.approx(kinship_directly(log, case, label, known))


RING = [f"ring{member} {account} {hour}" for hour, account in enumerate("vwxyz") for member in range(6)]
# 160 strangers with three words each on 40 accounts, of which v is one.
DRAWN = np.random.default_rng(1).integers(0, 40, 480)
STRANGERS = [f"s{n // 3} {'v' if account == 0 else f'a{account}'} {n}" for n, account in enumerate(DRAWN)]


def test_a_ring_that_meets_on_five_accounts_is_struck_and_hardly_any_stranger_is() -> None:
    log = log_of(*RING, *STRANGERS)
    mark = companions(log)
    ring = np.array([name.startswith("ring") for name in log.reporters.gather(log.reporter)])
    assert set(mark[ring].tolist()) == {2}
    assert (mark[~ring] == 2).mean() < 0.05


def test_two_cases_of_one_account_are_no_company() -> None:
    log = log_of(
        *(f"r{reporter} mallory 1 {policy}" for reporter in range(6) for policy in ("spam", "abuse")),
        *STRANGERS,
    )
    assert companions(log)[log.case == case_of(log, "mallory", "spam")].max() == 0
    everything = np.ones(log.cases, np.bool_)
    found = kinship(log, np.array([case_of(log, "mallory", "spam")]), np.ones(log.cases), everything)
    assert found.tolist() == [[0.0] * 4]


def test_kin_of_a_ring_are_its_other_targets() -> None:
    log = log_of(*RING, *STRANGERS)
    label = np.zeros(log.cases)
    label[[case_of(log, account) for account in "wxyz"]] = 1.0
    ((pull, _, _, _),) = kinship(log, np.array([case_of(log, "v")]), label, np.ones(log.cases, np.bool_))
    # v and each of w..z share six reporters; of v were read 4 words of each ring member, at most 2 of each stranger.
    size = int(log.case_size[case_of(log, "v")])
    words = overlaps(log, case_of(log, "v"))[1]
    assert 6 * 4 <= words <= 6 * 4 + (size - 6) * 2
    by_hand = 4 * (6 - words * 6 / log.voices) / np.sqrt(size * 6)
    assert pull == pytest.approx(by_hand)


def test_a_reporter_of_everything_is_read_only_near_each_word() -> None:
    log = log_of(
        *(f"alice a{number:03d} {number}" for number in range(100)), "bo b 0", "alice b 50.5", "bo c 1"
    )
    case = np.array([case_of(log, "b")])
    ((_, near, _, _),) = kinship(log, case, np.ones(log.cases), _only(log, "a050"))
    ((_, far, _, _),) = kinship(log, case, np.ones(log.cases), _only(log, "a099"))
    assert near > 0
    assert far == 0


def _only(log: ReportLog, account: str) -> NDArray[np.bool_]:
    known = np.zeros(log.cases, np.bool_)
    known[case_of(log, account)] = True
    return known
