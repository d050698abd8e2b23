"""Why an account stands where it stands: whose voice moved the number, and by how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from ostrakon.analysis.campaigns import campaign_names
from ostrakon.analysis.worth.features import Knowledge, kin_features, learned_features, plain_features
from ostrakon.analysis.worth.reasons import facts, reasons, without_each_ground
from ostrakon.analysis.worth.record import precision_interval
from ostrakon.analysis.worth.scene import Testimony, testimony
from ostrakon.analysis.worth.valuation import Valuation, guesses, view_of
from ostrakon.analysis.worth.verdicts import OUTCOMES

MOST_VOICES = 200
"""Voices of a case that are silenced one by one, the heaviest first; a viral case has too many to try them all."""
MOST_WORDS = 2_000_000
"""Voices read for one case over all trials: bounds time and memory where a case is viral."""
SHOWN_VOICES = 12


@dataclass(frozen=True)
class Interval:
    """A value with its 90 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Voice:
    """One independent voice on an account: a single reporter, or a group that speaks together.

    ``moved`` is the account's probability minus what it would be had this voice been silent:
    positive means that the voice raised it.
    """

    reporters: tuple[str, ...]
    """Ids of the reporters that speak with this voice (all of them, in id order)."""
    campaign: str | None
    """The campaign whose reports these are; None for a reporter who speaks alone."""
    weight: float
    """How many independent voices these reports count as."""
    decided: float
    """Reports of this voice on *other* accounts that people have decided."""
    upheld: float
    """How many of them still stand as upheld; for a group, both are means over its reporters."""
    precision: Interval
    """Share of this voice's reports that are right, as learned without this account."""
    moved: float


@dataclass(frozen=True)
class Explanation:
    """Everything a person needs to see why a row of the queue stands where it stands."""

    account: str
    policy: str
    decided: str | None
    probability: Interval
    base_rate: float
    """Probability of an average reported account of this policy."""
    reports: int
    reporters: int
    independent_reports: float
    first_at: datetime
    last_at: datetime
    exposure: float | None
    """Views (or followers) of the account, where they are known."""
    times: tuple[datetime, ...]
    """When each distinct reporter first reported, in order."""
    campaign_times: tuple[datetime, ...]
    """Those of them that belong to members of campaigns."""
    voices: tuple[Voice, ...]
    """The voices that moved the number most, largest absolute movement first."""
    other_voices: int
    """How many further voices there are."""
    reasons_for: tuple[str, ...]
    """Plain sentences that speak for a violation."""
    reasons_against: tuple[str, ...]
    """Plain sentences that speak against one."""


def explain(valuation: Valuation, cases: Sequence[int], shown: int = SHOWN_VOICES) -> list[Explanation]:
    """Explain the given cases (codes of the log): every voice is silenced in turn and the case valued again.

    What the rest of the log says of reporters stays as it is. For a case with a single voice the number without it is
    the base rate of its policy.
    """
    by_view: dict[int, list[int]] = {}
    for case in cases:
        by_view.setdefault(valuation.view(case), []).append(case)
    told = {}
    for view, members in by_view.items():
        desk = _Desk(valuation, view, np.array(members, np.int64))
        told.update({case: desk.explain(desk.trial(case), shown) for case in members})
    return [told[case] for case in cases]


@dataclass(frozen=True)
class _Trial:
    """A case as it is, and the same case with each of its sides silent."""

    case: int
    voice: NDArray[np.int64]
    sides: list[NDArray[np.int64]]
    tried: int
    """How many of the sides are silenced one by one."""
    heard: Testimony
    """N = 1 + tried: first the case as it is."""


