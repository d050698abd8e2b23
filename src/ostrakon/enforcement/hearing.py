"""Some platforms tell when there is something new: then they are read at once. The others are read as often."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from ostrakon.enforcement.connections import Lines
from ostrakon.enforcement.models import Connection
from ostrakon.errors import NotReady, PlatformUnreadable
from ostrakon.platforms.mastodon import hints as mastodon
from ostrakon.platforms.webhook import hints as webhook


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


def take_hint(platform: str, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """A platform calls our own address: it is read at once, if the call is signed by it. Was it?

    Args:
        headers: by names in lower case.
    """
    connection = Connection.objects.filter(platform=platform).exclude(mode=Connection.Mode.OFF).first()
    signed = SIGNED.get(connection.kind) if connection else None
    if connection is None or signed is None:
        return False
    secret = settings.CONFIGURATION.secret_of(platform, signed.secret)
    if not secret or signed.hint_of(headers, body, secret, now) is None:
        return False
    Connection.objects.filter(pk=connection.pk).update(read_next_at=now)
    return True


def _from_mastodon(headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> str | None:
    return mastodon.hint_of(body, headers.get("x-hub-signature", ""), secret)


def _from_a_receiver(headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> str | None:
    return webhook.hint_of(body, headers, secret, now)


@dataclass(frozen=True)
class Signed:
    """How calls of one kind of platform are signed."""

    secret: str
    """Its name in the configuration; without it no call is believed."""
    hint_of: Callable[[Mapping[str, str], bytes, str, datetime], str | None]


SIGNED: Mapping[str, Signed] = {
    Connection.Kind.MASTODON: Signed("webhook_secret", _from_mastodon),
    Connection.Kind.WEBHOOK: Signed("secret", _from_a_receiver),
}
"""Of the kinds that call."""
