"""What the replies of a PDS and of Ozone say, before anybody asks what they mean for a command."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from ostrakon.errors import PlatformUnreadable
from ostrakon.platforms.contract import RetryAt
from ostrakon.platforms.wire import Reply, asked_to_wait

EXPIRED = frozenset({"ExpiredToken", "JwtExpired"})
"""400 from a PDS, 401 from Ozone (0.4.2): a new token mends it."""
REFUSED_TOKENS = EXPIRED | {"InvalidToken", "AuthMissing", "AccountTakedown", "AccountDeactivated"}
"""Errors of a PDS that come with 400 although they are about the token."""


def error_of(reply: Reply) -> str:
    """The name of the error; empty: it has none."""
    return str(reply.fields.get("error") or "")


def message_of(reply: Reply) -> str:
    """What the platform says of the error, without our secrets: it may repeat what it was sent."""
    try:
        said = json.loads(reply.exchange.reply)
    except ValueError:
        return ""
    return str(said.get("message") or said.get("error") or "")[:200] if isinstance(said, dict) else ""


def is_expired(reply: Reply) -> bool:
    """The token is too old: the request was certainly not carried out."""
    return reply.status in (400, 401) and error_of(reply) in EXPIRED


def about_the_token(reply: Reply) -> bool:
    """Not let in at all, whatever was asked."""
    return reply.status in (401, 403) or (reply.status == 400 and error_of(reply) in REFUSED_TOKENS)


def read(reply: Reply) -> Mapping[str, Any]:
    """The fields of a reply to a read.

    Raises:
        PlatformUnreadable: there is none, or it is no JSON object.
    """
    if reply.ok and reply.failure is None and isinstance(reply.json, dict):
        return reply.fields
    raise unreadable(reply)


def unreadable(reply: Reply) -> PlatformUnreadable:
    """Why a reply says nothing; ``halts`` when the credentials are at fault, ``wait_s`` when asked to wait."""
    told = reply.status or reply.failure or "nothing that is understood"
    message = f"the platform answered {told}: {message_of(reply)}".rstrip(": ")
    wait_s = told_to_wait(reply).wait_s if reply.status == 429 else None
    return PlatformUnreadable(message, halts=about_the_token(reply), wait_s=wait_s)


def told_to_wait(reply: Reply) -> RetryAt:
    """A limit. A PDS names the moment of its end (``RateLimit-Reset``, seconds since 1970; source only, 0.5.35)."""
    found = asked_to_wait(reply)
    reset = reply.headers.get("ratelimit-reset", "")
    if "retry-after" in reply.headers or not reset.isdecimal():
        return found
    now = reply.exchange.ended_at or datetime.now(UTC)
    return replace(found, wait_s=max(1.0, int(reset) - now.timestamp()))
