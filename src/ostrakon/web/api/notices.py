"""What people were told, and the proof that it reached them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from ostrakon.casework.models import Notice
from ostrakon.casework.permissions import Act
from ostrakon.casework.sight import decisions_seen_by
from ostrakon.enforcement.again import send_again
from ostrakon.enforcement.models import Dispatch
from ostrakon.web.api.doors import Request, people, person_of
from ostrakon.web.api.shapes import Id, PageOf, Paging, fetch, newest_first
from ostrakon.web.tokens import Scope

router = Router(tags=["notices"])


class DeliveryOut(Schema):
    """How a notice travels, and the provider's receipt."""

    channel: str
    state: str
    attempts: int
    queued_at: datetime
    delivered_at: datetime | None
    receipt: str


class NoticeRow(Schema):
    """A notice to the account that a decision is about; what it says is at `/decisions/{id}/statement`."""

    id: int
    kind: str
    language: str
    template: int = Field(validation_alias="template_id", description="the version of the wording")
    written_at: datetime
    delivery: DeliveryOut | None = Field(description="null: nobody knows how to reach the person")

    @staticmethod
    def resolve_delivery(notice: Notice) -> Dispatch | None:
        """Of the one outbox."""
        return getattr(notice, "dispatch", None)


@router.get(
    "/decisions/{decision_id}/notices",
    auth=people(Scope.CASES_READ, Act.READ_CASES),
    response=PageOf[NoticeRow],
)
def list_notices(request: Request, decision_id: Id, page: Query[Paging]) -> dict[str, Any]:
    """What the account's person was told about a decision, with the proof of delivery."""
    decision = fetch(decisions_seen_by(person_of(request), timezone.now()), decision_id)
    # Notices to reporters are left out: who reported is not for everybody who may read this.
    return newest_first(decision.notices.filter(reporter__isnull=True).select_related("dispatch"), page)


@router.post(
    "/notices/{notice_id}/send-again", auth=people(Scope.TASKS_WRITE, Act.DO_TASKS), response=DeliveryOut
)
def send_notice_again(request: Request, notice_id: Id) -> Dispatch:
    """Try a notice anew that failed, or that nobody could send before."""
    return send_again(person_of(request), notice_id, timezone.now())
