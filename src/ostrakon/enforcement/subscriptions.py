"""Who hears of decisions: webhooks are added and stopped by an administrator."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

import httpx
from django.db import transaction

from ostrakon.casework.models import Person
from ostrakon.casework.permissions import Act, require
from ostrakon.casework.texts import fit
from ostrakon.enforcement.events import EVENTS
from ostrakon.enforcement.models import Dispatch, Webhook
from ostrakon.enforcement.webhook import new_secret
from ostrakon.errors import NotThere, Unfit
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import become_the_writer, record

LONGEST_URL = 2000


def add_webhook(
    person: Person, *, url: str, events: Sequence[str] = (), now: datetime
) -> tuple[Webhook, str]:
    """Somebody hears of decisions from now on.

    Args:
        url: ``https://...`` (or ``http://...``, for what runs beside us).
        events: those of ``EVENTS`` that they want; none: all.
    Returns:
        The webhook, and the secret that signs what it hears: it is shown this once.
    Raises:
        NotPermitted: their roles do not allow it.
        Unfit: the URL is none, or nobody knows an event.
    """
    address = _fit_url(url)
    if unknown := set(events) - set(EVENTS):
        raise Unfit(
            "nobody knows {number} of these events; there are {names}",
            number=len(unknown),
            names=", ".join(EVENTS),
        )
    with transaction.atomic():
        require(person, Act.MANAGE_KEYS)
        secret = new_secret()
        hook = Webhook.objects.create(url=address, secret=secret, events=sorted(set(events)), added_at=now)
        _record(person, hook, is_active=True)
    return hook, secret


def stop_webhook(person: Person, webhook_id: int) -> None:
    """They hear of nothing any more, also of what waits.

    Raises:
        NotPermitted: their roles do not allow it.
        NotThere: there is none, or it was stopped before.
    """
    with transaction.atomic():
        require(person, Act.MANAGE_KEYS)
        become_the_writer()  # before any row of the outbox, like everybody who changes several
        if Webhook.objects.filter(pk=webhook_id, is_active=True).update(is_active=False) != 1:
            raise NotThere("there is no such webhook")
        waiting = Dispatch.objects.filter(webhook=webhook_id, state=Dispatch.State.QUEUED)
        waiting.update(state=Dispatch.State.CANCELLED)
        _record(person, Webhook.objects.get(pk=webhook_id), is_active=False)


def _fit_url(url: str) -> str:
    address = fit(url, "the URL", longest=LONGEST_URL)
    try:
        httpx.URL(address)  # what cannot be called is found now
        parts = urlsplit(address)
        is_fit = parts.scheme in ("http", "https") and parts.hostname and parts.username is None
    except (httpx.InvalidURL, ValueError) as problem:
        raise Unfit("this is not a URL") from problem
    if not is_fit:
        raise Unfit("a webhook has a URL with https:// (or http://) and a host, and no password in it")
    return address


def _record(person: Person, hook: Webhook, *, is_active: bool) -> None:
    record(
        Kind.WEBHOOK_CHANGED,
        actor=person.actor,
        subject=f"webhook:{hook.pk}",
        facts={"is_active": is_active, "events": [*hook.events]},
    )
