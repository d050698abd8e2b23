"""Finding accounts by what a person has in hand: the stable id, or the handle."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Value
from django.db.models.functions import Lower

from ostrakon.intake.models import Account, Handle

MOST = 200
"""Accounts that one name may lead to."""


def accounts_called(text: str) -> list[int]:
    """Ids of the accounts of this platform that have this id, or bear or bore this handle (an @ before it is left out).

    An id of another platform is written ``platform:id``.
    """
    named = text.strip()
    platform, colon, rest = named.partition(":")
    by_id = Account.objects.filter(platform=settings.CONFIGURATION.platform, external_id=named)
    elsewhere = (
        Account.objects.filter(platform=platform, external_id=rest) if colon else Account.objects.none()
    )
    handles = Handle.objects.alias(plain=Lower("handle"))
    by_handle = handles.filter(plain=Lower(Value(named.removeprefix("@")))).order_by("pk")
    found = [
        *by_id.values_list("pk", flat=True),
        *elsewhere.values_list("pk", flat=True),
        *by_handle.values_list("account", flat=True)[:MOST],
    ]
    return list(dict.fromkeys(found))[:MOST]
