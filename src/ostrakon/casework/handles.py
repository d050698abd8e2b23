"""How accounts are called at present."""

from __future__ import annotations

from collections.abc import Iterable

from ostrakon.intake.models import Handle


def current_handles(accounts: Iterable[int]) -> dict[int, str]:
    """The present handle of each of these accounts that has one."""
    found = Handle.objects.filter(account__in={*accounts}, is_current=True)
    return dict(found.values_list("account", "handle"))
