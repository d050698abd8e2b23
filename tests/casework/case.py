"""What tests of casework stand on: a small cast, and rows put together by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from ostrakon.casework.models import (
    Case,
    Decision,
    Grant,
    Participation,
    Person,
    Policy,
    PolicyText,
    PolicyVersion,
    Role,
)
from ostrakon.intake.models import Account, Contact, Handle, Report, Reporter, Source

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
_next = count(1)


def person(name: str, *roles: str) -> Person:
    """Somebody who works here."""
    made = Person.objects.create(username=name)
    Grant.objects.bulk_create(Grant(person=made, role=Role(role), granted_at=NOW) for role in roles)
    return made


def policy(code: str = "harassment", severity: float = 0.5, **texts: str) -> Policy:
    """With its first version, worded in the given languages (``en="Harassment"``)."""
    made = Policy.objects.create(code=code, severity=severity)
    version = PolicyVersion.objects.create(policy=made, number=1, valid_from=NOW - timedelta(days=300))
    PolicyText.objects.bulk_create(
        PolicyText(version=version, language=language, title=title, text=f"{title}: do not.")
        for language, title in (texts or {"en": "Harassment"}).items()
    )
    return made


def account(name: str = "chidi", *, email: str = "", language: str = "", handle: str = "") -> Account:
    """A reported account; with an address, somebody can be reached."""
    made = Account.objects.create(platform="local", external_id=name)
    if email or language:
        Contact.objects.create(account=made, email=email, language=language)
    if handle:
        Handle.objects.create(account=made, handle=handle, first_seen_at=NOW, last_seen_at=NOW)
    return made


def case(of: Account, under: Policy, **fields: Any) -> Case:
    """An open case of an account under a policy."""
    defaults: dict[str, Any] = {
        "opened_at": NOW,
        "last_report_at": NOW,
        "last_report": 0,
        "due_at": NOW + timedelta(days=3),
        "turn_at": NOW + timedelta(days=3),
    }
    return Case.objects.create(account=of, policy=under, **{**defaults, **fields})


def report(of: Account, by: str, under: str = "harassment", **fields: Any) -> Report:
    """One report; ``email`` and ``language`` are the reporter's."""
    whose = {name: fields.pop(name) for name in ("email", "language") if name in fields}
    reporter, _ = Reporter.objects.get_or_create(platform="local", external_id=by, defaults=whose)
    source = fields.pop("source", None) or Source.objects.get_or_create(name="people")[0]
    defaults = {"reported_at": NOW, "received_at": NOW, "digest": "0" * 64}
    return Report.objects.create(
        platform="local",
        external_id=f"report-{next(_next)}",
        account=of,
        reporter=reporter,
        source=source,
        policy=under,
        **{**defaults, **fields},
    )


def decision_in_force(on: Case, proposer: Person, approver: Person | None, **fields: Any) -> Decision:
    """A suspension that two people took, in force (or, as the fields say, somewhere else)."""
    version = on.policy.versions.get()
    defaults: dict[str, Any] = {
        "status": "in_force",
        "outcome": "upheld",
        "action": "suspend",
        "facts": "The account sent forty threats to one person.",
        "detected": "reports",
        "under_pressure": False,
        "exempt_press": "no",
        "exempt_research": "no",
        "exempt_counter_speech": "no",
        "proposed_at": NOW,
        "approved_at": NOW if approver else None,
        "approver_standing": "approver" if approver else "",
        "in_force_at": NOW,
        "key": f"key-{next(_next)}",
    }
    made = Decision.objects.create(
        case=on,
        account=on.account,
        policy=on.policy,
        policy_version=version,
        proposed_by=proposer,
        approved_by=approver,
        **{**defaults, **fields},
    )
    for who, part in ((proposer, "proposed"), (approver, "approved")):
        if who:
            Participation.objects.create(decision=made, person=who, part=part, at=NOW)
    return made
