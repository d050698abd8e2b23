"""Signatures as Standard Webhooks (standardwebhooks.com) has them, version 1: HMAC-SHA256 over id, time and content."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

PREFIX = "whsec_"
TOLERANCE_S = 300
"""How old or new a signature may be, as the standard's own libraries have it."""


def signature(secret: str, message: str, timestamp: int, content: bytes) -> str:
    """What proves whose a request is.

    >>> signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
    ...           b'{"test": 2432232314}')
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
    """
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message}.{timestamp}.".encode() + content
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def signed_headers(secret: str, message: str, now: datetime, content: bytes) -> dict[str, str]:
    """The three headers of a signed request."""
    timestamp = int(now.timestamp())
    return {
        "webhook-id": message,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(secret, message, timestamp, content),
    }


def is_signed(secret: str, headers: Mapping[str, str], content: bytes, now: datetime) -> bool:
    """Does it come from whoever has the secret, and just now? Several signatures may stand there, as secrets change.

    Args:
        headers: by names in lower case.
    """
    message, time = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not message or not (time.isascii() and time.isdecimal() and len(time) < 15):
        return False
    if abs(int(time) - now.timestamp()) > TOLERANCE_S:
        return False
    try:
        wanted = signature(secret, message, int(time), content).encode()
    except (binascii.Error, UnicodeError):
        return False
    given = headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(wanted, one.encode()) for one in given)
