"""Who hears them: followers by age, and the follows themselves; a returner regains part of the old audience."""

from __future__ import annotations

import numpy as np

from ostrakon.worlds.draws import Floats, Ints
from ostrakon.worlds.history.lives import Lives
from ostrakon.worlds.history.settings import BEFORE, TARGET, Settings

GROWING_DAYS = 15.0
AGES = (1.0, 3.0, 7.0, 14.0, 30.0, 60.0, 90.0, 180.0)
USERS_EACH = 60
"""People of the platform for each account of the movement."""
LOCAL = 0.6
KEPT = 0.6
"""Of a returner's followers, those of the account before."""
FRIENDS = 12.0
MUTUAL = 0.35
NEIGHBOURS = 60
FAR = 0.2
"""Of the follows among them, those to anybody."""


def grown(age: Floats) -> Floats:
    """Share of the final followers at an age in days."""
    found: Floats = -np.expm1(-np.maximum(age, 0.0) / GROWING_DAYS)
    return found


def scaled(wanted: Settings, of: Lives, days: int) -> Floats:
    """(n,) final followers of each account, such that the active ones of the movement have so many on average."""
    probes = np.linspace(0, days - 1, 12)
    means = []
    for day in probes.tolist():
        active = of.active_at(day) & (of.group == TARGET)
        means.append(float((of.wide * grown(day - of.start))[active].mean()) if active.any() else 1.0)
    return of.wide * (wanted.followers / float(np.mean(means)))


def at_ages(of: Lives, final: Floats, rng: np.random.Generator) -> tuple[Ints, Floats, Ints]:
    """Row, age and followers at each of ``AGES`` that an account reached."""
    reached = np.column_stack([of.end - of.start >= age for age in AGES])
    row, place = np.nonzero(reached)
    age = np.array(AGES)[place]
    return row, age, rng.poisson(final[row] * grown(age))


def follows(of: Lives, final: Floats, accounts: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Follower (a number of a user) and followed row, each pair once."""
    users = USERS_EACH * accounts
    size = rng.poisson(final * grown(of.end - of.start))
    size = np.minimum(size, users // 2)
    row, user = np.empty(0, np.int64), np.empty(0, np.int64)
    for generation in range(1, int(of.incarnation.max()) + 1):
        those = np.flatnonzero(of.incarnation == generation)
        old = _taken(row, user, of.before[those], np.floor(KEPT * size[those]).astype(np.int64), len(of), rng)
        rest = size[those] - np.bincount(old[0], minlength=len(those))
        new = _met(of.community[those], rest, users, int(of.community.max()) + 1, rng)
        code = _distinct(those[np.concatenate([old[0], new[0]])] * users + np.concatenate([old[1], new[1]]))
        row, user = np.concatenate([row, code // users]), np.concatenate([user, code % users])
    return user, row


def _distinct(codes: Ints) -> Ints:
    """In order; numpy's own ``unique`` goes through a table of hashes, which is ten times as slow on so many."""
    codes = np.sort(codes)
    return codes[np.append(True, codes[1:] != codes[:-1])] if len(codes) else codes


def _met(
    community: Ints, size: Ints, users: int, communities: int, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Six in ten of the community's own people, the others from anywhere; some people follow many."""
    place = np.repeat(np.arange(len(size)), size)
    block = users // communities
    at = rng.random(len(place)) ** 2
    local = community[place] * block + (at * block).astype(np.int64)
    return place, np.where(rng.random(len(place)) < LOCAL, local, (at * users).astype(np.int64))


def _taken(
    row: Ints, user: Ints, source: Ints, size: Ints, count: int, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """``size`` followers of each source account; rows of earlier generations lie in order within a generation."""
    order = np.argsort(row, kind="stable")
    start = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=count))])
    has = np.where(source >= 0, start[source + 1] - start[source], 0)
    size = np.where(has > 0, np.minimum(size, has), 0)
    place = np.repeat(np.arange(len(source)), size)
    pick = start[source[place]] + (rng.random(len(place)) * has[place]).astype(np.int64)
    return place, user[order[pick]] if len(place) else np.empty(0, np.int64)


def friends(of: Lives, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Follows among the accounts themselves: neighbours in community and time, a third of them mutual."""
    order = np.lexsort((np.maximum(of.start, -BEFORE), of.community))
    place = np.repeat(np.arange(len(order)), rng.poisson(FRIENDS, len(order)))
    other = place + rng.integers(-NEIGHBOURS, NEIGHBOURS + 1, len(place))
    far = rng.random(len(place)) < FAR
    other[far] = rng.integers(0, len(order), int(far.sum()))
    inside = (other >= 0) & (other < len(order)) & (other != place)
    one, two = order[place[inside]], order[other[inside]]
    met = np.minimum(of.end[one], of.end[two]) > np.maximum(of.start[one], of.start[two])
    one, two = one[met], two[met]
    back = rng.random(len(one)) < MUTUAL
    code = _distinct(np.concatenate([one * len(of) + two, two[back] * len(of) + one[back]]))
    return code // len(of), code % len(of)
