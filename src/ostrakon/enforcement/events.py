"""What webhooks tell: that a decision acts, or acts no longer. Never who reported, never a text."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ostrakon.casework.models import Decision

IN_FORCE = "decision.in_force"
EVENTS = (IN_FORCE, "decision.expired", "decision.superseded", "decision.reversed")


def ended(decision: Decision) -> str:
    """How a decision ended."""
    return f"decision.{decision.status}"


def payload_of(event: str, decision: Decision, now: datetime) -> dict[str, Any]:
    """The body of an event, in the shape of Standard Webhooks: type, timestamp, data."""
    account = decision.account
    return {
        "type": event,
        "timestamp": _text(now),
        "data": {
            "decision": decision.pk,
            "case": decision.case_id,
            "platform": account.platform,
            "account": account.external_id,
            "policy": decision.policy.code,
            "outcome": decision.outcome,
            "action": decision.action,
            "in_force_at": _text(decision.in_force_at),
            "ends_at": _text(decision.ends_at),
            "ended_at": _text(decision.ended_at),
        },
    }


def _text(moment: datetime | None) -> str | None:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}" if moment else None
