"""Every operation of the API, and who gets past its door: one table, compared with what happens."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from tests.web.case import key_of, person, signed_in, source, with_key

from ostrakon.casework.models import Person, Role
from ostrakon.web.api.describe import description
from ostrakon.web.models import RateLimit
from ostrakon.web.tokens import Scope

STAFF = "reviewer approver appeals lead auditor administrator"
READERS = "reviewer approver appeals lead auditor"
REVIEWERS = "reviewer approver lead"
JUDGES = "appeals lead"
SENDERS = f"source {REVIEWERS}"
ANYBODY = f"nobody source guest {STAFF}"
TABLE = {
    "POST /reports": SENDERS,
    "POST /reports/batch": SENDERS,
    "POST /reports/stream": SENDERS,
    "GET /reports/{report_id}": READERS,
    "PUT /accounts/{platform}/{account}": SENDERS,
    "PUT /reporters/{platform}/{reporter}": SENDERS,
    "POST /profiles": SENDERS,
    "POST /lists": SENDERS,
    "GET /lists": READERS,
    "GET /lists/{list_id}": READERS,
    "GET /lists/{list_id}/raw": READERS,
    "GET /lists/{list_id}/rows": READERS,
    "GET /cases": READERS,
    "POST /cases/next": REVIEWERS,
    "GET /cases/{case_id}": f"guest {READERS}",
    "GET /cases/{case_id}/reports": f"guest {READERS}",
    "POST /cases/{case_id}/claim": REVIEWERS,
    "POST /cases/{case_id}/release": REVIEWERS,
    "POST /cases/{case_id}/escalate": REVIEWERS,
    "POST /cases/{case_id}/notes": REVIEWERS,
    "POST /cases/{case_id}/opinions/ask": REVIEWERS,
    "POST /cases/{case_id}/opinions": REVIEWERS,
    "GET /decisions": READERS,
    "POST /cases/{case_id}/proposals": REVIEWERS,
    "GET /decisions/{decision_id}": f"guest {READERS}",
    "POST /decisions/{decision_id}/approve": "guest approver lead",
    "POST /decisions/{decision_id}/decline": "guest approver lead",
    "POST /decisions/{decision_id}/withdraw": REVIEWERS,
    "POST /decisions/{decision_id}/reverse": "approver lead",
    "GET /decisions/{decision_id}/statement": f"guest {READERS}",
    "GET /batches": READERS,
    "POST /batches": REVIEWERS,
    "GET /batches/{batch_id}": READERS,
    "GET /batches/{batch_id}/items": READERS,
    "POST /batches/{batch_id}/take-up": "approver lead",
    "GET /batches/{batch_id}/sample/next": "approver lead",
    "POST /batches/{batch_id}/sample/{case_id}": "approver lead",
    "POST /batches/{batch_id}/release": "approver lead",
    "POST /batches/{batch_id}/call-off": REVIEWERS,
    "POST /batches/{batch_id}/undo": "approver lead",
    "GET /campaigns": READERS,
    "POST /campaigns/{campaign_id}/set-aside": "approver lead",
    "GET /settings-aside": READERS,
    "POST /settings-aside/{setting_aside_id}/take-back": "approver lead",
    "GET /links": READERS,
    "GET /links/{link_id}": READERS,
    "POST /links/{link_id}/judge": REVIEWERS,
    "GET /link-searches": READERS,
    "GET /agreement": READERS,
    "GET /impact": READERS,
    "GET /decisions/{decision_id}/notices": READERS,
    "POST /notices/{notice_id}/send-again": "reviewer approver appeals lead",
    "POST /cases/{case_id}/invitations": REVIEWERS,
    "POST /invitations/{invitation_id}/revoke": REVIEWERS,
    "POST /guests/arrive": ANYBODY,
    "GET /appeals": READERS,
    "POST /appeals/next": JUDGES,
    "GET /appeals/{appeal_id}": READERS,
    "POST /appeals/{appeal_id}/claim": JUDGES,
    "POST /appeals/{appeal_id}/release": JUDGES,
    "POST /appeals/{appeal_id}/decide": JUDGES,
    "GET /reinstatements": READERS,
    "POST /reinstatements": JUDGES,
    "GET /reinstatements/{wave_id}": READERS,
    "POST /reinstatements/{wave_id}/carry-out": JUDGES,
    "GET /reinstatements/{wave_id}/items": READERS,
    "GET /tasks": READERS,
    "POST /tasks/{task_id}/done": "reviewer approver appeals lead",
    "POST /audits": "lead",
    "GET /offers": READERS,
    "GET /runs": READERS,
    "GET /runs/{run_id}": READERS,
    "GET /accounts/{account_id}": READERS,
    "GET /valuations": READERS,
    "GET /policies": STAFF,
    "POST /policies": "lead",
    "GET /policies/{policy_id}": STAFF,
    "POST /policies/{policy_id}/versions": "lead",
    "POST /policies/{policy_id}/retire": "lead",
    "GET /templates": STAFF,
    "POST /templates": "lead",
    "GET /me": f"guest {STAFF}",
    "GET /colleagues": READERS,
    "GET /people": "administrator",
    "POST /people": "administrator",
    "GET /people/{person_id}": "administrator",
    "POST /people/{person_id}/password": "administrator",
    "POST /people/{person_id}/deactivate": "administrator",
    "POST /people/{person_id}/reactivate": "administrator",
    "PUT /people/{person_id}/roles/{role}": "administrator",
    "DELETE /people/{person_id}/roles/{role}": "administrator",
    "GET /sources": STAFF,
    "POST /sources": "administrator",
    "PUT /sources/{source_id}/standing": "administrator",
    "GET /tokens": STAFF,
    "POST /tokens": STAFF,
    "POST /sources/{source_id}/tokens": "administrator",
    "POST /tokens/{token_id}/revoke": STAFF,
    "GET /webhooks": "administrator",
    "POST /webhooks": "administrator",
    "POST /webhooks/{webhook_id}/stop": "administrator",
    "GET /record": "lead auditor",
    "GET /record/export": "lead auditor",
    "GET /record/key": ANYBODY,
    "GET /public/notices/{signed}": ANYBODY,
    "GET /public/appeals/{signed}": ANYBODY,
    "POST /public/appeals/{signed}": ANYBODY,
    "POST /public/appeals": ANYBODY,
    "POST /public/reports": ANYBODY,
    "GET /public/reports/{receipt}": ANYBODY,
    "POST /public/hints/{platform}": ANYBODY,
}
OPERATIONS = [
    f"{method.upper()} {path.removeprefix('/api/v1')}"
    for path, methods in json.loads(description())["paths"].items()
    for method in methods
]


def callers() -> dict[str, Client]:
    """Each with all that can be had: a session, or a key with every scope."""
    guest = Person.objects.create(username="guest-1", is_guest=True)
    roles = {
        "reviewer": Role.REVIEWER,
        "approver": Role.APPROVER,
        "appeals": Role.APPEALS,
        "lead": Role.SAFETY_LEAD,
        "auditor": Role.AUDITOR,
        "administrator": Role.ADMINISTRATOR,
    }
    return {
        "nobody": signed_in(),
        "source": with_key(key_of(source(), *Scope)),
        "guest": signed_in(guest),
        **{name: signed_in(person(name, role)) for name, role in roles.items()},
    }


def gets_in(client: Client, operation: str) -> bool:
    """Whatever comes after the door (there is no such row, the body is wrong) is another matter."""
    method, path = operation.split(" ")
    for name in ("signed", "receipt", "platform", "role"):
        path = path.replace(f"{{{name}}}", "reviewer")
    while "{" in path:
        path = path[: path.index("{")] + "999999" + path[path.index("}") + 1 :]
    answer: Any = client.generic(method, f"/api/v1{path}", b"", content_type="application/json")
    assert answer.status_code < 500, (operation, answer.content)
    assert answer.status_code != 405, f"{operation} is hidden behind another address"
    refused = {"not_signed_in", "not_permitted", "scope_missing", "csrf_failed", "too_often"}
    is_problem = answer["Content-Type"] == "application/problem+json" if answer.content else False
    return not (is_problem and answer.json()["code"] in refused)


def test_every_operation_stands_in_the_table() -> None:
    assert set(OPERATIONS) == set(TABLE)


@pytest.mark.django_db
def test_nobody_gets_past_a_door_that_is_not_theirs() -> None:
    made = callers()
    for operation, expected in TABLE.items():
        RateLimit.objects.all().delete()
        assert [name for name, client in made.items() if gets_in(client, operation)] == expected.split(), (
            operation
        )


@pytest.mark.django_db
@pytest.mark.parametrize("operation", [name for name, who in TABLE.items() if who is not ANYBODY])
def test_a_key_without_the_scope_opens_nothing(operation: str) -> None:
    """Of all scopes one opens it, whoever holds the key."""
    everything = person("alice", *Role)
    opening = [scope for scope in Scope if gets_in(with_key(key_of(everything, scope)), operation)]
    assert len(opening) == 1
