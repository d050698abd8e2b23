"""Is a connection fit for work, and what does its platform offer? Asked now and then, and by whoever wants to know."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta

from django.db import transaction

from ostrakon.enforcement.halting import halt, resume
from ostrakon.enforcement.models import Connection
from ostrakon.enforcement.offers import offers_of
from ostrakon.enforcement.outcomes import plain
from ostrakon.platforms.contract import Health, Platform

EVERY = timedelta(minutes=1)


def check_if_due(connection: Connection, platform: Platform, now: datetime) -> None:
    """Look, when the last look was some time ago; of a halted one too, which goes on when it is fit again."""
    if connection.checked_at is None or now - connection.checked_at >= EVERY:
        check(connection, platform, now)


def check(connection: Connection, platform: Platform, now: datetime) -> Health:
    """Look now, and keep what was found. A platform that is away halts nothing: it is asked again."""
    health = platform.health()
    found = {**asdict(health), "problem": plain(health.problem), "is_fit": health.is_fit}
    with transaction.atomic():
        Connection.objects.filter(pk=connection.pk).update(
            checked_at=now, health=found, offers=offers_of(platform.capabilities())
        )
        if health.is_fit:
            resume(connection)
        elif health.reachable:
            halt(connection, plain(health.problem) or "the credentials are not valid, or lack rights", now)
    connection.refresh_from_db()
    return health
