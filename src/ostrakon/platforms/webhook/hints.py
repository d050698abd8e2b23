"""What a receiver tells us unasked: that something is new. It makes us look sooner, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from ostrakon.platforms.webhook.signing import is_signed


def hint_of(body: bytes, headers: Mapping[str, str], secret: str, now: datetime) -> str | None:
    """The ``type`` of a signed event; None: it is not signed, too old, or not understood.

    >>> from datetime import UTC
    >>> hint_of(b'{"type": "account.changed"}', {}, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", datetime.now(UTC))
    """
    if not is_signed(secret, headers, body, now):
        return None
    try:
        told = json.loads(body).get("type")
    except (ValueError, AttributeError, RecursionError):
        return None
    return told if isinstance(told, str) else None
