"""What the record says about a decision."""

from __future__ import annotations

from ostrakon.casework.models import Decision
from ostrakon.ledger.chain import Fact
from ostrakon.ledger.kinds import Kind
from ostrakon.ledger.record import record


def record_step(kind: Kind, decision: Decision, actor: str, **facts: Fact) -> None:
    """Append an entry about a step of a decision."""
    record(kind, actor=actor, subject=f"decision:{decision.pk}", facts={"case": decision.case_id, **facts})


def as_proposed(decision: Decision) -> dict[str, Fact]:
    """What a proposal says, but for its words."""
    return {
        "account": decision.account_id,
        "policy": decision.policy_id,
        "policy_version": decision.policy_version_id,
        "outcome": str(decision.outcome),
        "action": str(decision.action),
        "duration_hours": decision.duration_hours,
        "detected": str(decision.detected),
        "selection": str(decision.selection),
        "propensity": decision.propensity,
        "under_pressure": decision.under_pressure,
        "exempt_press": str(decision.exempt_press),
        "exempt_research": str(decision.exempt_research),
        "exempt_counter_speech": str(decision.exempt_counter_speech),
    }
