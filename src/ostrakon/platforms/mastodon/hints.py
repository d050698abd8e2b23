"""Webhooks of Mastodon, as hints: something is new, so look sooner. They may come twice, in any order, or never."""

from __future__ import annotations

import hashlib
import hmac
import json

LOOK_AT = frozenset({"report.created", "report.updated", "account.updated"})
"""Events that make us look; others are none of ours."""


def hint_of(body: bytes, signature: str, secret: str) -> str | None:
    """The event of a webhook; None: it is not signed by our Mastodon, or not understood, or of no use.

    Args:
        signature: the header ``X-Hub-Signature``: ``sha256=`` and the HMAC-SHA256 of the body in hex (source).
        secret: of the webhook, as Mastodon's admin page shows it.

    >>> hint_of(b'{"event": "report.created"}', "sha256=00", "secret")
    """
    wanted = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(wanted.encode(), signature.encode()):
        return None
    try:
        event = json.loads(body).get("event")
    except (ValueError, AttributeError, RecursionError):
        return None
    return event if event in LOOK_AT else None
