"""Which case is offered next: the head of the queue, or now and then one at random. Pure; the chance is known."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from ostrakon.casework.models import Offer


@dataclass(frozen=True)
class Drawn:
    """One draw."""

    place: int
    """In the queue, from 0."""
    selection: Offer.Selection
    propensity: float
    """The probability with which this place was the one drawn, in either way."""


def draw(count: int, audit_share: float, rng: Random) -> Drawn:
    """Draw one of ``count`` cases: with probability ``audit_share`` any, each alike; else the first.

    What is found at random shows what the order does not: it feeds prevalence and the estimator, which need to know
    how likely each case was to be seen.

    >>> draw(10, 0.0, Random(1))
    Drawn(place=0, selection=Offer.Selection.QUEUE, propensity=1.0)
    """
    at_random = rng.random() < audit_share
    place = rng.randrange(count) if at_random else 0
    by_chance = audit_share / count
    return Drawn(
        place,
        Offer.Selection.AUDIT if at_random else Offer.Selection.QUEUE,
        by_chance if place else 1 - audit_share + by_chance,
    )
