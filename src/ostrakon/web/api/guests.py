"""Guests of partner servers: invited to one case, to be its second person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.middleware.csrf import get_token
from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import Field

from ostrakon.casework.actions.invite import invite_guest, revoke_invitation
from ostrakon.casework.permissions import Act
from ostrakon.web.api.doors import Request, anybody, people, person_of
from ostrakon.web.api.shapes import Id
from ostrakon.web.arriving import ARRIVALS, come_in
from ostrakon.web.tokens import Scope

router = Router(tags=["guests"])
HOST = people(Scope.CASES_WRITE, Act.INVITE_GUEST)


class GuestIn(Schema):
    """Somebody of a partner server."""

    server: str = Field(min_length=1, max_length=255, description="that answers for them")
    name: str = Field(min_length=1, max_length=150)


class InvitationOut(Schema):
    """An invitation, and the token that lets the guest in: the only time that it is shown."""

    id: int
    expires_at: datetime
    token: str


class ArrivalIn(Schema):
    """What the guest was handed."""

    token: str = Field(min_length=1, max_length=200)


class ArrivedOut(Schema):
    """The case that the guest may see, and what their requests send along as X-CSRFToken."""

    case: int
    csrf_token: str


@router.post("/cases/{case_id}/invitations", auth=HOST, response={201: InvitationOut})
def make_invitation(request: Request, case_id: Id, guest: GuestIn) -> Status[dict[str, Any]]:
    """Invite somebody of a partner server to be the second person of this case."""
    invitation, token = invite_guest(person_of(request), case_id, guest.server, guest.name, timezone.now())
    return Status(201, {"id": invitation.pk, "expires_at": invitation.expires_at, "token": token})


@router.post("/invitations/{invitation_id}/revoke", auth=HOST, response={204: None})
def end_invitation(request: Request, invitation_id: Id) -> Status[None]:
    """Take an invitation back."""
    revoke_invitation(person_of(request), invitation_id, timezone.now())
    return Status(204, None)


@router.post("/guests/arrive", auth=anybody(ARRIVALS), response=ArrivedOut)
def guest_arrives(request: Request, handed: ArrivalIn) -> dict[str, Any]:
    """Come in with an invitation: begins a session, which sees one case."""
    return {"case": come_in(request, handed.token, timezone.now()), "csrf_token": get_token(request)}
