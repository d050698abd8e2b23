"""Keys to the API: one's own, and those of sources."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import Field

from ostrakon.casework.permissions import Act, may
from ostrakon.errors import NotPermitted
from ostrakon.intake.models import Source
from ostrakon.web.api.doors import Request, people, person_of
from ostrakon.web.api.shapes import Id, Line, Moment, PageOf, Paging, fetch, newest_first
from ostrakon.web.models import Token
from ostrakon.web.tokens import NewKey, Scope, make_own_token, make_source_token, revoke_token

router = Router(tags=["tokens"])


class TokenIn(Schema):
    """A key to be made."""

    name: Line
    scopes: list[Scope] = Field(min_length=1, max_length=len(Scope))
    expires_at: Moment | None = None


class TokenOut(Schema):
    """A key, without the key itself, which is kept nowhere."""

    id: int
    name: str
    scopes: list[str]
    source: int | None = Field(validation_alias="source_id")
    person: int | None = Field(validation_alias="person_id")
    made_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


class NewTokenOut(Schema):
    """A new key: the only time that it is shown."""

    key: str
    token: TokenOut


@router.get("/tokens", auth=people(Scope.ADMIN, None), response=PageOf[TokenOut])
def list_tokens(request: Request, page: Query[Paging]) -> dict[str, Any]:
    """One's own keys; an administrator sees all."""
    mine = Q(person=request.auth.person)
    everything = may(person_of(request), Act.MANAGE_KEYS)
    return newest_first(Token.objects.filter(Q() if everything else mine), page)


@router.post("/tokens", auth=people(Scope.ADMIN, None), response={201: NewTokenOut})
def make_token(request: Request, new: TokenIn) -> Status[NewKey]:
    """A key of one's own. Only a session can make one: a key that leaked makes no further keys."""
    if request.auth.token is not None:
        raise NotPermitted("a key cannot make keys: sign in with a session")
    made = make_own_token(
        person_of(request), name=new.name, scopes=new.scopes, expires_at=new.expires_at, now=timezone.now()
    )
    return Status(201, made)


@router.post(
    "/sources/{source_id}/tokens", auth=people(Scope.ADMIN, Act.MANAGE_KEYS), response={201: NewTokenOut}
)
def make_token_of_source(request: Request, source_id: Id, new: TokenIn) -> Status[NewKey]:
    """A key for a program that sends reports."""
    made = make_source_token(
        person_of(request),
        fetch(Source.objects.all(), source_id),
        name=new.name,
        scopes=new.scopes,
        expires_at=new.expires_at,
        now=timezone.now(),
    )
    return Status(201, made)


@router.post("/tokens/{token_id}/revoke", auth=people(Scope.ADMIN, None), response={204: None})
def end_token(request: Request, token_id: Id) -> Status[None]:
    """End a key at once: one's own, or as an administrator anybody's."""
    revoke_token(person_of(request), token_id, timezone.now())
    return Status(204, None)
