"""A link that decisions cite stands no more: a person is asked about each of them. Nothing is undone by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ostrakon.casework.actions.tasks import open_task
from ostrakon.casework.linked import resting_on
from ostrakon.casework.models import Decision, Task


def ask_about_citations(links: Sequence[int], now: datetime) -> list[Decision]:
    """Open a task for every decision that cites one of these links, in the transaction of what ended them.

    One that only is proposed cannot come into force any more; one that acts goes on until a person has looked.
    """
    decisions = list(resting_on(links).select_related("case").order_by("pk"))
    for decision in decisions:
        open_task(Task.Kind.LINK_REVOKED, now=now, decision=decision)
    return decisions
