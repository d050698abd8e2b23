"""Who hears of decisions, signed (Standard Webhooks)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import Field

from ostrakon.casework.permissions import Act
from ostrakon.enforcement.events import EVENTS
from ostrakon.enforcement.models import Webhook
from ostrakon.enforcement.subscriptions import LONGEST_URL, add_webhook, stop_webhook
from ostrakon.web.api.doors import Request, people, person_of
from ostrakon.web.api.shapes import Id, PageOf, Paging, newest_first
from ostrakon.web.tokens import Scope

router = Router(tags=["webhooks"])
KEEPER = people(Scope.ADMIN, Act.MANAGE_KEYS)
Event = Literal["decision.in_force", "decision.expired", "decision.superseded", "decision.reversed"]


class WebhookIn(Schema):
    """Where events go."""

    url: str = Field(
        min_length=1, max_length=LONGEST_URL, description="https://..., without a password in it"
    )
    events: list[Event] = Field(
        default_factory=list, max_length=len(EVENTS), description="empty: all of them"
    )


class WebhookOut(Schema):
    """Who hears of decisions. The secret is not shown again."""

    id: int
    url: str
    events: list[str]
    is_active: bool
    added_at: datetime


class NewWebhookOut(Schema):
    """A webhook and the secret that signs what it hears: the only time that it is shown."""

    webhook: WebhookOut
    secret: str


@router.get("/webhooks", auth=KEEPER, response=PageOf[WebhookOut])
def list_webhooks(request: Request, page: Query[Paging]) -> dict[str, Any]:
    """All of them, those that were stopped too."""
    return newest_first(Webhook.objects.all(), page)


@router.post("/webhooks", auth=KEEPER, response={201: NewWebhookOut})
def make_webhook(request: Request, new: WebhookIn) -> Status[dict[str, Any]]:
    """Somebody hears of decisions from now on."""
    webhook, secret = add_webhook(person_of(request), url=new.url, events=new.events, now=timezone.now())
    return Status(201, {"webhook": webhook, "secret": secret})


@router.post("/webhooks/{webhook_id}/stop", auth=KEEPER, response={204: None})
def end_webhook(request: Request, webhook_id: Id) -> Status[None]:
    """They hear of nothing any more, also of what waits."""
    stop_webhook(person_of(request), webhook_id)
    return Status(204, None)
