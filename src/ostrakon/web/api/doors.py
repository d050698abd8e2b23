"""Who may come in at which endpoint. A door is asked before anything is read or looked up, so it leaks nothing.

Every endpoint names its door: ``people`` (a session, or a person's key), ``senders`` (a source's key, or people who may
add reports by hand), ``guests_too`` (people, and guests, for whom the verbs show one case), ``anybody`` (counted).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf

from ostrakon.casework.models import Person
from ostrakon.casework.permissions import Act, require, roles_of
from ostrakon.errors import NotPermitted
from ostrakon.intake.models import Source
from ostrakon.web.addresses import pseudonym_of
from ostrakon.web.api.problems import CSRF_FAILED, NOT_SIGNED_IN, SCOPE_MISSING, Unreadable
from ostrakon.web.api.reading import ORDINARY_BYTES, too_large
from ostrakon.web.limits import Limit, knock
from ostrakon.web.models import Token
from ostrakon.web.tokens import Scope, token_of

FAILED_KEYS = Limit("failed-keys", 60, timedelta(minutes=1))
"""Wrong keys from one address: a key cannot be guessed, but guessing costs us queries."""


@dataclass(frozen=True)
class Caller:
    """Who asks: a person, or a source; through a key or a session."""

    person: Person | None = None
    source: Source | None = None
    token: Token | None = None

    @property
    def actor(self) -> str:
        """How the record names them."""
        if self.person is not None:
            return self.person.actor
        return f"token:{self.token.pk}" if self.token is not None else "public"


class Request(HttpRequest):
    """A request that passed its door."""

    auth: Caller


def person_of(request: Request) -> Person:
    """The person who asks; doors for people let nobody else in."""
    assert request.auth.person is not None
    return request.auth.person


@dataclass(frozen=True)
class Rule:
    """What a door asks for."""

    scope: Scope
    act: Act | None
    """None: anybody who works here."""
    sources: bool = False
    guests: bool = False
    largest_body: int = ORDINARY_BYTES


class Key(HttpBearer):
    """``Authorization: Bearer ost_...``: the key of a source or of a person."""

    def __init__(self, rule: Rule) -> None:
        super().__init__()
        self.rule = rule

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        """Who holds this key, if it opens this door."""
        now = timezone.now()
        found = token_of(token, now)
        if found is None:
            knock(FAILED_KEYS, pseudonym_of(request), now)
            raise Unreadable(
                NOT_SIGNED_IN, "this key is not valid: it is unknown, was revoked, or has expired"
            )
        if self.rule.scope not in found.scopes:
            raise Unreadable(SCOPE_MISSING, f"this needs a key with the scope {self.rule.scope}")
        caller = Caller(found.person, found.source, found)
        return _let_in(request, caller, self.rule)


class Session(APIKeyCookie):
    """The cookie of the sign-in pages; what changes something also needs the header X-CSRFToken."""

    param_name = settings.SESSION_COOKIE_NAME

    def __init__(self, rule: Rule) -> None:
        super().__init__()
        self.rule = rule

    def __call__(self, request: HttpRequest) -> Caller | None:
        """Who is signed in, if anybody is and the request came from our own page."""
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
            return None
        if check_csrf(request) is not None:
            raise Unreadable(CSRF_FAILED, "send the CSRF cookie's value in the header X-CSRFToken")
        return _let_in(request, Caller(person=request.user), self.rule)

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        """Not used: ``__call__`` asks who is there before it asks for the CSRF token."""
        raise NotImplementedError


class Anybody:
    """No name is asked, but knocks are counted."""

    def __init__(self, limit: Limit, largest_body: int) -> None:
        self.limit = limit
        self.largest_body = largest_body

    def __call__(self, request: HttpRequest) -> Caller:
        """Nobody in particular."""
        knock(self.limit, pseudonym_of(request), timezone.now())
        _check_size(request, self.largest_body)
        return Caller()


def people(scope: Scope, act: Act | None) -> Sequence[Any]:
    """People whose roles allow the act; act None: anybody who works here."""
    return _both(Rule(scope, act))


def guests_too(scope: Scope, act: Act | None) -> Sequence[Any]:
    """The same, and guests: the verb or query behind must show them their one case only."""
    return _both(Rule(scope, act, guests=True))


def senders(scope: Scope, act: Act, *, largest_body: int = ORDINARY_BYTES) -> Sequence[Any]:
    """A source by its key, or people whose roles allow the act."""
    return _both(Rule(scope, act, sources=True, largest_body=largest_body))


def anybody(limit: Limit, *, largest_body: int = 64 * 1024) -> Sequence[Any]:
    """Everybody, so often."""
    return [Anybody(limit, largest_body)]


def _both(rule: Rule) -> Sequence[Any]:
    return [Key(rule), Session(rule)]


def _let_in(request: HttpRequest, caller: Caller, rule: Rule) -> Caller:
    if caller.person is None:
        if not rule.sources:
            raise NotPermitted("a source's key opens only what receives reports, accounts and lists")
    elif not (caller.person.is_guest and rule.guests):
        _check_roles(caller.person, rule.act)
    _check_size(request, rule.largest_body)
    return caller


def _check_roles(person: Person, act: Act | None) -> None:
    if act is not None:
        require(person, act)
    elif not roles_of(person):
        raise NotPermitted("you have no role here")


def _check_size(request: HttpRequest, largest_body: int) -> None:
    """By what the caller says, before the body is read; ``reading`` looks at what came."""
    request.largest_body = largest_body  # type: ignore[attr-defined]
    declared = request.META.get("CONTENT_LENGTH") or "0"
    if declared.isdecimal() and int(declared[:20]) > largest_body:
        raise too_large(largest_body)
