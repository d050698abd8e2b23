"""Keys to the API: shown once, kept as a digest, narrowed by scopes, ended by time or by hand."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.db.models import Q

from ostrakon.casework.models import Person
from ostrakon.casework.permissions import Act, may, require, roles_of
from ostrakon.casework.texts import fit
from ostrakon.errors import NotPermitted, NotThere, Unfit
from ostrakon.intake.models import Source
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import record
from ostrakon.web.models import Token

PREFIX = "ost_"
"""By it, a key that leaked into a repository is found by those who look for such."""
RANDOM_BYTES = 32
LONGEST_NAME = 120


class Scope(StrEnum):
    """What a key opens. A person's key opens no more than the person may do."""

    REPORTS_WRITE = "reports:write"
    ACCOUNTS_WRITE = "accounts:write"
    LISTS_WRITE = "lists:write"
    CASES_READ = "cases:read"
    CASES_WRITE = "cases:write"
    DECISIONS_WRITE = "decisions:write"
    APPEALS_WRITE = "appeals:write"
    TASKS_WRITE = "tasks:write"
    RECORD_READ = "record:read"
    POLICIES_WRITE = "policies:write"
    ADMIN = "admin"


OF_A_SOURCE = frozenset({Scope.REPORTS_WRITE, Scope.ACCOUNTS_WRITE, Scope.LISTS_WRITE})
"""A source tells us things; it reads nothing and decides nothing."""


@dataclass(frozen=True)
class NewKey:
    """A token and its key, which is shown now and never again."""

    token: Token
    key: str


def make_source_token(
    person: Person,
    source: Source,
    *,
    name: str,
    scopes: Iterable[str],
    expires_at: datetime | None,
    now: datetime,
) -> NewKey:
    """A key for a program that sends reports.

    Raises:
        NotPermitted: it is an administrator's to make one.
        Unfit: no name, or a long one; a scope nobody knows, or that a source cannot have; an end in the past.
    """
    require(person, Act.MANAGE_KEYS)
    token = Token(source=source, scopes=_fit(scopes, OF_A_SOURCE))
    return _keep(token, person, name, expires_at, now)


def make_own_token(
    person: Person, *, name: str, scopes: Iterable[str], expires_at: datetime | None, now: datetime
) -> NewKey:
    """A key with which a person's program acts as that person.

    Nobody can make one for somebody else: whoever could, would be the second person of their own proposals.

    Raises:
        NotPermitted: they have no role here.
        Unfit: no name, or a long one; a scope nobody knows; an end in the past.
    """
    if not roles_of(person):
        raise NotPermitted("you have no role here, so a key would open nothing")
    token = Token(person=person, scopes=_fit(scopes, frozenset(Scope)))
    return _keep(token, person, name, expires_at, now)


def revoke_token(person: Person, token_id: int, now: datetime) -> None:
    """End a key at once: one's own, or as an administrator anybody's. Twice is once.

    Raises:
        NotThere: there is none of this number, or it is not theirs.
    """
    with transaction.atomic():
        token = Token.objects.select_for_update().filter(pk=token_id).first()
        if token is None or not (token.person_id == person.pk or may(person, Act.MANAGE_KEYS)):
            raise NotThere("there is no such token, or it is not yours")
        if Token.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=now) == 1:
            record(Kind.TOKEN_REVOKED, actor=person.actor, subject=f"token:{token.pk}")


def token_of(key: str, now: datetime) -> Token | None:
    """The token that this key belongs to, if it may still be used.

    What is looked up is the digest of a long random key: how long the search takes says nothing about any key.
    """
    valid = Q(expires_at__isnull=True) | Q(expires_at__gt=now)
    active = Q(person__isnull=True) | Q(person__is_active=True, person__is_guest=False)
    known = Token.objects.select_related("source", "person")
    return known.filter(valid, active, digest=digest_of(key), revoked_at__isnull=True).first()


def digest_of(key: str) -> str:
    """What is kept of a key."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def _fit(scopes: Iterable[str], allowed: frozenset[Scope]) -> list[str]:
    asked = sorted(set(scopes))
    if not asked:
        raise Unfit("a token without a scope opens nothing: name one")
    if unfit := [scope for scope in asked if scope not in allowed]:
        raise Unfit(
            "such a token cannot have the scope {unfit}; it can have {names}",
            unfit=unfit[0],
            names=", ".join(sorted(allowed)),
        )
    return asked


def _keep(token: Token, by: Person, name: str, expires_at: datetime | None, now: datetime) -> NewKey:
    if expires_at is not None and expires_at <= now:
        raise Unfit("a token cannot end in the past")
    key = PREFIX + secrets.token_urlsafe(RANDOM_BYTES)
    token.name = fit(name, "the name", longest=LONGEST_NAME)
    token.digest, token.made_at, token.expires_at = digest_of(key), now, expires_at
    with transaction.atomic():
        token.save(force_insert=True)
        facts = {"scopes": list(token.scopes), "source": token.source_id, "person": token.person_id}
        record(Kind.TOKEN_MADE, actor=by.actor, subject=f"token:{token.pk}", facts=facts)
    return NewKey(token, key)
