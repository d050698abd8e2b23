"""Batches to start from."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any

from tests.casework.case import NOW, account, case, policy

from ostrakon.casework.actions.prepare_batch import prepare_batch
from ostrakon.casework.actions.reread_batch import next_of_sample, reread, take_up_batch
from ostrakon.casework.batches import BatchPlan, Seen
from ostrakon.casework.models import Action, Batch, Case, Decision, Person, Policy

_next = count(1)
FACTS = "The account repeats one advertisement."


def cases(size: int, under: Policy | None = None, **fields: Any) -> list[Case]:
    """So many open cases of one policy, of accounts that can be reached."""
    of = under or policy()
    return [
        case(account(f"account-{next(_next)}", email=f"a{n}@example.org"), of, **fields) for n in range(size)
    ]


def plan(of: Sequence[Case], **fields: Any) -> BatchPlan:
    """No violation in any of them."""
    defaults: dict[str, Any] = {
        "outcome": Decision.Outcome.REJECTED,
        "action": Action.NONE,
        "key": f"batch-{next(_next)}",
    }
    return BatchPlan([Seen(one.pk, one.version) for one in of], **{**defaults, **fields})


def warnings(of: Sequence[Case], **fields: Any) -> BatchPlan:
    """A violation and a warning for each."""
    return plan(of, **{"outcome": Decision.Outcome.UPHELD, "action": Action.WARN, "facts": FACTS, **fields})


def prepared(by: Person, of: Sequence[Case], **fields: Any) -> Batch:
    return prepare_batch(by, plan(of, **fields), NOW)


def agreed(batch: Batch, second: Person) -> Batch:
    """Its sample re-read, and seen in the same way."""
    batch = take_up_batch(second, batch.pk, NOW)
    while (one := next_of_sample(second, batch)) is not None:
        batch = reread(second, batch.pk, one.pk, batch.outcome, NOW)
    return batch
