"""A moderation desk that works day by day: the highest counts first, errors under pile-on, a small audit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ostrakon.worlds.build import Acts
from ostrakon.worlds.clock import DAY
from ostrakon.worlds.draws import Floats, Ints
from ostrakon.worlds.moderation import Bools, Choice, Rulings, Team, rule


@dataclass(frozen=True)
class DeskSettings:
    """How the desk works."""

    team: Team = Team(queue_share=0.045, audit_share=0.022, error=0.04)
    every_days: float = 3.0
    pile_on_error: float = 0.25
    """Further chance to uphold an innocent's case when the last days brought a flood of reports."""
    pile_on: float = 40.0
    """Reports in the last days at which half of that chance is reached."""


def review(
    settings: DeskSettings, acts: Acts, violates: Bools, policies: int, days: float, rng: np.random.Generator
) -> tuple[Rulings, Bools]:
    """The decisions, and which reports were still possible: a suspended account is not seen, so not reported.

    ``acts`` are in the order of time, their targets are (account, policy) numbers.
    """
    voice = _first_voices(acts)
    rounds = int(days / settings.every_days)
    alive = np.ones(len(acts), dtype=np.bool_)
    decided = np.zeros(len(violates), dtype=np.bool_)
    seen = len(np.unique(acts.target))
    found = []
    for number in range(1, rounds + 1):
        now = number * settings.every_days * DAY
        known = alive & voice & (acts.seconds < now)
        counts = np.bincount(acts.target[known], minlength=len(violates))
        recent = known & (acts.seconds > now - settings.every_days * DAY)
        flood = np.bincount(acts.target[recent], minlength=len(violates))
        choice = _choose(settings, counts * ~decided, seen / rounds, rng)
        decided[choice.target] = True
        at = now + rng.uniform(0, 2, len(choice.target)) * DAY
        error = _errors(settings, flood[choice.target], violates[choice.target])
        rulings = rule(choice, violates, at, error, settings.team, rng)
        alive &= ~_silenced(acts, rulings, policies)
        found.append(rulings)
    return _together(found), alive


def _choose(settings: DeskSettings, counts: Ints, pace: float, rng: np.random.Generator) -> Choice:
    """This round's share of the reviews: ``pace`` is the number of targets that come up in a round."""
    waiting = np.flatnonzero(counts)
    order = waiting[np.lexsort((rng.random(len(waiting)), -counts[waiting]))]
    top = order[: rng.poisson(settings.team.queue_share * pace)]
    rest = order[len(top) :]
    audited = rng.choice(rest, min(len(rest), rng.poisson(settings.team.audit_share * pace)), replace=False)
    target = np.concatenate([top, audited]).astype(np.int64)
    return Choice(target, np.arange(len(target)) >= len(top))


def _errors(settings: DeskSettings, flood: Ints, violates: Bools) -> Floats:
    """Chance of a wrong decision: a flood makes people believe that there must be something."""
    swayed = settings.pile_on_error * flood / (flood + settings.pile_on)
    return settings.team.error + np.where(violates, 0.0, swayed)


def _silenced(acts: Acts, rulings: Rulings, policies: int) -> Bools:
    """Reports that would fall between a suspension and its reversal."""
    accounts = int(max(acts.target.max(initial=0), rulings.target.max(initial=0))) // policies + 1
    since, until = np.full(accounts, np.inf), np.full(accounts, np.inf)
    upheld, overturned = rulings.outcome == "upheld", rulings.outcome == "overturned"
    np.minimum.at(since, rulings.target[upheld] // policies, rulings.seconds[upheld])
    until[rulings.target[overturned] // policies] = rulings.seconds[overturned]
    account = acts.target // policies
    return (acts.seconds > since[account]) & (acts.seconds < until[account])


def _first_voices(acts: Acts) -> Bools:
    """The first report of each reporter on each target."""
    stride = int(acts.reporter.max(initial=0)) + 1
    _, first = np.unique(acts.target * stride + acts.reporter, return_index=True)
    voice = np.zeros(len(acts), dtype=np.bool_)
    voice[first] = True
    return voice


def _together(rounds: list[Rulings]) -> Rulings:
    seconds = np.concatenate([part.seconds for part in rounds])
    order = np.argsort(seconds, kind="stable")
    return Rulings(
        np.concatenate([part.target for part in rounds])[order],
        np.concatenate([part.outcome for part in rounds])[order],
        seconds[order],
        np.concatenate([part.audit for part in rounds])[order],
    )
