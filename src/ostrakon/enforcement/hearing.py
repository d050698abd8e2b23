"""Some platforms tell when there is something new: then they are read at once. The others are read as often."""

from __future__ import annotations

from contextlib import suppress

from django.utils import timezone

from ostrakon.enforcement.connections import Lines
from ostrakon.enforcement.models import Connection
from ostrakon.errors import NotReady, PlatformUnreadable


def those_that_tell() -> list[Connection]:
    """That do as far as is known, are not off, and fit."""
    fit = Connection.objects.exclude(mode=Connection.Mode.OFF).filter(halted_at__isnull=True)
    return [one for one in fit.order_by("pk") if one.offers.get("push")]


def hear(connection: Connection, lines: Lines) -> None:
    """Listen until it ends; a hint only makes the platform be read sooner, and what is wrong the reading finds out.

    It waits for minutes, so it needs a thread of its own.
    """
    with suppress(PlatformUnreadable, NotReady):
        for _ in lines.to(connection).events():
            reads_on = Connection.objects.filter(pk=connection.pk).exclude(mode=Connection.Mode.OFF)
            if not reads_on.update(read_next_at=timezone.now()):
                break
    lines.drop(connection)
