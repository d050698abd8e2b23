"""A block: bursts that one group may have made, and for each reporter how likely they belong to it.

A mixture over reporters. Of the reporters of each octave of activity a share belongs to the group; a member takes part
in burst b with chance p_b, and by chance like everybody else; who does not belong is in burst b at their own rate,
among the h_b reporters whom the group does not account for. Fitted by expectation and maximisation (Dempster, Laird,
Rubin 1977), for reporters who are in one of the bursts; the rest enter as a number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ostrakon.analysis.campaigns.bursts import Bursts
from ostrakon.analysis.compiled import compiled
from ostrakon.analysis.log import Codes, Counts, Floats

ROUNDS = 30
ENOUGH = 1e-3
"""A change of every probability below this ends the fit."""
PRIOR_REPORTERS = 20.0
"""How many reporters the share among all counts as, beside those of like activity."""
SURE = 0.97
"""No member is believed to come always, so that one absence excludes nobody."""


@dataclass(frozen=True)
class Block:
    """Shapes: K bursts, n reporters in any of them, z places (a reporter in a burst)."""

    bursts: Counts
    """(K,) numbers of the bursts."""
    start: Counts
    """(K + 1,) the places of burst k are ``start[k]:start[k + 1]``."""
    who: Codes
    """(z,) which of the n reporters."""
    reporter: Codes
    """(n,) their codes."""
    log_odds: Floats
    """(n,) that each belongs to the group."""
    support: Floats
    """(z,) what it adds to its reporter's log odds to be in the burst instead of not."""
    absence: Floats
    """(K,) what it adds not to be in burst k, against not having looked; < 0."""

    @property
    def burst_of_place(self) -> Counts:
        """(z,) which of the K bursts each place is in."""
        return np.repeat(np.arange(len(self.bursts)), np.diff(self.start))

    @property
    def belongs(self) -> Floats:
        """(n,) probability that each belongs to the group."""
        return probability(self.log_odds)

    @property
    def times(self) -> Counts:
        """(n,) bursts in which each took part."""
        return np.bincount(self.who, minlength=len(self.reporter)).astype(np.int64)

    def without(self) -> Floats:
        """(z,) probability that the reporter of each place belongs, judged by all bursts but this one."""
        looked = self.support + self.absence[self.burst_of_place]
        return probability(self.log_odds[self.who] - looked)


def probability(log_odds: Floats) -> Floats:
    """Inverse logit, without overflow."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(log_odds, -50.0, 50.0))), np.float64)


def places(of: Bursts, chosen: Counts) -> tuple[Counts, Counts]:
    """((K + 1,) where the places of each burst begin, (z,) the action behind each place)."""
    begin, end = of.begin[chosen], of.end[chosen]
    start = np.concatenate([[0], np.cumsum(end - begin)])
    return start, np.repeat(begin - start[:-1], end - begin) + np.arange(start[-1])


def fit(of: Bursts, chosen: Counts, interest: float, rhythm: Floats | None = None) -> Block:
    """The mixture on the chosen bursts. ``interest`` multiplies the rate at which others come.

    ``rhythm`` (z,) tells for each place how much more (> 1) or less than on average its reporter is up at its hour.
    """
    start, rows = places(of, chosen)
    reporter, inverse = np.unique(of.actions.reporter[rows], return_inverse=True)
    who: Codes = inverse.astype(np.int32)
    rate = np.asarray(of.actions.intensity[reporter][who] * (interest / of.actions.count), np.float64)
    if rhythm is not None:
        rate = rate * rhythm
    octave = of.actions.octave[reporter]
    log_odds, support, absence = _fitted(start, who, rate, octave, of.actions.reporters_by_octave)
    return Block(chosen, start, who, reporter.astype(np.int32), log_odds, support, absence)


@compiled
def _fitted(
    start: NDArray[np.int64], who: Codes, rate: Floats, octave: Codes, reporters: Counts
) -> tuple[Floats, Floats, Floats]:
    """(log odds, support of each place, absence of each burst)."""
    times = np.zeros(len(octave), np.int64)
    for place in range(len(who)):
        times[who[place]] += 1
    belongs = np.where(times >= 2, 0.9, 0.1)
    log_odds, support, absence = np.zeros(len(octave)), np.zeros(len(who)), np.zeros(len(start) - 1)
    for _ in range(ROUNDS):
        never = _weigh_places(start, who, rate, belongs, support, absence)
        share = _share_by_octave(belongs, octave, reporters, 1.0 - np.exp(never))
        for number in range(len(octave)):
            log_odds[number] = share[octave[number]] + never
        for place in range(len(who)):
            log_odds[who[place]] += support[place]
        changed = 0.0
        for number in range(len(octave)):
            new = 1.0 / (1.0 + np.exp(-min(max(log_odds[number], -50.0), 50.0)))
            changed = max(changed, abs(new - belongs[number]))
            belongs[number] = new
        if changed < ENOUGH:
            break
    return log_odds, support, absence


@compiled
def _weigh_places(
    start: NDArray[np.int64], who: Codes, rate: Floats, belongs: Floats, support: Floats, absence: Floats
) -> float:
    """Set what each place and each absence says; returns the log odds of who is in no burst, beside the share."""
    members = belongs.sum() + 1e-9
    for burst in range(len(start) - 1):
        came = 0.0
        for place in range(start[burst], start[burst + 1]):
            came += belongs[who[place]]
        chance = min(max(came / members, 0.01), SURE)
        others = max(start[burst + 1] - start[burst] - came, 0.0) + 1.0
        absence[burst] = np.log1p(-chance)
        for place in range(start[burst], start[burst + 1]):
            by_chance = min(max(-np.expm1(-others * rate[place]), 1e-9), 0.999)
            support[place] = np.log((chance + (1 - chance) * by_chance) / by_chance) - absence[burst]
    return float(absence.sum())


@compiled
def _share_by_octave(belongs: Floats, octave: Codes, reporters: Counts, found: float) -> Floats:
    """(octaves,) log odds that a reporter belongs, by activity; ``found`` of the members are in one of the bursts."""
    members = np.zeros(len(reporters))
    for number in range(len(octave)):
        members[octave[number]] += belongs[number]
    found = max(found, 0.05)
    overall = members.sum() / found / reporters.sum()
    share = (members / found + PRIOR_REPORTERS * overall) / (reporters + PRIOR_REPORTERS)
    share = np.minimum(np.maximum(share, 1e-12), 0.5)
    odds: Floats = np.log(share) - np.log1p(-share)
    return odds
