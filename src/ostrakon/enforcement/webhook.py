"""Carries an event to whoever asked to hear of it, signed as Standard Webhooks (standardwebhooks.com) says."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from ostrakon.enforcement.deadline import Deadline
from ostrakon.enforcement.letters import effect_of
from ostrakon.enforcement.models import Dispatch
from ostrakon.enforcement.outcomes import Delivered, Outcome, Refused, Retry, Unknown, plain
from ostrakon.platforms.webhook.signing import PREFIX, signed_headers

TIMEOUT_S = 15.0
"""For the whole of it: Standard Webhooks asks receivers to answer within 15 to 30 seconds."""
LATER = frozenset({408, 425, 429})
"""Statuses of the family 4xx that ask to come again."""


def new_secret() -> str:
    """192 random bits, as the standard writes them."""
    return PREFIX + base64.b64encode(secrets.token_bytes(24)).decode()


def carry(dispatch: Dispatch, now: datetime) -> Outcome:
    """Send one event. Never raises for what a receiver or its address does."""
    hook = dispatch.webhook
    if hook is None or not hook.is_active:
        return Refused("nobody wants to hear of this any more")
    body = json.dumps(dispatch.payload, separators=(",", ":")).encode()
    headers = {
        "content-type": "application/json",
        "user-agent": "Ostrakon",
        **signed_headers(hook.secret, effect_of(dispatch.key, dispatch.queued_at), now, body),
    }
    return _posted(hook.url, headers, body, now)


def _posted(url: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Outcome:
    try:
        with Deadline(TIMEOUT_S) as deadline:
            return _by_status(_answer(url, headers, body, deadline), now)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as problem:
        return Retry(_said(problem), of_route=True)
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError) as problem:
        return Refused(_said(problem))
    except (httpx.HTTPError, OSError) as problem:
        return Unknown(_said(problem))


def _answer(url: str, headers: Mapping[str, str], body: bytes, deadline: Deadline) -> httpx.Response:
    """Status and headers; nothing that the receiver writes behind them is read. Redirects are not followed."""

    def watch(event: str, facts: Mapping[str, Any]) -> None:
        if event == "connection.connect_tcp.complete":
            deadline.watch(facts["return_value"].get_extra_info("socket"))

    # Nothing of the environment (a proxy, a .netrc) decides where an event goes.
    with (
        httpx.Client(timeout=TIMEOUT_S, trust_env=False, follow_redirects=False) as client,
        client.stream("POST", url, headers=headers, content=body, extensions={"trace": watch}) as response,
    ):
        return response


def _by_status(response: httpx.Response, now: datetime) -> Outcome:
    status = response.status_code
    line = plain(f"HTTP {status} {response.reason_phrase}")
    if 200 <= status < 300:
        return Delivered(line)
    if status < 500 and status not in LATER:
        return Refused(line)
    return Retry(line, wait_s=_asked_wait_s(response.headers.get("retry-after", ""), now), of_route=True)


def _asked_wait_s(retry_after: str, now: datetime) -> float | None:
    """Seconds or a date; what is neither says nothing."""
    if retry_after.isascii() and retry_after.isdigit():
        return float(retry_after[:9])
    try:
        return max(0.0, (parsedate_to_datetime(retry_after) - now).total_seconds())
    except (TypeError, ValueError):
        return None


def _said(problem: Exception) -> str:
    """Without its words: they may quote the address, which may hold a secret of the receiver's."""
    return plain(type(problem).__name__)