class _Desk:
    """One view of the log, in which a case can be valued as if some of its voices were silent."""

    def __init__(self, valuation: Valuation, view: int, cases: NDArray[np.int64]) -> None:
        self.valuation = valuation
        self.view = view
        self.knowledge: Knowledge = view_of(valuation, view)
        self.kin = dict(
            zip(cases.tolist(), kin_features(valuation.scene, self.knowledge, cases), strict=True)
        )

    def trial(self, case: int) -> _Trial:
        """Who speaks on a case, and the testimonies to try."""
        scene = self.valuation.scene
        heard = testimony(scene.log, np.array([case], np.int64))
        sides = _sides(heard.voice, scene.crowd[heard.voice])
        tried = min(len(sides), MOST_VOICES, max(1, MOST_WORDS // len(heard.voice))) if len(sides) > 1 else 0
        return _Trial(case, heard.voice, sides, tried, heard.without([heard.voice[:0], *sides[:tried]]))

    def features(self, heard: Testimony) -> NDArray[np.float32]:
        """(N, F) scaled features of one case under N testimonies."""
        model, scene = self.valuation.model, self.valuation.scene
        plain = model.plain_scale(plain_features(scene, heard))
        guess = guesses(model.guessers[self.view], plain)
        kin = np.repeat(self.kin[int(heard.case[0])][None, :], len(heard.case), axis=0)
        return np.hstack(
            [plain, model.learned_scale(learned_features(scene, self.knowledge, heard, kin, guess))]
        )

    def explain(self, trial: _Trial, shown: int) -> Explanation:
        valuation, scene = self.valuation, self.valuation.scene
        log, case, voice = scene.log, trial.case, trial.voice
        features = self.features(trial.heard)
        grounds = without_each_ground(features[0])
        valued = expit(valuation.model.log_odds(np.vstack([features, grounds]), self.view))
        base = float(self.knowledge.guess[log.case_policy == log.case_policy[case]].mean())
        as_it_is = float(valued[0])
        moved = as_it_is - (valued[1 : 1 + trial.tried] if trial.tried else np.array([base]))
        for_, against = reasons(
            as_it_is - valued[len(features) :], facts(scene, self.knowledge, case, voice, self.kin[case])
        )
        order = np.argsort(-np.abs(moved), kind="stable")[:shown]
        exposure = scene.background.exposure[case]
        outcome = valuation.verdicts.outcome[case]
        return Explanation(
            account=log.accounts[int(log.case_account[case])],
            policy=log.policies[int(log.case_policy[case])],
            decided=OUTCOMES[outcome] if outcome >= 0 else None,
            probability=Interval(
                float(valuation.probability[case]), float(valuation.low[case]), float(valuation.high[case])
            ),
            base_rate=base,
            reports=int(log.case_reports[case]),
            reporters=len(voice),
            independent_reports=float(scene.weight[voice].sum()),
            first_at=_time(log.at[voice[0]]),
            last_at=_time(log.at[voice[-1]]),
            exposure=None if np.isnan(exposure) else float(exposure),
            times=tuple(_time(second) for second in log.at[voice]),
            campaign_times=tuple(_time(second) for second in log.at[voice[scene.crowd[voice] >= 0]]),
            voices=tuple(self.voice(trial.sides[place], float(moved[place])) for place in order),
            other_voices=len(trial.sides) - len(order),
            reasons_for=for_,
            reasons_against=against,
        )

    def voice(self, voices: NDArray[np.int64], moved: float) -> Voice:
        """One side of a case in words a person can check."""
        scene, record = self.valuation.scene, self.knowledge.record
        reporters = scene.log.reporter[voices]
        decided, upheld = float(record.decided[reporters].mean()), float(record.upheld[reporters].mean())
        low, high = precision_interval(record.prior, np.array([upheld]), np.array([decided - upheld]))
        group = int(scene.crowd[voices[0]])
        mean = (record.prior.alpha + upheld) / (record.prior.strength + decided)
        return Voice(
            reporters=tuple(sorted(scene.log.reporters.gather(reporters).to_list())),
            campaign=campaign_names(group + 1)[group] if group >= 0 else None,
            weight=float(scene.weight[voices].sum()),
            decided=decided,
            upheld=upheld,
            precision=Interval(mean, float(low[0]), float(high[0])),
            moved=moved,
        )


def _sides(voice: NDArray[np.int64], crowd: NDArray[np.int32]) -> list[NDArray[np.int64]]:
    """The voices of a case by who speaks together, the largest groups first, then single voices in time order."""
    together = [voice[crowd == number] for number in np.unique(crowd) if number != -1]
    return sorted(together, key=len, reverse=True) + [
        voice[place : place + 1] for place in np.flatnonzero(crowd == -1)
    ]


def _time(second: int) -> datetime:
    return datetime.fromtimestamp(int(second), UTC)
