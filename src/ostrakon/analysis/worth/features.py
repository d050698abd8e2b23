"""What the scorer sees of a case. Nothing here grows with the number of reports as such.

Decisions exist mostly for the loudest cases; what was learned from them must hold for quiet ones. So every
feature is a rate per audience, a share or a mean over voices, never a count, a maximum or a sum. Nor is there a
span or a number of days: an account that was suspended cannot be reported any longer, so its silence would give the
decision away.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from ostrakon.analysis.worth.overlap import kinship
from ostrakon.analysis.worth.passes import leave_one_out_pass
from ostrakon.analysis.worth.record import Prior, Records, log_odds
from ostrakon.analysis.worth.rhythm import DAY_S, HOUR_S, crowds
from ostrakon.analysis.worth.scene import Scene, Testimony, source_kinds, voice_traits
from ostrakon.analysis.worth.segments import means, totals, weighted_means
from ostrakon.analysis.worth.voices import shared_weights

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

CROWD_WINDOWS_S = {"hour": HOUR_S, "quarter": 6 * HOUR_S, "day": DAY_S}
MEAN_TRAITS = ("activity", "newcomer", "age", "young", "met", "struck", "peer_rate", "peer_struck")
PLAIN = (
    "voice_rate", "independence", "unmet_rate", "unstruck_rate", "established_rate",
    "crowd_hour", "crowd_quarter", "crowd_day", "audience", "account_age", "policy_share",
    "same_inviter", "declared", "trusted",
    *(f"mean_{name}" for name in MEAN_TRAITS),
)  # fmt: skip
"""Features that need no decision."""
LEARNED = (
    "evidence",
    "precision",
    "precision_rate",
    "hearsay",
    "hearsay_rate",
    "kin",
    "kin_hearsay",
    "policy",
    "guess",
)
"""Features that rest on decisions about *other* accounts."""
HEARSAY = 0.3
"""What a guess about an undecided case counts beside a decision (eta of the report-worth notes, step 4)."""
CERTAIN = 1e6
"""Log odds of a decided case: no number of reports, each of some log odds, can speak against a decision that stands."""
LITTLE_KIN = 0.05
"""Kinship mass at which the prior still counts half."""


def plain_features(scene: Scene, heard: Testimony) -> Singles:
    """(N, len(PLAIN)) features that need no decision; NaN is unknown."""
    log, case = scene.log, heard.case
    size = np.diff(heard.start).astype(np.float64)
    at = log.at[heard.voice]
    traits = voice_traits(scene, heard)
    mean = {name: means(heard.start, traits[name]) for name in MEAN_TRAITS}
    weight = shared_weights(heard.start, scene.crowd[heard.voice])
    voices = totals(heard.start, weight)
    kind = source_kinds(log.sources)[log.source[heard.voice]]
    silenced = log.case_size[case] - size

    def rate(voices: Floats) -> Floats:
        return np.log((voices + 0.5) / scene.audience[case])

    columns: dict[str, NDArray[np.floating]] = {
        "voice_rate": rate(voices),
        "independence": voices / size,
        "unmet_rate": rate(totals(heard.start, weight * (1 - traits["met"]))),
        "unstruck_rate": rate(totals(heard.start, weight * (1 - traits["struck"]))),
        "established_rate": rate(totals(heard.start, weight * (1 - traits["newcomer"]))),
        **{
            f"crowd_{name}": crowds(heard.start, at, window) / size
            for name, window in CROWD_WINDOWS_S.items()
        },
        "audience": np.log(scene.audience[case]),
        "account_age": np.log1p(np.maximum(0.0, at[heard.start[:-1]] - scene.background.made_at[case])),
        "policy_share": size / (scene.account_voices[case] - silenced),
        "same_inviter": _largest_share(heard, scene.background.inviter[log.reporter[heard.voice]]),
        "declared": means(heard.start, (kind == 1).astype(np.float32)),
        "trusted": means(heard.start, (kind == 2).astype(np.float32)),
        **{f"mean_{name}": values for name, values in mean.items()},
    }
    return np.column_stack([columns[name] for name in PLAIN]).astype(np.float32)


def _largest_share(heard: Testimony, code: NDArray[np.int32]) -> Floats:
    """(N,) the share of each case's voices that carry its most common code; codes below 0 are unknown."""
    rows = np.repeat(np.arange(len(heard.case)), np.diff(heard.start))
    pairs, times = np.unique(
        rows[code >= 0] * np.int64(code.max(initial=0) + 1) + code[code >= 0], return_counts=True
    )
    most = np.zeros(len(heard.case))
    np.maximum.at(most, pairs // np.int64(code.max(initial=0) + 1), times)
    return most / np.diff(heard.start)


class Knowledge:
    """What decisions say of reporters, policies and neighbours, seen without the decisions of one fold of accounts.

    ``label`` and ``known`` (C,) are those decisions; ``guess`` (C,) the first guess for every case. Of a case that is
    not known the reporters learn from the guess and from each other, each leaving their own word out (a cavity).
    """

    def __init__(
        self, scene: Scene, label: Floats, known: NDArray[np.bool_], guess: Floats, recorded: Records
    ) -> None:
        log = scene.log
        self.prior = recorded.prior
        self.label = np.where(known, label, guess)
        self.known = known
        self.guess = guess
        self.record = recorded
        self.evidence = recorded.evidence.astype(np.float32)
        certain = np.where(label > 0.5, CERTAIN, -CERTAIN)
        found = leave_one_out_pass(
            log.start,
            log.reporter,
            self.evidence,
            np.where(known, certain, np.log(guess / (1 - guess))),
            scene.weight,
        )
        self.log_odds = found.logit
        decided = np.bincount(
            log.reporter, scene.weight * (label * known)[log.case], minlength=len(log.reporters)
        )
        self.guessed = np.maximum(found.credit - decided, 0.0)
        self.unknown = np.bincount(
            log.reporter, scene.weight * (~known)[log.case], minlength=len(log.reporters)
        )
        self.policy = _policy_log_odds(scene, label, known, recorded.prior)


def _policy_log_odds(scene: Scene, label: Floats, known: NDArray[np.bool_], prior: Prior) -> Floats:
    """(P,) log odds of a violation among decided cases of each policy, shrunk by 10 cases to the prior mean."""
    policies = len(scene.log.policies)
    upheld = np.bincount(scene.log.case_policy, label * known, minlength=policies) + 10 * prior.mean
    decided = np.bincount(scene.log.case_policy, known, minlength=policies) + 10
    return np.log(upheld / (decided - upheld))


def hearsay_evidence(scene: Scene, knowledge: Knowledge, voice: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """(M,), (M,) log odds and precision of each voice from decisions *and* guesses, its own case left out."""
    case, reporter, weight = scene.log.case[voice], scene.log.reporter[voice], scene.weight[voice]
    own = weight * ~knowledge.known[case]
    own_guess = own * expit(knowledge.log_odds[case] - weight * knowledge.evidence[reporter])
    guessed = np.maximum(knowledge.guessed[reporter] - own_guess, 0.0)
    otherwise = np.maximum(knowledge.unknown[reporter] - own - guessed, 0.0)
    upheld = knowledge.record.upheld[reporter] + HEARSAY * guessed
    rejected = knowledge.record.rejected[reporter] + HEARSAY * otherwise
    prior = knowledge.prior
    precision = (prior.alpha + upheld) / (prior.strength + upheld + rejected)
    return log_odds(prior, upheld, rejected), precision


def learned_features(
    scene: Scene, knowledge: Knowledge, heard: Testimony, kin: Singles, guess: Floats
) -> Singles:
    """(N, len(LEARNED)) features that rest on decisions; ``kin`` (N, 2) from ``kin_features``, ``guess`` (N,)."""
    reporter = scene.log.reporter[heard.voice]
    weight = shared_weights(heard.start, scene.crowd[heard.voice])
    record = knowledge.record
    some = record.decided > 0
    hearsay, heard_precision = hearsay_evidence(scene, knowledge, heard.voice)
    audience = scene.audience[heard.case]

    def mean(values: Floats) -> Floats:
        return weighted_means(heard.start, values.astype(np.float32), weight)

    def rate(values: Floats) -> Floats:
        return np.log((totals(heard.start, values.astype(np.float32) * weight) + 0.2) / audience)

    columns: dict[str, NDArray[np.floating]] = {
        "evidence": mean(record.evidence[reporter]),
        "precision": mean(np.where(some, record.precision, np.nan)[reporter]),
        "precision_rate": rate(record.precision[reporter]),
        "hearsay": mean(hearsay),
        "hearsay_rate": rate(heard_precision),
        "kin": kin[:, 0],
        "kin_hearsay": kin[:, 1],
        "policy": knowledge.policy[scene.log.case_policy[heard.case]],
        "guess": np.log(guess / (1 - guess)),
    }
    return np.column_stack([columns[name] for name in LEARNED]).astype(np.float32)


def kin_features(scene: Scene, knowledge: Knowledge, cases: NDArray[np.int64]) -> Singles:
    """(len(cases), 2) share of violations among cases with the same reporters: by decisions; by guesses too."""
    found = kinship(scene.log, cases, knowledge.label, knowledge.known)
    pull, mass = found[:, 0::2], found[:, 1::2]
    return ((pull + LITTLE_KIN * knowledge.prior.mean) / (mass + LITTLE_KIN)).astype(np.float32)
