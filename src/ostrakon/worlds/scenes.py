"""The scenes of the demonstration week: each is a few lines of who reports whom, when and why."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ostrakon.worlds.build import Acts
from ostrakon.worlds.clock import DAY, HOUR
from ostrakon.worlds.draws import Floats, Ints, delays_within, pareto, weighted
from ostrakon.worlds.wording import POLICIES

KINDS = ("ordinary", "violator", "borderline", "counter_speaker", "outspoken")
ORDINARY, VIOLATOR, BORDERLINE, COUNTER_SPEAKER, OUTSPOKEN = range(5)
WEEK = 7.0
SPAM, HARASSMENT, EXTREMISM = range(len(POLICIES))

CROWD = 1_400
PARTISANS = 60
VOLUNTEERS = 40
STRANGERS = 420
RING = 110
THROWAWAYS = 390

GROUPS = ("honest", "partisan", "volunteer", "stranger", "ring-1", "throwaway")
GROUP = np.repeat(np.arange(len(GROUPS)), (CROWD, PARTISANS, VOLUNTEERS, STRANGERS, RING, THROWAWAYS))
"""The group of each reporter, by number; the careless of the crowd are ``sloppy`` in the truth."""

LIST_SOURCE = "list:open-watch-2026-01"


@dataclass(frozen=True)
class Stage:
    """The accounts and the crowd of the week, by number."""

    kind: Ints
    policy: Ints
    """The policy that the account breaks or seems to break."""
    reach: Floats
    quality: Floats
    """For each of the crowd, 0 = reports anything, 1 = judges carefully."""

    def of(self, kind: int) -> Ints:
        """The accounts of a kind, the farthest-reaching first."""
        found = np.flatnonzero(self.kind == kind)
        return found[np.argsort(-self.reach[found], kind="stable")]

    def target(self, account: Ints) -> Ints:
        """The (account, policy) number of accounts under their own policy."""
        return account * len(POLICIES) + self.policy[account]


def members(group: str) -> Ints:
    """The reporters of a group."""
    return np.flatnonzero(GROUPS.index(group) == GROUP)


def draw_stage(accounts: int, rng: np.random.Generator) -> Stage:
    """Who is on the platform."""
    kind = rng.permutation(weighted_kinds(accounts))
    violation = weighted(np.array([0.35, 0.35, 0.30]), accounts, rng)
    suspicion = weighted(np.array([0.25, 0.50, 0.25]), accounts, rng)
    policy = np.where(kind == VIOLATOR, violation, suspicion)
    policy[kind == COUNTER_SPEAKER] = EXTREMISM
    reach = rng.lognormal(0.0, 1.0, accounts)
    careless = rng.random(CROWD) < 0.3
    quality = np.where(careless, rng.beta(1.5, 6.0, CROWD), rng.beta(6.0, 1.5, CROWD))
    return Stage(kind, policy, reach, quality)


def weighted_kinds(accounts: int) -> Ints:
    """Fixed numbers of each kind, so that every seed has every scene."""
    edges = np.round(np.cumsum([0.0, 0.42, 0.33, 0.14, 0.04, 0.07]) * accounts).astype(int)
    return np.repeat(np.arange(len(KINDS)), np.diff(edges))


def crowd(stage: Stage, count: int, rng: np.random.Generator) -> Acts:
    """People who come across something and report it, well or badly."""
    reporter = weighted(pareto(1.3, CROWD, rng), count, rng)
    careful = rng.random(count) < stage.quality[reporter]
    account = np.empty(count, np.int64)
    for mask, rates in ((careful, [0.02, 1.0, 0.15, 0.04, 0.04]), (~careful, [0.35, 0.7, 0.5, 0.5, 0.5])):
        account[mask] = weighted(stage.reach * np.array(rates)[stage.kind], int(mask.sum()), rng)
    other = (stage.policy[account] + rng.integers(1, len(POLICIES), count)) % len(POLICIES)
    fits = rng.random(count) < 0.8 + 0.18 * stage.quality[reporter]
    event = rng.uniform(0, WEEK, len(stage.kind))[account]
    day = event + delays_within(WEEK - event, 0.8, rng)
    return Acts(
        reporter, account * len(POLICIES) + np.where(fits, stage.policy[account], other), _by_day(day, rng)
    )


def partisans(stage: Stage, rng: np.random.Generator) -> Acts:
    """People who report whoever speaks for the other side, and are right about spam."""
    people = members("partisan")
    rivals = rng.choice(people, 420), rng.choice(stage.of(OUTSPOKEN), 420)
    spam = np.flatnonzero((stage.kind == VIOLATOR) & (stage.policy == SPAM))
    right = rng.choice(people, 180), rng.choice(spam, 180)
    account = np.concatenate([rivals[1], right[1]])
    day = rng.uniform(0, WEEK - 0.5, len(account))
    return Acts(np.concatenate([rivals[0], right[0]]), stage.target(account), _by_day(day, rng))


def volunteers(stage: Stage, rng: np.random.Generator) -> Acts:
    """Volunteers work through a public list on Thursday evening: thirty violators and one mistake."""
    listed = np.append(_quiet(stage, 30), stage.of(BORDERLINE)[5])
    people = members("volunteer")
    reporter, account = np.repeat(people, len(listed)), np.tile(listed, len(people))
    did = rng.random(len(reporter)) < 0.65
    turn = np.tile(np.arange(len(listed)), len(people))[did]
    seconds = 3 * DAY + 18 * HOUR + turn * 240 + rng.exponential(900.0, len(turn))
    return Acts(reporter[did], stage.target(account[did]), seconds)


def _quiet(stage: Stage, count: int) -> Ints:
    """Violators whom few people see: without the list nobody would report them."""
    violators = stage.of(VIOLATOR)
    extreme: Ints = violators[stage.policy[violators] == EXTREMISM]
    return extreme[-count:]


def innocent_sensation(stage: Stage) -> int:
    """The ordinary account whose post goes round."""
    return int(stage.of(ORDINARY)[3])


def viral(stage: Stage, rng: np.random.Generator) -> Acts:
    """An innocent post goes round on Sunday morning; hundreds of strangers are outraged within hours."""
    people = members("stranger")
    seconds = 6 * DAY + 9 * HOUR + rng.gamma(2.0, 1.2 * HOUR, len(people))
    account = np.full(len(people), innocent_sensation(stage))
    return Acts(people, account * len(POLICIES) + HARASSMENT, seconds)


def victims(stage: Stage) -> Ints:
    """The three counter-speakers whom the ring wants silenced, the main one first."""
    return stage.of(COUNTER_SPEAKER)[[2, 3, 4]]


def retaliation(stage: Stage, rng: np.random.Generator) -> Acts:
    """A ring rehearses on violators, strikes two counter-speakers on Tuesday, and on Sunday evening the third.

    The last strike brings throw-away accounts: five hundred reports within the hour.
    """
    ring, fresh = members("ring-1"), members("throwaway")
    main, second, third = victims(stage).tolist()
    cover = stage.of(VIOLATOR)[4:8].tolist()
    strikes = [(account, day, 0.5, 2.0) for account, day in zip(cover, (0.4, 0.6, 1.7, 2.4), strict=True)]
    strikes += [
        (second, 1.75, 0.9, 0.7),
        (third, 1.90, 0.8, 1.0),
        (third, 4.30, 0.5, 3.0),
        (main, 6.8, 1.0, 0.7),
    ]
    parts = [_strike(stage, ring, *strike, rng) for strike in strikes]
    parts.append(_strike(stage, fresh, main, 6.8, 1.0, 0.7, rng))
    return Acts(
        np.concatenate([part.reporter for part in parts]),
        np.concatenate([part.target for part in parts]),
        np.concatenate([part.seconds for part in parts]),
    )


def _strike(
    stage: Stage, people: Ints, account: int, day: float, share: float, hours: float, rng: np.random.Generator
) -> Acts:
    """A share of the people report one account in the hours after a moment."""
    reporter = people[rng.random(len(people)) < share]
    seconds = day * DAY + rng.beta(1.2, 2.0, len(reporter)) * hours * HOUR
    account_, policy = np.full(len(reporter), account), EXTREMISM
    innocent = stage.kind[account] == COUNTER_SPEAKER
    target = account_ * len(POLICIES) + policy if innocent else stage.target(account_)
    return Acts(reporter, target, seconds)


def _by_day(day: Floats, rng: np.random.Generator) -> Floats:
    """Most people sleep: reports of the small hours move to the day that follows."""
    seconds = day * DAY
    hour = seconds % DAY / HOUR
    night = (hour < 6) & (rng.random(len(day)) < 0.8)
    return np.where(night, seconds + (rng.uniform(7, 22, len(day)) - hour) * HOUR, seconds)
