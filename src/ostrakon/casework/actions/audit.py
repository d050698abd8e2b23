"""Draw accounts at random, reported or not: what a random sample shows, no queue can."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import compress
from random import Random

from django.db import transaction

from ostrakon.casework import order
from ostrakon.casework.actions.open_cases import CHANGED
from ostrakon.casework.arrivals import Arrival, opened, taken_in
from ostrakon.casework.bulk import rewrite
from ostrakon.casework.models import Case, Offer, Person, Policy
from ostrakon.casework.permissions import Act, require
from ostrakon.errors import Unfit
from ostrakon.intake.models import Account
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import record

MOST = 5_000
"""Accounts in one draw; larger samples are several draws."""


def draw_audit(person: Person, count: int, seed: int, now: datetime) -> list[Offer]:
    """A uniform random sample of all known accounts, each as an open case without a policy for people to look at.

    A decided case is opened again; one that waits goes on waiting. Each offer says that it was drawn at random and with
    which probability; nobody has it in hand yet. The same seed and accounts give the same sample.

    Args:
        count: how many, at most ``MOST`` and at most as many as are known.
        seed: of the draw; the record keeps it.
    Raises:
        NotPermitted: their roles do not allow it.
        Unfit: so many cannot be drawn.
    """
    with transaction.atomic():
        require(person, Act.DRAW_AUDITS)
        known = Account.objects.count()
        if not 1 <= count <= min(MOST, known):
            raise Unfit("between 1 and {most} accounts can be drawn", most=min(MOST, known))
        accounts = _sample(count, known, seed)
        offers = Offer.objects.bulk_create(
            Offer(case=case, at=now, selection=Offer.Selection.AUDIT, propensity=count / known)
            for case in _waiting_cases(accounts, now)
        )
        record(
            Kind.AUDIT_DRAWN,
            actor=person.actor,
            subject=f"offers:{offers[0].pk}-{offers[-1].pk}",
            facts={"drawn": count, "of": known, "seed": seed},
        )
        return offers


def _sample(count: int, known: int, seed: int) -> list[int]:
    """Ids of accounts; a place in the order of ids is drawn for each, so that the ids themselves play no part."""
    places = set(Random(seed).sample(range(known), count))
    ids = Account.objects.order_by("pk").values_list("pk", flat=True).iterator()
    return list(compress(ids, (place in places for place in range(known))))


def _waiting_cases(accounts: Sequence[int], now: datetime) -> list[Case]:
    """The case of each account without a policy, open, or proposed if it was."""
    policy = Policy.objects.get(code=Policy.UNSPECIFIED)
    drawn = [Arrival(0, None, now, is_priority=False)]
    held = Case.objects.filter(account__in=accounts, policy=policy).select_related("policy").order_by("pk")
    there = {case.account_id: case for case in held.select_for_update(no_key=True, of=["self"])}
    for case in there.values():
        taken_in(case, None, drawn)
    rewrite(there.values(), CHANGED)
    heard = Account.objects.filter(pk__in=accounts).values_list("pk", "followers", "views")
    made = Case.objects.bulk_create(
        opened(account, policy, order.reach(followers, views), drawn)
        for account, followers, views in heard
        if account not in there
    )
    return [*there.values(), *made]
