"""Programs that know the demonstration: a key of a source, and somebody who heard of decisions once."""

from __future__ import annotations

from datetime import datetime, timedelta

from ostrakon.casework.models import Person
from ostrakon.enforcement.subscriptions import add_webhook, stop_webhook
from ostrakon.intake.models import Source
from ostrakon.web.tokens import Scope, make_source_token

HOOK = "https://hooks.agora.example/ostrakon"


def hand_out_keys(administrator: Person, source: str, at: datetime) -> None:
    """A key that nobody has, and a webhook that is stopped before anything happens: nothing leaves this machine."""
    make_source_token(
        administrator,
        Source.objects.get(name=source),
        name="the app",
        scopes=[Scope.REPORTS_WRITE, Scope.ACCOUNTS_WRITE],
        expires_at=at + timedelta(days=365),
        now=at,
    )
    hook, _ = add_webhook(administrator, url=HOOK, now=at)
    stop_webhook(administrator, hook.pk)
