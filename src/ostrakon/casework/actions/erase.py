"""Erase personal data whose time is over: by the rules of people, in short turns, each on the record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256

from django.db import transaction

from ostrakon.casework.erasing import ERASABLE, Erasable, Rows
from ostrakon.casework.models import Case, RetentionRule
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import become_the_writer, record
from ostrakon.ledger.turns import in_turn

AT_ONCE = 200
"""Rows of one transaction: evidence may be large."""


def erase_what_is_due(now: datetime) -> dict[str, int]:
    """Erase what each rule says; gives how many rows by kind. A round that is cut off is gone on with by the next."""
    return {rule.kind: _erase(rule, now) for rule in RetentionRule.objects.order_by("kind")}


def _erase(rule: RetentionRule, now: datetime) -> int:
    """In one pass over the ids, however many there are. What is due is looked for outside of any transaction."""
    what, since = ERASABLE[RetentionRule.Kind(rule.kind)], now - timedelta(days=rule.days)
    last, count = 0, 0
    while found := _ids(what.due(since).filter(pk__gt=last)):
        count += in_turn(partial(_erase_some, what, rule, since, found))
        last = found[-1]
    return count


def _erase_some(what: Erasable, rule: RetentionRule, since: datetime, found: Sequence[int]) -> int:
    """Those that are still due: somebody may have reported or appealed since they were found, but not from here on."""
    with transaction.atomic():
        _hold_cases(what, found)
        become_the_writer()  # reports and contacts come in under this
        ids = _ids(what.due(since).filter(pk__in=found))
        if ids:
            what.erase(what.model._default_manager.filter(pk__in=ids))
            _record(rule, ids)
        return len(ids)


def _ids(rows: Rows) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])


def _hold_cases(what: Erasable, found: Sequence[int]) -> None:
    if what.account is not None:
        accounts = what.model._default_manager.filter(pk__in=found).values(what.account)
        held = Case.objects.filter(account__in=accounts).order_by("pk")
        list(held.select_for_update(no_key=True).values_list("pk"))


def _record(rule: RetentionRule, ids: Sequence[int]) -> None:
    lines = "".join(f"{number}\n" for number in ids)
    record(
        Kind.DATA_ERASED,
        actor="system",
        subject=f"retention:{rule.kind}",
        facts={
            "days": rule.days,
            "count": len(ids),
            "first": ids[0],
            "last": ids[-1],
            "sha256": sha256(lines.encode()).hexdigest(),
        },
    )
