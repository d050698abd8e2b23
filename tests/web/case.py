"""A small cast and what they ask of the API."""

from __future__ import annotations

import json
import secrets
from typing import Any

from allauth.mfa.models import Authenticator
from asgiref.sync import sync_to_async
from django.db import connection
from django.test import Client
from django.utils import timezone

from ostrakon.casework.models import Grant, Person, Role
from ostrakon.intake.models import Source
from ostrakon.web.models import Token
from ostrakon.web.tokens import PREFIX, Scope, digest_of

PASSWORD = "a long enough password"
API = "/api/v1"


def person(name: str, *roles: Role, second_factor: bool = True) -> Person:
    """Somebody who works here."""
    made = Person(username=name, email=f"{name}@example.org", password="!")
    made.save()
    now = timezone.now()
    Grant.objects.bulk_create([Grant(person=made, role=role, granted_at=now) for role in roles])
    if second_factor:
        Authenticator.objects.create(user=made, type=Authenticator.Type.TOTP, data={"secret": "sealed"})
    return made


def signed_in(who: Person | None = None, *, csrf: bool = False) -> Client:
    """A browser, with a session of that person."""
    browser = Client(enforce_csrf_checks=csrf, raise_request_exception=False)
    if who is not None:
        browser.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def source(name: str = "the forum", kind: str = Source.Kind.USER) -> Source:
    return Source.objects.create(name=name, kind=kind)


def key_of(who: Person | Source, *scopes: Scope, **fields: Any) -> str:
    """A key, made without a verb, for what is about something else."""
    key = PREFIX + secrets.token_urlsafe(8)
    holder = {"person": who} if isinstance(who, Person) else {"source": who}
    Token.objects.create(
        name="test", digest=digest_of(key), scopes=list(scopes), made_at=timezone.now(), **holder, **fields
    )
    return key


def with_key(key: str) -> Client:
    """A program that sends this key."""
    return Client(raise_request_exception=False, headers={"Authorization": f"Bearer {key}"})


def send(client: Client, path: str, body: Any = None, method: str = "post", **headers: Any) -> Any:
    """A request with JSON."""
    return client.generic(
        method.upper(),
        f"{API}{path}",
        b"" if body is None else json.dumps(body),
        content_type="application/json",
        **headers,
    )


def html(answer: Any, status: int = 200) -> str:
    """A page, which must have come with this status."""
    assert answer.status_code == status, (answer.status_code, answer.content[:300])
    return str(answer.content.decode())


def problem(response: Any) -> str:
    """The code of a problem, after a look at its form."""
    assert response["Content-Type"] == "application/problem+json", response.content[:200]
    found = response.json()
    assert found["status"] == response.status_code
    assert found["type"] == f"urn:ostrakon:problem:{found['code']}"
    assert found["title"]
    assert found["detail"]
    return str(found["code"])


async def close_the_requests_connection() -> None:
    """Of the thread in which requests are answered under ASGI: it outlives the database of the test."""
    await sync_to_async(lambda: connection.close())()
