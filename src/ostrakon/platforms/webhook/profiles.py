"""How somebody shows themselves, as a receiver tells it. All of it is optional."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ostrakon.errors import PlatformUnreadable
from ostrakon.platforms.contract import MOST_COMPANY, AccountRef, Profile
from ostrakon.platforms.webhook.calls import Receiver, is_possible
from ostrakon.platforms.wire import at, read_or_raise


def profile_of(receiver: Receiver, number: str, platform: str) -> Profile | None:
    """None: there is no such account, or the receiver does not tell: both are 404 with a JSON ``error``.

    Raises:
        PlatformUnreadable: the receiver does not answer, or not in a way that is understood.
    """
    if not is_possible(number):
        return None
    reply = receiver.get(at("/accounts/{}/profile", number))
    if reply.status == 404 and "error" in reply.fields:
        return None
    fields = read_or_raise(reply)
    if fields.get("id") != number:
        raise PlatformUnreadable("the profile that came is not the one that was asked for")
    return _profile(fields, AccountRef(platform, number, str(fields.get("handle") or "")))


def _profile(fields: Mapping[str, Any], account: AccountRef) -> Profile:
    follows = fields.get("follows") or ()
    try:
        created_at = datetime.fromisoformat(at_) if (at_ := fields.get("created_at")) else None
    except (TypeError, ValueError):
        raise PlatformUnreadable("the profile has a time that is none") from None
    if not isinstance(follows, list | tuple) or (created_at and created_at.tzinfo is None):
        raise PlatformUnreadable("the profile is not understood")
    return Profile(
        account,
        display_name=_text(fields.get("display_name")),
        bio=_text(fields.get("bio")),
        created_at=created_at,
        follows=[str(one) for one in follows[:MOST_COMPANY] if is_possible(str(one))],
    )


def _text(found: Any) -> str | None:
    return found if isinstance(found, str) else None
